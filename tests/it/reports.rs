//! Reports: the document, and every format as a view of it.

mod document;
mod hostile;
mod merging;
mod samples;
mod schemas;

use crate::support::{keysift, stdout};
use keysift::reports::document::Document;
use keysift::reports::format::{Format, Occasion};
use keysift::reports::text::Layout;

/// The document of a scan.
fn scanned(words: &[&str]) -> Document {
    Document::parse(stdout(&keysift(&[&["scan", "--format", "json"], words].concat())).as_bytes()).unwrap()
}

fn written(document: &Document, format: Format) -> String {
    let time = jiff::Timestamp::UNIX_EPOCH;
    let layout = Layout { summary: true, suppressed: true, ..Layout::default() };
    let mut out = Vec::new();
    format.write(document, Occasion { layout, began: time, ended: time }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
