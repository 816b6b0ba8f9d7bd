//! Python bytecode whose few bytes stand for many: objects refer to each other, so that thousands may share one.

use super::{scan, told};
use crate::cli::Run;

/// `FLAG_REF`
const KEPT: u8 = 0x80;
const NONE: &[u8] = b"N";
const LOAD_CONST: u8 = 82;
const POP_TOP: u8 = 31;
const COPY: u8 = 59;
const CALL_KW: u8 = 55;

fn row(items: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(items.len()).unwrap();
    [b"(", &count.to_le_bytes()[..], &items.concat()].concat()
}

fn bytes(bytes: &[u8]) -> Vec<u8> {
    [b"s", &u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes].concat()
}

fn text(text: &str) -> Vec<u8> {
    [b"u", &u32::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat()
}

/// The same object, to be referred to.
fn kept(mut object: Vec<u8>) -> Vec<u8> {
    object[0] |= KEPT;
    object
}

fn again(index: u32) -> Vec<u8> {
    [b"r", &index.to_le_bytes()[..]].concat()
}

/// A code object of CPython 3.14 without parameters and names.
fn code(instructions: Vec<u8>, constants: Vec<u8>, lines: Vec<u8>) -> Vec<u8> {
    let empty = || row(&[]);
    let name = text("f");
    let parts = [instructions, constants, empty(), empty(), bytes(b""), name.clone(), name.clone(), name];
    [
        b"c",
        &[0u32, 0, 0, 8, 3].map(u32::to_le_bytes).concat()[..],
        &parts.concat(),
        &1u32.to_le_bytes(),
        &lines,
        &bytes(b""),
    ]
    .concat()
}

/// A module of these constants, and of one more that is found whatever becomes of the rest.
fn module(instructions: &[u8], mut constants: Vec<Vec<u8>>) -> Run {
    constants.push(text("AKIA2W3QFYOZTM3D7QXA"));
    let code = code(bytes(instructions), row(&constants), bytes(b""));
    let run = scan("a.pyc", &[&3627u16.to_le_bytes()[..], b"\r\n", &[0; 12], &code].concat());
    assert!(run.places().iter().any(|place| place.starts_with("in/a.pyc")), "the key in the module is found");
    run
}

const UNPARSED: [&str; 1] = ["unparsed - in/a.pyc"];

#[test]
fn functions_that_share_a_row_of_constants() {
    let shared = kept(row(&vec![NONE.to_vec(); 150_000]));
    let functions = (0..60).map(|_| code(bytes(b""), again(0), bytes(b"")));
    assert_eq!(told(&module(b"", [shared].into_iter().chain(functions).collect())), UNPARSED);
}

#[test]
fn functions_that_share_a_table_of_lines() {
    let shared = kept(bytes(&[0x80; 1 << 20]));
    let functions = (0..3_000).map(|_| code(bytes(b""), row(&[]), again(0)));
    assert_eq!(told(&module(b"", [shared].into_iter().chain(functions).collect())), UNPARSED);
}

#[test]
fn functions_without_number() {
    // The smallest: all that it holds is nothing.
    let smallest = [b"c", &[0; 20][..], &NONE.repeat(8), &[0; 4], &NONE.repeat(2)].concat();
    assert_eq!(told(&scan_of_broken(vec![smallest; 140_000])), UNPARSED);
}

#[test]
fn items_without_number() {
    assert_eq!(told(&scan_of_broken(vec![NONE.to_vec(); 5_000_000])), UNPARSED);
    assert_eq!(told(&scan_of_broken(vec![vec![b'N' | KEPT]; 2_200_000])), UNPARSED);
}

/// A module that is not read to its end; its texts are found if they come before that.
fn scan_of_broken(mut constants: Vec<Vec<u8>>) -> Run {
    constants.insert(0, text("AKIA2W3QFYOZTM3D7QXA"));
    module(b"", constants)
}

/// Rows that hold one text, loaded as often as is counted, stand for a billion uses of it.
#[test]
fn uses_of_one_text_without_number() {
    let password = text(&format!("'password'='Tr0ub4dor-and-3x{}'", "x".repeat(1000)));
    let mut constants = vec![row(&[kept(password)])];
    constants.extend((0..1_000).map(|_| row(&vec![again(0); 200])));
    let load = |index: usize| {
        let [low, high, ..] = index.to_le_bytes();
        [69, high, LOAD_CONST, low, POP_TOP, 0].repeat(256)
    };
    let instructions: Vec<u8> = (0..1_000).flat_map(load).collect();
    assert!(told(&module(&instructions, constants)).contains(&UNPARSED[0].to_owned()));
}

/// A long text in a row, once for each use of the row.
#[test]
fn references_to_one_row_without_number() {
    let mut constants = vec![kept(row(&[text("sasl.jaas.config=password=\"Tr0ub4dor-and-3x\"")]))];
    constants.extend((0..200_000).map(|_| again(0)));
    assert_eq!(told(&module(&[LOAD_CONST, 0, POP_TOP, 0].repeat(256), constants)), [""; 0]);
}

/// One row of names for the arguments of calls that have none.
#[test]
fn calls_that_share_a_row_of_names() {
    let names = row(&vec![text("password"); 1_000]);
    // For what is called, for what lies below that, and for the names.
    let call = [COPY, 1, COPY, 1, COPY, 1, CALL_KW, 0, POP_TOP, 0];
    let instructions = [vec![LOAD_CONST, 0], call.repeat(20_000)].concat();
    assert_eq!(told(&module(&instructions, vec![names])), UNPARSED);
}
