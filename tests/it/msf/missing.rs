//! What an answer does not say is not nothing: each case would be a clean report if it was.

use super::{PASSWORD, places, scan};
use crate::cli::Run;
use crate::support::msf::{Script, Service, properties};
use serde_json::{Value, json};

const ORDERS: &str = "msf://eu-west-1/orders";
const OLD: &str = "EnvironmentProperties/g.json db.password in msf://eu-west-1/orders 1";
const BOTH: &str = "EnvironmentProperties/g.json db.password in msf://eu-west-1/orders 1-2 (current)";

fn orders(parallelism: u32) -> Value {
    properties(json!({ "g": { "db.password": PASSWORD, "p": parallelism.to_string() } }))
}

fn clean() -> Value {
    properties(json!({ "g": { "p": "1" } }))
}

fn script() -> Script {
    Script::default().with("orders", vec![orders(1), clean()])
}

fn remove(pointer: &'static str, name: &'static str) -> impl Fn(&mut Value) + Send + 'static {
    move |answer| {
        if let Some(object) = answer.pointer_mut(pointer).and_then(Value::as_object_mut) {
            object.remove(name);
        }
    }
}

fn only(run: &Run, uri: &str, cause: &str) {
    let trouble = run.trouble();
    assert_eq!(trouble.len(), 1, "{trouble:?} {}", run.err());
    assert_eq!((trouble[0].0.as_str(), trouble[0].1.contains(cause)), (uri, true), "{trouble:?}");
}

#[test]
fn without_a_list_of_versions_there_are_some_all_the_same() {
    for edit in [
        (|answer| *answer = json!({})) as fn(&mut Value),
        |answer| *answer = json!({ "ApplicationVersionSummaries": null }),
        |answer| answer["ApplicationVersionSummaries"] = json!([]),
        |answer| {
            answer["ApplicationVersionSummaries"] = json!([{ "ApplicationVersionId": 7, "ApplicationStatus": "READY" }])
        },
    ] {
        let run = scan(&Service::start(script().edit("ListApplicationVersions", edit)), "orders", &[]);
        assert_eq!(run.code(), 3, "{}", run.err());
        assert!(
            run.trouble().iter().any(|(uri, cause)| uri == ORDERS && cause.contains("versions")),
            "{:?}",
            run.trouble()
        );
    }
}

#[test]
fn a_version_without_a_number_is_trouble() {
    for number in [json!(-1), json!(0), Value::Null] {
        let edit = move |answer: &mut Value| {
            let summaries = answer["ApplicationVersionSummaries"].as_array_mut().unwrap();
            summaries.iter_mut().filter(|one| one["ApplicationVersionId"] == 1).for_each(|one| {
                one["ApplicationVersionId"] = number.clone();
            });
        };
        let run = scan(&Service::start(script().edit("ListApplicationVersions", edit)), "orders", &[]);
        only(&run, ORDERS, "a version in the list has no number");
        assert_eq!(run.code(), 3);
    }
}

/// The current one, each time.
#[test]
fn another_version_than_the_one_that_was_asked_for_is_trouble() {
    let edit = |answer: &mut Value| answer["ApplicationVersionDetail"]["ApplicationVersionId"] = json!(2);
    let run = scan(&Service::start(script().edit("DescribeApplicationVersion", edit)), "orders", &[]);
    only(&run, ORDERS, "versions 1: the service describes another one");
}

#[test]
fn an_empty_answer_is_no_application() {
    for edit in [
        (|answer| *answer = json!({})) as fn(&mut Value),
        |answer| answer["ApplicationDetail"] = Value::Null,
        |answer| *answer = json!({ "ApplicationDetail": {} }),
    ] {
        let one = scan(&Service::start(script().edit("DescribeApplication", edit)), "orders", &[]);
        assert_eq!(one.code(), 2);
        assert!(one.err().contains("the service describes another application, or none"), "{}", one.err());
        let all = scan(&Service::start(script().edit("DescribeApplication", edit)), "", &[]);
        only(&all, ORDERS, "the service describes another application, or none");
        assert_eq!(all.code(), 3);
    }
}

#[test]
fn a_list_of_applications_that_is_not_there_is_not_empty() {
    for edit in [
        (|answer| *answer = json!({})) as fn(&mut Value),
        |answer| answer["ApplicationSummaries"] = Value::Null,
        |answer| *answer = json!([]),
    ] {
        let run = scan(&Service::start(script().edit("ListApplications", edit)), "", &[]);
        assert_eq!(run.code(), 2, "{}", run.err());
        assert!(run.err().contains("in a form that cannot be read"), "{}", run.err());
    }
}

#[test]
fn an_application_without_a_name_is_trouble_and_the_others_are_scanned() {
    let two = script().with("payments", vec![orders(1)]);
    let edit = |answer: &mut Value| {
        let summaries = answer["ApplicationSummaries"].as_array_mut().unwrap();
        summaries.iter_mut().filter(|one| one["ApplicationName"] == "payments").for_each(|one| {
            one.as_object_mut().unwrap().remove("ApplicationName");
        });
    };
    let run = scan(&Service::start(two.edit("ListApplications", edit)), "", &[]);
    only(&run, "msf://eu-west-1", "an application in the list has no name");
    assert_eq!(places(&run.json()), [OLD]);
}

/// It was there when it was listed.
#[test]
fn an_application_that_vanished_is_trouble() {
    let edit = |answer: &mut Value| {
        let summaries = answer["ApplicationSummaries"].as_array_mut().unwrap();
        let mut gone = summaries[0].clone();
        gone["ApplicationName"] = json!("gone");
        summaries.push(gone);
    };
    let run = scan(&Service::start(script().edit("ListApplications", edit)), "", &[]);
    only(&run, "msf://eu-west-1/gone", "it vanished during the scan");
    assert_eq!(places(&run.json()), [OLD]);
}

#[test]
fn tokens_that_lead_in_a_circle_are_trouble_and_what_was_listed_is_scanned() {
    let again = |answer: &mut Value| answer["NextToken"] = json!("0");
    let three = || Script::default().with("orders", vec![orders(1), orders(2), clean()]);
    let run = scan(&Service::start(three().edit("ListApplicationVersions", again)), "orders", &[]);
    only(&run, ORDERS, "its old versions: the listing leads in a circle");
    assert_eq!(places(&run.json()), ["EnvironmentProperties/g.json db.password in msf://eu-west-1/orders 2"]);
    let run = scan(&Service::start(three().edit("ListApplications", again)), "", &[]);
    only(&run, "msf://eu-west-1", "the listing leads in a circle");
    assert_eq!(places(&run.json()).len(), 1);
}

#[test]
fn a_list_that_breaks_off_is_trouble_and_what_was_listed_is_scanned() {
    let three = Script::default().with("a", vec![orders(1)]).with("b", vec![orders(1)]).with("c", vec![orders(1)]);
    // The third application is on the second page.
    let run = scan(
        &Service::start(three.edit("ListApplications", |answer| {
            if answer["NextToken"].is_null() {
                *answer = json!({ "ApplicationSummaries": "none" });
            }
        })),
        "",
        &[],
    );
    only(&run, "msf://eu-west-1", "in a form that cannot be read");
    assert_eq!(places(&run.json()).len(), 2, "the two of the first page");
}

#[test]
fn a_configuration_that_is_not_described_is_trouble() {
    let edit = || remove("/ApplicationDetail", "ApplicationConfigurationDescription");
    let run = scan(&Service::start(script().edit("DescribeApplication", edit())), "orders", &[]);
    only(&run, &format!("{ORDERS}!/ApplicationConfiguration.json"), "the service does not describe its configuration");
    assert_eq!(places(&run.json()), [OLD]);
}

#[test]
fn code_of_which_it_is_not_said_where_it_lies_is_trouble() {
    let code = |content: Value| {
        json!({ "ApplicationCodeConfigurationDescription": {
        "CodeContentType": "ZIPFILE", "CodeContentDescription": content,
    } })
    };
    for content in [
        Value::Null,
        json!({}),
        json!({ "S3ApplicationCodeLocationDescription": {} }),
        json!({ "S3ApplicationCodeLocationDescription": { "BucketARN": "arn:aws:s3:::code" } }),
        json!({ "S3ApplicationCodeLocationDescription": { "FileKey": "orders.jar" } }),
    ] {
        let run = scan(&Service::start(Script::default().with("orders", vec![code(content.clone())])), "orders", &[]);
        only(&run, &format!("{ORDERS}!/ApplicationCode.zip"), "the service does not say where its code lies");
        assert_eq!(run.code(), 3, "{content}");
    }
}

#[test]
fn a_library_of_which_it_is_not_said_where_it_lies_is_trouble() {
    for artifact in
        [json!({ "ArtifactType": "UDF" }), json!({ "S3ContentLocationDescription": { "FileKey": "x.jar" } })]
    {
        let studio = json!({
            "RuntimeEnvironment": "ZEPPELIN-FLINK-3_0",
            "ZeppelinApplicationConfigurationDescription": {
                "MonitoringConfigurationDescription": { "LogLevel": "INFO" },
                "CustomArtifactsConfigurationDescription": [artifact],
            },
        });
        let run = scan(&Service::start(Script::default().with("orders", vec![studio])), "orders", &[]);
        only(&run, &format!("{ORDERS}!/CustomArtifact"), "the service does not say where it lies");
    }
}

/// The plan, which holds connection strings, is left out only where there cannot be one.
#[test]
fn a_job_plan_that_is_not_given_is_trouble() {
    for (code, is_trouble) in
        [("InvalidArgumentException", false), ("UnsupportedOperationException", false), ("InternalDataException", true)]
    {
        let mut script = Script::default().with("orders", vec![orders(1)]);
        script.errors = vec![(400, code)];
        let run = scan(&Service::start(script), "orders", &[]);
        assert_eq!(places(&run.json()).len(), 1);
        if is_trouble {
            only(&run, ORDERS, "its job plan: the service answers 400 InternalDataException");
        } else {
            assert_eq!(run.trouble(), [], "{code}");
        }
    }
}

/// What the limits of the service are called, from one request to the next.
#[test]
fn a_service_that_asks_for_patience_is_asked_again() {
    for code in [
        "LimitExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailableException",
        "ProvisionedThroughputExceededException",
    ] {
        let mut script = Script::default().with("orders", vec![orders(1), orders(2)]);
        script.errors = vec![(400, code); 4];
        let run = scan(&Service::start(script), "orders", &[]);
        assert_eq!((run.trouble(), places(&run.json())), (vec![], vec![BOTH.to_owned()]), "{code}");
    }
}
