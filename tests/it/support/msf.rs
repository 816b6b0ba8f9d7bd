//! Managed Service for Apache Flink in this process: its JSON protocol over HTTP, from a script of
//! applications, with pages of two and with faults on demand.

use super::http::Http;
use hyper::body::Bytes;
use hyper::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub const REGION: &str = "eu-west-1";
const PAGE: usize = 2;

/// What the service knows, and how it misbehaves.
#[derive(Default)]
pub struct Script {
    /// The versions of each application, from 1; the last one is current.
    pub applications: BTreeMap<String, Vec<Value>>,
    /// How many requests are answered "too many requests" before one is answered.
    pub throttled: usize,
    /// Operations and applications to which access is denied: `DescribeApplicationVersion orders`.
    pub denied: Vec<String>,
    /// All requests that came: operation, application, version or token.
    pub asked: Vec<String>,
    /// What is made of the answers to an operation.
    pub edits: Vec<(&'static str, Box<Edit>)>,
    /// Errors in place of the first answers.
    pub errors: Vec<(u16, &'static str)>,
}

pub type Edit = dyn Fn(&mut Value) + Send;

impl Script {
    /// An application with these configurations of its versions, on Flink.
    pub fn with(mut self, name: &str, configurations: Vec<Value>) -> Self {
        self.applications.insert(name.to_owned(), configurations);
        self
    }

    /// Changes all answers to an operation.
    pub fn edit(mut self, operation: &'static str, edit: impl Fn(&mut Value) + Send + 'static) -> Self {
        self.edits.push((operation, Box::new(edit)));
        self
    }

    fn answer(&mut self, operation: &str, request: &Value) -> Result<Value, (u16, &'static str)> {
        let mut answer = self.answer_as_it_is(operation, request)?;
        self.edits.iter().filter(|(name, _)| *name == operation).for_each(|(_, edit)| edit(&mut answer));
        Ok(answer)
    }

    fn answer_as_it_is(&mut self, operation: &str, request: &Value) -> Result<Value, (u16, &'static str)> {
        let name = request["ApplicationName"].as_str().unwrap_or_default();
        let detail = [&request["ApplicationVersionId"], &request["NextToken"]].map(|value| match value {
            Value::Null => String::new(),
            value => format!(" {value}"),
        });
        self.asked.push(format!("{operation} {name}{}", detail.concat()).trim_end().to_owned());
        if !self.errors.is_empty() {
            return Err(self.errors.remove(0));
        }
        if self.throttled > 0 {
            self.throttled -= 1;
            return Err((400, "ThrottlingException"));
        }
        if self.denied.iter().any(|denied| *denied == format!("{operation} {name}").trim_end()) {
            return Err((400, "AccessDeniedException"));
        }
        if operation == "ListApplications" {
            let names: Vec<&String> = self.applications.keys().collect();
            let (some, next) = page(&names, &request["NextToken"]);
            let summaries: Vec<Value> =
                some.iter().map(|name| summary(name, &self.applications[name.as_str()])).collect();
            return Ok(json!({ "ApplicationSummaries": summaries, "NextToken": next }));
        }
        let versions = self.applications.get(name).ok_or((400, "ResourceNotFoundException"))?;
        match operation {
            "DescribeApplication" => {
                Ok(json!({ "ApplicationDetail": described(name, versions.len(), &versions[versions.len() - 1]) }))
            }
            "ListApplicationVersions" => {
                // The newest first, as the service does.
                let numbers: Vec<usize> = (1..=versions.len()).rev().collect();
                let (some, next) = page(&numbers, &request["NextToken"]);
                let summaries: Vec<Value> = some
                    .iter()
                    .map(|number| json!({ "ApplicationVersionId": number, "ApplicationStatus": "READY" }))
                    .collect();
                Ok(json!({ "ApplicationVersionSummaries": summaries, "NextToken": next }))
            }
            "DescribeApplicationVersion" => {
                let number = usize::try_from(request["ApplicationVersionId"].as_u64().unwrap()).unwrap();
                let configuration = versions.get(number - 1).ok_or((400, "ResourceNotFoundException"))?;
                Ok(json!({ "ApplicationVersionDetail": described(name, number, configuration) }))
            }
            _ => Err((400, "UnknownOperationException")),
        }
    }
}

fn page<T: Clone>(all: &[T], token: &Value) -> (Vec<T>, Option<String>) {
    let start: usize = token.as_str().map_or(0, |token| token.parse().unwrap());
    let end = (start + PAGE).min(all.len());
    (all[start..end].to_vec(), (end < all.len()).then(|| end.to_string()))
}

/// `RuntimeEnvironment` may stand beside the parts of a configuration.
fn runtime(configuration: &Value) -> &str {
    configuration["RuntimeEnvironment"].as_str().unwrap_or("FLINK-1_20")
}

fn arn(name: &str) -> String {
    format!("arn:aws:kinesisanalytics:{REGION}:123456789012:application/{name}")
}

fn summary(name: &str, versions: &[Value]) -> Value {
    json!({
        "ApplicationName": name,
        "ApplicationARN": arn(name),
        "ApplicationStatus": "RUNNING",
        "ApplicationVersionId": versions.len(),
        "RuntimeEnvironment": runtime(&versions[versions.len() - 1]),
    })
}

fn described(name: &str, number: usize, configuration: &Value) -> Value {
    let mut described = configuration.clone();
    described.as_object_mut().unwrap().remove("RuntimeEnvironment");
    json!({
        "ApplicationARN": arn(name),
        "ApplicationName": name,
        "ApplicationStatus": "RUNNING",
        "ApplicationVersionId": number,
        "RuntimeEnvironment": runtime(configuration),
        "ServiceExecutionRole": "arn:aws:iam::123456789012:role/flink",
        "ApplicationConfigurationDescription": described,
    })
}

/// A configuration with property groups.
pub fn properties(groups: Value) -> Value {
    let groups: Vec<Value> = groups
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, map)| json!({ "PropertyGroupId": id, "PropertyMap": map }))
        .collect();
    json!({ "EnvironmentPropertyDescriptions": { "PropertyGroupDescriptions": groups } })
}

/// The same with its code in S3.
pub fn with_code(mut configuration: Value, bucket: &str, key: &str, version: Option<&str>, size: u64) -> Value {
    configuration["ApplicationCodeConfigurationDescription"] = json!({
        "CodeContentType": "ZIPFILE",
        "CodeContentDescription": {
            "CodeMD5": "1B2M2Y8AsgTpgAmY7PhCfg==",
            "CodeSize": size,
            "S3ApplicationCodeLocationDescription": {
                "BucketARN": format!("arn:aws:s3:::{bucket}"), "FileKey": key, "ObjectVersion": version,
            },
        },
    });
    configuration
}

/// The service on a port of its own, until it is dropped.
pub struct Service {
    pub url: String,
    script: Arc<Mutex<Script>>,
    _http: Http,
}

impl Service {
    pub fn start(script: Script) -> Self {
        let script = Arc::new(Mutex::new(script));
        let shared = script.clone();
        let http = Http::serve(move |request| respond(&shared, &request));
        Self { url: http.url.clone(), script, _http: http }
    }

    /// All requests that came, in order.
    pub fn asked(&self) -> Vec<String> {
        self.script.lock().unwrap().asked.clone()
    }
}

fn respond(script: &Mutex<Script>, request: &Request<Bytes>) -> Response<String> {
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let operation = target.strip_prefix("KinesisAnalytics_20180523.").unwrap_or_default();
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let (status, answer) = match script.lock().unwrap().answer(operation, &body) {
        Ok(answer) => (200, answer),
        Err((status, fault)) => (status, json!({ "__type": fault, "message": "a message that may hold anything" })),
    };
    let response = Response::builder().status(status).header("content-type", "application/x-amz-json-1.1");
    response.body(answer.to_string()).unwrap()
}
