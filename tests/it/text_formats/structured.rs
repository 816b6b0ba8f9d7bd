//! Tests of structured formats: what is bound to what, where it stands, and what pairs with it.
#![allow(clippy::unwrap_used)] // a test may stop at what must not be

use crate::support::cases;
use keysift::formats::evidence::{Binding, Evidence};
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::builtin().unwrap());

fn evidence<'t>(file: &str, text: &'t str) -> Evidence<'t> {
    let path = EntryPath::artifact(file);
    read(text.as_bytes(), &Context { path: &path, vocabulary: &RULES.vocabulary })
}

fn show(binding: &Binding) -> String {
    let position = &binding.position;
    let scope: String = binding.scope.0.iter().fold(String::new(), |mut out, (level, name)| {
        write!(out, " / {} {name}", level.as_str()).unwrap();
        out
    });
    let (line, column) = (position.line.unwrap_or(0), position.column.unwrap_or(0));
    format!("{line}:{column} {}={}{scope}", binding.key, binding.value)
}

fn shown(file: &str, text: &str) -> Vec<String> {
    let bindings = evidence(file, text).bindings;
    for binding in &bindings {
        let (line, column) = (binding.position.line.unwrap() as usize, binding.position.column.unwrap() as usize);
        let line = text.split('\n').nth(line - 1).unwrap();
        let rest: String = line.chars().skip(column - 1).collect();
        assert!(rest.starts_with(&binding.value) || !line.contains(&binding.value), "{}", show(binding));
    }
    bindings.iter().map(show).collect()
}

/// Each of these must be bound, and its value exactly once.
#[track_caller]
fn binds(file: &str, text: &str, expected: &[&str]) {
    let all = shown(file, text);
    for one in expected {
        assert_eq!(all.iter().filter(|shown| shown == one).count(), 1, "{one} in {all:#?}");
    }
}

/// Nothing else may be bound.
#[track_caller]
fn binds_only(file: &str, text: &str, expected: &[&str]) {
    assert_eq!(shown(file, text), expected);
}

#[test]
fn properties() {
    let text = "# db.password=commented\n\
        ! db.password : also\n\
        db.password=hunter2\r\n\
        \x20 api.password : with space \n\
        jdbc.password two words\n\
        a\\:b.password=x\\u0041\\ty\\\\\n\
        long.password = one\\\n\
        \x20     two\n\
        next.password=\\\n\
        \x20   below\n\
        empty.password=\n\
        title=orders\n";
    binds_only(
        "app.properties",
        text,
        &[
            "1:15 db.password=commented",
            "2:17 db.password=also",
            "3:13 db.password=hunter2",
            "4:18 api.password=with space",
            "5:15 jdbc.password=two words",
            "6:15 a:b.password=xA\ty\\",
            "7:17 long.password=onetwo",
            "10:5 next.password=below",
        ],
    );
}

#[test]
fn spring_documents() {
    let text = "db.password=a\n#---\nspring.config.activate.on-profile=prod\ndb.password=b\n#---\ndb.password=c\n";
    binds_only(
        "application.properties",
        text,
        &["1:13 db.password=a", "4:13 db.password=b / section prod", "6:13 db.password=c / section @5:1"],
    );
    let text = "db:\n  password: a\n---\nspring:\n  config.activate.on-profile: prod\ndb.password: b\n";
    binds_only("application.yaml", text, &["2:13 db.password=a / map db@1:1", "6:14 db.password=b / section prod"]);
}

#[test]
fn ini_and_environment_files() {
    binds_only(
        "credentials.ini",
        "[default]\naws_access_key_id = AKIA2W3QFYOZTM3D7QXA ; mine\n[dev] # x\naws_secret_access_key=abc/def#g\n#aws_secret_access_key=old\n",
        &[
            "2:21 aws_access_key_id=AKIA2W3QFYOZTM3D7QXA / section default",
            "4:23 aws_secret_access_key=abc/def#g / section dev",
            "5:24 aws_secret_access_key=old / section dev",
        ],
    );
    binds_only(
        "prod.env",
        "export DB_PASSWORD=\"a\\\"b\" # c\nAPI_PASSWORD='it # is'\nset X_PASSWORD=plain\nPassword must be long\n",
        &["1:21 DB_PASSWORD=a\"b", "2:15 API_PASSWORD=it # is", "3:16 X_PASSWORD=plain"],
    );
    binds_only(
        "job.service",
        "[Service]\nEnvironment=\"DB_PASSWORD=a b\" API_PASSWORD=c\n",
        &["2:26 DB_PASSWORD=a b / section Service", "2:44 API_PASSWORD=c / section Service"],
    );
    binds_only(
        "application.conf",
        "db {\n  main {\n    password = \"x\" // why\n    user: me\n  }}\npool { user = me, password: \"a,b\" }\nx = {password = y}\nspark.hadoop.fs.s3a.secret.key  value1\npassword = \"\"\"raw \"y\" \"\"\"\n",
        &[
            "3:17 db.main.password=x / map db@1:1 / map main@2:3",
            "6:30 pool.password=a,b / map pool@6:1",
            "7:17 x.password=y / map x@7:1",
            "8:33 spark.hadoop.fs.s3a.secret.key=value1",
            "9:15 password=raw \"y\"",
        ],
    );
}

#[test]
fn yaml_blocks() {
    let text = "s3.access-key: abc  # mine\n\
        security.ssl:\n\
        \x20 internal: {keystore-password: password1234, x: [1, 2]}\n\
        \x20 'rest':\n\
        \x20   \"key-password\": \"a\\tb\"\n\
        \x20 # truststore-password: old\n\
        mail:\n\
        \x20 password:\n\
        \x20   below\n\
        users:\n\
        - name: a\n\
        \x20 password: p1\n\
        - password: 'it''s'\n\
        numbers: {password: 123456, other.password: true}\n";
    binds_only(
        "config.yaml",
        text,
        &[
            "1:16 s3.access-key=abc",
            "3:33 security.ssl.internal.keystore-password=password1234 / map security.ssl@2:1 / map internal@3:13",
            "5:22 security.ssl.rest.key-password=a\tb / map security.ssl@2:1 / map rest@4:3",
            "6:26 security.ssl.truststore-password=old / map security.ssl@2:1",
            "9:5 mail.password=below / map mail@7:1",
            "12:13 users.password=p1 / map users@10:1 / map users@11:1",
            "13:14 users.password=it's / map users@10:1 / map users@13:1",
            "14:21 numbers.password=123456 / map numbers@14:10",
            "14:45 numbers.other.password=true / map numbers@14:10",
        ],
    );
}

#[test]
fn yaml_lists_of_names_and_arguments() {
    let text = "spec:\n  env:\n  - name: DB_PASSWORD\n    value: hunter2\n  - {name: API_PASSWORD, value: \"x: y\"}\n  - name: FROM\n    valueFrom:\n      secretKeyRef: {name: a, key: password}\n  args: [\"--db.password\", \"arg1\", --mail.password=arg2]\n  command:\n  - --db.password\n  - arg3\n  - -Dx.password=arg4\n";
    binds_only(
        "pod.yaml",
        text,
        &[
            "4:12 DB_PASSWORD=hunter2 / map spec@1:1 / map env@2:3",
            "5:34 API_PASSWORD=x: y / map spec@1:1 / map env@2:3",
            "9:28 db.password=arg1 / map spec@1:1 / map args@9:9",
            "9:51 mail.password=arg2 / map spec@1:1 / map args@9:9",
            "12:5 db.password=arg3 / map spec@1:1 / map command@10:3",
            "13:18 x.password=arg4 / map spec@1:1 / map command@10:3",
        ],
    );
}

#[test]
fn yaml_files_in_blocks() {
    let text = "kind: ConfigMap\ndata:\n  flink-conf.yaml: |+\n    s3:\n      access-key: abc\n\n{{- if .Values.x }}\n    s3.secret-key: def\n  job.properties: |\n    db.password=a\\\n      b\n  note.txt: |\n    password\n  key.password: |-\n    hunter2\n  x: 1\nmore.password: >\n  two\n  lines\n";
    binds_only(
        "map.yaml",
        text,
        &[
            "5:19 s3.access-key=abc / map data@2:1 / section flink-conf.yaml / map s3@4:5",
            "8:20 s3.secret-key=def / map data@2:1 / section flink-conf.yaml",
            "10:17 db.password=ab / map data@2:1 / section job.properties",
            "15:5 data.key.password=hunter2 / map data@2:1",
            "18:3 more.password=two lines",
        ],
    );
}

#[test]
fn kubernetes_secrets() {
    // `kubectl get -o yaml` sorts: data comes before kind.
    let text = "data:\n  db.password: aHVudGVyMg==\n  raw.password: not base64\n  app.properties: YT1iCg==\nkind: \"Secret\"\nstringData:\n  db.password: aHVudGVyMg==\n---\nkind: ConfigMap\ndata:\n  db.password: aHVudGVyMg==\n";
    binds_only(
        "secret.yaml",
        text,
        &[
            "2:16 data.db.password=hunter2 / map data@1:1",
            "3:17 data.raw.password=not base64 / map data@1:1",
            "7:16 stringData.db.password=aHVudGVyMg== / map stringData@6:1",
            "11:16 data.db.password=aHVudGVyMg== / section @8:1 / map data@10:1",
        ],
    );
    let embedded = evidence("secret.yaml", text).embedded;
    assert_eq!((embedded[0].name.as_str(), embedded[0].bytes.as_slice()), ("app.properties", b"a=b\n".as_slice()));
    assert_eq!((embedded[0].position.line, embedded[0].position.column), (Some(4), Some(19)));
    binds_only(
        "secret.json",
        r#"{"data": {"password": "aHVudGVyMg=="}, "kind": "Secret"}"#,
        &["1:24 data.password=hunter2 / map @1:1 / map data@1:10"],
    );
}

#[test]
fn yaml_that_no_parser_reads() {
    let text = "a:\n\tdb.password: tab\n   mail.password: odd\n  {{ .Values.key }}.password: templ\n{{- range .x }}\nx.password: {{ .p }}\ny.password: {abc\nz.password: [x]y\nq.password: \"open\nlast.password: a: b\njaas.password: %x\n";
    binds_only(
        "templates/x.yaml",
        text,
        &[
            "2:15 a.db.password=tab / map a@1:1",
            "3:19 a.mail.password=odd / map a@1:1",
            "4:31 a.{{ .Values.key }}.password=templ / map a@1:1",
            "6:13 x.password={{ .p }}",
            "7:13 y.password={abc",
            "8:13 z.password=[x]y",
            "9:13 q.password=\"open",
            "10:16 last.password=a: b",
            "11:16 jaas.password=%x",
        ],
    );
}

#[test]
fn yaml_tags_and_aliases() {
    let text = "Password: !Ref DbPassword\nMasterPassword: !Sub \"x${Y}\"\nUserPassword: !!str 123\nApiPassword: &p hunter2\nOtherPassword: *p\nx: {Password: !GetAtt Db.Password, DbPassword: !!str y}\ny.password: !vault |\n  $ANSIBLE_VAULT;1.1\nz.password: ~\n";
    binds_only(
        "stack.yaml",
        text,
        &[
            "2:23 MasterPassword=x${Y}",
            "3:21 UserPassword=123",
            "4:17 ApiPassword=hunter2",
            "6:54 x.DbPassword=y / map x@6:4",
        ],
    );
}

const GROUPS: &str = r#"[
  {
    "PropertyGroupId": "orders",
    "PropertyMap": {"db.password": "hunter2", "aws.credentials.provider.basic.secretkey" : "x\u0041\"y"}
  },
  {"propertyMap": {"db.password": "other"}, "propertyGroupId": "late"}
]"#;

#[test]
fn property_groups() {
    binds_only(
        "flink-application-properties-dev.json",
        GROUPS,
        &[
            "4:37 db.password=hunter2 / map @1:1 / section orders / map PropertyMap@4:20",
            "4:93 aws.credentials.provider.basic.secretkey=xA\"y / map @1:1 / section orders / map PropertyMap@4:20",
            "6:36 db.password=other / map @1:1 / section late / map propertyMap@6:19",
        ],
    );
    let yaml = "EnvironmentProperties:\n  PropertyGroups:\n    - PropertyGroupId: g\n      PropertyMap:\n        db.password: x\n";
    binds_only(
        "cfn.yaml",
        yaml,
        &[
            "5:22 db.password=x / map EnvironmentProperties@1:1 / map PropertyGroups@2:3 / section g / map PropertyMap@4:7",
        ],
    );
}

#[test]
fn json_shapes() {
    let text = "{ // why\n \"db\": {\"url\": \"jdbc:h2:x\", \"password\": 12.5, \"nothing.password\": null,},\n /* \"x\" */ \"list\": [{\"password\": \"a\"}, {\"password\": \"b\"}],\n \"env\": [{\"name\": \"DB_PASSWORD\", \"value\": \"c\"}, {\"ParameterValue\": \"d\", \"ParameterKey\": \"ApiPassword\"}],\n \"DbPassword\": {\"Type\": \"String\", \"Default\": \"f\"}, \"adminPassword\": {\"value\": \"e\"}\n}\n{\"password\": \"😀\"}\n";
    binds_only(
        "x.json",
        text,
        &[
            "2:17 db.url=jdbc:h2:x / map @1:1 / map db@2:8",
            "2:41 db.password=12.5 / map @1:1 / map db@2:8",
            "3:35 list.password=a / map @1:1 / map list@3:20 / map list@3:21",
            "3:54 list.password=b / map @1:1 / map list@3:20 / map list@3:40",
            "4:44 DB_PASSWORD=c / map @1:1 / map env@4:9",
            "4:69 ApiPassword=d / map @1:1 / map env@4:9",
            "5:47 DbPassword=f / map @1:1",
            "5:80 adminPassword=e / map @1:1",
            "7:15 password=😀 / map @7:1",
        ],
    );
    assert_eq!(evidence("x.json", text).unparsed, None);
    assert_eq!(evidence("x.json", text).bindings[1].peer.as_deref(), Some("jdbc:h2:x"));
}

#[test]
fn documents_inside_json_strings() {
    let text = r#"{"SecretString": "{\"user\": \"me\", \"a\": {\"password\": \"p\\\"q\"}, \"b.password\": \"r\"}", "job.properties": "x=1\ndb.password=s\n"}"#;
    binds_only(
        "x.json",
        text,
        &[
            "1:62 a.password=p\"q / map @1:1 / map SecretString@1:19 / map @1:19 / map a@1:45",
            "1:91 b.password=r / map @1:1 / map SecretString@1:19 / map @1:19",
            "1:134 db.password=s / map @1:1 / section job.properties",
        ],
    );
}

#[test]
fn broken_json_is_read_on() {
    for (text, reason, expected) in [
        ("{\"a\": \"x\n\"password\": \"p\"}", "line 1 column 7: a string is not closed", "2:14 password=p / map @1:1"),
        ("{\"password\": \"p\"", "line 1 column 17: a bracket is not closed", "1:15 password=p / map @1:1"),
        (
            "]{\"password\": p}",
            "line 1 column 1: a closing bracket without an opening one",
            "1:15 password=p / map @1:2",
        ),
        ("{\"password\": \"cut\n", "line 1 column 14: a string is not closed", "1:15 password=cut / map @1:1"),
    ] {
        assert_eq!(evidence("x.json", text).unparsed.as_deref(), Some(reason), "{text}");
        binds("x.json", text, &[expected]);
    }
}

#[test]
fn xml_shapes() {
    let text = "<?xml version=\"1.0\"?>\n<!DOCTYPE x [ <!ENTITY a \"b\"> ]>\n<configuration>\n  <property><name>fs.s3a.secret.key</name><value>a&amp;b&#x41;</value></property>\n  <!-- <property><name>fs.s3a.access.key</name>\n    <value>old</value></property> -->\n  <entry key=\"db.password\">e</entry>\n  <bean password='q' class=\"x\"><property name=\"api.password\" value=\"v\"/></bean>\n  <servers><server><id>r</id><ns:password>\n    <![CDATA[c<d]]> </ns:password></server></servers>\n  <password name=\"x\">n</password><property name=\"mail.password\"><value>w</value></property>\n</configuration>\n";
    binds_only(
        "core-site.xml",
        text,
        &[
            "4:50 fs.s3a.secret.key=a&bA / map configuration@3:1",
            "6:12 fs.s3a.access.key=old / map configuration@3:1",
            "7:28 db.password=e / map configuration@3:1",
            "8:19 configuration.bean.password=q / map configuration@3:1 / map bean@8:3",
            "8:69 api.password=v / map configuration@3:1 / map bean@8:3",
            "10:14 servers.server.password=c<d / map configuration@3:1 / map servers@9:3 / map server@9:12",
            "11:22 configuration.password=n / map configuration@3:1",
            "11:72 mail.password=w / map configuration@3:1",
        ],
    );
    assert_eq!(evidence("core-site.xml", text).unparsed, None);
}

#[test]
fn broken_xml_is_read_on() {
    let text = "<a><b x=\"1><c><password>p</password></b>\n< <!-- <password>q</password>\n<e password=\"r\"";
    binds("x.xml", text, &["1:25 b.c.password=p / map a@1:1 / map b@1:4 / map c@1:12"]);
    let all = shown("x.xml", text);
    assert!(all.iter().any(|one| one.starts_with("2:18 ") && one.contains("=q")), "{all:?}");
    assert!(all.iter().any(|one| one.starts_with("3:14 ") && one.contains("=r")), "{all:?}");
    assert_eq!(evidence("x.xml", text).unparsed.as_deref(), Some("line 1 column 9: an attribute is not closed"));
}

const FILES: [&str; 5] = ["a.properties", "a.yaml", "a.json", "a.xml", "a.ini"];

#[test]
fn hostile_texts_end() {
    let many = 100_000;
    let texts = [
        "[".repeat(many),
        "{\"password\":".repeat(many),
        "{{".repeat(many),
        "<a>".repeat(many),
        "<!--".repeat(many),
        "<![CDATA[".repeat(many),
        "<!DOCTYPE [".repeat(many),
        "</a".repeat(many),
        "<a b=\"".repeat(many),
        "&#".repeat(many),
        "<password>&".repeat(many),
        "- ".repeat(many),
        "? ".repeat(many),
        "/*".repeat(many),
        "\"".repeat(many),
        "'\n".repeat(many),
        "k: \"x\n ".repeat(many),
        "k: {\n".repeat(many),
        "k: |\n ".repeat(many),
        "a.yaml: |\n ".repeat(many),
        "---\n".repeat(many),
        "password: x\n---\n".repeat(many),
        "\\".repeat(many),
        "password=\\\n".repeat(many),
        "#".repeat(many),
        "# a: b #".repeat(many),
        "}".repeat(many),
        "x {\n".repeat(many),
        "password=\"\"\"\n".repeat(many),
        "\0".repeat(many),
        "\r".repeat(many),
        "!a ".repeat(many),
        "\t\u{fffd}".repeat(many),
        format!("password: {}", "x: ".repeat(many)),
        format!("{{\"{}\":{{\"password\":\"x\"}}}}", "k".repeat(many)),
        format!("{{\"x\":\"{}\"}}", "{\\\"password\\\":\\\"a\\\"}".repeat(many)),
    ];
    // What does not end hangs the run; how cost grows with size is measured by benches/hostile.py.
    for text in &texts {
        for file in FILES {
            evidence(file, text);
        }
    }
}

#[test]
fn deep_levels_keep_their_values() {
    let text = format!("{}{{\"password\":\"x\"}}{}", "[".repeat(1000), "]".repeat(1000));
    let bindings = evidence("x.json", &text).bindings;
    assert_eq!((bindings[0].key.as_str(), bindings[0].value.as_str()), ("password", "x"));
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn no_text_panics(pieces in prop::collection::vec(piece(), 0..60), file in 0..FILES.len()) {
        evidence(FILES[file], &pieces.concat());
    }

    #[test]
    fn no_broken_sample_panics(cut in 0..1000usize, insert in piece(), sample in 0..3usize, file in 0..FILES.len()) {
        let samples = [
            GROUPS,
            "a: |\n  b: c\nd: {e: [\"f\", 'g']}\nh.yaml: |2\n   password: x\nkind: Secret\ndata:\n - x: !Ref y\n",
            "<a b='c'><!-- <d>e</d> --><f><![CDATA[g]]>&lt;</f><password>é</password></a>",
        ];
        let mut text = samples[sample].to_owned();
        let at = (0..=cut % text.len()).rev().find(|&at| text.is_char_boundary(at)).unwrap();
        text.insert_str(at, &insert);
        evidence(FILES[file], &text);
        evidence(FILES[file], &text[..at + insert.len()]);
        evidence(FILES[file], &text[at..]);
    }
}

fn piece() -> impl Strategy<Value = String> {
    let marks = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        ":",
        ": ",
        "=",
        ",",
        "\n",
        "\r\n",
        " ",
        "  ",
        "\t",
        "#",
        "- ",
        "? ",
        "|",
        ">",
        "|2-\n",
        "---\n",
        "password",
        "password: ",
        "x.yaml: |\n",
        "data:\n",
        "kind: Secret\n",
        "\\",
        "\\u00",
        "\\ud83d",
        "<a",
        "</a>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "<!",
        "&amp;",
        "&#x",
        ";",
        "é",
        "😀",
        "\0",
        "!Ref ",
        "&a ",
        "*a",
        "{{",
        "}}",
        "\"\"\"",
        "//",
        "/*",
        "PropertyMap",
        "PropertyGroupId",
        "name",
        "value",
        "--x.password",
        "AKIA2W3QFYOZTM3D7QXA",
    ];
    prop_oneof![prop::sample::select(marks.to_vec()).prop_map(str::to_owned), ".{0,6}"]
}
