//! A place: where something lies, as artifact URI, nested path and position.

mod name;

use name::{escape, percent_encoded};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The way from an artifact to one leaf in it: `target/app.jar!/lib/x.jar!/com/acme/Job.class`.
///
/// Levels are kept apart, so that a name that itself holds `!/` cannot forge a level.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(String, Vec<String>, usize)", into = "(String, Vec<String>, usize)")]
pub struct EntryPath {
    artifact: Arc<str>,
    nested: Arc<[Arc<str>]>,
    /// How many bytes of `artifact` the user named; what follows was found below that.
    named: usize,
}

impl EntryPath {
    /// The artifact itself, as the user or the source named it.
    pub fn artifact(uri: &str) -> Self {
        Self { artifact: escape(uri, false).into(), nested: Arc::from([]), named: 0 }
    }

    /// An artifact of which the user named the first `named` bytes, in raw bytes.
    pub fn below(uri: &[u8], named: usize) -> Self {
        let (root, rest) = uri.split_at(named.min(uri.len()));
        let mut artifact = escape(&percent_encoded(root), false);
        let named = artifact.len();
        artifact.push_str(&escape(&percent_encoded(rest), false));
        Self { artifact: artifact.into(), nested: Arc::from([]), named }
    }

    /// The artifact that this entry lies in.
    pub fn root(&self) -> Self {
        Self { nested: Arc::from([]), ..self.clone() }
    }

    /// An entry one level deeper. `name` is what the container says, in raw bytes.
    pub fn child(&self, name: &[u8]) -> Self {
        let nested = self.nested.iter().cloned().chain([name::shown(name)]).collect();
        Self { artifact: self.artifact.clone(), nested, named: self.named }
    }

    /// The artifact's URI.
    pub fn artifact_uri(&self) -> &str {
        &self.artifact
    }

    /// How many containers lie between the artifact and this entry.
    pub fn depth(&self) -> usize {
        self.nested.len()
    }

    /// The innermost path: what rules' `paths` globs and format recognition see.
    pub fn innermost(&self) -> &str {
        self.nested.last().map_or(&*self.artifact, |name| name)
    }

    /// The innermost path without what the user named: the folders above a target say where it was
    /// put, and nothing about what it is.
    pub fn relative(&self) -> &str {
        match self.nested.last() {
            Some(name) => name,
            None => self.artifact.get(self.named..).unwrap_or_default().trim_start_matches(['/', '\\']),
        }
    }

    /// The levels below the artifact, outermost first.
    pub fn levels(&self) -> &[Arc<str>] {
        &self.nested
    }

    /// The container this entry lies in; `None` for an artifact.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.nested.split_last()?;
        Some(Self { artifact: self.artifact.clone(), nested: rest.into(), named: self.named })
    }

    /// The same path with names exchanged by `rewrite`; `None` if it exchanges none.
    pub fn rewritten(&self, rewrite: &mut dyn FnMut(&str) -> Option<Arc<str>>) -> Option<Self> {
        let artifact = rewrite(&self.artifact);
        let nested: Vec<Option<Arc<str>>> = self.nested.iter().map(|name| rewrite(name)).collect();
        if artifact.is_none() && nested.iter().all(Option::is_none) {
            return None;
        }
        let artifact = artifact.unwrap_or_else(|| self.artifact.clone());
        let nested = nested.into_iter().zip(self.nested.iter()).map(|(new, old)| new.unwrap_or_else(|| old.clone()));
        Some(Self { named: self.named.min(artifact.len()), artifact, nested: nested.collect() })
    }

    /// The file name of the innermost path.
    pub fn file_name(&self) -> &str {
        let path = self.innermost();
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }
}

/// Written down as it is, so that nothing is escaped twice.
impl From<(String, Vec<String>, usize)> for EntryPath {
    fn from((artifact, nested, named): (String, Vec<String>, usize)) -> Self {
        Self { artifact: artifact.into(), nested: nested.into_iter().map(Into::into).collect(), named }
    }
}

impl From<EntryPath> for (String, Vec<String>, usize) {
    fn from(path: EntryPath) -> Self {
        (path.artifact.to_string(), path.nested.iter().map(ToString::to_string).collect(), path.named)
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.artifact)?;
        for level in self.nested.iter() {
            write!(f, "!/{level}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// How what is shared is written down: as a value of its own each time.
pub(crate) mod shared {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    pub(crate) fn serialize<T: Serialize + ?Sized, S: Serializer>(
        value: &Option<Arc<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_deref().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: ?Sized, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<T>>, D::Error>
    where
        Box<T>: Deserialize<'de>,
    {
        Ok(Option::<Box<T>>::deserialize(deserializer)?.map(Into::into))
    }
}

/// A cell or paragraph of a notebook.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// Position in the notebook, from 1.
    pub index: u32,
    /// The notebook's own id of the cell, if it has one.
    #[serde(with = "shared")]
    pub id: Option<Arc<str>>,
    /// Line inside the cell, from 1.
    pub line: u32,
}

/// Where in an entry. Lines and columns count from 1; columns count characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// Byte offset in the entry, where there are no lines.
    pub offset: Option<u64>,
    /// Dotted class name, `com.acme.Job$Inner`.
    #[serde(with = "shared")]
    pub class: Option<Arc<str>>,
    /// Readable signature, `main(String[])`.
    #[serde(with = "shared")]
    pub method: Option<Arc<str>>,
    #[serde(with = "shared")]
    pub field: Option<Arc<str>>,
    /// The class file's SourceFile attribute: `line` counts in it.
    #[serde(with = "shared")]
    pub source_file: Option<Arc<str>>,
    pub cell: Option<Cell>,
}

impl Position {
    /// A position in a text.
    pub fn at(line: u32, column: u32) -> Self {
        Self { line: Some(line), column: Some(column), ..Self::default() }
    }
}

/// An entry and a position in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub entry: EntryPath,
    pub position: Position,
}

/// What a reader of a source gets of a version without naming it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// This version.
    Current,
    /// A later one.
    Noncurrent,
    /// Nothing: it lies behind a delete marker.
    Deleted,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Noncurrent => "noncurrent",
            Self::Deleted => "deleted",
        }
    }
}

/// Which of several versions of an artifact, and where that one is in use. The same for all that lies
/// in the artifact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// The version's id, as its source calls it.
    pub version_id: Option<String>,
    pub status: Option<Status>,
    /// Applications that run it, each once.
    pub deployed: Vec<Deployment>,
}

/// The versions of one application that hold something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deployment {
    /// `msf://eu-west-1/orders`.
    pub application: String,
    pub versions: Versions,
    /// Whether the version that runs now is one of them.
    pub is_current: bool,
}

/// Version numbers, as ranges from first to last: an application has thousands, most of them alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Versions(Vec<(u64, u64)>);

impl Versions {
    pub fn add(&mut self, first: u64, last: u64) {
        let start = self.0.partition_point(|range| range.1.saturating_add(1) < first);
        let end = self.0.partition_point(|range| range.0 <= last.saturating_add(1));
        let joined = self.0[start..end].iter().fold((first, last), |all, one| (all.0.min(one.0), all.1.max(one.1)));
        self.0.splice(start..end, [joined]);
    }

    pub fn contains(&self, version: u64) -> bool {
        self.0.iter().any(|&(first, last)| (first..=last).contains(&version))
    }
}

impl fmt::Display for Versions {
    /// `1-3, 5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{first}")?;
            if last > first {
                write!(f, "-{last}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Deployment {
    /// `msf://eu-west-1/orders 1-3, 5`; with a note if the current version is one of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running = if self.is_current { " (current)" } else { "" };
        write!(f, "{} {}{running}", self.application, self.versions)
    }
}

impl Origin {
    /// The same version, seen in use in more places.
    pub fn join(&mut self, other: &Self) {
        self.status = self.status.min(other.status);
        for more in &other.deployed {
            match self.deployed.iter_mut().find(|one| one.application == more.application) {
                Some(one) => {
                    more.versions.0.iter().for_each(|&(first, last)| one.versions.add(first, last));
                    one.is_current |= more.is_current;
                }
                None => self.deployed.push(more.clone()),
            }
        }
        self.deployed.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::{EntryPath, Versions};

    #[test]
    fn versions_are_ranges() {
        let mut versions = Versions::default();
        for (first, last) in [(5, 5), (1, 1), (3, 3), (2, 2), (9, 12), (11, 13), (7, 7)] {
            versions.add(first, last);
        }
        assert_eq!(versions.to_string(), "1-3, 5, 7, 9-13");
        versions.add(6, 8);
        assert_eq!(versions.to_string(), "1-3, 5-13");
        versions.add(1, u64::MAX);
        assert_eq!(versions.to_string(), format!("1-{}", u64::MAX));
    }

    #[test]
    fn what_the_user_named_is_not_relative() {
        let relative = |uri: &str, named: &str| EntryPath::below(uri.as_bytes(), named.len()).relative().to_owned();
        assert_eq!(relative("/me/tests/a.jar", "/me/tests"), "a.jar");
        assert_eq!(relative("./src/test/a", "."), "src/test/a");
        assert_eq!(relative("a\x1b/b\x1b", "a\x1b"), "b%1B");
        assert_eq!(relative("a", "longer than the path"), "");
        assert_eq!(EntryPath::artifact("tests/a").relative(), "tests/a");
    }

    #[test]
    fn an_entry_keeps_what_was_named_of_its_artifact() {
        let jar = EntryPath::below(b"tests/a.jar", 6);
        let entry = jar.child(b"lib/b.jar").child(b"/x!/\xFF");
        assert_eq!(entry.to_string(), "tests/a.jar!/lib/b.jar!/x%21/%FF");
        assert_eq!(entry.relative(), "x%21/%FF");
        assert_eq!(entry.parent().and_then(|path| path.parent()), Some(jar.clone()));
        assert_eq!(entry.root(), jar);
        assert_eq!(entry.root().relative(), "a.jar");
    }
}
