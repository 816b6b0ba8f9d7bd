//! Serialized objects: what a Java object stream binds, by fields and by the entries of maps.

mod stream;
mod values;

use super::evidence::{Level, Scope};
use super::lengths;
use super::store::Store;
use crate::place::Position;
use std::borrow::Cow;
use std::ops::Range;
pub(super) use stream::MAGIC;
use stream::{Handle, Stream, Text, code, width};
use values::{Frame, Kind};

/// Streams inside the byte arrays of streams are read this deep: a job graph holds the configuration
/// of each vertex as bytes, and that the user's functions.
pub(super) const DEEPEST: u8 = 16;
/// How many objects may be open at once: each costs memory.
const MOST_OPEN: usize = 1 << 14;
/// Fewer bytes are no text.
const SHORTEST: usize = 4;
/// What read as many bytes was no accident.
const TELLING: usize = 64;

/// Reads the stream that an entry is; gives back why it could not be read in full, after what is left
/// was looked through for strings.
pub(super) fn read(bytes: &[u8], store: &mut Store<'_>) -> Option<String> {
    let mut reader = Reader { stream: Stream::new(bytes), base: 0, depth: 0, stack: Vec::new(), store };
    if reader.run().is_some() {
        return None;
    }
    let end = reader.stream.at.min(bytes.len());
    lengths::read(bytes.get(end..).unwrap_or_default(), end, 1, store);
    Some(format!("the object stream breaks off at byte {end}"))
}

/// Reads a stream inside other data; gives back where it ends, if it is one.
pub(super) fn read_inside(bytes: &[u8], base: usize, depth: u8, store: &mut Store<'_>) -> Option<usize> {
    let mut reader = Reader { stream: Stream::new(bytes), base, depth, stack: Vec::new(), store };
    let complete = reader.run().is_some();
    (complete || reader.stream.at > TELLING).then_some(reader.stream.at.min(bytes.len()))
}

struct Reader<'a, 's, 'v> {
    stream: Stream<'a>,
    /// Offset of the stream in the entry.
    base: usize,
    depth: u8,
    stack: Vec<Frame<'a>>,
    store: &'s mut Store<'v>,
}

/// What a value is for the object that it is a part of.
enum Value {
    /// A string that stands here.
    Fresh(Text),
    /// A string that stood somewhere before.
    Text(Text),
    Other,
}

impl<'a> Reader<'a, '_, '_> {
    /// `None` if the stream breaks off. Objects inside objects are kept on a stack of our own.
    fn run(&mut self) -> Option<()> {
        loop {
            let Some(frame) = self.stack.last_mut() else {
                // Between the objects of the stream.
                if self.stream.at >= self.stream.bytes.len() {
                    return Some(());
                }
                let start = self.stream.at;
                if self.content().is_none() {
                    let ended = self.stack.is_empty() && start > stream::MAGIC.len() && self.depth > 0;
                    if ended {
                        self.stream.at = start;
                    }
                    return ended.then_some(());
                }
                continue;
            };
            if let Kind::Array { left } = &mut frame.kind {
                if *left == 0 {
                    self.stack.pop();
                } else {
                    *left -= 1;
                    self.content()?;
                }
                continue;
            }
            self.object()?;
        }
    }

    /// The next part of the innermost object: of the fields of each class, then what its
    /// `writeObject` wrote.
    fn object(&mut self) -> Option<()> {
        let frame = self.stack.last_mut()?;
        let Some(&class) = frame.lineage.get(frame.class) else {
            self.stack.pop();
            return Some(());
        };
        let described = self.stream.classes.get(class)?;
        if frame.in_annotation {
            if self.stream.bytes.get(self.stream.at) == Some(&code::END) {
                self.stream.at += 1;
                frame.next_class();
                return Some(());
            }
            return self.content();
        }
        let Some(field) = described.fields.get(frame.field) else {
            if described.has_annotation() {
                frame.begin_annotation();
            } else {
                frame.next_class();
            }
            return Some(());
        };
        frame.field += 1;
        match width(field.kind) {
            Some(width) => {
                let value = self.stream.take(width)?;
                frame.tag = value.last().copied().unwrap_or_default();
            }
            None => {
                frame.field_name = Some(field.name.clone());
                self.content()?;
            }
        }
        Some(())
    }

    /// One item: a value that is complete, or an object that is put on the stack.
    fn content(&mut self) -> Option<()> {
        let value = match self.stream.u8()? {
            code::NULL => Value::Other,
            code::REFERENCE => match self.stream.reference()? {
                Handle::Text(text) => Value::Text(text),
                _ => Value::Other,
            },
            is @ (code::STRING | code::LONGSTRING) => Value::Fresh(self.stream.string(is)?),
            code::OBJECT => {
                let class = self.stream.class()?;
                self.stream.remember(Handle::Other);
                let lineage = class.map(|class| self.stream.lineage(class)).unwrap_or_default();
                let name = class.map(|class| self.stream.classes[class].name.clone()).unwrap_or_default();
                self.deliver(Value::Other);
                return self.push(Frame::object(name, lineage, self.stream.at));
            }
            code::ARRAY => return self.array(),
            code::CLASS => {
                self.stream.class()?;
                self.stream.remember(Handle::Other);
                Value::Other
            }
            code::CLASSDESC | code::PROXYCLASSDESC => {
                self.stream.at -= 1;
                self.stream.class()?;
                Value::Other
            }
            code::ENUM => {
                self.stream.class()?;
                self.stream.remember(Handle::Other);
                match self.stream.u8()? {
                    is @ (code::STRING | code::LONGSTRING) => {
                        self.stream.string(is)?;
                    }
                    code::REFERENCE => {
                        self.stream.reference()?;
                    }
                    _ => return None,
                }
                Value::Other
            }
            is @ (code::BLOCKDATA | code::BLOCKDATA_LONG) => {
                let block = self.stream.block(is)?;
                self.bytes(block);
                return Some(());
            }
            code::RESET => {
                self.stream.reset();
                return Some(());
            }
            _ => return None,
        };
        self.deliver(value);
        Some(())
    }

    fn array(&mut self) -> Option<()> {
        let class = self.stream.class()??;
        self.stream.remember(Handle::Other);
        let name = self.stream.classes[class].name.clone();
        let length = self.stream.u32()? as usize;
        let Some(width) = name.as_bytes().get(1).copied().and_then(width) else {
            self.deliver(Value::Other);
            return self.push(Frame::array(name, length, self.stream.at));
        };
        let content = self.stream.skip(length.checked_mul(width)?)?;
        match &*name {
            "[C" => self.characters(content),
            "[B" => match self.printable(content.clone()) {
                Some(text) => self.text(Cow::Borrowed(text), content.start, true),
                None => {
                    self.bytes(content);
                    self.deliver(Value::Other);
                }
            },
            _ => self.deliver(Value::Other),
        }
        Some(())
    }

    fn push(&mut self, frame: Frame<'a>) -> Option<()> {
        if self.stack.len() >= MOST_OPEN {
            return None;
        }
        self.stack.push(frame);
        Some(())
    }

    /// A password is often a `char[]`.
    fn characters(&mut self, content: Range<usize>) {
        let start = content.start;
        let units = self.stream.bytes.get(content).unwrap_or_default();
        let text: String = char::decode_utf16(units.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])))
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        self.text(Cow::Owned(text), start, true);
    }

    /// The text that bytes are: a password, or a file's.
    fn printable(&self, content: Range<usize>) -> Option<&'a str> {
        let bytes = self.stream.bytes.get(content)?;
        let is_text =
            bytes.len() >= SHORTEST && bytes.iter().all(|byte| matches!(byte, 0x20..=0x7E | b'\t' | b'\n' | b'\r'));
        std::str::from_utf8(bytes).ok().filter(|_| is_text)
    }

    /// Bytes may be a stream again, or what `DataOutput` wrote.
    fn bytes(&mut self, content: Range<usize>) {
        let base = self.base + content.start;
        let bytes = self.stream.bytes.get(content).unwrap_or_default();
        lengths::read(bytes, base, self.depth + 1, self.store);
    }

    /// Tells the innermost object of a part of it.
    fn deliver(&mut self, value: Value) {
        match value {
            // Of no use, and costly to look at.
            Value::Text(_) if self.store.is_full() => {}
            Value::Fresh(text) => self.text(self.stream.text_of(&text), text.start, true),
            Value::Text(text) => self.text(self.stream.text_of(&text), text.start, false),
            Value::Other => {
                if let Some(frame) = self.stack.last_mut() {
                    frame.other();
                }
            }
        }
    }

    fn text(&mut self, value: Cow<'a, str>, start: usize, fresh: bool) {
        let Some(frame) = self.stack.last_mut() else {
            let position = Position { offset: Some((self.base + start) as u64), ..Position::default() };
            return self.store.literal(&value, &position, &Scope::default());
        };
        let field = frame.field_name.clone().filter(|_| !frame.in_annotation);
        let key = frame.key_of(&value, &self.stream.classes);
        if !self.store.has_use_for(key.as_deref(), &value) {
            return;
        }
        let mut position = Position { offset: Some((self.base + start) as u64), ..Position::default() };
        let class = frame.lineage.get(frame.class).and_then(|&class| self.stream.classes.get(class));
        if let (Some(field), Some(class)) = (field, class.filter(|class| !is_platform(&class.name))) {
            position.class = Some(class.name.as_ref().into());
            position.field = Some(field.as_ref().into());
        }
        let scope = Scope::default().within(Level::Map, &format!("{}@+{}", frame.class_name, self.base + frame.at));
        if let Some(key) = key {
            self.store.bind(&key, &value, &position, &scope);
        }
        if fresh {
            self.store.literal(&value, &position, &scope);
        }
    }
}

/// The fields of these classes do not say whose they are.
fn is_platform(class: &str) -> bool {
    ["java.", "javax.", "scala.", "kotlin."].iter().any(|package| class.starts_with(package))
}
