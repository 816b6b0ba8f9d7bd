//! The code that applications run lies in S3, and says so in what is found in it.

use super::{PASSWORD, places};
use crate::cli::Run;
use crate::support::msf::{REGION, Script, Service, properties, with_code};
use crate::support::s3::{Server, bare};
use serde_json::{Value, json};

const BUCKET: &str = "code";

/// Each service at an address of its own, as the environment tells it.
fn scan(service: &Service, bucket: &Server, words: &[&str]) -> Run {
    let region = format!("msf://{REGION}");
    let mut command = bare(&[&["scan", "--format", "json", "--addressing", "path", &region], words].concat());
    command.env("AWS_ENDPOINT_URL_KINESIS_ANALYTICS_V2", &service.url).env("AWS_ENDPOINT_URL_S3", bucket.url());
    Run::of(command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").output().unwrap())
}

fn jar(password: &str) -> Vec<u8> {
    format!("db.password={password}\n").into_bytes()
}

fn runs(key: &str, version: Option<&str>, size: usize) -> Value {
    with_code(properties(json!({})), BUCKET, key, version, size as u64)
}

#[test]
fn a_code_object_is_read_once_and_says_who_runs_it() {
    let bucket = Server::start();
    bucket.make_bucket(BUCKET);
    let bytes = jar(PASSWORD);
    let version = bucket.put(BUCKET, "jobs/orders.properties", bytes.clone());
    // What lies there now is of another version, and nobody runs it.
    bucket.put(BUCKET, "jobs/orders.properties", jar("wBeB2mtyuDLw83mc5Q"));
    let old = runs("jobs/orders.properties", Some(&version), bytes.len());
    let none = properties(json!({}));
    let service = Service::start(
        Script::default()
            .with("orders", vec![old.clone(), old.clone(), none.clone()])
            .with("payments", vec![none, old.clone()]),
    );
    let run = scan(&service, &bucket, &[]);
    let report = run.json();
    assert_eq!((run.trouble(), report["findings"].as_array().unwrap().len()), (vec![], 1), "{}", run.err());
    let place = &report["findings"][0]["locations"][0];
    assert_eq!(place["uri"], "s3://code/jobs/orders.properties");
    assert_eq!(place["version_id"], version);
    assert_eq!(place["deployed"], json!(["msf://eu-west-1/orders 1-2", "msf://eu-west-1/payments 2 (current)"]));
    assert_eq!(report["findings"][0]["attributes"], json!({}));
    assert_eq!(report["summary"]["artifacts"], 1);
}

#[test]
fn code_that_only_old_versions_run_says_so() {
    let bucket = Server::start();
    bucket.make_bucket(BUCKET);
    let bytes = jar(PASSWORD);
    let version = bucket.put(BUCKET, "orders.properties", bytes.clone());
    let service = Service::start(
        Script::default()
            .with("orders", vec![runs("orders.properties", Some(&version), bytes.len()), properties(json!({}))]),
    );
    let report = scan(&service, &bucket, &[]).json();
    assert_eq!(report["findings"][0]["attributes"]["old_versions_only"], "msf://eu-west-1/orders 1");
}

/// A secret in the code and in the properties is one finding.
#[test]
fn code_and_properties_are_one_report() {
    let bucket = Server::start();
    bucket.make_bucket(BUCKET);
    let bytes = jar(PASSWORD);
    let version = bucket.put(BUCKET, "orders.properties", bytes.clone());
    let group = properties(json!({ "g": { "db.password": PASSWORD } }));
    let service = Service::start(
        Script::default()
            .with("orders", vec![with_code(group, BUCKET, "orders.properties", Some(&version), bytes.len() as u64)]),
    );
    let report = scan(&service, &bucket, &[]).json();
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(
        places(&report),
        [
            "EnvironmentProperties/g.json db.password in msf://eu-west-1/orders 1 (current)",
            "s3://code/orders.properties db.password in msf://eu-west-1/orders 1 (current)",
        ]
    );
}

#[test]
fn code_that_was_overwritten_cannot_be_read_any_more() {
    let bucket = Server::start();
    bucket.make_bucket(BUCKET);
    let bytes = jar(PASSWORD);
    bucket.put(BUCKET, "orders.properties", bytes.clone());
    let service = Service::start(Script::default().with(
        "orders",
        vec![runs("orders.properties", None, bytes.len() + 7), runs("orders.properties", None, bytes.len())],
    ));
    let run = scan(&service, &bucket, &[]);
    let cause =
        "unreadable: code of msf://eu-west-1/orders 1: overwritten since it was deployed, and no version is named";
    assert_eq!(run.trouble(), [("s3://code/orders.properties".to_owned(), cause.to_owned())]);
    assert_eq!(places(&run.json()), ["s3://code/orders.properties db.password in msf://eu-west-1/orders 2 (current)"]);
}

#[test]
fn code_that_is_not_there_is_trouble_and_the_rest_is_scanned() {
    let bucket = Server::start();
    bucket.make_bucket(BUCKET);
    let bytes = jar(PASSWORD);
    let version = bucket.put(BUCKET, "there.properties", bytes.clone());
    let elsewhere = with_code(properties(json!({})), "no-such-bucket", "x.jar", None, 10);
    let service = Service::start(
        Script::default()
            .with("a", vec![runs("gone.jar", None, 10)])
            .with("b", vec![elsewhere])
            .with("c", vec![runs("there.properties", Some(&version), bytes.len())]),
    );
    let run = scan(&service, &bucket, &[]);
    let uris: Vec<String> = run.trouble().into_iter().map(|(uri, cause)| format!("{uri} {cause}")).collect();
    assert_eq!(uris.len(), 2, "{uris:?}");
    assert!(uris[0].starts_with("s3://code/gone.jar unreadable: code of msf://eu-west-1/a 1 (current): "), "{uris:?}");
    assert!(
        uris[1].starts_with("s3://no-such-bucket/x.jar unreadable: code of msf://eu-west-1/b 1 (current): "),
        "{uris:?}"
    );
    assert_eq!(places(&run.json()).len(), 1);
}

#[test]
fn a_notebook_brings_libraries_and_what_it_deploys() {
    let bucket = Server::start();
    bucket.make_bucket(BUCKET);
    bucket.put(BUCKET, "udfs/a.properties", jar(PASSWORD));
    bucket.put(BUCKET, "deployed/note-1/b.properties", jar(PASSWORD));
    bucket.put(BUCKET, "elsewhere/c.properties", jar("wBeB2mtyuDLw83mc5Q"));
    let arn = "arn:aws:s3:::code";
    let studio = json!({
        "RuntimeEnvironment": "ZEPPELIN-FLINK-3_0",
        "ZeppelinApplicationConfigurationDescription": {
            "MonitoringConfigurationDescription": { "LogLevel": "INFO" },
            "CustomArtifactsConfigurationDescription": [{
                "ArtifactType": "UDF", "S3ContentLocationDescription": { "BucketARN": arn, "FileKey": "udfs/a.properties" },
            }],
            "DeployAsApplicationConfigurationDescription": {
                "S3ContentLocationDescription": { "BucketARN": arn, "BasePath": "deployed/" },
            },
        },
    });
    let service = Service::start(Script::default().with("studio", vec![studio]));
    let run = scan(&service, &bucket, &[]);
    assert_eq!(run.trouble(), []);
    assert_eq!(
        places(&run.json()),
        [
            "s3://code/deployed/note-1/b.properties db.password in msf://eu-west-1/studio 1 (current)",
            "s3://code/udfs/a.properties db.password in msf://eu-west-1/studio 1 (current)",
        ]
    );
}
