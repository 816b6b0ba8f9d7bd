//! Images: OCI layouts and what `docker save` writes.

use super::told;
use crate::support::scan;
use std::io::Write;
use std::path::Path;

const CONFIG: &str = r##"{
  "architecture": "amd64",
  "config": {
    "Env": [
      "PATH=/opt/flink/bin:/usr/bin",
      "AWS_ACCESS_KEY_ID=AKIAT4QZ6WLMX2RPD7HV",
      "AWS_SECRET_ACCESS_KEY=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",
      "API_PASSWORD=$API_PASSWORD"
    ],
    "Entrypoint": ["/docker-entrypoint.sh"]
  },
  "history": [
    { "created_by": "/bin/sh -c #(nop)  ENV ORDERS_DB_PASSWORD=Harbor_w4Tq81" },
    { "created_by": "ENV REPORTS_DB_PASSWORD=Meadow_k2Rd57", "comment": "buildkit.dockerfile.v0", "empty_layer": true },
    { "created_by": "RUN |1 NEXUS_PASSWORD=Zephyr_p9Xc33 /bin/sh -c mvn -q package # buildkit" },
    { "created_by": "RUN /bin/sh -c echo no password here # buildkit" }
  ],
  "os": "linux"
}
"##;

/// What must be found in the configuration, wherever it lies.
const OF_CONFIG: [&str; 4] = [
    ":6:26 aws-access-key-pair AWS_ACCESS_KEY_ID=AKIAT4QZ6WLMX2RPD7HV@6 + AWS_SECRET_ACCESS_KEY=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@7",
    ":13:64 database-password ORDERS_DB_PASSWORD=Harbor_w4Tq81@13",
    ":14:46 database-password REPORTS_DB_PASSWORD=Meadow_k2Rd57@14",
    ":15:44 generic-password NEXUS_PASSWORD=Zephyr_p9Xc33@15",
];

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn layer(password: &str) -> Vec<u8> {
    let conf = format!("taskmanager.numberOfTaskSlots: 2\nsecurity.ssl.rest.key-password: {password}\n");
    tar(&[("opt/flink/conf/flink-conf.yaml", conf.as_bytes()), ("etc/os-release", b"ID=debian\n")])
}

#[track_caller]
fn holds(path: &Path, expected: &[String]) {
    let (report, code) = scan(path.to_str().unwrap());
    assert_eq!(told(&report), expected);
    assert_eq!((code, &report["trouble"]), (1, &serde_json::json!([])));
}

#[test]
fn docker_save() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.tar");
    let manifest = r#"[{"Config":"3f7c.json","RepoTags":["orders:1"],"Layers":["a1/layer.tar","b2/layer.tar"]}]"#;
    let image = tar(&[
        ("3f7c.json", CONFIG.as_bytes()),
        ("a1/layer.tar", &layer("Cobalt_h7Yw20")),
        ("b2/layer.tar", &gzip(&layer("Juniper_d3Nb64"))),
        ("manifest.json", manifest.as_bytes()),
    ]);
    std::fs::write(&path, image).unwrap();
    let image = path.to_str().unwrap();
    let mut expected: Vec<String> = OF_CONFIG.iter().map(|row| format!("{image}!/3f7c.json{row}")).collect();
    for (layer, password) in [("a1", "Cobalt_h7Yw20"), ("b2", "Juniper_d3Nb64")] {
        expected.push(format!(
            "{image}!/{layer}/layer.tar!/opt/flink/conf/flink-conf.yaml:2:33 flink-ssl-password security.ssl.rest.key-password={password}@2"
        ));
    }
    holds(&path, &expected);
}

#[test]
fn oci_layout() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders-oci.tar");
    let (config, first, second) = ("blobs/sha256/1a", "blobs/sha256/2b", "blobs/sha256/3c");
    let manifest = r#"{"schemaVersion":2,"config":{"digest":"sha256:1a"},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:2b"}]}"#;
    let image = tar(&[
        ("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#),
        ("index.json", br#"{"schemaVersion":2,"manifests":[{"digest":"sha256:4d"}]}"#),
        ("blobs/sha256/4d", manifest.as_bytes()),
        (config, CONFIG.as_bytes()),
        (first, &gzip(&layer("Cobalt_h7Yw20"))),
        (second, &layer("Juniper_d3Nb64")),
    ]);
    std::fs::write(&path, image).unwrap();
    let image = path.to_str().unwrap();
    let mut expected: Vec<String> = OF_CONFIG.iter().map(|row| format!("{image}!/{config}{row}")).collect();
    for (layer, password) in [(first, "Cobalt_h7Yw20"), (second, "Juniper_d3Nb64")] {
        expected.push(format!(
            "{image}!/{layer}!/opt/flink/conf/flink-conf.yaml:2:33 flink-ssl-password security.ssl.rest.key-password={password}@2"
        ));
    }
    holds(&path, &expected);
}
