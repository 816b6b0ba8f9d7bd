//! Hygiene: planted secrets are in no output, whatever is asked of the program and whatever happens to it.

use crate::archives::building::{entry, zip};
use crate::cli::{Desk, Run};
use crate::support::class::{Class, ldc};
use data_encoding::{BASE64, HEXLOWER};
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;
use std::fs;

const ACCESS_KEY_ID: &str = "AKIAU5HAVZTZQDY3P2M4";
/// By a machine: no piece of them may be told.
const MADE: [&str; 3] = [
    "ghp_PfoGtRdr0HFTGDJmvtnnHUfIpsQm0jfjjPr7",
    "EwX7DTg02oWkirqf40E8bs8QZfzveuMclQVXlIDC",
    "agmDYLu49OoZ2WIM9sNVDhkAvl8CANm9nLG2I8Wj",
];
/// By a person.
const CHOSEN: [&str; 4] = ["Quendel7-Reh11", "Ofen!882tasse", "birke4372X", "mOor-lauf-21z"];

/// Secrets in values, and once more in whatever is printed beside them: keys, paths, names of entries and
/// cells, and names of what cannot be read.
fn planted() -> Desk {
    let [github, secret_key, other_key] = MADE;
    let [db, url_password, folder, cell] = CHOSEN;
    let desk = Desk::new();
    desk.file(
        "in/app.properties",
        format!(
            "db.password={db}\ns3.access-key={ACCESS_KEY_ID}\ns3.secret-key={secret_key}\n\
             {db}.password={db}\norders.{secret_key}.secret-key={secret_key}\n"
        ),
    );
    let url = format!("jdbc:postgresql://db.acme.com/orders?user=app&password={url_password}");
    desk.file("in/url.json", format!("{{\"{url}\": {{\"password\": \"{db}\", \"url\": \"{url}\"}}}}"));
    // A key that is too long is told by its end: here half of a token.
    let long = format!("{github}{}.password", "x".repeat(256 - 9 - 20));
    desk.file("in/long.json", format!("{{\"{long}\": \"{db}\", \"github\": \"{github}\"}}"));
    desk.file(&format!("in/{github}.txt"), format!("GITHUB={github}\n"));
    desk.file(&format!("in/{github}.gz"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03");
    desk.file(&format!("in/{folder}/a.properties"), format!("db.password={folder}\n"));
    let jar = zip(&[
        entry(&format!("conf/{other_key}/{folder}.properties"), format!("db.password={folder}\n").as_bytes()),
        entry("conf/keys.properties", format!("s3.secret-key={other_key}\n").as_bytes()),
        entry(&format!("{other_key}.gz"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03"),
    ]);
    desk.file("in/a.jar", jar);
    let notebook = format!(
        "{{\"nbformat\":4,\"cells\":[{{\"cell_type\":\"code\",\"id\":\"{cell}\",\"source\":[\"db_password = '{cell}'\"]}}]}}"
    );
    desk.file("in/a.ipynb", notebook);
    // The same in other writing: as URLs and paths have it, in Base64 and in hexadecimal digits.
    let percent = url_password.replace('!', "%21");
    let coded = BASE64.encode(format!("db:{folder}").as_bytes()).replace('/', "_");
    desk.file(&format!("in/{percent}.properties"), format!("{percent}.password={url_password}\n"));
    let jar = zip(&[
        entry(&format!("{coded}/{}.properties", HEXLOWER.encode(other_key.as_bytes())), b"x=y\n"),
        entry("a.properties", format!("{coded}.password={folder}\ns3.secret-key={other_key}\n").as_bytes()),
        entry(&format!("{coded}.gz"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03"),
    ]);
    desk.file("in/coded.jar", jar);
    // A method and a field that are named for a token, which they use.
    let mut class = Class::default();
    let token = class.string(github);
    class.method(github, "()V", &[ldc(token), vec![0x57, 0xB1]].concat());
    let constant = class.attribute("ConstantValue", &token.to_be_bytes());
    let field = class.member(github, "Ljava/lang/String;", &[constant]);
    class.fields([field]);
    desk.file("in/A.class", class.bytes());
    named_for_a_token(&desk);
    desk
}

/// A class whose package, name and source file hold a token, and which gives it to a method of another such
/// class; and the same in an object stream.
fn named_for_a_token(desk: &Desk) {
    let [github, _, other_key] = MADE;
    let mut class = Class::named(&format!("com/{github}/{github}$Inner"));
    let (id, token) = (class.string("s3.secret-key"), class.string(other_key));
    let call = class.method_ref(&format!("com/{other_key}"), "setSecretKey", "(Ljava/lang/String;)V");
    let put = class.method_ref(&format!("com/{github}/Map"), other_key, "(Ljava/lang/String;Ljava/lang/String;)V");
    let code = [
        ldc(token),
        [&[0xB8][..], &call.to_be_bytes()].concat(),
        ldc(id),
        ldc(token),
        [&[0xB8][..], &put.to_be_bytes()].concat(),
        vec![0xB1],
    ];
    class.method("run", &format!("(L{github};)V"), &code.concat());
    let file = class.utf8(format!("{github}.java"));
    let file = class.attribute("SourceFile", &file.to_be_bytes());
    class.annotate(file);
    desk.file("in/B.class", class.bytes());
    let text = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat();
    let stream = [
        b"\xAC\xED\0\x05sr".to_vec(),
        text(&format!("com.{github}.Job")),
        vec![0; 8],
        b"\x02\0\x01L".to_vec(),
        text("password"),
        b"t".to_vec(),
        text("Ljava/lang/String;"),
        b"xpt".to_vec(),
        text(github),
    ];
    desk.file("in/job.ser", stream.concat());
}

/// How each secret might be written.
fn forms() -> Vec<(String, Vec<u8>)> {
    let mut forms = Vec::new();
    for secret in MADE.iter().chain(&CHOSEN) {
        let bytes = secret.as_bytes();
        forms.push((format!("{secret} plain"), bytes.to_vec()));
        // The middle, whatever stands before it.
        for shift in 0..3 {
            let coded = BASE64.encode(&[&b"xxx"[..shift], bytes].concat());
            forms.push((format!("{secret} base64"), coded.as_bytes()[4..coded.len() - 4].to_vec()));
        }
        forms.push((format!("{secret} hex"), HEXLOWER.encode(bytes).into_bytes()));
        forms.push((format!("{secret} HEX"), HEXLOWER.encode(bytes).to_uppercase().into_bytes()));
        let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
        forms.push((format!("{secret} percent"), percent.into_bytes()));
        forms.push((format!("{secret} UTF-16"), secret.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    }
    for secret in MADE {
        forms.extend(secret.as_bytes().windows(8).map(|piece| (format!("{secret} piece"), piece.to_vec())));
    }
    forms
}

fn told(output: &[u8]) -> Vec<String> {
    forms().into_iter().filter(|(_, form)| memchr::memmem::find(output, form).is_some()).map(|(name, _)| name).collect()
}

/// Whatever `--format` takes: the words of its help that it accepts.
fn formats() -> Vec<String> {
    let desk = Desk::new();
    desk.file("a", "");
    let help = desk.run(&["scan", "--help"]).out();
    let help = help.split("--format").nth(1).unwrap().split("\n  -").next().unwrap();
    let mut words: Vec<String> = help.split(|c: char| !c.is_ascii_lowercase()).map(str::to_owned).collect();
    words.sort();
    words.dedup();
    words.retain(|word| !word.is_empty() && desk.run(&["scan", "a", "--format", word]).code() == 0);
    for known in ["text", "json", "jsonl", "sarif", "junit", "gitlab", "csv", "markdown"] {
        assert!(words.contains(&known.to_owned()), "{words:?}");
    }
    words
}

fn loud(desk: &Desk, words: &[&str]) -> Run {
    let mut command = desk.command(words);
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    Run::of(command.output().unwrap())
}

fn everything(run: &Run) -> Vec<u8> {
    [run.out().into_bytes(), run.err().into_bytes()].concat()
}

#[test]
fn what_was_planted_is_found() {
    let shown = planted().run(&["scan", "in", "--format", "json", "--show-secrets"]);
    for secret in MADE.iter().chain(&CHOSEN) {
        let value = format!("\"value\": \"{secret}\"");
        assert!(shown.out().contains(&value), "{secret} is not found");
    }
    assert!(!told(shown.out().as_bytes()).is_empty());
}

#[test]
fn no_format_tells_a_secret() {
    let desk = planted();
    for format in formats() {
        for more in [
            &[][..],
            &["--quiet"],
            &["--verbose"],
            &["--show-suppressed"],
            &["--max-findings", "20"],
            &["--max-depth", "0"],
        ] {
            let words = [&["scan", "in", "--format", &format][..], more].concat();
            let run = loud(&desk, &words);
            assert!([1, 3].contains(&run.code()), "{format}: {}", run.err());
            assert_eq!(told(&everything(&run)), [""; 0], "{format} {more:?}");
        }
    }
    let run = loud(&desk, &["scan", "in"]);
    assert!(run.out().contains(ACCESS_KEY_ID), "an identifier is no secret");
}

#[test]
fn files_that_are_written_tell_no_secret() {
    let desk = planted();
    fs::create_dir(desk.path("out")).unwrap();
    let run = loud(
        &desk,
        &[
            "scan",
            "in",
            "--format",
            "json",
            "--output",
            "out/report.json",
            "--write-baseline",
            "out/baseline.json",
            "--cache",
            "out/cache.redb",
            "--allow-incomplete",
        ],
    );
    assert!([0, 1].contains(&run.code()), "{}", run.err());
    let again = loud(&desk, &["scan", "in", "--baseline", "out/baseline.json"]);
    assert_eq!(told(&everything(&again)), [""; 0]);
    let mut files = 0;
    for file in fs::read_dir(desk.path("out")).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(told(&fs::read(&path).unwrap()), [""; 0], "{}", path.display());
        files += 1;
    }
    assert_eq!(files, 3);
}

#[test]
fn errors_tell_no_secret() {
    let desk = planted();
    for words in [
        &["scan", "in", "--output", "missing/report"][..],
        &["scan", "in", "--rules", "in/app.properties"],
        &["scan", "in", "--baseline", "in/app.properties"],
        &["rules", "check", "in/app.properties"],
        &["scan", "--files-from", "in/app.properties"],
        &["scan", "in", "--config", "in/app.properties"],
        &["scan", "in", "--gitleaks-config", "in/app.properties"],
        &["report", "convert", "in/app.properties"],
        &["report", "convert", "in/url.json"],
        &["report", "merge", "in/url.json"],
    ] {
        let run = loud(&desk, words);
        assert_ne!(run.code(), 0, "{words:?}");
        // What a list names is the user's word, and is repeated.
        if !words.contains(&"--files-from") {
            assert_eq!(told(&everything(&run)), [""; 0], "{words:?}");
        }
    }
}

/// What a reader made of them; what is borrowed belongs to buffers that are zeroed, too.
#[test]
fn values_of_an_entry_are_wiped() {
    let rules = RuleSet::builtin().unwrap();
    let path = EntryPath::artifact("a.properties");
    let context = Context { path: &path, vocabulary: &rules.vocabulary };
    // Not UTF-8, so that the text is a copy.
    let mut evidence = read(b"# \xE4\ndb.password=Quendel7-Reh11\n", &context);
    assert_eq!(evidence.bindings[0].value, CHOSEN[0]);
    evidence.wipe();
    assert_eq!(evidence.bindings[0].value, "");
    assert!(evidence.literals.iter().all(|literal| literal.text.is_empty()));
}

/// Somebody has put a secret where another word belongs: as a key, as a value, as a pattern.
#[test]
fn what_is_wrong_with_a_configuration_is_told_without_its_text() {
    let mut leaks = Vec::new();
    for secret in MADE.iter().chain(&CHOSEN) {
        for text in [
            format!("\"{secret}\" = 1\n"),
            format!("fail-on = \"{secret}\"\n"),
            format!("threads = \"{secret}\"\n"),
            format!("formats = [\"{secret}\"]\n"),
            format!("include = [\"[{secret}\"]\n"),
            format!("fingerprint-key-env = \"{secret}\"\n"),
            format!("fail-on = \"low\"\n\"{secret}\" = 1\n\"{secret}\" = 2\n"),
            format!("password = {secret}\n"),
            format!("[limits]\nmax-memory = \"{secret}\"\n"),
            format!("[rules.\"{secret}\"]\nenabled = false\n"),
            format!("[[allow]]\nrule = \"{secret}\"\nreason = \"{secret}\"\n"),
            format!("[[allow]]\npath = \"[{secret}\"\nreason = \"x\"\n"),
            format!("[[allow]]\nreason = \"{secret}\"\n"),
            format!("[[accept-trouble]]\nkind = \"{secret}\"\nreason = \"x\"\n"),
            format!("[[target]]\npath = \"a\"\nmodified-since = \"{secret}\"\n"),
        ] {
            let desk = Desk::new();
            desk.file("a.properties", "a=b").file("keysift.toml", &text);
            for words in [&["scan"][..], &["scan", "a.properties"], &["config", "check"]] {
                leaks.extend(leak(&loud(&desk, words), &text));
            }
        }
        for text in [
            format!("[[rule]]\n\"{secret}\" = 1\n"),
            format!("[[rule]]\nid = \"a\"\nkind = \"{secret}\"\n"),
            format!("{}allow = [\"({secret}\"]\n", rule()),
            format!("{}paths = [\"[{secret}\"]\n", rule()),
            format!("[[rules]]\nid = \"a\"\nregex = \"({secret}\"\n"),
            format!("[extend]\npath = 1\n[[rules]]\nid = {secret}\n"),
        ] {
            let desk = Desk::new();
            desk.file("a.properties", "a=b").file("rules.toml", &text);
            for words in [["--rules", "rules.toml"], ["--gitleaks-config", "rules.toml"]] {
                leaks.extend(leak(&loud(&desk, &[&["scan", "a.properties"][..], &words].concat()), &text));
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

fn rule() -> String {
    let words = ["id", "title", "role", "remedy", "pattern"].map(|key| format!("{key} = \"x\"\n")).concat();
    format!(
        "[[rule]]\n{words}kind = \"token\"\nkeywords = [\"xyz\"]\nseverity = \"high\"\nconfidence = \"high\"\n\
         lifetime = \"long-term\"\n"
    )
}

fn leak(run: &Run, text: &str) -> Option<String> {
    (!told(&everything(run)).is_empty()).then(|| format!("{text}{}", run.err()))
}

/// The message of a panic quotes what is at hand, here the whole entry.
#[cfg(debug_assertions)]
#[test]
fn a_panic_tells_its_place_and_nothing_else() {
    let desk = planted();
    let mut command = desk.command(&["scan", "in", "--format", "json"]);
    command.env("KEYSIFT_FAULT", "app.properties").env("RUST_BACKTRACE", "full");
    let run = Run::of(command.output().unwrap());
    assert!(run.err().contains("internal error at src/engine"), "{}", run.err());
    assert!(run.trouble().contains(&(
        "in/app.properties".to_owned(),
        "corrupt: internal error while reading; please report it".to_owned()
    )));
    assert!(run.places().iter().any(|place| place.starts_with("in/url.json")), "the others are scanned");
    assert_eq!(told(&everything(&run)), [""; 0]);
}
