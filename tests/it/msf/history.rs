//! Every version of an application counts, and each secret is told once.

use super::{KEY_ID, KEY_SECRET, PASSWORD, places, run, scan};
use crate::report_schema::faults;
use crate::support::msf::{REGION, Script, Service, properties};
use serde_json::{Value, json};

fn orders(password: Option<&str>, parallelism: &str) -> Value {
    let mut group = json!({ "flink.parallelism": parallelism, "aws.region": "eu-west-1" });
    if let Some(password) = password {
        group["db.password"] = json!(password);
    }
    properties(json!({ "FlinkApplicationProperties": group }))
}

#[test]
fn a_secret_in_many_versions_is_one_finding_with_one_place() {
    let versions: Vec<Value> = (1..=17).map(|n| orders((n >= 3).then_some(PASSWORD), &n.to_string())).collect();
    let service = Service::start(Script::default().with("orders", versions));
    let run = scan(&service, "orders", &["--show-secrets"]);
    let report = run.json();
    assert_eq!((run.code(), report["trouble"].as_array().unwrap().len()), (1, 0), "{}", run.err());
    let finding = &report["findings"][0];
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(finding["parts"][0]["value"], PASSWORD);
    assert_eq!(
        places(&report),
        ["EnvironmentProperties/FlinkApplicationProperties.json db.password in msf://eu-west-1/orders 3-17 (current)"]
    );
    assert_eq!(finding["attributes"], json!({}));
    assert!(finding["remedy"].as_str().unwrap().contains("old versions of an application go on giving back"));
    assert_eq!(faults(&report), Vec::<String>::new());
    // Every version was read, the current one once, and the pages were turned.
    let asked = service.asked();
    let read = asked.iter().filter(|one| one.starts_with("DescribeApplicationVersion")).count();
    assert_eq!((read, asked.iter().filter(|one| one.starts_with("ListApplicationVersions")).count()), (16, 9));
}

#[test]
fn a_secret_that_only_old_versions_hold_says_so() {
    let versions = vec![orders(None, "1"), orders(Some(PASSWORD), "2"), orders(Some(PASSWORD), "3"), orders(None, "4")];
    let service = Service::start(Script::default().with("orders", versions));
    let report = scan(&service, "orders", &[]).json();
    assert_eq!(report["findings"][0]["attributes"]["old_versions_only"], "msf://eu-west-1/orders 2-3");
    assert_eq!(faults(&report), Vec::<String>::new());
    let text = run(&service, &["scan", &format!("msf://{REGION}/orders")]).out();
    assert!(
        text.contains("db.password\n    deployed in msf://eu-west-1/orders 2-3\n  only old versions hold it\n"),
        "{text}"
    );
}

/// The line of a key must not move with what other versions have beside it, or one secret had a place
/// for each of them.
#[test]
fn a_key_keeps_its_place_when_others_come_and_go() {
    let group = |keys: &[&str]| {
        let mut map = json!({ "db.password": PASSWORD });
        keys.iter().for_each(|key| map[*key] = json!("x"));
        properties(json!({ "g": map }))
    };
    let versions = vec![group(&["a"]), group(&["a", "b", "z"]), group(&[]), group(&["c"])];
    let service = Service::start(Script::default().with("orders", versions));
    let report = scan(&service, "orders", &[]).json();
    assert_eq!(places(&report), ["EnvironmentProperties/g.json db.password in msf://eu-west-1/orders 1-4 (current)"]);
}

#[test]
fn another_value_of_the_same_key_is_another_finding() {
    let versions = vec![orders(Some(PASSWORD), "1"), orders(Some("wBeB2mtyuDLw83mc5Q"), "1")];
    let service = Service::start(Script::default().with("orders", versions));
    let report = scan(&service, "orders", &[]).json();
    let old: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().map(|f| &f["attributes"]["old_versions_only"]).collect();
    assert_eq!(old.len(), 2);
    assert!(old.contains(&&json!("msf://eu-west-1/orders 1")) && old.contains(&&Value::Null), "{old:?}");
}

#[test]
fn the_parts_of_a_pair_are_joined_within_their_group() {
    let keys = json!({ "aws.access.key.id": KEY_ID, "aws.secret.access.key": KEY_SECRET, "stream": "in" });
    let service = Service::start(Script::default().with("orders", vec![properties(json!({ "Producer": keys }))]));
    let report = scan(&service, "", &[]).json();
    let finding = &report["findings"][0];
    assert_eq!((&finding["rule_id"], &finding["severity"]), (&json!("aws-access-key-pair"), &json!("critical")));
    assert_eq!(finding["parts"][0]["binding"], "aws.access.key.id");
}

#[test]
fn a_region_is_all_its_applications() {
    let one = |password| vec![orders(Some(password), "1")];
    let script =
        ["a", "b", "c", "d", "e"].iter().fold(Script::default(), |script, name| script.with(name, one(PASSWORD)));
    let service = Service::start(script);
    let report = scan(&service, "", &[]).json();
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(places(&report).len(), 5);
    assert_eq!(report["summary"]["artifacts"], 5);
}

#[test]
fn texts_that_the_service_keeps_are_read() {
    let code = |runtime: &str, text: &str| {
        json!({
            "RuntimeEnvironment": runtime,
            "ApplicationCodeConfigurationDescription": {
                "CodeContentType": "PLAINTEXT", "CodeContentDescription": { "TextContent": text },
            },
        })
    };
    let table = format!("CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'password' = '{PASSWORD}');");
    let note = json!({ "paragraphs": [{ "text": format!("%flink.ssql\n{table}"), "id": "p1" }], "name": "n" });
    let plan = json!({ "nodes": [{ "description": format!("jdbc:postgresql://db/o?user=a&password={PASSWORD}") }] });
    let service = Service::start(
        Script::default()
            .with("sql", vec![code("SQL-1_0", &table)])
            .with("studio", vec![code("ZEPPELIN-FLINK-3_0", &note.to_string())])
            .with(
                "plan",
                vec![json!({
                    "FlinkApplicationConfigurationDescription": { "JobPlanDescription": plan.to_string() },
                })],
            ),
    );
    let report = scan(&service, "", &[]).json();
    let found: Vec<String> = places(&report).iter().map(|place| place.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(found, ["ApplicationCode.sql", "ApplicationCode.zpln", "JobPlan.json"], "{report:#}");
    // The service keeps no versions of SQL applications.
    assert!(!service.asked().iter().any(|asked| asked.starts_with("ListApplicationVersions sql")));
}
