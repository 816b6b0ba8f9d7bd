//! Classes whose few bytes stand for many: what one index names is used in thousands of places.

use super::{scan, told};
use crate::archives::building::{entry, zip};
use crate::support::class::{Class, ldc, u16s};

const TEXT: &str = "Ljava/lang/String;";
const MANY: usize = 60_000;

/// A class with something to be found in it, whatever becomes of the rest.
fn class() -> Class {
    let mut class = Class::default();
    class.string("password");
    class.string("AKIA2W3QFYOZTM3D7QXA");
    class
}

/// Scans it within bounded memory; the key is found.
fn scanned(class: Class) -> Vec<String> {
    let run = scan("A.class", &class.bytes());
    assert!(run.places().iter().any(|place| place.starts_with("in/A.class:")), "the key in the class is found");
    told(&run)
}

const UNPARSED: [&str; 1] = ["unparsed - in/A.class"];

/// In modified UTF-8 a NUL takes two bytes: to decode such a name is to copy it.
#[test]
fn members_that_share_a_long_name() {
    let mut class = class();
    let name = [&b"\xC0\x80"[..], &[b'p'; 65_000]].concat();
    let field = class.member(&name, "I", &[]);
    class.fields(vec![field; MANY]);
    assert_eq!(scanned(class), [""; 0]);
}

#[test]
fn parameters_without_number() {
    let mut class = class();
    let descriptor = format!("({})V", "B".repeat(65_000));
    let method = class.member("password", &descriptor, &[]);
    class.methods(vec![method; MANY]);
    let calls: Vec<u8> = (0..2000)
        .flat_map(|n| [vec![0xB8], u16s(&[class.method_ref("B", &format!("m{n}"), &descriptor)])].concat())
        .collect();
    let password = class.string("password");
    class.method("calls", "()V", &[ldc(password), calls, vec![0xB1]].concat());
    assert_eq!(scanned(class), [""; 0]);
}

/// An array of strings in an annotation: one name, or one value, for all.
#[test]
fn elements_that_share_a_long_name_or_value() {
    let (name, value) = ("x".repeat(65_000) + ".password", "Tr0ub4dor-and-3x ".repeat(3_800));
    for (name, value, expected) in [(&*name, "Tr0ub4dor-and-3x", &[][..]), ("password", &*value, &UNPARSED)] {
        let mut class = class();
        let (of, name, value) = (class.utf8("La;"), class.utf8(name), class.utf8(value));
        let mut body = u16s(&[1, of, 1, name]);
        body.push(b'[');
        body.extend(u16s(&[65_000]));
        body.extend([&b"s"[..], &value.to_be_bytes()].concat().repeat(65_000));
        let annotations = class.attribute("RuntimeVisibleAnnotations", &body);
        class.annotate(annotations);
        assert_eq!(scanned(class), expected);
    }
}

/// Thousands of tokens in one method, whose name is long and whose table of lines has a row for all.
#[test]
fn constants_in_a_method_with_a_long_name_and_many_lines() {
    let mut class = class();
    let letter = |n: usize, at: u32| char::from(b'A' + u8::try_from(n / 26usize.pow(at) % 26).unwrap());
    let mut code: Vec<u8> = (0..4_000)
        .flat_map(|n| {
            let id: String = (0..6).map(|at| letter(n, at)).collect();
            ldc(class.string(format!("AKIA2W3QFYOZTM{id}")))
        })
        .collect();
    code.push(0xB1);
    let lines = class.attribute("LineNumberTable", &[u16s(&[65_535]), u16s(&[1, 7]).repeat(65_535)].concat());
    let code = class.code(&code, [u16::MAX, 0], &[], &[lines]);
    let method = class.member("m".repeat(60_000), "()V", &[code]);
    class.methods([method]);
    assert_eq!(scanned(class), [""; 0]);
}

/// A concatenation of 65,000 parts, each as long as a constant can be, called again and again.
#[test]
fn bootstrap_arguments_without_number() {
    let mut class = class();
    let (long, recipe) = (class.string([b'x'; 65_000]), class.string("\u{2}".repeat(60_000)));
    let site = class.call_site(0, "makeConcatWithConstants", &format!("(){TEXT}"));
    let arguments = u16s(&[1, 1, 65_001, recipe]);
    let table = class.attribute("BootstrapMethods", &[arguments, u16s(&[long]).repeat(65_000)].concat());
    class.annotate(table);
    let call = [&[0xBA][..], &site.to_be_bytes(), &[0, 0, 0x57]].concat();
    // A key, so that the method is interpreted.
    let password = class.string("password");
    class.method("m", "()V", &[ldc(password), vec![0x57], call.repeat(2_000), vec![0xB1]].concat());
    assert!(scanned(class).len() < 2);
}

#[test]
fn a_builder_that_never_ends() {
    let mut class = class();
    let (long, short) = (class.string("p".repeat(30_000)), class.string("password"));
    let made = class.class("java/lang/StringBuilder");
    let begin = class.method_ref("java/lang/StringBuilder", "<init>", "()V");
    let append = class.method_ref("java/lang/StringBuilder", "append", &format!("({TEXT})Ljava/lang/StringBuilder;"));
    let call = |text| [ldc(text), vec![0xB6], u16s(&[append])].concat();
    let mut code = [vec![0xBB], u16s(&[made]), vec![0x59, 0xB7], u16s(&[begin]), call(long)].concat();
    code.extend(call(short).repeat(10_000));
    code.extend([0x57, 0xB1]);
    for n in 0..4 {
        class.method(&format!("m{n}"), "()V", &code);
    }
    assert_eq!(scanned(class), UNPARSED);
}

/// A frame for each block, of as many variables as a method can claim.
#[test]
fn variables_blocks_and_handlers_without_number() {
    let mut class = class();
    let password = class.string("password");
    // `iconst_0; ifeq` to the next instruction.
    let blocks = [ldc(password), vec![0x57], b"\x03\x99\0\x03".repeat(16_000), vec![0xB1]].concat();
    let code = class.code(&blocks, [u16::MAX, u16::MAX], &[], &[]);
    let method = class.member("blocks", "()V", &[code]);
    class.methods([method]);
    let stores = [ldc(password), vec![0x57], b"\x03\x3B".repeat(16_000), vec![0xB1]].concat();
    let handlers = [0, 65_535, u16::try_from(stores.len() - 1).unwrap(), 0].repeat(65_535);
    let code = class.code(&stores, [10, 1000], &handlers, &[]);
    let method = class.member("handlers", "()V", &[code]);
    class.methods([method]);
    assert_eq!(scanned(class), UNPARSED);
}

#[test]
fn more_code_than_is_interpreted() {
    let mut class = class();
    let password = class.string("password");
    let code = class.code(&[ldc(password), vec![0x57], vec![0; 65_000], vec![0xB1]].concat(), [1, 0], &[], &[]);
    let method = class.member("m", "()V", &[code]);
    class.methods(vec![method; 40]);
    assert_eq!(scanned(class), UNPARSED);
}

/// A list of options in each of some constants, and each of those used everywhere.
#[test]
fn options_in_constants_that_are_used_everywhere() {
    let mut class = class();
    let options = "'password'='Tr0ub4dor-and-3x',".repeat(2_000);
    let code: Vec<u8> =
        (0..60).flat_map(|n| [ldc(class.string(format!("{options}{n}"))), vec![0x57]].concat().repeat(256)).collect();
    class.method("m", "()V", &[code, vec![0xB1]].concat());
    assert_eq!(scanned(class), ["limit max-findings in/A.class", UNPARSED[0]]);
}

#[test]
fn thousands_of_methods_that_take_passwords() {
    let mut class = class();
    let (name, of) = (class.utf8("password"), class.utf8(TEXT));
    let variables = class.attribute("LocalVariableTable", &u16s(&[1, 0, 1, name, of, 0]));
    let code = class.code(&[0xB1], [0, 1], &[], &[variables]);
    let methods: Vec<_> = (0..30_000)
        .map(|n| class.member(format!("m{n}"), &format!("({TEXT})V"), std::slice::from_ref(&code)))
        .collect();
    class.methods(methods);
    assert_eq!(scanned(class), UNPARSED);
}

/// A class that asks another one for its text, again and again.
fn asking(name: &str, times: usize) -> Class {
    let mut class = Class::named(name);
    class.string("password");
    let get = class.method_ref("Held", "get", &format!("(){TEXT}"));
    let set = class.method_ref("Login", "setPassword", &format!("({TEXT})V"));
    let call = [vec![0xB8], u16s(&[get]), vec![0xB8], u16s(&[set])].concat();
    for n in 0..times.div_ceil(10_000) {
        class.method(&format!("m{n}"), "()V", &[call.repeat(10_000), vec![0xB1]].concat());
    }
    class
}

fn jar_of(asking: impl Iterator<Item = Class>) -> Vec<u8> {
    let mut held = Class::named("Held");
    let text = held.string(format!("Tr0ub4dor-and-4x{}", "x".repeat(60_000)));
    held.method("get", &format!("(){TEXT}"), &[ldc(text), vec![0xB0]].concat());
    let mut entries = vec![entry("Held.class", &held.bytes())];
    entries.extend(asking.enumerate().map(|(n, class)| entry(&format!("A{n}.class"), &class.bytes())));
    zip(&entries)
}

#[test]
fn a_long_text_that_other_classes_ask_for_everywhere() {
    let told = told(&scan("a.jar", &jar_of((0..3).map(|n| asking(&format!("A{n}"), 20_000)))));
    assert!(told.contains(&"unparsed - in/a.jar!/Held.class".to_owned()), "{told:?}");
}

#[test]
#[ignore = "minutes without optimisation; .ci/run runs it with"]
fn classes_that_ask_each_other_for_more_than_is_followed() {
    let told = told(&scan("a.jar", &jar_of((0..14).map(|n| asking(&format!("A{n}"), 20_000)))));
    assert!(told.contains(&"limit - in/a.jar".to_owned()), "{told:?}");
}
