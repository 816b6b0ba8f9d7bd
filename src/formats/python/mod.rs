//! Python bytecode: compiled modules of CPython, read as programs. Constants with the lines that load
//! them, and values bound to what the code does with them.

mod body;
mod calls;
mod code;
mod collections;
mod effects;
mod frame;
mod lines;
mod machine;
mod marshal;
mod opcode;
mod reading;
mod recorder;
mod templates;
mod value;
mod version;

use super::Context;
use super::evidence::Evidence;
use crate::meter::Meter;
use version::Version;

/// Whether bytes begin as a compiled module does: a known magic number and, behind the header, a code
/// object.
pub(super) fn is_bytecode(bytes: &[u8]) -> bool {
    let version = Version::of(bytes);
    version.is_some_and(|version| bytes.get(version.header_length()).is_some_and(|kind| kind & 0x7F == b'c'))
}

/// Reads a compiled module. What is broken in it is in `unparsed`; what comes before was read.
pub(super) fn read<'a>(bytes: &'a [u8], context: &Context<'_>) -> Evidence<'a> {
    let mut evidence = Evidence::default();
    let Some(version) = Version::of(bytes) else { return evidence };
    let (objects, broken) = marshal::read(bytes, version);
    let meter = Meter::of(bytes.len());
    let cause = match broken {
        None if reading::is_interesting(bytes, &objects, context.vocabulary) => {
            reading::read(&objects, version, context.vocabulary, &meter, &mut evidence)
        }
        None => None,
        Some(cause) => {
            reading::read_texts(&objects, context.vocabulary, &mut evidence);
            Some(cause)
        }
    };
    evidence.steps = meter.steps();
    evidence.unparsed = cause.map(|cause| format!("Python bytecode: {cause}"));
    evidence
}
