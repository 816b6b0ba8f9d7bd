//! A call site: the method that an instruction calls, with its types.

use super::descriptor::{Descriptor, slots};
use super::pool::MemberRef;
use crate::rules::vocabulary::Call;

#[derive(Debug)]
pub(super) struct CallSite {
    /// Dotted, `$` for nested.
    pub(super) class: String,
    pub(super) method: String,
    pub(super) descriptor: Descriptor,
    /// As in the class file, to find the class's own methods.
    pub(super) raw_descriptor: String,
    /// `(String,String)`.
    readable: String,
}

impl CallSite {
    pub(super) fn new(member: MemberRef<'_>) -> Option<Self> {
        let descriptor = Descriptor::parse(&member.descriptor)?;
        Some(Self {
            class: member.class,
            method: member.name.into_owned(),
            raw_descriptor: member.descriptor.into_owned(),
            readable: descriptor.readable(),
            descriptor,
        })
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
        self.class.rsplit(['.', '$']).find(|segment| !segment.is_empty()).unwrap_or(&self.class)
    }

    pub(super) fn is_constructor(&self) -> bool {
        self.method == "<init>"
    }

    /// Whether it can do no more than give back a text that its class holds.
    pub(super) fn is_getter(&self) -> bool {
        self.descriptor.parameters.is_empty() && self.descriptor.result == "String" && !self.class.starts_with("java.")
    }

    /// Slots of the result.
    pub(super) fn result_slots(&self) -> usize {
        slots(&self.descriptor.result)
    }

    /// `Properties.setProperty`.
    pub(super) fn readable_name(&self) -> String {
        format!("{}.{}", self.class, self.method)
    }
}
