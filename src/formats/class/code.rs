//! The code of a method, with its lines, handlers and local variables (JVMS 4.7.3).

use super::class_file::{find, read_attributes};
use super::cursor::Cursor;
use super::pool::Pool;

#[derive(Debug)]
pub(super) struct Code<'a> {
    pub(super) max_stack: u16,
    pub(super) max_locals: u16,
    pub(super) bytes: &'a [u8],
    pub(super) handlers: Vec<Handler>,
    /// Start of code and source line, by start.
    lines: Vec<(u16, u16)>,
    locals: Vec<LocalVariable>,
}

/// An entry of the exception table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handler {
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) target: u16,
}

/// An entry of the LocalVariableTable (JVMS 4.7.13).
#[derive(Clone, Copy, Debug)]
struct LocalVariable {
    start: u16,
    length: u16,
    /// Pool index.
    name: u16,
    slot: u16,
}

impl<'a> Code<'a> {
    pub(super) fn read(body: &'a [u8], pool: &Pool<'a>) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let (max_stack, max_locals) = (cursor.u16()?, cursor.u16()?);
        let length = cursor.u32()?;
        let bytes = cursor.take(length as usize)?;
        let handlers = (0..cursor.u16()?)
            .map(|_| {
                let handler = Handler { start: cursor.u16()?, end: cursor.u16()?, target: cursor.u16()? };
                cursor.u16()?;
                Some(handler)
            })
            .collect::<Option<_>>()?;
        let attributes = read_attributes(&mut cursor, pool).unwrap_or_default();
        let mut lines = Vec::new();
        for attribute in attributes.iter().filter(|attribute| attribute.name == b"LineNumberTable") {
            read_table(attribute.body, |row| {
                lines.push((row.u16()?, row.u16()?));
                Some(())
            });
        }
        lines.sort_by_key(|(start, _)| *start);
        let mut locals = Vec::new();
        if let Some(table) = find(&attributes, "LocalVariableTable") {
            read_table(table, |row| {
                let (start, length, name) = (row.u16()?, row.u16()?, row.u16()?);
                row.u16()?;
                locals.push(LocalVariable { start, length, name, slot: row.u16()? });
                Some(())
            });
        }
        Some(Self { max_stack, max_locals, bytes, handlers, lines, locals })
    }

    /// The source line of the instruction at an offset.
    pub(super) fn line(&self, at: usize) -> Option<u32> {
        let after = self.lines.partition_point(|(start, _)| usize::from(*start) <= at);
        let (_, line) = self.lines.get(after.checked_sub(1)?)?;
        Some(u32::from(*line))
    }

    /// Pool index of the name of a local variable whose scope holds an offset or starts at it.
    pub(super) fn local(&self, slot: u16, at: usize) -> Option<u16> {
        let holds = |local: &&LocalVariable| {
            let start = usize::from(local.start);
            local.slot == slot && (start..=start + usize::from(local.length)).contains(&at)
        };
        self.locals.iter().find(holds).map(|local| local.name)
    }
}

/// Reads the rows of a table with a count in front, up to the first that is cut off.
fn read_table(body: &[u8], mut row: impl FnMut(&mut Cursor<'_>) -> Option<()>) {
    let mut cursor = Cursor::new(body);
    for _ in 0..cursor.u16().unwrap_or(0) {
        if row(&mut cursor).is_none() {
            break;
        }
    }
}
