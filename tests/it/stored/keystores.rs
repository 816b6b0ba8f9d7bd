//! Tests of key stores.

use crate::support::{project, scan};
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;

/// What a file of this name and content is said to be.
fn kind(name: &str, bytes: &[u8]) -> Option<String> {
    let rules = RuleSet::builtin().unwrap();
    let path = EntryPath::artifact(name);
    let evidence = read(bytes, &Context { path: &path, vocabulary: &rules.vocabulary });
    evidence.bindings.into_iter().next().map(|binding| binding.key)
}

#[test]
fn stores_of_keys_are_findings_and_stores_of_certificates_are_not() {
    for (name, wanted) in [
        ("server.jks", Some("JKS key orders")),
        ("server.p12", Some("PKCS#12 key")),
        ("data.jceks", Some("JCEKS key data")),
        ("data.p12", Some("PKCS#12 key")),
        ("trusted.jks", None),
        ("trusted.p12", None),
    ] {
        let bytes = std::fs::read(project("testdata/stored/keystores").join(name)).unwrap();
        assert_eq!(kind(name, &bytes).as_deref(), wanted, "{name}");
        for end in 0..bytes.len() {
            kind_of_any(&bytes[..end]);
        }
    }
}

fn kind_of_any(bytes: &[u8]) {
    use std::sync::OnceLock;
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    let rules = RULES.get_or_init(|| RuleSet::builtin().unwrap());
    read(bytes, &Context { path: &EntryPath::artifact("x"), vocabulary: &rules.vocabulary });
}

#[test]
fn a_store_is_reported_with_its_digest() {
    let (report, code) = scan("testdata/stored/keystores/server.jks");
    let finding = &report["findings"][0];
    assert_eq!(finding["rule_id"], "keystore-file");
    assert_eq!(finding["severity"], "medium");
    assert_eq!(finding["parts"][0]["redacted"].as_str().unwrap().len(), "sha256:".len() + 64);
    assert_eq!(finding["locations"][0]["line"], serde_json::Value::Null);
    assert_eq!(code, 1);
}

#[test]
fn keytabs() {
    let mut entry: Vec<u8> = vec![0, 2];
    for name in ["ACME.IO", "flink", "jobs.acme.io"] {
        entry.extend((name.len() as u16).to_be_bytes());
        entry.extend(name.as_bytes());
    }
    entry.extend([0, 0, 0, 1, 0x65, 0, 0, 0, 2, 0, 18, 0, 32]);
    entry.extend([0xA7; 32]);
    let mut keytab = vec![5, 2];
    // A hole of a deleted entry comes first.
    keytab.extend((-4i32).to_be_bytes());
    keytab.extend([0; 4]);
    keytab.extend((entry.len() as u32).to_be_bytes());
    keytab.extend(&entry);
    assert_eq!(kind("flink.keytab", &keytab).as_deref(), Some("keytab of flink/jobs.acme.io@ACME.IO"));
    assert_eq!(kind("x.keytab", &[5, 2, 0, 0, 0, 9]), None);
}

/// The name of a key may be longer than all the rest.
#[test]
fn of_a_long_alias_the_start_is_told() {
    let alias = "ä".repeat(30_000);
    let length = u16::try_from(alias.len()).unwrap().to_be_bytes();
    let store = [&0xFEED_FEED_u32.to_be_bytes()[..], &[0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1], &length, alias.as_bytes()];
    let told = kind("a.jks", &store.concat()).unwrap();
    assert!(told.starts_with("JKS key ää") && told.chars().count() == 256, "{}", told.len());
}

#[test]
fn other_der_is_no_key_store() {
    // An encrypted private key of PKCS#8, and the start of a certificate.
    let pbes2 = [0x30, 0x0B, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D];
    let wrap = |bytes: &[u8]| [&[0x30, bytes.len() as u8][..], bytes].concat();
    assert_eq!(kind("key.der", &wrap(&pbes2)), None);
    assert_eq!(kind("store.bcfks", &wrap(&wrap(&pbes2))).as_deref(), Some("BCFKS"));
    assert_eq!(kind("truststore.bcfks", &wrap(&wrap(&pbes2))), None);
}
