//! A report that is there already is judged as its scan would have been: `report convert` and `report merge`
//! with a configuration, a baseline, a severity to fail on.

use super::{Desk, PASSWORD, WEAK};

const OTHER: &str = "kafka.password=mK7-tulip-Vq29z\n";
const THIRD: &str = "redis.password=wB4-harbor-Tn61c\n";
const INLINE: &str = "ldap.password=pS8-lantern-Gx35v  # keysift:allow lives for one run\n";

/// An allowance that holds, one whose day has passed, one that fits only one of two places; trouble that is
/// accepted; and a baseline that knows one secret, in one of its places.
const POLICY: &str = r#"
fail-on = "critical"
baseline = "known.toml"

[[allow]]
path = "app/b/**"
reason = "The broker of the tests."

[[allow]]
key = "redis.password"
reason = "Until the migration."
expires = 2020-01-31

[[accept-trouble]]
kind = "unsupported"
path = "app/vendor.7z"
reason = "The vendor ships it so."
"#;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("app/a.properties", PASSWORD).file("app/b/kafka.properties", OTHER).file("policy.toml", POLICY);
    assert_eq!(desk.run(&["scan", "app", "--no-config", "--write-baseline", "known.toml"]).code(), 0);
    let known = std::fs::read_to_string(desk.path("known.toml")).unwrap();
    // Only the first of them stays known; it has spread since.
    let end = known.match_indices("[[finding]]").nth(1).unwrap().0;
    assert!(known[..end].contains("app/a.properties"), "{known}");
    desk.file("known.toml", &known[..end]);
    desk.file("app/c.properties", format!("{PASSWORD}{THIRD}{INLINE}")).file("app/d.properties", WEAK);
    desk.file("app/e.properties", THIRD).file("app/vendor.7z", b"7z\xBC\xAF\x27\x1C and what follows");
    desk
}

fn text(desk: &Desk, path: &str) -> String {
    std::fs::read_to_string(desk.path(path)).unwrap()
}

#[test]
fn a_converted_report_is_the_one_of_a_scan_with_that_policy() {
    let desk = desk();
    for more in [&[][..], &["--baseline-strict"], &["--fail-on", "high"], &["--no-baseline"]] {
        let plain = desk.run(&["scan", "app", "--format", "json=plain.json"]);
        assert_eq!(plain.code(), 1);
        let policy = [&["--config", "policy.toml"], more].concat();
        let scan = desk.run(&[&["scan", "app", "--format", "json=scan.json"][..], &policy].concat());
        let convert =
            desk.run(&[&["report", "convert", "plain.json", "--format", "json=report.json"][..], &policy].concat());
        assert_eq!(text(&desk, "report.json"), text(&desk, "scan.json"), "{more:?}");
        assert_eq!((convert.code(), convert.err()), (scan.code(), scan.err()), "{more:?}");
        assert!(convert.err().contains("expired: policy.toml:"), "{}", convert.err());
    }
    let report: serde_json::Value = serde_json::from_str(&text(&desk, "report.json")).unwrap();
    assert_eq!(report["summary"]["suppressed"], 2, "one by an entry, one by a comment");
    assert_eq!(report["trouble"][0]["accepted"], "The vendor ships it so.");
}

#[test]
fn shards_are_merged_and_gated() {
    let desk = desk();
    let policy = ["--config", "policy.toml", "--fail-on", "high"];
    let scan = desk.run(&[&["scan", "app", "--format", "json=scan.json"][..], &policy].concat());
    for shard in ["0/2", "1/2"] {
        let file = format!("json=shard-{}.json", &shard[..1]);
        desk.run(&["scan", "app", "--shard", shard, "--format", &file]);
    }
    let merge = ["report", "merge", "shard-0.json", "shard-1.json", "--format", "json=merged.json"];
    let merged = desk.run(&[&merge[..], &policy].concat());
    assert_eq!(merged.code(), scan.code());
    let mut scan: serde_json::Value = serde_json::from_str(&text(&desk, "scan.json")).unwrap();
    let merged: serde_json::Value = serde_json::from_str(&text(&desk, "merged.json")).unwrap();
    scan["shard"] = merged["shard"].clone();
    assert_eq!(merged, scan);

    // A baseline of all of it lets all of it pass, and is the one that a scan writes.
    let written = desk.run(&[&merge[..], &["--allow-incomplete", "--write-baseline", "all.toml"]].concat());
    assert_eq!((written.code(), written.err().contains("all.toml: wrote")), (0, true), "{}", written.err());
    desk.run(&["scan", "app", "--allow-incomplete", "--write-baseline", "same.toml"]);
    assert_eq!(text(&desk, "all.toml"), text(&desk, "same.toml"));
    assert_eq!(desk.run(&[&merge[..], &["--baseline", "all.toml"]].concat()).code(), 3);
    assert_eq!(desk.run(&[&merge[..], &["--baseline", "all.toml", "--allow-incomplete"]].concat()).code(), 0);
    let refused = desk.run(&[&merge[..], &["--write-baseline", "refused.toml"]].concat());
    assert_eq!((refused.code(), refused.err().contains("the scan is incomplete")), (2, true), "{}", refused.err());
}

#[test]
fn only_what_is_named_judges_a_report() {
    let desk = desk();
    desk.run(&["scan", "app", "--format", "json=plain.json"]);
    let convert = |more: &[&str]| desk.run(&[&["report", "convert", "plain.json", "--format", "json"], more].concat());
    // A file that lies around is no policy of a report from elsewhere.
    desk.file("keysift.toml", POLICY);
    assert_eq!(convert(&[]).out(), text(&desk, "plain.json"));
    assert_eq!(convert(&["--fail-on", "critical"]).code(), 3);
    assert_eq!(convert(&["--fail-on", "critical", "--allow-incomplete"]).code(), 0);
    for (words, message) in [
        (["--config", "none.toml"], "none.toml"),
        (["--baseline", "none.toml"], "no baseline none.toml"),
        (["--write-baseline", "app"], "cannot write the baseline app"),
    ] {
        let run = convert(&[&words[..], &["--allow-incomplete"]].concat());
        assert_eq!((run.code(), run.err().contains(message)), (2, true), "{words:?}: {}", run.err());
    }
}

#[test]
fn what_a_report_only_counts_goes_on_counting() {
    let desk = desk();
    desk.run(&["scan", "app", "--format", "json=plain.json"]);
    desk.run(&["scan", "app", "--min-severity", "critical", "--format", "json=short.json"]);
    let judge = |report: &str| {
        let words = ["report", "convert", report, "--baseline", "known.toml", "--format", "json"];
        let run = desk.run(&[&words[..], &["--fail-on", "high", "--allow-incomplete"]].concat());
        (run.code(), run.json())
    };
    let (code, short) = judge("short.json");
    // It cannot be told whether they are known, nor whether the known ones are gone.
    let shown: Vec<_> = short["findings"].as_array().unwrap().iter().map(|f| f["state"].as_str().unwrap()).collect();
    assert_eq!((code, shown, &short["gone"]), (1, vec!["suppressed"], &serde_json::json!([])));
    assert_eq!(short["summary"]["by_severity"]["high"], 3);
    let (_, plain) = judge("plain.json");
    assert_eq!((&plain["summary"]["by_severity"]["high"], &plain["summary"]["baselined"]), (&2.into(), &1.into()));
    let write = desk.run(&["report", "convert", "short.json", "--write-baseline", "all.toml"]);
    assert_eq!((write.code(), write.err().contains("leaves out findings")), (2, true), "{}", write.err());
}
