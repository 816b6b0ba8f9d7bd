//! A class file, built item by item, with every count open to lies (JVMS 4).

use std::collections::HashMap;

#[derive(Default)]
pub struct Class {
    pool: Vec<u8>,
    known: HashMap<Vec<u8>, u16>,
    fields: Vec<Vec<u8>>,
    methods: Vec<Vec<u8>>,
    attributes: Vec<Vec<u8>>,
    /// With slashes; `A` if there is none.
    name: String,
}

/// Big-endian.
pub fn u16s(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// `ldc_w`.
pub fn ldc(constant: u16) -> Vec<u8> {
    [&[0x13][..], &constant.to_be_bytes()].concat()
}

impl Class {
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    fn add(&mut self, entry: Vec<u8>) -> u16 {
        let next = u16::try_from(self.known.len() + 1).unwrap();
        *self.known.entry(entry).or_insert_with_key(|entry| {
            self.pool.extend(entry);
            next
        })
    }

    pub fn utf8(&mut self, text: impl AsRef<[u8]>) -> u16 {
        let text = text.as_ref();
        self.add([&[1][..], &u16::try_from(text.len()).unwrap().to_be_bytes(), text].concat())
    }

    fn refer(&mut self, tag: u8, indices: &[u16]) -> u16 {
        self.add([vec![tag], u16s(indices)].concat())
    }

    pub fn class(&mut self, name: &str) -> u16 {
        let name = self.utf8(name);
        self.refer(7, &[name])
    }

    pub fn string(&mut self, text: impl AsRef<[u8]>) -> u16 {
        let text = self.utf8(text);
        self.refer(8, &[text])
    }

    fn name_and_type(&mut self, name: &str, descriptor: &str) -> u16 {
        let (name, descriptor) = (self.utf8(name), self.utf8(descriptor));
        self.refer(12, &[name, descriptor])
    }

    pub fn field_ref(&mut self, class: &str, name: &str, descriptor: &str) -> u16 {
        let (class, member) = (self.class(class), self.name_and_type(name, descriptor));
        self.refer(9, &[class, member])
    }

    pub fn method_ref(&mut self, class: &str, name: &str, descriptor: &str) -> u16 {
        let (class, member) = (self.class(class), self.name_and_type(name, descriptor));
        self.refer(10, &[class, member])
    }

    pub fn call_site(&mut self, bootstrap: u16, name: &str, descriptor: &str) -> u16 {
        let member = self.name_and_type(name, descriptor);
        self.refer(18, &[bootstrap, member])
    }

    pub fn attribute(&mut self, name: &str, body: &[u8]) -> Vec<u8> {
        let name = self.utf8(name);
        [&name.to_be_bytes()[..], &u32::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
    }

    /// A Code attribute; `handlers` are rows of four.
    pub fn code(&mut self, code: &[u8], [stack, locals]: [u16; 2], handlers: &[u16], inner: &[Vec<u8>]) -> Vec<u8> {
        let mut body = u16s(&[stack, locals]);
        body.extend(u32::try_from(code.len()).unwrap().to_be_bytes());
        body.extend(code);
        body.extend(u16s(&[u16::try_from(handlers.len() / 4).unwrap()]));
        body.extend(u16s(handlers));
        body.extend(u16s(&[u16::try_from(inner.len()).unwrap()]));
        body.extend(inner.concat());
        self.attribute("Code", &body)
    }

    /// A static method or field.
    pub fn member(&mut self, name: impl AsRef<[u8]>, descriptor: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
        let (name, descriptor) = (self.utf8(name), self.utf8(descriptor));
        let count = u16::try_from(attributes.len()).unwrap();
        [u16s(&[9, name, descriptor, count]), attributes.concat()].concat()
    }

    pub fn method(&mut self, name: &str, descriptor: &str, code: &[u8]) {
        let code = self.code(code, [u16::MAX, 10], &[], &[]);
        let method = self.member(name, descriptor, &[code]);
        self.methods.push(method);
    }

    pub fn methods(&mut self, methods: impl IntoIterator<Item = Vec<u8>>) {
        self.methods.extend(methods);
    }

    pub fn fields(&mut self, fields: impl IntoIterator<Item = Vec<u8>>) {
        self.fields.extend(fields);
    }

    pub fn annotate(&mut self, attribute: Vec<u8>) {
        self.attributes.push(attribute);
    }

    pub fn bytes(mut self) -> Vec<u8> {
        let name = if self.name.is_empty() { "A".to_owned() } else { std::mem::take(&mut self.name) };
        let (this, above) = (self.class(&name), self.class("java/lang/Object"));
        let mut bytes = b"\xCA\xFE\xBA\xBE\0\0\0\x34".to_vec();
        bytes.extend(u16s(&[u16::try_from(self.known.len() + 1).unwrap()]));
        bytes.extend(&self.pool);
        bytes.extend(u16s(&[0x21, this, above, 0]));
        for list in [&self.fields, &self.methods, &self.attributes] {
            bytes.extend(u16s(&[u16::try_from(list.len()).unwrap()]));
            bytes.extend(list.concat());
        }
        bytes
    }
}
