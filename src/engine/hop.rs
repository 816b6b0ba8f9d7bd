//! A hop: what the classes of a container say of each other, followed one step far when all of it has
//! been read.

use crate::archives::Reread;
use crate::findings::owner::is_library;
use crate::formats::evidence::{Evidence, Take, Unresolved};
use crate::formats::links::{Constant, Links, constants, read_linked};
use crate::place::EntryPath;
use crate::rules::set::RuleSet;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Classes read once more for one container: an application has some thousands.
const MAX_CLASSES: usize = 20_000;
/// What the classes of one container may leave open of each kind: a class of a few kilobytes can ask for
/// twenty thousand values.
const MOST_OPEN: usize = 200_000;
/// Bytes of the values of one class, which may hold a long one that is asked for everywhere.
const MOST_HELD: usize = 32 << 20;
/// A constructor, and a factory that calls it.
const ROUNDS: usize = 2;

/// What the classes of one container left open.
#[derive(Debug, Default)]
pub(super) struct Pending {
    wanted: Vec<Unresolved>,
    takes: Vec<Take>,
    /// There was more than is followed. Then nothing is: which classes came first is a matter of luck.
    capped: bool,
}

impl Pending {
    /// What library classes say of each other is no business of the application's.
    pub(super) fn note(&mut self, evidence: &mut Evidence<'_>, rules: &RuleSet) {
        let own = |class: &str| !is_library(class, &rules.libraries);
        self.wanted.extend(evidence.unresolved.drain(..).filter(|wanted| own(&wanted.owner)));
        self.takes.extend(evidence.takes.drain(..).filter(|take| own(&take.class)));
        self.cap();
    }

    pub(super) fn add(&mut self, other: Self) {
        self.wanted.extend(other.wanted);
        self.takes.extend(other.takes);
        self.capped |= other.capped;
        self.cap();
    }

    fn cap(&mut self) {
        self.capped |= self.wanted.len().max(self.takes.len()) > MOST_OPEN;
        if self.capped {
            self.wanted = Vec::new();
            self.takes = Vec::new();
        }
    }

    /// Why nothing is followed, if so.
    pub(super) fn problem(&self) -> Option<&'static str> {
        self.capped.then_some("its classes ask each other for more than is followed")
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.takes.is_empty() && !self.capped
    }

    /// Follows all of it; `found` is told the entry and what it binds. `entry` says where a class lies.
    pub(super) fn follow(
        self,
        entry: &dyn Fn(&str) -> EntryPath,
        reread: &dyn Reread,
        rules: &RuleSet,
        found: &mut dyn FnMut(&EntryPath, Evidence<'_>),
    ) {
        follow_takes(self.takes, entry, reread, rules, found);
        follow_wanted(self.wanted, entry, reread, rules, found);
    }
}

/// Constants and getters: the class that holds the value is read again, for what it holds.
fn follow_wanted(
    wanted: Vec<Unresolved>,
    entry: &dyn Fn(&str) -> EntryPath,
    reread: &dyn Reread,
    rules: &RuleSet,
    found: &mut dyn FnMut(&EntryPath, Evidence<'_>),
) {
    let mut by_owner: BTreeMap<String, Vec<Unresolved>> = BTreeMap::new();
    for one in wanted {
        by_owner.entry(one.owner.clone()).or_default().push(one);
    }
    for (owner, wanted) in by_owner.into_iter().take(MAX_CLASSES) {
        // Scala keeps the values of an object in a class of its own and forwards to it.
        let classes = [entry_of(&owner), entry_of(&format!("{owner}$"))];
        for name in classes {
            let Some(bytes) = reread.read(&name) else { continue };
            let held = constants(&bytes, &rules.vocabulary);
            let held: FxHashMap<&str, &Constant> = held.iter().map(|held| (held.member.as_str(), held)).collect();
            let mut room = MOST_HELD;
            let mut bindings: Vec<_> = wanted
                .iter()
                .filter_map(|one| {
                    let constant = held.get(one.member.as_str()).filter(|_| room > 0)?;
                    room = room.saturating_sub(constant.text.len());
                    let mut binding = one.binding.clone();
                    binding.value.clone_from(&constant.text);
                    binding.position = constant.position.clone();
                    Some(binding)
                })
                .collect();
            bindings.sort_by(|a, b| (&a.scope, &a.key, &a.position).cmp(&(&b.scope, &b.key, &b.position)));
            if !bindings.is_empty() {
                let unparsed =
                    (room == 0).then(|| "class file: others ask for it more often than is followed".to_owned());
                found(&entry(&name), Evidence { bindings, unparsed, ..Evidence::default() });
                break;
            }
        }
    }
}

/// Parameters: every class of the application is looked at for calls of the methods that take one. A
/// method that only hands its own parameter on takes it too: factories are looked at in a second round.
fn follow_takes(
    mut takes: Vec<Take>,
    entry: &dyn Fn(&str) -> EntryPath,
    reread: &dyn Reread,
    rules: &RuleSet,
    found: &mut dyn FnMut(&EntryPath, Evidence<'_>),
) {
    if takes.is_empty() {
        return;
    }
    let own = |class: &str| !is_library(class, &rules.libraries);
    let mut classes = reread.names();
    classes.retain(|name| name.strip_suffix(".class").is_some_and(|class| own(&class.replace('/', "."))));
    classes.truncate(MAX_CLASSES);
    let mut known: FxHashSet<Take> = FxHashSet::default();
    for _ in 0..ROUNDS {
        takes.sort();
        takes.dedup();
        takes.retain(|take| own(&take.class) && known.insert(take.clone()));
        if takes.is_empty() {
            return;
        }
        let Ok(links) = Links::new(std::mem::take(&mut takes)) else { return };
        for name in &classes {
            let Some(bytes) = reread.read(name).filter(|bytes| links.concern(bytes)) else { continue };
            let mut evidence = read_linked(&bytes, &rules.vocabulary, &links);
            takes.append(&mut evidence.takes);
            if !evidence.bindings.is_empty() {
                found(&entry(name), evidence);
            }
        }
    }
}

fn entry_of(class: &str) -> String {
    format!("{}.class", class.replace('.', "/"))
}
