//! The code of a method, with its lines, handlers and local variables (JVMS 4.7.3).

use super::class_file::{Attribute, find, read_attributes};
use super::cursor::Cursor;
use super::operations::Operations;
use super::pool::Pool;
use std::cell::OnceCell;

/// JVMS 4.7.3.
const LONGEST: usize = 65_535;

#[derive(Debug)]
pub(super) struct Code<'a> {
    pub(super) max_stack: u16,
    pub(super) max_locals: u16,
    pub(super) bytes: &'a [u8],
    pub(super) handlers: Vec<Handler>,
    /// Among them the tables of lines and of local variables (JVMS 4.7.12, 4.7.13).
    attributes: Vec<Attribute<'a>>,
    /// Where the instructions of a source line start, in order of the first.
    lines: OnceCell<Vec<(u16, u16)>>,
    /// Slot, start and length of the scope, and name of local variables, in that order.
    locals: OnceCell<Vec<(u16, u16, u16, u16)>>,
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
        let bytes = cursor.take(length as usize).filter(|bytes| bytes.len() <= LONGEST)?;
        let handlers = (0..cursor.u16()?)
            .map(|_| {
                let handler = Handler { start: cursor.u16()?, end: cursor.u16()?, target: cursor.u16()? };
                cursor.u16()?;
                Some(handler)
            })
            .collect::<Option<_>>()?;
        let attributes = read_attributes(&mut cursor, pool).unwrap_or_default();
        Some(Self {
            max_stack,
            max_locals,
            bytes,
            handlers,
            attributes,
            lines: OnceCell::new(),
            locals: OnceCell::new(),
        })
    }

    pub(super) fn operations(&self) -> Operations<'a> {
        Operations::new(self.bytes)
    }

    /// The source line of the instruction at an offset: that of the last row that starts before it. The
    /// rows are in no order (JVMS 4.7.12), and few methods are ever asked. Some generators write 0 for none.
    pub(super) fn line(&self, at: usize) -> Option<u32> {
        let lines = self.lines.get_or_init(|| {
            let mut lines = Vec::new();
            for table in self.attributes.iter().filter(|attribute| attribute.name == b"LineNumberTable") {
                read_table(table.body, |row| {
                    lines.push((row.u16()?, row.u16()?));
                    Some(())
                });
            }
            lines.sort_by_key(|&(start, _)| start);
            lines
        });
        let behind = lines.partition_point(|&(start, _)| usize::from(start) <= at);
        lines.get(behind.checked_sub(1)?).map(|&(_, line)| u32::from(line)).filter(|line| *line > 0)
    }

    /// Pool indices of the names of all local variables that are no numbers.
    pub(super) fn local_names(&self, pool: &Pool<'_>) -> impl Iterator<Item = u16> {
        let table = find(&self.attributes, "LocalVariableTable").and_then(|table| table.get(2..)).unwrap_or_default();
        table.as_chunks::<10>().0.iter().filter_map(|&[_, _, _, _, name, low, descriptor, last, ..]| {
            let holds_text = matches!(pool.raw(u16::from_be_bytes([descriptor, last])), Some([b'L' | b'[', ..]));
            holds_text.then(|| u16::from_be_bytes([name, low]))
        })
    }

    /// Pool index of the name of a local variable whose scope holds an offset or starts at it.
    pub(super) fn local(&self, slot: u16, at: usize) -> Option<u16> {
        let locals = self.locals.get_or_init(|| {
            let mut locals = Vec::new();
            read_table(find(&self.attributes, "LocalVariableTable").unwrap_or_default(), |row| {
                let (start, length, name) = (row.u16()?, row.u16()?, row.u16()?);
                row.u16()?;
                locals.push((row.u16()?, start, length, name));
                Some(())
            });
            locals.sort_by_key(|&(slot, start, ..)| (slot, start));
            locals
        });
        let behind = locals.partition_point(|&(own, start, ..)| (own, usize::from(start)) <= (slot, at));
        let &(own, start, length, name) = locals.get(behind.checked_sub(1)?)?;
        (own == slot && at <= usize::from(start) + usize::from(length)).then_some(name)
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

#[cfg(test)]
mod tests {
    use super::{Attribute, Code, OnceCell};

    #[test]
    fn a_line_of_zero_is_none() {
        // Two rows: offset 0 on line 7, offset 4 on line 0.
        let body = [0, 2, 0, 0, 0, 7, 0, 4, 0, 0];
        let attributes = vec![Attribute { name: b"LineNumberTable", body: &body }];
        let (lines, locals) = (OnceCell::new(), OnceCell::new());
        let code = Code { max_stack: 0, max_locals: 0, bytes: &[], handlers: Vec::new(), attributes, lines, locals };
        assert_eq!([code.line(0), code.line(3), code.line(4)], [Some(7), Some(7), None]);
    }
}
