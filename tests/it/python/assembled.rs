//! Bytecode of CPython 3.14, put together by hand as its compiler lays it out (`dis`, `marshal`).
//!
//! No interpreter of that version was at hand to compile the samples; the reader was tried on modules
//! that one had compiled.

use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;

/// A marshalled object.
type Object = Vec<u8>;

fn text(text: &str) -> Object {
    [&[b'z', u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

fn bytes(bytes: &[u8]) -> Object {
    [b"s", &u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes].concat()
}

fn tuple(items: &[Object]) -> Object {
    [&[b')', u8::try_from(items.len()).unwrap()], items.concat().as_slice()].concat()
}

fn texts(items: &[&str]) -> Object {
    tuple(&items.iter().map(|item| text(item)).collect::<Vec<_>>())
}

/// A code object: parameters, flags, instructions with the line of each, and what they refer to.
struct Code<'c> {
    name: &'c str,
    flags: u32,
    locals: &'c [&'c str],
    names: &'c [&'c str],
    constants: &'c [Object],
    /// Line, opcode, argument and inline caches.
    instructions: &'c [(u32, u8, u8, usize)],
}

impl Code<'_> {
    fn marshalled(&self) -> Object {
        let mut instructions = Vec::new();
        let mut lines = Vec::new();
        let mut line = 1u32;
        for &(at, opcode, argument, caches) in self.instructions {
            instructions.extend([opcode, argument]);
            instructions.extend(vec![0; caches * 2]);
            let mut units = caches + 1;
            while units > 0 {
                let length = units.min(8);
                // PY_CODE_LOCATION_INFO_NO_COLUMNS with the line's increment, which is never negative here.
                lines.extend([
                    0x80 | 13 << 3 | u8::try_from(length - 1).unwrap(),
                    u8::try_from((at - line) << 1).unwrap(),
                ]);
                (line, units) = (at, units - length);
            }
        }
        let parameters = u32::try_from(self.locals.len()).unwrap();
        [
            b"c".as_slice(),
            &[parameters, 0, 0, 8, self.flags].map(u32::to_le_bytes).concat(),
            &bytes(&instructions),
            &tuple(self.constants),
            &texts(self.names),
            &texts(self.locals),
            &bytes(&vec![0x20; self.locals.len()]),
            &text("/build/job.py"),
            &text(self.name),
            &text(self.name),
            &1u32.to_le_bytes(),
            &bytes(&lines),
            &bytes(b""),
        ]
        .concat()
    }
}

const RESUME: u8 = 128;
const LOAD_CONST: u8 = 82;
const LOAD_NAME: u8 = 93;
const LOAD_FAST_BORROW: u8 = 86;
const LOAD_ATTR: u8 = 80;
const STORE_NAME: u8 = 116;
const STORE_SUBSCR: u8 = 38;
const BUILD_MAP: u8 = 47;
const CALL: u8 = 52;
const CALL_KW: u8 = 55;
const POP_TOP: u8 = 31;
const MAKE_FUNCTION: u8 = 23;
const SET_FUNCTION_ATTRIBUTE: u8 = 108;
const RETURN_VALUE: u8 = 35;
const COPY: u8 = 59;
const TO_BOOL: u8 = 39;
const POP_JUMP_IF_TRUE: u8 = 103;
const NOT_TAKEN: u8 = 28;

#[test]
fn bindings_of_3_14() {
    let function = Code {
        name: "configure",
        flags: 3,
        locals: &["config", "password"],
        names: &["set", "connect", "get"],
        constants: &[
            text("sasl.password"),
            text("Lagoon1Bandit"),
            text("Timber2Wizard"),
            texts(&["password"]),
            text("DB_PASSWORD"),
            text("Copper3Sphinx"),
        ],
        instructions: &[
            (11, RESUME, 0, 0),
            // config.set("sasl.password", ...)
            (12, LOAD_FAST_BORROW, 0, 0),
            (12, LOAD_ATTR, 1, 9),
            (12, LOAD_CONST, 0, 0),
            (13, LOAD_CONST, 1, 0),
            (13, CALL, 2, 3),
            (13, POP_TOP, 0, 0),
            // config.connect(password=...)
            (14, LOAD_FAST_BORROW, 0, 0),
            (14, LOAD_ATTR, 1 << 1 | 1, 9),
            (15, LOAD_CONST, 2, 0),
            (15, LOAD_CONST, 3, 0),
            (15, CALL_KW, 1, 3),
            (15, POP_TOP, 0, 0),
            // return config.get("DB_PASSWORD") or ...
            (16, LOAD_FAST_BORROW, 0, 0),
            (16, LOAD_ATTR, 2 << 1 | 1, 9),
            (16, LOAD_CONST, 4, 0),
            (16, CALL, 1, 3),
            (16, COPY, 1, 0),
            (16, TO_BOOL, 0, 3),
            (16, POP_JUMP_IF_TRUE, 3, 1),
            (16, NOT_TAKEN, 0, 0),
            (16, POP_TOP, 0, 0),
            (17, LOAD_CONST, 5, 0),
            (17, RETURN_VALUE, 0, 0),
        ],
    };
    let module = Code {
        name: "<module>",
        flags: 0,
        locals: &[],
        names: &["os", "environ", "options", "configure"],
        constants: &[
            text("Meadow4Rocket"),
            text("ADMIN_PASSWORD"),
            text("user"),
            text("loader"),
            text("db.password"),
            text("Saddle5Comet"),
            tuple(&[text("Violet6Hammer")]),
            function.marshalled(),
            b"N".to_vec(),
        ],
        instructions: &[
            (1, RESUME, 0, 0),
            // os.environ["ADMIN_PASSWORD"] = ...
            (2, LOAD_CONST, 0, 0),
            (2, LOAD_NAME, 0, 0),
            (2, LOAD_ATTR, 1 << 1, 9),
            (2, LOAD_CONST, 1, 0),
            (2, STORE_SUBSCR, 0, 1),
            // options = {"user": "loader", "db.password": ...}
            (3, LOAD_CONST, 2, 0),
            (3, LOAD_CONST, 3, 0),
            (4, LOAD_CONST, 4, 0),
            (4, LOAD_CONST, 5, 0),
            (4, BUILD_MAP, 2, 0),
            (4, STORE_NAME, 2, 0),
            // def configure(config, password=...)
            (10, LOAD_CONST, 6, 0),
            (10, LOAD_CONST, 7, 0),
            (10, MAKE_FUNCTION, 0, 0),
            (10, SET_FUNCTION_ATTRIBUTE, 1, 0),
            (10, STORE_NAME, 3, 0),
            (18, LOAD_CONST, 8, 0),
            (18, RETURN_VALUE, 0, 0),
        ],
    };
    let mut file = 3627u16.to_le_bytes().to_vec();
    file.extend(b"\r\n");
    file.resize(16, 0);
    file.extend(module.marshalled());
    let rules = RuleSet::builtin().unwrap();
    let path = EntryPath::artifact("job.pyc");
    let evidence = read(&file, &Context { path: &path, vocabulary: &rules.vocabulary });
    assert_eq!(evidence.unparsed, None);
    let found: Vec<_> = evidence
        .bindings
        .iter()
        .map(|b| (b.key.as_str(), b.value.as_str(), b.position.line.unwrap(), b.position.method.as_deref()))
        .collect();
    let in_function = Some("configure");
    assert_eq!(
        found,
        [
            ("ADMIN_PASSWORD", "Meadow4Rocket", 2, None),
            ("db.password", "Saddle5Comet", 4, None),
            ("password", "Violet6Hammer", 10, None),
            ("sasl.password", "Lagoon1Bandit", 13, in_function),
            ("password", "Timber2Wizard", 15, in_function),
            ("DB_PASSWORD", "Copper3Sphinx", 17, in_function),
        ]
    );
    assert!(evidence.bindings.iter().all(|b| b.position.source_file.as_deref() == Some("job.py")));
}
