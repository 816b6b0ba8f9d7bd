//! Operations: the opcodes of a method's code with the pool indices behind them, one after the other, without what
//! else an instruction says (JVMS 6.5). Most methods are only asked what they name.

use super::instruction::op;

/// An opcode and what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) at: usize,
    pub(super) opcode: u8,
    /// Of `ldc`, fields, calls and `newarray`: the pool index or type of array.
    pub(super) operand: u16,
}

pub(super) struct Operations<'a> {
    code: &'a [u8],
    at: usize,
}

impl<'a> Operations<'a> {
    pub(super) fn new(code: &'a [u8]) -> Self {
        Self { code, at: 0 }
    }

    /// Whether all of the code has been gone over.
    pub(super) fn is_done(&self) -> bool {
        self.at == self.code.len()
    }
}

impl Iterator for Operations<'_> {
    type Item = Operation;

    fn next(&mut self) -> Option<Operation> {
        let at = self.at;
        let opcode = *self.code.get(at)?;
        let length = match LENGTHS[usize::from(opcode)] {
            0 => irregular(self.code, at)?,
            length => usize::from(length),
        };
        let operands = self.code.get(at + 1..at + length)?;
        self.at = at + length;
        let operand = match *operands {
            [byte] => u16::from(byte),
            [high, low, ..] => u16::from_be_bytes([high, low]),
            [] => 0,
        };
        Some(Operation { at, opcode, operand })
    }
}

/// The length of an instruction that says so itself; `None` where there is none.
fn irregular(code: &[u8], at: usize) -> Option<usize> {
    let word = |at: usize| code.get(at..at + 4)?.first_chunk().map(|bytes| i32::from_be_bytes(*bytes));
    // The tables begin at a multiple of four (JVMS 6.5.tableswitch).
    let table = at + 4 - at % 4;
    let end = match *code.get(at)? {
        op::TABLESWITCH => {
            let rows = i64::from(word(table + 8)?) - i64::from(word(table + 4)?) + 1;
            table.checked_add(12)?.checked_add(usize::try_from(rows).ok()?.checked_mul(4)?)?
        }
        op::LOOKUPSWITCH => {
            table.checked_add(8)?.checked_add(usize::try_from(word(table + 4)?).ok()?.checked_mul(8)?)?
        }
        // wide: two bytes for the slot, and two for the constant of iinc (JVMS 6.5.wide).
        op::WIDE => at + if *code.get(at + 1)? == op::IINC { 6 } else { 4 },
        _ => return None,
    };
    Some(end - at)
}

/// Lengths of instructions by their opcodes; 0 for those that have none of their own, and for what is no opcode.
const LENGTHS: [u8; 256] = {
    let mut lengths = [1; 256];
    let two = [op::BIPUSH, op::LDC, op::RET, op::NEWARRAY];
    let three = [op::SIPUSH, op::LDC_W, op::LDC2_W, op::IINC, op::NEW, op::ANEWARRAY, op::CHECKCAST, 0xC1, 0xC6, 0xC7];
    let five = [op::INVOKEINTERFACE, op::INVOKEDYNAMIC, op::GOTO_W, op::JSR_W];
    let none = [op::TABLESWITCH, op::LOOKUPSWITCH, op::WIDE];
    let lists: [(&[u8], u8); 4] = [(&two, 2), (&three, 3), (&five, 5), (&none, 0)];
    let ranges = [
        (op::ILOAD, op::ALOAD, 2),
        (op::ISTORE, op::ASTORE, 2),
        (0x99, op::JSR, 3),
        (op::GETSTATIC, op::INVOKESTATIC, 3),
        (0xCA, 0xFF, 0),
    ];
    let mut list = 0;
    while list < lists.len() {
        let mut place = 0;
        while place < lists[list].0.len() {
            lengths[lists[list].0[place] as usize] = lists[list].1;
            place += 1;
        }
        list += 1;
    }
    let mut range = 0;
    while range < ranges.len() {
        let (first, last, length) = ranges[range];
        let mut opcode = first as usize;
        while opcode <= last as usize {
            lengths[opcode] = length;
            opcode += 1;
        }
        range += 1;
    }
    lengths[op::MULTIANEWARRAY as usize] = 4;
    lengths
};

#[cfg(test)]
mod tests {
    use super::Operations;
    use crate::formats::class::instruction::Instruction;

    /// The operations are where the instructions are, in code made of all opcodes with all sorts of operands.
    #[test]
    fn operations_are_where_instructions_are() {
        let mut seed = 1u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as u8
        };
        let mut switches = 0;
        for round in 0..20_000 {
            let mut code: Vec<u8> = (0..60).map(|_| random()).collect();
            if round % 2 == 0 {
                // A switch of few rows that all lead onward: random ones have billions.
                code[..32].fill(0);
                let (opcode, low, high) = if round % 4 == 0 { (0xAA, 3, 5) } else { (0xAB, 2, 0) };
                code[0..16].copy_from_slice(&[opcode, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, low, 0, 0, 0, high]);
            }
            let mut operations = Operations::new(&code);
            let mut at = 0;
            while let Some(instruction) = Instruction::decode(&code, at) {
                let Some(operation) = operations.next() else { panic!("{at} of {code:?}") };
                assert_eq!((operation.at, operations.at), (at, instruction.next), "{code:?}");
                switches += usize::from(matches!(operation.opcode, 0xAA | 0xAB));
                if matches!(operation.opcode, 0x12 | 0x13 | 0xB2..=0xBA | 0xBC) {
                    assert_eq!(i32::from(operation.operand), instruction.operand, "{code:?}");
                }
                at = instruction.next;
            }
        }
        assert!(switches >= 10_000, "{switches}");
    }
}
