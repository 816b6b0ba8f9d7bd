//! Wording: how findings and places are named in a line, the same in every format. The words hold
//! names from hostile input as they are; each format makes them harmless in its own way.

use super::document::{Cell, Document, Finding, Location, Part, Summary};
use super::prose::{counted, grouped, size};
use crate::findings::assemble::MAY_BELONG_TO;
use crate::findings::finding::Owner;
use crate::findings::owner::UNNAMED;
use crate::sources::artifact::Inventory;
use crate::trouble::Trouble;

/// `in library org.apache.kafka:kafka-clients`, where it is one's. `shown` makes its name harmless.
pub(super) fn in_library(owner: &Owner, shown: impl Fn(&str) -> String) -> Option<String> {
    match owner {
        Owner::Library { name } if name == UNNAMED => Some("in a library".to_owned()),
        Owner::Library { name } => Some(format!("in library {}", shown(name))),
        _ => None,
    }
}

impl Document {
    /// `4 findings (1 critical, 3 high)`, of those that count.
    pub fn tally(&self) -> String {
        let noun = if self.is_compared() { "new finding" } else { "finding" };
        let tally = counted(self.counted() as u64, noun);
        let counts = self.summary.by_severity.iter().rev().filter(|(_, count)| **count > 0);
        let severities: Vec<String> =
            counts.map(|(severity, count)| format!("{} {}", grouped(*count as u64), severity.as_str())).collect();
        if severities.is_empty() { tally } else { format!("{tally} ({})", severities.join(", ")) }
    }

    /// `3 known`, `1 suppressed`: what does not count.
    pub fn aside(&self) -> Vec<String> {
        let Summary { baselined, suppressed, .. } = self.summary;
        let counts = [(baselined, "known"), (self.gone.len(), "gone"), (suppressed, "suppressed")];
        counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{} {what}", grouped(count as u64)))
            .collect()
    }

    /// `45 entries, 129 kB; everything was scanned`: what was read, what was not, and why not.
    pub fn account(&self) -> String {
        let Summary { entries, bytes, cached, entries_trusted, left_out, .. } = self.summary;
        let noun = if entries == 1 { "entry" } else { "entries" };
        let mut words = vec![format!("{} {noun}, {}", grouped(entries), size(bytes))];
        if cached > 0 {
            words.push(format!("{} unchanged since an earlier scan", counted(cached, "artifact")));
        }
        for (count, what) in [(entries_trusted, "trusted by their CRC-32"), (left_out, "left out")] {
            if count > 0 {
                words.push(format!("{} {what}", grouped(count)));
            }
        }
        words.extend(self.examined());
        words.push(self.coverage());
        words.join("; ")
    }

    /// No findings is news to be trusted: what was looked at, and for how many rules.
    fn examined(&self) -> Option<String> {
        let Summary { classes, texts, entries, entries_trusted, rules, .. } = self.summary;
        if self.counted() > 0 || entries == 0 || rules == 0 {
            return None;
        }
        let kinds = [
            (classes, "class", "classes"),
            (texts, "text", "texts"),
            (entries.saturating_sub(classes + texts + entries_trusted), "other", "others"),
        ];
        let kinds: Vec<String> = kinds
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{} {}", grouped(count), if count == 1 { one } else { many }))
            .collect();
        Some(format!("{} by {} rules", kinds.join(", "), grouped(rules as u64)))
    }

    /// Whether the scan came to its end, and read everything.
    pub fn coverage(&self) -> String {
        std::iter::once(self.completeness()).chain(self.dates()).collect::<Vec<_>>().join("; ")
    }

    fn completeness(&self) -> String {
        if self.summary.interrupted {
            "interrupted: the report is incomplete".to_owned()
        } else if !self.trouble.is_empty() {
            let accepted = self.trouble.iter().filter(|trouble| trouble.accepted.is_some()).count();
            let told = format!("{} not scanned in full", grouped(self.trouble.len() as u64));
            if accepted > 0 { format!("{told}, {} of them accepted", grouped(accepted as u64)) } else { told }
        } else if self.targets.is_empty() {
            "no paths were listed, so that nothing was to be scanned".to_owned()
        } else if self.summary.artifacts == 0 {
            "nothing was scanned".to_owned()
        } else if self.summary.inventories.is_empty() {
            "everything was scanned".to_owned()
        } else {
            "everything that is listed was scanned".to_owned()
        }
    }

    /// `inventory of 2026-11-01 03:00 UTC, 29 days old: what came later was not scanned`.
    fn dates(&self) -> impl Iterator<Item = String> {
        self.summary.inventories.iter().map(|Inventory { created, age_hours, .. }| {
            let Some((created, hours)) = created.zip(*age_hours) else {
                return "inventory of unknown age: what came since was not scanned".to_owned();
            };
            let age = match hours {
                0 => "less than an hour".to_owned(),
                1..24 => counted(hours, "hour"),
                _ => counted(hours / 24, "day"),
            };
            let created = created.strftime("%Y-%m-%d %H:%M UTC");
            format!("inventory of {created}, {age} old: what came later was not scanned")
        })
    }
}

impl Trouble {
    /// What was not scanned, without where.
    pub fn told(&self) -> String {
        let limit = self.limit.as_ref().map(|limit| format!(" (--{limit})")).unwrap_or_default();
        let accepted = self.accepted.as_ref().map(|reason| format!("; accepted: {reason}")).unwrap_or_default();
        format!("not scanned in full, {}: {}{limit}{accepted}", self.kind.as_str(), self.detail)
    }
}

impl Part {
    /// The value under `--show-secrets`.
    pub fn shown(&self) -> &str {
        self.value.as_deref().unwrap_or(&self.redacted)
    }
}

impl Finding {
    /// `AKIA3C5CPZFD76MGANID + secret`; a secret that stands alone, as far as it is shown.
    pub fn secret(&self) -> String {
        let word = |part: &Part| match part.role.split('_').next() {
            Some(role) if part.value.is_none() && !part.identifier && self.parts.len() > 1 => role.to_owned(),
            _ => part.shown().to_owned(),
        };
        self.parts.iter().map(word).collect::<Vec<_>>().join(" + ")
    }

    /// The ids that a secret may belong to, where nothing says to which.
    pub fn doubt(&self) -> Option<String> {
        let ids = self.attributes.get(MAY_BELONG_TO)?;
        Some(format!("may belong to {}; nothing beside it says to which", ids.replace(", ", " or ")))
    }

    pub fn account(&self) -> Option<&str> {
        self.attributes.get("aws_account_id").map(String::as_str)
    }
}

impl Location {
    /// `OrdersJob.main (OrdersJob.java:41)`, in a class.
    pub fn member(&self) -> Option<String> {
        let class = self.class.as_deref()?;
        let mut line = class.rsplit('.').next().unwrap_or(class).to_owned();
        let method = self.method.as_deref().map(|method| method.split('(').next().unwrap_or(method));
        if let Some(member) = method.or(self.field.as_deref()) {
            line.push('.');
            line.push_str(member);
        }
        if let (Some(file), Some(number)) = (self.source_file.as_deref(), self.line) {
            line.push_str(&format!(" ({file}:{number})"));
        }
        Some(line)
    }

    /// The member, or else the file with the line or offset in it.
    pub fn spot(&self) -> String {
        let uri = &self.uri;
        self.member().unwrap_or_else(|| match self {
            Self { line: Some(line), cell: Some(Cell { index, line: inner, .. }), .. } => {
                format!("{uri}:{line} (cell {index}, line {inner})")
            }
            Self { line: Some(line), .. } => format!("{uri}:{line}"),
            Self { offset: Some(offset), .. } => format!("{uri}+{offset:#x}"),
            _ => uri.clone(),
        })
    }

    /// The call that takes the value, `Properties.setProperty`.
    pub fn short_sink(&self) -> Option<String> {
        let mut short: Vec<&str> = self.sink.as_deref()?.rsplit('.').take(2).collect();
        short.reverse();
        Some(short.join("."))
    }
}
