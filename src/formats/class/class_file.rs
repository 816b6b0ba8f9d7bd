//! A class file: its pool, members and attributes (JVMS 4.1), none of them interpreted yet.

use super::code::Code;
use super::cursor::Cursor;
use super::pool::Pool;
use std::borrow::Cow;
use std::cell::OnceCell;

pub(super) const ACC_STATIC: u16 = 0x0008;
/// Static arguments of a bootstrap method, which is called like any other (JVMS 4.3.3).
const MOST_ARGUMENTS: usize = 255;

#[derive(Debug)]
pub(super) struct ClassFile<'a> {
    pub(super) pool: Pool<'a>,
    /// Dotted, `$` for nested.
    pub(super) name: String,
    /// With slashes.
    pub(super) slashed: Cow<'a, str>,
    pub(super) fields: Vec<Member<'a>>,
    pub(super) methods: Vec<Member<'a>>,
    /// Indices in order of name and descriptor, once somebody has asked for one: there may be 65,535 of each.
    sorted_fields: OnceCell<Vec<u16>>,
    sorted_methods: OnceCell<Vec<u16>>,
    pub(super) source_file: Option<Cow<'a, str>>,
    pub(super) bootstraps: Vec<Bootstrap>,
    /// The class's own annotations.
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// A field or a method.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) access: u16,
    pub(super) name: Cow<'a, str>,
    pub(super) descriptor: Cow<'a, str>,
    pub(super) attributes: Vec<Attribute<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a [u8],
    pub(super) body: &'a [u8],
}

/// An entry of the BootstrapMethods attribute (JVMS 4.7.23).
#[derive(Debug)]
pub(super) struct Bootstrap {
    pub(super) arguments: Vec<u16>,
}

impl<'a> Member<'a> {
    pub(super) fn attribute(&self, name: &str) -> Option<&'a [u8]> {
        find(&self.attributes, name)
    }

    pub(super) fn is_static(&self) -> bool {
        self.access & ACC_STATIC != 0
    }

    fn key(&self) -> (&str, &str) {
        (&self.name, &self.descriptor)
    }

    /// Pool index of the field's ConstantValue (JVMS 4.7.2).
    pub(super) fn constant_value(&self) -> Option<u16> {
        Cursor::new(self.attribute("ConstantValue")?).u16()
    }

    pub(super) fn code(&self, pool: &Pool<'a>) -> Option<Code<'a>> {
        Code::read(self.attribute("Code")?, pool)
    }
}

pub(super) fn find<'a>(attributes: &[Attribute<'a>], name: &str) -> Option<&'a [u8]> {
    attributes.iter().find(|attribute| attribute.name == name.as_bytes()).map(|attribute| attribute.body)
}

impl<'a> ClassFile<'a> {
    /// The members of a class whose pool has been read; the cursor stands after the pool.
    pub(super) fn read(pool: Pool<'a>, cursor: &mut Cursor<'a>) -> Result<Self, String> {
        let early = |what: &str| format!("ends in its {what}");
        let header = (|| {
            cursor.u16()?;
            let (this, _, interfaces) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
            cursor.take(usize::from(interfaces) * 2)?;
            Some(this)
        })();
        let this = header.ok_or_else(|| early("header"))?;
        let fields = read_members(cursor, &pool).ok_or_else(|| early("fields"))?;
        let methods = read_members(cursor, &pool).ok_or_else(|| early("methods"))?;
        let attributes = read_attributes(cursor, &pool).ok_or_else(|| early("attributes"))?;
        let source_file =
            find(&attributes, "SourceFile").and_then(|body| Cursor::new(body).u16()).and_then(|index| pool.name(index));
        let slashed = pool.class(this).unwrap_or_default();
        let bootstraps = find(&attributes, "BootstrapMethods").and_then(read_bootstraps).unwrap_or_default();
        Ok(Self {
            name: slashed.replace('/', "."),
            slashed,
            fields,
            methods,
            sorted_fields: OnceCell::new(),
            sorted_methods: OnceCell::new(),
            source_file,
            bootstraps,
            attributes,
            pool,
        })
    }

    /// The code of each method; the cause if one is broken.
    pub(super) fn codes(&self) -> (Vec<Option<Code<'a>>>, Option<&'static str>) {
        let codes: Vec<_> = self.methods.iter().map(|method| method.code(&self.pool)).collect();
        let mut methods = self.methods.iter().zip(&codes);
        let broken = methods.any(|(method, code)| code.is_none() && method.attribute("Code").is_some());
        (codes, broken.then_some("a method's code is broken"))
    }

    /// The class's own method of that name and descriptor.
    pub(super) fn method(&self, name: &str, descriptor: &str) -> Option<u16> {
        let index = self.method_from(name, descriptor)?;
        (self.methods[usize::from(index)].descriptor == descriptor).then_some(index)
    }

    /// The first method of that name whose descriptor is this one, or comes behind it.
    fn method_from(&self, name: &str, descriptor: &str) -> Option<u16> {
        let sorted = self.sorted_methods.get_or_init(|| sorted(&self.methods));
        let at = sorted.partition_point(|&index| self.methods[usize::from(index)].key() < (name, descriptor));
        sorted.get(at).copied().filter(|&index| self.methods[usize::from(index)].name == name)
    }

    /// The first method of that name whose parameters are these, written with both of their brackets.
    pub(super) fn taking(&self, name: &str, parameters: &str) -> Option<&Member<'a>> {
        let member = &self.methods[usize::from(self.method_from(name, parameters)?)];
        member.descriptor.starts_with(parameters).then_some(member)
    }

    /// The first of its fields of that name.
    pub(super) fn field(&self, name: &str) -> Option<u16> {
        let sorted = self.sorted_fields.get_or_init(|| sorted(&self.fields));
        let at = sorted.partition_point(|&index| &*self.fields[usize::from(index)].name < name);
        sorted.get(at).copied().filter(|&index| self.fields[usize::from(index)].name == name)
    }
}

/// Goes through a class of which nothing is wanted, to see that all of it is there; the cursor stands after the pool.
pub(super) fn skim(cursor: &mut Cursor<'_>) -> Option<()> {
    fn attributes(cursor: &mut Cursor<'_>) -> Option<()> {
        for _ in 0..cursor.u16()? {
            cursor.u16()?;
            let length = cursor.u32()?;
            cursor.take(length as usize)?;
        }
        Some(())
    }
    cursor.take(6)?;
    let interfaces = cursor.u16()?;
    cursor.take(usize::from(interfaces) * 2)?;
    for _ in ["fields", "methods"] {
        for _ in 0..cursor.u16()? {
            cursor.take(6)?;
            attributes(cursor)?;
        }
    }
    attributes(cursor)
}

fn sorted(members: &[Member<'_>]) -> Vec<u16> {
    let mut sorted: Vec<u16> = (0u16..).zip(members).map(|(index, _)| index).collect();
    sorted.sort_by(|a, b| members[usize::from(*a)].key().cmp(&members[usize::from(*b)].key()));
    sorted
}

fn read_members<'a>(cursor: &mut Cursor<'a>, pool: &Pool<'a>) -> Option<Vec<Member<'a>>> {
    let count = cursor.u16()?;
    (0..count)
        .map(|_| {
            Some(Member {
                access: cursor.u16()?,
                name: pool.name(cursor.u16()?).unwrap_or_default(),
                descriptor: pool.descriptor(cursor.u16()?).unwrap_or_default(),
                attributes: read_attributes(cursor, pool)?,
            })
        })
        .collect()
}

/// An attribute table (JVMS 4.7), here and inside Code.
pub(super) fn read_attributes<'a>(cursor: &mut Cursor<'a>, pool: &Pool<'a>) -> Option<Vec<Attribute<'a>>> {
    let count = cursor.u16()?;
    (0..count)
        .map(|_| {
            let name = pool.raw(cursor.u16()?).unwrap_or_default();
            let length = cursor.u32()?;
            Some(Attribute { name, body: cursor.take(length as usize)? })
        })
        .collect()
}

fn read_bootstraps(body: &[u8]) -> Option<Vec<Bootstrap>> {
    let mut cursor = Cursor::new(body);
    let count = cursor.u16()?;
    (0..count)
        .map(|_| {
            cursor.u16()?;
            let arguments = cursor.u16()?;
            let mut arguments = (0..arguments).map(|_| cursor.u16()).collect::<Option<Vec<u16>>>()?;
            arguments.truncate(MOST_ARGUMENTS);
            arguments.shrink_to_fit();
            Some(Bootstrap { arguments })
        })
        .collect()
}
