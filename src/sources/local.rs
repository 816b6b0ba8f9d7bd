//! The local source: files and folders.

use super::artifact::{Artifact, Content, Found, Listed};
use super::filter::{self, Filter};
use crate::blob::Blob;
use crate::budget::Limits;
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file read by position. Its length is taken once; a file that shrinks meanwhile is an error at
/// the read, not a panic.
#[derive(Debug)]
pub struct FileBlob {
    file: File,
    length: u64,
}

impl FileBlob {
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = open_at_once(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("no longer a regular file"));
        }
        Ok(Self { file, length: metadata.len() })
    }
}

/// A FIFO that took a file's place since it was listed must not have the scan wait for a writer.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    match File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path) {
        // Somebody holds a lease on the file: that ends.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => File::open(path),
        opened => opened,
    }
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

impl Blob for FileBlob {
    fn len(&self) -> u64 {
        self.length
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                n => {
                    buffer = &mut buffer[n..];
                    offset += n as u64;
                }
            }
        }
        Ok(())
    }
}

/// A file, to be opened.
struct OnDisk {
    path: PathBuf,
    length: u64,
    /// As it was listed.
    state: Option<String>,
}

impl Content for OnDisk {
    /// Of an archive only pieces are held, but a text up to the limit is read as a whole.
    fn memory(&self, limits: &Limits) -> u64 {
        self.length.min(limits.whole_bytes)
    }

    fn open(&mut self, entry: &EntryPath) -> Result<Box<dyn Blob>, Trouble> {
        match FileBlob::open(&self.path) {
            Ok(blob) => Ok(Box::new(blob)),
            Err(error) => Err(unreadable(entry, &error)),
        }
    }

    fn is_as_listed(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|metadata| state(&self.path, &metadata) == self.state)
    }
}

/// How often a folder is entered under different links when a filter judges their names: a handful
/// of links is real, a lattice of them has more ways through it than there are atoms.
const WAYS: u8 = 8;

/// The files of all targets, each once, whatever names and links lead to it. Ignore files are not
/// heeded: build output is git-ignored, and it is the prey.
pub struct Listing<'a> {
    stop: &'a AtomicBool,
    files: FxHashSet<Identity>,
    /// How often each was listed under the filter.
    folders: FxHashMap<Identity, u8>,
    /// That of the last target.
    filter: Option<&'a Filter>,
    own: Vec<Identity>,
}

/// The coarsest clock that a file system in use has, FAT's.
const SETTLED: Duration = Duration::from_secs(2);

/// A canonical path in few bytes.
type Identity = [u8; 32];

fn identity(real: &Path) -> Identity {
    Sha256::digest(real.as_os_str().as_encoded_bytes()).into()
}

/// The path of a file with what changes when its content does. `None` for a file that was touched just
/// now: the clock of a file system is coarse, and another change may leave the very same time.
fn state(real: &Path, metadata: &Metadata) -> Option<String> {
    let modified = metadata.modified().ok()?;
    #[cfg(unix)]
    let (changed, number) = {
        use std::os::unix::fs::MetadataExt as _;
        // Nobody can set this one back.
        let seconds = UNIX_EPOCH + Duration::from_secs(u64::try_from(metadata.ctime()).ok()?);
        (seconds + Duration::from_nanos(u64::try_from(metadata.ctime_nsec()).ok()?), metadata.ino())
    };
    #[cfg(not(unix))]
    let (changed, number) = (modified, 0);
    if changed + SETTLED > SystemTime::now() {
        return None;
    }
    let nanos = |time: SystemTime| Some(time.duration_since(UNIX_EPOCH).ok()?.as_nanos());
    let (modified, changed) = (nanos(modified)?, nanos(changed)?);
    Some(format!("file\n{}\n{}\n{modified}\n{changed}\n{number}", real.to_str()?, metadata.len()))
}

/// A file or folder still to be looked at.
struct Step {
    /// As the report shows it.
    path: PathBuf,
    /// The canonical path of the folder that it was listed in; `None` for a target.
    folder: Option<Arc<Path>>,
    is_link: bool,
}

impl Step {
    /// The path by which it is opened. One that leads through dozens of links, each of them fine,
    /// is refused by the kernel.
    fn real(&self) -> io::Result<PathBuf> {
        let path = match (&self.folder, self.path.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => self.path.clone(),
        };
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
    pub fn new(stop: &'a AtomicBool, own: &[PathBuf]) -> Self {
        let own = own.iter().filter_map(|path| fs::canonicalize(path).ok()).map(|path| identity(&path)).collect();
        Self { stop, files: FxHashSet::default(), folders: FxHashMap::default(), filter: None, own }
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
        let mut pending = vec![Step { path: target.to_owned(), folder: None, is_link: true }];
        while let Some(step) = pending.pop() {
            if self.stop.load(Ordering::Relaxed) {
                return Listed::Stopped;
            }
            let met = step.real().and_then(|real| Ok((fs::metadata(&real)?, real)));
            match met {
                Ok((metadata, real)) if metadata.is_dir() => self.folder(&named, &step, &real, &mut pending, emit),
                Ok((metadata, real)) => self.file(&named, &step, &metadata, real, emit),
                Err(error) => self.lost(&named, &step, &error, emit),
            }
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
        if step.is_link && step.folder.as_ref().is_some_and(|folder| folder.starts_with(real)) {
            return;
        }
        let ways = self.folders.entry(identity(real)).or_default();
        if *ways >= if target.filter.is_empty() { 1 } else { WAYS } {
            return;
        }
        *ways += 1;
        let real: Arc<Path> = real.into();
        let first = pending.len();
        let listed = fs::read_dir(&real).and_then(|entries| {
            for entry in entries {
                let entry = entry?;
                let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                pending.push(Step { path: step.path.join(entry.file_name()), folder: Some(real.clone()), is_link });
            }
            Ok(())
        });
        if let Err(error) = listed
            && !target.judge(&step.path, |path| target.filter.leaves_out(path))
        {
            emit(Found::Trouble(unreadable(&target.entry(&step.path), &error)));
        }
        // The last one is looked at first.
        pending[first..].sort_by(|a, b| b.path.file_name().cmp(&a.path.file_name()));
    }

    fn file(
        &mut self,
        target: &Target<'_>,
        step: &Step,
        metadata: &Metadata,
        real: PathBuf,
        emit: &mut dyn FnMut(Found),
    ) {
        let is_named = step.folder.is_none();
        let entry = target.entry(&step.path);
        if !metadata.is_file() {
            // A socket or FIFO holds no bytes at rest; only one that was named is missed.
            if is_named {
                let cause = "not a regular file; pass its content on standard input, with `-`";
                emit(Found::Trouble(Trouble::new(&entry, Kind::Unsupported, Stage::Source, cause)));
            }
        } else if !is_named && !target.admits(&step.path) {
            emit(Found::LeftOut(entry));
        } else {
            let identity = identity(&real);
            if self.own.contains(&identity) {
                emit(Found::LeftOut(entry));
            } else if self.files.insert(identity) {
                let length = metadata.len();
                let identity = state(&real, metadata);
                let content = Box::new(OnDisk { path: real, length, state: identity.clone() });
                emit(Found::Artifact(Artifact { entry, length, identity, origin: None, content }));
            }
        }
    }

    fn lost(&self, target: &Target<'_>, step: &Step, error: &io::Error, emit: &mut dyn FnMut(Found)) {
        let is_named = step.folder.is_none();
        if !is_named && !target.admits(&step.path) {
            emit(Found::LeftOut(target.entry(&step.path)));
            return;
        }
        let entry = target.entry(&step.path);
        let is_link = fs::symlink_metadata(&step.path).is_ok_and(|metadata| metadata.is_symlink());
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

/// The trouble of a path that gave no bytes.
pub fn unreadable(entry: &EntryPath, error: &io::Error) -> Trouble {
    let cause = match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "it vanished during the scan".to_owned(),
        // ELOOP has no stable kind; its text has the number, which tells a reader nothing.
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase(),
    };
    Trouble::new(entry, Kind::Unreadable, Stage::Source, cause)
}

#[cfg(test)]
mod tests {
    use super::{FileBlob, Filter, Found, Listed, Listing};
    use crate::blob::Blob as _;
    use std::fs;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn a_file_that_shrinks_is_an_error_at_the_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, [7; 100]).unwrap();
        let blob = FileBlob::open(&path).unwrap();
        fs::write(&path, [7; 10]).unwrap();
        assert_eq!(blob.len(), 100);
        assert!(blob.read_at(0, &mut [0; 10]).is_ok());
        assert!(blob.read_at(0, &mut [0; 100]).is_err());
        assert!(FileBlob::open(folder.path()).is_err());
    }

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
            assert_eq!(Listing::new(&stop, &[]).list(folder.path(), &filter, &mut count), Listed::Done);
            assert_eq!(files, 60);
        }
    }
}
