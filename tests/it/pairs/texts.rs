//! Pairs in texts.

use super::{Pair, judge, number, pick, random, shuffled};
use crate::support::mutation::Random;

type Arrangement = fn(&mut Random, &[Pair]) -> String;

/// A file's name, and what makes its text.
const ARRANGEMENTS: [(&str, &str, Arrangement); 16] = [
    ("keys in turn", "app.properties", |_, pairs| {
        pairs
            .iter()
            .map(|pair| format!("aws.access.key.id={}\naws.secret.access.key={}\n", pair.id, pair.key))
            .collect()
    }),
    ("keys in turn, the secret first", "app.properties", |_, pairs| {
        pairs.iter().map(|pair| format!("secretKey={}\naccessKey={}\n\n", pair.key, pair.id)).collect()
    }),
    ("ids, then secrets, of one name", "app.properties", |_, pairs| {
        let ids = pairs.iter().map(|pair| format!("aws.access.key.id={}\n", pair.id));
        let keys = pairs.iter().map(|pair| format!("aws.secret.access.key={}\n", pair.key));
        ids.chain(keys).collect()
    }),
    ("prefixes in any order", "app.properties", |random, pairs| {
        let mut lines = Vec::new();
        for (n, pair) in pairs.iter().enumerate() {
            let name = ["dev", "prod", "test", "stage", "qa", "demo"][n];
            lines.push(format!("{name}.aws.accessKey={}\n", pair.id));
            lines.push(format!("{name}.aws.secretKey={}\n", pair.key));
        }
        shuffled(random, &lines).concat()
    }),
    ("environment in any order", "deploy.env", |random, pairs| {
        let mut lines = Vec::new();
        for (n, pair) in pairs.iter().enumerate() {
            let name = ["DEV", "PROD", "TEST", "STAGE", "QA", "DEMO"][n];
            lines.push(format!("{name}_AWS_ACCESS_KEY_ID={}\n", pair.id));
            lines.push(format!("{name}_AWS_SECRET_ACCESS_KEY={}\n", pair.key));
        }
        shuffled(random, &lines).concat()
    }),
    ("profiles", "credentials", |random, pairs| {
        let profile = |(n, pair): (usize, &Pair)| {
            let mut lines =
                [format!("aws_access_key_id = {}\n", pair.id), format!("aws_secret_access_key = {}\n", pair.key)];
            if random.below(2) == 0 {
                lines.reverse();
            }
            format!("[profile{n}]\n{}", lines.concat())
        };
        pairs.iter().enumerate().map(profile).collect()
    }),
    ("a list of maps", "conf.yaml", |random, pairs| {
        let (a, b) =
            *pick(random, &[("accessKey", "secretKey"), ("access_key_id", "secret_access_key"), ("id", "value")]);
        let item = |pair: &Pair| match random.below(2) {
            0 => format!("  - {a}: {}\n    {b}: {}\n", pair.id, pair.key),
            _ => format!("  - {b}: {}\n    {a}: {}\n", pair.key, pair.id),
        };
        format!("accounts:\n{}", pairs.iter().map(item).collect::<String>())
    }),
    ("objects of an array in one line", "conf.json", |random, pairs| {
        let (a, b) = *pick(random, &[("accessKey", "secretKey"), ("id", "value")]);
        let objects: Vec<String> =
            pairs.iter().map(|pair| format!("{{\"{a}\":\"{}\",\"{b}\":\"{}\"}}", pair.id, pair.key)).collect();
        format!("[{}]", objects.join(","))
    }),
    ("lists in a list", "conf.json", |_, pairs| {
        let rows: Vec<String> = pairs.iter().map(|pair| format!("[\"{}\", \"{}\"]", pair.id, pair.key)).collect();
        format!("{{\"keys\": [{}]}}", rows.join(", "))
    }),
    ("one list of ids and one of secrets", "conf.json", |random, pairs| {
        let ids: Vec<String> = pairs.iter().map(|pair| format!("\"{}\"", pair.id)).collect();
        let keys: Vec<String> = pairs.iter().map(|pair| format!("\"{}\"", pair.key)).collect();
        format!("{{\"ids\": [{}], \"keys\": [{}]}}", ids.join(", "), shuffled(random, &keys).join(", "))
    }),
    ("rows of a table", "keys.csv", |_, pairs| {
        let rows: String = pairs.iter().map(|pair| format!("{},{}\n", pair.id, pair.key)).collect();
        format!("Access key ID,Secret access key\n{rows}")
    }),
    ("lines of two", "notes.txt", |random, pairs| {
        let separator = *pick(random, &[":", ",", " ", "\t", " / ", "|"]);
        let between = *pick(random, &["\n", "\n\n"]);
        pairs.iter().map(|pair| format!("{}{separator}{}{between}", pair.id, pair.key)).collect()
    }),
    ("lines of one in turn", "notes.txt", |random, pairs| {
        let between = *pick(random, &["", "\n", "--\n"]);
        pairs.iter().map(|pair| format!("{}\n{}\n{between}", pair.id, pair.key)).collect()
    }),
    ("lines in any order", "notes.txt", |random, pairs| {
        let lines: Vec<String> =
            pairs.iter().flat_map(|pair| [format!("{}\n", pair.id), format!("{}\n", pair.key)]).collect();
        // What could be read as couples of another order has none that is right.
        let by_kind = |line: &String| line.starts_with("AKIA");
        let mut lines = shuffled(random, &lines);
        lines.sort_by_key(by_kind);
        lines.concat()
    }),
    ("calls in source", "job.py", |random, pairs| {
        let call = |pair: &Pair| match random.below(3) {
            0 => format!(
                "clients.append(client(aws_access_key_id='{}', aws_secret_access_key='{}'))\n",
                pair.id, pair.key
            ),
            1 => format!("clients.append(client('{}', '{}'))\n", pair.id, pair.key),
            _ => format!("clients.append(client(\n    secret='{}',\n    key='{}',\n))\n", pair.key, pair.id),
        };
        pairs.iter().map(call).collect()
    }),
    ("records in source", "Job.java", |_, pairs| {
        let entries: Vec<String> = pairs
            .iter()
            .enumerate()
            .map(|(n, pair)| format!("\"env{n}\", new R(\"{}\", \"{}\")", pair.id, pair.key))
            .collect();
        format!("class Job {{ static Map<String, R> all() {{ return Map.of({}); }} }}\n", entries.join(", "))
    }),
];

#[test]
fn pairs_in_texts_are_never_crossed() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = random();
    let mut planted = Vec::new();
    for round in 0..number("KEYSIFT_PAIRS", 8) {
        for (number, (kind, name, arrangement)) in ARRANGEMENTS.iter().enumerate() {
            let pairs = Pair::several(&mut random);
            let place = folder.path().join(format!("{number}-{round}"));
            std::fs::create_dir(&place).unwrap();
            std::fs::write(place.join(name), arrangement(&mut random, &pairs)).unwrap();
            planted.push(((*kind).to_owned(), pairs));
        }
    }
    let figures = judge("texts", folder.path(), &planted);
    for (kind, (joined, all)) in figures {
        let nothing_tells = matches!(
            &*kind,
            "ids, then secrets, of one name" | "one list of ids and one of secrets" | "lines in any order"
        );
        assert_eq!(joined, if nothing_tells { 0 } else { all }, "{kind}");
    }
}
