//! Bound fragments: keys and values inside a constant, bound wherever the constant is used.

use super::fragments;
use crate::formats::evidence::{Binding, Level, Use};
use crate::rules::vocabulary::Vocabulary;

/// Constants longer than this are read for their tokens, not for keys and values in them.
const LONGEST: usize = 1 << 20;

/// SQL options, login modules, URLs and other keys with values inside a constant. Ends when there are
/// `most` bindings.
pub(in crate::formats) fn bind_fragments(
    text: &str,
    uses: &[Use],
    vocabulary: &Vocabulary,
    most: usize,
    bindings: &mut Vec<Binding>,
) {
    if text.len() > LONGEST || !text.contains(['=', ':', ' ']) {
        return;
    }
    fragments(text, &mut |fragment| {
        if bindings.len() >= most || !vocabulary.is_key(&fragment.key) {
            return;
        }
        bindings.extend(uses.iter().map(|usage| Binding {
            key: fragment.key.to_string(),
            role: None,
            value: fragment.value.to_string(),
            sink: None,
            position: usage.position.clone(),
            scope: usage.scope.within(Level::Map, &format!("list@{}", fragment.list)),
            peer: fragment.peer.as_deref().map(Into::into),
        }));
    });
}
