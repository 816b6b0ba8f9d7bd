//! A searcher: finds what a token's pattern matches in a long text, in time that does not depend on how often the
//! pattern begins there.
//!
//! A counted gap, `login[^\n]{0,200}?-p`, is what makes an automaton slow: for each `login` behind it, it has to know
//! how long ago that was. So texts are searched for the *open* pattern first, whose gaps may have any length. It
//! matches wherever the pattern itself does, and hardly anywhere else. Where it does, the pattern is tried, at that
//! place alone.

use crate::meter::Meter;
use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};
use std::ops::Range;
use std::sync::OnceLock;

use super::lazy_regex::LARGEST;

/// Counts up to this are left as they are.
const MOST_COUNTED: u32 = 32;
/// So many of what has to come more often are looked for.
const FEW: u32 = 8;
/// Places in a row at which the pattern is tried for one end of the open one.
const MOST_TRIED: usize = 64;

#[derive(Debug)]
pub struct Searcher {
    source: String,
    exact: OnceLock<Option<Regex>>,
    /// `None` if nothing in it is counted.
    open: Option<Regex>,
}

impl Searcher {
    /// `None` only for a pattern that `RuleSet::check` rejects.
    pub(super) fn new(source: &str) -> Option<Self> {
        let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(source).ok()?;
        let open = opened(&hir).map(|hir| compiled(&hir)).transpose().ok()?;
        Some(Self { source: source.to_owned(), exact: OnceLock::new(), open })
    }

    fn exact(&self) -> Option<&Regex> {
        let parse = || ParserBuilder::new().unicode(false).utf8(false).build().parse(&self.source).ok();
        self.exact.get_or_init(|| compiled(&parse()?).ok()).as_ref()
    }

    /// The next match that begins in a range of the text and ends in it. It ends no further than `reach` behind its
    /// beginning, but for what may go on and on at its end. `None` if there is none, or the meter says so.
    pub fn find(&self, text: &[u8], range: Range<usize>, reach: usize, meter: &Meter) -> Option<Captures> {
        let Range { start: mut at, end: to } = range;
        let Some(open) = &self.open else {
            let exact = self.exact()?;
            let mut captures = exact.create_captures();
            exact.search_captures(&Input::new(text).range(at..to), &mut captures);
            meter.charge_bytes(captures.get_match().map_or(to, |whole| whole.end()) - at);
            return captures.is_match().then_some(captures);
        };
        let (mut tried, mut last_end) = (0, 0);
        while at <= to {
            let end = open.search_half(&Input::new(text).range(at..to).earliest(true)).map(|half| half.offset());
            if !meter.charge_bytes(end.unwrap_or(to) - at) {
                return None;
            }
            // No match ends before this one, so none begins further in front of it.
            let from = at.max(end?.saturating_sub(reach));
            let begun = open.search(&Input::new(text).range(from..to))?;
            meter.charge_bytes(begun.end() - from);
            let exact = self.exact()?;
            let mut captures = exact.create_captures();
            exact.search_captures(&Input::new(text).range(begun.start()..to).anchored(Anchored::Yes), &mut captures);
            let looked = captures.get_match().map_or(begun.start().saturating_add(reach).min(to), |whole| whole.end());
            meter.charge_bytes(looked - begun.start());
            if captures.is_match() {
                return Some(captures);
            }
            at = begun.start() + 1;
            (tried, last_end) = if last_end == begun.end() { (tried + 1, last_end) } else { (1, begun.end()) };
            if tried > MOST_TRIED {
                meter.give_up();
                return None;
            }
        }
        None
    }
}

fn compiled(hir: &Hir) -> Result<Regex, Box<BuildError>> {
    // As the regex crate has it for bytes.
    let config = Config::new().utf8_empty(false).nfa_size_limit(Some(LARGEST));
    Regex::builder().configure(config).build_from_hir(hir).map_err(Box::new)
}

/// The pattern without counts and groups; `None` if it has no large counts.
fn opened(hir: &Hir) -> Option<Hir> {
    let mut is_counted = false;
    let open = open(hir, &mut is_counted);
    is_counted.then_some(open)
}

/// The parser bounds how deep a pattern is nested.
fn open(hir: &Hir, is_counted: &mut bool) -> Hir {
    match hir.kind() {
        HirKind::Capture(Capture { sub, .. }) => open(sub, is_counted),
        HirKind::Repetition(repeated) => {
            let sub = Box::new(open(&repeated.sub, is_counted));
            let is_large = repeated.max.is_some_and(|max| max > MOST_COUNTED) || repeated.min > MOST_COUNTED;
            *is_counted |= is_large;
            let (min, max) = if is_large { (repeated.min.min(FEW), None) } else { (repeated.min, repeated.max) };
            Hir::repetition(Repetition { min, max, greedy: repeated.greedy, sub })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|part| open(part, is_counted)).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(|part| open(part, is_counted)).collect()),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Meter, Searcher};
    use crate::rules::lazy_regex::LazyRegex;

    /// All matches, one behind the other, as the regex crate finds them and as this does.
    fn both(pattern: &str, text: &[u8]) -> [Vec<(usize, usize)>; 2] {
        let regex = LazyRegex::new(pattern.to_owned());
        let plain = regex.get().unwrap().find_iter(text).map(|found| (found.start(), found.end())).collect();
        let searcher = Searcher::new(pattern).unwrap();
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some(captures) = searcher.find(text, at..text.len(), 4096, &Meter::of(text.len() + 1_000_000)) {
            let whole = captures.get_match().unwrap();
            found.push((whole.start(), whole.end()));
            at = whole.end();
        }
        [plain, found]
    }

    #[test]
    fn it_finds_what_the_pattern_matches() {
        let mut seed = 7u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        let patterns = [
            r"\blogin\b[^\n;]{0,40}?\s-p\s*(\w{4,})",
            r"a{1,3}[^;]{0,50}?b(c{2,80})",
            r"(?:login[^\n]{0,33}?-p|passwd[^\n]{0,60}-w) ?([a-z]{2,40})",
            r"(?:^|[^a-z])([a-z]{40})(?:[^a-z]|$)",
            r"login(?s-u:.){0,35}?(-p|-w)",
        ];
        let parts: [&[u8]; 12] =
            [b"login", b" -p ", b"abcd", b"a", b"b", b"cc", b";", b"\n", b"passwd", b" -w ", b"xxxxxxxxxx", b"\xFF"];
        let mut matches = 0;
        for round in 0..600 {
            let text = (0..random(120)).map(|_| parts[random(parts.len())]).collect::<Vec<_>>().concat();
            for pattern in patterns {
                let [plain, found] = both(pattern, &text);
                assert_eq!(plain, found, "round {round}: {pattern} in {:?}", String::from_utf8_lossy(&text));
                matches += found.len();
            }
        }
        assert!(matches > 2_000, "{matches}");
    }

    #[test]
    fn a_pattern_that_begins_again_and_again_is_searched_in_steps_of_its_size() {
        let steps = |text: &str| {
            let meter = Meter::of(1 << 30);
            let searcher = Searcher::new(r"login[^;]{0,400}?-p (\w{4,})").unwrap();
            let found = searcher.find(text.as_bytes(), 0..text.len(), 1000, &meter).is_some();
            assert!(!found && !meter.is_exceeded());
            meter.steps()
        };
        for text in ["login ", "login -", "login x-y ", "login; "] {
            let [once, twice] = [1_000, 2_000].map(|times| steps(&text.repeat(times)));
            assert!(twice <= once * 2 + 2 && once <= text.len() as u64 * 1_000 / 16 + 2, "{text}: {once} {twice}");
        }
        // What ends it comes, too far away from where it begins.
        let far = format!("{}{}-p abcd", "login ".repeat(1_000), "x".repeat(800));
        let [once, twice] = [&far, &far.repeat(2)].map(|text| steps(text));
        assert!(twice <= once * 2 + once / 8, "{once} {twice}");
    }
}
