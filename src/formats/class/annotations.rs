//! Annotation values: the only constants that no String entry stands for (JVMS 4.7.16).

use super::class_file::Attribute;
use super::cursor::Cursor;
use super::pool::Pool;
use std::borrow::Cow;

/// Nested annotations deeper than this are left; compilers make two or three levels.
const MAX_DEPTH: usize = 32;

/// Calls `emit` for each string.
pub(super) fn read<'a>(attributes: &[Attribute<'a>], pool: &Pool<'a>, emit: Emit<'_, 'a>) {
    for attribute in attributes {
        let mut cursor = Cursor::new(attribute.body);
        let _ = match attribute.name {
            b"RuntimeVisibleAnnotations" | b"RuntimeInvisibleAnnotations" => annotations(&mut cursor, pool, emit),
            b"RuntimeVisibleParameterAnnotations" | b"RuntimeInvisibleParameterAnnotations" => {
                cursor.u8().and_then(|count| (0..count).try_for_each(|_| annotations(&mut cursor, pool, emit)))
            }
            _ => Some(()),
        };
    }
}

/// The default of an annotation's element (JVMS 4.7.22); it has no name of its own.
pub(super) fn read_default<'a>(body: &'a [u8], name: Cow<'a, str>, pool: &Pool<'a>, emit: Emit<'_, 'a>) {
    let _ = element_value(&mut Cursor::new(body), name, 0, pool, emit, 0);
}

/// The element's name, the pool index of its string, and which annotation it belongs to.
type Emit<'e, 'a> = &'e mut dyn FnMut(Cow<'a, str>, u16, usize);

fn annotations<'a>(cursor: &mut Cursor<'_>, pool: &Pool<'a>, emit: Emit<'_, 'a>) -> Option<()> {
    let count = cursor.u16()?;
    (0..count).try_for_each(|_| annotation(cursor, pool, emit, 0))
}

fn annotation<'a>(cursor: &mut Cursor<'_>, pool: &Pool<'a>, emit: Emit<'_, 'a>, depth: usize) -> Option<()> {
    cursor.u16()?;
    let pairs = cursor.u16()?;
    let which = cursor.at;
    for _ in 0..pairs {
        let name = pool.name(cursor.u16()?).unwrap_or_default();
        element_value(cursor, name, which, pool, emit, depth)?;
    }
    Some(())
}

fn element_value<'a>(
    cursor: &mut Cursor<'_>,
    name: Cow<'a, str>,
    which: usize,
    pool: &Pool<'a>,
    emit: Emit<'_, 'a>,
    depth: usize,
) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    match cursor.u8()? {
        b's' => emit(name, cursor.u16()?, which),
        b'e' => {
            cursor.u32()?;
        }
        b'@' => annotation(cursor, pool, emit, depth + 1)?,
        b'[' => {
            let count = cursor.u16()?;
            for _ in 0..count {
                element_value(cursor, name.clone(), which, pool, emit, depth + 1)?;
            }
        }
        // Primitive constants and classes.
        _ => {
            cursor.u16()?;
        }
    }
    Some(())
}
