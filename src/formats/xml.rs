//! The xml format.

use super::page::{Page, ScopeId};

pub(super) fn read(_page: &mut Page<'_>, _scope: ScopeId) -> Result<(), String> {
    Ok(())
}
