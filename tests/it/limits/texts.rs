//! Texts, classes and stored objects that are made to cost.

use super::{bounded, scan, told};
use crate::cli::{Desk, PASSWORD};

const DEPTH: usize = 200_000;

const UNITS: [&str; 55] = [
    "'",
    "\"",
    "`",
    "='",
    "=\"",
    "=`",
    "password='",
    "password=\"",
    "\\\"",
    "\\",
    "\\\\\"password\\\\\":",
    "(",
    "[",
    "{",
    "(\"a\",",
    "\"password\",",
    "\"password\",\"x\",",
    "password=",
    "password: ",
    "?password=a&",
    "?password=",
    ";password={",
    "--conf a=",
    ";password=a",
    "--password ",
    "--password a ",
    "\"--password\",",
    "a=b&",
    "PASSWORD '",
    "password=\"a\" + ",
    "\"\"\"",
    "password = \"\"\"",
    "of(",
    "Map.of(\"password\",",
    ".password",
    "a.",
    " ",
    "\n",
    "\r\n",
    "ENV a ",
    "\0",
    "\u{1}",
    "ä=\"",
    "//",
    "password=${",
    "def a():\n",
    "  def a():\n x(",
    "LoginModule required password=\"",
    "IDENTIFIED BY '",
    "new BasicAWSCredentials(",
    "new BasicAWSCredentials(\"",
    "-Dpassword=",
    "${",
    "\"password\"=\"",
    " - --password\n",
];

/// Each with what is told of it.
#[test]
fn depth_without_end() {
    for (name, opening, closing, trouble) in [
        ("a.json", "[", "]", ""),
        ("a.json", "{\"password\":", "}", ""),
        ("a.json", "{\"a\":[", "", "unparsed - in/a.json"),
        ("a.yaml", "[", "]", ""),
        ("a.yaml", "- ", "", ""),
        ("a.yaml", "{a: ", "", ""),
        ("a.xml", "<a>", "</a>", ""),
        ("a.xml", "<password>", "", "unparsed - in/a.xml"),
        ("a.conf", "a {", "}", ""),
        ("a.tf", "a \"b\" {\n", "}\n", ""),
        ("a.toml", "[", "]", ""),
        ("a.py", "f(", ")", ""),
        ("a.java", "f(\"password\", ", ")", ""),
        ("a.properties", "${a:", "}", ""),
        ("a.sql", "WITH ('password' = '", "", "unparsed - in/a.sql"),
    ] {
        let text = format!("{}\"password\"{}\n", opening.repeat(DEPTH), closing.repeat(DEPTH));
        let told = told(&scan(name, text.as_bytes()));
        assert_eq!(told.join(", "), trouble, "{name} {opening}");
    }
}

/// What refers to what refers to what is not put together: names stand for themselves.
#[test]
fn entities_and_anchors_are_not_expanded() {
    let entities: String =
        (1..60).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10))).collect();
    let xml = format!("<!DOCTYPE a [<!ENTITY e0 \"x\">{entities}]><a><password>&e59;</password></a>");
    assert_eq!(told(&scan("a.xml", xml.as_bytes())), [""; 0]);
    let anchors: String =
        (1..60).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "))).collect();
    let yaml = format!("a0: &a0 [password, password]\n{anchors}password: *a59\n");
    assert_eq!(told(&scan("a.yaml", yaml.as_bytes())), [""; 0]);
}

/// One line of so many bytes, most of them a hole in the file.
fn line_of(bytes: u64) {
    let desk = Desk::new();
    desk.file("in/zz.properties", PASSWORD).file("in/a.txt", "");
    let file = std::fs::File::options().write(true).open(desk.path("in/a.txt")).unwrap();
    file.set_len(bytes).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"AKIA2W3QFYOZTM3D7QXA ", bytes / 5 * 4).unwrap();
    let run = bounded(&desk, &[]);
    assert_eq!(told(&run), ["unparsed - in/a.txt"], "too large to read its structure");
    assert!(run.places().iter().any(|place| place.starts_with("in/a.txt")));
}

/// Text above the size that is held as a whole.
#[test]
fn one_line_without_end() {
    line_of(256 << 20);
}

#[test]
#[ignore = "a minute without optimisation; .ci/run runs it with"]
fn one_line_of_two_gigabytes() {
    line_of(2 << 30);
}

#[test]
fn surrogates_without_a_partner() {
    let json = b"{\"password\":\"\\ud800Tr0ub4dor-and-3x\",\"other.password\":\"Tr0ub4dor\\udfff-and-4x\"}";
    assert!(scan("a.json", json).places().contains(&"in/a.json:1".to_owned()));
    let mut utf_16 = vec![0xFF, 0xFE];
    utf_16.extend("a=b\n".encode_utf16().chain([0xD800, 0x0A]).flat_map(u16::to_le_bytes));
    utf_16.extend(PASSWORD.encode_utf16().chain([0xDFFF]).flat_map(u16::to_le_bytes));
    assert!(scan("a.properties", &utf_16).places().contains(&"in/a.properties:3".to_owned()));
}

fn notebook_of(cells: usize) {
    let cell = "{\"cell_type\":\"code\",\"source\":[\"x\"],\"outputs\":[]},";
    let last = "{\"cell_type\":\"code\",\"source\":[\"db_password = 'Tr0ub4dor-and-4x'\"],\"outputs\":[]}";
    let notebook = format!("{{\"nbformat\":4,\"cells\":[{}{last}]}}", cell.repeat(cells));
    let run = scan("a.ipynb", notebook.as_bytes());
    assert_eq!(told(&run), [""; 0]);
    let report = run.json();
    let found: Vec<_> =
        report["findings"].as_array().unwrap().iter().map(|f| &f["locations"][0]["cell"]["index"]).collect();
    assert!(found.contains(&&serde_json::json!(cells + 1)), "{found:?}");
}

#[test]
fn a_notebook_of_a_hundred_thousand_cells() {
    notebook_of(100_000);
}

#[test]
#[ignore = "a minute without optimisation; .ci/run runs it with"]
fn a_notebook_of_a_million_cells() {
    notebook_of(1_000_000);
}

/// What a reader may look for the end or the beginning of, again and again. A file that took a time that grows
/// with the square of its size would take all that the scan has.
#[test]
fn units_of_texts_again_and_again() {
    let desk = Desk::new();
    desk.file("in/zz.properties", PASSWORD);
    for (n, unit) in UNITS.iter().enumerate() {
        let text = format!("password akia {}", unit.repeat((256 << 10) / unit.len()));
        for name in ["a.java", "a.txt", "a.log"] {
            desk.file(&format!("in/{n}/{name}"), &text);
        }
    }
    let run = bounded(&desk, &[]);
    assert_eq!(run.json()["summary"]["entries"], UNITS.len() * 3 + 1);
}

/// Keywords in a row, and what the patterns behind them begin with, again and again.
#[test]
fn patterns_are_tried_in_linear_time() {
    for (unit, trouble) in [
        ("AKIA", ""),
        // Where each place may begin what goes on to the end, the search stops, and that is reported.
        ("eyJhbGciOi.eyJ", "limit - in/a.txt"),
        ("-----BEGIN PRIVATE KEY-----", ""),
        ("AKIAASIAghp_xoxb-eyJpasswordsecret", ""),
        ("://user:password", ""),
        ("password=\"", ""),
        ("AccountKey=", ""),
        ("sasl.jaas.config=password=", ""),
    ] {
        let told = told(&scan("a.txt", unit.repeat((1 << 18) / unit.len()).as_bytes()));
        assert_eq!(told.join(", "), trouble, "{unit}");
    }
}

#[test]
fn objects_in_objects() {
    let nested =
        [b"\xAC\xED\0\x05".to_vec(), b"sr\0\x01a\0\0\0\0\0\0\0\0\x02\0\x01L\0\x01bt\0\x03La;xp".repeat(DEPTH)].concat();
    let array =
        [&b"\xAC\xED\0\x05ur\0\x01a\0\0\0\0\0\0\0\0\x02\0\0xp\x7F\xFF\xFF\xFF"[..], b"t\0\x08password"].concat();
    let marshal = [&b"\xCB\r\r\n"[..], &[0; 12], b"c", &[0; 20], &b")\x01".repeat(DEPTH)].concat();
    for (name, bytes) in [("a.ser", nested), ("a.ser", array), ("a.pyc", marshal)] {
        assert_eq!(told(&scan(name, &bytes)), [format!("unparsed - in/{name}")]);
    }
}

/// A description takes many times the bytes that it is written in.
#[test]
fn classes_and_fields_of_objects_without_number() {
    let class = b"vr\0\x01a\0\0\0\0\0\0\0\0\x02\0\0xp";
    let fields = [&b"vr\0\x01a\0\0\0\0\0\0\0\0\x02\xFF\xFF"[..], &b"I\0\x01b".repeat(0xFFFF), b"xp"].concat();
    for described in [class.repeat(270_000), fields.repeat(5)] {
        let stream = [&b"\xAC\xED\0\x05"[..], &described, b"t\0\x14AKIA2W3QFYOZTM3D7QXA"].concat();
        let run = scan("a.ser", &stream);
        assert_eq!(told(&run), ["unparsed - in/a.ser"]);
        assert!(run.places().iter().any(|place| place.starts_with("in/a.ser")), "what follows is looked through");
    }
}

/// Five bytes refer to a string of 60 KiB, as the value of a map's next entry.
#[test]
fn strings_that_are_referred_to_without_end() {
    let text = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat();
    let mut bytes = b"\xAC\xED\0\x05sr".to_vec();
    bytes.extend([text("java.util.HashMap"), vec![0; 8], b"\x03\0\0xp".to_vec()].concat());
    bytes.extend([b"t".to_vec(), text("db.password"), b"t".to_vec()].concat());
    bytes.extend(text(&format!("Tr0ub4dor-and-4x{}", "y".repeat(60_000))));
    bytes.extend(b"q\0\x7E\0\x02q\0\x7E\0\x03".repeat(50_000));
    bytes.push(b'x');
    assert_eq!(told(&scan("a.ser", &bytes)), ["unparsed - in/a.ser"]);
}

/// A class with so many constants, methods and bytes as its counts can say, and no more behind them.
#[test]
fn classes_with_absurd_counts() {
    let head = b"\xCA\xFE\xBA\xBE\0\0\0\x34".to_vec();
    let pool = |count: u16| [head.clone(), count.to_be_bytes().to_vec()].concat();
    let text = |text: &str| [&[1, 0, u8::try_from(text.len()).unwrap()][..], text.as_bytes()].concat();
    // 1 to 4: the class and its name, `Code`, `password`.
    let small =
        [pool(6), text("a"), b"\x07\0\x01".to_vec(), text("Code"), text("password"), b"\x08\0\x04".to_vec()].concat();
    let members = [&small[..], &[0, 1, 0, 2, 0, 0, 0, 0]].concat();
    let code = |length: u32, rest: &[u8]| {
        let mut bytes = [&members[..], b"\0\0\0\x01\0\x09\0\x01\0\x01\0\x01\0\x03"].concat();
        bytes.extend((12 + length).to_be_bytes());
        bytes.extend(b"\xFF\xFF\xFF\xFF");
        bytes.extend(length.to_be_bytes());
        bytes.extend(rest);
        bytes.extend([0; 6]);
        bytes
    };
    for bytes in [
        pool(0xFFFF),
        [&pool(0xFFFF)[..], &text("password").repeat(5000)].concat(),
        [&members[..], &[0xFF; 6]].concat(),
        [&members[..], b"\0\0\xFF\xFF", &[0; 64]].concat(),
        code(0xFFFF_FFF0, b"\x12\x05"),
    ] {
        assert_eq!(told(&scan("A.class", &bytes)), ["unparsed - in/A.class"]);
    }
    // `ldc "password"; pop` to the last byte that a method may have.
    let longest = code(65_535, &[&b"\x12\x05\x57".repeat(21_844)[..], b"\xB1\xB1\xB1"].concat());
    assert_eq!(told(&scan("A.class", &longest)), [""; 0]);
    // No class goes on behind its end.
    assert_eq!(told(&scan("A.class", &[&longest[..], &[0, 0]].concat())), ["unparsed - in/A.class"]);
}

/// What would be a gigabyte of bindings is told, and matched as a text.
#[test]
fn more_assignments_than_are_read() {
    let text = format!("{}AKIA2W3QFYOZTM3D7QXA\n", "password=x\n".repeat(200_000));
    let run = scan("a.properties", text.as_bytes());
    assert_eq!(told(&run), ["unparsed - in/a.properties"]);
    assert!(run.places().contains(&"in/a.properties:200001".to_owned()));
}

/// The same in a binary.
#[test]
fn more_values_of_a_binary_than_are_read() {
    let bytes = [b"\x01\0\x02\0".to_vec(), b"api_password=monkeys\0".repeat(100_001)].concat();
    assert_eq!(told(&scan("a.bin", &bytes)), ["unparsed - in/a.bin"]);
    let values = [&b"\x80\x04"[..], &b"N".repeat(1 << 21), b"."].concat();
    assert_eq!(told(&scan("a.pkl", &values)), ["unparsed - in/a.pkl"]);
}
