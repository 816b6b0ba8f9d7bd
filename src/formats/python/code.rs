//! A code object: the body of a module, class, function, lambda or comprehension.

use super::marshal::{ObjectId, Objects};

/// `CO_OPTIMIZED | CO_NEWLOCALS`: functions have both, class bodies and modules none.
const OF_FUNCTION: u32 = 0x3;

#[derive(Debug)]
pub(super) struct Code<'a> {
    /// Positional parameters; they are the first locals.
    pub(super) parameters: usize,
    pub(super) flags: u32,
    pub(super) instructions: &'a [u8],
    pub(super) constants: ObjectId,
    pub(super) names: ObjectId,
    pub(super) locals: ObjectId,
    /// Up to 3.10: variables that inner functions share, and those of outer functions.
    pub(super) enclosed: Option<(ObjectId, ObjectId)>,
    pub(super) file: ObjectId,
    pub(super) name: ObjectId,
    pub(super) qualified_name: Option<ObjectId>,
    pub(super) first_line: u32,
    pub(super) lines: &'a [u8],
}

impl<'a> Code<'a> {
    pub(super) fn is_function(&self) -> bool {
        self.flags & OF_FUNCTION == OF_FUNCTION
    }

    pub(super) fn name_at<'o>(&self, objects: &'o Objects<'a>, index: u32) -> Option<&'o str> {
        nth(objects, self.names, index as usize)
    }

    pub(super) fn local_at<'o>(&self, objects: &'o Objects<'a>, index: u32) -> Option<&'o str> {
        nth(objects, self.locals, index as usize)
    }

    /// A variable in a cell.
    pub(super) fn cell_at<'o>(&self, objects: &'o Objects<'a>, index: u32) -> Option<&'o str> {
        let index = index as usize;
        match self.enclosed {
            None => nth(objects, self.locals, index),
            Some((cells, free)) => match index.checked_sub(objects.row(cells).len()) {
                None => nth(objects, cells, index),
                Some(index) => nth(objects, free, index),
            },
        }
    }
}

fn nth<'o>(objects: &'o Objects<'_>, row: ObjectId, index: usize) -> Option<&'o str> {
    objects.text(*objects.row(row).get(index)?)
}
