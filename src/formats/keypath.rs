//! A key path: the names that lead from the top of nested data to where its reader stands, with the
//! scopes they open and what the values there are bound to.

mod encoded;

use super::enclosed::{DEEPEST, Enclosed, Kind};
use super::evidence::Level;
use super::names::of_element;
use super::page::{Page, ScopeId};
use super::scalar::Scalar;
use std::borrow::Cow;
use std::ops::Range;

/// Levels below this one are read as if they were of it: depth costs memory.
pub(super) const MOST_STEPS: usize = 64;
/// Longer names lose their beginning: a name is repeated in each key below it.
const LONGEST_NAME: usize = 256;
/// What stands below a key, under a name of its own, is no word.
const SHORTEST_BELOW: usize = 40;

#[derive(Debug)]
pub(super) struct KeyPath<'t> {
    steps: Vec<Step<'t>>,
    /// How many levels are open below the last step.
    beyond: usize,
    root: ScopeId,
    /// How many names a key has at most.
    names: usize,
    /// How many texts the one being read lies in.
    depth: u8,
    /// The values of `data` are base64: this is a Kubernetes Secret.
    pub(super) encoded: bool,
}

#[derive(Debug)]
struct Step<'t> {
    /// Empty for the elements of a list.
    name: Cow<'t, str>,
    level: Level,
    at: usize,
    /// Made when the first value below is worth it.
    scope: Option<ScopeId>,
    /// What a section is called, if not by its name.
    title: Option<Cow<'t, str>>,
    /// Keys start below this step.
    starts_key: bool,
    /// The halves of an object that is a name and its value.
    named: Option<Cow<'t, str>>,
    value: Option<Scalar<'t>>,
    /// The option whose value comes next in a list of arguments.
    option: Option<String>,
}

/// What a member's name makes of the object it belongs to.
enum Role {
    Name,
    Value,
    Group,
}

/// Environment variables of containers, parameters of stacks, properties of Hadoop and Spring; the
/// property groups of Managed Service for Apache Flink.
fn role(name: &str) -> Option<Role> {
    match name {
        "name" | "Name" | "prop" | "key" | "Key" | "ParameterKey" | "parameterKey" | "param-name" => Some(Role::Name),
        // A parameter's default is what it is.
        "value" | "Value" | "default" | "Default" | "ParameterValue" | "parameterValue" | "param-value" => {
            Some(Role::Value)
        }
        "PropertyGroupId" | "propertyGroupId" | "property_group_id" => Some(Role::Group),
        _ => None,
    }
}

fn is_group_map(name: &str) -> bool {
    matches!(name, "PropertyMap" | "propertyMap" | "property_map")
}

impl<'t> KeyPath<'t> {
    pub(super) fn new(root: ScopeId, names: usize, depth: u8) -> Self {
        Self { steps: Vec::new(), beyond: 0, root, names, depth, encoded: false }
    }

    pub(super) fn depth(&self) -> usize {
        self.steps.len() + self.beyond
    }

    pub(super) fn push(&mut self, name: Cow<'t, str>, level: Level, at: usize) {
        if self.beyond > 0 || self.steps.len() >= MOST_STEPS {
            self.beyond += 1;
            return;
        }
        let starts_key = is_group_map(&name);
        if starts_key && let Some(group) = self.steps.last_mut() {
            group.level = Level::Section;
            group.title.get_or_insert_default();
        }
        self.steps.push(Step {
            name,
            level,
            at,
            scope: None,
            title: None,
            starts_key,
            named: None,
            value: None,
            option: None,
        });
    }

    /// Leaves the innermost level; gives back its name.
    pub(super) fn pop(&mut self, page: &mut Page<'_>) -> Cow<'t, str> {
        if self.beyond > 0 {
            self.beyond -= 1;
            return Cow::Borrowed("");
        }
        // `{ id: x, value: y }`: what else is bound here belongs to the value.
        if let Some(step) = self.steps.last_mut().filter(|step| step.named.is_none() && step.scope.is_some())
            && let Some(value) = step.value.take()
        {
            let name = if self.steps.last().is_some_and(|step| step.name.is_empty()) { "value" } else { "" };
            self.offer(page, name, &value);
        }
        let Some(step) = self.steps.pop() else { return Cow::Borrowed("") };
        match (step.named, step.value) {
            (Some(name), Some(value)) => self.bind(page, &name, &value),
            // `db_password: { value: x, type: string }`
            (None, Some(value)) => self.offer(page, &step.name, &value),
            _ => {}
        }
        step.name
    }

    /// Leaves all levels but so many.
    pub(super) fn truncate(&mut self, page: &mut Page<'_>, depth: usize) {
        while self.depth() > depth {
            self.pop(page);
        }
    }

    /// How many levels are to be left to leave the innermost one of this name.
    pub(super) fn levels_to(&self, name: &str) -> Option<usize> {
        if self.beyond > 0 {
            // The names of these levels are not kept.
            return Some(1);
        }
        Some(self.steps.iter().rev().position(|step| step.name == name)? + 1)
    }

    /// What the innermost level has said that its value is called.
    pub(super) fn named(&self) -> Option<&str> {
        self.steps.last().filter(|_| self.beyond == 0)?.named.as_deref()
    }

    /// A member of the innermost level.
    pub(super) fn value(&mut self, page: &mut Page<'_>, name: &str, scalar: Scalar<'t>) {
        if self.beyond == 0
            && let Some(step) = self.steps.last_mut()
        {
            match role(name) {
                Some(Role::Value) if step.value.is_none() => {
                    step.value = Some(scalar);
                    return;
                }
                Some(Role::Name) if step.named.is_none() && scalar.value.len() <= LONGEST_NAME => {
                    step.named = Some(scalar.value.clone());
                }
                Some(Role::Group) => {
                    step.level = Level::Section;
                    if let Some(scope) = step.scope {
                        page.rename_scope(scope, cut(&scalar.value));
                    }
                    step.title = Some(scalar.value.clone());
                }
                _ => {}
            }
        }
        if self.decode(page, name, &scalar) {
            return;
        }
        if self.depth < DEEPEST
            && let Some(kind) = Kind::of(name, &scalar.value)
            && let Some(text) = Enclosed::in_scalar(page.text, &scalar)
            && self.enclosed(page, name, kind, &text, scalar.span.start)
        {
            return;
        }
        self.offer(page, name, &scalar);
    }

    /// An element of a list: an option, an assignment, or one of many values of the list's key.
    pub(super) fn item(&mut self, page: &mut Page<'_>, scalar: &Scalar<'t>) {
        let value: &str = &scalar.value;
        let option = self.steps.last_mut().and_then(|step| step.option.take());
        if let Some(option) = option
            && !value.starts_with('-')
        {
            self.bind(page, &option, scalar);
        } else if let Some((name, assigned)) = assignment(value) {
            let start = scalar.span.start;
            let span = match scalar.value {
                Cow::Borrowed(_) => start + assigned.start..start + assigned.end,
                Cow::Owned(_) => scalar.span.clone(),
            };
            let assigned = Scalar { value: Cow::Borrowed(&value[assigned]), span, escapes: false };
            self.bind(page, name, &assigned);
        } else if value.starts_with("--") && value.len() <= LONGEST_NAME {
            if let Some(step) = self.steps.last_mut() {
                step.option = Some(value.trim_start_matches('-').to_owned());
            }
        } else {
            self.offer(page, "", scalar);
        }
    }

    /// A value that is commented out, at the level that so many steps lead to.
    pub(super) fn comment(&mut self, page: &mut Page<'_>, steps: usize, name: &str, scalar: &Scalar<'_>) {
        if page.wants(name, &scalar.value, false) {
            let steps = steps.min(self.steps.len());
            let key = self.key(steps, name);
            let scope = self.scope(page, steps);
            page.offer_known(&key, &scalar.value, scalar.span.start, scope);
        }
    }

    /// Reads a text that is the value of a member; `false` if there was nothing in it.
    pub(super) fn enclosed(
        &mut self,
        page: &mut Page<'_>,
        name: &str,
        kind: Kind,
        text: &Enclosed<'_>,
        at: usize,
    ) -> bool {
        if self.depth >= DEEPEST {
            return false;
        }
        let parent = self.scope(page, self.steps.len());
        let level = if Kind::of_name(name).is_some() { Level::Section } else { Level::Map };
        let scope = page.scope(parent, level, cut(name), at);
        text.read(kind, self.depth + 1, page, scope)
    }

    /// Offers a value under the key that the whole path makes; without a name, under that of the path.
    fn offer(&mut self, page: &mut Page<'_>, name: &str, scalar: &Scalar<'_>) {
        let nearest = || self.steps.iter().rev().map(|step| &*step.name).find(|name| !name.is_empty());
        let last = if name.is_empty() { nearest().unwrap_or_default() } else { name };
        let escaped = page.text.get(scalar.span.clone()) != Some(&*scalar.value);
        // `passwords: { orders: v }`
        let is_element = || {
            let list = self.steps.last().filter(|_| !name.is_empty()).map(|step| &*step.name);
            // `node_modules/js-tokens` is a path.
            list.filter(|list| !list.contains('/'))
                .is_some_and(|list| of_element(page.vocabulary, cut(list), &scalar.value).is_some())
        };
        let whole = || self.below_a_key(page, name, &scalar.value);
        if !last.is_empty() && (page.wants(cut(last), &scalar.value, escaped) || is_element()) {
            let key = self.key(self.steps.len(), name);
            let scope = self.scope(page, self.steps.len());
            page.offer(&key, &scalar.value, scalar.span.clone(), scope);
        } else if let Some(key) = whole() {
            let scope = self.scope(page, self.steps.len());
            page.offer(&key, &scalar.value, scalar.span.clone(), scope);
        }
    }

    /// The whole path of a value, if what leads to it is a key already: `fs.azure.account.key`, and below it the
    /// host whose key it is, in one name or nested.
    fn below_a_key(&self, page: &Page<'_>, name: &str, value: &str) -> Option<String> {
        if value.len() < SHORTEST_BELOW || value.contains(char::is_whitespace) || self.steps.len() < 2 {
            return None;
        }
        let mut key = String::new();
        let mut is_below = false;
        for step in self.steps.iter().filter(|step| !step.name.is_empty()) {
            if !key.is_empty() {
                is_below |= step.name.len() + key.len() <= LONGEST_NAME && page.vocabulary.is_key(&key);
                key.push('.');
            }
            key.push_str(cut(&step.name));
        }
        is_below |= !name.is_empty() && page.vocabulary.is_key(&key);
        key.push('.');
        key.push_str(cut(name));
        (is_below && key.len() <= LONGEST_NAME).then(|| key.trim_end_matches('.').to_owned())
    }

    /// Offers a value under a key that says all by itself.
    fn bind(&mut self, page: &mut Page<'_>, key: &str, scalar: &Scalar<'_>) {
        let escaped = page.text.get(scalar.span.clone()) != Some(&*scalar.value);
        if page.wants(cut(key), &scalar.value, escaped) {
            let scope = self.scope(page, self.steps.len());
            page.offer(cut(key), &scalar.value, scalar.span.clone(), scope);
        }
    }

    fn key(&self, steps: usize, name: &str) -> String {
        let mut names = vec![cut(name)];
        let mut length = names[0].len();
        for step in self.steps[..steps].iter().rev().take_while(|step| !step.starts_key) {
            length += step.name.len();
            if names.len() > self.names || length > LONGEST_NAME {
                break;
            }
            names.push(cut(&step.name));
        }
        names.retain(|name| !name.is_empty());
        names.truncate(self.names);
        names.reverse();
        names.join(".")
    }

    /// The scope that so many steps lead to.
    fn scope(&mut self, page: &mut Page<'_>, steps: usize) -> ScopeId {
        let known = self.steps[..steps].iter().rposition(|step| step.scope.is_some());
        let mut scope = known.and_then(|index| self.steps[index].scope).unwrap_or(self.root);
        for index in known.map_or(0, |index| index + 1)..steps {
            let named = self.steps[..=index].iter().rev().find(|step| !step.name.is_empty());
            let step = &self.steps[index];
            let name = match &step.title {
                Some(title) => title,
                None => named.map_or("", |step| &step.name),
            };
            scope = page.scope(scope, step.level, cut(name), step.at);
            self.steps[index].scope = Some(scope);
        }
        scope
    }
}

/// Whether an object of the document is a Kubernetes Secret; it may say so after its data.
pub(super) fn holds_secrets(document: &str) -> bool {
    memchr::memmem::find_iter(document.as_bytes(), b"Secret").any(|at| {
        let quotes = ['"', '\'', ' '];
        let key = document[..at].trim_end_matches(quotes).strip_suffix(':').map(|key| key.trim_end_matches(quotes));
        let ends = document[at + 6..].chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | ','));
        ends && key.is_some_and(|key| key.ends_with("kind"))
    })
}

/// The end of a name, if it is too long.
pub(super) fn cut(name: &str) -> &str {
    let start = name.len().saturating_sub(LONGEST_NAME);
    let start = (start..name.len()).find(|&at| name.is_char_boundary(at)).unwrap_or(0);
    name.get(start..).unwrap_or(name)
}

/// Whether what follows a variable's value is the command that it is set for.
fn is_command(name: &str, value: &str) -> bool {
    let command = value.split_once(' ').map_or("", |(_, command)| command);
    !value.starts_with(['"', '\''])
        && !name.bytes().any(|byte| byte.is_ascii_lowercase())
        && command.split(' ').skip(1).any(|word| word.starts_with('-') && word.len() > 1)
}

/// `NAME=value`, `--name=value`, `-Dname=value`: the name, and where the value stands.
fn assignment(text: &str) -> Option<(&str, Range<usize>)> {
    let (name, value) = text.split_once('=')?;
    let name = name.strip_prefix("-D").unwrap_or(name).trim_start_matches('-');
    let named = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    // `PGPASSWORD=v psql -h db`: a script's line.
    let value = if is_command(name, value) { value.split(' ').next().unwrap_or(value) } else { value };
    let quoted = ['"', '\''].iter().any(|&quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote));
    let start = text.find('=').map_or(0, |equals| equals + 1);
    let end = start + value.len();
    named.then(|| (name, if quoted { start + 1..end - 1 } else { start..end }))
}
