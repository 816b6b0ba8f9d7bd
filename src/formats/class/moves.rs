//! Moves: instructions that only carry values between locals and the operand stack, or reorder the stack
//! (JVMS 2.11.2 and 2.11.6).

use super::descriptor::{Descriptor, slots};
use super::frame::Frame;
use super::instruction::op;
use super::value::Value;

/// Which slot the short forms of loads and stores name: four opcodes for each of five types.
fn short_slot(opcode: u8, first: u8) -> (usize, bool) {
    let index = opcode - first;
    (usize::from(index % 4), matches!(index / 4, 1 | 3))
}

pub(super) fn load(opcode: u8, operand: i32, frame: &mut Frame) {
    let (slot, wide) = match opcode {
        op::ILOAD..=op::ALOAD => (operand.unsigned_abs() as usize, matches!(opcode - op::ILOAD, 1 | 3)),
        _ => short_slot(opcode, op::ILOAD_0),
    };
    let value = frame.load(slot);
    frame.push(value);
    if wide {
        frame.push(Value::Unknown);
    }
}

pub(super) fn store(opcode: u8, operand: i32, frame: &mut Frame) -> (usize, Value) {
    let (slot, wide) = match opcode {
        op::ISTORE..=op::ASTORE => (operand.unsigned_abs() as usize, matches!(opcode - op::ISTORE, 1 | 3)),
        _ => short_slot(opcode, op::ISTORE_0),
    };
    if wide {
        frame.pop();
        frame.store(slot + 1, Value::Unknown);
    }
    let value = frame.pop();
    frame.store(slot, value.clone());
    (slot, value)
}

/// pop, dup and swap in all their forms; values are slots here.
pub(super) fn shuffle(opcode: u8, frame: &mut Frame) {
    let stack = &mut frame.stack;
    // How many slots are copied, and how many lie between the copy and the original.
    let (copied, below) = match opcode {
        0x57 => return frame.pop_many(1),
        0x58 => return frame.pop_many(2),
        0x59 => return stack.extend(stack.last().cloned()),
        0x5A => (1, 1),
        0x5B => (1, 2),
        0x5C => (2, 0),
        0x5D => (2, 1),
        0x5E => (2, 2),
        _ => {
            let top = stack.len();
            if top >= 2 {
                stack.swap(top - 1, top - 2);
            }
            return;
        }
    };
    let length = stack.len();
    if length >= copied + below {
        let copy = stack[length - copied..].to_vec();
        let at = length - copied - below;
        stack.splice(at..at, copy);
    }
}

/// The arguments of a call in order; the second slot of a long or double is dropped.
pub(super) fn pop_arguments(descriptor: &Descriptor<'_>, frame: &mut Frame) -> Vec<Value> {
    let mut args: Vec<Value> = descriptor
        .parameters
        .iter()
        .rev()
        .map(|of| {
            if slots(of) == 2 {
                frame.pop();
            }
            frame.pop()
        })
        .collect();
    args.reverse();
    args
}
