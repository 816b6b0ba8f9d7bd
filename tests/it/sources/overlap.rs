//! Targets that overlap, and parts of one: what is scanned by whom, and that nothing is missed.

use super::{messages, report, set, uris};
use crate::support::keysift;
use crate::support::s3::{Server, bare};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const SECRET_KEY: &str = "s3.secret-key: Qf7Lw2Zp9Xc4Vb1Nm6Ks8Jh3Gd5Ta0Ry2Ue7Io4P\n";

fn bucket(keys: &[&str]) -> Server {
    let server = Server::start();
    for key in keys {
        server.put("code", key, SECRET_KEY);
    }
    server
}

/// How often each object was fetched.
fn fetched(server: &Server, key: &str) -> usize {
    server.wire.log().iter().filter(|line| line.is_get_of(&format!("/code/{key}"))).count()
}

#[test]
fn an_object_that_two_targets_lead_to_is_scanned_once() {
    let keys = ["a/b.yaml", "a/x/c.yaml", "a/x.yaml", "a/x.yaml.bak", "d.yaml"];
    let everything: Vec<String> = keys.iter().map(|key| format!("s3://code/{key}")).collect();
    let everything: BTreeSet<String> = everything.into_iter().collect();
    for targets in [
        vec!["s3://code/", "s3://code"],
        vec!["s3://code", "s3://code/a/x/", "s3://code/a"],
        vec!["s3://code/a/x", "s3://code"],
        // A whole key is that object alone.
        vec!["s3://code/a/x.yaml", "s3://code"],
        vec!["s3://code", "s3://code/a/x.yaml", "s3://code/a/x.yaml"],
    ] {
        let server = bucket(&keys);
        let report = report(&server.scan(&targets));
        assert_eq!(uris(&report), everything, "{targets:?}");
        assert_eq!(report["summary"]["artifacts"], 5, "{targets:?}");
        for key in keys {
            assert_eq!(fetched(&server, key), 1, "{targets:?} {key}");
        }
        let all = super::report(&server.scan(&[&targets[..], &["--all-versions"]].concat()));
        assert_eq!(all["summary"]["artifacts"], 5, "{targets:?}");
    }
    // Each in its own bucket is no overlap.
    let server = bucket(&keys);
    server.put("other", "a/x/c.yaml", SECRET_KEY);
    assert_eq!(report(&server.scan(&["s3://code/a/", "s3://other/a/x/"]))["summary"]["artifacts"], 5);
}

#[test]
fn a_folder_that_is_named_twice_is_scanned_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    for name in ["a.yaml", "sub/b.yaml"] {
        fs::write(folder.path().join(name), SECRET_KEY).unwrap();
    }
    let root = folder.path().to_str().unwrap();
    let (sub, around) = (format!("{root}/sub"), format!("{root}/sub/.."));
    let output = keysift(&["scan", "--format", "json", root, &sub, root, &around]);
    let report = report(&output);
    assert_eq!(report["summary"]["artifacts"], 2, "{}", messages(&output));
    assert_eq!(uris(&report).len(), 2);
}

/// What the filter of one target leaves out, the next may take.
#[test]
fn folders_have_filters_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one/a.yaml", "one/b.conf", "two/c.yaml", "two/d.conf"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, SECRET_KEY).unwrap();
    }
    let jar = {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in ["conf/e.yaml", "conf/f.conf"] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut writer, SECRET_KEY.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    fs::write(folder.path().join("two/app.jar"), jar).unwrap();
    let config = "exclude = [\"*.bak\"]\n[[target]]\npath = \"one\"\ninclude = [\"*.yaml\"]\n\
                  [[target]]\npath = \"two\"\nexclude = [\"*.conf\"]\n[[target]]\npath = \".\"\n";
    fs::write(folder.path().join("keysift.toml"), config).unwrap();
    let scan = |words: &[&str], here: &Path| {
        let mut command = bare(&[&["scan", "--format", "json", "--cache", "cache.redb"], words].concat());
        let output = command.current_dir(here).output().unwrap();
        report(&output)
    };
    let named = |found: &[&str]| found.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let only = scan(&["one", "two"], folder.path());
    assert_eq!(uris(&only), named(&["one/a.yaml", "two/c.yaml", "two/app.jar!/conf/e.yaml"]));
    // The last one takes what the others left, but not what lies in a jar that was scanned.
    let all = scan(&[], folder.path());
    let more = ["one/a.yaml", "two/c.yaml", "two/app.jar!/conf/e.yaml", "one/b.conf", "two/d.conf"];
    let tails = |uris: BTreeSet<String>| -> BTreeSet<String> {
        uris.into_iter().map(|uri| uri.trim_start_matches("./").to_owned()).collect()
    };
    assert_eq!(tails(uris(&all)), named(&more));
    // Another filter, another outcome: the cache does not mix them up.
    fs::write(folder.path().join("keysift.toml"), "[[target]]\npath = \"two\"\n").unwrap();
    let found = uris(&scan(&[], folder.path()));
    assert!(found.contains("two/app.jar!/conf/f.conf"), "{found:?}");
}

#[test]
fn reports_of_shards_are_merged_into_that_of_the_whole() {
    let server = Server::start();
    for index in 0..40 {
        server.put("code", &format!("jobs/{index}.yaml"), SECRET_KEY);
        server.put("code", &format!("jobs/{index}.txt"), "nothing\n");
    }
    let whole = report(&server.scan(&["s3://code"]));
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<String> = (0..4).map(|shard| format!("{}/{shard}.json", folder.path().display())).collect();
    for (shard, file) in files.iter().enumerate() {
        server.scan(&["s3://code", "--shard", &format!("{shard}/4"), "--output", file]);
    }
    let merged = |files: &[String]| {
        let words: Vec<&str> =
            ["report", "merge", "--format", "json"].into_iter().chain(files.iter().map(|f| &**f)).collect();
        let output = keysift(&words);
        (report(&output), output.status.code())
    };
    let (all, code) = merged(&files);
    assert_eq!(code, Some(1));
    for part in ["findings", "trouble", "targets"] {
        assert_eq!(all[part], whole[part], "{part}");
    }
    for total in ["complete", "artifacts", "entries", "bytes", "by_severity", "left_out"] {
        assert_eq!(all["summary"][total], whole["summary"][total], "{total}");
    }
    // One is missing.
    let (part, _) = merged(&files[1..]);
    assert_eq!(part["summary"]["complete"], false);
    assert!(part["trouble"].to_string().contains("shard"), "{}", part["trouble"]);
    assert!(uris(&part).is_subset(&uris(&whole)) && uris(&part) != uris(&whole));
}

#[test]
fn the_policy_for_an_inventory_lists_nothing() {
    let words = ["scan", "s3://code/jobs/", "--inventory", "s3://lists/daily/code/all/2026-11-25T01-00Z/manifest.json"];
    let policy = |more: &[&str]| -> Value {
        let output = bare(&[&words, more, &["--print-policy"]].concat()).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", messages(&output)))
    };
    let actions = |policy: &Value| -> BTreeSet<String> {
        let statements = policy["Statement"].as_array().unwrap();
        let actions = statements.iter().flat_map(|one| one["Action"].as_array().unwrap());
        actions.map(|action| action.as_str().unwrap().to_owned()).collect()
    };
    let current = policy(&[]);
    assert_eq!(actions(&current), set(&["s3:GetObject", "kms:Decrypt"]));
    let text = current.to_string();
    for arn in ["arn:aws:s3:::code/jobs/*", "arn:aws:s3:::lists/daily/code/all/*"] {
        assert!(text.contains(arn), "{text}");
    }
    let versions = actions(&policy(&["--all-versions"]));
    assert_eq!(versions, set(&["s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"]));
}
