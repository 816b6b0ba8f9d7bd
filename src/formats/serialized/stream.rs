//! A stream of serialized objects, read token by token (Java Object Serialization Specification, 6).

use crate::formats::class::modified_utf8;
use std::borrow::Cow;
use std::ops::Range;

/// `STREAM_MAGIC` and `STREAM_VERSION`.
pub(in crate::formats) const MAGIC: &[u8] = &[0xAC, 0xED, 0x00, 0x05];

/// The codes that begin an item of a stream.
pub(super) mod code {
    pub(in crate::formats) const NULL: u8 = 0x70;
    pub(in crate::formats) const REFERENCE: u8 = 0x71;
    pub(in crate::formats) const CLASSDESC: u8 = 0x72;
    pub(in crate::formats) const OBJECT: u8 = 0x73;
    pub(in crate::formats) const STRING: u8 = 0x74;
    pub(in crate::formats) const ARRAY: u8 = 0x75;
    pub(in crate::formats) const CLASS: u8 = 0x76;
    pub(in crate::formats) const BLOCKDATA: u8 = 0x77;
    pub(in crate::formats) const END: u8 = 0x78;
    pub(in crate::formats) const RESET: u8 = 0x79;
    pub(in crate::formats) const BLOCKDATA_LONG: u8 = 0x7A;
    pub(in crate::formats) const LONGSTRING: u8 = 0x7C;
    pub(in crate::formats) const PROXYCLASSDESC: u8 = 0x7D;
    pub(in crate::formats) const ENUM: u8 = 0x7E;
}
/// `baseWireHandle`
const FIRST_HANDLE: u32 = 0x007E_0000;
const LONGEST_NAME: usize = 1 << 10;
/// Of superclasses.
const MOST_ANCESTORS: usize = 64;
/// Each costs many times the bytes that it is written in; a job graph has some ten thousand.
const MOST_HANDLES: usize = 1 << 21;
const MOST_FIELDS: usize = 1 << 18;
const MOST_CLASSES: usize = 1 << 18;
const WRITE_METHOD: u8 = 0x01;
const EXTERNALIZABLE: u8 = 0x04;

/// Where a string's characters are, in modified UTF-8.
pub(super) type Text = Range<usize>;

/// What a reference may lead back to.
#[derive(Clone, Debug)]
pub(super) enum Handle {
    Text(Text),
    Class(usize),
    Other,
}

#[derive(Debug)]
pub(super) struct Class<'a> {
    pub(super) name: Cow<'a, str>,
    flags: u8,
    pub(super) fields: Vec<Field<'a>>,
    parent: Option<usize>,
}

impl Class<'_> {
    /// Whether its objects end with what `writeObject` or `writeExternal` wrote.
    pub(super) fn has_annotation(&self) -> bool {
        self.flags & (WRITE_METHOD | EXTERNALIZABLE) != 0
    }
}

#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    pub(super) kind: u8,
    pub(super) name: Cow<'a, str>,
}

#[derive(Debug)]
pub(super) struct Stream<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    handles: Vec<Handle>,
    pub(super) classes: Vec<Class<'a>>,
    /// How many more the classes may have.
    fields: usize,
}

/// `None` from any method: the stream ends too early, or is none.
impl<'a> Stream<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: MAGIC.len(), handles: Vec::new(), classes: Vec::new(), fields: MOST_FIELDS }
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn u16(&mut self) -> Option<usize> {
        self.take(2).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(super) fn skip(&mut self, length: usize) -> Option<Range<usize>> {
        let start = self.at;
        self.take(length)?;
        Some(start..self.at)
    }

    pub(super) fn text_of(&self, text: &Text) -> Cow<'a, str> {
        modified_utf8::decode(self.bytes.get(text.clone()).unwrap_or_default())
    }

    pub(super) fn remember(&mut self, handle: Handle) {
        if self.handles.len() < MOST_HANDLES {
            self.handles.push(handle);
        }
    }

    pub(super) fn reset(&mut self) {
        self.handles.clear();
    }

    pub(super) fn reference(&mut self) -> Option<Handle> {
        let index = self.u32()?.checked_sub(FIRST_HANDLE)?;
        self.handles.get(index as usize).cloned()
    }

    /// The characters of a string whose code was read.
    pub(super) fn string(&mut self, is: u8) -> Option<Text> {
        let length = match is {
            code::STRING => self.u16()?,
            _ => {
                let high = self.u32()?;
                if high != 0 {
                    return None;
                }
                self.u32()? as usize
            }
        };
        let text = self.skip(length)?;
        self.remember(Handle::Text(text.clone()));
        Some(text)
    }

    fn name(&mut self) -> Option<Cow<'a, str>> {
        let length = self.u16()?;
        let bytes = self.take(length)?;
        Some(modified_utf8::decode(bytes.get(..LONGEST_NAME).unwrap_or(bytes)))
    }

    /// A class description with those of its superclasses; `None` inside if there is none.
    pub(super) fn class(&mut self) -> Option<Option<usize>> {
        let (mut first, mut last) = (None, None);
        for _ in 0..MOST_ANCESTORS {
            let (class, ends) = match self.u8()? {
                code::NULL => (None, true),
                code::REFERENCE => match self.reference()? {
                    Handle::Class(class) => (Some(class), true),
                    _ => return None,
                },
                code::CLASSDESC => (Some(self.class_description()?), false),
                code::PROXYCLASSDESC => (Some(self.proxy_description()?), false),
                _ => return None,
            };
            if let (Some(last), Some(class)) = (last, class) {
                // A class is described before whatever refers to it: no circle.
                if class <= last && !ends {
                    return None;
                }
                self.classes[last].parent = Some(class);
            }
            first = first.or(class);
            last = class;
            if ends {
                return Some(first);
            }
        }
        None
    }

    fn class_description(&mut self) -> Option<usize> {
        let name = self.name()?;
        self.skip(8)?;
        let class = self.describe(name)?;
        let flags = self.u8()?;
        let mut fields = Vec::new();
        for _ in 0..self.u16()? {
            let kind = self.u8()?;
            let name = self.name()?;
            if matches!(kind, b'L' | b'[') {
                // The type, as a string of its own.
                match self.u8()? {
                    is @ (code::STRING | code::LONGSTRING) => {
                        self.string(is)?;
                    }
                    code::REFERENCE => {
                        self.reference()?;
                    }
                    _ => return None,
                }
            }
            fields.push(Field { kind, name });
        }
        self.fields = self.fields.checked_sub(fields.len())?;
        let described = self.classes.get_mut(class)?;
        described.flags = flags;
        described.fields = fields;
        self.class_annotation()?;
        Some(class)
    }

    fn proxy_description(&mut self) -> Option<usize> {
        let class = self.describe(Cow::Borrowed("$Proxy"))?;
        for _ in 0..self.u32()? {
            self.name()?;
        }
        self.class_annotation()?;
        Some(class)
    }

    fn describe(&mut self, name: Cow<'a, str>) -> Option<usize> {
        if self.classes.len() >= MOST_CLASSES {
            return None;
        }
        self.classes.push(Class { name, flags: 0, fields: Vec::new(), parent: None });
        let class = self.classes.len() - 1;
        self.remember(Handle::Class(class));
        Some(class)
    }

    /// What a subclass of ObjectOutputStream may add to a class; only RMI is known to.
    fn class_annotation(&mut self) -> Option<()> {
        loop {
            match self.u8()? {
                code::END => return Some(()),
                code::NULL => {}
                is @ (code::STRING | code::LONGSTRING) => {
                    self.string(is)?;
                }
                code::REFERENCE => {
                    self.reference()?;
                }
                is @ (code::BLOCKDATA | code::BLOCKDATA_LONG) => {
                    self.block(is)?;
                }
                _ => return None,
            }
        }
    }

    pub(super) fn block(&mut self, is: u8) -> Option<Range<usize>> {
        let length = if is == code::BLOCKDATA { usize::from(self.u8()?) } else { self.u32()? as usize };
        self.skip(length)
    }

    /// A class and its ancestors, the topmost first, as their data is written.
    pub(super) fn lineage(&self, class: usize) -> Vec<usize> {
        let mut lineage = vec![class];
        while let Some(parent) = lineage.last().and_then(|&class| self.classes.get(class)?.parent)
            && lineage.len() < MOST_ANCESTORS
        {
            lineage.push(parent);
        }
        lineage.reverse();
        lineage
    }
}

/// The width of a primitive in bytes; `None` for objects and arrays.
pub(super) fn width(kind: u8) -> Option<usize> {
    match kind {
        b'B' | b'Z' => Some(1),
        b'C' | b'S' => Some(2),
        b'I' | b'F' => Some(4),
        b'J' | b'D' => Some(8),
        _ => None,
    }
}
