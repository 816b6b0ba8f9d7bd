//! Listings: what a page does not say, or says twice, and what a name means that is both an object and a folder.

use super::{messages, report, set, trouble, uris};
use crate::support::s3::Server;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const PASSWORD: &str = "s3.secret-key: Vx4QeZ8nKt1RsLw7Yb3UoGm6Cj9PiHd2Fa5TqNrS\n";
const LISTINGS: [(&str, &[&str]); 2] =
    [("list-type=2", &["s3://code/data"]), ("versions", &["s3://code/data", "--all-versions"])];

fn bucket(keys: &[&str]) -> Server {
    let server = Server::start();
    for key in keys {
        server.put("code", key, PASSWORD);
    }
    server
}

fn named(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(|key| format!("s3://code/{key}")).collect()
}

/// Tools that think in folders leave such objects behind.
#[test]
fn an_empty_object_of_the_name_of_a_folder_hides_nothing() {
    for (_, words) in LISTINGS {
        let server = bucket(&["data/a.yaml", "data/sub/b.yaml", "data.bak/c.yaml", "database/d.yaml"]);
        server.put("code", "data", "");
        let report = report(&server.scan(words));
        assert_eq!(uris(&report), named(&["data/a.yaml", "data/sub/b.yaml"]), "{words:?}");
        assert_eq!(report["summary"]["artifacts"], 3, "{words:?}");
        assert_eq!(report["summary"]["complete"], true);
    }
}

/// So it is with one that has content, and what lies between by name is not meant.
#[test]
fn an_object_and_the_folder_of_its_name_are_one_target() {
    for (_, words) in LISTINGS {
        let server = bucket(&["data", "data/a.yaml", "data-old/b.yaml", "data+/c.yaml", "data0.yaml"]);
        assert_eq!(uris(&report(&server.scan(words))), named(&["data", "data/a.yaml"]), "{words:?}");
    }
    // Without an object of that name, it is the beginning of names.
    for (_, words) in LISTINGS {
        let server = bucket(&["data/a.yaml", "data-old/b.yaml"]);
        assert_eq!(uris(&report(&server.scan(words))), named(&["data/a.yaml", "data-old/b.yaml"]), "{words:?}");
    }
}

/// More keys than fit a page lie between the object and its folder.
#[test]
fn a_folder_that_is_pages_away_from_its_object_is_found_without_reading_them() {
    for (listing, words) in LISTINGS {
        let server = bucket(&["data", "data/a.yaml", "data/z.yaml"]);
        for index in 0..2500 {
            server.put("code", &format!("data-{index}.yaml"), PASSWORD);
        }
        let report = report(&server.scan(words));
        assert_eq!(uris(&report), named(&["data", "data/a.yaml", "data/z.yaml"]), "{words:?}");
        let pages = server.wire.log().iter().filter(|line| line.target.contains(listing)).count();
        assert_eq!(pages, 2, "{words:?}");
    }
}

/// The versions of the object take several pages, one of which is empty, and so does the folder.
#[test]
fn versions_of_an_object_and_of_its_folder_are_all_read() {
    let server = Server::start();
    for version in 0..1500 {
        server.put("code", "data", format!("version: {version}\n"));
        server.put("code", "data/a.yaml", format!("version: {version}\n"));
    }
    server.put("code", "data", PASSWORD);
    server.delete("code", "data");
    server.put("code", "data/a.yaml", PASSWORD);
    server.put("code", "data.bak", PASSWORD);
    let report = report(&server.scan(&["s3://code/data", "--all-versions"]));
    assert_eq!(uris(&report), named(&["data", "data/a.yaml"]));
    assert_eq!(report["summary"]["artifacts"], 3002);
}

/// What one target leaves to another that is such a pair, that one takes.
#[test]
fn a_pair_of_object_and_folder_among_other_targets_is_scanned_once() {
    for more in [&[][..], &["--all-versions"]] {
        let keys = ["data", "data/a.yaml", "data-old/b.yaml", "x.yaml"];
        let server = bucket(&keys);
        let report = report(&server.scan(&[&["s3://code", "s3://code/data"], more].concat()));
        assert_eq!(uris(&report), named(&keys), "{more:?}");
        assert_eq!(report["summary"]["artifacts"], 4, "{more:?}");
    }
    // Of a key that was deleted before versions were kept, only the marker is left.
    let server = bucket(&["data.bak", "x.yaml"]);
    server.delete("code", "data");
    let report = report(&server.scan(&["s3://code", "s3://code/data", "--all-versions"]));
    assert_eq!(uris(&report), named(&["data.bak", "x.yaml"]));
}

fn without(xml: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut pieces = xml.split(&open);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    pieces.for_each(|piece| out.push_str(piece.split_once(&close).unwrap().1));
    out
}

fn large_bucket() -> Server {
    let server = Server::start();
    for index in 0..1100 {
        server.put("code", &format!("data/{index:04}"), "");
    }
    server.put("code", "data/9999.yaml", PASSWORD);
    server
}

#[test]
fn a_listing_that_goes_on_and_does_not_say_where_is_trouble() {
    for ((listing, words), marker) in LISTINGS.into_iter().zip(["NextContinuationToken", "NextKeyMarker"]) {
        for given in ["", &format!("<{marker}></{marker}>")] {
            let server = large_bucket();
            let given = given.to_owned();
            server.wire.edit_text("GET", listing, move |xml| {
                without(&xml, marker).replace("<IsTruncated>", &format!("{given}<IsTruncated>"))
            });
            let output = server.scan(words);
            let report = report(&output);
            assert_eq!(output.status.code(), Some(3), "{words:?} {}", messages(&output));
            let cause = "the listing says that it goes on, and not where".to_owned();
            assert_eq!(trouble(&report), [("s3://code/data".to_owned(), cause)], "{words:?}");
            assert_eq!(report["summary"]["artifacts"], 1000);
        }
    }
}

/// As if each page was the first one.
#[test]
fn a_listing_that_leads_in_a_circle_ends() {
    for ((listing, words), marker) in LISTINGS.into_iter().zip(["continuation-token", "key-marker"]) {
        let server = large_bucket();
        let page = Arc::new(AtomicUsize::new(0));
        server.wire.edit_text("GET", listing, move |xml| {
            let next = ["61", "62", "63"][page.fetch_add(1, Ordering::Relaxed) % 3];
            let token =
                format!("<NextContinuationToken>{next}</NextContinuationToken><NextKeyMarker>{next}</NextKeyMarker>");
            let xml = without(&without(&xml, "NextContinuationToken"), "NextKeyMarker");
            let head = xml[..xml.find("<IsTruncated>").unwrap()].to_owned();
            let name = if xml.contains("ListVersionsResult") { "ListVersionsResult" } else { "ListBucketResult" };
            format!("{}{token}<IsTruncated>true</IsTruncated></{name}>", &head[..=head.rfind('>').unwrap()])
                .replace("<KeyCount>1000</KeyCount>", "<KeyCount>0</KeyCount>")
        });
        let output = server.scan(words);
        assert!(messages(&output).contains("the listing leads in a circle"), "{words:?} {}", messages(&output));
        let asked = server.wire.log().iter().filter(|line| line.target.contains(marker)).count();
        assert!((3..12).contains(&asked), "{asked}");
    }
}

/// Those that a filter of the server has emptied.
#[test]
fn an_empty_page_with_a_marker_is_no_end() {
    for (listing, words) in LISTINGS {
        let server = large_bucket();
        let first = Arc::new(AtomicUsize::new(0));
        server.wire.edit_text("GET", listing, move |xml| {
            if first.fetch_add(1, Ordering::Relaxed) > 0 {
                return xml;
            }
            let xml = without(&without(&without(&xml, "Contents"), "Version"), "KeyCount");
            assert!(xml.contains("<IsTruncated>true"));
            xml
        });
        let report = report(&server.scan(words));
        assert_eq!(uris(&report), named(&["data/9999.yaml"]), "{words:?}");
        assert_eq!((&report["summary"]["artifacts"], &report["summary"]["complete"]), (&101.into(), &true.into()));
    }
}

/// Half of a document is well-formed as far as it goes: the list of versions does not say how many there are.
#[test]
fn a_page_that_is_cut_inside_of_its_document_is_asked_for_again() {
    for (listing, words) in LISTINGS {
        for share in [1, 2, 3] {
            let server = large_bucket();
            let first = Arc::new(AtomicUsize::new(0));
            server.wire.edit_text("GET", listing, move |xml| {
                // Between two entries.
                let xml = without(&xml, "KeyCount").replace("<IsTruncated>false</IsTruncated>", "");
                let xml = xml.replace("<IsTruncated>true</IsTruncated>", "");
                let (root, rest) =
                    xml.split_at(xml.find("<Name").or(xml.find("<Contents")).or(xml.find("<Version>")).unwrap());
                let is_last = !rest.contains("NextContinuationToken") && !rest.contains("NextKeyMarker");
                let whole = format!("{root}<IsTruncated>{}</IsTruncated>{rest}", !is_last);
                if first.fetch_add(1, Ordering::Relaxed) > 0 {
                    return whole;
                }
                let tag = if whole.contains("<Version>") { "</Version>" } else { "</Contents>" };
                let cut = whole[..whole.len() * share / 4].rfind(tag).unwrap() + tag.len();
                whole[..cut].to_owned()
            });
            let report = report(&server.scan(words));
            assert_eq!(report["summary"]["artifacts"], 1101, "{words:?} {share} {}", report["trouble"]);
            assert_eq!(uris(&report), named(&["data/9999.yaml"]), "{words:?} {share}");
        }
    }
}

#[test]
fn entries_that_do_not_say_what_they_are_of_are_trouble() {
    for (listing, words) in LISTINGS {
        let server = bucket(&["data/a.yaml", "data/b.yaml"]);
        server.wire.edit_text("GET", listing, |xml| xml.replacen("<Key>data/a.yaml</Key>", "", 1));
        let output = server.scan(words);
        let report = report(&output);
        assert_eq!(uris(&report), named(&["data/b.yaml"]), "{words:?}");
        let cause = "an entry of the listing has no key".to_owned();
        assert_eq!(trouble(&report), [("s3://code/data".to_owned(), cause)], "{words:?}");
    }
}

/// Without its id, the current one would be read in its place.
#[test]
fn a_version_without_an_id_is_trouble_unless_it_is_the_current_one() {
    let server = bucket(&["data/a.yaml", "data/b.yaml"]);
    server.put("code", "data/a.yaml", "nothing: here\n");
    server.wire.edit_text("GET", "versions", |xml| without(&xml, "VersionId"));
    let report = report(&server.scan(&["s3://code/data", "--all-versions"]));
    assert_eq!(uris(&report), set(&["s3://code/data/b.yaml"]));
    let (uri, cause) = trouble(&report).remove(0);
    assert_eq!(uri, "s3://code/data/a.yaml");
    assert!(cause.contains("does not say which it is"), "{cause}");
}

/// A page that ends between the versions of a key names the last of them.
#[test]
fn a_marker_without_a_version_skips_none() {
    let server = Server::start();
    for version in 0..1200 {
        server.put(
            "code",
            "data/a.yaml",
            if version == 3 { PASSWORD.to_owned() } else { format!("version: {version}\n") },
        );
    }
    server.wire.edit_text("GET", "versions", |xml| without(&xml, "NextVersionIdMarker"));
    let report = report(&server.scan(&["s3://code/data", "--all-versions"]));
    assert_eq!((&report["summary"]["artifacts"], uris(&report).len()), (&1200.into(), 1));
}
