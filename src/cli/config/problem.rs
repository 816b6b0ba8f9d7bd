//! A problem of a configuration file, told with line and column and, for a word that is not known, with
//! the one that was probably meant. The file's own text is not repeated, but for words that can be no secret.

use crate::auxiliary::{is_harmless, without_quotes};
use crate::sources::near::nearest;

/// What is wrong with a text that does not parse.
pub(super) fn describe(name: &str, text: &str, error: &toml::de::Error) -> String {
    let place = error.span().map(|span| position(text, span.start));
    let at = place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
    format!("{name}{at}: {}", message(error.message()))
}

/// Line and column of an offset, from 1.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

/// serde's words for what is not known, in ours.
fn message(message: &str) -> String {
    for (theirs, ours) in [("unknown field `", "unknown key"), ("unknown variant `", "unknown value")] {
        let Some((word, rest)) = message.strip_prefix(theirs).and_then(|rest| rest.split_once('`')) else { continue };
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let shown = if is_harmless(word) { format!("{ours} `{word}`") } else { ours.to_owned() };
        return match nearest(word, known.iter().map(|known| (*known).to_owned())) {
            Some(near) => format!("{shown}; did you mean `{near}`?"),
            None => format!("{shown}; known are {}", known.join(", ")),
        };
    }
    without_quotes(message)
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn a_near_word_is_suggested() {
        let wrong = "unknown field `fial-on`, expected one of `include`, `fail-on`";
        assert_eq!(message(wrong), "unknown key `fial-on`; did you mean `fail-on`?");
        let far = "unknown variant `x`, expected `low` or `high`";
        assert_eq!(message(far), "unknown value `x`; known are low, high");
        assert_eq!(message("expected a value"), "expected a value");
        assert_eq!(message("unknown field `Reh11x`, expected `path`"), "unknown key; known are path");
    }
}
