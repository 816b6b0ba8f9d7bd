//! Git: what a folder that is scanned holds of a repository's history.
//!
//! Loose objects are zlib streams, and are read as such. Packs are not: a checkout that is scanned every day must
//! not fail for having a history, and its report must not say that everything was scanned. So packs are counted,
//! and each repository is one piece of trouble that is accepted from the start.

use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use rustc_hash::FxHashMap;
use std::path::{Component, Path, PathBuf};

const ACCEPTED: &str = "history is no part of the files of a checkout; name a pack itself to have it count";

/// What was not read of the repositories below a target.
#[derive(Default)]
pub(super) struct Histories {
    /// By the folder `.git`, or the file that stands for it.
    found: FxHashMap<PathBuf, History>,
}

#[derive(Default)]
struct History {
    packs: u64,
    bytes: u64,
}

impl Histories {
    /// Takes note of a file below a target if it holds history that is not read. Whoever names a folder inside of
    /// `.git` asks for what is in it.
    pub(super) fn holds(&mut self, path: &Path, target: &Path, length: u64) -> bool {
        let Some(git) = git_folder(path, target) else { return false };
        let is_pack = path.extension().is_some_and(|ending| ending == "pack")
            && path.parent().is_some_and(|folder| folder.ends_with("objects/pack"));
        // A work tree or submodule, whose `.git` is a file, and a clone that borrows objects of another.
        let is_elsewhere = path == git || path.ends_with("objects/info/alternates");
        if is_pack || is_elsewhere {
            let history = self.found.entry(git).or_default();
            history.packs += u64::from(is_pack);
            history.bytes += if is_pack { length } else { 0 };
        }
        is_pack
    }

    /// One for each repository, in the order of their paths.
    pub(super) fn told(self, entry: impl Fn(&Path) -> EntryPath) -> Vec<Trouble> {
        let mut found: Vec<_> = self.found.into_iter().collect();
        found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let trouble = found.into_iter().map(|(git, History { packs, bytes })| {
            let cause = match packs {
                0 => "git history, kept elsewhere, was not read".to_owned(),
                1 => "git history: one pack was not read".to_owned(),
                _ => format!("git history: {packs} packs were not read"),
            };
            let trouble = Trouble::new(&entry(&git), Kind::Unsupported, Stage::Source, cause);
            let trouble = if packs > 0 { trouble.unscanned(bytes) } else { trouble };
            Trouble { accepted: Some(ACCEPTED.to_owned()), ..trouble }
        });
        trouble.collect()
    }
}

/// The first `.git` on the way from the target to a file.
fn git_folder(path: &Path, target: &Path) -> Option<PathBuf> {
    let below = path.strip_prefix(target).ok()?;
    let mut components = below.components();
    let at = components.position(|component| component == Component::Normal(".git".as_ref()))?;
    Some(target.components().chain(below.components().take(at + 1)).collect())
}

#[cfg(test)]
mod tests {
    use super::git_folder;
    use std::path::Path;

    #[test]
    fn only_what_lies_below_a_target_lies_beside_it() {
        let folder = |path: &str, target: &str| git_folder(Path::new(path), Path::new(target));
        assert_eq!(folder("a/.git/objects/x", "a"), Some("a/.git".into()));
        assert_eq!(folder("./.git/config", "."), Some("./.git".into()));
        assert_eq!(folder("a/b/.git", "a"), Some("a/b/.git".into()));
        assert_eq!(folder("a/.git/objects/x", "a/.git"), None);
        assert_eq!(folder("a/x.git/objects/x", "a"), None);
    }
}
