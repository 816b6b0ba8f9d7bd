//! Targets: what is done with hostile bytes, by the fuzzer and by the mutation test alike.

use keysift::archives::{Content, Reread, Unpacker, Visitor};
use keysift::budget::{Budget, Ledger, Limits};
use keysift::detection::detect;
use keysift::detection::pairing::pair;
use keysift::findings::assemble::assemble;
use keysift::findings::fingerprint::Digester;
use keysift::findings::owner::Containers;
use keysift::formats::{Context, read, read_chunk};
use keysift::meter::Meter;
use keysift::place::EntryPath;
use keysift::rules::builtin::parse;
use keysift::rules::gitleaks::import;
use keysift::rules::schema::RuleFile;
use keysift::rules::set::RuleSet;
use keysift::trouble::{Kind, Trouble};
use std::collections::HashSet;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex};

pub type Target = fn(&str, &[u8]);

static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::builtin().expect("built-in rules"));
static DIGESTER: LazyLock<Digester> = LazyLock::new(Digester::default);

/// One entry through all stages: a class, bytecode, an object stream, a text of any format, by its name.
pub fn entry(name: &str, bytes: &[u8]) {
    let path = EntryPath::artifact(name);
    let context = Context { path: &path, vocabulary: &RULES.vocabulary };
    let mut groups = Vec::new();
    for evidence in [read(bytes, &context), read_chunk(bytes, 1, &context, true)] {
        let (candidates, _) = detect(&evidence, &path, &RULES, 1000, &Meter::default());
        groups.extend(pair(candidates, &RULES));
    }
    // Slow hashes would be all that is tested.
    groups.retain(|group| group.parts.iter().all(|part| RULES.rules[part.rule].rule.random));
    assemble(groups, &Containers::default(), &RULES, &DIGESTER);
}

/// An archive, unpacked to its leaves.
pub fn archive(_name: &str, bytes: &[u8]) {
    unpack(bytes);
}

/// A zip: what another reader takes out of it with a fitting checksum is seen here, too.
pub fn zip_like_others(_name: &str, bytes: &[u8]) {
    let Ok(archive) = rawzip::ZipArchive::from_slice(bytes) else { return };
    let leaves = unpack(bytes);
    let mut records = archive.entries();
    while let Ok(Some(record)) = records.next_entry() {
        let deflated = record.compression_method() == rawzip::CompressionMethod::DEFLATE;
        if record.is_dir() || !deflated && record.compression_method() != rawzip::CompressionMethod::STORE {
            continue;
        }
        let Ok(found) = archive.get_entry(record.wayfinder()) else { continue };
        let mut content = Vec::new();
        let read = if deflated {
            let inflated = flate2::bufread::DeflateDecoder::new(found.data());
            found.verifying_reader(inflated).read_to_end(&mut content)
        } else {
            found.verifying_reader(found.data()).read_to_end(&mut content)
        };
        // A leaf that is itself an archive is opened.
        let opened = content.starts_with(b"PK") || content.starts_with(b"\x1f\x8b") || content.len() < 4;
        // rawzip heeds no flag of encryption. Where no directory is there to say the checksum, keysift
        // believes the local header's, and says so.
        let locked = found.local_header().flags().is_encrypted() && leaves.encrypted.load(Ordering::Relaxed);
        assert!(read.is_err() || opened || locked || leaves.contains(&content), "a listed entry is not seen");
    }
}

/// Rules of one's own.
pub fn rules(name: &str, bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = parse::<RuleFile>(name, text);
    }
}

/// The configuration.
pub fn config(_name: &str, bytes: &[u8]) {
    keysift::cli::configuration_problems(&file("keysift.toml", bytes));
}

/// A configuration of gitleaks.
pub fn gitleaks(_name: &str, bytes: &[u8]) {
    let _ = import(&file("gitleaks.toml", bytes), &|id| id == "taken");
}

/// A file of this thread.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let owner = format!("keysift-fuzz-{}-{:?}", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(owner).with_extension(name);
    std::fs::write(&path, bytes).expect("room for a small file");
    path
}

fn unpack(bytes: &[u8]) -> Leaves {
    let limits = Limits { entry_bytes: 1 << 20, artifact_bytes: 8 << 20, entries: 1000, ..Limits::default() };
    let (budget, ledger, leaves) = (Budget::new(limits), Ledger::new(64 << 20), Leaves::default());
    let unpacker = Unpacker { budget: &budget, ledger: &ledger, visitor: &leaves, parallel: false };
    unpacker.artifact(&EntryPath::artifact("a"), &bytes);
    leaves
}

#[derive(Default)]
struct Leaves {
    contents: Mutex<HashSet<Vec<u8>>>,
    /// Something is said to be.
    encrypted: AtomicBool,
}

impl Leaves {
    fn contains(&self, content: &[u8]) -> bool {
        self.contents.lock().expect("no visitor panics").contains(content)
    }
}

impl Visitor for Leaves {
    fn wanted(&self, _: &EntryPath) -> bool {
        true
    }

    fn leaf(&self, _: &EntryPath, content: Content<'_>) {
        let bytes = match content {
            Content::Whole(bytes) => bytes.to_vec(),
            Content::Stream { reader, .. } => {
                let mut bytes = Vec::new();
                let _ = reader.read_to_end(&mut bytes);
                bytes
            }
        };
        self.contents.lock().expect("no visitor panics").insert(bytes);
    }

    fn container_end(&self, _: &EntryPath, reread: &dyn Reread) {
        for name in reread.names().iter().take(10) {
            let _ = reread.read(name);
        }
    }

    fn trouble(&self, trouble: Trouble) {
        self.encrypted.fetch_or(trouble.kind == Kind::Encrypted, Ordering::Relaxed);
    }

    fn progress(&self, _: u64) {}

    fn stopped(&self) -> bool {
        false
    }
}
