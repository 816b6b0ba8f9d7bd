//! What the service does not give is told, and the rest is scanned.

use super::{PASSWORD, places, run, scan};
use crate::support::msf::{REGION, Script, Service, properties};
use serde_json::{Value, json};

fn orders(parallelism: u32) -> Value {
    properties(json!({ "g": { "db.password": PASSWORD, "p": parallelism.to_string() } }))
}

#[test]
fn a_busy_service_is_asked_again() {
    let mut script = Script::default().with("orders", vec![orders(1), orders(2)]);
    script.throttled = 2;
    let run = scan(&Service::start(script), "orders", &[]);
    assert_eq!(run.trouble(), []);
    assert_eq!(places(&run.json()).len(), 1);
}

#[test]
fn an_application_that_is_closed_to_the_reader_is_trouble_of_its_own() {
    let mut script = Script::default().with("a", vec![orders(1)]).with("b", vec![orders(1)]);
    script.denied = vec!["DescribeApplication a".to_owned()];
    let run = scan(&Service::start(script), "", &[]);
    let cause = "unreadable: access denied; it takes kinesisanalytics:DescribeApplication".to_owned();
    assert_eq!(run.trouble(), [("msf://eu-west-1/a".to_owned(), cause)]);
    assert_eq!(places(&run.json()), ["EnvironmentProperties/g.json db.password in msf://eu-west-1/b 1 (current)"]);
}

#[test]
fn closed_versions_are_told_as_one() {
    let mut script = Script::default().with("orders", (1..=6).map(orders).collect());
    script.denied = vec!["DescribeApplicationVersion orders".to_owned()];
    let run = scan(&Service::start(script), "orders", &[]);
    let cause = "unreadable: versions 1-5: access denied; it takes kinesisanalytics:DescribeApplicationVersion";
    assert_eq!(run.trouble(), [("msf://eu-west-1/orders".to_owned(), cause.to_owned())]);
    assert_eq!(run.code(), 1);
}

#[test]
fn without_the_list_of_versions_the_current_one_is_scanned() {
    let mut script = Script::default().with("orders", vec![orders(1), orders(2)]);
    script.denied = vec!["ListApplicationVersions orders".to_owned()];
    let run = scan(&Service::start(script), "orders", &[]);
    let cause = "unreadable: its old versions: access denied; it takes kinesisanalytics:ListApplicationVersions";
    assert_eq!(run.trouble(), [("msf://eu-west-1/orders".to_owned(), cause.to_owned())]);
    assert_eq!(places(&run.json()), ["EnvironmentProperties/g.json db.password in msf://eu-west-1/orders 2 (current)"]);
}

#[test]
fn an_application_that_does_not_exist_gets_a_suggestion() {
    let service = Service::start(Script::default().with("orders-v2", vec![orders(1)]));
    let missing = scan(&service, "order-v2", &[]);
    assert_eq!(missing.code(), 2);
    assert!(
        missing.err().contains("msf://eu-west-1/order-v2: no such application; did you mean orders-v2?"),
        "{}",
        missing.err()
    );
    // Beside what exists, which is scanned.
    let desk = tempfile::tempdir().unwrap();
    std::fs::write(desk.path().join("a.properties"), format!("db.password={PASSWORD}\n")).unwrap();
    let both =
        run(&service, &["scan", "--format", "json", &format!("msf://{REGION}/x"), desk.path().to_str().unwrap()]);
    assert_eq!((both.code(), both.json()["findings"].as_array().unwrap().len()), (2, 1));
}

#[test]
fn a_reader_of_one_application_need_not_list_them_all() {
    let mut script = Script::default().with("orders", vec![orders(1)]);
    script.denied = vec!["ListApplications".to_owned()];
    let service = Service::start(script);
    assert_eq!(scan(&service, "orders", &[]).trouble(), []);
    let missing = scan(&service, "orderz", &[]);
    assert!(missing.err().contains("no such application\n"), "{}", missing.err());
    let region = scan(&service, "", &[]);
    assert_eq!(region.code(), 2);
    assert!(region.err().contains("access denied; it takes kinesisanalytics:ListApplications"), "{}", region.err());
}

#[test]
fn an_empty_region_is_nothing_to_scan() {
    let run = scan(&Service::start(Script::default()), "", &[]);
    assert_eq!(run.code(), 3);
    assert!(run.err().contains("nothing to scan"), "{}", run.err());
}

#[test]
fn what_holds_no_bytes_to_be_read_is_told() {
    let maven = |group: &str, artifact: &str| {
        json!({
            "ArtifactType": "DEPENDENCY_JAR",
            "MavenReferenceDescription": { "GroupId": group, "ArtifactId": artifact, "Version": "1.2" },
        })
    };
    let studio = json!({
        "RuntimeEnvironment": "ZEPPELIN-FLINK-3_0",
        "ZeppelinApplicationConfigurationDescription": {
            "MonitoringConfigurationDescription": { "LogLevel": "INFO" },
            "CatalogConfigurationDescription": { "GlueDataCatalogConfigurationDescription": {
                "DatabaseARN": "arn:aws:glue:eu-west-1:123456789012:database/flink",
            } },
            "CustomArtifactsConfigurationDescription": [
                maven("org.apache.flink", "flink-connector-kafka"), maven("com.acme", "udfs"),
            ],
        },
    });
    let inline = json!({ "ApplicationCodeConfigurationDescription": {
        "CodeContentType": "ZIPFILE", "CodeContentDescription": { "CodeMD5": "x", "CodeSize": 10 },
    } });
    let service = Service::start(Script::default().with("studio", vec![studio]).with("zip", vec![inline]));
    let run = scan(&service, "", &[]);
    let trouble: Vec<String> = run.trouble().into_iter().map(|(uri, cause)| format!("{uri} {cause}")).collect();
    assert_eq!(run.code(), 3);
    assert_eq!(
        trouble,
        [
            "msf://eu-west-1/studio!/arn:aws:glue:eu-west-1:123456789012:database/flink unsupported: the options of its \
             tables in the Glue Data Catalog: scan the output of aws glue get-tables (versions 1)",
            "msf://eu-west-1/studio!/com.acme:udfs:1.2 unsupported: a library from a Maven repository: scan its jar \
             (versions 1)",
            "msf://eu-west-1/zip!/ApplicationCode.zip unsupported: code that was uploaded inline, which the service does \
             not give back: scan the archive itself (versions 1)",
        ]
    );
}

#[test]
fn a_message_of_the_service_is_not_quoted() {
    let mut script = Script::default().with("orders", vec![orders(1)]);
    script.denied = vec!["DescribeApplication orders".to_owned()];
    let run = scan(&Service::start(script), "orders", &[]);
    assert!(!format!("{}{}", run.out(), run.err()).contains("a message that may hold anything"));
}

/// As another implementation answers, with times in words.
#[test]
fn an_answer_that_cannot_be_read_is_told() {
    let odd = json!({ "ApplicationMaintenanceConfigurationDescription": 1, "EnvironmentPropertyDescriptions": "none" });
    let run = scan(&Service::start(Script::default().with("orders", vec![odd])), "orders", &[]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("the service answers 200 in a form that cannot be read"), "{}", run.err());
}

/// A wait for a service that is busy for ever is no reason to be killed.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_the_listing() {
    let mut script = Script::default().with("orders", vec![orders(1)]);
    script.throttled = usize::MAX;
    let service = Service::start(script);
    let mut command = std::process::Command::new("env");
    command.args(["--default-signal", env!("CARGO_BIN_EXE_keysift"), "scan", "--format", "json"]);
    command.args([&format!("msf://{REGION}"), "--endpoint-url", &service.url]);
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    while service.asked().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let run = crate::cli::Run::of(child.wait_with_output().unwrap());
    assert_eq!(run.code(), 130);
    let cause = "interrupted: not all of it was listed".to_owned();
    assert_eq!(run.trouble(), [("msf://eu-west-1".to_owned(), cause)]);
}

#[test]
fn words_that_are_no_address_are_a_usage_error() {
    let service = Service::start(Script::default());
    for (target, cause) in [
        ("msf://", "no region of AWS"),
        ("msf://orders", "no region of AWS"),
        ("msf://eu-west-1/a/b", "an application's name"),
    ] {
        let run = run(&service, &["scan", target]);
        assert_eq!(run.code(), 2, "{target}");
        assert!(run.err().contains(target) && run.err().contains(cause), "{}", run.err());
    }
    assert_eq!(service.asked(), Vec::<String>::new());
}
