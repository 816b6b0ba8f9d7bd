//! An opcode: what an instruction does, whatever number the version of CPython gives it.

use super::version::{NEWEST, OLDEST, Version};

/// Instructions in terms of what matters here. Where a count is not given it is the argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Skip,
    ExtendedArg,
    /// Pops so many.
    Drop(u8),
    /// Pushes something unknown.
    Push,
    /// Pops so many and pushes something unknown.
    Take(u8),
    TakeMany,
    LoadConst,
    LoadName,
    LoadGlobal,
    LoadFast,
    LoadFastPair,
    LoadDeref,
    /// From a class's dictionary on the stack, or else from a cell or the globals.
    LoadFromDict(bool),
    LoadAttr,
    LoadMethod,
    LoadSuperAttr,
    StoreName,
    StoreFast,
    StoreFastPair,
    StoreFastLoadFast,
    StoreDeref,
    StoreAttr,
    StoreSubscr,
    Subscript,
    Compare,
    Remainder,
    Add,
    Binary,
    BuildRow,
    ExtendRow,
    BuildMap,
    BuildConstKeyMap,
    MapAdd,
    BuildString,
    BuildInterpolation,
    FormatValue,
    FormatSimple,
    CallFunction,
    CallFunctionKw,
    CallMethod,
    Call,
    CallKw,
    KwNames,
    CallFunctionEx,
    PushNull,
    MakeFunction,
    SetFunctionAttribute,
    ReturnValue,
    ReturnConst,
    Unpack,
    UnpackEx,
    RotTwo,
    RotThree,
    RotFour,
    RotN,
    DupTop,
    DupTopTwo,
    Copy,
    Swap,
    JumpForward,
    /// Never goes on to the next instruction.
    Leave,
    PopJump,
    JumpOrPop,
    ForIter,
}

/// No such instruction in a version: 255 is none of any.
const __: u8 = 0xFF;
const VERSIONS: usize = (NEWEST - OLDEST + 1) as usize;

/// The numbers from 3.6 to 3.14, as `opcode.opmap` of each version has them. An instruction that is
/// not listed pops one value and pushes another.
#[rustfmt::skip]
const NUMBERS: &[(Op, [u8; VERSIONS])] = &[
    (Op::ExtendedArg, [144, 144, 144, 144, 144, 144, 144, 71, 69]), // EXTENDED_ARG
    (Op::Skip, [__, __, __, __, __, 0, 0, 0, 0]), // CACHE
    (Op::Skip, [9, 9, 9, 9, 9, 9, 9, 30, 27]), // NOP
    (Op::Skip, [__, __, __, __, __, 151, 151, 149, 128]), // RESUME
    (Op::Skip, [__, __, __, __, __, 166, __, __, __]), // PRECALL
    (Op::Skip, [__, __, __, __, __, 135, 135, 94, 97]), // MAKE_CELL
    (Op::Skip, [__, __, __, __, __, 149, 149, 62, 60]), // COPY_FREE_VARS
    (Op::Skip, [__, __, __, __, __, __, __, __, 28]), // NOT_TAKEN
    (Op::Skip, [85, 85, 85, 85, 85, 85, 85, 37, 36]), // SETUP_ANNOTATIONS
    (Op::Skip, [__, __, __, __, __, __, __, 40, 39]), // TO_BOOL
    (Op::Skip, [__, __, __, __, __, __, __, 60, 58]), // CONVERT_VALUE
    (Op::Skip, [87, 87, 87, 87, 87, __, __, __, __]), // POP_BLOCK
    (Op::Skip, [120, 120, __, __, __, __, __, __, __]), // SETUP_LOOP
    (Op::Skip, [121, 121, __, __, __, __, __, __, __]), // SETUP_EXCEPT
    (Op::Skip, [122, 122, 122, 122, 122, __, __, __, __]), // SETUP_FINALLY
    (Op::Skip, [__, __, 53, __, __, __, __, __, __]), // BEGIN_FINALLY
    (Op::Skip, [__, __, 162, __, __, __, __, __, __]), // CALL_FINALLY
    (Op::Skip, [126, 126, 126, 126, 126, 126, 126, 65, 63]), // DELETE_FAST
    (Op::Skip, [91, 91, 91, 91, 91, 91, 91, 67, 65]), // DELETE_NAME
    (Op::Skip, [98, 98, 98, 98, 98, 98, 98, 66, 64]), // DELETE_GLOBAL
    (Op::Skip, [138, 138, 138, 138, 138, 139, 139, 64, 62]), // DELETE_DEREF
    (Op::LoadConst, [100, 100, 100, 100, 100, 100, 100, 83, 82]), // LOAD_CONST
    (Op::LoadName, [101, 101, 101, 101, 101, 101, 101, 92, 93]), // LOAD_NAME
    (Op::LoadGlobal, [116, 116, 116, 116, 116, 116, 116, 91, 92]), // LOAD_GLOBAL
    (Op::LoadFast, [124, 124, 124, 124, 124, 124, 124, 85, 84]), // LOAD_FAST
    (Op::LoadFast, [__, __, __, __, __, __, 127, 87, 88]), // LOAD_FAST_CHECK
    (Op::LoadFast, [__, __, __, __, __, __, __, __, 86]), // LOAD_FAST_BORROW
    (Op::LoadFast, [__, __, __, __, __, __, 143, 86, 85]), // LOAD_FAST_AND_CLEAR
    (Op::LoadFastPair, [__, __, __, __, __, __, __, 88, 89]), // LOAD_FAST_LOAD_FAST
    (Op::LoadFastPair, [__, __, __, __, __, __, __, __, 87]), // LOAD_FAST_BORROW_LOAD_FAST_BORROW
    (Op::StoreFastLoadFast, [__, __, __, __, __, __, __, 111, 113]), // STORE_FAST_LOAD_FAST
    (Op::StoreFastPair, [__, __, __, __, __, __, __, 112, 114]), // STORE_FAST_STORE_FAST
    (Op::LoadDeref, [136, 136, 136, 136, 136, 137, 137, 84, 83]), // LOAD_DEREF
    (Op::LoadDeref, [148, 148, 148, 148, 148, 148, __, __, __]), // LOAD_CLASSDEREF
    (Op::LoadFromDict(true), [__, __, __, __, __, __, 176, 89, 90]), // LOAD_FROM_DICT_OR_DEREF
    (Op::LoadFromDict(false), [__, __, __, __, __, __, 175, 90, 91]), // LOAD_FROM_DICT_OR_GLOBALS
    (Op::StoreName, [90, 90, 90, 90, 90, 90, 90, 114, 116]), // STORE_NAME
    (Op::StoreName, [97, 97, 97, 97, 97, 97, 97, 113, 115]), // STORE_GLOBAL
    (Op::StoreFast, [125, 125, 125, 125, 125, 125, 125, 110, 112]), // STORE_FAST
    (Op::StoreDeref, [137, 137, 137, 137, 137, 138, 138, 109, 111]), // STORE_DEREF
    (Op::StoreAttr, [95, 95, 95, 95, 95, 95, 95, 108, 110]), // STORE_ATTR
    (Op::StoreSubscr, [60, 60, 60, 60, 60, 60, 60, 39, 38]), // STORE_SUBSCR
    (Op::LoadAttr, [106, 106, 106, 106, 106, 106, 106, 82, 80]), // LOAD_ATTR
    (Op::LoadMethod, [__, 160, 160, 160, 160, 160, __, __, __]), // LOAD_METHOD
    (Op::LoadSuperAttr, [__, __, __, __, __, __, 141, 93, 96]), // LOAD_SUPER_ATTR
    (Op::Subscript, [25, 25, 25, 25, 25, 25, 25, 5, __]), // BINARY_SUBSCR
    (Op::Add, [23, 23, 23, 23, 23, __, __, __, __]), // BINARY_ADD
    (Op::Add, [55, 55, 55, 55, 55, __, __, __, __]), // INPLACE_ADD
    (Op::Binary, [__, __, __, __, __, 122, 122, 45, 44]), // BINARY_OP
    (Op::BuildRow, [102, 102, 102, 102, 102, 102, 102, 52, 51]), // BUILD_TUPLE
    (Op::BuildRow, [103, 103, 103, 103, 103, 103, 103, 47, 46]), // BUILD_LIST
    (Op::BuildRow, [104, 104, 104, 104, 104, 104, 104, 49, 48]), // BUILD_SET
    (Op::BuildMap, [105, 105, 105, 105, 105, 105, 105, 48, 47]), // BUILD_MAP
    (Op::BuildConstKeyMap, [156, 156, 156, 156, 156, 156, 156, 46, __]), // BUILD_CONST_KEY_MAP
    (Op::MapAdd, [147, 147, 147, 147, 147, 147, 147, 95, 98]), // MAP_ADD
    (Op::BuildString, [157, 157, 157, 157, 157, 157, 157, 51, 50]), // BUILD_STRING
    (Op::FormatValue, [155, 155, 155, 155, 155, 155, 155, __, __]), // FORMAT_VALUE
    (Op::FormatSimple, [__, __, __, __, __, __, __, 14, 12]), // FORMAT_SIMPLE
    (Op::Take(2), [__, __, __, __, __, __, __, 15, 13]), // FORMAT_WITH_SPEC
    (Op::CallFunction, [131, 131, 131, 131, 131, __, __, __, __]), // CALL_FUNCTION
    (Op::CallFunctionKw, [141, 141, 141, 141, 141, __, __, __, __]), // CALL_FUNCTION_KW
    (Op::CallMethod, [__, 161, 161, 161, 161, __, __, __, __]), // CALL_METHOD
    (Op::Call, [__, __, __, __, __, 171, 171, 53, 52]), // CALL
    (Op::CallKw, [__, __, __, __, __, __, __, 57, 55]), // CALL_KW
    (Op::KwNames, [__, __, __, __, __, 172, 172, __, __]), // KW_NAMES
    (Op::CallFunctionEx, [142, 142, 142, 142, 142, 142, 142, 54, 4]), // CALL_FUNCTION_EX
    (Op::PushNull, [__, __, __, __, __, 2, 2, 34, 33]), // PUSH_NULL
    (Op::MakeFunction, [132, 132, 132, 132, 132, 132, 132, 26, 23]), // MAKE_FUNCTION
    (Op::SetFunctionAttribute, [__, __, __, __, __, __, __, 106, 108]), // SET_FUNCTION_ATTRIBUTE
    (Op::ReturnValue, [83, 83, 83, 83, 83, 83, 83, 36, 35]), // RETURN_VALUE
    (Op::ReturnConst, [__, __, __, __, __, __, 121, 103, __]), // RETURN_CONST
    (Op::Unpack, [92, 92, 92, 92, 92, 92, 92, 117, 119]), // UNPACK_SEQUENCE
    (Op::UnpackEx, [94, 94, 94, 94, 94, 94, 94, 116, 118]), // UNPACK_EX
    (Op::RotTwo, [2, 2, 2, 2, 2, __, __, __, __]), // ROT_TWO
    (Op::RotThree, [3, 3, 3, 3, 3, __, __, __, __]), // ROT_THREE
    (Op::RotFour, [__, __, 6, 6, 6, __, __, __, __]), // ROT_FOUR
    (Op::RotN, [__, __, __, __, 99, __, __, __, __]), // ROT_N
    (Op::DupTop, [4, 4, 4, 4, 4, __, __, __, __]), // DUP_TOP
    (Op::DupTopTwo, [5, 5, 5, 5, 5, __, __, __, __]), // DUP_TOP_TWO
    (Op::Copy, [__, __, __, __, __, 120, 120, 61, 59]), // COPY
    (Op::Swap, [__, __, __, __, __, 99, 99, 115, 117]), // SWAP
    (Op::JumpForward, [110, 110, 110, 110, 110, 110, 110, 79, 77]), // JUMP_FORWARD
    (Op::Leave, [113, 113, 113, 113, 113, __, __, __, __]), // JUMP_ABSOLUTE
    (Op::Leave, [__, __, __, __, __, 140, 140, 77, 75]), // JUMP_BACKWARD
    (Op::Leave, [__, __, __, __, __, 134, 134, 78, 76]), // JUMP_BACKWARD_NO_INTERRUPT
    (Op::Leave, [__, __, __, 48, 119, 119, 119, 102, 105]), // RERAISE
    (Op::Leave, [130, 130, 130, 130, 130, 130, 130, 101, 104]), // RAISE_VARARGS
    (Op::Leave, [80, 80, __, __, __, __, __, __, __]), // BREAK_LOOP
    (Op::Leave, [119, 119, __, __, __, __, __, __, __]), // CONTINUE_LOOP
    (Op::PopJump, [114, 114, 114, 114, 114, __, 114, 97, 100]), // POP_JUMP_IF_FALSE
    (Op::PopJump, [115, 115, 115, 115, 115, __, 115, 100, 103]), // POP_JUMP_IF_TRUE
    (Op::PopJump, [__, __, __, __, __, __, 129, 98, 101]), // POP_JUMP_IF_NONE
    (Op::PopJump, [__, __, __, __, __, __, 128, 99, 102]), // POP_JUMP_IF_NOT_NONE
    (Op::PopJump, [__, __, __, __, __, 114, __, __, __]), // POP_JUMP_FORWARD_IF_FALSE
    (Op::PopJump, [__, __, __, __, __, 115, __, __, __]), // POP_JUMP_FORWARD_IF_TRUE
    (Op::PopJump, [__, __, __, __, __, 129, __, __, __]), // POP_JUMP_FORWARD_IF_NONE
    (Op::PopJump, [__, __, __, __, __, 128, __, __, __]), // POP_JUMP_FORWARD_IF_NOT_NONE
    (Op::JumpOrPop, [111, 111, 111, 111, 111, 111, __, __, __]), // JUMP_IF_FALSE_OR_POP
    (Op::JumpOrPop, [112, 112, 112, 112, 112, 112, __, __, __]), // JUMP_IF_TRUE_OR_POP
    (Op::ForIter, [93, 93, 93, 93, 93, 93, 93, 72, 70]), // FOR_ITER
    (Op::Drop(1), [1, 1, 1, 1, 1, 1, 1, 32, 31]), // POP_TOP
    (Op::Drop(1), [__, __, __, __, 129, __, __, __, __]), // GEN_START
    (Op::Drop(1), [__, __, __, __, __, __, __, __, 30]), // POP_ITER
    (Op::Drop(1), [145, 145, 145, 145, 145, 145, 145, 80, 78]), // LIST_APPEND
    (Op::Drop(1), [146, 146, 146, 146, 146, 146, 146, 105, 107]), // SET_ADD
    (Op::ExtendRow, [__, __, __, 162, 162, 162, 162, 81, 79]), // LIST_EXTEND
    (Op::ExtendRow, [__, __, __, 163, 163, 163, 163, 107, 109]), // SET_UPDATE
    (Op::Drop(1), [__, __, __, 165, 165, 165, 165, 69, 67]), // DICT_UPDATE
    (Op::Drop(1), [__, __, __, 164, 164, 164, 164, 68, 66]), // DICT_MERGE
    (Op::Drop(1), [96, 96, 96, 96, 96, 96, 96, 63, 61]), // DELETE_ATTR
    (Op::Drop(1), [70, 70, 70, 70, 70, 70, __, __, __]), // PRINT_EXPR
    (Op::Drop(1), [84, 84, 84, 84, 84, 84, __, __, __]), // IMPORT_STAR
    (Op::Drop(1), [__, __, __, __, __, 175, __, __, __]), // POP_JUMP_BACKWARD_IF_FALSE
    (Op::Drop(1), [__, __, __, __, __, 176, __, __, __]), // POP_JUMP_BACKWARD_IF_TRUE
    (Op::Drop(1), [__, __, __, __, __, 174, __, __, __]), // POP_JUMP_BACKWARD_IF_NONE
    (Op::Drop(1), [__, __, __, __, __, 173, __, __, __]), // POP_JUMP_BACKWARD_IF_NOT_NONE
    (Op::Drop(1), [__, __, __, __, __, 89, 89, 31, 29]), // POP_EXCEPT
    (Op::Drop(3), [__, __, __, 89, 89, __, __, __, __]), // POP_EXCEPT
    (Op::Skip, [89, 89, 89, __, __, __, __, __, __]), // POP_EXCEPT
    (Op::Drop(2), [__, __, __, __, __, __, 4, __, __]), // END_FOR
    (Op::Drop(1), [__, __, __, __, __, __, __, 11, 9]), // END_FOR
    (Op::Drop(2), [61, 61, 61, 61, 61, 61, 61, 9, 8]), // DELETE_SUBSCR
    (Op::Drop(2), [__, __, 54, 54, 54, 54, 54, 10, 68]), // END_ASYNC_FOR
    (Op::Drop(2), [__, __, __, 121, 121, __, __, __, __]), // JUMP_IF_NOT_EXC_MATCH
    (Op::Drop(4), [__, __, __, __, __, __, 27, 38, 37]), // STORE_SLICE
    (Op::Drop(1), [127, __, __, __, __, __, __, __, __]), // STORE_ANNOTATION
    (Op::Compare, [107, 107, 107, 107, 107, 107, 107, 58, 56]), // COMPARE_OP
    (Op::Take(2), [__, __, __, 117, 117, 117, 117, 76, 74]), // IS_OP
    (Op::Take(2), [__, __, __, 118, 118, 118, 118, 59, 57]), // CONTAINS_OP
    (Op::Take(2), [108, 108, 108, 108, 108, 108, 108, 75, 73]), // IMPORT_NAME
    (Op::Take(2), [__, __, __, __, __, __, 5, 12, 10]), // END_SEND
    (Op::Take(2), [__, __, __, __, __, __, 174, 56, 54]), // CALL_INTRINSIC_2
    (Op::Take(2), [__, __, __, __, __, __, 55, 8, 7]), // CLEANUP_THROW
    (Op::Take(2), [72, 72, 72, 72, 72, __, __, __, __]), // YIELD_FROM
    (Op::Take(2), [__, __, __, __, __, __, __, __, 2]), // BUILD_TEMPLATE
    (Op::Take(2), [__, __, __, __, __, 88, __, __, __]), // PREP_RERAISE_STAR
    (Op::Take(2), [64, 64, 64, 64, 64, __, __, __, __]), // BINARY_AND
    (Op::Take(2), [77, 77, 77, 77, 77, __, __, __, __]), // INPLACE_AND
    (Op::Take(2), [26, 26, 26, 26, 26, __, __, __, __]), // BINARY_FLOOR_DIVIDE
    (Op::Take(2), [28, 28, 28, 28, 28, __, __, __, __]), // INPLACE_FLOOR_DIVIDE
    (Op::Take(2), [62, 62, 62, 62, 62, __, __, __, __]), // BINARY_LSHIFT
    (Op::Take(2), [75, 75, 75, 75, 75, __, __, __, __]), // INPLACE_LSHIFT
    (Op::Take(2), [16, 16, 16, 16, 16, __, __, __, __]), // BINARY_MATRIX_MULTIPLY
    (Op::Take(2), [17, 17, 17, 17, 17, __, __, __, __]), // INPLACE_MATRIX_MULTIPLY
    (Op::Remainder, [22, 22, 22, 22, 22, __, __, __, __]), // BINARY_MODULO
    (Op::Remainder, [59, 59, 59, 59, 59, __, __, __, __]), // INPLACE_MODULO
    (Op::Take(2), [20, 20, 20, 20, 20, __, __, __, __]), // BINARY_MULTIPLY
    (Op::Take(2), [57, 57, 57, 57, 57, __, __, __, __]), // INPLACE_MULTIPLY
    (Op::Take(2), [66, 66, 66, 66, 66, __, __, __, __]), // BINARY_OR
    (Op::Take(2), [79, 79, 79, 79, 79, __, __, __, __]), // INPLACE_OR
    (Op::Take(2), [19, 19, 19, 19, 19, __, __, __, __]), // BINARY_POWER
    (Op::Take(2), [67, 67, 67, 67, 67, __, __, __, __]), // INPLACE_POWER
    (Op::Take(2), [63, 63, 63, 63, 63, __, __, __, __]), // BINARY_RSHIFT
    (Op::Take(2), [76, 76, 76, 76, 76, __, __, __, __]), // INPLACE_RSHIFT
    (Op::Take(2), [24, 24, 24, 24, 24, __, __, __, __]), // BINARY_SUBTRACT
    (Op::Take(2), [56, 56, 56, 56, 56, __, __, __, __]), // INPLACE_SUBTRACT
    (Op::Take(2), [27, 27, 27, 27, 27, __, __, __, __]), // BINARY_TRUE_DIVIDE
    (Op::Take(2), [29, 29, 29, 29, 29, __, __, __, __]), // INPLACE_TRUE_DIVIDE
    (Op::Take(2), [65, 65, 65, 65, 65, __, __, __, __]), // BINARY_XOR
    (Op::Take(2), [78, 78, 78, 78, 78, __, __, __, __]), // INPLACE_XOR
    (Op::Take(3), [__, __, __, __, __, __, 26, 4, 1]), // BINARY_SLICE
    (Op::Take(3), [__, __, __, __, __, 152, 152, 96, 99]), // MATCH_CLASS
    (Op::TakeMany, [133, 133, 133, 133, 133, 133, 133, 50, 49]), // BUILD_SLICE
    (Op::TakeMany, [149, 149, 149, __, __, __, __, __, __]), // BUILD_LIST_UNPACK
    (Op::TakeMany, [150, 150, 150, __, __, __, __, __, __]), // BUILD_MAP_UNPACK
    (Op::TakeMany, [151, 151, 151, __, __, __, __, __, __]), // BUILD_MAP_UNPACK_WITH_CALL
    (Op::TakeMany, [153, 153, 153, __, __, __, __, __, __]), // BUILD_SET_UNPACK
    (Op::TakeMany, [152, 152, 152, __, __, __, __, __, __]), // BUILD_TUPLE_UNPACK
    (Op::TakeMany, [158, 158, 158, __, __, __, __, __, __]), // BUILD_TUPLE_UNPACK_WITH_CALL
    (Op::BuildInterpolation, [__, __, __, __, __, __, __, __, 45]), // BUILD_INTERPOLATION
    (Op::Push, [__, __, __, __, __, __, __, __, 94]), // LOAD_SMALL_INT
    (Op::Push, [__, __, __, __, __, __, __, __, 81]), // LOAD_COMMON_CONSTANT
    (Op::Push, [71, 71, 71, 71, 71, 71, 71, 24, 21]), // LOAD_BUILD_CLASS
    (Op::Push, [135, 135, 135, 135, 135, 136, 136, __, __]), // LOAD_CLOSURE
    (Op::Push, [__, __, __, __, __, __, 87, 25, 22]), // LOAD_LOCALS
    (Op::Push, [__, __, __, 74, 74, 74, 74, 23, __]), // LOAD_ASSERTION_ERROR
    (Op::Push, [__, __, __, __, __, __, __, __, 95]), // LOAD_SPECIAL
    (Op::Push, [109, 109, 109, 109, 109, 109, 109, 74, 72]), // IMPORT_FROM
    (Op::Push, [__, __, __, __, __, 53, 53, 2, __]), // BEFORE_WITH
    (Op::Push, [52, 52, 52, 52, 52, 52, 52, 1, __]), // BEFORE_ASYNC_WITH
    (Op::Push, [143, 143, 143, 143, 143, __, __, __, __]), // SETUP_WITH
    (Op::Push, [51, 51, 51, 51, 51, 51, 51, 18, 15]), // GET_ANEXT
    (Op::Push, [__, __, __, __, 30, 30, 30, 20, 18]), // GET_LEN
    (Op::Push, [__, __, __, __, 31, 31, 31, 28, 25]), // MATCH_MAPPING
    (Op::Push, [__, __, __, __, 32, 32, 32, 29, 26]), // MATCH_SEQUENCE
    (Op::Push, [__, __, __, __, 33, 33, 33, 27, 24]), // MATCH_KEYS
    (Op::Push, [__, __, __, __, __, 35, 35, 33, 32]), // PUSH_EXC_INFO
    (Op::Push, [__, __, __, __, __, 75, 75, 35, 34]), // RETURN_GENERATOR
    (Op::Push, [__, __, __, 49, 49, 49, 49, 44, 43]), // WITH_EXCEPT_START
    (Op::Push, [81, 81, 81, __, __, __, __, __, __]), // WITH_CLEANUP_START
];

/// The opcodes of one version by their numbers.
pub(super) struct Opcodes([Op; 256]);

impl Opcodes {
    pub(super) fn of(version: Version) -> Self {
        let mut ops = [Op::Take(1); 256];
        let column = usize::from(version.0.saturating_sub(OLDEST)).min(VERSIONS - 1);
        for (op, numbers) in NUMBERS {
            if numbers[column] != __ {
                ops[usize::from(numbers[column])] = *op;
            }
        }
        Self(ops)
    }

    pub(super) fn get(&self, number: u8) -> Op {
        self.0[usize::from(number)]
    }
}
