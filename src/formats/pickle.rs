//! A pickle: Python objects as the program that builds them again (CPython's `Lib/pickletools.py` lists its
//! operations), of any protocol. It is followed and never run: no name is looked up, nothing is called.

use super::evidence::{Level, Scope};
use super::lengths;
use super::store::Store;
use crate::place::Position;
use std::collections::HashMap;
use std::rc::Rc;

/// The first protocol that says which it is.
const FIRST_ANNOUNCED: u8 = 2;
/// The highest protocol that CPython writes.
const LATEST: u8 = 5;
/// Fewer operations are no pickle: a text may begin with a bracket and go on with a stop.
const FEWEST: usize = 3;
/// Values that are held at one time.
const MOST: usize = 1 << 20;

const PROTO: u8 = 0x80;
const STOP: u8 = b'.';

/// What an operation leaves on the stack.
#[derive(Clone, Debug)]
enum Value {
    Mark,
    /// A string or bytes, and where they stand.
    Text(Rc<str>, usize),
    /// A dictionary, by where it was begun.
    Dict(usize),
    Other,
}

/// Reads one pickle after the other; `None` if the bytes are no pickle. What follows the last is read as bytes of
/// unknown structure.
pub(super) fn read(bytes: &[u8], store: &mut Store<'_>) -> Option<()> {
    let announced = matches!(bytes, [PROTO, FIRST_ANNOUNCED..=LATEST, ..]);
    if !announced && !matches!(bytes.first()?, b'(' | b']' | b'}' | b')' | b'c') {
        return None;
    }
    // One that is not announced has to be a pickle to its end.
    let mut first = Program::new(bytes, 0);
    let end = first.run(None);
    if announced && first.is_full {
        store.evidence.unparsed = Some("pickle: it holds more values than are followed".to_owned());
        lengths::read(bytes, 0, 0, store);
        return Some(());
    }
    end.filter(|&end| announced || bytes[end..].trim_ascii().is_empty())?;
    let mut at = 0;
    while let Some(end) = Program::new(bytes, at).run(Some(store)) {
        at = end;
        if bytes.get(at) != Some(&PROTO) {
            break;
        }
    }
    if !bytes[at..].trim_ascii().is_empty() {
        lengths::read(&bytes[at..], at, 0, store);
    }
    Some(())
}

struct Program<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    memo: HashMap<u64, Value>,
    /// It holds more values than are followed.
    is_full: bool,
}

impl<'a> Program<'a> {
    fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, stack: Vec::new(), memo: HashMap::new(), is_full: false }
    }

    /// Follows the operations; gives back where they stop, `None` if they do not.
    fn run(&mut self, mut store: Option<&mut Store<'_>>) -> Option<usize> {
        let mut steps = 0;
        loop {
            let operation = self.take(1)?[0];
            steps += 1;
            if self.stack.len().max(self.memo.len()) > MOST {
                self.is_full = true;
                return None;
            }
            if operation == STOP {
                return (steps >= FEWEST).then_some(self.at);
            }
            self.step(operation, store.as_deref_mut())?;
        }
    }

    fn step(&mut self, operation: u8, store: Option<&mut Store<'_>>) -> Option<()> {
        match operation {
            b'(' => self.stack.push(Value::Mark),
            b'}' => self.stack.push(Value::Dict(self.at)),
            b'N' | b']' | b')' | 0x88 | 0x89 | 0x8F | 0x97 => self.stack.push(Value::Other),
            b'0' => drop(self.stack.pop()?),
            b'1' => drop(self.marked()?),
            b'2' => self.stack.push(self.stack.last()?.clone()),
            b'l' | b't' | b'o' | 0x91 => {
                self.marked()?;
                self.stack.push(Value::Other);
            }
            b'd' => {
                let items = self.marked()?;
                let dict = Value::Dict(self.at);
                bind(&items, &dict, store);
                self.stack.push(dict);
            }
            b'u' => {
                let items = self.marked()?;
                bind(&items, self.stack.last()?, store);
            }
            b's' => {
                let items = self.stack.split_off(self.stack.len().checked_sub(2)?);
                bind(&items, self.stack.last()?, store);
            }
            b'e' | 0x90 => drop(self.marked()?),
            b'a' | b'b' => drop(self.stack.pop()?),
            b'R' | 0x81 | 0x86 | 0x93 => self.replace(2)?,
            0x85 | b'Q' => self.replace(1)?,
            0x87 | 0x92 => self.replace(3)?,
            0x94 => self.remember(self.memo.len() as u64)?,
            0x98 => {}
            b'F' | b'I' | b'L' | b'P' => {
                self.line()?;
                self.stack.push(Value::Other);
            }
            b'c' => {
                self.line()?;
                self.line()?;
                self.stack.push(Value::Other);
            }
            b'i' => {
                self.line()?;
                self.line()?;
                self.marked()?;
                self.stack.push(Value::Other);
            }
            b'S' | b'V' => {
                let at = self.at;
                let line = self.line()?;
                let quoted = if operation == b'S' { unquoted(line)? } else { line };
                let at = at + (line.len() - quoted.len()) / 2;
                self.text(quoted, at, store);
            }
            b'p' => {
                let index = number(self.line()?)?;
                self.remember(index)?;
            }
            b'g' => {
                let index = number(self.line()?)?;
                self.recall(index)?;
            }
            b'q' | b'r' => {
                let index = self.integer(if operation == b'q' { 1 } else { 4 })?;
                self.remember(index)?;
            }
            b'h' | b'j' => {
                let index = self.integer(if operation == b'h' { 1 } else { 4 })?;
                self.recall(index)?;
            }
            PROTO => drop(self.take(1)?),
            0x95 => drop(self.take(8)?),
            b'K' | 0x82 => self.fixed(1)?,
            b'M' | 0x83 => self.fixed(2)?,
            b'J' | 0x84 => self.fixed(4)?,
            b'G' => self.fixed(8)?,
            0x8A | 0x8B => {
                let length = self.integer(if operation == 0x8A { 1 } else { 4 })?;
                self.take(usize::try_from(length).ok()?)?;
                self.stack.push(Value::Other);
            }
            b'U' | b'C' | 0x8C => self.counted(1, store)?,
            b'T' | b'X' | b'B' => self.counted(4, store)?,
            0x8D | 0x8E | 0x96 => self.counted(8, store)?,
            _ => return None,
        }
        Some(())
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let line = &rest[..memchr::memchr(b'\n', rest)?];
        self.at += line.len() + 1;
        Some(line)
    }

    fn integer(&mut self, width: usize) -> Option<u64> {
        Some(self.take(width)?.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn fixed(&mut self, width: usize) -> Option<()> {
        self.take(width)?;
        self.stack.push(Value::Other);
        Some(())
    }

    fn counted(&mut self, width: usize, store: Option<&mut Store<'_>>) -> Option<()> {
        let length = self.integer(width)?;
        let at = self.at;
        let bytes = self.take(usize::try_from(length).ok()?)?;
        self.text(bytes, at, store);
        Some(())
    }

    fn text(&mut self, bytes: &[u8], at: usize, store: Option<&mut Store<'_>>) {
        let value = match std::str::from_utf8(bytes) {
            Ok(text) => {
                if let Some(store) = store
                    && store.has_use_for(None, text)
                {
                    store.literal(text, &offset(at), &Scope::default());
                }
                Value::Text(text.into(), at)
            }
            Err(_) => {
                // A pickle in a pickle, or data of another kind.
                if let Some(store) = store {
                    lengths::read(bytes, at, 1, store);
                }
                Value::Other
            }
        };
        self.stack.push(value);
    }

    /// What stands above the last mark, without it.
    fn marked(&mut self) -> Option<Vec<Value>> {
        let mark = self.stack.iter().rposition(|value| matches!(value, Value::Mark))?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        Some(items)
    }

    fn replace(&mut self, taken: usize) -> Option<()> {
        self.stack.truncate(self.stack.len().checked_sub(taken)?);
        self.stack.push(Value::Other);
        Some(())
    }

    fn remember(&mut self, index: u64) -> Option<()> {
        self.memo.insert(index, self.stack.last()?.clone());
        Some(())
    }

    fn recall(&mut self, index: u64) -> Option<()> {
        self.stack.push(self.memo.get(&index)?.clone());
        Some(())
    }
}

/// Keys and values in turn.
fn bind(items: &[Value], dict: &Value, store: Option<&mut Store<'_>>) {
    let (Some(store), Value::Dict(dict)) = (store, dict) else { return };
    let scope = Scope::default().within(Level::Map, &format!("@+{dict}"));
    for pair in items.chunks_exact(2) {
        if let [Value::Text(key, _), Value::Text(value, at)] = pair
            && store.has_use_for(Some(key), value)
        {
            store.bind(key, value, &offset(*at), &scope);
        }
    }
}

fn offset(at: usize) -> Position {
    Position { offset: Some(at as u64), ..Position::default() }
}

fn number(line: &[u8]) -> Option<u64> {
    std::str::from_utf8(line).ok()?.trim().parse().ok()
}

/// What the `repr` of a Python 2 string stands for, but for its escapes.
fn unquoted(line: &[u8]) -> Option<&[u8]> {
    match line {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => Some(inner),
        _ => None,
    }
}
