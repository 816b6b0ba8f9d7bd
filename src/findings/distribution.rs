//! A distribution: a Python package as it was installed beside others, and which files are its own.

use super::finding::Owner;
use crate::formats::evidence::Fact;
use crate::rules::schema::Library;
use rustc_hash::FxHashMap;

/// An environment has some hundred packages; each place of a finding is compared with all of them.
const MOST: usize = 2048;
/// Folders that packages are installed or copied into.
const HOMES: [&str; 3] = ["site-packages/", "dist-packages/", "_vendor/"];

#[derive(Clone, Debug, Default)]
struct Distribution {
    name: String,
    version: String,
    published: bool,
    modules: Vec<String>,
}

/// Those of one container, by the path of their metadata.
#[derive(Clone, Debug, Default)]
pub(super) struct Distributions {
    known: FxHashMap<String, Distribution>,
}

impl Distributions {
    /// Takes what an entry such as `lib/boto3-1.40.1.dist-info/RECORD` says.
    pub(super) fn add(&mut self, path: &str, fact: Fact) {
        let Some((metadata, _)) = path.rsplit_once('/') else { return };
        if self.known.len() >= MOST && !self.known.contains_key(metadata) {
            return;
        }
        let distribution = self.known.entry(metadata.to_owned()).or_default();
        match fact {
            Fact::Python { name, version, published } => {
                (distribution.name, distribution.version, distribution.published) = (name, version, published);
            }
            // `RECORD` and `top_level.txt` may both be there.
            Fact::Modules(modules) => distribution.modules.extend(modules),
            Fact::MainClass(_) | Fact::Maven { .. } => {}
        }
    }

    /// The package that a path of the container is installed by, if it is a published one. What is packed by
    /// itself in `container`, as a wheel is, is no library for having a licence.
    pub(super) fn owner(&self, path: &str, container: &str) -> Option<Owner> {
        let (_, distribution) =
            self.known.iter().find(|(metadata, distribution)| distribution.holds(metadata, path))?;
        let alone = self.known.len() == 1 && starts_with_name(container, &distribution.name);
        (distribution.published && !alone)
            .then(|| Owner::Library { name: format!("{}:{}", distribution.name, distribution.version) })
    }
}

impl Distribution {
    fn holds(&self, metadata: &str, path: &str) -> bool {
        if path.strip_prefix(metadata).is_some_and(|rest| rest.starts_with('/')) {
            return true;
        }
        let home = metadata.rsplit_once('/').map_or("", |(home, _)| home);
        let inside =
            if home.is_empty() { Some(path) } else { path.strip_prefix(home).and_then(|p| p.strip_prefix('/')) };
        let first = inside.and_then(|inside| inside.split('/').next());
        first.is_some_and(|first| self.modules.iter().any(|module| is_module(first, module)))
    }
}

/// A folder or file that a module is installed as.
fn is_module(name: &str, module: &str) -> bool {
    name == module || name.strip_suffix(".py") == Some(module)
}

/// `orders_job-1.2-py3-none-any.whl` and `orders-job` (Normalization of names).
fn starts_with_name(file_name: &str, name: &str) -> bool {
    let normal = |text: &str| text.to_ascii_lowercase().replace(['-', '.'], "_");
    !name.is_empty() && normal(file_name).starts_with(&normal(name))
}

/// The library that a path names by one of its modules: where packages are installed, or in an archive at the top.
pub(super) fn library_at(path: &str, in_archive: bool, libraries: &[Library]) -> Option<Owner> {
    let installed = HOMES.iter().filter_map(|home| path.rfind(home).map(|at| at + home.len())).max();
    let first = path[installed.or(in_archive.then_some(0))?..].split('/').next()?;
    let module = libraries.iter().flat_map(|library| &library.modules).find(|module| is_module(first, module))?;
    Some(Owner::Library { name: module.clone() })
}
