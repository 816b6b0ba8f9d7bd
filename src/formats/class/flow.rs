//! Flow: the frames with which each block of a method may be entered, found by going round until
//! nothing changes, within bounds (JVMS 4.10 describes the same for verification).

use super::class_file::{ClassFile, Member};
use super::code::Code;
use super::frame::Frame;
use super::instruction::{Instruction, op};
use super::machine::Machine;
use super::observer::Observer;
use super::value::{Thing, Value};
use crate::meter::Meter;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A block that still changes after so many visits is a loop that builds a text: enough is known.
const MAX_VISITS: u32 = 6;
/// Instructions interpreted for one method, which bounds what a hostile class can cost.
const MAX_STEPS: usize = 400_000;
/// Values or handlers that cost as much as an instruction, when a frame is copied or joined.
const PER_STEP: usize = 16;
/// What is said of a class that takes more than its meter allows.
pub(super) const TOO_MANY_STEPS: &str = "a class takes more steps than one of its size may take";
/// Local variables and slots of the operand stack that are followed.
const MAX_SLOTS: usize = 1024;

/// A method's code, decoded.
#[derive(Debug)]
pub(super) struct Body<'c, 'a> {
    code: &'c Code<'a>,
    instructions: Vec<Instruction>,
    /// The offsets at which a block begins, in order.
    leaders: Vec<usize>,
    /// Whether all of the code could be decoded.
    whole: bool,
    /// Whether control only ever goes forward.
    straight: bool,
}

impl<'c, 'a> Body<'c, 'a> {
    /// Decodes up to `most` instructions.
    pub(super) fn new(code: &'c Code<'a>, most: usize) -> Self {
        let mut instructions: Vec<Instruction> = Vec::with_capacity(most.min(code.bytes.len() / 2));
        let mut leaders = vec![0];
        let mut at = 0;
        while at < code.bytes.len() && instructions.len() < most {
            let Some(instruction) = Instruction::decode(code.bytes, at) else { break };
            leaders.extend(instruction.targets.iter());
            if instruction.ends_block() || !instruction.targets.is_empty() {
                leaders.push(instruction.next);
            }
            at = instruction.next;
            instructions.push(instruction);
        }
        leaders.extend(code.handlers.iter().map(|handler| usize::from(handler.target)));
        leaders.sort_unstable();
        leaders.dedup();
        let straight = instructions.iter().all(|from| from.targets.iter().all(|to| to > from.at))
            && code.handlers.iter().all(|handler| handler.target >= handler.end);
        Self { whole: at == code.bytes.len(), code, instructions, leaders, straight }
    }

    /// The place of an offset's instruction, if one begins there.
    fn index(&self, at: usize) -> Option<usize> {
        self.instructions.binary_search_by_key(&at, |instruction| instruction.at).ok()
    }

    /// The first offset behind `at` at which a block begins.
    fn end_of_block(&self, at: usize) -> usize {
        let next = self.leaders.partition_point(|&leader| leader <= at);
        self.leaders.get(next).copied().unwrap_or(usize::MAX)
    }

    pub(super) fn into_leaders(self) -> Vec<usize> {
        self.leaders
    }

    /// How many instructions it has.
    pub(super) fn len(&self) -> usize {
        self.instructions.len()
    }
}

/// Interprets a method and tells the observer what it does, once that is settled. `Err` if it is more than the
/// bounds allow; what was settled by then has been told.
pub(super) fn run(
    body: &Body<'_, '_>,
    method: u16,
    machine: &mut Machine<'_, '_>,
    observer: &mut dyn Observer,
) -> Result<(), &'static str> {
    let entry = entry_frame(machine.class, method, body.code.max_locals);
    let mut flow =
        Flow { body, entries: BTreeMap::from([(0, entry)]), pending: BTreeSet::from([0]), steps: 0, exploring: true };
    // Where nothing goes back, all ways into a block have been gone when its turn comes: what is known
    // of it by then is settled, and one round is enough.
    let mut exhausted = false;
    if !body.straight {
        flow.explore(machine);
        exhausted = flow.is_exhausted(machine.meter);
        flow.settle();
    }
    while let Some(leader) = flow.pending.pop_first() {
        if !flow.is_exhausted(machine.meter) {
            flow.block(leader, machine, Some(observer));
        }
    }
    exhausted |= flow.exploring && flow.steps >= MAX_STEPS || machine.meter.is_exceeded();
    match (exhausted, body.whole) {
        _ if machine.meter.is_exceeded() => Err(TOO_MANY_STEPS),
        (true, _) => Err("a method is too long to interpret in full"),
        (_, false) => Err("a method's code is broken"),
        _ if machine.is_full() => Err("a class puts more text together than is followed"),
        _ => Ok(()),
    }
}

/// The frame at a method's start: the receiver and the parameters (JVMS 2.6.1).
fn entry_frame(class: &ClassFile<'_>, method: u16, max_locals: u16) -> Frame {
    let mut locals = vec![Value::Unknown; usize::from(max_locals).min(MAX_SLOTS)];
    if let Some(member) = class.methods.get(usize::from(method)) {
        for slot in parameter_slots(member) {
            if let Some(local) = locals.get_mut(usize::from(slot)) {
                *local = Value::Thing(Thing::Parameter(slot));
            }
        }
    }
    Frame::new(method, locals)
}

/// The local variable slots of the receiver and each parameter.
pub(super) fn parameter_slots(member: &Member<'_>) -> Vec<u16> {
    let mut slots = Vec::new();
    let mut next = 0u16;
    if !member.is_static() {
        slots.push(0);
        next = 1;
    }
    if let Some(descriptor) = super::descriptor::Descriptor::parse(&member.descriptor) {
        for of in &descriptor.parameters {
            slots.push(next);
            next = next.saturating_add(super::descriptor::slots(of) as u16);
        }
    }
    slots
}

struct Flow<'b, 'a> {
    body: &'b Body<'b, 'a>,
    entries: BTreeMap<usize, Frame>,
    pending: BTreeSet<usize>,
    steps: usize,
    /// What a block leads to is still to be entered or joined.
    exploring: bool,
}

impl Flow<'_, '_> {
    fn explore(&mut self, machine: &mut Machine<'_, '_>) {
        let mut visits: FxHashMap<usize, u32> = FxHashMap::default();
        while let Some(leader) = self.pending.pop_first() {
            let visits = visits.entry(leader).or_default();
            *visits += 1;
            if *visits <= MAX_VISITS && !self.is_exhausted(machine.meter) {
                self.block(leader, machine, None);
            }
        }
    }

    /// What is known now stays: each block is gone through once more.
    fn settle(&mut self) {
        self.pending = self.entries.keys().copied().collect();
        self.steps = 0;
        self.exploring = false;
    }

    /// Goes through a block. An observer is told of each but once.
    fn block(&mut self, leader: usize, machine: &mut Machine<'_, '_>, mut observer: Option<&mut dyn Observer>) {
        let entry = if observer.is_some() { self.entries.remove(&leader) } else { self.entries.get(&leader).cloned() };
        let Some(mut frame) = entry else { return };
        let Some(first) = self.body.index(leader) else { return };
        let mut end = self.body.end_of_block(leader);
        let body = self.body;
        let deepest = usize::from(body.code.max_stack).min(MAX_SLOTS) + 8;
        self.step(machine.meter, frame.size() / PER_STEP);
        let has_handlers = self.exploring && !body.code.handlers.is_empty();
        for (count, instruction) in body.instructions[first..].iter().enumerate() {
            // A block may begin inside of an instruction, in broken code.
            while end < instruction.at {
                end = body.end_of_block(end);
            }
            if instruction.at == end {
                if self.exploring {
                    self.enter(instruction.at, Cow::Owned(frame), machine.meter);
                }
                return;
            }
            self.step(machine.meter, 1);
            let stores = matches!(instruction.opcode, op::ISTORE..=op::ASTORE_3);
            if has_handlers && (count == 0 || stores) {
                self.enter_handlers(instruction.at, &frame, machine.meter);
            }
            let told: Option<&mut dyn Observer> = match &mut observer {
                Some(observer) => Some(&mut **observer),
                None => None,
            };
            if machine.step(instruction, &mut frame, told).is_none() || frame.stack.len() > deepest {
                return;
            }
            if has_handlers && stores {
                self.enter_handlers(instruction.at, &frame, machine.meter);
            }
            if self.exploring {
                for target in instruction.targets.iter() {
                    self.enter(target, Cow::Borrowed(&frame), machine.meter);
                }
            }
            if instruction.ends_block() || self.is_exhausted(machine.meter) {
                return;
            }
            if matches!(instruction.opcode, op::JSR | op::JSR_W) {
                // The subroutine took the return address that jsr pushed.
                frame.pop();
            }
        }
    }

    fn step(&mut self, meter: &Meter, steps: usize) {
        self.steps += steps;
        meter.charge(steps);
    }

    fn is_exhausted(&self, meter: &Meter) -> bool {
        self.steps >= MAX_STEPS || meter.is_exceeded()
    }

    fn enter(&mut self, target: usize, frame: Cow<'_, Frame>, meter: &Meter) {
        self.step(meter, frame.size() / PER_STEP);
        let changed = match self.entries.get_mut(&target) {
            Some(entry) => entry.join(&frame),
            None => self.begin(target, || frame.into_owned()),
        };
        if changed {
            self.pending.insert(target);
        }
    }

    fn begin(&mut self, target: usize, frame: impl FnOnce() -> Frame) -> bool {
        let exists = self.body.index(target).is_some();
        if exists {
            self.entries.insert(target, frame());
        }
        exists
    }

    fn enter_handlers(&mut self, at: usize, frame: &Frame, meter: &Meter) {
        let body = self.body;
        self.step(meter, body.code.handlers.len() / PER_STEP);
        for handler in &body.code.handlers {
            if (usize::from(handler.start)..usize::from(handler.end)).contains(&at) {
                self.step(meter, frame.size() / PER_STEP);
                let target = usize::from(handler.target);
                let changed = match self.entries.get_mut(&target) {
                    Some(entry) => entry.join_thrown(frame),
                    None => self.begin(target, || frame.thrown()),
                };
                if changed {
                    self.pending.insert(target);
                }
            }
        }
    }
}
