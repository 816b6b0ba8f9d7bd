//! A call site: the method that an instruction calls, with its types.

use super::descriptor::{Descriptor, slots};
use super::pool::MemberRef;
use super::value::Foreign;
use crate::rules::vocabulary::Call;
use std::ops::Range;
use std::rc::Rc;

#[derive(Debug)]
pub(super) struct CallSite {
    /// Dotted, `$` for nested.
    pub(super) class: String,
    pub(super) method: String,
    pub(super) descriptor: Descriptor,
    /// Name and descriptor as in the class file, to find the class's own methods.
    pub(super) signature: String,
    /// `(String,String)`.
    readable: String,
    /// The simple name in the class's.
    simple: Range<usize>,
    pub(super) result_slots: usize,
    /// What it gives back, if it can do no more than give back a text that its class holds.
    pub(super) held: Option<Rc<Foreign>>,
}

impl CallSite {
    pub(super) fn new(member: MemberRef<'_>) -> Option<Self> {
        let descriptor = Descriptor::parse(&member.descriptor)?;
        let signature = format!("{}{}", member.name, member.descriptor);
        let getter =
            descriptor.parameters.is_empty() && descriptor.result == "String" && !member.class.starts_with("java.");
        let held = || Rc::new(Foreign { class: member.class.clone(), member: signature.clone() });
        Some(Self {
            method: member.name.into_owned(),
            readable: descriptor.readable(),
            simple: simple_name(&member.class),
            result_slots: slots(&descriptor.result),
            held: getter.then(held),
            signature,
            descriptor,
            class: member.class,
        })
    }

    /// How many bytes it holds, or so.
    pub(super) fn weight(&self) -> usize {
        4 * self.signature.len() + 2 * self.class.len() + 32 * self.descriptor.parameters.len()
    }

    pub(super) fn call(&self) -> Call<'_> {
        Call {
            class: &self.class,
            method: &self.method,
            descriptor: &self.readable,
            arity: self.descriptor.parameters.len(),
        }
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
        format!("{}.{}", self.class, self.method)
    }
}

/// The last segment that is not empty: an object of Scala has a `$` at the end of its name.
fn simple_name(class: &str) -> Range<usize> {
    let end = class.trim_end_matches(['.', '$']).len();
    match class[..end].rfind(['.', '$']) {
        _ if end == 0 => 0..class.len(),
        Some(at) => at + 1..end,
        None => 0..end,
    }
}
