//! The local source: which files there are, in folders and by name.

use super::artifact::{Artifact, Found, Listed};
use super::file::{OnDisk, unreadable};
use super::filter::{self, Filter};
use super::git::Histories;
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How often a folder is entered under different links when a filter judges their names: a handful
/// of links is real, a lattice of them has more ways through it than there are atoms.
const WAYS: u8 = 8;

/// The files of all targets, each once, whatever names and links lead to it. Ignore files are not
/// heeded: build output is git-ignored, and it is the prey.
pub struct Listing<'a> {
    stop: &'a AtomicBool,
    /// Whether anybody asks for what files were as they were listed.
    remembered: bool,
    files: FxHashSet<Identity>,
    /// How often each was listed under the filter.
    folders: FxHashMap<Identity, u8>,
    /// That of the last target.
    filter: Option<&'a Filter>,
    own: Vec<Identity>,
}

/// A canonical path in few bytes.
type Identity = [u8; 32];

fn identity(real: &Path) -> Identity {
    Sha256::digest(real.as_os_str().as_encoded_bytes()).into()
}

/// A folder whose files are being listed.
struct Folder {
    /// As the report shows it.
    path: PathBuf,
    /// Its canonical path.
    real: PathBuf,
}

/// A file or folder still to be looked at: a target, or what a folder holds.
struct Step {
    folder: Option<Arc<Folder>>,
    /// All of a target's path.
    name: OsString,
    is_link: bool,
}

impl Step {
    /// As the report shows it.
    fn path(&self) -> PathBuf {
        self.folder.as_ref().map_or_else(|| self.name.clone().into(), |folder| folder.path.join(&self.name))
    }

    /// The path by which it is opened. One that leads through dozens of links, each of them fine,
    /// is refused by the kernel.
    fn real(&self) -> io::Result<PathBuf> {
        let path = self.folder.as_ref().map_or_else(|| self.name.clone().into(), |folder| folder.real.join(&self.name));
        if !self.is_link {
            return Ok(path);
        }
        let real = fs::canonicalize(&path).and_then(|real| fs::metadata(&real).map(|_| real));
        // The way from the root may be barred where the one from the working directory is not.
        real.or_else(|error| fs::metadata(&path).map(|_| path).map_err(|_| error))
    }
}

/// What the user named.
struct Target<'a> {
    path: &'a Path,
    filter: &'a Filter,
    is_folder: bool,
}

impl Target<'_> {
    fn entry(&self, path: &Path) -> EntryPath {
        let bytes = path.as_os_str().as_encoded_bytes();
        let name = self.path.file_name().map_or(0, |name| name.len());
        let length = self.path.as_os_str().len();
        EntryPath::below(bytes, if self.is_folder { length } else { length.saturating_sub(name) })
    }

    /// Whether a file that was found is to be scanned.
    fn admits(&self, path: &Path) -> bool {
        self.filter.is_empty() || self.judge(path, |path| self.filter.admits(path))
    }

    /// What globs see: with the target's own name, so that `target/classes` holds in `/x/target`.
    fn judge<T>(&self, path: &Path, verdict: impl Fn(&filter::Path<'_>) -> T) -> T {
        let whole = path.strip_prefix(".").unwrap_or(path);
        let above = self.path.parent().filter(|_| self.path.file_name().is_some()).unwrap_or(self.path);
        let below = path.strip_prefix(above).unwrap_or(whole);
        verdict(&filter::Path { whole: &whole.to_string_lossy(), below: &below.to_string_lossy() })
    }
}

impl<'a> Listing<'a> {
    /// `own` are the files that the reports will replace: what the last run found is no news.
    pub fn new(stop: &'a AtomicBool, remembered: bool, own: &[PathBuf]) -> Self {
        let own = own.iter().filter_map(|path| fs::canonicalize(path).ok()).map(|path| identity(&path)).collect();
        Self { stop, remembered, files: FxHashSet::default(), folders: FxHashMap::default(), filter: None, own }
    }

    /// Lists the files of a target in path order.
    pub fn list(&mut self, target: &Path, filter: &'a Filter, emit: &mut dyn FnMut(Found)) -> Listed {
        if is_missing(target) {
            return Listed::Lost("no such file or folder".to_owned());
        }
        let is_folder = fs::metadata(target).is_ok_and(|metadata| metadata.is_dir());
        let named = Target { path: target, filter, is_folder };
        // What one filter leaves out, another may take.
        if self.filter.replace(filter).is_some_and(|last| last != filter) {
            self.folders.clear();
        }
        let mut histories = Histories::default();
        let mut pending = vec![Step { folder: None, name: target.into(), is_link: true }];
        while let Some(step) = pending.pop() {
            if self.stop.load(Ordering::Relaxed) {
                return Listed::Stopped;
            }
            let met = step.real().and_then(|real| Ok((fs::metadata(&real)?, real)));
            match met {
                Ok((metadata, real)) if metadata.is_dir() => self.folder(&named, &step, &real, &mut pending, emit),
                Ok((metadata, real)) => self.file(&named, &step, &metadata, real, &mut histories, emit),
                Err(error) => self.lost(&named, &step, &error, emit),
            }
        }
        for trouble in histories.told(|path| named.entry(path)) {
            emit(Found::Trouble(trouble));
        }
        Listed::Done
    }

    fn folder(
        &mut self,
        target: &Target<'_>,
        step: &Step,
        real: &Path,
        pending: &mut Vec<Step>,
        emit: &mut dyn FnMut(Found),
    ) {
        // A link to a folder that this one lies in: all of it is being listed as it is.
        if step.is_link && step.folder.as_ref().is_some_and(|folder| folder.real.starts_with(real)) {
            return;
        }
        let ways = self.folders.entry(identity(real)).or_default();
        if *ways >= if target.filter.is_empty() { 1 } else { WAYS } {
            return;
        }
        *ways += 1;
        let folder = Arc::new(Folder { path: step.path(), real: real.to_owned() });
        let first = pending.len();
        let listed = fs::read_dir(real).and_then(|entries| {
            for entry in entries {
                let entry = entry?;
                let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                pending.push(Step { folder: Some(folder.clone()), name: entry.file_name(), is_link });
            }
            Ok(())
        });
        if let Err(error) = listed
            && !target.judge(&folder.path, |path| target.filter.leaves_out(path))
        {
            emit(Found::Trouble(unreadable(&target.entry(&folder.path), &error)));
        }
        // The last one is looked at first.
        pending[first..].sort_by(|a, b| b.name.cmp(&a.name));
    }

    fn file(
        &mut self,
        target: &Target<'_>,
        step: &Step,
        metadata: &Metadata,
        real: PathBuf,
        histories: &mut Histories,
        emit: &mut dyn FnMut(Found),
    ) {
        let is_named = step.folder.is_none();
        let path = step.path();
        let entry = target.entry(&path);
        if !metadata.is_file() {
            // A socket, FIFO or device holds no bytes at rest; only one that was named is missed.
            if is_named {
                let cause = "not a regular file; pass its content on standard input, with `-`";
                emit(Found::Trouble(Trouble::new(&entry, Kind::Unsupported, Stage::Source, cause)));
            } else {
                emit(Found::LeftOut(entry));
            }
        } else if !is_named && !target.admits(&path) {
            emit(Found::LeftOut(entry));
        } else {
            let identity = identity(&real);
            let is_history = !is_named && histories.holds(&path, target.path, metadata.len());
            if is_history || self.own.contains(&identity) {
                emit(Found::LeftOut(entry));
            } else if self.files.insert(identity) {
                let file = OnDisk::new(real, metadata, self.remembered);
                let (length, identity) = (Some(metadata.len()), file.state().map(str::to_owned));
                emit(Found::Artifact(Artifact { entry, length, identity, origin: None, content: Box::new(file) }));
            }
        }
    }

    fn lost(&self, target: &Target<'_>, step: &Step, error: &io::Error, emit: &mut dyn FnMut(Found)) {
        let (path, is_named) = (step.path(), step.folder.is_none());
        let entry = target.entry(&path);
        if !is_named && !target.admits(&path) {
            emit(Found::LeftOut(entry));
            return;
        }
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        emit(Found::Trouble(match error.kind() {
            io::ErrorKind::NotFound if is_link => {
                Trouble::new(&entry, Kind::Unreadable, Stage::Source, "the symbolic link leads nowhere")
            }
            _ => unreadable(&entry, error),
        }));
    }
}

/// Whether a named path is not there at all, a broken link being there.
fn is_missing(path: &Path) -> bool {
    fs::symlink_metadata(path)
        .is_err_and(|error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory))
}

#[cfg(test)]
mod tests {
    use super::{Filter, Found, Listed, Listing};
    use std::fs;
    use std::sync::atomic::AtomicBool;

    #[cfg(unix)]
    #[test]
    fn a_lattice_of_links_is_listed_in_no_time() {
        let folder = tempfile::tempdir().unwrap();
        for level in 0..60 {
            let here = folder.path().join(format!("d{level}"));
            fs::create_dir(&here).unwrap();
            fs::write(here.join("file"), "x").unwrap();
            for name in ["left", "right"] {
                std::os::unix::fs::symlink(format!("../d{}", level + 1), here.join(name)).unwrap();
            }
        }
        fs::create_dir(folder.path().join("d60")).unwrap();
        let exclude = super::filter::Globs::new(&["*.class".to_owned()]).unwrap();
        for filter in [Filter::default(), Filter { include: None, exclude }] {
            let stop = AtomicBool::new(false);
            let mut files = 0;
            let mut count = |found| files += usize::from(matches!(found, Found::Artifact(_)));
            assert_eq!(Listing::new(&stop, false, &[]).list(folder.path(), &filter, &mut count), Listed::Done);
            assert_eq!(files, 60);
        }
    }
}
