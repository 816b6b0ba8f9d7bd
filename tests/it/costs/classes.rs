//! Classes: members are looked up, and what their calls hold is charged.

use super::{Cost, assert_linear, cost};
use crate::support::class::{Class, ldc, u16s};

const TEXT: &str = "Ljava/lang/String;";

fn read(class: Class) -> Cost {
    cost("A.class", &class.bytes())
}

/// `ldc "password"` so that the class is interpreted, and a key to be found in it.
fn class() -> Class {
    let mut class = Class::default();
    class.string("password");
    class.string("AKIA2W3QFYOZTM3D7QXA");
    class
}

/// Each store asks for the field: there may be 65,535 of them.
#[test]
fn a_store_does_not_go_through_the_fields() {
    let with = |fields: u16, stores: usize| {
        let mut class = class();
        let members: Vec<_> = (0..fields).map(|n| class.member(format!("f{n}"), TEXT, &[])).collect();
        class.fields(members);
        let (field, text) = (class.field_ref("A", &format!("f{}", fields - 1), TEXT), class.string("password"));
        let store = [ldc(text), vec![0xB3], u16s(&[field])].concat();
        for n in 0..4 {
            class.method(&format!("m{n}"), "()V", &[store.repeat(stores), vec![0xB1]].concat());
        }
        read(class)
    };
    let [few, many] = [10, 20_000].map(|fields| with(fields, 2_000));
    assert!(many.read < few.read + few.read / 10, "{} steps, and {} with more fields", few.read, many.read);
    assert_linear("stores", with(1_000, 1_000).read, with(1_000, 2_000).read);
}

/// An array of arrays of arrays, shared: few bytes of code reach millions of items.
#[test]
fn arrays_that_hold_one_another_are_charged() {
    let mut class = class();
    let take = class.method_ref("B", "take", "([Ljava/lang/Object;)V");
    let object = class.class("java/lang/Object");
    // `sipush 250; anewarray`, and each of its items is what was on the stack before.
    let filled = |inner: &[u8]| {
        let mut code = [&[0x11, 0, 250, 0xBD][..], &object.to_be_bytes()].concat();
        for index in 0..250u8 {
            code.extend([&[0x59, 0x11, 0, index][..], inner, &[0x53]].concat());
        }
        code
    };
    let password = class.string("password");
    // Local 1 holds texts, 2 holds 1, 3 holds 2.
    let code = [
        filled(&ldc(password)),
        vec![0x4C],
        filled(&[0x2B]),
        vec![0x4D],
        filled(&[0x2C]),
        vec![0x4E],
        [&[0x2D, 0xB8][..], &take.to_be_bytes()].concat().repeat(2_000),
        vec![0xB1],
    ]
    .concat();
    class.method("m", "()V", &code);
    let cost = read(class);
    assert!(cost.trouble.is_some_and(|cause| cause.contains("steps")));
    assert!(cost.read < 3_000_000, "{}", cost.read);
    assert!(!cost.found.is_empty(), "the key in the class is found");
}

/// An array of four thousand characters, which each call may spell.
#[test]
fn a_long_array_costs_each_call_that_takes_it() {
    let mut class = class();
    let take = class.method_ref("B", "setPassword", "([C)V");
    let call = [&[0x2B, 0xB8][..], &take.to_be_bytes()].concat();
    // `sipush 4000; newarray char; astore_1`.
    let code = [vec![0x11, 0x0F, 0xA0, 0xBC, 5, 0x4C], call.repeat(10_000), vec![0xB1]].concat();
    class.method("password", "()V", &code);
    let cost = read(class);
    assert!(cost.trouble.is_some_and(|cause| cause.contains("steps")));
}

/// What a class asks to be bound is charged as it is bound.
#[test]
fn texts_that_are_handed_on_without_end_are_charged() {
    let mut class = class();
    let take = class.method_ref("B", "login", &format!("({TEXT}{TEXT})V"));
    let long = class.string("x".repeat(60_000));
    let call = [ldc(long), ldc(long), vec![0xB8], u16s(&[take])].concat();
    class.method("password", "()V", &[call.repeat(6_000), vec![0xB1]].concat());
    assert!(read(class).trouble.is_some_and(|cause| cause.contains("steps")));
}

/// A class of a usual kind is far below what it may take.
#[test]
fn a_usual_class_takes_few_steps() {
    let mut class = class();
    let set = class.method_ref("java/util/Properties", "setProperty", &format!("({TEXT}{TEXT})Ljava/lang/Object;"));
    let (key, value) = (class.string("db.password"), class.string("Tr0ub4dor-and-4x"));
    let call = [vec![0x2A], ldc(key), ldc(value), vec![0xB6], u16s(&[set]), vec![0x57]].concat();
    class.method("m", "(Ljava/util/Properties;)V", &[call.repeat(2_000), vec![0xB1]].concat());
    let length = 2_000 * 11;
    let cost = read(class);
    assert_eq!(cost.trouble, None);
    assert!(cost.read < 2 * length, "{}", cost.read);
}
