//! Facts: what an entry says about the container it lies in.

use super::evidence::Fact;

pub(super) fn manifest(_text: &str) -> Vec<Fact> {
    Vec::new()
}

pub(super) fn maven(_text: &str) -> Option<Fact> {
    None
}
