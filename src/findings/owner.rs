//! The owner of a finding: the application, or the library whose code holds it.

use super::distribution::{Distributions, library_at};
use super::finding::Owner;
use crate::formats::evidence::Fact;
use crate::place::{EntryPath, Place};
use crate::rules::schema::Library;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A library that nothing names.
pub const UNNAMED: &str = "unknown";

/// A fat jar is made of some hundred modules.
const MOST_MODULES: usize = 2048;

/// What the entries of one container said about it.
#[derive(Clone, Debug, Default)]
pub struct Container {
    main_package: Option<String>,
    modules: Modules,
    distributions: Distributions,
}

/// What was packed into one container, by what it is asked for.
#[derive(Clone, Debug, Default)]
struct Modules {
    list: Vec<Module>,
    known: FxHashSet<Module>,
    /// By group and artifact, the first version of it and the last.
    by_name: FxHashMap<(String, String), (usize, usize)>,
    /// Of each artifact of a group the last version, in their order.
    by_group: FxHashMap<String, Vec<usize>>,
    /// The last of that artifact id.
    by_artifact: FxHashMap<String, usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Module {
    group: String,
    artifact: String,
    version: String,
}

/// An entry, and a class of it.
type Whose = (EntryPath, Option<Arc<str>>);

/// The containers of one artifact, by path.
#[derive(Debug, Default)]
pub struct Containers {
    known: FxHashMap<EntryPath, Container>,
    /// By entry and class: a finding may have thousands of places in one class.
    owners: Mutex<FxHashMap<Whose, Owner>>,
}

impl Containers {
    pub fn add(&mut self, entry: &EntryPath, facts: Vec<Fact>) {
        let Some(path) = entry.parent() else { return };
        let container = self.known.entry(path).or_default();
        for fact in facts {
            match fact {
                Fact::MainClass(class) => {
                    container.main_package = class.rsplit_once('.').map(|(package, _)| package.to_owned())
                }
                Fact::Maven { group, artifact, version } => {
                    container.modules.add(Module { group, artifact, version });
                }
                Fact::Python { .. } | Fact::Modules(_) => container.distributions.add(entry.innermost(), fact),
            }
        }
    }

    /// Owner of what lies at a place. All containers are known by then.
    pub fn owner(&self, place: &Place, libraries: &[Library]) -> Owner {
        let lock = || self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (place.entry.clone(), place.position.class.clone());
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let owner = self.owner_of(place, libraries);
        lock().insert(key, owner.clone());
        owner
    }

    fn owner_of(&self, place: &Place, libraries: &[Library]) -> Owner {
        let Some(path) = place.entry.parent() else {
            // A loose class file lies in no container that could tell more.
            let class = place.position.class.as_deref().and_then(|class| library_of(class, libraries));
            return class.or_else(|| self.installed(&place.entry, libraries)).unwrap_or(Owner::Unknown);
        };
        let container = self.known.get(&path);
        let nested = path.depth() > 0;
        let own = container.and_then(|c| c.own_module(path.file_name()));
        if let Some(class) = place.position.class.as_deref() {
            if let Some(package) = container.and_then(|c| c.main_package.as_deref()).filter(|p| p.contains('.'))
                && !nested
                // A driver that can be started is a library all the same. Its package alone does not
                // tell: samples live in the packages of what they are samples of.
                && !own.is_some_and(|module| module.is_known(libraries))
                && !is_jar_of_library(path.file_name(), package, libraries)
                && starts_with_package(class, package)
            {
                return Owner::Application;
            }
            if nested && let Some(module) = own {
                return if self.is_in_house(place, module) { Owner::Application } else { module.owner() };
            }
            if let Some(library) = library_of(class, libraries) {
                return library;
            }
            let other = |c: &Container, m: &Module| !c.is_application(m, path.file_name());
            let module = container.and_then(|c| c.modules.of_class(class, |m| other(c, m)));
            return module.map_or(Owner::Unknown, Module::owner);
        }
        if nested && let Some(module) = own {
            return if self.is_in_house(place, module) { Owner::Application } else { module.owner() };
        }
        // A fat jar keeps the poms of what was merged into it.
        if let Some(rest) = place.entry.innermost().strip_prefix("META-INF/maven/")
            && let Some((group, rest)) = rest.split_once('/')
            && let Some((artifact, _)) = rest.split_once('/')
        {
            let module = container.and_then(|c| c.modules.find(group, artifact));
            let applies = |m: &Module| container.is_some_and(|c| c.is_application(m, path.file_name()));
            let own = module.is_some_and(|m| !m.is_known(libraries) && applies(m));
            return match module {
                Some(module) if !own => module.owner(),
                Some(_) => Owner::Application,
                None => Owner::Library { name: format!("{group}:{artifact}") },
            };
        }
        if let Some(library) = self.installed(&place.entry, libraries) {
            return library;
        }
        // A library's resources lie in its packages.
        let levels = place.entry.levels();
        if let Some(library) = levels.iter().find_map(|path| library_of(&path.replace('/', "."), libraries)) {
            return library;
        }
        let name = place.entry.file_name();
        if name == "reference.conf" || name.ends_with("-default.xml") || name.ends_with("-defaults.yaml") {
            return own.map_or_else(|| Owner::Library { name: UNNAMED.to_owned() }, Module::owner);
        }
        let is_group = |module: &Module, library: &Library| {
            starts_with_package(&module.group, library.coordinates.split(':').next().unwrap_or(""))
        };
        if let Some(module) = own
            && libraries.iter().any(|library| is_group(module, library))
        {
            return module.owner();
        }
        Owner::Unknown
    }
}

impl Containers {
    /// The Python package that put an entry where it is, or the archive that the entry lies in.
    fn installed(&self, entry: &EntryPath, libraries: &[Library]) -> Option<Owner> {
        let container = entry.parent();
        let known = container
            .as_ref()
            .and_then(|path| self.known.get(path)?.distributions.owner(entry.innermost(), path.file_name()));
        let known = known.or_else(|| library_at(entry.innermost(), container.is_some(), libraries));
        known.or_else(|| self.installed(&container?, libraries))
    }

    /// A nested library of the application's own organisation is as good as its code: the two have
    /// the first segments of their names in common, `com.acme`.
    fn is_in_house(&self, place: &Place, module: &Module) -> bool {
        let root = place.entry.root();
        let Some(container) = self.known.get(&root) else { return false };
        let organisation = |name: &str| {
            let mut segments = name.split('.');
            Some((segments.next()?.to_owned(), segments.next()?.to_owned()))
        };
        let own = container.own_module(root.file_name()).map(|own| own.group.as_str());
        let names = container.main_package.as_deref().into_iter().chain(own);
        let module = organisation(&module.group);
        module.is_some() && names.map(organisation).any(|own| own == module)
    }
}

impl Container {
    /// The only module, or the one whose artifact id the jar is named for.
    fn own_module(&self, file_name: &str) -> Option<&Module> {
        match self.modules.list.as_slice() {
            [module] => Some(module),
            _ => self.modules.named(file_name),
        }
    }

    fn is_application(&self, module: &Module, file_name: &str) -> bool {
        file_name.starts_with(&module.artifact)
            || self.main_package.as_deref().is_some_and(|package| starts_with_package(package, &module.group))
    }
}

impl Modules {
    fn add(&mut self, module: Module) {
        let index = self.list.len();
        if index >= MOST_MODULES || !self.known.insert(module.clone()) {
            return;
        }
        let of_group = self.by_group.entry(module.group.clone()).or_default();
        let (_, last) = self.by_name.entry((module.group.clone(), module.artifact.clone())).or_insert((index, index));
        let before = std::mem::replace(last, index);
        of_group.retain(|known| *known != before);
        of_group.push(index);
        self.by_artifact.insert(module.artifact.clone(), index);
        self.list.push(module);
    }

    fn find(&self, group: &str, artifact: &str) -> Option<&Module> {
        let (first, _) = self.by_name.get(&(group.to_owned(), artifact.to_owned()))?;
        self.list.get(*first)
    }

    /// The last one with the longest group that is a package of a class, or of what that was before it was relocated.
    fn of_class(&self, class: &str, fits: impl Fn(&Module) -> bool) -> Option<&Module> {
        let ends =
            |form: &str| form.match_indices(['.', '$']).map(|(at, _)| at).chain([form.len()]).collect::<Vec<_>>();
        let packages = forms(class).into_iter().flat_map(|form| ends(form).into_iter().map(move |end| &form[..end]));
        let groups = packages.filter(|package| package.contains('.')).filter_map(|package| self.by_group.get(package));
        let last = |group: &Vec<usize>| group.iter().rev().copied().find(|&index| fits(&self.list[index]));
        let index = groups.filter_map(last).max_by_key(|&index| (self.list[index].group.len(), index))?;
        self.list.get(index)
    }

    /// The one with the longest artifact id that a file's name begins with.
    fn named(&self, file_name: &str) -> Option<&Module> {
        let mut prefixes = (0..=file_name.len()).rev().filter_map(|end| file_name.get(..end));
        let index = prefixes.find_map(|prefix| self.by_artifact.get(prefix))?;
        self.list.get(*index)
    }
}

impl Module {
    /// By the group: who publishes one library under it publishes all.
    fn is_known(&self, libraries: &[Library]) -> bool {
        let group =
            |library: &Library| library.coordinates.split_once(':').is_some_and(|(group, _)| group == self.group);
        libraries.iter().any(group)
    }

    fn owner(&self) -> Owner {
        Owner::Library { name: format!("{}:{}:{}", self.group, self.artifact, self.version) }
    }
}

/// `snowflake-jdbc-3.20.0.jar` with its main class in `net.snowflake`.
fn is_jar_of_library(file_name: &str, package: &str, libraries: &[Library]) -> bool {
    libraries.iter().any(|library| {
        let artifact = library.coordinates.rsplit(':').next().unwrap_or_default();
        let named = file_name.strip_prefix(artifact).is_some_and(|rest| rest.starts_with(['-', '.']));
        named && library.packages.iter().any(|own| starts_with_package(package, own))
    })
}

/// The library with the longest package that a class lies in.
fn library_of(class: &str, libraries: &[Library]) -> Option<Owner> {
    let forms = forms(class);
    let packages = libraries.iter().flat_map(|library| library.packages.iter().map(move |package| (library, package)));
    let (library, _) = packages
        .filter(|(_, package)| forms.iter().any(|form| lies_in(form, package)))
        .max_by_key(|(_, package)| package.len())?;
    Some(Owner::Library { name: library.coordinates.clone() })
}

/// Whether a class is one of a library that is known by its packages.
pub fn is_library(class: &str, libraries: &[Library]) -> bool {
    let forms = forms(class);
    let mut packages = libraries.iter().flat_map(|library| &library.packages);
    packages.any(|package| forms.iter().any(|form| lies_in(form, package)))
}

/// Whether a dotted name lies in a package, relocated copies included.
fn starts_with_package(name: &str, package: &str) -> bool {
    forms(name).iter().any(|form| lies_in(form, package))
}

/// A dotted name, and what it was before it was relocated: shading puts its own prefix in front.
fn forms(name: &str) -> Vec<&str> {
    let markers = ["shaded.", "relocated.", "repackaged.", "thirdparty."];
    let relocated = markers.iter().filter_map(|marker| name.split_once(marker).map(|(_, rest)| rest));
    [name].into_iter().chain(relocated).collect()
}

fn lies_in(name: &str, package: &str) -> bool {
    !package.is_empty()
        && name.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '$']))
}
