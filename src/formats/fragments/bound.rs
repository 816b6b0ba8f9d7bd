//! Bound fragments: keys and values inside a constant, bound wherever the constant is used.

use super::fragments;
use crate::formats::evidence::{Binding, Level, Use};
use crate::formats::origin::Origin;
use crate::formats::read_page;
use crate::formats::recognition::{TextFormat, recognise};
use crate::rules::vocabulary::Vocabulary;

/// Constants longer than this are read for their tokens, not for keys and values in them.
const LONGEST: usize = 1 << 20;
/// Uses of a constant at which what is bound in the file that it holds is bound.
const MOST_USES: usize = 16;

/// SQL options, login modules, URLs and other keys with values inside a constant. Ends when there are
/// `most` bindings.
pub(in crate::formats) fn bind_fragments(
    text: &str,
    uses: &[Use],
    vocabulary: &Vocabulary,
    most: usize,
    bindings: &mut Vec<Binding>,
) {
    if text.len() > LONGEST || !text.contains(['=', ':', ' ', '<']) {
        return;
    }
    if (text.contains('\n') || text.starts_with('<')) && bind_structure(text, uses, vocabulary, most, bindings) {
        return;
    }
    fragments(text, &mut |fragment| {
        if bindings.len() >= most || !vocabulary.is_key(&fragment.key) {
            return;
        }
        bindings.extend(uses.iter().map(|usage| Binding {
            position: usage.position.clone(),
            scope: usage.scope.within(Level::Map, &format!("list@{}", fragment.list)),
            peer: fragment.peer.as_deref().map(Into::into),
            ..Binding::new(&*fragment.key, &*fragment.value)
        }));
    });
}

/// A file inside a constant is read as what it is; `false` if it is none.
fn bind_structure(text: &str, uses: &[Use], vocabulary: &Vocabulary, most: usize, bindings: &mut Vec<Binding>) -> bool {
    let format = recognise("-", text);
    if !matches!(
        format,
        TextFormat::Json | TextFormat::Yaml | TextFormat::Xml | TextFormat::Properties | TextFormat::Ini
    ) {
        return false;
    }
    let (page, _) = read_page(text, format, vocabulary);
    for usage in uses.iter().take(MOST_USES) {
        let (found, _) = page.clone().finish(&Origin::Value(usage.position.clone(), usage.scope.clone()));
        bindings.extend(found.into_iter().take(most.saturating_sub(bindings.len())));
    }
    true
}
