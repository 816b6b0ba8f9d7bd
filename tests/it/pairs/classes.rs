//! Pairs in classes, by javac with and without debug information, and after ProGuard, which sorts constant pools.

use super::{Pair, judge, number, pick, random, shuffled};
use crate::support::jdk::compilers;
use crate::support::mutation::Random;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One arrangement: writes the members of a class that holds the pairs.
type Arrangement = fn(&mut Random, &[Pair]) -> String;

/// Names of the two parts, of things that hold them.
const NAMES: [(&str, &str); 4] =
    [("accessKey", "secretKey"), ("a", "b"), ("awsAccessKeyId", "awsSecretAccessKey"), ("user", "value")];

const ARRANGEMENTS: [(&str, Arrangement); 22] = [
    ("map of records", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let entries: Vec<String> =
            pairs.iter().enumerate().map(|(n, pair)| format!("\"env{n}\", new R({})", both(pair))).collect();
        format!(
            "static class R {{ final String {a}, {b}; R(String {a}, String {b}) {{ this.{a} = {a}; this.{b} = {b}; }} }}\n\
             static Map<String, R> all() {{ return Map.of({}); }}\n",
            entries.join(", ")
        )
    }),
    ("records in a list", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let entries: Vec<String> = pairs.iter().map(|pair| format!("new R({})", both(pair))).collect();
        format!(
            "record R(String {a}, String {b}) {{}}\nstatic List<R> all() {{ return List.of({}); }}\n",
            entries.join(", ")
        )
    }),
    ("enum", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let entries: Vec<String> =
            pairs.iter().enumerate().map(|(n, pair)| format!("ENV{n}({})", both(pair))).collect();
        format!(
            "enum E {{ {}; final String {a}, {b}; E(String {a}, String {b}) {{ this.{a} = {a}; this.{b} = {b}; }} }}\n",
            entries.join(", ")
        )
    }),
    ("factory, the secret first", |_, pairs| {
        let calls: Vec<String> = pairs
            .iter()
            .map(|pair| format!("Object f{}() {{ return of(\"{}\", 7, \"{}\"); }}", tag(pair), pair.key, pair.id))
            .collect();
        format!("static Object of(String a, int n, String b) {{ return a + n + b; }}\n{}\n", calls.join("\n"))
    }),
    ("builder chain", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let calls: Vec<String> = pairs
            .iter()
            .map(|pair| format!("list.add(new B().{a}(\"{}\").region(\"eu\").{b}(\"{}\").build());", pair.id, pair.key))
            .collect();
        format!(
            "static class B {{ String x, y; B {a}(String v) {{ x = v; return this; }} B {b}(String v) {{ y = v; return this; }} \
             B region(String r) {{ return this; }} Object build() {{ return x + y; }} }}\n\
             void all(List<Object> list) {{ {} }}\n",
            calls.join(" ")
        )
    }),
    ("rows of an array", |_, pairs| {
        let rows: Vec<String> = pairs.iter().map(|pair| format!("{{{}}}", both(pair))).collect();
        format!("static String[][] rows() {{ return new String[][] {{ {} }}; }}\n", rows.join(", "))
    }),
    ("rows of a field", |_, pairs| {
        let rows: Vec<String> = pairs.iter().map(|pair| format!("{{{}}}", both(pair))).collect();
        format!("static final String[][] ROWS = {{ {} }};\n", rows.join(", "))
    }),
    ("flat array", |_, pairs| {
        let items: Vec<String> = pairs.iter().map(both).collect();
        format!("static String[] flat() {{ return new String[] {{ {} }}; }}\n", items.join(", "))
    }),
    ("ids, then secrets, in one array", |_, pairs| {
        let ids: Vec<String> = pairs.iter().map(|pair| format!("\"{}\"", pair.id)).collect();
        let keys: Vec<String> = pairs.iter().map(|pair| format!("\"{}\"", pair.key)).collect();
        format!("static String[] flat() {{ return new String[] {{ {}, {} }}; }}\n", ids.join(", "), keys.join(", "))
    }),
    ("locals, then a call", |random, pairs| {
        let mut stores: Vec<String> = Vec::new();
        let mut calls = Vec::new();
        for (n, pair) in pairs.iter().enumerate() {
            stores.push(format!("String p{n} = \"{}\";", pair.id));
            stores.push(format!("String q{n} = \"{}\";", pair.key));
            calls.push(format!("use(p{n}, q{n});"));
        }
        let (stores, calls) = (shuffled(random, &stores), shuffled(random, &calls));
        format!("static void use(String a, String b) {{}}\nvoid all() {{ {} {} }}\n", stores.join(" "), calls.join(" "))
    }),
    ("setters in any order", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let mut sets = Vec::new();
        let mut made = Vec::new();
        for (n, pair) in pairs.iter().enumerate() {
            made.push(format!("S s{n} = new S();"));
            sets.push(format!("s{n}.{a}(\"{}\");", pair.id));
            sets.push(format!("s{n}.{b}(\"{}\");", pair.key));
        }
        let sets = shuffled(random, &sets);
        format!(
            "static class S {{ void {a}(String v) {{}} void {b}(String v) {{}} }}\nvoid all() {{ {} {} }}\n",
            made.join(" "),
            sets.join(" ")
        )
    }),
    ("fields of objects in any order", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let mut sets = Vec::new();
        let mut made = Vec::new();
        for (n, pair) in pairs.iter().enumerate() {
            made.push(format!("S s{n} = new S();"));
            sets.push(format!("s{n}.{a} = \"{}\";", pair.id));
            sets.push(format!("s{n}.{b} = \"{}\";", pair.key));
        }
        let (sets, s) = (shuffled(random, &sets), made.join(" "));
        format!("static class S {{ String {a}, {b}; }}\nvoid all() {{ {s} {} }}\n", sets.join(" "))
    }),
    ("maps in any order", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let mut puts = Vec::new();
        let mut made = Vec::new();
        for (n, pair) in pairs.iter().enumerate() {
            made.push(format!("Map<String, String> m{n} = new HashMap<>();"));
            puts.push(format!("m{n}.put(\"{a}\", \"{}\");", pair.id));
            puts.push(format!("m{n}.put(\"{b}\", \"{}\");", pair.key));
        }
        format!("void all() {{ {} {} }}\n", made.join(" "), shuffled(random, &puts).join(" "))
    }),
    ("cases of a switch", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let cases: Vec<String> = pairs
            .iter()
            .enumerate()
            .map(|(n, pair)| format!("case {n}: {a} = \"{}\"; {b} = \"{}\"; break;", pair.id, pair.key))
            .collect();
        format!(
            "static void use(String x, String y) {{}}\nvoid all(int env) {{ String {a} = null, {b} = null; switch (env) {{ {} }} use({a}, {b}); }}\n",
            cases.join(" ")
        )
    }),
    ("if and else, each alone", |_, pairs| {
        let cases: Vec<String> = pairs
            .iter()
            .enumerate()
            .map(|(n, pair)| format!("if (env == {n}) {{ id(\"{}\"); key(\"{}\"); }}", pair.id, pair.key))
            .collect();
        format!(
            "static void id(String x) {{}}\nstatic void key(String x) {{}}\nvoid all(int env) {{ {} }}\n",
            cases.join(" else ")
        )
    }),
    ("lambdas", |_, pairs| {
        let items: Vec<String> = pairs.iter().map(|pair| format!("() -> List.of({})", both(pair))).collect();
        format!("static List<java.util.function.Supplier<Object>> all() {{ return List.of({}); }}\n", items.join(", "))
    }),
    ("constants named by environment", |random, pairs| {
        let mut fields = Vec::new();
        for (n, pair) in pairs.iter().enumerate() {
            let name = ["DEV", "PROD", "TEST", "STAGE", "QA", "DEMO"][n];
            fields.push(format!("static final String {name}_ACCESS_KEY = \"{}\";", pair.id));
            fields.push(format!("static final String {name}_SECRET_KEY = \"{}\";", pair.key));
        }
        shuffled(random, &fields).join("\n")
    }),
    ("constants without meaning, and calls", |random, pairs| {
        let (mut fields, mut calls) = (Vec::new(), Vec::new());
        for (n, pair) in pairs.iter().enumerate() {
            fields.push(format!("static final String P{n} = \"{}\";", pair.id));
            fields.push(format!("static final String Q{n} = \"{}\";", pair.key));
            calls.push(format!("use(P{n}, Q{n});"));
        }
        let fields = shuffled(random, &fields).join("\n");
        format!(
            "{fields}\nstatic void use(String a, String b) {{}}\nvoid all() {{ {} }}\n",
            shuffled(random, &calls).join(" ")
        )
    }),
    ("constants without meaning", |random, pairs| {
        let mut fields = Vec::new();
        for (n, pair) in pairs.iter().enumerate() {
            fields.push(format!("static String p{n} = \"{}\";", pair.id));
            fields.push(format!("static String q{n} = \"{}\";", pair.key));
        }
        shuffled(random, &fields).join("\n")
    }),
    ("one class each", |random, pairs| {
        let (a, b) = pick(random, &NAMES);
        let classes: Vec<String> = pairs
            .iter()
            .enumerate()
            .map(|(n, pair)| {
                format!("static class C{n} {{ static String {a} = \"{}\", {b} = \"{}\"; }}", pair.id, pair.key)
            })
            .collect();
        shuffled(random, &classes).join("\n")
    }),
    ("prints of each part", |random, pairs| {
        let parts = pairs.iter().flat_map(|pair| [&pair.id, &pair.key]);
        let prints: Vec<String> = parts.map(|part| format!("System.out.println(\"{part}\");")).collect();
        format!("void all() {{ {} }}\n", shuffled(random, &prints).join(" "))
    }),
    ("inside of one text", |random, pairs| {
        let separator = pick(random, &[":", ",", "|", " "]);
        let texts: Vec<String> = pairs
            .iter()
            .enumerate()
            .map(|(n, pair)| format!("static String t{n} = \"{}{separator}{}\";", pair.id, pair.key))
            .collect();
        shuffled(random, &texts).join("\n")
    }),
];

fn both(pair: &Pair) -> String {
    format!("\"{}\", \"{}\"", pair.id, pair.key)
}

fn tag(pair: &Pair) -> &str {
    &pair.id[4..]
}

/// Mentions of some parts in an order of their own, so that the pool has another.
fn decoys(random: &mut Random, pairs: &[Pair]) -> String {
    let parts: Vec<&String> = match random.below(4) {
        0 => return String::new(),
        1 => pairs.iter().map(|pair| &pair.id).collect(),
        2 => pairs.iter().map(|pair| &pair.key).collect(),
        _ => pairs.iter().flat_map(|pair| [&pair.id, &pair.key]).collect(),
    };
    let tests: Vec<String> = shuffled(random, &parts).iter().map(|part| format!("text.equals(\"{part}\")")).collect();
    format!("static boolean legacy(String text) {{ return {}; }}\n", tests.join(" || "))
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Writes the sources; each class has its pairs.
fn sources(folder: &Path, planted: &mut Vec<(String, Vec<Pair>)>) -> Vec<PathBuf> {
    let mut random = random();
    let mut files = Vec::new();
    for round in 0..number("KEYSIFT_PAIRS", 8) {
        for (number, (kind, arrangement)) in ARRANGEMENTS.iter().enumerate() {
            let pairs = Pair::several(&mut random);
            let first = random.below(2) == 0;
            let (members, decoys) = (arrangement(&mut random, &pairs), decoys(&mut random, &pairs));
            let name = format!("C{number}N{round}");
            let mut source = format!("import java.util.*;\npublic class {name} {{\n");
            let (one, other) = if first { (&decoys, &members) } else { (&members, &decoys) };
            write!(source, "{one}\n{other}}}\n").unwrap();
            let file = folder.join(format!("{name}.java"));
            std::fs::write(&file, source).unwrap();
            files.push(file);
            planted.push(((*kind).to_owned(), pairs));
        }
    }
    files
}

/// ProGuard of Maven Central: names are shortened, pools sorted, and what can be is inlined.
fn obfuscated(folder: &Path, classes: &Path, javac: &Path) -> PathBuf {
    let jars = crate::support::jdk::jars("com.guardsquare", "proguard-base", "7.7.0", folder);
    let out = folder.join("obfuscated.jar");
    let modules = javac.parent().unwrap().parent().unwrap().join("jmods/java.base.jmod");
    let options = format!(
        "-injars {}\n-outjars {}\n-libraryjars {}(!**.jar;!module-info.class)\n-dontwarn\n-dontnote\n-dontshrink\n\
         -keep,allowobfuscation public class C* {{ *; }}\n-repackageclasses ''\n",
        classes.display(),
        out.display(),
        modules.display(),
    );
    let file = folder.join("options.pro");
    std::fs::write(&file, options).unwrap();
    let java = javac.with_file_name("java");
    run(Command::new(java).args(["-cp", &jars, "proguard.ProGuard"]).arg(format!("@{}", file.display())));
    out
}

/// All entries of a jar, one behind the other.
fn inflated(jar: &Path) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(jar).unwrap()).unwrap();
    let mut bytes = Vec::new();
    for index in 0..archive.len() {
        archive.by_index(index).unwrap().read_to_end(&mut bytes).unwrap();
    }
    bytes
}

#[test]
fn pairs_in_classes_are_never_crossed() {
    let folder = tempfile::tempdir().unwrap();
    let mut planted = Vec::new();
    let files = sources(folder.path(), &mut planted);
    let javac = compilers().remove(0);
    for (what, options) in [("javac -g", ["-g", "-nowarn"]), ("javac -g:none", ["-g:none", "-nowarn"])] {
        let classes = folder.path().join(what.replace([' ', ':'], "_"));
        run(Command::new(&javac).args(options).arg("-d").arg(&classes).args(&files));
        let figures = judge(what, &classes, &planted);
        for kind in
            ["map of records", "enum", "rows of an array", "locals, then a call", "fields of objects in any order"]
        {
            assert_eq!(figures[kind].0, figures[kind].1, "{what}: {kind}");
        }
    }
    let jar = obfuscated(folder.path(), &folder.path().join("javac_-g"), &javac);
    // What nothing uses is gone.
    let kept = inflated(&jar);
    let is_kept = |part: &str| memchr::memmem::find(&kept, part.as_bytes()).is_some();
    for (_, pairs) in &mut planted {
        pairs.retain(|pair| is_kept(&pair.id) && is_kept(&pair.key));
    }
    judge("ProGuard", &jar, &planted);
}
