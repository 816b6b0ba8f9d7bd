//! Marshal: the serialised objects of a module, as CPython's `Python/marshal.c` writes them.
//!
//! Objects lie in one list and know each other by index, since references make them a graph.

use super::code::Code;
use super::version::Version;
use std::borrow::Cow;

/// How deep objects may nest: functions in classes in functions, two levels each.
const DEEPEST: usize = 100;
/// Objects of one module, which bounds the memory that a hostile file can take.
const MOST_OBJECTS: usize = 2 << 20;
/// What rows hold and what may be referred to: each takes a byte of the file, and four of memory.
const MOST_SLOTS: usize = 4 << 20;
/// A code object of thirty bytes takes hundreds to be walked; large modules have some thousand.
const MOST_CODES: usize = 1 << 17;
/// `FLAG_REF`: the object is referred to later.
const REFERRED: u8 = 0x80;

/// Index in `Objects`; 0 is an object of no interest.
pub(super) type ObjectId = u32;

#[derive(Clone, Debug)]
pub(super) enum Object<'a> {
    /// Numbers, `None`, slices and whatever else holds no text.
    Other,
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
    /// A tuple, list, set or frozenset.
    Row(Vec<ObjectId>),
    /// Index in `codes`.
    Code(u32),
}

#[derive(Debug)]
pub(super) struct Objects<'a> {
    pub(super) list: Vec<Object<'a>>,
    /// The module's own comes last, after those that it holds.
    pub(super) codes: Vec<Code<'a>>,
}

impl<'a> Objects<'a> {
    pub(super) fn get(&self, id: ObjectId) -> &Object<'a> {
        self.list.get(id as usize).unwrap_or(&Object::Other)
    }

    /// A string, or bytes that are one.
    pub(super) fn text(&self, id: ObjectId) -> Option<&str> {
        match self.get(id) {
            Object::Text(text) => Some(text),
            Object::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    pub(super) fn row(&self, id: ObjectId) -> &[ObjectId] {
        match self.get(id) {
            Object::Row(items) => items,
            _ => &[],
        }
    }
}

/// What stands in the way of reading on.
type Cause = &'static str;
const TRUNCATED: Cause = "it ends too early";
const TOO_MANY: Cause = "it holds too many objects";

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    version: Version,
    objects: Objects<'a>,
    /// What later objects refer to, in the order in which it began.
    references: Vec<ObjectId>,
    /// How many more places there are for objects.
    slots: usize,
}

/// Reads a module; what was read before something broken is kept.
pub(super) fn read(bytes: &[u8], version: Version) -> (Objects<'_>, Option<Cause>) {
    let objects = Objects { list: vec![Object::Other], codes: Vec::new() };
    let at = version.header_length();
    let mut reader = Reader { bytes, at, version, objects, references: Vec::new(), slots: MOST_SLOTS };
    let outcome = reader.object(0);
    let broken = match outcome {
        Ok(Some(id)) if matches!(reader.objects.get(id), Object::Code(_)) => None,
        Ok(_) => Some("it holds no module"),
        Err(cause) => Some(cause),
    };
    (reader.objects, broken)
}

impl<'a> Reader<'a> {
    /// One object; `None` for the NULL that ends a dictionary.
    fn object(&mut self, depth: usize) -> Result<Option<ObjectId>, Cause> {
        if depth > DEEPEST {
            return Err("its objects nest too deep");
        }
        let kind = self.u8()?;
        let reference = (kind & REFERRED != 0).then_some(self.references.len());
        if reference.is_some() {
            self.slot()?;
            self.references.push(0);
        }
        let object = match kind & !REFERRED {
            b'0' => return Ok(None),
            b'N' | b'F' | b'T' | b'S' | b'.' => Object::Other,
            b'i' => self.skip(4)?,
            b'I' | b'g' => self.skip(8)?,
            b'y' => self.skip(16)?,
            b'l' => {
                let digits = self.i32()?.unsigned_abs() as usize;
                self.skip(digits.saturating_mul(2))?
            }
            b'f' => self.printed_float()?,
            b'x' => {
                self.printed_float()?;
                self.printed_float()?
            }
            b's' => {
                let length = self.size()?;
                Object::Bytes(self.take(length)?)
            }
            b'u' | b't' | b'a' | b'A' => {
                let length = self.size()?;
                self.text(length)?
            }
            b'z' | b'Z' => {
                let length = usize::from(self.u8()?);
                self.text(length)?
            }
            b')' => {
                let length = usize::from(self.u8()?);
                self.items(length, depth)?
            }
            b'(' | b'[' | b'<' | b'>' => {
                let length = self.size()?;
                self.items(length, depth)?
            }
            b'{' => self.dictionary(depth)?,
            b':' => {
                for _ in 0..3 {
                    self.object(depth + 1)?;
                }
                Object::Other
            }
            b'r' => {
                let index = self.size()?;
                return self.references.get(index).map(|id| Some(*id)).ok_or("it refers to nothing");
            }
            b'c' => {
                let code = self.code(depth)?;
                if self.objects.codes.len() >= MOST_CODES {
                    return Err(TOO_MANY);
                }
                self.objects.codes.push(code);
                Object::Code(self.objects.codes.len() as u32 - 1)
            }
            _ => return Err("it holds an object of an unknown kind"),
        };
        let id = match object {
            Object::Other => 0,
            object => self.keep(object)?,
        };
        if let Some(slot) = reference.and_then(|index| self.references.get_mut(index)) {
            *slot = id;
        }
        Ok(Some(id))
    }

    fn keep(&mut self, object: Object<'a>) -> Result<ObjectId, Cause> {
        if self.objects.list.len() >= MOST_OBJECTS {
            return Err(TOO_MANY);
        }
        self.objects.list.push(object);
        Ok(self.objects.list.len() as u32 - 1)
    }

    /// Takes a place for an object in a row or among the references.
    fn slot(&mut self) -> Result<(), Cause> {
        self.slots = self.slots.checked_sub(1).ok_or(TOO_MANY)?;
        Ok(())
    }

    fn items(&mut self, length: usize, depth: usize) -> Result<Object<'a>, Cause> {
        // Each item takes a byte at least.
        if length > self.bytes.len() - self.at {
            return Err(TRUNCATED);
        }
        let mut items = Vec::with_capacity(length.min(256));
        for _ in 0..length {
            self.slot()?;
            items.push(self.object(depth + 1)?.unwrap_or(0));
        }
        Ok(Object::Row(items))
    }

    fn dictionary(&mut self, depth: usize) -> Result<Object<'a>, Cause> {
        let mut items = Vec::new();
        while let Some(id) = self.object(depth + 1)? {
            self.slot()?;
            items.push(id);
        }
        Ok(Object::Row(items))
    }

    /// A code object: its items changed with 3.8 (PEP 570) and with 3.11 (PEP 657, faster locals).
    fn code(&mut self, depth: usize) -> Result<Code<'a>, Cause> {
        let new = self.version >= Version(11);
        let parameters = self.i32()?;
        if self.version >= Version(8) {
            self.i32()?;
        }
        self.i32()?;
        if !new {
            self.i32()?;
        }
        self.i32()?;
        let flags = self.i32()?.cast_unsigned();
        let item = |reader: &mut Self| reader.object(depth + 1).map(Option::unwrap_or_default);
        let instructions = item(self)?;
        let constants = item(self)?;
        let names = item(self)?;
        let locals = item(self)?;
        let (free, cells) = if new { (item(self)?, 0) } else { (item(self)?, item(self)?) };
        let file = item(self)?;
        let name = item(self)?;
        let qualified_name = if new { Some(item(self)?) } else { None };
        let first_line = self.i32()?.cast_unsigned();
        let lines = {
            let id = self.object(depth + 1)?.unwrap_or_default();
            self.raw(id)
        };
        if new {
            // The exception table: handlers are walked as they come.
            self.object(depth + 1)?;
        }
        Ok(Code {
            parameters: parameters.max(0) as usize,
            flags,
            instructions: self.raw(instructions),
            constants,
            names,
            locals,
            // Since 3.11 cells and free variables are locals like others, and `free` are their kinds.
            enclosed: if new { None } else { Some((cells, free)) },
            file,
            name,
            qualified_name,
            first_line,
            lines,
        })
    }

    fn raw(&self, id: ObjectId) -> &'a [u8] {
        match self.objects.get(id) {
            Object::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    fn printed_float(&mut self) -> Result<Object<'a>, Cause> {
        let length = usize::from(self.u8()?);
        self.skip(length)
    }

    /// Lone surrogates are no UTF-8; nothing that matters holds them.
    fn text(&mut self, length: usize) -> Result<Object<'a>, Cause> {
        Ok(Object::Text(String::from_utf8_lossy(self.take(length)?)))
    }

    fn skip(&mut self, length: usize) -> Result<Object<'a>, Cause> {
        self.take(length).map(|_| Object::Other)
    }

    fn size(&mut self) -> Result<usize, Cause> {
        usize::try_from(self.i32()?).map_err(|_| "it holds a negative length")
    }

    fn u8(&mut self) -> Result<u8, Cause> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn i32(&mut self) -> Result<i32, Cause> {
        self.take(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Cause> {
        let taken = self.at.checked_add(length).and_then(|end| self.bytes.get(self.at..end)).ok_or(TRUNCATED)?;
        self.at += length;
        Ok(taken)
    }
}
