//! What counts as one secret, and what it is called.

use crate::support::scan;
use data_encoding::{BASE64, BASE64_MIME};
use serde_json::Value;
use std::path::Path;

/// The findings of a folder with these files: rule, severity, and the files that hold it.
fn findings(files: &[(&str, String)]) -> Vec<(String, String, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let (report, _) = scan(folder.path().to_str().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let found = report["findings"].as_array().unwrap().iter().map(|finding| {
        let uris = finding["locations"].as_array().unwrap().iter().map(|location| text(&location["uri"]));
        let mut names: Vec<String> =
            uris.map(|uri| Path::new(&uri).file_name().unwrap().to_string_lossy().into_owned()).collect();
        names.sort();
        names.dedup();
        (text(&finding["rule_id"]), text(&finding["severity"]), names)
    });
    found.collect()
}

/// A private key of bytes that mean nothing, as tools write it.
fn private_key() -> String {
    let bytes: Vec<u8> = (0..608u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let body = BASE64_MIME.encode(&bytes).replace("\r\n", "\n");
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", body.trim_end())
}

#[test]
fn a_private_key_is_one_secret_however_it_is_written_down() {
    let key = private_key();
    let escaped = key.replace('\n', "\\n");
    let lines =
        |before: &str, behind: &str| key.lines().map(|line| format!("{before}{line}{behind}")).collect::<String>();
    let files = [
        ("key.pem", key.clone()),
        ("values.yaml", format!("tls:\n  key: |\n{}", lines("    ", "\n"))),
        ("app.properties", format!("tls.private.key={escaped}\n")),
        ("app.json", format!("{{\"tls\": {{\"pem\": \"{escaped}\"}}}}\n")),
        ("Tls.java", format!("class Tls {{\n  String key = {}\"\";\n}}\n", lines("    \"", "\\n\" +\n"))),
        ("app.env", format!("TLS_KEY_BASE64={}\n", BASE64.encode(key.as_bytes()))),
        ("windows.pem", key.replace('\n', "\r\n")),
    ];
    let mut names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort();
    assert_eq!(findings(&files), [("pem-private-key".to_owned(), "high".to_owned(), names)]);
}

#[test]
fn a_certificate_in_base64_is_no_key() {
    let certificate = private_key().replace("PRIVATE KEY", "CERTIFICATE");
    assert_eq!(findings(&[("app.env", format!("CA_CERT={}\n", BASE64.encode(certificate.as_bytes())))]), []);
}

#[test]
fn the_keys_of_a_store_that_is_not_of_aws_are_called_that() {
    let store = "s3.endpoint: https://minio.acme.internal\ns3.access-key: orders-flink\ns3.secret-key: Vq83mTzKx0LwYb5RnHd2CsJf\n";
    let amazon = "s3.access-key: AKIAWQ4ZLM7TXKB2DNVC\ns3.secret-key: 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\n";
    let expected =
        |rule: &str, severity: &str| vec![(rule.to_owned(), severity.to_owned(), vec!["flink-conf.yaml".to_owned()])];
    let found = |text: &str| findings(&[("flink-conf.yaml", text.to_owned())]);
    assert_eq!(found(store), expected("s3-compatible-key-pair", "high"));
    assert_eq!(found(amazon), expected("aws-access-key-pair", "critical"));
}
