//! Class files, read as programs: constants with the lines that use them, and values bound to what
//! the code does with them (JVMS 4 and 6).

mod annotations;
mod call_site;
mod class_file;
mod code;
mod constants;
mod cursor;
mod descriptor;
mod flow;
mod frame;
mod instruction;
mod interest;
mod machine;
pub(super) mod modified_utf8;
mod pool;
mod reading;
mod recorder;
mod sites;
mod strings;
mod value;

use super::Context;
use super::evidence::{Evidence, Fact};
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
    evidence.facts.extend(package(&pool, cursor).map(Fact::Package));
    let interest = Interest::read(&pool, bytes, context.vocabulary);
    if interest.is_empty() {
        return evidence;
    }
    match ClassFile::read(pool, &mut cursor) {
        Ok(class) => reading::read(&class, &interest, context.vocabulary, &mut evidence),
        Err(cause) => evidence.unparsed = Some(format!("class file: {cause}")),
    }
    evidence
}

/// The package of the class, from the `this_class` item after the pool (JVMS 4.1).
fn package(pool: &Pool<'_>, mut cursor: Cursor<'_>) -> Option<String> {
    cursor.u16()?;
    let name = pool.class(cursor.u16()?)?;
    name.rsplit_once('.').map(|(package, _)| package.to_owned())
}
