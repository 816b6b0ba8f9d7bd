//! Effects: what single instructions do to a frame, where it takes more than to push and pop.

use super::calls::Call;
use super::collections::Map;
use super::frame::Frame;
use super::machine::Machine;
use super::marshal::{Object, ObjectId};
use super::opcode::Op;
use super::value::{MAX_TEXT, Spot, Value};
use super::version::Version;
use std::rc::Rc;

/// Items of constants, and how deep they nest, that are looked at as values.
const MOST_ITEMS: usize = 1024;
const DEEPEST_ITEMS: usize = 3;

impl<'m> Machine<'m, '_> {
    /// A constant that an instruction loads.
    pub(super) fn constant(&mut self, id: ObjectId, spot: Spot) -> Value {
        self.recorder.used(id, spot);
        self.value_of(id, spot, 0)
    }

    fn value_of(&mut self, id: ObjectId, spot: Spot, depth: usize) -> Value {
        let objects = self.objects;
        match objects.get(id) {
            Object::Code(index) => Value::Code(*index),
            Object::Row(items) if depth < DEEPEST_ITEMS && items.len() <= MOST_ITEMS && self.spend(items.len()) => {
                let items: Vec<Value> = items.iter().map(|item| self.value_of(*item, spot, depth + 1)).collect();
                self.recorder.row(&items, spot);
                Value::Row(items.into())
            }
            Object::Text(_) | Object::Bytes(_) => match objects.text(id) {
                Some(text) if text.len() <= MAX_TEXT => {
                    let shared = self.shared.entry(id).or_insert_with(|| text.into());
                    Value::shared(shared.clone(), spot)
                }
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    pub(super) fn load(&self, name: Option<&'m str>, frame: &mut Frame<'m>) {
        let value = match name {
            Some(name) => match frame.variables.get(name).or_else(|| self.globals.get(name)) {
                Some(value) => value.clone(),
                None => Value::named(name),
            },
            None => Value::Unknown,
        };
        frame.push_named(value, name);
    }

    /// From 3.11 on the lowest bit says that the NULL of a call goes with it: below the callable until
    /// 3.12, above it since.
    pub(super) fn load_global(&self, name: Option<&'m str>, argument: u32, frame: &mut Frame<'m>) {
        let with_null = self.version >= Version(11) && argument & 1 == 1;
        if with_null && self.version < Version(13) {
            frame.push(Value::Absent);
        }
        self.load(name, frame);
        if with_null && self.version >= Version(13) {
            frame.push(Value::Absent);
        }
    }

    pub(super) fn attribute(&self, name: Option<&'m str>, is_method: bool, frame: &mut Frame<'m>) {
        let object = frame.pop();
        frame.push_named(name.map_or(Value::Unknown, |name| object.attribute(name)), name);
        if is_method {
            frame.push(Value::Absent);
        }
    }

    pub(super) fn store(&mut self, name: Option<&'m str>, frame: &mut Frame<'m>) {
        let Some(name) = name else { return drop(frame.pop()) };
        let value = frame.pop();
        self.spend(value.weight());
        let value = value.given_to(name);
        self.recorder.stored(name, &value, None, frame.spot());
        if frame.at < frame.conditional_until
            && let Some(known) = frame.variables.get(name)
        {
            let joined = known.join(&value);
            self.recorder.defaulted(&joined, frame.spot());
            frame.variables.insert(name, joined);
        } else if value == Value::Unknown {
            frame.variables.remove(name);
        } else {
            frame.variables.insert(name, value);
        }
    }

    pub(super) fn subscript(&self, frame: &mut Frame<'m>) {
        let key = frame.pop();
        let container = frame.pop();
        frame.push(match (key.name(), container) {
            (Some(key), Value::Named(_)) => Value::Lookup(key.into()),
            (Some(key), Value::Map(map)) => map.get(key).cloned().unwrap_or_default(),
            _ => Value::Unknown,
        });
    }

    pub(super) fn concatenated(&mut self, parts: &[Value], spot: Spot) -> Value {
        let mut whole = Value::text("", spot);
        for part in parts {
            let length: usize = whole.texts().iter().chain(part.texts()).map(|text| text.text.len()).sum();
            if !self.spend(1 + length / 16) {
                return Value::Unknown;
            }
            whole = whole.concat(part, spot);
        }
        let is_known = whole.texts().iter().any(|text| text.text.chars().count() > 1);
        if is_known { whole } else { Value::Unknown }
    }

    /// A value in an f-string: a text as it is, anything else unknown.
    pub(super) fn formatted(&self, frame: &mut Frame<'m>) {
        let value = frame.pop();
        frame.push(if value.texts().is_empty() { Value::Unknown } else { value });
    }

    pub(super) fn map<'v>(&mut self, pairs: impl Iterator<Item = (&'v Value, &'v Value)>, frame: &mut Frame<'m>) {
        let mut map = Map::new(frame.at);
        let owner = format!("map@{}", map.at);
        for (key, value) in pairs {
            self.spend(1 + value.weight());
            self.recorder.pair(key, value, Some(&owner), frame.spot());
            map.put(key, value);
        }
        frame.push(Value::Map(Rc::new(map)));
    }

    /// One more pair of the dictionary `depth` below the top: large ones are made pair by pair.
    pub(super) fn map_add(&mut self, key: &Value, value: &Value, depth: usize, frame: &mut Frame<'m>) {
        let map = frame.peek(depth);
        self.spend(map.weight() + value.weight());
        self.recorder.pair(key, value, map.identity().as_deref(), frame.spot());
        if let Some(Value::Map(map)) = frame.peek_mut(depth) {
            Rc::make_mut(map).put(key, value);
        }
    }

    /// `container[key] = value`
    pub(super) fn store_subscript(&mut self, frame: &mut Frame<'m>) {
        let key = frame.pop();
        let container = frame.pop();
        let value = frame.pop();
        let owner = container.identity();
        self.spend(value.weight());
        self.recorder.pair(&key, &value, owner.as_deref(), frame.spot());
        self.recorder.held(container.collection_name(), &value, owner.as_deref(), frame.spot());
    }

    /// The row `depth` below the top gets what lies on it: lists of constants are made of a tuple.
    pub(super) fn extend_row(&mut self, depth: usize, frame: &mut Frame<'m>) {
        let items = frame.pop();
        if let (Value::Row(_), Some(row @ Value::Row(_))) = (&items, frame.peek_mut(depth))
            && row.row().is_empty()
        {
            *row = items;
        }
    }

    /// A comparison: the name of one side says what the other is.
    pub(super) fn compare(&mut self, argument: u32, frame: &mut Frame<'m>) {
        let depth = frame.stack.len();
        let right = frame.pop();
        let left = frame.pop();
        // `==` and `!=` of `Python/compile.c`, which lie above some flags since 3.12.
        let operator = match self.version.0 {
            13.. => argument >> 5,
            12 => argument >> 4,
            _ => argument,
        };
        if let Some((name, at)) = frame.loaded.filter(|_| matches!(operator, 2 | 3)) {
            let other = if at == depth { left } else { right };
            if at == depth || at + 1 == depth {
                self.recorder.compared(name, &other, frame.spot());
            }
        }
        frame.push(Value::Unknown);
    }

    /// What a lambda gives that has nothing but a constant.
    fn constant_of(&mut self, function: &Value, spot: Spot) -> Option<Value> {
        let Value::Code(index) = *function else { return None };
        let objects = self.objects;
        let code = objects.codes.get(index as usize)?;
        if objects.text(code.name) != Some("<lambda>") {
            return None;
        }
        let words = code.instructions.as_chunks::<2>().0.iter();
        let mut steps = words.map(|&[opcode, argument]| (self.opcodes.get(opcode), usize::from(argument)));
        let (op, argument) = steps.find(|(op, _)| *op != Op::Skip)?;
        let returns = op == Op::ReturnConst || op == Op::LoadConst && steps.next()?.0 == Op::ReturnValue;
        let constant = objects.row(code.constants).get(argument).copied().filter(|_| returns)?;
        let value = self.constant(constant, spot);
        (!value.texts().is_empty()).then_some(value)
    }

    pub(super) fn make_function(&mut self, argument: u32, frame: &mut Frame<'m>) {
        if self.version < Version(11) {
            // Its qualified name.
            frame.pop();
        }
        let function = frame.pop();
        if self.version < Version(13) {
            // Closure, annotations, defaults of keyword-only parameters (a map, read as such).
            for flag in [8, 4, 2] {
                if argument & flag == flag {
                    frame.pop();
                }
            }
            if argument & 1 == 1 {
                let defaults = frame.pop();
                self.defaults(&function, &defaults, frame);
            }
        }
        let constant = self.constant_of(&function, frame.spot());
        frame.push(constant.unwrap_or(function));
    }

    /// Defaults belong to the last parameters.
    pub(super) fn defaults(&mut self, function: &Value, defaults: &Value, frame: &Frame<'m>) {
        let Value::Code(index) = *function else { return };
        let objects = self.objects;
        let Some(code) = objects.codes.get(index as usize) else { return };
        let values = defaults.row();
        let owner = format!("parameters@{}", frame.at);
        for (position, value) in (code.parameters.saturating_sub(values.len())..).zip(values) {
            self.spend(1);
            if let Some(name) = u32::try_from(position).ok().and_then(|index| code.local_at(objects, index)) {
                self.recorder.stored(name, value, Some(&owner), frame.spot());
            }
        }
    }

    /// A call with `count` arguments, whatever the instruction. What is called lies below them: alone
    /// up to 3.10, except for methods; beside the object or NULL since.
    pub(super) fn call(&mut self, shape: CallShape, count: usize, frame: &mut Frame<'m>) {
        let mut keywords = std::mem::take(&mut frame.keywords);
        if shape.names_on_top {
            keywords = frame.pop();
        }
        let mut arguments = frame.pop_many(count);
        let mut callee = frame.pop();
        if shape.is_beside {
            let below = frame.pop();
            if below != Value::Absent {
                // A decorator is called on what lies above it.
                let above = std::mem::replace(&mut callee, below);
                if above != Value::Absent {
                    arguments.insert(0, above);
                }
            }
        }
        // A row of names is copied for each call, and what texts are decoded to made anew.
        self.spend(keywords.row().len() + arguments.iter().map(Value::weight).sum::<usize>());
        let names: Vec<Rc<str>> = keywords.row().iter().map(|name| name.name().unwrap_or_default().into()).collect();
        let named = arguments.split_off(arguments.len().saturating_sub(names.len()));
        let keywords = names.into_iter().zip(named).collect();
        if let Value::Method(method) = &callee {
            self.spend(method.0.texts().iter().map(|text| text.text.len() / 16).sum());
        }
        let call = Call { callee, positional: arguments, keywords, spot: frame.spot() };
        self.recorder.called(&call);
        self.given(&call);
        frame.loaded = None;
        let result = self.composed_by(&call).unwrap_or_else(|| call.result());
        frame.push(result);
    }

    /// What a function or class of the module is given is named for its parameters.
    fn given(&mut self, call: &Call) {
        let objects = self.objects;
        let path = call.callee.path();
        let own = ["self.", "cls."].iter().find_map(|own| path.strip_prefix(own)).unwrap_or(path);
        let index = match call.callee {
            Value::Code(index) => Some(index),
            _ => self.functions.get(own).copied(),
        };
        let Some(code) = index.and_then(|index| objects.codes.get(index as usize)) else { return };
        let owner = call.identity();
        let skipped = u32::from(matches!(code.local_at(objects, 0), Some("self" | "cls")));
        for (position, value) in (skipped..code.parameters as u32).zip(&call.positional) {
            self.spend(1);
            if let Some(name) = code.local_at(objects, position) {
                self.recorder.stored(name, value, Some(&owner), call.spot);
            }
        }
    }

    fn unit(&self) -> u32 {
        if self.version >= Version(10) { 2 } else { 1 }
    }

    /// Where a jump that counts from the next instruction leads.
    pub(super) fn ahead(&self, argument: u32, next: u32) -> u32 {
        next.saturating_add(argument.saturating_mul(self.unit()))
    }

    /// Where a conditional jump leads: up to 3.10 it counts from the start.
    pub(super) fn target(&self, argument: u32, next: u32) -> u32 {
        if self.version >= Version(11) { self.ahead(argument, next) } else { argument.saturating_mul(self.unit()) }
    }

    pub(super) fn jump(&mut self, target: u32, frame: &mut Frame<'m>) {
        if self.leads_ahead(target, frame) {
            let stack = frame.stack.clone();
            self.enter(target, stack, frame);
        }
    }

    /// Nothing is gone round; and a stack has to be copied for each jump.
    fn leads_ahead(&mut self, target: u32, frame: &Frame<'m>) -> bool {
        target > frame.at && self.spend(frame.stack.len())
    }

    /// The end of a loop is reached with the iterator and, as if, a last item; up to 3.11 with neither.
    pub(super) fn enter_loop(&mut self, target: u32, frame: &mut Frame<'m>) {
        if self.version < Version(12) {
            if self.leads_ahead(target, frame) {
                let mut stack = frame.stack.clone();
                stack.pop();
                self.enter(target, stack, frame);
            }
            frame.push(Value::Unknown);
        } else {
            frame.push(Value::Unknown);
            self.jump(target, frame);
        }
    }

    fn enter(&self, target: u32, stack: Vec<Value>, frame: &mut Frame<'m>) {
        frame.conditional_until = frame.conditional_until.max(target);
        match frame.entries.get_mut(&target) {
            Some(entry) => {
                entry.iter_mut().rev().zip(stack.iter().rev()).for_each(|(own, other)| *own = own.join(other))
            }
            None => drop(frame.entries.insert(target, stack)),
        }
    }
}

/// How an instruction lays out its call.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallShape {
    /// The names of the last arguments lie on top of them.
    pub(super) names_on_top: bool,
    /// Two values stand for what is called.
    pub(super) is_beside: bool,
}
