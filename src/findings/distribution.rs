//! A distribution: a Python package as it was installed beside others, and which files are its own.

use super::finding::Owner;
use crate::formats::evidence::Fact;
use crate::rules::schema::Library;
use rustc_hash::FxHashMap;

/// An environment has some hundred packages.
const MOST: usize = 2048;
/// Folders that packages are installed or copied into.
const HOMES: [&str; 3] = ["site-packages/", "dist-packages/", "_vendor/"];

#[derive(Clone, Debug, Default)]
struct Distribution {
    name: String,
    version: String,
    published: bool,
}

/// Those of one container, by the path of their metadata.
#[derive(Clone, Debug, Default)]
pub(super) struct Distributions {
    known: FxHashMap<String, Distribution>,
    /// By the folder that they lie in and by their names, whose they are.
    modules: FxHashMap<String, FxHashMap<String, String>>,
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
            Fact::Modules(modules) => {
                let of_home = self.modules.entry(home_of(metadata).to_owned()).or_default();
                for module in modules {
                    let owner = of_home.entry(module).or_insert_with(|| metadata.to_owned());
                    // Entries come in any order.
                    if metadata < owner.as_str() {
                        metadata.clone_into(owner);
                    }
                }
            }
            Fact::MainClass(_) | Fact::Maven { .. } => {}
        }
    }

    /// The package that a path of the container is installed by, if it is a published one. What is packed by
    /// itself in `container`, as a wheel is, is no library for having a licence.
    pub(super) fn owner(&self, path: &str, container: &str) -> Option<Owner> {
        let distribution = self.holder(path)?;
        let alone = self.known.len() == 1 && starts_with_name(container, &distribution.name);
        (distribution.published && !alone)
            .then(|| Owner::Library { name: format!("{}:{}", distribution.name, distribution.version) })
    }

    /// The one whose metadata or modules a path lies in.
    fn holder(&self, path: &str) -> Option<&Distribution> {
        let folders = || path.match_indices('/').map(|(at, _)| &path[..at]);
        if let Some(own) = folders().find_map(|folder| self.known.get(folder)) {
            return Some(own);
        }
        let module = |home: &str| {
            let inside = path[home.len()..].trim_start_matches('/');
            let first = inside.split('/').next().unwrap_or_default();
            let of_home = self.modules.get(home)?;
            let owner = of_home.get(first).or_else(|| of_home.get(first.strip_suffix(".py")?))?;
            self.known.get(owner)
        };
        [""].into_iter().chain(folders()).find_map(module)
    }
}

fn home_of(metadata: &str) -> &str {
    metadata.rsplit_once('/').map_or("", |(home, _)| home)
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
