//! The code of a method, with its lines, handlers and local variables (JVMS 4.7.3).

use super::class_file::{Attribute, find, read_attributes};
use super::cursor::Cursor;
use super::pool::Pool;

#[derive(Debug)]
pub(super) struct Code<'a> {
    pub(super) max_stack: u16,
    pub(super) max_locals: u16,
    pub(super) bytes: &'a [u8],
    pub(super) handlers: Vec<Handler>,
    /// Among them the tables of lines and of local variables (JVMS 4.7.12, 4.7.13).
    attributes: Vec<Attribute<'a>>,
}

/// An entry of the exception table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handler {
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) target: u16,
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
        Some(Self { max_stack, max_locals, bytes, handlers, attributes })
    }

    /// The source line of the instruction at an offset: that of the last row that starts before it. The
    /// rows are in no order (JVMS 4.7.12), and few methods are ever asked.
    pub(super) fn line(&self, at: usize) -> Option<u32> {
        let mut found: Option<(u16, u16)> = None;
        for table in self.attributes.iter().filter(|attribute| attribute.name == b"LineNumberTable") {
            read_table(table.body, |row| {
                let (start, line) = (row.u16()?, row.u16()?);
                if usize::from(start) <= at && found.is_none_or(|(best, _)| best <= start) {
                    found = Some((start, line));
                }
                Some(())
            });
        }
        found.map(|(_, line)| u32::from(line))
    }

    /// Pool index of the name of a local variable whose scope holds an offset or starts at it.
    pub(super) fn local(&self, slot: u16, at: usize) -> Option<u16> {
        let mut found = None;
        read_table(find(&self.attributes, "LocalVariableTable")?, |row| {
            let (start, length, name) = (usize::from(row.u16()?), usize::from(row.u16()?), row.u16()?);
            row.u16()?;
            let holds = row.u16()? == slot && (start..=start + length).contains(&at);
            found = found.or(holds.then_some(name));
            found.is_none().then_some(())
        });
        found
    }
}

/// Reads the rows of a table with a count in front, up to the first that is cut off or ends the search.
fn read_table(body: &[u8], mut row: impl FnMut(&mut Cursor<'_>) -> Option<()>) {
    let mut cursor = Cursor::new(body);
    for _ in 0..cursor.u16().unwrap_or(0) {
        if row(&mut cursor).is_none() {
            break;
        }
    }
}
