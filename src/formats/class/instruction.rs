//! An instruction: opcode, operands and where control may go (JVMS 6.5).

use super::cursor::Cursor;

/// One decoded instruction.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    pub(super) at: usize,
    pub(super) opcode: u8,
    /// Pool index, local slot, constant or array type: the first operand.
    pub(super) operand: i32,
    /// `iinc`'s constant, `multianewarray`'s dimensions.
    pub(super) second: i32,
    pub(super) next: usize,
    pub(super) targets: Targets,
}

/// Where a branch may go.
#[derive(Clone, Debug)]
pub(super) enum Targets {
    None,
    One(usize),
    /// Of a switch.
    Many(Vec<usize>),
}

impl Targets {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let targets = match self {
            Self::None => &[],
            Self::One(target) => std::slice::from_ref(target),
            Self::Many(targets) => targets.as_slice(),
        };
        targets.iter().copied()
    }
}

pub(super) mod op {
    //! The opcodes that interpretation names.
    pub(in super::super) const ACONST_NULL: u8 = 0x01;
    pub(in super::super) const ICONST_M1: u8 = 0x02;
    pub(in super::super) const ICONST_5: u8 = 0x08;
    pub(in super::super) const BIPUSH: u8 = 0x10;
    pub(in super::super) const SIPUSH: u8 = 0x11;
    pub(in super::super) const LDC: u8 = 0x12;
    pub(in super::super) const LDC_W: u8 = 0x13;
    pub(in super::super) const LDC2_W: u8 = 0x14;
    pub(in super::super) const ILOAD: u8 = 0x15;
    pub(in super::super) const ALOAD: u8 = 0x19;
    pub(in super::super) const ILOAD_0: u8 = 0x1A;
    pub(in super::super) const ALOAD_0: u8 = 0x2A;
    pub(in super::super) const ALOAD_3: u8 = 0x2D;
    pub(in super::super) const IALOAD: u8 = 0x2E;
    pub(in super::super) const AALOAD: u8 = 0x32;
    pub(in super::super) const SALOAD: u8 = 0x35;
    pub(in super::super) const ISTORE: u8 = 0x36;
    pub(in super::super) const ASTORE: u8 = 0x3A;
    pub(in super::super) const ISTORE_0: u8 = 0x3B;
    pub(in super::super) const ASTORE_3: u8 = 0x4E;
    pub(in super::super) const IASTORE: u8 = 0x4F;
    pub(in super::super) const SASTORE: u8 = 0x56;
    pub(in super::super) const POP: u8 = 0x57;
    pub(in super::super) const DUP: u8 = 0x59;
    pub(in super::super) const SWAP: u8 = 0x5F;
    pub(in super::super) const I2B: u8 = 0x91;
    pub(in super::super) const I2S: u8 = 0x93;
    pub(in super::super) const IINC: u8 = 0x84;
    pub(in super::super) const GOTO: u8 = 0xA7;
    pub(in super::super) const JSR: u8 = 0xA8;
    pub(in super::super) const RET: u8 = 0xA9;
    pub(in super::super) const TABLESWITCH: u8 = 0xAA;
    pub(in super::super) const LOOKUPSWITCH: u8 = 0xAB;
    pub(in super::super) const ARETURN: u8 = 0xB0;
    pub(in super::super) const RETURN: u8 = 0xB1;
    pub(in super::super) const GETSTATIC: u8 = 0xB2;
    pub(in super::super) const PUTSTATIC: u8 = 0xB3;
    pub(in super::super) const GETFIELD: u8 = 0xB4;
    pub(in super::super) const PUTFIELD: u8 = 0xB5;
    pub(in super::super) const INVOKEVIRTUAL: u8 = 0xB6;
    pub(in super::super) const INVOKESTATIC: u8 = 0xB8;
    pub(in super::super) const INVOKEINTERFACE: u8 = 0xB9;
    pub(in super::super) const INVOKEDYNAMIC: u8 = 0xBA;
    pub(in super::super) const NEW: u8 = 0xBB;
    pub(in super::super) const NEWARRAY: u8 = 0xBC;
    pub(in super::super) const ANEWARRAY: u8 = 0xBD;
    pub(in super::super) const ATHROW: u8 = 0xBF;
    pub(in super::super) const CHECKCAST: u8 = 0xC0;
    pub(in super::super) const WIDE: u8 = 0xC4;
    pub(in super::super) const MULTIANEWARRAY: u8 = 0xC5;
    pub(in super::super) const GOTO_W: u8 = 0xC8;
    pub(in super::super) const JSR_W: u8 = 0xC9;
}

impl Instruction {
    /// Decodes the instruction at an offset; `None` where there is none.
    pub(super) fn decode(code: &[u8], at: usize) -> Option<Self> {
        let mut cursor = Cursor { bytes: code, at };
        let mut opcode = cursor.u8()?;
        let mut targets = Targets::None;
        let (mut operand, mut second) = (0, 0);
        let branch = |offset: i32| usize::try_from(i64::try_from(at).ok()? + i64::from(offset)).ok();
        match opcode {
            op::BIPUSH => operand = i32::from(cursor.u8()?.cast_signed()),
            op::SIPUSH => operand = i32::from(cursor.u16()?.cast_signed()),
            op::LDC | 0x15..=0x19 | 0x36..=0x3A | op::RET | op::NEWARRAY => operand = i32::from(cursor.u8()?),
            op::IINC => {
                operand = i32::from(cursor.u8()?);
                second = i32::from(cursor.u8()?.cast_signed());
            }
            op::LDC_W | op::LDC2_W | 0xB2..=0xB8 | op::NEW | op::ANEWARRAY | op::CHECKCAST | 0xC1 => {
                operand = i32::from(cursor.u16()?);
            }
            op::INVOKEINTERFACE | op::INVOKEDYNAMIC => {
                operand = i32::from(cursor.u16()?);
                cursor.take(2)?;
            }
            op::MULTIANEWARRAY => {
                operand = i32::from(cursor.u16()?);
                second = i32::from(cursor.u8()?);
            }
            0x99..=0xA8 | 0xC6 | 0xC7 => {
                targets = Targets::One(branch(i32::from(cursor.u16()?.cast_signed()))?);
            }
            op::GOTO_W | op::JSR_W => targets = Targets::One(branch(cursor.i32()?)?),
            op::TABLESWITCH | op::LOOKUPSWITCH => {
                cursor.take((4 - cursor.at % 4) % 4)?;
                let mut all = vec![branch(cursor.i32()?)?];
                let rows = if opcode == op::TABLESWITCH {
                    let (low, high) = (cursor.i32()?, cursor.i32()?);
                    usize::try_from(i64::from(high) - i64::from(low) + 1).ok()?
                } else {
                    usize::try_from(cursor.i32()?).ok()?
                };
                for _ in 0..rows {
                    if opcode == op::LOOKUPSWITCH {
                        cursor.take(4)?;
                    }
                    all.push(branch(cursor.i32()?)?);
                }
                targets = Targets::Many(all);
            }
            // wide: the same instruction with two bytes for the slot (JVMS 6.5.wide).
            op::WIDE => {
                opcode = cursor.u8()?;
                operand = i32::from(cursor.u16()?);
                if opcode == op::IINC {
                    second = i32::from(cursor.u16()?.cast_signed());
                }
            }
            0xCA.. => return None,
            _ => {}
        }
        Some(Self { at, opcode, operand, second, next: cursor.at, targets })
    }

    /// Whether control never reaches the next instruction.
    pub(super) fn ends_block(&self) -> bool {
        matches!(self.opcode, op::GOTO | op::GOTO_W | op::RET | op::TABLESWITCH..=op::RETURN | op::ATHROW)
    }

    /// The pool index of an operand.
    pub(super) fn index(&self) -> u16 {
        u16::try_from(self.operand).unwrap_or(0)
    }
}

/// Slots taken from and put on the operand stack by instructions without effects of interest, in
/// order of opcode; `None` for those that interpretation handles itself.
pub(super) fn plain_effect(opcode: u8) -> Option<(usize, usize)> {
    Some(match opcode {
        0x00 | op::WIDE => (0, 0),                        // nop
        0x09 | 0x0A | 0x0E | 0x0F | op::LDC2_W => (0, 2), // lconst, dconst
        0x0B..=0x0D => (0, 1),                            // fconst
        0x2F | 0x31 => (2, 2),                            // laload, daload
        0x30 => (2, 1),                                   // faload
        0x50 | 0x52 => (4, 0),                            // lastore, dastore
        0x51 => (3, 0),                                   // fastore
        0x60 | 0x62 | 0x64 | 0x66 | 0x68 | 0x6A | 0x6C | 0x6E | 0x70 | 0x72 => (2, 1),
        0x61 | 0x63 | 0x65 | 0x67 | 0x69 | 0x6B | 0x6D | 0x6F | 0x71 | 0x73 => (4, 2),
        0x74 | 0x76 => (1, 1),               // ineg, fneg
        0x75 | 0x77 => (2, 2),               // lneg, dneg
        0x78 | 0x7A | 0x7C => (2, 1),        // ishl, ishr, iushr
        0x79 | 0x7B | 0x7D => (3, 2),        // lshl, lshr, lushr
        0x7E | 0x80 | 0x82 => (2, 1),        // iand, ior, ixor
        0x7F | 0x81 | 0x83 => (4, 2),        // land, lor, lxor
        0x85 | 0x87 | 0x8C | 0x8D => (1, 2), // i2l, i2d, f2l, f2d
        0x86 | 0x8B => (1, 1),               // i2f, f2i
        0x88 | 0x89 | 0x8E | 0x90 => (2, 1), // l2i, l2f, d2i, d2f
        0x8A | 0x8F => (2, 2),               // l2d, d2l
        0x94 | 0x97 | 0x98 => (4, 1),        // lcmp, dcmpl, dcmpg
        0x95 | 0x96 => (2, 1),               // fcmpl, fcmpg
        0x99..=0x9E | 0xC6 | 0xC7 => (1, 0), // if<cond>, ifnull, ifnonnull
        0x9F..=0xA6 => (2, 0),               // if_icmp<cond>, if_acmp<cond>
        op::GOTO | op::GOTO_W | op::RET | op::RETURN => (0, 0),
        op::JSR | op::JSR_W => (0, 1),
        op::TABLESWITCH | op::LOOKUPSWITCH | 0xAC | 0xAE | op::ATHROW => (1, 0),
        0xAD | 0xAF => (2, 0), // lreturn, dreturn
        0xBE | 0xC1 => (1, 1), // arraylength, instanceof
        0xC2 | 0xC3 => (1, 0), // monitorenter, monitorexit
        _ => return None,
    })
}
