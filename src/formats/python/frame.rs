//! A frame: the stack and the variables at one instruction.

use super::value::{Spot, Value};
use rustc_hash::FxHashMap;

/// Values on a stack; CPython's compiler keeps to about 30 per expression.
pub(super) const DEEPEST_STACK: usize = 4096;

/// What is known at one instruction.
pub(super) struct Frame<'m> {
    pub(super) code: u32,
    pub(super) at: u32,
    pub(super) stack: Vec<Value>,
    pub(super) variables: FxHashMap<&'m str, Value>,
    /// Stacks with which a later instruction is jumped to.
    pub(super) entries: FxHashMap<u32, Vec<Value>>,
    /// Up to here, something may be left out.
    pub(super) conditional_until: u32,
    /// Names of the next call's last arguments.
    pub(super) keywords: Value,
    /// The variable or attribute that was read last, and how deep the stack was with it.
    pub(super) loaded: Option<(&'m str, usize)>,
}

impl<'m> Frame<'m> {
    pub(super) fn spot(&self) -> Spot {
        Spot { code: self.code, at: self.at }
    }

    /// The value of a variable or an attribute.
    pub(super) fn push_named(&mut self, value: Value, name: Option<&'m str>) {
        self.push(value);
        self.loaded = name.map(|name| (name, self.stack.len()));
    }

    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or_default()
    }

    pub(super) fn pop_many(&mut self, count: usize) -> Vec<Value> {
        let mut values = self.stack.split_off(self.stack.len().saturating_sub(count));
        // What lay below was lost in a handler.
        if values.len() < count && count <= DEEPEST_STACK {
            let missing = count - values.len();
            values.splice(0..0, std::iter::repeat_n(Value::Unknown, missing));
        }
        values
    }

    pub(super) fn push(&mut self, value: Value) {
        if self.stack.len() < DEEPEST_STACK {
            self.stack.push(value);
        }
    }

    /// The value `depth` below the top, which is 1.
    pub(super) fn peek(&self, depth: usize) -> Value {
        self.stack.len().checked_sub(depth).and_then(|index| self.stack.get(index)).cloned().unwrap_or_default()
    }

    pub(super) fn peek_mut(&mut self, depth: usize) -> Option<&mut Value> {
        self.stack.len().checked_sub(depth).and_then(|index| self.stack.get_mut(index))
    }

    /// Moves the top below `count - 1` others.
    pub(super) fn rotate(&mut self, count: usize) {
        if let Some(start) = self.stack.len().checked_sub(count)
            && count > 1
        {
            self.stack[start..].rotate_right(1);
        }
    }
}
