//! A call site: the method that an instruction calls, with its types.

use super::class_file::ClassFile;
use super::descriptor::{Descriptor, slots};
use super::pool::MemberRef;
use super::value::Foreign;
use crate::rules::vocabulary::Call;
use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

#[derive(Debug)]
pub(super) struct CallSite<'a> {
    /// With slashes, `$` for nested.
    pub(super) class: Cow<'a, str>,
    pub(super) method: Cow<'a, str>,
    pub(super) descriptor: Descriptor<'a>,
    /// As it stands in the pool.
    raw_descriptor: Cow<'a, str>,
    /// The simple name in the class's.
    simple: Range<usize>,
    pub(super) result_slots: usize,
    /// The method of the class's own that it calls.
    pub(super) own: Option<u16>,
    /// What it gives back, if it can do no more than give back a text that another class holds.
    pub(super) held: Option<Rc<Foreign>>,
}

impl<'a> CallSite<'a> {
    /// How a class calls a method.
    pub(super) fn new(member: MemberRef<'a>, caller: &ClassFile<'_>) -> Option<Self> {
        let descriptor = Descriptor::of(&member.descriptor)?;
        let is_own = member.class == caller.slashed;
        let getter = descriptor.parameters.is_empty() && descriptor.result == "String" && !member.is_of_java();
        Some(Self {
            simple: simple_name(&member.class),
            result_slots: slots(&descriptor.result),
            own: if is_own { caller.method(&member.name, &member.descriptor) } else { None },
            held: (getter && !is_own).then(|| Rc::new(member.foreign(&member.signature()))),
            descriptor,
            class: member.class,
            method: member.name,
            raw_descriptor: member.descriptor,
        })
    }

    /// How many bytes it holds, or so.
    pub(super) fn weight(&self) -> usize {
        2 * (self.class.len() + self.method.len()) + 32 * self.descriptor.parameters.len()
    }

    pub(super) fn call(&self) -> Call<'_> {
        Call {
            class: &self.class,
            method: &self.method,
            types: &self.descriptor.parameters,
            arity: self.descriptor.parameters.len(),
        }
    }

    /// The method's name and descriptor.
    pub(super) fn signature(&self) -> String {
        format!("{}{}", self.method, self.raw_descriptor)
    }

    /// The class's simple name.
    pub(super) fn simple_class(&self) -> &str {
        &self.class[self.simple.clone()]
    }

    pub(super) fn is_constructor(&self) -> bool {
        self.method == "<init>"
    }

    /// `Properties.setProperty`.
    pub(super) fn readable_name(&self) -> String {
        format!("{}.{}", self.class.replace('/', "."), self.method)
    }
}

/// The last segment of a name, dotted or slashed, that is not empty: an object of Scala has a `$` at the end of its name.
pub(super) fn simple_name(class: &str) -> Range<usize> {
    let end = class.trim_end_matches(['.', '$', '/']).len();
    match class[..end].rfind(['.', '$', '/']) {
        _ if end == 0 => 0..class.len(),
        Some(at) => at + 1..end,
        None => 0..end,
    }
}
