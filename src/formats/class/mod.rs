//! Class files, read as programs: constants with the lines that use them, and values bound to what
//! the code does with them (JVMS 4 and 6).

mod annotations;
mod bonds;
mod call_site;
mod class_file;
mod code;
mod collections;
mod comparisons;
mod constants;
mod cursor;
mod descriptor;
mod environment;
mod flow;
mod forwards;
mod frame;
mod guesses;
mod instruction;
mod interest;
mod interpretation;
mod machine;
mod mentions;
pub(super) mod modified_utf8;
mod moves;
mod naming;
mod observer;
mod operations;
mod pool;
mod reading;
mod recorder;
mod recording;
mod relevance;
mod sites;
mod strings;
mod value;

use super::Context;
use super::binary;
use super::evidence::Evidence;
use super::links::{Constant, Links};
use crate::meter::Meter;
use crate::rules::vocabulary::Vocabulary;
use class_file::ClassFile;
use cursor::Cursor;
use interest::Interest;
use pool::Pool;

/// Whether bytes begin as a class file does; a fat Mach-O binary begins so too, but its next number
/// counts architectures and is small, while no class is older than version 45.
pub(super) fn is_class(bytes: &[u8]) -> bool {
    bytes.len() >= 10 && bytes.starts_with(&[0xCA, 0xFE, 0xBA, 0xBE]) && u16::from_be_bytes([bytes[6], bytes[7]]) >= 45
}

/// Reads a class file. What is broken in it is in `unparsed`; what comes before was read.
pub(super) fn read<'a>(bytes: &'a [u8], context: &Context<'_>) -> Evidence<'a> {
    let mut evidence = Evidence::default();
    let mut cursor = Cursor { bytes, at: 8 };
    let pool = match Pool::read(&mut cursor) {
        Ok(pool) => pool,
        Err(cause) => return Evidence { unparsed: Some(format!("class file: {cause}")), ..evidence },
    };
    let interest = interest_in(&pool, cursor, context.vocabulary);
    let meter = Meter::of(bytes.len());
    if interest.is_empty() {
        if class_file::skim(&mut cursor).is_none() {
            evidence.unparsed = Some("class file: ends too early".to_owned());
        }
    } else {
        match ClassFile::read(pool, &mut cursor) {
            Ok(class) => reading::read(&class, &interest, context.vocabulary, &meter, &mut evidence),
            Err(cause) => evidence.unparsed = Some(format!("class file: {cause}")),
        }
    }
    if evidence.unparsed.is_none() && cursor.at < bytes.len() {
        // No JVM takes such a class (JVMS 4.8).
        binary::supplement(bytes, context.vocabulary, &mut evidence);
        evidence.unparsed = Some("class file: more bytes follow its end".to_owned());
    }
    evidence.steps = meter.steps();
    evidence
}

/// Reads a class once more, for what it binds through methods of other classes.
pub(super) fn read_linked<'a>(bytes: &'a [u8], vocabulary: &Vocabulary, links: &Links) -> Evidence<'a> {
    let mut evidence = Evidence::default();
    if let Some((class, interest)) = parse(bytes, vocabulary) {
        reading::read_linked(&class, &interest, vocabulary, links, &Meter::of(bytes.len()), &mut evidence);
    }
    evidence
}

/// What the fields and getters of a class hold.
pub(super) fn constants(bytes: &[u8], vocabulary: &Vocabulary) -> Vec<Constant> {
    let meter = Meter::of(bytes.len());
    parse(bytes, vocabulary).map(|(class, _)| reading::constants(&class, vocabulary, &meter)).unwrap_or_default()
}

/// A class that was read before: what is broken in it has been told.
fn parse<'a>(bytes: &'a [u8], vocabulary: &Vocabulary) -> Option<(ClassFile<'a>, Interest)> {
    let mut cursor = Cursor { bytes, at: 8 };
    let pool = is_class(bytes).then(|| Pool::read(&mut cursor))?.ok()?;
    let interest = interest_in(&pool, cursor, vocabulary);
    Some((ClassFile::read(pool, &mut cursor).ok()?, interest))
}

/// What a class whose pool ends at the cursor says of itself.
fn interest_in(pool: &Pool<'_>, mut cursor: Cursor<'_>, vocabulary: &Vocabulary) -> Interest {
    let mut interest = Interest::read(pool, cursor.bytes.get(cursor.at..).unwrap_or_default(), vocabulary);
    // The name of the class comes second after the pool (JVMS 4.1).
    let this = cursor.u16().and_then(|_| pool.class(cursor.u16()?)).unwrap_or_default();
    interest.names |= this.contains('$') && vocabulary.is_key(naming::declared_name("invoke", &this));
    interest
}
