//! keysift.toml: found, checked, laid under the command line; what it allows and accepts.

use super::{Desk, PASSWORD, WEAK};
use crate::archives::building::gzip;
use crate::support::project;
use serde_json::{Value, json};

/// Allowances of a day that has passed, and of one that is far.
const PASSED: &str = "2020-01-31";
const FAR: &str = "2999-12-31";

fn desk(config: &str) -> Desk {
    let desk = Desk::new();
    desk.file("keysift.toml", config).file("app/a.properties", PASSWORD);
    desk
}

fn json_of(desk: &Desk) -> (i32, Value, String) {
    let run = desk.run(&["scan", "app", "--format", "json"]);
    (run.code(), run.json(), run.err())
}

#[test]
fn the_nearest_file_counts_up_to_the_root_of_the_repository() {
    let desk = desk("fail-on = \"critical\"\n");
    assert_eq!(desk.run(&["scan", "app"]).code(), 0);
    let inside = |desk: &Desk| {
        let mut command = desk.command(&["scan", "a.properties"]);
        command.current_dir(desk.path("app")).output().unwrap().status.code()
    };
    // Without a repository, a file further up is somebody else's.
    assert_eq!(inside(&desk), Some(1));
    desk.file(".git/HEAD", "");
    assert_eq!(inside(&desk), Some(0));
    desk.file("app/.git/HEAD", "");
    assert_eq!(inside(&desk), Some(1));
    assert_eq!(desk.run(&["scan", "app", "--no-config"]).code(), 1);
    desk.file("other.toml", "fail-on = \"low\"\n").file("app/a.properties", WEAK);
    assert_eq!(
        [desk.run(&["scan", "app"]).code(), desk.run(&["scan", "app", "--config", "other.toml"]).code()],
        [0, 1]
    );
    let missing = desk.run(&["scan", "app", "--config", "none.toml"]);
    assert_eq!((missing.code(), missing.err().contains("none.toml")), (2, true));
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let desk = desk("fail-on = \"critical\"\n");
    let code = |flags: &[&str], environment: Option<&str>| {
        let mut command = desk.command(&[&["scan", "app"], flags].concat());
        if let Some(level) = environment {
            command.env("KEYSIFT_FAIL_ON", level);
        }
        command.output().unwrap().status.code().unwrap()
    };
    assert_eq!(code(&[], None), 0);
    assert_eq!(code(&[], Some("high")), 1);
    assert_eq!(code(&["--fail-on", "critical"], Some("high")), 0);
}

#[test]
fn what_the_file_switches_on_the_command_line_switches_off() {
    let desk =
        desk("baseline = \"known.toml\"\nbaseline-strict = true\nallow-incomplete = true\ninline-allow = false\n");
    desk.run(&["scan", "app", "--no-config", "--write-baseline", "known.toml"]);
    let code = |more: &[&str]| desk.run(&[&["scan", "app"], more].concat()).code();
    assert_eq!([code(&[]), code(&["--no-baseline"])], [0, 1]);
    let from_environment = |word: &str| {
        desk.command(&["scan", "app", word]).env("KEYSIFT_BASELINE", "known.toml").output().unwrap().status.code()
    };
    assert_eq!([from_environment("--quiet"), from_environment("--no-baseline")], [Some(0), Some(1)]);
    desk.file("app/b.7z", b"7z\xBC\xAF\x27\x1C and what follows");
    assert_eq!([code(&[]), code(&["--allow-incomplete=false"])], [0, 3]);
    desk.file("app/c.properties", PASSWORD);
    assert_eq!([code(&[]), code(&["--baseline-strict=false"])], [1, 0]);
    desk.file("app/c.properties", "ldap.password=pS8-lantern-Gx35v  # keysift:allow lives for one run\n");
    assert_eq!([code(&[]), code(&["--no-inline-allow=false"])], [1, 0]);
    let both = desk.command(&["scan", "app", "--no-config"]).env("KEYSIFT_CONFIG", "none.toml").output().unwrap();
    assert_eq!(both.status.code(), Some(1), "{}", String::from_utf8_lossy(&both.stderr));
    assert_eq!(code(&["--allow-incomplete=perhaps"]), 2);
    desk.file("keysift.toml", "cache = \"cache.redb\"\ntrust-crc = true\n");
    assert_eq!((code(&["--no-cache"]), desk.path("cache.redb").exists()), (1, false));
    assert_eq!((code(&["--trust-crc=false"]), desk.path("cache.redb").exists()), (1, true));
}

#[cfg(feature = "aws")]
#[test]
fn so_it_does_for_targets_in_aws() {
    let desk = desk("[[target]]\nuri = \"s3://code\"\nall-versions = true\nno-sign-request = true\n");
    let policy = |more: &[&str]| desk.run(&[&["scan", "s3://code", "--print-policy"], more].concat());
    assert!(policy(&[]).out().contains("s3:ListBucketVersions"));
    let current = policy(&["--all-versions=false"]);
    assert!(current.out().contains("s3:ListBucket") && !current.out().contains("Versions"), "{}", current.out());
}

#[test]
fn limits_filters_and_targets_come_from_the_file() {
    let desk = desk("exclude = [\"b.properties\"]\n[limits]\nmax-entry-bytes = \"1K\"\n[[target]]\npath = \"app\"\n");
    desk.file("app/b.properties", PASSWORD).file("app/c.txt.gz", gzip("x ".repeat(2000).as_bytes()));
    let run = desk.run(&["scan", "--format", "json"]);
    let (report, trouble) = (run.json(), run.trouble());
    assert_eq!(report["targets"], json!(["app"]));
    assert_eq!(
        (report["summary"]["left_out"].clone(), run.places()),
        (json!(1), vec!["app/a.properties:1".to_owned()])
    );
    assert!(
        trouble.iter().any(|(uri, what)| uri.starts_with("app/c.txt.gz") && what.starts_with("limit")),
        "{trouble:?}"
    );
    // Lists add up.
    let less = desk.run(&["scan", "--format", "json", "--exclude", "c.txt.gz"]);
    assert_eq!((less.json()["summary"]["left_out"].clone(), less.trouble()), (json!(2), Vec::new()));
}

#[test]
fn formats_of_the_file_are_written_unless_the_command_line_names_one() {
    let desk = desk("formats = [\"text\", \"json=out.json\"]\n");
    let run = desk.run(&["scan", "app"]);
    assert!(run.out().contains("1 finding"), "{}", run.out());
    let written: Value = serde_json::from_str(&std::fs::read_to_string(desk.path("out.json")).unwrap()).unwrap();
    assert_eq!(written["findings"][0]["rule_id"], "database-password");
    std::fs::remove_file(desk.path("out.json")).unwrap();
    assert_eq!(json_of(&desk).1["findings"][0]["rule_id"], "database-password");
    assert!(!desk.path("out.json").exists());
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_was_meant() {
    for (config, told) in [
        ("\nfial-on = \"high\"\n", "keysift.toml:2:1: unknown key `fial-on`; did you mean `fail-on`?"),
        ("fail-on = \"hihg\"\n", "keysift.toml:1:11: unknown value `hihg`; did you mean `high`?"),
        ("[limits]\nmax-dept = 3\n", "keysift.toml:2:1: unknown key `max-dept`; did you mean `max-depth`?"),
        ("[limits]\nmax-memory = \"lots\"\n", "keysift.toml:2:14: expected a number with K, M, G or T"),
        (
            "[[allow]]\nrule = \"jdbc-pasword\"\nreason = \"x\"\n",
            "keysift.toml:1:1: no rule jdbc-pasword; did you mean jdbc-password?",
        ),
        ("[[allow]]\nrule = \"jdbc-password\"\n", "missing field `reason`"),
        ("[[allow]]\nrule = \"jdbc-password\"\nreason = \" \"\n", "keysift.toml:1:1: a reason must not be empty"),
        ("[[allow]]\nreason = \"x\"\n", "allow needs a rule, path, key, fingerprint or place"),
        ("[[allow]]\npath = \"a[\"\nreason = \"x\"\n", "keysift.toml:1:1: path is no glob"),
        ("[[allow]]\npath = \"a\"\nreason = \"x\"\nexpires = \"soon\"\n", "expected a date such as 2027-01-31"),
        ("[[accept-trouble]]\nreason = \"x\"\n", "accept-trouble needs a kind or a path"),
        ("[[accept-trouble]]\nkind = \"encrypt\"\nreason = \"x\"\n", "unknown value `encrypt`"),
        (
            "[rules.jdbc-passwort]\nenabled = false\n",
            "keysift.toml:1:1: no rule jdbc-passwort; did you mean jdbc-password?",
        ),
        ("[[target]]\n", "a target needs a path or a uri"),
        ("rule-files = [\"none.toml\"]\n", "none.toml: cannot be read"),
        ("formats = [\"sariff\"]\n", "keysift.toml: formats: "),
        ("fail-on = [\n", "keysift.toml:"),
    ] {
        let desk = desk(config);
        let run = desk.run(&["scan", "app"]);
        assert_eq!((run.code(), run.out().as_str()), (2, ""), "{config}");
        assert!(run.err().contains(told), "{config}: {}", run.err());
        let check = desk.run(&["config", "check"]);
        assert_eq!(check.code(), 1, "{config}");
        assert!(check.err().contains(told), "{config}: {}", check.err());
    }
}

#[test]
fn findings_are_allowed_by_all_that_describes_them() {
    let plain = Desk::new();
    plain.file("app/a.properties", PASSWORD);
    let finding = plain.run(&["scan", "app", "--format", "json"]).json()["findings"][0].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rule = format!("rule = \"{}\"", text(&finding["rule_id"]));
    let fingerprint = format!("fingerprint = \"{}\"", text(&finding["fingerprint"]));
    let place = format!("place = \"{}\"", text(&finding["locations"][0]["place"]));
    let near: [&str; 7] = [
        &rule,
        &fingerprint,
        &place,
        "path = \"app/*.properties\"",
        "path = \"a.properties\"",
        "path = \"app\"",
        "key = \"db.password\"",
    ];
    for criterion in near {
        let (code, report, _) =
            json_of(&desk(&format!("\n[[allow]]\n{criterion}\nreason = \"a test user\"\nexpires = {FAR}\n")));
        assert_eq!((code, report["summary"]["suppressed"].clone()), (0, json!(1)), "{criterion}");
        // It stays in the report, with who says so.
        let suppression = &report["findings"][0]["suppression"];
        assert_eq!(*suppression, json!({"reason": "a test user", "source": "allowed", "origin": "keysift.toml:2"}));
        assert_eq!(report["findings"][0]["state"], "suppressed");
    }
    let far = [
        "rule = \"jdbc-url-password\"",
        "path = \"b.properties\"",
        "key = \"s3.password\"",
        "place = \"0011223344556677\"",
    ];
    for criterion in far.into_iter().map(str::to_owned).chain([format!("{rule}\npath = \"b.properties\"")]) {
        let desk = desk(&format!("[[allow]]\n{criterion}\nreason = \"a test user\"\n"));
        assert_eq!(json_of(&desk).0, 1, "{criterion}");
        let told = desk.run(&["scan", "app", "--verbose"]).err();
        assert!(told.contains("matches nothing: keysift.toml:1: a test user"), "{told}");
    }
}

#[test]
fn all_places_have_to_be_allowed() {
    let desk = desk(
        "[[allow]]\npath = \"app/a.properties\"\nreason = \"x\"\n[[allow]]\npath = \"b.properties\"\nreason = \"y\"\n",
    );
    desk.file("app/b.properties", PASSWORD);
    assert_eq!(json_of(&desk).0, 0);
    desk.file("app/c.properties", PASSWORD);
    assert_eq!(json_of(&desk).0, 1);
}

#[test]
fn an_allowance_that_has_expired_fails_again_and_says_so() {
    let desk = desk(&format!("[[allow]]\npath = \"app\"\nreason = \"until the move\"\nexpires = \"{PASSED}\"\n"));
    let (code, report, err) = json_of(&desk);
    let told = format!("keysift.toml:1: until the move (until {PASSED})");
    assert_eq!((code, report["findings"][0]["attributes"]["expired_allowance"].clone()), (1, json!(told)));
    assert!(err.contains(&format!("expired: {told}")), "{err}");
    assert!(desk.run(&["scan", "app"]).out().contains("no longer allowed by keysift.toml:1"));
    let check = desk.run(&["config", "check"]);
    assert_eq!((check.code(), check.err().contains(&told)), (1, true));
}

#[test]
fn trouble_is_accepted_and_stays_in_the_report() {
    let accept = |kind: &str, expires: &str| {
        format!(
            "[[accept-trouble]]\nkind = \"{kind}\"\npath = \"app/old.7z\"\nreason = \"archived\"\nexpires = {expires}\n"
        )
    };
    let scan = |config: &str| {
        let desk = Desk::new();
        desk.file("keysift.toml", config)
            .file("app/old.7z", b"7z\xBC\xAF\x27\x1C and what follows")
            .file("app/a.txt", "a");
        json_of(&desk)
    };
    let (code, report, _) = scan(&accept("unsupported", FAR));
    assert_eq!((code, report["trouble"][0]["accepted"].clone()), (0, json!("archived")));
    assert_eq!(report["summary"]["complete"], false);
    assert_eq!(scan(&accept("encrypted", FAR)).0, 3);
    let (code, _, err) = scan(&accept("unsupported", PASSED));
    assert_eq!((code, err.contains("expired: keysift.toml:1: archived")), (3, true), "{err}");
    // What allows findings hides no trouble.
    assert_eq!(scan("[[allow]]\npath = \"app\"\nreason = \"x\"\n").0, 3);
}

#[test]
fn rules_are_changed_and_switched_off() {
    let rule = |change: &str| format!("[rules.database-password]\n{change}\n");
    let plain = json_of(&desk(""));
    assert_eq!(plain.1["findings"][0]["rule_id"], "database-password");
    let (code, report, _) = json_of(&desk(&rule("severity = \"low\"")));
    assert_eq!((code, report["findings"][0]["severity"].clone()), (0, json!("low")));
    assert_ne!(report["tool"]["rules_digest"], plain.1["tool"]["rules_digest"]);
    let off = json_of(&desk(&rule("enabled = false"))).1;
    assert!(off["findings"].as_array().unwrap().iter().all(|finding| finding["rule_id"] != "database-password"));
}

#[test]
fn comments_allow_what_stands_beside_them() {
    let scan = |text: &str, flags: &[&str]| {
        let desk = Desk::new();
        desk.file("app/a.properties", text);
        let run = desk.run(&[&["scan", "app", "--format", "json"], flags].concat());
        (run.code(), run.json())
    };
    let password = PASSWORD.trim();
    for text in [
        format!("# keysift:allow a test user\n{password}\n"),
        format!("# keysift:allow[database-password] a test user\n{password}\n"),
        format!("\n\n// keysift:allow: a test user\r\n{password}"),
    ] {
        let (code, report) = scan(&text, &[]);
        assert_eq!((code, report["findings"][0]["suppression"]["source"].clone()), (0, json!("inline")), "{text}");
        assert_eq!(report["findings"][0]["suppression"]["reason"], "a test user");
        assert_eq!(scan(&text, &["--no-inline-allow"]).0, 1);
    }
    for text in [
        format!("# keysift:allow[jdbc-password] a test user\n{password}\n"),
        format!("# keysift:allow a test user\n\n{password}\n"),
        format!("{password}\n# keysift:allow a test user\n"),
        format!("user=me # keysift:allow a test user\n{password}\n"),
        format!("# keysift:allowed\n{password}\n"),
    ] {
        assert_eq!(scan(&text, &[]).0, 1, "{text}");
    }
    // A notebook has all lines of a cell in one line of its own.
    let notebook = |source: &str| {
        let cell =
            json!({"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": [source]});
        let desk = Desk::new();
        desk.file("a.ipynb", json!({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).to_string());
        desk.run(&["scan", "a.ipynb"]).code()
    };
    let line = "db_password = \"Tr0ub4dor-and-3x\"\n";
    assert_eq!(notebook(&format!("# keysift:allow a test user\n{line}")), 0);
    assert_eq!(notebook(&format!("# keysift:allow a test user\n\n{line}")), 1);
    // In the line itself, where the format has room for a comment.
    let desk = Desk::new();
    desk.file("app/a.yaml", "db:\n  password: Tr0ub4dor-and-3x  # keysift:allow a test user\n");
    assert_eq!(desk.run(&["scan", "app"]).code(), 0);
    desk.file("keysift.toml", "inline-allow = false\n");
    assert_eq!(desk.run(&["scan", "app"]).code(), 1);
}

#[test]
fn a_key_salts_the_fingerprints_and_is_never_in_the_file() {
    let desk = desk("fingerprint-key-env = \"TEAM_KEY\"\nbaseline = \"known.toml\"\n");
    let run = |words: &[&str], key: Option<&str>| {
        let mut command = desk.command(words);
        command.env_remove("TEAM_KEY");
        if let Some(key) = key {
            command.env("TEAM_KEY", key);
        }
        super::Run(command.output().unwrap())
    };
    let (first, second) = (Some("vK2-uLm8-Qz5r-T7pd"), Some("another key of the team"));
    let write = ["scan", "app", "--write-baseline", "known.toml"];
    let unset = run(&write, None);
    assert_eq!(
        (unset.code(), unset.err().contains("TEAM_KEY (fingerprint-key-env in keysift.toml) is not set")),
        (2, true)
    );
    desk.file("known.toml", "version = 1\n");
    assert_eq!(run(&write, first).code(), 0);
    assert_eq!(run(&["scan", "app"], first).code(), 0);
    let other = run(&["scan", "app"], second);
    assert_eq!((other.code(), other.err().contains("another fingerprint key")), (2, true), "{}", other.err());
    assert_eq!(run(&["scan", "app"], Some("short")).code(), 2);
    desk.file("keysift.toml", "fingerprint-key = \"mK7-tulip-Vq29z-and-more\"\n");
    let inline = run(&["scan", "app"], None);
    assert!(
        inline.err().contains("did you mean `fingerprint-key-env`?") && !inline.err().contains("tulip"),
        "{}",
        inline.err()
    );
    desk.file("keysift.toml", "fingerprint-key-env = \"mK7-tulip-Vq29z-and-more\"\n");
    let inline = run(&["scan", "app"], None);
    assert_eq!((inline.code(), inline.err().contains("tulip")), (2, false));
}

#[test]
fn settings_are_shown_with_their_origin() {
    let desk = desk("fail-on = \"high\"\n[limits]\nmax-depth = 3\n[[allow]]\npath = \"app\"\nreason = \"x\"\n");
    let shown = desk.run(&["config", "show"]);
    let line = |name: &str| shown.out().lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert_eq!(shown.code(), 0);
    assert!(line("fail-on").contains("\"high\"") && line("fail-on").ends_with("# keysift.toml"), "{}", shown.out());
    assert!(line("limits.max-depth").contains("= 3 "));
    assert!(line("limits.max-ratio").contains("= 400 ") && line("limits.max-ratio").ends_with("# default"));
    assert!(shown.out().contains("# 1 allowance"));
    let mut command = desk.command(&["config", "show"]);
    let environment = command.env("KEYSIFT_FAIL_ON", "low").output().unwrap();
    assert!(String::from_utf8(environment.stdout).unwrap().contains("\"low\""));
    assert_eq!(desk.run(&["config", "check"]).out(), "keysift.toml: no problems\n");
    assert_eq!(Desk::new().run(&["config", "check"]).code(), 2);
}

/// The TOML blocks of a document.
fn blocks(document: &str) -> Vec<String> {
    let text = std::fs::read_to_string(project(document)).unwrap();
    text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_schema_is_published_and_fits_the_parser() {
    let desk = Desk::new();
    let printed = desk.run(&["config", "schema"]).out();
    assert_eq!(printed, std::fs::read_to_string(project("docs/config.schema.json")).unwrap());
    let schema: Value = serde_json::from_str(&printed).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let examples = blocks("docs/configuration.md");
    assert!(!examples.is_empty());
    let dates = regex::Regex::new(r"= (\d{4}-\d\d-\d\d)").unwrap();
    for example in examples {
        // JSON has no dates: there they are texts.
        let example = dates.replace_all(&example, "= \"$1\"").into_owned();
        let value: toml::Value = toml::from_str(&example).unwrap();
        let value = serde_json::to_value(value).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{example}: {errors:?}");
    }
    // The parser names all keys that it knows, and the schema has just these.
    for (table, text) in [("", "zzzzzzzzzzzzzz = 1\n"), ("limits", "[limits]\nzzzzzzzzzzzzzz = 1\n")] {
        let told = {
            desk.file("keysift.toml", text);
            desk.run(&["config", "check"]).err()
        };
        let known = told.trim_end().split_once("known are ").unwrap().1.split(", ").map(str::to_owned);
        let mut known: Vec<String> = known.collect();
        known.sort();
        let properties =
            if table.is_empty() { &schema["properties"] } else { &schema["properties"][table]["properties"] };
        let mut published: Vec<String> = properties.as_object().unwrap().keys().cloned().collect();
        published.sort();
        assert_eq!(known, published);
    }
}
