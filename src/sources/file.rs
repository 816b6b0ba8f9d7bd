//! A file on disk: opened when its turn comes, and read by position.

use super::artifact::Content;
use crate::blob::{Blob, InMemory};
use crate::budget::Limits;
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// Up to this size a file is read as it is opened.
const AT_ONCE: u64 = 64 << 10;

/// Its length is taken once; a file that shrinks meanwhile is an error at the read, not a panic.
#[derive(Debug)]
pub struct FileBlob {
    file: File,
    length: u64,
}

impl FileBlob {
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::of(open_at_once(path)?)
    }

    fn of(file: File) -> io::Result<Self> {
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

/// Reads what one call gives.
fn read_some(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, buffer, offset);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, buffer, offset);
}

impl Blob for FileBlob {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match read_some(&self.file, offset, buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    buffer = &mut buffer[n..];
                    offset += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A file, to be opened.
pub(super) struct OnDisk {
    path: PathBuf,
    length: u64,
    /// As it was listed, if anybody asks.
    state: Option<String>,
}

impl OnDisk {
    pub(super) fn new(path: PathBuf, metadata: &Metadata, remembered: bool) -> Self {
        let state = if remembered { state(&path, metadata) } else { None };
        Self { path, length: metadata.len(), state }
    }

    pub(super) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    fn blob(&self) -> io::Result<Box<dyn Blob>> {
        let file = open_at_once(&self.path)?;
        // Most are as long as they were listed. One byte more shows that, and nobody asks for the length again.
        if self.length <= AT_ONCE {
            let length = self.length as usize;
            let mut bytes = Zeroizing::new(vec![0; length + 1]);
            if read_some(&file, 0, &mut bytes).is_ok_and(|read| read == length) {
                bytes.truncate(length);
                return Ok(Box::new(InMemory(bytes)));
            }
        }
        Ok(Box::new(FileBlob::of(file)?))
    }
}

impl Content for OnDisk {
    /// Of an archive only pieces are held, but a text up to the limit is read as a whole.
    fn memory(&self, limits: &Limits) -> u64 {
        self.length.min(limits.whole_bytes)
    }

    fn open(&mut self, entry: &EntryPath) -> Result<Box<dyn Blob>, Trouble> {
        self.blob().map_err(|error| unreadable(entry, &error))
    }

    fn is_as_listed(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|metadata| state(&self.path, &metadata) == self.state)
    }
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

/// The coarsest clock that a file system in use has, FAT's.
const SETTLED: Duration = Duration::from_secs(2);

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

#[cfg(test)]
mod tests {
    use super::{FileBlob, OnDisk};
    use crate::blob::Blob as _;
    use std::fs;

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

    /// One that is not what was listed is asked for its length, and read as it is now.
    #[test]
    fn a_file_that_has_changed_since_it_was_listed_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, [7; 100]).unwrap();
        let listed = OnDisk::new(path.clone(), &fs::metadata(&path).unwrap(), false);
        for length in [100, 0, 99, 101, 100_000] {
            fs::write(&path, vec![7; length]).unwrap();
            let blob = listed.blob().unwrap();
            assert_eq!(blob.len(), length as u64);
            let mut read = vec![0; length];
            blob.read_at(0, &mut read).unwrap();
            assert_eq!(read, vec![7; length]);
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(listed.blob().is_err());
    }
}
