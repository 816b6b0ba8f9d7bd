//! A body: a code object by its place in the source, which gives positions and scopes to what it does.

use super::lines::Lines;
use super::marshal::{Object, Objects};
use super::value::Spot;
use super::version::Version;
use crate::formats::evidence::{Level, Scope, Use};
use crate::meter::Meter;
use crate::place::Position;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::sync::Arc;

/// Longer names are no compiler's.
const MAX_NAME: usize = 400;
/// Scopes nest as deep as code objects, each in full: deeper is no compiler's.
const DEEPEST: usize = 24;
/// Constants that are looked at for bodies: thousands of code objects may share one row.
const MOST_CONSTANTS: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct Body {
    lines: Lines,
    first_line: u32,
    scope: Scope,
    /// `Job.configure`; `None` for modules and class bodies.
    function: Option<Arc<str>>,
}

/// The bodies of a module by the index of their code, and in which order they are reached: what a
/// module or a class sets comes before the functions in it.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    list: Vec<Option<Body>>,
    pub(super) order: Vec<u32>,
    source_file: Option<Arc<str>>,
    /// How many more constants may be looked at.
    constants: usize,
}

impl Bodies {
    pub(super) fn read(objects: &Objects<'_>, version: Version, meter: &Meter) -> Self {
        let Some(module) = objects.codes.len().checked_sub(1) else { return Self::default() };
        let file = objects.codes.get(module).and_then(|code| objects.text(code.file));
        let mut bodies = Self {
            list: objects.codes.iter().map(|_| None).collect(),
            order: Vec::new(),
            // The folder is that of another machine.
            source_file: file.and_then(|path| path.rsplit(['/', '\\']).next()).map(clipped).map(Into::into),
            constants: MOST_CONSTANTS,
        };
        let mut seen = FxHashSet::from_iter([module]);
        let mut pending = VecDeque::from([(module, Scope::default(), String::new(), true)]);
        while let Some((index, outer, name, is_module)) = pending.pop_front() {
            let (Some(code), Ok(number)) = (objects.codes.get(index), u32::try_from(index)) else { continue };
            let is_function = code.is_function();
            let inner = match (is_module, is_function) {
                _ if outer.0.len() >= DEEPEST => outer,
                (true, _) => outer,
                (false, true) => outer.within(Level::Method, &name),
                (false, false) => outer.within(Level::Class, &name),
            };
            let constants = objects.row(code.constants);
            let constants = &constants[..constants.len().min(bodies.constants)];
            bodies.constants -= constants.len();
            for &id in constants {
                let Object::Code(child) = *objects.get(id) else { continue };
                let child = child as usize;
                if let Some(of) = objects.codes.get(child)
                    && seen.insert(child)
                {
                    let own = objects.text(of.name).map_or("", clipped);
                    let nested = match (is_module, is_function) {
                        (true, _) => own.to_owned(),
                        (false, true) => format!("{name}.<locals>.{own}"),
                        (false, false) => format!("{name}.{own}"),
                    };
                    let qualified = of.qualified_name.and_then(|id| objects.text(id)).map(clipped);
                    let nested = qualified.map_or_else(|| clipped(&nested).to_owned(), str::to_owned);
                    pending.push_back((child, inner.clone(), nested, false));
                }
            }
            // What a class sets is as near to each other as what a function does.
            let scope = if is_module || is_function { inner } else { inner.within(Level::Method, "<class>") };
            bodies.order.push(number);
            // Thousands of code objects may share one table. Without it, what a body does is placed on its first line.
            let fits = meter.charge_bytes(code.lines.len() + constants.len());
            let lines = if fits { Lines::read(code, version) } else { Lines::default() };
            bodies.list[index] = Some(Body {
                lines,
                first_line: code.first_line,
                scope,
                function: (is_function && !is_module).then(|| name.as_str().into()),
            });
        }
        bodies
    }

    /// Whether all constants were looked at.
    pub(super) fn is_complete(&self) -> bool {
        self.constants > 0
    }

    fn get(&self, code: u32) -> Option<&Body> {
        self.list.get(code as usize).and_then(Option::as_ref)
    }

    pub(super) fn scope(&self, code: u32) -> Scope {
        self.get(code).map(|body| body.scope.clone()).unwrap_or_default()
    }

    pub(super) fn position(&self, spot: Spot) -> Position {
        let body = self.get(spot.code);
        let line = body.and_then(|body| body.lines.at(spot.at).or(Some(body.first_line)));
        Position {
            line: line.filter(|line| *line > 0),
            method: body.and_then(|body| body.function.clone()),
            source_file: self.source_file.clone(),
            ..Position::default()
        }
    }

    pub(super) fn usage(&self, spot: Spot) -> Use {
        Use { position: self.position(spot), scope: self.scope(spot.code) }
    }
}

fn clipped(name: &str) -> &str {
    let mut end = name.len().min(MAX_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}
