//! JSON: one document, or several after one another, with comments and trailing commas forgiven.

use super::flow::{Dialect, Flow};
use super::keypath::{KeyPath, MOST_STEPS, holds_secrets};
use super::page::{Page, ScopeId};

/// Reads what can be read. `Err` says where the text is no JSON.
pub(super) fn read(page: &mut Page<'_>, scope: ScopeId) -> Result<(), String> {
    read_enclosed(page, scope, 0)
}

/// The same for a text inside so many others.
pub(super) fn read_enclosed(page: &mut Page<'_>, scope: ScopeId, depth: u8) -> Result<(), String> {
    let text = page.text;
    let mut path = KeyPath::new(scope, MOST_STEPS, depth);
    path.encoded = holds_secrets(text);
    let mut flow = Flow::new(page, &mut path, Dialect::Json, 0);
    flow.run();
    flow.error.map_or(Ok(()), |error| Err(error.describe(text)))
}
