//! Texts without a structure of their own: code, scripts, SQL, logs, notes, binaries.

use super::{bound, evidence, rules, shown};
use keysift::formats::evidence::{Level, LiteralKind};
use keysift::formats::{Context, read_chunk};
use keysift::place::EntryPath;
use proptest::prelude::*;

#[test]
fn sql_options() {
    let text = "CREATE TABLE t (a INT) WITH (\n  'connector' = 'jdbc',\n  'url' = 'jdbc:mysql://h/db',\n  'password' = 'it''s',\n  'table.discoverer.jdbc.password'='x\ty'\n);\nSET 's3.secret-key' = 'abc';\nSET s3.access-key = AKX;\nSET 'db.password'\n = 'q';";
    assert_eq!(
        shown("job.sql", text),
        [
            "password=it's@4:17",
            "table.discoverer.jdbc.password=x\ty@5:37",
            "s3.secret-key=abc@7:24",
            "s3.access-key=AKX@8:21",
            "db.password=q@10:5",
        ]
    );
    let evidence = evidence("job.sql", text.as_bytes());
    let scopes: Vec<_> = evidence.bindings.iter().map(|b| b.scope.clone()).collect();
    assert_eq!(scopes[0], scopes[1]);
    assert_eq!(scopes[0].level(), Level::Map);
    assert_ne!(scopes[0], scopes[2]);
    assert_eq!(evidence.bindings[0].peer.as_deref(), Some("jdbc:mysql://h/db"));
}

#[test]
fn sql_inside_source_literals() {
    for text in [
        "tEnv.executeSql(\"CREATE TABLE t WITH ('connector'='kinesis','aws.credentials.basic.secretkey'='Zq8v')\");",
        "t_env.execute_sql('CREATE TABLE t WITH (\\'connector\\'=\\'kinesis\\',\\'aws.credentials.basic.secretkey\\' = \\'Zq8v\\')')",
        "sql = \"\"\"CREATE TABLE t WITH (\n'aws.credentials.basic.secretkey' = 'Zq8v'\n)\"\"\"",
        "String s = \"SELECT * FROM t /*+ OPTIONS(\\\"aws.credentials.basic.secretkey\\\"=\\\"Zq8v\\\") */\";",
    ] {
        let found = bound("Job.java", text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("aws.credentials.basic.secretkey", "Zq8v"), "{text}");
    }
    // Put together at run time: what stands between two literals is no value, at most a placeholder's name.
    let named = "\"'password' = '\" + password + \"', 'username' = '\" + user + \"'\"";
    assert_eq!(shown("Job.java", named), ["password={password}@1:16"]);
    for text in [
        "String u = \"jdbc:mysql://h/d?password=\" + pw + \"&user=\" + user;",
        "url = \"https://h?\" + \"password=\" + pw;",
        "sb.append(\"password=\").append(pw).append(\";\");",
        "printf(\"password=\", pw, \"x\")",
    ] {
        assert_eq!(shown("Job.java", text), [""; 0], "{text}");
    }
}

#[test]
fn lists_over_several_literals_are_one() {
    let text = "execute(\"CREATE TABLE t WITH (\" +\n  \"'s3.access-key' = 'a1',\" +\n  \"'s3.secret-key' = 'b2')\")";
    let evidence = evidence("Job.java", text.as_bytes());
    assert_eq!(evidence.bindings.len(), 2);
    assert_eq!(evidence.bindings[0].scope, evidence.bindings[1].scope);
}

#[test]
fn sql_statements() {
    assert_eq!(
        shown(
            "a.sql",
            "CREATE USER etl WITH PASSWORD 'o''x1';\nALTER USER x IDENTIFIED BY \"tiger9\";\n\
             CREATE USER y IDENTIFIED BY PASSWORD '*ABCDEF';\n\
             COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id=AKX1;aws_secret_access_key=Sec/1+';\n\
             CREATE STAGE s CREDENTIALS=(AWS_KEY_ID='AKX2' AWS_SECRET_KEY='Sec2');\n\
             COPY t ACCESS_KEY_ID 'AKX3' SECRET_ACCESS_KEY 'Sec3';\nEnter the password 'xyz'"
        ),
        [
            "password=o'x1@1:32",
            "password=tiger9@2:29",
            "aws_access_key_id=AKX1@4:53",
            "aws_secret_access_key=Sec/1+@4:80",
            "AWS_KEY_ID=AKX2@5:41",
            "AWS_SECRET_KEY=Sec2@5:63",
            "aws_access_key_id=AKX3@6:23",
            "aws_secret_access_key=Sec3@6:48",
        ]
    );
}

#[test]
fn jaas_statements() {
    // What the token rule sees keeps its plain key; what it does not is named by its place.
    let keys =
        |text: &str| bound("note.txt", text).into_iter().map(|(key, value, ..)| (key, value)).collect::<Vec<_>>();
    let pair = |key: &str, value: &str| vec![(key.to_owned(), value.to_owned())];
    assert_eq!(keys("PlainLoginModule required username=\"u\" password=\"p1\";"), pair("password", "p1"));
    assert_eq!(keys(r#"PlainLoginModule required username=\"u\" password=\"p1\";"#), pair("password", "p1"));
    assert_eq!(
        keys(r#"PlainLoginModule required username=\\\"u\\\" password=\\\"p1\\\";"#),
        pair("sasl.jaas.config.password", "p1")
    );
    assert_eq!(
        keys(r#"ScramLoginModule required username="u" password="a b";"#),
        pair("sasl.jaas.config.password", "a b")
    );
}

#[test]
fn urls_and_connection_strings() {
    let text = "a jdbc:postgresql://h:5432/db?user=u&password=p%40ss b\n\
                c https://api.acme.io/v1?x=1&api_key=k%2Fy d\n\
                e \"Server=tcp:db;Database=x;User ID=u;Password={p;1};\"\n\
                f 'Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey=abc=;EntityPath=e'\n\
                g \"jdbc:sqlserver://h;user=sa;password=s3;encrypt=true\"\n\
                h <a href=\"?user=u&amp;password=q1\">\n\
                dsn = \"host=h user=u password=r7 dbname=d\"";
    let mut found = evidence("note.txt", text.as_bytes()).bindings;
    found.sort_by_key(|binding| binding.position.line);
    let peers: Vec<_> = found
        .iter()
        .map(|b| (b.key.as_str(), b.value.as_str(), b.peer.as_deref()))
        .filter(|b| b.0 != "SharedAccessKeyName")
        .collect();
    assert_eq!(
        peers,
        [
            ("password", "p%40ss", Some("jdbc:postgresql://h:5432/db")),
            ("api_key", "k/y", Some("https://api.acme.io/v1")),
            ("Password", "p;1", None),
            ("SharedAccessKey", "abc=", Some("sb://ns.servicebus.windows.net/")),
            ("password", "s3", Some("jdbc:sqlserver://h")),
            ("password", "q1", None),
            ("password", "r7", None),
        ]
    );
}

#[test]
fn command_lines() {
    assert_eq!(
        shown(
            "run.sh",
            "flink run -Ds3.secret-key=abc -yDs3.access-key=def job.jar --db.password 'h 1' --api-key=zz9 \\\n  --verbose --token $TOKEN\n\
             env AWS_SECRET_ACCESS_KEY=Sec1 java -Dx=y \"-Daws.secretKey=S2\"\n\
             args: [\"--db.password\", \"pw1\", \"--password\", \"pw2\"]\n\
             docker run -e DB_PASSWORD=pw3 x --password PASSWORD --secret <secret>\n"
        ),
        [
            "s3.secret-key=abc@1:27",
            "s3.access-key=def@1:48",
            "db.password=h 1@1:75",
            "api-key=zz9@1:90",
            "AWS_SECRET_ACCESS_KEY=Sec1@3:27",
            "aws.secretKey=S2@3:60",
            "db.password=pw1@4:26",
            "password=pw2@4:47",
            "DB_PASSWORD=pw3@5:27",
        ]
    );
    assert_eq!(shown("a.txt", "x:\n  args:\n  - --db.password\n  - pw1\n"), ["db.password=pw1@4:5"]);
}

#[test]
fn source_code() {
    for (name, text, expected) in [
        ("A.java", "String password = \"p1\";", "password=p1@1:20"),
        ("A.java", "char[] password = \"p1\".toCharArray();", "password=p1@1:20"),
        ("A.java", "private static final String DB_PASSWORD =\n    \"p\\u0041\\\"\";", "DB_PASSWORD=pA\"@2:6"),
        ("A.java", "p.setProperty(\"db.password\", \"p1\");", "db.password=p1@1:31"),
        (
            "A.java",
            "p.put(AWSConfigConstants.AWS_SECRET_ACCESS_KEY, \"p1\");",
            "AWSConfigConstants.AWS_SECRET_ACCESS_KEY=p1@1:50",
        ),
        ("A.java", "Map.of(\"a\", \"b\", \"db.password\", \"p1\")", "db.password=p1@1:34"),
        ("A.java", "String[][] a = {{\"db.password\", \"p1x!\"}};", "db.password=p1x!@1:34"),
        ("A.java", "requireNonNullElse(System.getenv(\"DB_PASSWORD\"), \"p1\")", "DB_PASSWORD=p1@1:51"),
        ("A.java", "String password = dev ? null : \"p1\";", "password=p1@1:33"),
        ("A.java", "b.withUsername(\"u\").withPassword(\"p1\").build()", "withPassword=p1@1:35"),
        ("A.java", "@Connect(user = \"u\", password = \"p1\")", "password=p1@1:34"),
        ("A.java", "password = \"ab\" +\n  \"cd\";", "password=abcd@1:13"),
        ("A.java", "password = \"ab\" + suffix;", "password=ab\u{1}@1:13"),
        ("A.java", "// old: password=\"p1\"", "password=p1@1:19"),
        ("A.java", "// password=p1x!", "password=p1x!@1:13"),
        ("A.java", "new BasicAWSCredentials(id, \"Sec1\")", "aws-secret-access-key=Sec1@1:30"),
        ("A.java", "Optional.ofNullable(System.getenv(\"DB_PASSWORD\")).orElse(\"p1\")", "DB_PASSWORD=p1@1:59"),
        ("a.py", "user, password = \"u\", \"p1x!\"", "password=p1x!@1:24"),
        ("a.py", "PASSWORDS = {\"orders\": \"Quartz7pVn2\"}", "PASSWORD=Quartz7pVn2@1:25"),
        ("a.py", "TOKENS[\"eu\"] = \"Quartz7pVn2\"", "TOKEN=Quartz7pVn2@1:17"),
        ("a.py", "sql = \"x 'password' = '%s'\" % \"p1x!\"", "password=p1x!@1:32"),
        ("a.py", "sql = \"x 'password' = '{}'\".format(\"p1x!\")", "password=p1x!@1:37"),
        ("A.java", "String dbPassword() { return \"p1x!\"; }", "dbPassword=p1x!@1:31"),
        ("build.gradle.kts", "val password by extra(\"p1x!\")", "password=p1x!@1:24"),
        ("a.csv", "id,password\nsvc,p1x!\n", "password=p1x!@2:5"),
        ("build.sbt", "credentials += Credentials(\"Realm\", \"repo.acme.io\", \"ci\", \"p1\")", "password=p1@1:60"),
        ("A.scala", "val password: String = \"p1\"", "password=p1@1:25"),
        ("A.scala", "Map(\"user\" -> \"u\", \"password\" -> \"p1\")", "password=p1@1:35"),
        ("A.scala", "val password = Some(\"p1\")", "password=p1@1:22"),
        ("A.kt", "val m = mapOf(\"password\" to \"p1\")", "password=p1@1:30"),
        ("A.kt", "val p = System.getenv(\"DB_PASSWORD\") ?: \"p1\"", "DB_PASSWORD=p1@1:42"),
        ("a.py", "connect(user='u', password='p1')", "password=p1@1:29"),
        ("a.py", "os.environ[\"AWS_SECRET_ACCESS_KEY\"] = \"p1\"", "AWS_SECRET_ACCESS_KEY=p1@1:40"),
        ("a.py", "os.environ.get(\"DB_PASSWORD\", \"p1\")", "DB_PASSWORD=p1@1:32"),
        ("a.py", "c = {'user': 'u', 'password': r'p\\1'}", "password=p\\1@1:33"),
        ("a.py", "password: Optional[str] = 'p1'", "password=p1@1:28"),
        ("a.py", "password = \"\"\"p1\nx\"\"\"", "password=p1\nx@1:15"),
        ("a.js", "const c = { password: `p1` }", "password=p1@1:24"),
        ("a.js", "const p = process.env.DB_PASSWORD || 'p1'", "process.env.DB_PASSWORD=p1@1:39"),
        ("a.js", "post('{\\\"password\\\":\\\"p1\\\"}')", "password=p1@1:23"),
        ("a.go", "password := \"p1\"", "password=p1@1:14"),
        ("a.c", "#define PASSWORD \"p1\"", "PASSWORD=p1@1:19"),
        ("a.tf", "variable \"db_password\" {\n  default = \"p1\"\n}", "db_password=p1@2:14"),
        ("a.tf", "  property_map = { \"db.password\" = \"p1\" }", "db.password=p1@1:37"),
        ("a.rb", "{ :user => 'u', 'password' => 'p1' }", "password=p1@1:32"),
        ("a.sh", "export DB_PASSWORD=p1", "DB_PASSWORD=p1@1:20"),
        ("a.sh", "DB_PASSWORD=\"p 1\"", "DB_PASSWORD=p 1@1:14"),
        ("a.sh", "DB_PASSWORD=${DB_PASSWORD:-p 1}", "DB_PASSWORD=${DB_PASSWORD:-p 1}@1:13"),
        ("Dockerfile", "FROM x\nENV DB_PASSWORD p1", "DB_PASSWORD=p1@2:17"),
        ("Dockerfile", "ARG DB_PASSWORD=p1", "DB_PASSWORD=p1@1:17"),
        ("a.md", "- **Password:** `p1`", "Password=p1@1:18"),
        ("a.md", "password: p1", "password=p1@1:11"),
        ("a.md", "| x | `password=p1` |", "password=p1@1:17"),
        ("note", "db.password = p1", "db.password=p1@1:15"),
    ] {
        assert_eq!(shown(name, text), [expected], "{name}: {text}");
    }
}

#[test]
fn what_is_no_assignment() {
    for (name, text) in [
        ("A.java", "String password = getPassword(\"db\");"),
        ("A.java", "if (password == \"p1\") {}"),
        ("A.java", "password = System.getenv(\"DB_PASSWORD\");"),
        ("A.java", "password = conf.get(passwordKey, null);"),
        ("A.java", "String s = s.replace(\"password\", \"p1\");"),
        ("A.java", "assertEquals(\"password\", \"p1\");"),
        ("A.java", "List.of(\"db.password\", \"db.user\", \"x\")"),
        ("A.java", "String[] keys = {\"db.password\", \"db.user\"};"),
        ("A.java", "{\npassword=other; x(password=other2, y);"),
        ("A.java", "this.password=password;"),
        ("A.java", "private String password;"),
        ("a.py", "connect(user=u, password=pw)"),
        ("a.py", "parser.add_argument(\"--password\", help=\"x\")"),
        ("a.sh", "PASSWORD=$(cat /run/x)"),
        ("a.sh", "PASSWORD="),
        ("a.md", "The password: it is a secret of yours."),
        ("a.md", "password: the user's password"),
        ("a.md", "This is not a secret: `p1x!`"),
        ("a.py", "keys = [('db.password', 's3_port')]"),
        ("a.py", "generate_private_key('Ed25519')"),
        ("a.py", "f'x {name} password={password!r}'"),
        ("a.md", "Don't use a password. It isn't safe."),
    ] {
        assert_eq!(shown(name, text), [""; 0], "{name}: {text}");
    }
}

#[test]
fn scopes_of_code() {
    let text = "def a():\n  x = connect(user='u', password='p1')\n  y['s3.access-key'] = 'k1'\n  y['s3.secret-key'] = 'k2'\n\n\
                def b():\n  y['s3.secret-key'] = 'k3'\n";
    let evidence = evidence("a.py", text.as_bytes());
    let scope = |value: &str| &evidence.bindings.iter().find(|b| b.value == value).unwrap().scope;
    assert_eq!(scope("k1"), scope("k2"));
    assert_eq!(scope("k1").meeting(scope("k3")), Level::Entry);
    assert_eq!(scope("p1").level(), Level::Call);
    assert_eq!(scope("p1").meeting(scope("k1")), Level::Block);
}

#[test]
fn peers_of_code() {
    let text = "builder.withUrl(\"jdbc:h2://localhost/x\")\n  .withPassword(\"p1\")";
    assert_eq!(evidence("A.java", text.as_bytes()).bindings[0].peer.as_deref(), Some("jdbc:h2://localhost/x"));
    let text = "connect(host='localhost', password='p1')";
    assert_eq!(evidence("a.py", text.as_bytes()).bindings[0].peer.as_deref(), Some("localhost"));
}

#[test]
fn logs() {
    let prefix = "2026-01-01 10:00:00,123 INFO  org.apache.flink.Global [] - ";
    let text = format!(
        "{prefix}Loading configuration property: s3.access-key, AKX1\r\n{prefix}Loading configuration property: s3.secret-key, ******\r\n\
         {prefix} Program Arguments:\r\n{prefix}    --db.password\r\n{prefix}    hunter2hunter2\r\n\
         {prefix}    ****** (sensitive information)\r\n{prefix}    Zq8v\r\n{prefix}    --x\r\n{prefix}    --api-key=zz\r\n\
         {prefix}    -Daws.secretKey=abc\r\n{prefix}    -D\r\nDynamic Property set: s3.secret-key=def\r\n"
    );
    assert_eq!(
        shown("jm.log", &text),
        [
            "s3.access-key=AKX1@1:107",
            "s3.secret-key=******@2:107",
            "db.password=hunter2hunter2@5:64",
            "password=Zq8v@7:64",
            "api-key=zz@9:74",
            "aws.secretKey=abc@10:80",
            "s3.secret-key=def@12:37",
        ]
    );
}

/// What an application says of its options.
#[test]
fn statements_of_logs() {
    for (message, bound) in [
        ("s3.secret-key: abc", &["s3.secret-key=abc"][..]),
        ("using s3.secret-key: abc.", &["s3.secret-key=abc"]),
        ("[main] options (db.password: abc)", &["db.password=abc"]),
        ("url: x, aws.secret.key: abc;", &["aws.secret.key=abc"]),
        ("db.password: is not set", &[]),
        ("o.a.f.Password: abc", &[]),
        ("the password: abc", &[]),
        ("s3.secret-key: ", &[]),
    ] {
        for prefix in ["2026-01-01 10:00:00,123 INFO  o.a.f.Global [] - ", "2026-01-01 10:00:00 INFO "] {
            let shown = shown("jm.log", &format!("{prefix}started\n{prefix}{message}\n"));
            let shown: Vec<_> = shown.iter().filter_map(|row| row.split('@').next()).collect();
            assert_eq!(shown, bound, "{message}");
        }
    }
}

#[test]
fn encodings_keep_places() {
    let text = "# ä\nString x; DB_PASSWORD = \"pä1\"";
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for bytes in [text.as_bytes(), &utf16, &latin, &[b"\xEF\xBB\xBF", text.as_bytes()].concat()] {
        let evidence = evidence("a.py", bytes);
        let position = &evidence.bindings[0].position;
        assert_eq!(evidence.bindings[0].value, "pä1");
        assert_eq!((position.line, position.column), (Some(2), Some(26)));
        assert_eq!(&*evidence.literals[0].text, text.as_bytes());
    }
}

#[test]
fn binaries() {
    let key = "AKIA2L46TWMMUBBPO2GS";
    let mut bytes = vec![0u8, 1, 2, 0xFF, 0xFE, 200, 0, 3, 0x80, 0x81, 0, 0, 7];
    bytes.extend(key.bytes());
    bytes.extend([0, 0, 0, 9]);
    bytes.extend(key.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.extend([1, 2]);
    bytes.extend(b"an uninteresting run of text");
    bytes.extend([0, 1, 2, 3, 4, 5, 0xFF, 0xFF, 0xFF]);
    let evidence = evidence("x.bin", &bytes);
    let found: Vec<_> = evidence
        .literals
        .iter()
        .map(|l| (l.kind.clone(), l.uses[0].position.offset, String::from_utf8_lossy(&l.text).into_owned()))
        .collect();
    assert_eq!(
        found,
        [
            (LiteralKind::Binary { width: 1 }, Some(13), key.to_owned()),
            (LiteralKind::Binary { width: 2 }, Some(37), key.to_owned())
        ]
    );
}

#[test]
fn chunks_count_lines_on() {
    let path = EntryPath::artifact("big.sql");
    let context = Context { path: &path, vocabulary: &rules().vocabulary };
    let evidence = read_chunk(b"x\n'db.password' = 'p1'", 100, &context, true);
    assert_eq!(evidence.bindings[0].position.line, Some(101));
    assert_eq!(evidence.literals[0].uses[0].position.line, Some(100));
    assert!(read_chunk(b"nothing", 1, &context, true).is_text);
}

proptest! {
    #[test]
    fn random_texts_do_not_panic(words in prop::collection::vec(prop::sample::select(&[
        "password", "secret", "=", ":", "'", "\"", "`", "\\", "\\\"", "(", ")", "{", "}", "[", "]", ",", ";", " ", "\n", "\r\n", "\t",
        "ä", "\u{1F511}", "\0", "?", "&", "--", "-D", "${", "}", "+", "to", "or", "||", "??", "?:", "->", "=>", ":=", "of", "Some",
        "PASSWORD ", "IDENTIFIED BY ", "LoginModule required ", "jdbc:", "://", "configuration property: ", " - ", "\\u00e4", "%4", "def ",
        "ENV ", "default", "new BasicAWSCredentials", "#", "//", "a", "1", "\"\"\"", "''", "orElse", "***", "set ",
    ][..]), 0..60), name in prop::sample::select(&["a.java", "a.txt", "a.log", "a.sql", "x", "a.tf"][..])) {
        let text = words.concat();
        for binding in evidence(name, text.as_bytes()).bindings {
            prop_assert!(!binding.value.is_empty());
        }
    }

    #[test]
    fn random_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        evidence("x", &bytes);
    }
}
