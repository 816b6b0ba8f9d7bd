//! Bytecode that no compiler makes: whatever the bytes, reading ends, and soon.

use super::compiled;
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;

/// Reads bytes as a compiled module; why that was not done in full.
fn cause(bytes: &[u8], rules: &RuleSet) -> Option<String> {
    let path = EntryPath::artifact("module.pyc");
    let context = Context { path: &path, vocabulary: &rules.vocabulary };
    read(bytes, &context).unparsed
}

#[test]
fn a_broken_module_is_trouble_and_what_it_shows_is_read() {
    let rules = RuleSet::builtin().unwrap();
    let path = EntryPath::artifact("job.pyc");
    let context = Context { path: &path, vocabulary: &rules.vocabulary };
    for compiled in compiled("job") {
        let bytes = std::fs::read(compiled).unwrap();
        let evidence = read(&bytes[..bytes.len() - 40], &context);
        assert_eq!(evidence.unparsed.as_deref(), Some("Python bytecode: it ends too early"));
        assert!(evidence.literals.iter().any(|literal| literal.text.starts_with(b"AKIA")));
    }
}

/// A header of 3.12 and the kind of a code object, which promise a module.
fn module(rest: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xCB, 0x0D, b'\r', b'\n'];
    bytes.resize(16, 0);
    bytes.push(b'c');
    bytes.extend_from_slice(rest);
    bytes
}

#[test]
fn nests_and_lengths_without_end_are_refused() {
    let rules = RuleSet::builtin().unwrap();
    let numbers = [0; 20];
    for (rest, expected) in [
        (b"\x29\x01".repeat(1 << 20), "its objects nest too deep"),
        (vec![b'('; 5 << 20], "it ends too early"),
        ([b"(\xFF\xFF\xFF\x7F".as_slice(), &[b'N'; 1000]].concat(), "it ends too early"),
        ([b"s\xFF\xFF\xFF\xFF".as_slice()].concat(), "it holds a negative length"),
        (b"(\0\0\x60\0".iter().copied().chain(b"z\x01a".repeat(6 << 20)).collect(), "it holds too many objects"),
        (b"r\x09\0\0\0".to_vec(), "it refers to nothing"),
        (b"?".to_vec(), "it holds an object of an unknown kind"),
    ] {
        let cause = cause(&module(&[&numbers[..], &rest].concat()), &rules).unwrap();
        assert_eq!(cause, format!("Python bytecode: {expected}"));
    }
}

/// `LOAD_CONST`, then so many times `BUILD_TUPLE 1`; or `COPY 1, BUILD_TUPLE 2`, which doubles it.
#[test]
fn rows_in_rows_without_end_are_followed_no_further() {
    let rules = RuleSet::builtin().unwrap();
    let sized = |bytes: &[u8]| [b"s", &u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes].concat();
    let nested = [102, 1].repeat(1 << 20);
    let doubled = [120, 1, 102, 2].repeat(200);
    for code in [nested, doubled] {
        let code = [&[100, 0][..], &code, &[83, 0]].concat();
        let rest = [
            &[0; 20][..],
            &sized(&code),
            b")\x01z\x08password",
            &b")\0".repeat(2),
            &sized(b""),
            &b"z\x01m".repeat(3),
            &[1, 0, 0, 0],
            &sized(b"").repeat(2),
        ];
        assert_eq!(cause(&module(&rest.concat()), &rules), None);
    }
}
