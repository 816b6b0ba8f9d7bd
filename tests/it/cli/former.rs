//! Baselines and reports with the fingerprints of version 1, whose hashes were slower.

use super::{Desk, Run};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const TEXT: &str = "db.password=Tr0ub4dor-and-3x\nkafka.password=mK7-tulip-Vq29z\ntoken=AKIAWQ4ZLM7TXKB2DNVC\n";
const PAIR: &str = "s3.access-key: AKIAQ5ZLM7TXKB2DNVWR\ns3.secret-key: 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\n";
/// Rule, fingerprint and place of each, as keysift wrote them before the hashes changed.
const KNOWN: [[&str; 3]; 4] = [
    ["aws-access-key-id", "7da314be337e164abb143bbb4ca026f4", "1e51dd7a15b1d840 app/a.properties"],
    ["aws-access-key-pair", "d08db7c845a9f7756a37dc2740a1acb3", "ebc2f6b4db731cdc app/flink-conf.yaml"],
    ["database-password", "d955ad568b47ad4d65b8b17db4edb4c4", "c8ea534e87a7071c app/a.properties"],
    ["kafka-jaas-config-password", "b9d9ad44c87d2b9abbe83318b262b0b5", "42bb637051a01ebf app/a.properties"],
];
/// Likewise, under the key 0123456789abcdef.
const KEYED: [[&str; 3]; 4] = [
    ["aws-access-key-id", "c8257fbf37cd88287788622eda38d5a2", "6441a295b3c04633 app/a.properties"],
    ["aws-access-key-pair", "957c60e0cdd12dae854fdd12ebafdcfe", "0ba541189b109d85 app/flink-conf.yaml"],
    ["database-password", "58a015833b7c18f6334d9e59a26076ee", "ccb757a926358e45 app/a.properties"],
    ["kafka-jaas-config-password", "45a305a1f452f320b641e0aad6e12719", "a86bb5824f240730 app/a.properties"],
];
const WORDS: [&str; 6] = ["scan", "app", "--baseline", "known.toml", "--format", "json"];

fn baseline(head: &str, known: &[[&str; 3]]) -> String {
    let blocks = known.iter().map(|[rule, fingerprint, place]| {
        format!(
            "\n[[finding]]\nrule = \"{rule}\"\ntitle = \"{rule}\"\nfingerprint = \"{fingerprint}\"\nplaces = [\"{place}\"]\n"
        )
    });
    format!("version = 1\n{head}{}", blocks.collect::<String>())
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("app/a.properties", TEXT).file("app/flink-conf.yaml", PAIR).file("known.toml", baseline("", &KNOWN));
    desk
}

/// How many findings are in each state.
fn states(run: &Run) -> Vec<(String, usize)> {
    let report = run.json();
    let mut counts = std::collections::BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        *counts.entry(finding["state"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

fn counts(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
    expected.iter().map(|(state, count)| ((*state).to_owned(), *count)).collect()
}

#[test]
fn an_old_baseline_still_matches_and_says_that_it_is_old() {
    let desk = desk();
    let run = desk.run(&WORDS);
    assert_eq!((run.code(), states(&run)), (0, counts(&[("known", 4)])), "{}", run.err());
    assert!(run.err().contains("--write-baseline known.toml writes it anew"), "{}", run.err());
    assert_eq!(run.json()["gone"], json!([]));

    // One more secret, one that moved, and one that is gone.
    let text = TEXT.replace("kafka.password=mK7-tulip-Vq29z\n", "kafka.password=uV5-marble-Jd83k\n");
    desk.file("app/a.properties", text).file("app/b.properties", "db.password=Tr0ub4dor-and-3x\n");
    let run = desk.run(&WORDS);
    assert_eq!((run.code(), states(&run)), (1, counts(&[("known", 2), ("new", 1), ("spread", 1)])));
    assert_eq!(run.json()["gone"][0]["fingerprint"], KNOWN[3][1]);
}

#[test]
fn a_key_of_ones_own_goes_on_counting() {
    let desk = desk();
    desk.file("known.toml", baseline("key = \"28916582\"\n", &KEYED));
    desk.file("keysift.toml", "fingerprint-key-env = \"KEYSIFT_TEST_KEY\"\n");
    let run = |key: &str| Run::of(desk.command(&WORDS).env("KEYSIFT_TEST_KEY", key).output().unwrap());
    let own = run("0123456789abcdef");
    assert_eq!((own.code(), states(&own)), (0, counts(&[("known", 4)])), "{}", own.err());
    assert!(run("fedcba9876543210").err().contains("another fingerprint key"));
}

#[test]
fn it_is_written_anew_with_what_it_knows() {
    for words in [["--prune-baseline", ""], ["--write-baseline", "known.toml"]] {
        let desk = desk();
        desk.file("app/a.properties", TEXT.replace("kafka.password=mK7-tulip-Vq29z\n", ""));
        let words: Vec<&str> = WORDS.into_iter().chain(words).filter(|word| !word.is_empty()).collect();
        let run = desk.run(&words);
        assert_eq!((run.code(), run.err().contains("writes it anew")), (0, false), "{}", run.err());
        let text = std::fs::read_to_string(desk.path("known.toml")).unwrap();
        assert!(text.contains("version = 2\n") && text.matches("[[finding]]").count() == 3, "{text}");
        // What a machine made is called as before, and the places are those that were known.
        assert!(text.contains(KNOWN[0][1]) && text.contains(KNOWN[1][1]) && !text.contains(KNOWN[2][1]), "{text}");
        assert_eq!(text.matches("app/a.properties").count(), 2, "{text}");
        let run = desk.run(&WORDS);
        assert_eq!((run.code(), states(&run), run.err()), (0, counts(&[("known", 3)]), String::new()));
    }
}

/// An outcome of the cache has no values that could be hashed again.
#[test]
fn a_cache_does_not_stand_in_its_way() {
    let desk = desk();
    let cached = |words: &[&str]| desk.run(&[words, &["--cache", "cache"]].concat());
    assert_eq!(cached(&["scan", "app", "--format", "json"]).code(), 1);
    for _ in 0..2 {
        let run = cached(&WORDS);
        assert_eq!((run.code(), states(&run)), (0, counts(&[("known", 4)])), "{}", run.err());
    }
}

/// Version 1 hashed more than 64 values of one artifact as one.
#[test]
fn a_table_of_passwords_is_recognised() {
    let values: Vec<String> = (0..70).map(|n| format!("Tr0ub4dor-and-{n}x")).collect();
    let sha = |parts: &[&[u8]]| -> [u8; 32] { Sha256::digest(parts.concat()).into() };
    let salt = b"keysift/v1";
    let mut fast: Vec<[u8; 32]> = values.iter().map(|value| sha(&[salt, value.as_bytes()])).collect();
    fast.sort_unstable();
    let mut key = [0; 32];
    let params = Params::new(19 * 1024, 2, 1, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(&sha(&[&fast.concat()]), salt, &mut key).unwrap();
    let mut known = Vec::new();
    for value in &values {
        let digest = sha(&[salt, &key, value.as_bytes()]);
        let fingerprint = HEXLOWER.encode(&sha(&[b"database-password", &[0], &digest])[..16]);
        let place = sha(&[fingerprint.as_bytes(), &[0], b"app/a.properties", &[0]]);
        known.push((fingerprint, format!("{} app/a.properties", HEXLOWER.encode(&place[..8]))));
    }
    let known: Vec<[&str; 3]> = known.iter().map(|(known, place)| ["database-password", known, place]).collect();
    let desk = Desk::new();
    let text: String = values.iter().map(|value| format!("db.password={value}\n")).collect();
    desk.file("app/a.properties", text).file("known.toml", baseline("", &known));
    let run = desk.run(&WORDS);
    assert_eq!((run.code(), states(&run)), (0, counts(&[("known", 70)])), "{}", run.err());
}

/// A report has no values: what it does not know by the same hash it says.
#[test]
fn a_report_says_that_it_cannot_recognise_passwords() {
    let desk = desk();
    let report = desk.run(&["scan", "app", "--format", "json"]).json();
    assert_eq!(report["fingerprint_version"], 2);
    desk.file("new.json", report.to_string());
    let convert = |report: &str, more: &[&str]| {
        let words = ["report", "convert", report, "--baseline", "known.toml", "--format", "json"];
        desk.run(&[&words[..], more].concat())
    };
    let run = convert("new.json", &[]);
    assert_eq!((run.code(), states(&run)), (1, counts(&[("known", 2), ("new", 2)])));
    assert!(run.err().contains("passwords are not recognised"), "{}", run.err());
    let run = convert("new.json", &["--prune-baseline"]);
    assert_eq!((run.code(), run.out()), (2, String::new()), "nothing is dropped that may be there");

    // Of an old report and an old baseline, all is recognised; and what is written of it is old.
    let mut old = report;
    old.as_object_mut().unwrap().remove("fingerprint_version");
    for finding in old["findings"].as_array_mut().unwrap() {
        let [_, fingerprint, place] = KNOWN.iter().find(|known| finding["rule_id"] == known[0]).unwrap();
        finding["fingerprint"] = Value::from(*fingerprint);
        finding["locations"][0]["place"] = Value::from(place.split(' ').next().unwrap());
    }
    desk.file("old.json", old.to_string());
    let run = convert("old.json", &["--write-baseline", "written.toml"]);
    assert_eq!((run.code(), states(&run)), (0, counts(&[("known", 4)])), "{}", run.err());
    assert!(!run.err().contains("recognised"), "{}", run.err());
    assert!(std::fs::read_to_string(desk.path("written.toml")).unwrap().contains("version = 1\n"));
    let merged = desk.run(&["report", "merge", "old.json", "new.json", "--format", "json"]);
    assert!(merged.err().contains("fingerprints of different versions"), "{}", merged.err());
}
