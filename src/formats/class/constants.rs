//! Constants: the interesting strings of a class, and every site that uses them.

use super::annotations;
use super::class_file::ClassFile;
use super::code::Code;
use super::instruction::op;
use super::pool::{Entry, Pool};
use super::sites::Site;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// Sites kept of one constant: a class that uses one more often is a table.
const MAX_SITES: usize = 256;
/// Sites kept of all constants, and strings of all annotations.
const MOST_SITES: usize = 100_000;

/// Pool index of a Utf8 entry to the sites that use it as a string.
pub(super) type Constants = FxHashMap<u16, Vec<Site>>;

/// A string in an annotation, with the element's name: the only binding that annotations make.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) utf8: u16,
    pub(super) site: Site,
    /// Tells it from the others at its site.
    annotation: usize,
}

/// The elements that are names, by the annotation that they stand in: of each the first, and the first that differs
/// from it.
#[derive(Debug, Default)]
pub(super) struct Names<'n>(FxHashMap<(Site, usize), Vec<(u16, &'n str)>>);

impl<'n> Names<'n> {
    pub(super) fn new(naming: &'n [(&Element<'_>, String)]) -> Self {
        let mut names = Self::default();
        for (element, name) in naming {
            let known = names.0.entry((element.site, element.annotation)).or_default();
            if known.len() < 2 && known.iter().all(|(utf8, _)| *utf8 != element.utf8) {
                known.push((element.utf8, name));
            }
        }
        names
    }

    /// The first of an element's annotation that is not the element's own text.
    fn beside(&self, element: &Element<'_>) -> Option<&'n str> {
        let known = self.0.get(&(element.site, element.annotation))?;
        known.iter().find(|(utf8, _)| *utf8 != element.utf8).map(|(_, name)| *name)
    }
}

impl<'a> ClassFile<'a> {
    /// What an element is for, if its own name does not say: `@Option(name = "--password", defaultValue = "…")`,
    /// `@Value("…") String password`.
    pub(super) fn named_by(&self, element: &Element<'_>, names: &Names<'_>) -> Option<String> {
        let member = match element.site {
            Site::Field(index) => self.fields.get(usize::from(index)),
            Site::Method(index) => self.methods.get(usize::from(index)),
            _ => None,
        };
        let is_default = matches!(&*element.name, "value" | "defaultValue" | "default" | "def");
        let beside = names.beside(element).filter(|_| is_default).map(str::to_owned);
        beside.or_else(|| member.filter(|_| is_default).map(|member| member.name.clone().into_owned()))
    }

    /// The elements that are names of keys, with those.
    pub(super) fn naming<'e>(
        &self,
        elements: &'e [Element<'a>],
        is_key: impl Fn(&str) -> bool,
    ) -> Vec<(&'e Element<'a>, String)> {
        let named = |element: &&Element<'_>| {
            matches!(&*element.name, "value" | "name" | "names" | "key" | "longOpt" | "longName")
        };
        let name = |element: &'e Element<'a>| {
            let text = self.pool.utf8(element.utf8)?;
            let name = text.trim_start_matches('-');
            is_key(name).then(|| (element, name.to_owned()))
        };
        elements.iter().filter(named).filter_map(name).collect()
    }
}

/// Every site of the constants wanted. Constants that are strings but used nowhere have none.
pub(super) fn collect(class: &ClassFile<'_>, codes: &[Option<Code<'_>>], wanted: &FxHashSet<u16>) -> Constants {
    let mut found = Constants::default();
    let mut kept = 0;
    let mut add = |utf8: u16, site: Site| {
        let sites = found.entry(utf8).or_default();
        // The first of each is always kept.
        if sites.is_empty() || sites.len() < MAX_SITES && kept < MOST_SITES {
            sites.push(site);
            kept += 1;
        }
    };
    let of = |index: u16| string_of(&class.pool, index).filter(|utf8| wanted.contains(utf8));
    for (index, field) in (0u16..).zip(&class.fields) {
        if let Some(utf8) = field.constant_value().and_then(of) {
            add(utf8, Site::Field(index));
        }
    }
    for (method, code) in (0u16..).zip(codes) {
        for operation in code.iter().flat_map(Code::operations) {
            let Ok(at) = u32::try_from(operation.at) else { break };
            let site = Site::Code { method, at };
            match operation.opcode {
                op::LDC | op::LDC_W => {
                    if let Some(utf8) = of(operation.operand) {
                        add(utf8, site);
                    }
                }
                op::INVOKEDYNAMIC => {
                    for utf8 in bootstrap_strings(class, operation.operand).filter_map(of) {
                        add(utf8, site);
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// The static arguments of a call site: concatenation recipes, Scala symbols (JVMS 4.7.23).
fn bootstrap_strings<'c>(class: &'c ClassFile<'_>, index: u16) -> impl Iterator<Item = u16> + use<'c> {
    let bootstrap = match class.pool.get(index) {
        Entry::Dynamic { bootstrap, .. } => class.bootstraps.get(usize::from(bootstrap)),
        _ => None,
    };
    bootstrap.into_iter().flat_map(|bootstrap| bootstrap.arguments.iter().copied())
}

fn string_of(pool: &Pool<'_>, index: u16) -> Option<u16> {
    match pool.get(index) {
        Entry::String(utf8) => Some(utf8),
        _ => None,
    }
}

fn adder<'f, 'a>(found: &'f mut Vec<Element<'a>>, site: Site) -> impl FnMut(Cow<'a, str>, u16, usize) + use<'f, 'a> {
    move |name, utf8, annotation| {
        if found.len() < MOST_SITES {
            found.push(Element { name, utf8, site, annotation });
        }
    }
}

/// The strings in the annotations of the class and its members.
pub(super) fn elements<'a>(class: &ClassFile<'a>) -> Vec<Element<'a>> {
    let mut found = Vec::new();
    annotations::read(&class.attributes, &class.pool, &mut adder(&mut found, Site::Class));
    for (index, field) in (0u16..).zip(&class.fields) {
        annotations::read(&field.attributes, &class.pool, &mut adder(&mut found, Site::Field(index)));
    }
    for (index, method) in (0u16..).zip(&class.methods) {
        annotations::read(&method.attributes, &class.pool, &mut adder(&mut found, Site::Method(index)));
        if let Some(default) = method.attribute("AnnotationDefault") {
            annotations::read_default(
                default,
                method.name.clone(),
                &class.pool,
                &mut adder(&mut found, Site::Method(index)),
            );
        }
    }
    found
}
