//! The constant pool of a class (JVMS 4.4).

use super::cursor::Cursor;
use super::modified_utf8;
use super::value::Foreign;
use std::borrow::Cow;

/// Longer names and descriptors are none: a class may use one of 64 KiB in as many places. Of the names of
/// files, of which a class's is one, 255 bytes are allowed; a method has at most 255 parameters (JVMS 4.3.3).
const LONGEST_NAME: usize = 1 << 10;
const LONGEST_DESCRIPTOR: usize = 8 << 10;

/// One entry, as far as its indices go; strings stay where they are in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Utf8 {
        start: u32,
        length: u16,
    },
    Integer(i32),
    Class(u16),
    String(u16),
    Member {
        class: u16,
        name_and_type: u16,
    },
    NameAndType {
        name: u16,
        descriptor: u16,
    },
    MethodHandle(u16),
    /// Dynamic constants and `invokedynamic` call sites.
    Dynamic {
        bootstrap: u16,
        name_and_type: u16,
    },
    /// Numbers, method types, modules: nothing that a credential lies in.
    Other,
    /// Index 0, and the second half of a long or double.
    Absent,
}

#[derive(Debug)]
pub(super) struct Pool<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
}

/// A field or method as an instruction names it.
#[derive(Clone, Debug)]
pub(super) struct MemberRef<'a> {
    /// With slashes, and `$` for nested classes.
    pub(super) class: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    pub(super) descriptor: Cow<'a, str>,
}

impl MemberRef<'_> {
    /// Whether it is of a class of the platform.
    pub(super) fn is_of_java(&self) -> bool {
        self.class.starts_with("java/")
    }

    /// A method's name and descriptor.
    pub(super) fn signature(&self) -> String {
        format!("{}{}", self.name, self.descriptor)
    }

    /// What its class holds, by what its member is known as.
    pub(super) fn foreign(&self, member: &str) -> Foreign {
        Foreign { class: self.class.replace('/', "."), member: member.to_owned() }
    }
}

impl<'a> Pool<'a> {
    /// Reads the pool that stands at the cursor.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, String> {
        let count = cursor.u16().ok_or("ends before the constant pool")?;
        let mut entries = Vec::with_capacity(usize::from(count).min(cursor.bytes.len()));
        entries.push(Entry::Absent);
        while entries.len() < usize::from(count) {
            let index = entries.len();
            let (entry, wide) = read_entry(cursor).ok_or_else(|| format!("constant pool entry {index} is broken"))?;
            entries.push(entry);
            if wide {
                // JVMS 4.4.5: a long or double takes two entries.
                entries.push(Entry::Absent);
            }
        }
        Ok(Self { bytes: cursor.bytes, entries })
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn get(&self, index: u16) -> Entry {
        self.entries.get(usize::from(index)).copied().unwrap_or(Entry::Absent)
    }

    /// The bytes of a Utf8 entry as they stand in the file.
    pub(super) fn raw(&self, index: u16) -> Option<&'a [u8]> {
        match self.get(index) {
            Entry::Utf8 { start, length } => Some(self.slice(start, length)),
            _ => None,
        }
    }

    /// The bytes of a Utf8 entry; it was read from there.
    pub(super) fn slice(&self, start: u32, length: u16) -> &'a [u8] {
        self.bytes.get(start as usize..start as usize + usize::from(length)).unwrap_or_default()
    }

    pub(super) fn utf8(&self, index: u16) -> Option<Cow<'a, str>> {
        self.raw(index).map(modified_utf8::decode)
    }

    /// The name of a member, a variable or an annotation's element.
    pub(super) fn name(&self, index: u16) -> Option<Cow<'a, str>> {
        self.raw(index).filter(|raw| raw.len() <= LONGEST_NAME).map(modified_utf8::decode)
    }

    pub(super) fn descriptor(&self, index: u16) -> Option<Cow<'a, str>> {
        self.raw(index).filter(|raw| raw.len() <= LONGEST_DESCRIPTOR).map(modified_utf8::decode)
    }

    /// The text of a String entry.
    pub(super) fn string(&self, index: u16) -> Option<Cow<'a, str>> {
        match self.get(index) {
            Entry::String(utf8) => self.utf8(utf8),
            _ => None,
        }
    }

    /// A class's name, with slashes.
    pub(super) fn class(&self, index: u16) -> Option<Cow<'a, str>> {
        match self.get(index) {
            Entry::Class(name) => self.name(name),
            _ => None,
        }
    }

    pub(super) fn name_and_type(&self, index: u16) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
        match self.get(index) {
            Entry::NameAndType { name, descriptor } => Some((self.name(name)?, self.descriptor(descriptor)?)),
            _ => None,
        }
    }

    pub(super) fn member(&self, index: u16) -> Option<MemberRef<'a>> {
        match self.get(index) {
            Entry::Member { class, name_and_type } => {
                let (name, descriptor) = self.name_and_type(name_and_type)?;
                Some(MemberRef { class: self.class(class)?, name, descriptor })
            }
            _ => None,
        }
    }
}

/// The entry and whether it takes two indices.
fn read_entry(cursor: &mut Cursor<'_>) -> Option<(Entry, bool)> {
    let entry = match cursor.u8()? {
        1 => {
            let length = cursor.u16()?;
            let start = u32::try_from(cursor.at).ok()?;
            cursor.take(usize::from(length))?;
            Entry::Utf8 { start, length }
        }
        3 => Entry::Integer(cursor.i32()?),
        4 => {
            cursor.take(4)?;
            Entry::Other
        }
        5 | 6 => {
            cursor.take(8)?;
            return Some((Entry::Other, true));
        }
        7 => Entry::Class(cursor.u16()?),
        8 => Entry::String(cursor.u16()?),
        9..=11 => Entry::Member { class: cursor.u16()?, name_and_type: cursor.u16()? },
        12 => Entry::NameAndType { name: cursor.u16()?, descriptor: cursor.u16()? },
        15 => {
            cursor.u8()?;
            Entry::MethodHandle(cursor.u16()?)
        }
        17 | 18 => Entry::Dynamic { bootstrap: cursor.u16()?, name_and_type: cursor.u16()? },
        // Method types, modules, packages.
        16 | 19 | 20 => {
            cursor.take(2)?;
            Entry::Other
        }
        _ => return None,
    };
    Some((entry, false))
}
