//! Class files, read as programs.

use super::Context;
use super::evidence::Evidence;

pub(super) fn read<'a>(_bytes: &'a [u8], _context: &Context<'_>) -> Evidence<'a> {
    Evidence::default()
}
