//! Relevance: which methods of a class are worth interpreting. Where a class names a secret, few of its methods
//! have to do with it: those that name it, those that give them values, and those that they ask.

use super::class_file::{ClassFile, Member};
use super::code::Code;
use super::descriptor::{is_reference, parameters};
use super::forwards::named_parameters;
use super::instruction::op;
use super::interest::Interest;
use super::mentions::{Mentions, says};
use super::naming::{declared_name, holds_text};
use super::operations::Operation;
use super::pool::Entry;
use super::recorder::Recorder;
use rustc_hash::{FxHashMap, FxHashSet};

/// How Scala names what gives the default of a constructor's parameter.
pub(super) const DEFAULT_OF_CONSTRUCTOR: &str = "$lessinit$greater$default$";

/// What has a value and what gets it: methods by their index, and behind them the class's own fields.
type Way = (usize, usize);

/// Whether each method has to do with what makes its class interesting.
pub(super) fn relevant<'a>(
    codes: &[Option<Code<'a>>],
    interest: &Interest,
    recorder: &mut Recorder<'_, 'a>,
) -> Vec<bool> {
    // What annotations call its members is not in its code.
    let any = !recorder.annotated.is_empty();
    let mut mentions = Mentions::new(interest, recorder);
    named_parameters(recorder, &mut mentions, codes);
    let mut survey = Survey {
        class: recorder.class,
        recorder,
        mentions,
        own: FxHashMap::default(),
        fields: FxHashMap::default(),
        values: Vec::new(),
        calls: Vec::new(),
    };
    let seen: Vec<Seen> = (codes.iter().enumerate())
        .map(|(method, code)| code.as_ref().map(|code| survey.method(method, code)).unwrap_or_default())
        .collect();
    let Survey { fields, mut values, mut calls, .. } = survey;
    let nodes = codes.len() + fields.len();
    // A text that tells may be bound wherever it gets to.
    let mut marked: Vec<bool> = seen.iter().map(|seen| seen.text).collect();
    marked.resize(nodes, false);
    values.sort_unstable();
    spread(&mut marked, &values);
    // Who calls what takes a secret may be the one who has it.
    let takes: FxHashSet<usize> = recorder.forwards.iter().map(|forward| usize::from(forward.method)).collect();
    calls.sort_unstable();
    for (callee, caller) in &calls {
        marked[*caller] |= seen[*callee].binds || takes.contains(callee);
    }
    for (marked, seen) in marked.iter_mut().zip(&seen) {
        *marked |= seen.binds;
    }
    // What they ask may be what has it, and what they call may bind it.
    let mut asked: Vec<Way> = values.into_iter().map(|(from, to)| (to, from)).collect();
    asked.extend(
        calls.into_iter().filter(|(callee, _)| seen[*callee].hands_on).map(|(callee, caller)| (caller, callee)),
    );
    asked.sort_unstable();
    spread(&mut marked, &asked);
    seen.iter().zip(marked).map(|(seen, marked)| (any || marked) && seen.has_text).collect()
}

/// Whether a method may hand on what it is given.
fn is_given_text(member: &Member<'_>) -> bool {
    let parameters = member.descriptor.split(')').next().unwrap_or_default();
    parameters.contains("String;") || parameters.contains("[C")
}

/// Marks what can be reached from what is marked; the ways are sorted.
fn spread(marked: &mut [bool], ways: &[Way]) {
    let mut pending: Vec<usize> = (0..marked.len()).filter(|&node| marked[node]).collect();
    while let Some(node) = pending.pop() {
        let first = ways.partition_point(|&(from, _)| from < node);
        for &(_, to) in ways[first..].iter().take_while(|&&(from, _)| from == node) {
            if !std::mem::replace(&mut marked[to], true) {
                pending.push(to);
            }
        }
    }
}

/// What a method does, as far as its instructions say one by one.
#[derive(Debug, Default)]
struct Seen {
    /// It holds a text that is a key or may be a secret.
    text: bool,
    /// What it stores, calls or gives back has a secret's name, or it makes a text out of something else.
    binds: bool,
    /// It may bind one of its parameters to the name that another one is.
    hands_on: bool,
    /// It has a text to follow at all.
    has_text: bool,
}

struct Survey<'s, 'a> {
    class: &'s ClassFile<'a>,
    recorder: &'s Recorder<'s, 'a>,
    mentions: Mentions<'s, 'a>,
    /// The class's own members by the pool indices that name them.
    own: FxHashMap<u16, Option<usize>>,
    fields: FxHashMap<&'a [u8], usize>,
    /// From what has a value to what gets it.
    values: Vec<Way>,
    /// From methods to their callers.
    calls: Vec<Way>,
}

impl<'a> Survey<'_, 'a> {
    fn method(&mut self, method: usize, code: &Code<'a>) -> Seen {
        let class = self.class;
        let member = &class.methods[method];
        let mut said = 0;
        let mut array = false;
        let mut operations = code.operations();
        for Operation { opcode, operand: index, .. } in &mut operations {
            // Of characters or bytes, given one by one.
            said |= if array && opcode == op::DUP { says::BINDS } else { 0 };
            array = false;
            said |= match opcode {
                op::LDC | op::LDC_W => self.mentions.of(index),
                op::INVOKEDYNAMIC => self.dynamic(method, index),
                op::GETSTATIC..=op::INVOKEINTERFACE => self.member(method, opcode, index),
                op::NEWARRAY => {
                    array = matches!(index, 5 | 8);
                    says::HAS_TEXT
                }
                _ => 0,
            };
        }
        let all = |wanted: u16| said & wanted == wanted;
        Seen {
            text: all(says::TEXT) || all(says::COMPOSES | says::PART),
            binds: !operations.is_done()
                || all(says::BINDS)
                || all(says::COMPARES | says::NAMED)
                || self.is_named(member)
                || code.local_names(&class.pool).any(|name| self.mentions.of(name) & says::NAMED != 0),
            hands_on: all(says::MAPS) && parameters(&member.descriptor).filter(|of| holds_text(of)).count() > 1,
            has_text: all(says::HAS_TEXT) || all(says::CALLS) && is_given_text(member),
        }
    }

    /// Whether what a method gives back has a secret's name.
    fn is_named(&self, member: &Member<'_>) -> bool {
        is_reference(&member.descriptor) && self.recorder.is_key(declared_name(&member.name, &self.class.name))
            || self.recorder.links.is_some() && member.name.starts_with(DEFAULT_OF_CONSTRUCTOR)
    }

    fn member(&mut self, method: usize, opcode: u8, index: u16) -> u16 {
        let said = self.mentions.of(index);
        if said & says::OWN != 0
            && let Some(own) = self.own(index)
        {
            return match opcode {
                op::PUTSTATIC | op::PUTFIELD => {
                    self.values.push((method, own));
                    said | says::HAS_TEXT
                }
                op::GETSTATIC | op::GETFIELD => {
                    self.values.push((own, method));
                    // Of what is read by a secret's name nothing is bound, but for what is added to a collection.
                    let read = if said & says::NAMED != 0 { said & !says::BINDS } else { said };
                    read | says::HAS_TEXT
                }
                _ => said | self.tie(method, own),
            };
        }
        match opcode {
            op::GETSTATIC | op::PUTFIELD => said | says::HAS_TEXT,
            _ => said,
        }
    }

    /// A call of the class's own method. What is called by a record or by broken code may be a field.
    fn tie(&mut self, caller: usize, callee: usize) -> u16 {
        let Some(member) = self.class.methods.get(callee) else { return 0 };
        self.calls.push((callee, caller));
        if !is_reference(&member.descriptor) {
            return 0;
        }
        self.values.push((callee, caller));
        says::HAS_TEXT
    }

    fn dynamic(&mut self, method: usize, index: u16) -> u16 {
        let Entry::Dynamic { bootstrap, name_and_type } = self.class.pool.get(index) else { return says::HAS_TEXT };
        let class = self.class;
        let mut said = says::HAS_TEXT;
        if let Entry::NameAndType { name, .. } = class.pool.get(name_and_type)
            && class.pool.raw(name).is_some_and(|name| name.starts_with(b"makeConcat"))
        {
            said |= says::COMPOSES;
        }
        let arguments = class.bootstraps.get(usize::from(bootstrap)).map_or(&[][..], |own| &own.arguments);
        for &argument in arguments {
            match class.pool.get(argument) {
                Entry::MethodHandle(member) if self.mentions.of(member) & says::OWN != 0 => {
                    if let Some(lambda) = self.own(member) {
                        said |= self.tie(method, lambda);
                    }
                }
                _ => said |= self.mentions.of(argument),
            }
        }
        said
    }

    /// The node of a member of the class's own.
    fn own(&mut self, index: u16) -> Option<usize> {
        if let Some(known) = self.own.get(&index) {
            return *known;
        }
        let class = self.class;
        let node = match class.pool.get(index) {
            Entry::Member { name_and_type, .. } => match class.pool.get(name_and_type) {
                Entry::NameAndType { name, descriptor } => self.node(name, descriptor),
                _ => None,
            },
            _ => None,
        };
        self.own.insert(index, node);
        node
    }

    fn node(&mut self, name: u16, descriptor: u16) -> Option<usize> {
        let class = self.class;
        match class.pool.raw(descriptor)? {
            [b'(', ..] => class.method(&class.pool.name(name)?, &class.pool.descriptor(descriptor)?).map(usize::from),
            // No text lies in a number.
            [b'L' | b'[', ..] => {
                let next = class.methods.len() + self.fields.len();
                Some(*self.fields.entry(class.pool.raw(name)?).or_insert(next))
            }
            _ => None,
        }
    }
}
