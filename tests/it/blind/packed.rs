//! The texts of the blind sets inside of archives inside of archives, as builds and registries leave them.

use super::template::Filler;
use super::{fill, judge, seeds};
use crate::support::{project, scan};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Cursor, Write as _};
use std::path::Path;
use zip::write::SimpleFileOptions;

/// Names and contents.
type Files = Vec<(String, Vec<u8>)>;

fn files(folder: &Path, base: &Path, found: &mut Files) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, base, found);
        } else {
            let name = path.strip_prefix(base).unwrap().to_string_lossy().into_owned();
            found.push((name, std::fs::read(&path).unwrap()));
        }
    }
}

fn zip(files: &Files) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(files: &Files) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, &**bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// What `docker save` writes: a tar of layers, each a tar.
fn saved(files: &Files) -> Vec<u8> {
    let manifest = br#"[{"Config":"c.json","RepoTags":["orders:1"],"Layers":["f0/layer.tar"]}]"#.to_vec();
    let config = br#"{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/bin"]}}"#.to_vec();
    tar(&vec![("f0/layer.tar".into(), tar(files)), ("c.json".into(), config), ("manifest.json".into(), manifest)])
}

/// An image in the layout of the Open Container Initiative: blobs without names, layers compressed.
fn layout(files: &Files) -> Vec<u8> {
    let blob = |digit: &str| format!("blobs/sha256/{}", digit.repeat(64));
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{}","size":2}}]}}"#,
        "a".repeat(64)
    );
    let manifest = format!(
        r#"{{"schemaVersion":2,"layers":[{{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:{}","size":3}}]}}"#,
        "b".repeat(64)
    );
    tar(&vec![
        ("oci-layout".into(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()),
        ("index.json".into(), index.into_bytes()),
        (blob("a"), manifest.into_bytes()),
        (blob("b"), gzip(&tar(files))),
    ])
}

fn packed(kind: usize, files: &Files) -> (&'static str, Vec<u8>) {
    match kind % 6 {
        0 => ("app.jar", zip(files)),
        1 => ("app.tar.gz", gzip(&tar(files))),
        2 => ("image.tar", saved(files)),
        3 => ("layout.tar", layout(files)),
        4 => {
            ("bundle.tgz", gzip(&tar(&vec![("lib/code.zip".into(), zip(files)), ("VERSION".into(), b"1\n".to_vec())])))
        }
        _ => ("fat.jar", zip(&vec![("lib/data.tar.gz".into(), gzip(&tar(&vec![("in.zip".into(), zip(files))])))])),
    }
}

#[test]
fn what_texts_hold_is_found_in_archives() {
    let base = project("testdata/blind/texts");
    for seed in seeds() {
        let (source, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut filler = Filler::new(seed);
        fill(&base, &base, source.path(), &mut filler);
        let mut folders: Vec<_> =
            std::fs::read_dir(source.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        for (number, folder) in folders.iter().enumerate() {
            let mut held = Files::new();
            files(folder, source.path(), &mut held);
            let (name, bytes) = packed(number + usize::try_from(seed).unwrap(), &held);
            std::fs::write(target.path().join(format!("{number}-{name}")), bytes).unwrap();
        }
        let (report, _) = scan(target.path().to_str().unwrap());
        let wrong = judge(&report, &filler.planted);
        assert!(wrong.is_empty(), "seed {seed}: {wrong:#?}");
    }
}
