//! Annotation values: the only constants that no String entry stands for (JVMS 4.7.16).

use super::class_file::Attribute;
use super::cursor::Cursor;
use super::pool::Pool;

/// Nested annotations deeper than this are left; compilers make two or three levels.
const MAX_DEPTH: usize = 32;

/// Calls `emit` with the element's name and the pool index of its string.
pub(super) fn read<'a>(attributes: &[Attribute<'a>], pool: &Pool<'a>, emit: &mut dyn FnMut(&str, u16)) {
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
pub(super) fn read_default<'a>(body: &'a [u8], name: &str, pool: &Pool<'a>, emit: &mut dyn FnMut(&str, u16)) {
    let _ = element_value(&mut Cursor::new(body), name, pool, emit, 0);
}

type Emit<'e> = &'e mut dyn FnMut(&str, u16);

fn annotations(cursor: &mut Cursor<'_>, pool: &Pool<'_>, emit: Emit<'_>) -> Option<()> {
    let count = cursor.u16()?;
    (0..count).try_for_each(|_| annotation(cursor, pool, emit, 0))
}

fn annotation(cursor: &mut Cursor<'_>, pool: &Pool<'_>, emit: Emit<'_>, depth: usize) -> Option<()> {
    cursor.u16()?;
    let pairs = cursor.u16()?;
    for _ in 0..pairs {
        let name = pool.utf8(cursor.u16()?).unwrap_or_default();
        element_value(cursor, &name, pool, emit, depth)?;
    }
    Some(())
}

fn element_value(cursor: &mut Cursor<'_>, name: &str, pool: &Pool<'_>, emit: Emit<'_>, depth: usize) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    match cursor.u8()? {
        b's' => emit(name, cursor.u16()?),
        b'e' => {
            cursor.u32()?;
        }
        b'@' => annotation(cursor, pool, emit, depth + 1)?,
        b'[' => {
            let count = cursor.u16()?;
            for _ in 0..count {
                element_value(cursor, name, pool, emit, depth + 1)?;
            }
        }
        // Primitive constants and classes.
        _ => {
            cursor.u16()?;
        }
    }
    Some(())
}
