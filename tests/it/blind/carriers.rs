//! Carriers: texts in other encodings, with what terminals do not show or with holes in them, and binaries
//! that hold keys and values. What a plain file gives, they give.

use super::template::Filler;
use super::{judge, seeds};
use crate::support::scan;
use encoding_rs::Encoding;
use serde_json::json;

/// A configuration, its log and its like; `⟨…⟩` is a comment that each carrier has in its own script.
const TEXTS: [(&str, &str); 4] = [
    (
        "job.properties",
        "# ⟨⟩\n# ⟨⟩\njdbc.password=⟦pw⟧\n# ⟨⟩\naws.access.key.id=⟦id:a⟧\naws.secret.access.key=⟦key:a⟧\nname=⟨⟩\n",
    ),
    (
        "conf.yaml",
        "# ⟨⟩ ⟨⟩\ns3.access-key: ⟦id:a⟧\ns3.secret-key: ⟦key:a⟧ # ⟨⟩\nnote: \"⟨⟩\"\ndb:\n  password: \"⟦gen⟧\"\n",
    ),
    (
        "job.sql",
        "-- ⟨⟩\nCREATE TABLE t (a INT COMMENT '⟨⟩') WITH (\n  'connector' = 'jdbc',\n  'password' = '⟦pw⟧'\n);\n",
    ),
    (
        "job.log",
        "2026-01-02 12:00:00,000 INFO  o.a.f.C [] - Loading configuration property: s3.access-key, ⟦id:a⟧\n\
         2026-01-02 12:00:00,001 INFO  o.a.f.C [] - ⟨⟩ ⟨⟩\n\
         2026-01-02 12:00:00,002 INFO  o.a.f.C [] - Loading configuration property: s3.secret-key, ⟦key:a⟧\n",
    ),
];

/// Scans one carrier of each text, and reports what is wrong.
fn check(what: &str, carry: &dyn Fn(&str, &str) -> Option<Vec<u8>>) {
    let mut wrong = Vec::new();
    for seed in seeds() {
        let mut filler = Filler::new(seed);
        let target = tempfile::tempdir().unwrap();
        for (name, template) in TEXTS {
            let planted = filler.planted.len();
            let text = filler.fill(name, template);
            match carry(name, &text) {
                Some(bytes) => std::fs::write(target.path().join(name), bytes).unwrap(),
                None => filler.planted.truncate(planted),
            }
        }
        assert!(!filler.planted.is_empty());
        let (report, _) = scan(target.path().to_str().unwrap());
        wrong.extend(judge(&report, &filler.planted).into_iter().map(|line| format!("{what}, seed {seed}: {line}")));
        assert_eq!(report["trouble"], json!([]), "{what}, seed {seed}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn commented(text: &str, comment: &str) -> String {
    text.replace("⟨⟩", comment)
}

#[test]
fn texts_of_every_encoding_are_texts() {
    let russian = "Настройки подключения к базе";
    let encodings: [(&'static Encoding, &str); 11] = [
        (encoding_rs::KOI8_R, russian),
        (encoding_rs::WINDOWS_1251, russian),
        (encoding_rs::IBM866, russian),
        (encoding_rs::GBK, "数据库连接配置，请勿提交"),
        (encoding_rs::BIG5, "資料庫連線設定，請勿提交"),
        (encoding_rs::SHIFT_JIS, "データベース接続の設定。表示"),
        (encoding_rs::EUC_JP, "データベース接続の設定"),
        (encoding_rs::ISO_2022_JP, "データベース接続の設定"),
        (encoding_rs::EUC_KR, "데이터베이스 연결 설정 파일"),
        (encoding_rs::WINDOWS_1253, "Ρυθμίσεις σύνδεσης με τη βάση"),
        (encoding_rs::WINDOWS_1252, "Größe, Straße, déjà vu"),
    ];
    for (encoding, comment) in encodings {
        check(encoding.name(), &|_, text| {
            let text = commented(text, comment);
            let (bytes, _, failed) = encoding.encode(&text);
            assert!(!failed);
            Some(bytes.into_owned())
        });
    }
}

#[test]
fn texts_of_wide_characters_are_texts() {
    let units = |text: &str, to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
    for (what, to) in [("little", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("big", u16::to_be_bytes)] {
        check(what, &|_, text| Some(units(&commented(text, "x"), to)));
        // As a shell appends to a file that another program wrote.
        check(what, &|_, text| {
            let (first, second) = text.split_at(text.find('\n').unwrap() + 1);
            Some([commented(first, "é").as_bytes(), &units(&commented(second, "Größe"), to)].concat())
        });
        check(what, &|_, text| {
            let (first, second) = text.split_at(text.find('\n').unwrap() + 1);
            let mark = units("\u{FEFF}", to);
            Some([&mark, &units(&commented(first, "連線設定"), to), commented(second, "é").as_bytes()].concat())
        });
    }
    for (what, to) in [("little", u32::to_le_bytes as fn(u32) -> [u8; 4]), ("big", u32::to_be_bytes)] {
        let bytes = |text: &str| text.chars().flat_map(|c| to(c.into())).collect::<Vec<u8>>();
        check(what, &|_, text| Some(bytes(&commented(&format!("\u{FEFF}{text}"), "データ"))));
        check(what, &|_, text| Some(bytes(&commented(text, "x"))));
    }
}

#[test]
fn what_terminals_do_not_show_hides_nothing() {
    let colored = |text: &str, escape: &str| -> String {
        let paint = |line: &str| match line.split_once([':', '=']) {
            Some((key, value)) => {
                let separator = &line[key.len()..line.len() - value.len()];
                format!("{escape}[33m{key}{escape}[0m{separator}{escape}[1;38;5;208m{value}{escape}[0m")
            }
            None => format!("{escape}[2m{line}{escape}[0m"),
        };
        text.split('\n').map(paint).collect::<Vec<_>>().join("\n")
    };
    let is_flat = |name: &str| matches!(name, "job.properties" | "job.log");
    check("colours", &|_, text| Some(colored(&commented(text, "x"), "\x1B").into_bytes()));
    check("found by grep", &|_, text| {
        let text = commented(text, "x").replace("key", "\x1B[01;31m\x1B[Kkey\x1B[m\x1B[K");
        Some(text.replace("AKIA", "\x1B[01;31m\x1B[KAKIA\x1B[m\x1B[K").into_bytes())
    });
    for escape in [r"\033", r"\x1b", r"\e", r"\u001b", "^["] {
        check(escape, &|name, text| is_flat(name).then(|| colored(&commented(text, "x"), escape).into_bytes()));
    }
    check("a progress bar", &|name, text| {
        let bar: String = (0..100).map(|n| format!("{n:3}%\x08\x08\x08\x08")).collect();
        is_flat(name).then(|| commented(text, &bar).into_bytes())
    });
    check("bold by overstriking", &|_, text| {
        let text = commented(text, "x").replace("key", "k\x08ke\x08ey\x08y");
        Some(text.replace("password", "_\x08p_\x08a_\x08s_\x08s_\x08w_\x08o_\x08r_\x08d").into_bytes())
    });
    check("marks of other files", &|_, text| {
        Some(commented(text, "x").replace('\n', "\n\u{FEFF}").replace("AKIA", "AK\u{200B}IA").into_bytes())
    });
}

#[test]
fn holes_and_separators_hide_nothing() {
    for length in [1, 700, 100_000] {
        let hole = "\0".repeat(length);
        check("a hole in front", &|_, text| Some(format!("{hole}{}", commented(text, "x")).into_bytes()));
        check("a hole in between", &|_, text| {
            Some(commented(text, "x").replacen('\n', &format!("\n{hole}"), 1).into())
        });
        check("a hole at the end", &|_, text| Some(format!("{}{hole}", commented(text, "x")).into_bytes()));
    }
    for separator in ["\0", "\0\0"] {
        let mut filler = Filler::new(7);
        let template = "PATH=/bin;DB_PASSWORD=⟦pw⟧;AWS_ACCESS_KEY_ID=⟦id:a⟧;AWS_SECRET_ACCESS_KEY=⟦key:a⟧;HOME=/;";
        let text = filler.fill("environ", template).replace(';', separator);
        let target = tempfile::tempdir().unwrap();
        std::fs::write(target.path().join("environ"), &text).unwrap();
        let (report, _) = scan(target.path().to_str().unwrap());
        assert_eq!(judge(&report, &filler.planted), [""; 0]);
        let finding = &report["findings"].as_array().unwrap().iter().find(|f| f["rule_id"] == "aws-access-key-pair");
        let place = &finding.unwrap()["locations"][0];
        let column = text.find("AKIA").unwrap() + 1;
        assert_eq!((place["line"].as_u64(), place["column"].as_u64()), (Some(1), Some(column as u64)));
    }
    // RFC 7464
    let mut filler = Filler::new(8);
    let text = filler.fill("events.json", "\x1E{\"db.password\":\"⟦pw⟧\"}\n\x1E{\"token\":\"⟦ghp⟧\"}\n");
    let target = tempfile::tempdir().unwrap();
    std::fs::write(target.path().join("events.json"), text).unwrap();
    let (report, _) = scan(target.path().to_str().unwrap());
    assert_eq!(judge(&report, &filler.planted), [""; 0]);
    assert_eq!(report["trouble"], json!([]));
}

/// Strings as a format writes them.
type Strings = fn(&str) -> Vec<u8>;

/// `{key: value, …}` in formats that put a length in front of each string.
fn encoded(pairs: &[(&str, &str)]) -> Vec<(&'static str, Vec<u8>)> {
    let all = |head: &[u8], string: Strings, value: Strings, tail: &[u8]| {
        let body = pairs.iter().flat_map(|(key, text)| [string(key), value(text)].concat());
        [head, &body.collect::<Vec<u8>>(), tail].concat()
    };
    let message_pack: Strings = |text| match text.len() {
        length @ ..32 => [&[0xA0 | length as u8], text.as_bytes()].concat(),
        length => [&[0xD9, length as u8], text.as_bytes()].concat(),
    };
    let bson_key: Strings = |text| [b"\x02", text.as_bytes(), b"\0"].concat();
    let bson_value: Strings = |text| [&(text.len() as u32 + 1).to_le_bytes(), text.as_bytes(), b"\0"].concat();
    let flight: Strings = |text| [&[3, text.len() as u8], text.as_bytes()].concat();
    let protobuf_key: Strings = |text| [&[0x0A, 0x40, 0x0A, text.len() as u8], text.as_bytes()].concat();
    let protobuf_value: Strings = |text| [&[0x12, text.len() as u8], text.as_bytes()].concat();
    let protocol_2: Strings = |text| [b"X", &(text.len() as u32).to_le_bytes()[..], text.as_bytes(), b"q\x01"].concat();
    let protocol_4: Strings = |text| [&[0x8C, text.len() as u8], text.as_bytes(), b"\x94"].concat();
    let protocol_0: Strings = |text| format!("V{text}\np1\n").into_bytes();
    let filler = [0x00, 0xFF, 0x01, 0x80, 0x02, 0x07, 0x13, 0x05];
    vec![
        ("messagepack", all(&[0x80 | pairs.len() as u8], message_pack, message_pack, &[])),
        ("bson", all(&[0x80, 0, 0, 0], bson_key, bson_value, b"\0")),
        ("flight", all(&[filler, *b"FLR\0\0\x02\0\x01"].concat(), flight, flight, &filler)),
        ("protobuf", all(&filler, protobuf_key, protobuf_value, &filler)),
        ("pickle2", all(b"\x80\x02}q\x00(", protocol_2, protocol_2, b"u.")),
        ("pickle1", all(b"}q\x00(", protocol_2, protocol_2, b"u.")),
        ("pickle4", all(b"\x80\x04\x95\x60\0\0\0\0\0\0\0}\x94(", protocol_4, protocol_4, b"u.")),
        ("pickle0", all(b"(", protocol_0, protocol_0, b"dp0\n.")),
    ]
}

#[test]
fn keys_and_values_of_binaries_are_bound() {
    for seed in seeds() {
        let mut filler = Filler::new(seed);
        let values = filler.fill("x", "⟦pw⟧\n⟦id:a⟧\n⟦key:a⟧\n⟦gen⟧");
        let values: Vec<&str> = values.split('\n').collect();
        let keys = ["db.password", "aws.access.key.id", "aws.secret.access.key", "sasl_password"];
        let pairs: Vec<(&str, &str)> = keys.into_iter().zip(values).collect();
        for (format, bytes) in encoded(&pairs) {
            let target = tempfile::tempdir().unwrap();
            std::fs::write(target.path().join("x"), bytes).unwrap();
            let (report, _) = scan(target.path().join("x").to_str().unwrap());
            assert_eq!(judge(&report, &filler.planted), [""; 0], "{format}, seed {seed}");
        }
        // What programs leave in a dump of their memory.
        let noise: Vec<u8> = (0..3000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
        let variables: Vec<String> =
            pairs.iter().map(|(key, value)| format!("{}={value}\0", key.replace('.', "_"))).collect();
        let options: Vec<String> = pairs.iter().map(|(key, value)| format!("-D{key}={value} ")).collect();
        let wide = |text: String, to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        for (what, bytes) in [
            ("environment", variables.concat().into_bytes()),
            ("options", options.concat().into_bytes()),
            ("little", wide(options.concat(), u16::to_le_bytes)),
            ("big", wide(options.concat(), u16::to_be_bytes)),
        ] {
            let target = tempfile::tempdir().unwrap();
            std::fs::write(target.path().join("x"), [&noise[..], b"\0\0", &bytes, b"\0\0", &noise].concat()).unwrap();
            let (report, _) = scan(target.path().join("x").to_str().unwrap());
            assert_eq!(judge(&report, &filler.planted), [""; 0], "{what}, seed {seed}");
        }
    }
}
