//! A format: one of the ways in which a document is written down.

use super::document::Document;
use super::text::Layout;
use super::{csv, gitlab, html, json, jsonl, junit, markdown, sarif, text};
use jiff::Timestamp;
use std::fmt;
use std::io;
use std::str::FromStr;

/// What a view depends on besides the document.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    pub layout: Layout,
    /// When the document's making began and ended: no part of it, since the same artifacts give the
    /// same document.
    pub began: Timestamp,
    pub ended: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Text,
    /// With everything.
    Json,
    /// The same, an object a line.
    Jsonl,
    /// For code scanning.
    Sarif,
    /// As test results.
    Junit,
    /// For GitLab's security reports.
    Gitlab,
    /// For spreadsheets.
    Csv,
    /// For comments on pull requests.
    Markdown,
    /// To search and filter in a browser.
    Html,
}

/// The name of no format.
#[derive(Debug, thiserror::Error)]
#[error("no format is called so; there are {}", Format::ALL.map(Format::as_str).join(", "))]
pub struct UnknownFormat;

impl Format {
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Junit,
        Self::Gitlab,
        Self::Csv,
        Self::Markdown,
        Self::Html,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Gitlab => "gitlab",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// Only its owner may read the file: a page that is opened with a click travels far.
    pub fn is_private(self) -> bool {
        self == Self::Html
    }

    pub fn write(self, document: &Document, occasion: Occasion, out: &mut dyn io::Write) -> io::Result<()> {
        match self {
            Self::Text => text::write(document, occasion.layout, out),
            Self::Json => json::write(document, out),
            Self::Jsonl => jsonl::write(document, out),
            Self::Sarif => sarif::write(document, out),
            Self::Junit => junit::write(document, out),
            Self::Gitlab => gitlab::write(document, occasion, out),
            Self::Csv => csv::write(document, out),
            Self::Markdown => markdown::write(document, occasion.layout, out),
            Self::Html => html::write(document, out),
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == name).ok_or(UnknownFormat)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
