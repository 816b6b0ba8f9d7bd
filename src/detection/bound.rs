//! Bound values: what a key or a sink says about a value.

use super::candidate::Candidate;
use super::{judge, pem, shape, token, validators};
use crate::formats::evidence::{Binding, HOLE};
use crate::meter::Meter;
use crate::place::{EntryPath, Place};
use crate::rules::key::{Word, words};
use crate::rules::qualifiers::unqualified_name;
use crate::rules::schema::Judge;
use crate::rules::set::{CompiledRule, RuleSet};
use crate::secret::Secret;

pub fn detect(binding: &Binding, path: &EntryPath, rules: &RuleSet, meter: &Meter, found: &mut Vec<Candidate>) {
    let value = binding.value.trim();
    if value.is_empty() {
        return;
    }
    for (rule, span) in token::in_value(value, path, rules, meter) {
        if let Some(text) = value.get(span) {
            found.push(token::candidate_in(rule, text, binding, path, &binding.scope));
        }
    }
    // A value with a hole is put together at run time: what is known of it is not the secret.
    if value.contains(HOLE) {
        return;
    }
    // `AWS::SecretsManager::Secret` is a type.
    if binding.key.contains("::") {
        return;
    }
    // `${s3import:region:path}` is a reference, `${PASSWORD:default}` holds a value.
    if rules.values.is_reference(value) {
        return;
    }
    let value = rules.values.default_of(value).unwrap_or(value);
    // Some syntaxes have quotes, and some take them for a part of the value.
    let bare = ['"', '\'', '`'].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
    let stands_for = |value| rules.values.is_placeholder(value) || rules.values.is_reference(value);
    if stands_for(value) || bare.is_some_and(|bare| stands_for(bare) || bare.is_empty()) {
        return;
    }
    let best = |key: &str| best_rule(binding, &words(key), value, path, rules);
    // `fields = ("password1", "password2")` has names.
    let plain = || unqualified_name(&binding.key).filter(|key| unqualified_name(value) != Some(key));
    let Some((index, specificity)) = best(&binding.key).or_else(|| best(plain()?)) else { return };
    let rule = &rules.rules[index];
    let Some(secret) = capture(rule, value) else { return };
    found.push(Candidate {
        rule: index,
        value: Secret::new(pem::normal(secret)),
        key: Some(binding.key.clone()),
        sink: binding.sink.clone(),
        place: Place { entry: path.clone(), position: binding.position.clone() },
        scope: binding.scope.clone(),
        specificity,
        peer: binding.peer.clone(),
        whole: true,
        derived: false,
        allowed: Vec::new(),
    });
}

/// The most particular rule that binds the key and accepts the value. What a sink says of its
/// argument outweighs any name.
fn best_rule(
    binding: &Binding,
    key: &[Word],
    value: &str,
    path: &EntryPath,
    rules: &RuleSet,
) -> Option<(usize, usize)> {
    const SINK: usize = 100;
    let by_sink = binding.role.iter().flat_map(|role| rules.rules_for_sink(role)).map(|&index| (index, SINK));
    let by_key = key
        .last()
        .into_iter()
        .flat_map(|last| rules.rules_for_key(&last.text))
        .filter_map(|index| rules.rules[index].key_match(key).map(|specificity| (index, specificity)));
    let accepts = |index: usize| {
        let rule = &rules.rules[index];
        // Beside the URL or host that it opens, a password is one, however plain it is.
        let opens = binding.peer.is_some() && key.last().is_some_and(|last| is_password(&last.text));
        let judge = match rule.judge() {
            _ if binding.is_guess => Judge::Strict,
            _ if opens => Judge::Lenient,
            own => own,
        };
        accepts(rule, judge, key, value, path, rules)
    };
    by_sink.chain(by_key).filter(|&(index, _)| accepts(index)).max_by_key(|&(index, specificity)| {
        let rule = &rules.rules[index].rule;
        (specificity, rule.confidence, rule.severity, std::cmp::Reverse(index))
    })
}

fn is_password(word: &str) -> bool {
    matches!(word, "password" | "passwd" | "pwd")
}

fn accepts(rule: &CompiledRule, judge: Judge, key: &[Word], value: &str, path: &EntryPath, rules: &RuleSet) -> bool {
    let Some(secret) = capture(rule, value) else { return false };
    rule.path_fits(path.innermost())
        && !judge::is_allowed(rule, secret)
        && (secret.len() == value.len() || !rules.values.is_placeholder(secret))
        && rule.rule.min_entropy.is_none_or(|floor| shape::entropy(secret) >= floor)
        && rule.rule.validator.as_deref().is_none_or(|name| validators::holds(name, secret))
        && judge::accepts(judge, key, secret, rules)
}

fn capture<'a>(rule: &CompiledRule, value: &'a str) -> Option<&'a str> {
    let Some(pattern) = &rule.pattern else { return Some(value) };
    let captures = pattern.get()?.captures(value.as_bytes())?;
    std::str::from_utf8(rule.secret(&captures)?.as_bytes()).ok()
}
