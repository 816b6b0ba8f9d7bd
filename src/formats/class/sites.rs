//! A site: one use of a constant in a class, and the position and scope that a reader of the
//! report knows it by.

use super::class_file::ClassFile;
use super::code::Code;
use super::descriptor::Descriptor;
use super::flow::Body;
use crate::formats::evidence::{Level, Scope, Use};
use crate::place::Position;
use std::cell::OnceCell;
use std::sync::Arc;

/// Instructions of a method among which blocks are told apart: a method has at most 64 KiB of code (JVMS 4.7.3).
const MOST_DECODED: usize = 1 << 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Site {
    Code {
        method: u16,
        at: u32,
    },
    /// ConstantValue or annotation of a field.
    Field(u16),
    /// Annotation of a method.
    Method(u16),
    /// Annotation of the class, or no use at all.
    Class,
}

/// Names and lines of a class, ready to be shared by its positions.
pub(super) struct Sites<'c, 'a> {
    class: &'c ClassFile<'a>,
    codes: &'c [Option<Code<'a>>],
    name: Arc<str>,
    source_file: Option<Arc<str>>,
    scope: Scope,
    /// Signatures, of those that were asked for.
    methods: Vec<OnceCell<Arc<str>>>,
    /// The same for where their blocks begin.
    blocks: Vec<OnceCell<Vec<usize>>>,
}

impl<'c, 'a> Sites<'c, 'a> {
    pub(super) fn new(class: &'c ClassFile<'a>, codes: &'c [Option<Code<'a>>]) -> Self {
        Self {
            class,
            codes,
            name: class.name.as_str().into(),
            source_file: class.source_file.as_deref().map(Into::into),
            scope: Scope::default().within(Level::Class, &class.name),
            methods: vec![OnceCell::new(); class.methods.len()],
            blocks: vec![OnceCell::new(); class.methods.len()],
        }
    }

    fn method(&self, index: u16) -> Option<Arc<str>> {
        let method = self.class.methods.get(usize::from(index))?;
        let known = self.methods.get(usize::from(index))?;
        Some(known.get_or_init(|| signature(&method.name, &method.descriptor).into()).clone())
    }

    pub(super) fn position(&self, site: Site) -> Position {
        let class =
            Position { class: Some(self.name.clone()), source_file: self.source_file.clone(), ..Position::default() };
        match site {
            Site::Code { method, at } => {
                let code = self.codes.get(usize::from(method)).and_then(Option::as_ref);
                Position { method: self.method(method), line: code.and_then(|code| code.line(at as usize)), ..class }
            }
            Site::Method(method) => Position { method: self.method(method), ..class },
            Site::Field(field) => Position {
                field: self.class.fields.get(usize::from(field)).map(|field| Arc::from(&*field.name)),
                ..class
            },
            Site::Class => class,
        }
    }

    pub(super) fn scope(&self, site: Site) -> Scope {
        match site {
            Site::Code { method, .. } | Site::Method(method) => self.scope.within(Level::Method, &method.to_string()),
            Site::Field(_) | Site::Class => self.scope.clone(),
        }
    }

    /// The scope of the block of code around an instruction: an arm of a conditional, a case of a switch.
    pub(super) fn block(&self, method: u16, at: u32) -> Scope {
        let scope = self.scope(Site::Code { method, at });
        let index = usize::from(method);
        let (Some(Some(code)), Some(known)) = (self.codes.get(index), self.blocks.get(index)) else { return scope };
        let leaders = known.get_or_init(|| Body::new(code, MOST_DECODED).into_leaders());
        let block = leaders.partition_point(|&leader| leader <= at as usize);
        scope.within(Level::Block, &block.to_string())
    }

    pub(super) fn usage(&self, site: Site) -> Use {
        Use { position: self.position(site), scope: self.scope(site) }
    }

    /// Whether a method only sets fields up, so that the field says more about where a value is.
    pub(super) fn is_initialiser(&self, method: u16) -> bool {
        self.class.methods.get(usize::from(method)).is_some_and(|member| member.name.starts_with('<'))
    }
}

/// `configure(StreamExecutionEnvironment, Properties)`.
fn signature(name: &str, descriptor: &str) -> String {
    match Descriptor::parse(descriptor) {
        Some(parsed) => format!("{name}({})", parsed.parameters.join(", ")),
        None => format!("{name}{descriptor}"),
    }
}
