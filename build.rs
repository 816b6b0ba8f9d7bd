//! The tables of `patterns/` as JSON, which is read many times faster than TOML whenever keysift starts.
//!
//! Only the notation changes: what the tables mean is decided when they are loaded, by the same schema
//! that rules of a user's own go through.

use sha2::{Digest, Sha256};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=patterns");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut paths: Vec<PathBuf> =
        fs::read_dir("patterns")?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    let mut digest = Sha256::new();
    for path in paths {
        let text = fs::read_to_string(&path)?;
        digest.update(text.as_bytes());
        if path.extension().is_some_and(|extension| extension == "toml") {
            transcribe(&path, &text, &out)?;
        }
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=KEYSIFT_PATTERNS_DIGEST={digest}");
    Ok(())
}

fn transcribe(path: &Path, text: &str, out: &Path) -> Result<(), Box<dyn Error>> {
    let table: toml::Table = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.with_extension("json");
    fs::write(out.join(name.file_name().unwrap_or_default()), serde_json::to_vec(&table)?)?;
    Ok(())
}
