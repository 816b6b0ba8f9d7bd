//! Statements: clauses of SQL that name a secret without a `=`: `CREATE USER u PASSWORD 'v'`.

use super::super::lookback::{before_space, word_before};
use super::super::quoted::{Dialect, quoted};
use super::Fragment;
use std::borrow::Cow;

/// How far back the words that make it a statement may stand.
const STATEMENT: usize = 200;

pub(super) fn read<'t>(text: &'t str, emit: &mut dyn FnMut(Fragment<'t>)) {
    let bytes = text.as_bytes();
    for opening in memchr::memchr2_iter(b'\'', b'"', bytes) {
        // `… PASSWORD 'v'`, and `… PASSWORD \'v\'` inside a literal.
        let start = opening - super::super::quoted::backslashes_before(text, opening);
        if start == 0 || !bytes[start - 1].is_ascii_whitespace() {
            continue;
        }
        let end = before_space(text, start);
        let Some(key) = clause(text, end) else { continue };
        let Some(literal) = quoted(text, opening, Dialect::Sql) else { continue };
        let list = statement_start(text, end);
        emit(Fragment { key: Cow::Borrowed(key), value: literal.value, at: literal.inner.start, list, peer: None });
    }
}

/// The key that the clause before a literal stands for.
fn clause(text: &str, end: usize) -> Option<&'static str> {
    // The last letter decides most cases: D, Y and N.
    if !matches!(text.as_bytes().get(end.checked_sub(1)?)?.to_ascii_uppercase(), b'D' | b'Y' | b'N') {
        return None;
    }
    let (word, start) = word_before(text, end)?;
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    let before = || text.as_bytes()[statement_start(text, start)..start].to_ascii_uppercase();
    let follows = |word: &str| memchr::memmem::find(&before(), word.as_bytes()).is_some();
    if is("PASSWORD") {
        // `IDENTIFIED BY PASSWORD` is followed by a hash.
        let of_someone = ["USER", "ROLE", "LOGIN"].iter().any(|noun| follows(noun));
        return (of_someone && !before().trim_ascii_end().ends_with(b" BY")).then_some("password");
    }
    if is("BY") {
        return follows("IDENTIFIED").then_some("password");
    }
    // COPY of Redshift before `IAM_ROLE`.
    let keys = [
        ("ACCESS_KEY_ID", "aws_access_key_id"),
        ("SECRET_ACCESS_KEY", "aws_secret_access_key"),
        ("SESSION_TOKEN", "aws_session_token"),
    ];
    keys.iter().find(|(name, _)| is(name)).map(|(_, key)| *key)
}

/// The end of the statement before, as far as it is near.
fn statement_start(text: &str, at: usize) -> usize {
    let floor = at.saturating_sub(STATEMENT);
    memchr::memrchr(b';', &text.as_bytes()[floor..at]).map_or(floor, |semicolon| floor + semicolon + 1)
}
