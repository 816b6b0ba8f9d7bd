//! Policies: least privilege for what is read, in the grammar of IAM.
//!
//! The grammar is that of the IAM User Guide, "Grammar of the IAM JSON policy language"; a linter with
//! IAM's own tables of actions and keys runs in CI.

use crate::support::{keysift, stdout};
use keysift::sources::aws::policy::{INLINE, MANAGED, Policy, Read, Reader};
use serde_json::{Value, json};

fn policy(read: &[Read]) -> Value {
    of(&Reader::default(), read)
}

fn of(reader: &Reader, read: &[Read]) -> Value {
    let readers: Vec<(Reader, Read)> = read.iter().map(|read| (reader.clone(), read.clone())).collect();
    let policy = serde_json::to_value(Policy::new(&readers)).unwrap();
    assert_eq!(faults(&policy), Vec::<String>::new(), "{policy:#}");
    policy
}

fn objects(bucket: &str, prefix: &str, versions: bool) -> Read {
    Read::Objects { bucket: bucket.to_owned(), prefix: prefix.to_owned(), versions }
}

fn applications(region: &str, name: Option<&str>) -> Read {
    Read::Applications { region: region.to_owned(), name: name.map(str::to_owned) }
}

fn printed(words: &[&str]) -> (Option<i32>, String, String) {
    let output = keysift(&[&["scan", "--print-policy"], words].concat());
    (output.status.code(), stdout(&output), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_command_line_prints_what_its_targets_take() {
    let role = "arn:aws:iam::123456789012:role/reader";
    let words = ["s3://code/jobs/", "msf://eu-west-1/orders", "--all-versions", "--role-arn", role, "src"];
    let (code, out, err) = printed(&words);
    let printed: Value = serde_json::from_str(&out).unwrap();
    let reader = Reader { role: Some(role.to_owned()), ..Reader::default() };
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(printed, of(&reader, &[objects("code", "jobs/", true), applications("eu-west-1", Some("orders"))]));
}

#[test]
fn a_policy_for_nothing_is_a_usage_error() {
    for (words, cause) in [
        (&["src"][..], "takes no permission in AWS"),
        (&["s3://code", "--no-sign-request"], "cannot be used with"),
        (&["s3://code", "-o", "policy.json"], "cannot be used with"),
    ] {
        let (code, out, err) = printed(words);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{words:?}");
        assert!(err.contains(cause), "{err}");
    }
}

#[test]
fn a_policy_that_is_too_large_says_so() {
    let targets: Vec<String> = (0..90).map(|n| format!("s3://flink-code-of-team-{n}/and/its/jobs/")).collect();
    let (code, out, err) = printed(&targets.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((code, faults(&serde_json::from_str(&out).unwrap())), (Some(0), Vec::new()));
    assert!(err.contains("a managed policy holds 6144"), "{err}");
}

/// Where a policy leaves the grammar, or allows more than reading.
fn faults(policy: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(text);
    let keys = |value: &Value| value.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    if keys(policy) != ["Statement", "Version"] || policy["Version"] != "2012-10-17" {
        fault(format!("policy of {:?}", keys(policy)));
    }
    let action = regex::Regex::new(r"^(s3:(GetObject|GetObjectVersion|ListBucket|ListBucketVersions)|kms:Decrypt|sts:AssumeRole|kinesisanalytics:(List|Describe)Application\w*)$").unwrap();
    let arn = regex::Regex::new(r"^(\*|arn:aws(-[a-z]+)*:(s3|kms|sts|iam|kinesisanalytics):[a-z0-9*-]*:[0-9*]*:.+)$")
        .unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for statement in policy["Statement"].as_array().into_iter().flatten() {
        for key in keys(statement) {
            if !["Sid", "Effect", "Action", "Resource", "Condition"].contains(&key.as_str()) {
                fault(format!("element {key}"));
            }
        }
        let sid = statement["Sid"].as_str().unwrap_or_default();
        if sid.is_empty() || !sid.bytes().all(|c| c.is_ascii_alphanumeric()) || !ids.insert(sid.to_owned()) {
            fault(format!("Sid {sid:?}"));
        }
        if statement["Effect"] != "Allow" {
            fault(format!("Effect {}", statement["Effect"]));
        }
        for (element, pattern) in [("Action", &action), ("Resource", &arn)] {
            let values = statement[element].as_array().map(Vec::as_slice).unwrap_or_default();
            let distinct: std::collections::BTreeSet<&str> = values.iter().filter_map(Value::as_str).collect();
            if values.is_empty() || distinct.len() < values.len() {
                fault(format!("{sid}: {element} {values:?}"));
            }
            distinct.iter().filter(|value| !pattern.is_match(value)).for_each(|value| fault(format!("{sid}: {value}")));
        }
        for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
            if !["StringEquals", "StringLike"].contains(&operator.as_str())
                || keys.as_object().is_none_or(|k| k.is_empty())
            {
                fault(format!("{sid}: operator {operator}"));
            }
            for (key, values) in keys.as_object().into_iter().flatten() {
                let known = [
                    "s3:prefix",
                    "kms:ViaService",
                    "kms:EncryptionContext:aws:s3:arn",
                    "sts:ExternalId",
                    "aws:RequestedRegion",
                    "aws:ResourceAccount",
                ];
                let given = values.as_array().is_some_and(|v| !v.is_empty() && v.iter().all(Value::is_string));
                if !known.contains(&key.as_str()) || !given {
                    fault(format!("{sid}: {key} {values}"));
                }
            }
        }
        // Only a list of everything has no resource to name.
        if statement["Resource"] == json!(["*"]) && statement["Action"] != json!(["kinesisanalytics:ListApplications"])
        {
            fault(format!("{sid}: any resource"));
        }
    }
    faults
}

fn statement<'a>(policy: &'a Value, sid: &str) -> &'a Value {
    policy["Statement"].as_array().unwrap().iter().find(|one| one["Sid"] == sid).unwrap_or(&Value::Null)
}

fn actions(policy: &Value) -> Vec<&str> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    statements.flat_map(|one| one["Action"].as_array().unwrap()).filter_map(Value::as_str).collect()
}

#[test]
fn a_prefix_is_listed_read_and_decrypted_and_nothing_else() {
    let policy = policy(&[objects("code", "jobs/orders", false)]);
    assert_eq!(
        policy,
        json!({ "Version": "2012-10-17", "Statement": [
            {
                "Sid": "ListObjects", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::code"],
                "Condition": { "StringLike": { "s3:prefix": ["jobs/orders*"] } },
            },
            {
                "Sid": "ReadObjects", "Effect": "Allow", "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::code/jobs/orders*"],
            },
            {
                "Sid": "DecryptObjects", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": ["arn:aws:kms:*:*:key/*"],
                "Condition": { "StringLike": {
                    "kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::code", "arn:aws:s3:::code/jobs/orders*"],
                    "kms:ViaService": ["s3.*.amazonaws.com*"],
                } },
            },
        ] })
    );
}

#[test]
fn versions_take_two_more_actions() {
    assert_eq!(
        actions(&policy(&[objects("code", "", true)])),
        ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"]
    );
    assert_eq!(statement(&policy(&[objects("code", "", true)]), "ListObjects")["Condition"], Value::Null);
}

#[test]
fn what_is_named_elsewhere_is_not_listed() {
    let named = |versions| Read::Named { bucket: "inventories".to_owned(), prefix: "code/daily/".to_owned(), versions };
    assert_eq!(actions(&policy(&[named(false)])), ["s3:GetObject", "kms:Decrypt"]);
    assert_eq!(actions(&policy(&[named(true)])), ["s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"]);
}

/// Joining the conditions of one bucket with the name of another would let each be listed by the
/// other's prefix.
#[test]
fn two_targets_do_not_widen_each_other() {
    let policy = policy(&[
        objects("a", "x/", false),
        objects("b", "y/", false),
        objects("a", "z/", false),
        objects("c", "x/", false),
    ]);
    let lists: Vec<(&Value, &Value)> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["Action"] == json!(["s3:ListBucket"]))
        .map(|one| (&one["Resource"], &one["Condition"]["StringLike"]["s3:prefix"]))
        .collect();
    assert_eq!(
        lists,
        [
            (&json!(["arn:aws:s3:::a"]), &json!(["x/*", "z/*"])),
            (&json!(["arn:aws:s3:::b"]), &json!(["y/*"])),
            (&json!(["arn:aws:s3:::c"]), &json!(["x/*"])),
        ]
    );
    assert_eq!(statement(&policy, "ReadObjects")["Resource"].as_array().unwrap().len(), 4);
}

#[test]
fn wildcards_and_variables_in_a_key_stand_for_themselves() {
    let policy = policy(&[objects("code", "a*b?${c}/", false)]);
    assert_eq!(statement(&policy, "ReadObjects")["Resource"], json!(["arn:aws:s3:::code/a${*}b${?}${$}{c}/*"]));
}

#[test]
fn an_access_point_is_its_own_resource() {
    let arn = "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/jobs";
    let policy = policy(&[objects(arn, "x/", false)]);
    assert_eq!(statement(&policy, "ListObjects")["Resource"], json!([arn]));
    assert_eq!(statement(&policy, "ReadObjects")["Resource"], json!([format!("{arn}/object/x/*")]));
}

#[test]
fn one_application_is_described_and_not_listed() {
    let policy = policy(&[applications("eu-west-1", Some("orders"))]);
    assert!(!actions(&policy).contains(&"kinesisanalytics:ListApplications"));
    assert_eq!(
        statement(&policy, "ReadApplications")["Resource"],
        json!(["arn:aws:kinesisanalytics:eu-west-1:*:application/orders"])
    );
    let own = json!({ "StringEquals": { "aws:ResourceAccount": ["${aws:PrincipalAccount}"] } });
    assert_eq!(statement(&policy, "ReadApplicationCode")["Condition"], own);
    assert_eq!(
        statement(&policy, "DecryptApplicationCode")["Condition"]["StringLike"],
        json!({ "kms:ViaService": ["s3.eu-west-1.amazonaws.com*"] })
    );
}

#[test]
fn a_region_of_applications_is_listed_there_only() {
    let policy = policy(&[applications("eu-west-1", None), applications("us-east-1", None)]);
    let list = statement(&policy, "ListApplications");
    assert_eq!(list["Condition"], json!({ "StringEquals": { "aws:RequestedRegion": ["eu-west-1", "us-east-1"] } }));
    assert_eq!(statement(&policy, "DecryptApplicationCode2")["Resource"], json!(["arn:aws:kms:us-east-1:*:key/*"]));
}

#[test]
fn partitions_follow_the_region_or_the_role() {
    for (region, partition) in [
        ("eu-west-1", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
    ] {
        let all = policy(&[applications(region, None)]);
        let here = |arn: &str| arn == "*" || arn.starts_with(&format!("arn:{partition}:"));
        for resource in all["Statement"].as_array().unwrap().iter().flat_map(|one| one["Resource"].as_array().unwrap())
        {
            assert!(here(resource.as_str().unwrap()), "{region}: {resource}");
        }
        let reader = Reader { region: Some(region.to_owned()), ..Reader::default() };
        let bucket = of(&reader, &[objects("code", "", false)]);
        assert_eq!(statement(&bucket, "ListObjects")["Resource"], json!([format!("arn:{partition}:s3:::code")]));
    }
}

#[test]
fn a_role_has_to_be_assumed() {
    let role = "arn:aws-us-gov:iam::123456789012:role/audit/reader";
    let reader = Reader { region: None, role: Some(role.to_owned()), external_id: Some("x$y".to_owned()) };
    let policy = of(&reader, &[objects("code", "", false), objects("jars", "", false)]);
    let assume = statement(&policy, "AssumeRole");
    assert_eq!(assume["Resource"], json!([role]));
    assert_eq!(assume["Condition"], json!({ "StringEquals": { "sts:ExternalId": ["x${$}y"] } }));
    let buckets = json!(["arn:aws-us-gov:s3:::code", "arn:aws-us-gov:s3:::jars"]);
    assert_eq!(statement(&policy, "ListObjects")["Resource"], buckets);
}

#[test]
fn many_targets_fit_a_policy() {
    let buckets: Vec<Read> = (0..30).map(|n| objects(&format!("flink-code-of-team-{n}"), "", true)).collect();
    let readers: Vec<(Reader, Read)> = buckets.into_iter().map(|read| (Reader::default(), read)).collect();
    let size = Policy::new(&readers).size();
    assert!(size < MANAGED, "{size}");
    // What is counted is what IAM counts.
    let text = serde_json::to_string_pretty(&Policy::new(&readers)).unwrap();
    assert_eq!(size, text.split_whitespace().map(|word| word.chars().count()).sum::<usize>());
    const { assert!(MANAGED < INLINE) };
}

#[test]
fn the_grammar_is_held() {
    let good = policy(&[objects("code", "x", false), applications("eu-west-1", None)]);
    for (pointer, bad) in [
        ("/Version", json!("2008-10-17")),
        ("/Statement/0/Sid", json!("Read Objects")),
        ("/Statement/1/Sid", good["Statement"][0]["Sid"].clone()),
        ("/Statement/0/Effect", json!("Deny")),
        ("/Statement/0/Action/0", json!("s3:PutObject")),
        ("/Statement/0/Action", json!([])),
        ("/Statement/0/Resource/0", json!("*")),
        ("/Statement/0/Resource/0", json!("code")),
        ("/Statement/0/Condition", json!({ "StringIs": {} })),
        ("/Statement/0/Condition/StringLike", json!({ "s3:prefixes": ["x"] })),
        ("/Statement/0/Condition/StringLike/s3:prefix", json!("x")),
    ] {
        let mut policy = good.clone();
        *policy.pointer_mut(pointer).unwrap() = bad;
        assert!(!faults(&policy).is_empty(), "{pointer}: {policy:#}");
    }
}
