//! The local source: files and folders, and standard input.

use crate::blob::Blob;
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use globset::GlobSet;
use ignore::WalkBuilder;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A file read by position. Its length is taken once; a file that shrinks meanwhile is an error at
/// the read, not a panic.
#[derive(Debug)]
pub struct FileBlob {
    file: File,
    length: u64,
}

impl FileBlob {
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = open_regular(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }
}

/// Opens without waiting: a FIFO that took a file's place since the walk would block for ever.
#[cfg(unix)]
fn open_regular(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    File::open(path)
}

#[cfg(not(unix))]
fn open_regular(path: &Path) -> io::Result<File> {
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

/// Which files of a walk count.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub include: Option<GlobSet>,
    pub exclude: Option<GlobSet>,
}

impl Filter {
    /// Globs see the whole path, and each of them also the file name alone.
    pub fn admits(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./");
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let hit = |set: &GlobSet| set.is_match(path) || set.is_match(name);
        self.include.as_ref().is_none_or(hit) && !self.exclude.as_ref().is_some_and(hit)
    }

    pub fn excludes(&self, path: &str) -> bool {
        self.exclude.as_ref().is_some_and(|set| set.is_match(path))
    }
}

/// What a walk came upon.
#[derive(Debug)]
pub enum Found {
    File { path: PathBuf, length: u64 },
    Trouble(Trouble),
    /// Left out by the filter.
    LeftOut,
}

/// Lists the files of a target in path order. Ignore files are not heeded: build output is
/// git-ignored, and it is the prey. Links to files are followed, loops are not.
pub fn list(target: &Path, filter: &Filter, emit: &mut dyn FnMut(Found)) {
    let walk = WalkBuilder::new(target)
        .standard_filters(false)
        .follow_links(true)
        .sort_by_file_name(|a, b| a.cmp(b))
        .build();
    for item in walk {
        match item {
            Ok(entry) => {
                let path = entry.path();
                let named = entry.depth() == 0;
                match fs::metadata(path) {
                    Ok(metadata) if metadata.is_dir() => {}
                    Ok(metadata) if metadata.is_file() => {
                        if named || filter.admits(&path.to_string_lossy()) {
                            emit(Found::File { path: path.to_owned(), length: metadata.len() });
                        } else {
                            emit(Found::LeftOut);
                        }
                    }
                    Ok(_) => {
                        let uri = EntryPath::artifact(&path.to_string_lossy());
                        // A socket or FIFO holds no bytes at rest; only one that was named is missed.
                        if named {
                            emit(Found::Trouble(Trouble::new(&uri, Kind::Unsupported, Stage::Source, "not a regular file")));
                        }
                    }
                    Err(error) => emit(Found::Trouble(unreadable(path, &error))),
                }
            }
            Err(error) => emit(Found::Trouble(walk_trouble(target, &error))),
        }
    }
}

/// The trouble of a path that gave no bytes.
pub fn unreadable(path: &Path, error: &io::Error) -> Trouble {
    let uri = EntryPath::artifact(&path.to_string_lossy());
    Trouble::new(&uri, Kind::Unreadable, Stage::Source, cause(error))
}

fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "no such file".to_owned(),
        _ => error.to_string(),
    }
}

fn walk_trouble(target: &Path, error: &ignore::Error) -> Trouble {
    let (path, detail) = match error {
        ignore::Error::WithDepth { err, .. } => return walk_trouble(target, err),
        ignore::Error::WithPath { path, err } => (path.clone(), err.to_string()),
        ignore::Error::Loop { child, .. } => (child.clone(), "symbolic link loop".to_owned()),
        other => (target.to_owned(), other.to_string()),
    };
    let detail = error.io_error().map_or(detail, cause);
    Trouble::new(&EntryPath::artifact(&path.to_string_lossy()), Kind::Unreadable, Stage::Source, detail)
}
