//! An enclosed text: a file or document inside a value, with the way back to where its parts stand.

use super::assignments::{self, Style};
use super::page::{Page, ScopeId};
use super::recognition::{TextFormat, recognise};
use super::scalar::{Scalar, unescape};
use super::{ini, json, properties, table, xml, yaml};
use std::borrow::Cow;

/// Texts inside texts inside texts are read this deep.
pub(super) const DEEPEST: u8 = 3;

/// What an enclosed text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Properties,
    Ini,
    Yaml,
    Json,
    Xml,
    /// SQL, Python or a script: the text itself tells which.
    Program,
    /// Rows, or prose with tables in it.
    Table,
}

impl Kind {
    /// What the file of this name is, if it is read in place.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        // What the entry point of the Flink image appends to its configuration.
        if name == "FLINK_PROPERTIES" {
            return Some(Self::Yaml);
        }
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "properties" => Some(Self::Properties),
            "conf" | "cfg" | "cnf" | "ini" | "env" | "toml" | "hocon" => Some(Self::Ini),
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            "tf" | "tfvars" | "hcl" => Some(Self::Program),
            "csv" | "tsv" | "md" | "txt" => Some(Self::Table),
            _ => None,
        }
    }

    /// Whether a value is a file by its key, or a document by its looks.
    pub(super) fn of(name: &str, value: &str) -> Option<Self> {
        if value.contains('\n')
            && let Some(kind) = Self::of_name(name)
        {
            return Some(kind);
        }
        if value.contains('\n') && holds_program(name) {
            return Some(Self::Program);
        }
        if value.contains('\n') {
            match recognise("-", value) {
                TextFormat::Yaml => return Some(Self::Yaml),
                TextFormat::Properties => return Some(Self::Properties),
                TextFormat::Ini => return Some(Self::Ini),
                TextFormat::Xml => return Some(Self::Xml),
                _ => {}
            }
        }
        let trimmed = value.trim();
        let brackets = (trimmed.as_bytes().first(), trimmed.as_bytes().last());
        let document = matches!(brackets, (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')))
            && trimmed.contains('"')
            && trimmed.contains(':');
        document.then_some(Self::Json)
    }
}

#[derive(Debug)]
pub(super) struct Enclosed<'t> {
    pub(super) text: Cow<'t, str>,
    /// Offsets in `text` and in the page around it that belong together, ascending.
    anchors: Vec<(usize, usize)>,
}

impl<'t> Enclosed<'t> {
    /// The text that a scalar holds; `None` if the way back from it is not known.
    pub(super) fn in_scalar(page: &str, scalar: &Scalar<'t>) -> Option<Self> {
        let start = scalar.span.start;
        let mut anchors = vec![(0, start)];
        if let Cow::Borrowed(text) = scalar.value {
            return Some(Self { text: Cow::Borrowed(text), anchors });
        }
        if !scalar.escapes {
            return None;
        }
        let raw = page.get(scalar.span.clone())?;
        let text = unescape(raw, &mut |at, outside| anchors.push((at, start + outside))).into_owned();
        Some(Self { text: Cow::Owned(text), anchors })
    }

    /// The lines at the given places of the page, as one text.
    pub(super) fn of_lines(page: &str, lines: impl Iterator<Item = std::ops::Range<usize>>) -> Self {
        let mut text = String::new();
        let mut anchors = Vec::new();
        for line in lines {
            anchors.push((text.len(), line.start));
            text.push_str(page.get(line).unwrap_or_default());
            text.push('\n');
        }
        Self { text: Cow::Owned(text), anchors }
    }

    fn place(&self, at: usize) -> usize {
        match self.anchors.partition_point(|(inside, _)| *inside <= at).checked_sub(1) {
            Some(index) => self.anchors[index].1 + (at - self.anchors[index].0),
            None => self.anchors.first().map_or(0, |anchor| anchor.1),
        }
    }

    /// Reads it for the page around it; `false` if there was nothing to bind. `depth` is how many
    /// texts it lies in.
    pub(super) fn read(&self, kind: Kind, depth: u8, page: &mut Page<'_>, scope: ScopeId) -> bool {
        self.read_with(page, scope, |inner| {
            // Whatever could not be read is still in the text of the page.
            let _ = match kind {
                Kind::Properties => {
                    properties::read(inner, ScopeId::ROOT);
                    Ok(())
                }
                Kind::Ini => {
                    ini::read(inner, ScopeId::ROOT);
                    Ok(())
                }
                Kind::Yaml => yaml::read_enclosed(inner, ScopeId::ROOT, depth),
                Kind::Json => json::read_enclosed(inner, ScopeId::ROOT, depth),
                Kind::Xml => xml::read(inner, ScopeId::ROOT),
                Kind::Program => {
                    assignments::read(inner, ScopeId::ROOT);
                    Ok(())
                }
                Kind::Table => {
                    table::read(inner, ScopeId::ROOT);
                    assignments::read_as(inner, ScopeId::ROOT, Style::Text);
                    Ok(())
                }
            };
        })
    }

    /// The same with any reader.
    pub(super) fn read_with(&self, page: &mut Page<'_>, scope: ScopeId, read: impl FnOnce(&mut Page<'_>)) -> bool {
        let mut inner = Page::new(&self.text, page.vocabulary);
        read(&mut inner);
        let found = inner.has_bindings();
        if found {
            page.adopt(inner, scope, |at| self.place(at));
        }
        found
    }
}

/// Members that hold code: of a Managed Service for Apache Flink application, of a Lambda function,
/// of a step or a machine that runs it.
fn holds_program(name: &str) -> bool {
    matches!(
        name,
        "TextContent" | "textContent" | "text_content" | "ZipFile" | "UserData" | "user_data" | "script" | "run"
    )
}
