//! Tests of serialized objects and savepoints.

use crate::support::{cases, project, scan};
use keysift::formats::evidence::Evidence;
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;
use proptest::prelude::*;
use std::sync::OnceLock;

fn evidence(bytes: &[u8]) -> Evidence<'_> {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    let rules = RULES.get_or_init(|| RuleSet::builtin().unwrap());
    read(bytes, &Context { path: &EntryPath::artifact("x"), vocabulary: &rules.vocabulary })
}

/// `rule values key` of each finding, and the bytes at each place's offset.
fn found(path: &str) -> Vec<String> {
    let (report, _) = scan(path);
    assert_eq!(report["summary"]["complete"], true, "{}", report["trouble"]);
    let bytes = std::fs::read(project(path)).unwrap();
    let mut found: Vec<String> = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let parts = finding["parts"].as_array().unwrap();
        let values: Vec<&str> = parts.iter().map(|part| part["value"].as_str().unwrap()).collect();
        let keys: Vec<&str> = parts.iter().map(|part| part["binding"].as_str().unwrap_or("-")).collect();
        for location in finding["locations"].as_array().unwrap() {
            let at = location["offset"].as_u64().unwrap() as usize;
            assert!(bytes.len() > at, "{finding}");
        }
        found.push(format!("{} {} {}", finding["rule_id"].as_str().unwrap(), values.join(" "), keys.join(" ")));
    }
    found.sort();
    found
}

#[test]
fn an_object_stream() {
    assert_eq!(
        found("testdata/stored/objects.ser"),
        [
            "aws-access-key-pair AKIAXW5GQ2ROHT3KJM6E Rk7vTq2LmZ9xWb4Nc8Yd1Hf5Gj3Ps6Ka0Ue+Xo/q s3.access-key s3.secret-key",
            "aws-secret-access-key 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 aws.secretKey",
            "database-password kB7zn4Vq2x redis.password",
            "database-password zD3kp7Vm5s db.password",
            "gitlab-token glpat-Wd6yHn3Kt8Rb5Xq2Zv9M note",
            "jaas-keytab-password yF5hs9Lp2c keystorePassword",
            "jdbc-password wK8rt3Nz6q jdbcPassword",
            "kafka-jaas-password tQ4wn8Xb7d sasl.jaas.config",
        ]
    );
}

#[test]
fn a_savepoint() {
    assert_eq!(
        found("testdata/stored/_metadata"),
        [
            "aws-access-key-pair AKIAZ4MT6PLWQ7XN3HRD Hw3Rm8Ld5Ya1Ts6Vk9Xc2Gf7Jp4Nq0Bz/Ue+IoEx - s3.secret-key",
            "gitlab-token glpat-Jb4xVn7Qs2Lw9Rk6Tz3P -",
            "jaas-keytab-password yF5hs9Lp2c keystorePassword",
            "jdbc-password wK8rt3Nz6q jdbcPassword",
            "kafka-jaas-config-password gH7rw4Tn9b sasl.password",
        ]
    );
}

#[test]
fn a_stream_that_breaks_off_is_looked_through() {
    let whole = std::fs::read(project("testdata/stored/objects.ser")).unwrap();
    assert_eq!(evidence(&whole).unparsed, None);
    let key = memchr_of(&whole, b"s3.secret-key");
    // An unknown code in front of the key.
    let mut broken = whole.clone();
    broken[key - 3] = 0x60;
    let evidence = evidence(&broken);
    assert!(evidence.unparsed.is_some());
    assert!(evidence.bindings.iter().any(|binding| binding.key == "s3.secret-key"), "{:?}", evidence.bindings);
}

fn memchr_of(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).unwrap()
}

#[test]
fn depth_costs_no_stack() {
    // Arrays of one array each.
    let mut bytes = vec![0xAC, 0xED, 0, 5];
    let class = b"\x72\x00\x02[L\0\0\0\0\0\0\0\0\x02\0\0\x78\x70";
    bytes.push(0x75);
    bytes.extend(class);
    bytes.extend([0, 0, 0, 1]);
    for _ in 0..300_000 {
        bytes.extend([0x75, 0x71, 0, 0x7E, 0, 0, 0, 0, 0, 1]);
    }
    assert!(evidence(&bytes).unparsed.is_some());
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_bytes_can_be_read(
        file in prop::sample::select(vec!["objects.ser", "_metadata", "market.zpln", "orders.ipynb"]),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = std::fs::read(project("testdata/stored").join(file)).unwrap();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            if at > 3 {
                bytes[at] = byte;
            }
        }
        let end = end.index(bytes.len() * 2).min(bytes.len());
        let found = evidence(&bytes[..end]);
        prop_assert!(found.bindings.len() + found.literals.len() < 1000);
    }
}
