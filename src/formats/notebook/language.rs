//! The language of a cell: what its first line, or the notebook, says that it is written in.

use crate::formats::assignments::{self, Style};
use crate::formats::enclosed::Enclosed;
use crate::formats::page::{Page, ScopeId};
use crate::formats::recognition::{TextFormat, recognise};

/// By the magic on the first line (`%%bash`, `%flink.ssql`), else by Jupyter's type of the cell.
pub(super) fn of_source(text: &str, cell_type: Option<&str>) -> TextFormat {
    let first = text.trim_start().lines().next().unwrap_or_default();
    if let Some(magic) = first.strip_prefix('%') {
        let mut words = magic.trim_start_matches('%').split(|c: char| c.is_whitespace() || c == '(');
        let name = words.next().unwrap_or_default();
        // Zeppelin: group and interpreter, `%flink.conf`.
        return match name.rsplit('.').next().unwrap_or(name) {
            // Zeppelin's ConfInterpreter loads it as java.util.Properties.
            "conf" => TextFormat::Properties,
            "configure" => TextFormat::Json,
            "writefile" | "file" => words
                .find(|word| !word.is_empty() && !word.starts_with('-'))
                .map_or(TextFormat::Unknown, |path| recognise(path.rsplit('/').next().unwrap_or(path), text)),
            "sh" | "bash" | "script" | "cmd" | "md" | "markdown" | "html" | "text" | "angular" => TextFormat::Plain,
            _ => TextFormat::Code,
        };
    }
    match cell_type {
        Some("markdown" | "raw" | "heading") => TextFormat::Plain,
        _ => TextFormat::Code,
    }
}

/// Lines of code that are commands: `%env NAME=value`, `!export NAME=value`. They quote nothing.
pub(super) fn read_magics(page: &mut Page<'_>) {
    let mut commands = Vec::new();
    let mut at = 0;
    for line in page.text.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start().len();
        let command = line.trim();
        let skipped =
            ["%env ", "%set_env ", "!"].iter().find(|magic| command.starts_with(**magic)).map(|magic| magic.len());
        if let Some(skipped) = skipped {
            let start = at + blanks + skipped;
            commands.push(start..(at + blanks + command.len()).max(start));
        }
        at += line.len();
    }
    if commands.is_empty() {
        return;
    }
    let text = Enclosed::of_lines(page.text, commands.into_iter());
    text.read_with(page, ScopeId::ROOT, |inner| assignments::read_as(inner, ScopeId::ROOT, Style::Text));
}
