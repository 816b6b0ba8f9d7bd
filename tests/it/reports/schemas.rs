//! SARIF, GitLab and JUnit against what their readers publish, in all the states that a report can be.

use super::{scanned, written};
use crate::support::project;
use jsonschema::Validator;
use keysift::findings::finding::{State, SuppressedBy, Suppression};
use keysift::reports::document::Document;
use keysift::reports::format::Format;
use keysift::rules::schema::Severity;
use roxmltree::Node;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// No findings, findings, all states with trouble, a target that is not there.
fn documents() -> Vec<(&'static str, Document)> {
    let folder = tempfile::tempdir().unwrap();
    let jar = std::fs::read(project("testdata/orders.jar")).unwrap();
    let broken = folder.path().join("broken.jar");
    std::fs::write(&broken, &jar[..jar.len() / 2]).unwrap();
    let library = folder.path().join("lib.so");
    let id = ["AKIA", "2W3QFYOZTM3D7QXA"].concat();
    std::fs::write(&library, [b"\x7FELF\x02\x01\x01\0\0\0\0\0".as_slice(), id.as_bytes(), &[0; 64]].concat()).unwrap();
    let mut states = scanned(&["testdata/orders.jar", broken.to_str().unwrap(), library.to_str().unwrap()]);
    assert!(!states.trouble.is_empty() && states.findings.len() > 5);
    states.findings[0].state = State::Known;
    states.findings[1].state = State::Spread;
    for (at, source) in [(2, SuppressedBy::Inline), (3, SuppressedBy::Allowed)] {
        let reason = "a test key".to_owned();
        states.findings[at].state = State::Suppressed;
        states.findings[at].suppression =
            Some(Suppression { reason, source, origin: Some("keysift.toml:3".to_owned()) });
    }
    states.trouble[0].accepted = Some("archived".to_owned());
    states.summary.baselined = 2;
    states.judge(Severity::High, false);
    vec![
        ("clean", scanned(&["testdata/orders-clean.jar"])),
        ("findings", scanned(&["--show-suppressed", "testdata/orders.jar", "testdata/deployment", "testdata/shapes"])),
        ("states", states),
        ("lost", scanned(&["testdata/orders-clean.jar", "testdata/nowhere"])),
    ]
}

fn schema(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(project("tests/schemas").join(name)).unwrap()).unwrap()
}

fn valid(validator: &Validator, report: &Value, name: &str) {
    let errors: Vec<String> =
        validator.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

#[test]
fn sarif_follows_its_schema() {
    // As published, one pattern has a bracket too many and is no regular expression to every reader.
    let text = schema("sarif-2.1.0-rtm.5.json").to_string();
    let schema: Value = serde_json::from_str(&text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")).unwrap();
    let validator = jsonschema::draft4::new(&schema).unwrap();
    for (name, document) in documents() {
        let report: Value = serde_json::from_str(&written(&document, Format::Sarif)).unwrap();
        valid(&validator, &report, name);
        let run = &report["runs"][0];
        let results = run["results"].as_array().unwrap();
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(results.len(), document.findings.len());
        for result in results {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(rule["properties"]["security-severity"].as_str().unwrap().parse::<f64>().unwrap() < 10.0);
        }
        let notified = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len();
        assert_eq!(notified, document.trouble.len(), "{name}");
        let told = |field: &str| -> BTreeSet<&str> {
            results.iter().filter_map(|result| result.pointer(field)?.as_str()).collect()
        };
        if name == "states" {
            assert_eq!(told("/baselineState"), BTreeSet::from(["new", "unchanged", "updated"]));
            assert_eq!(told("/suppressions/0/kind"), BTreeSet::from(["external", "inSource"]));
            assert!(results.iter().any(|r| r.pointer("/locations/0/physicalLocation/region/byteOffset").is_some()));
        }
        let invocation = &run["invocations"][0];
        let expected = match name {
            "clean" => json!([0, true]),
            "findings" => json!([1, true]),
            // Beside its findings, something was not scanned.
            "states" => json!([1, false]),
            _ => json!([2, false]),
        };
        assert_eq!(json!([invocation["exitCode"], invocation["executionSuccessful"]]), expected, "{name}");
    }
    let mut bad: Value = serde_json::from_str(&written(&documents()[1].1, Format::Sarif)).unwrap();
    bad["runs"][0]["results"][0]["level"] = json!("awful");
    assert!(!validator.is_valid(&bad));
}

#[test]
fn gitlab_reports_follow_their_schema() {
    let validator = jsonschema::draft7::new(&schema("gitlab-secret-detection.json")).unwrap();
    for (name, document) in documents() {
        let report: Value = serde_json::from_str(&written(&document, Format::Gitlab)).unwrap();
        valid(&validator, &report, name);
        let told = document.findings.iter().filter(|finding| finding.state != State::Suppressed).count();
        assert_eq!(report["vulnerabilities"].as_array().unwrap().len(), told, "{name}");
        assert_eq!(report["scan"]["status"], if name == "lost" { "failure" } else { "success" });
        assert_eq!(report["scan"]["start_time"], "1970-01-01T00:00:00");
    }
}

/// Elements, attributes and children as the XSD declares them; `.ci/run` has a full XSD validator.
#[test]
fn junit_reports_keep_to_the_xsd() {
    let text = std::fs::read_to_string(project("tests/schemas/junit-10.xsd")).unwrap();
    let xsd = roxmltree::Document::parse(&text).unwrap();
    for (name, document) in documents() {
        let report = written(&document, Format::Junit);
        let parsed = roxmltree::Document::parse(&report).unwrap();
        for element in parsed.descendants().filter(Node::is_element) {
            assert_eq!(misfit(&xsd, element), None, "{name}: {}", element.tag_name().name());
        }
        let count = |tag: &str| parsed.descendants().filter(|node| node.has_tag_name(tag)).count();
        let suite = parsed.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        let attribute = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
        assert_eq!(count("testcase"), document.findings.len() + document.trouble.len() + 1, "{name}");
        assert_eq!(attribute("tests"), count("testcase"));
        assert_eq!((attribute("failures"), attribute("errors")), (count("failure"), count("error")), "{name}");
        let fails = document.findings.iter().filter(|f| document.counts(f) && f.severity >= document.gate.fail_on);
        assert_eq!(count("failure"), fails.count(), "{name}");
        let unaccepted = document.trouble.iter().filter(|trouble| trouble.accepted.is_none()).count();
        assert_eq!(count("error"), unaccepted + usize::from(name == "lost"), "{name}");
    }
}

/// What of an element its declaration does not allow.
fn misfit(xsd: &roxmltree::Document<'_>, element: Node<'_, '_>) -> Option<String> {
    let declared = |name: &str| {
        xsd.root_element().children().find(|node| {
            node.has_tag_name(("http://www.w3.org/2001/XMLSchema", "element")) && node.attribute("name") == Some(name)
        })
    };
    let Some(declaration) = declared(element.tag_name().name()) else { return Some("no such element".to_owned()) };
    let names = |tag: &'static str, attribute: &'static str| -> BTreeSet<String> {
        declaration
            .descendants()
            .filter(|node| node.tag_name().name() == tag)
            .filter_map(|node| node.attribute(attribute).map(str::to_owned))
            .collect()
    };
    let attributes = names("attribute", "name");
    let children = names("element", "ref");
    let unknown = element.attributes().map(|a| a.name()).find(|name| !attributes.contains(*name));
    let stray =
        element.children().filter(Node::is_element).map(|c| c.tag_name().name()).find(|name| !children.contains(*name));
    unknown.or(stray).map(str::to_owned)
}
