//! Whoever hands out credentials, in this process: STS, the portal of IAM Identity Center, and the agent of
//! a container. The access key id of what it gives is the last word of the role's name.

use super::http::Http;
use super::s3::SECRET;
use super::wire::signer;
use hyper::body::Bytes;
use hyper::{Request, Response};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const EXPIRY: &str = "2099-01-01T00:00:00Z";

/// What a container's agent wants to see.
pub const TOKEN: &str = "Basic of-the-container";

/// A login that has expired, or was revoked.
pub const EXPIRED: &str = "of-a-login-long-ago";

pub struct Issuer {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
    _http: Http,
}

impl Issuer {
    pub fn start() -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let http = Http::serve(move |request| {
            let (line, answer) = answer(&request);
            log.lock().unwrap().push(line);
            answer
        });
        Self { url: http.url.clone(), asked, _http: http }
    }

    /// What was asked for, and by whom.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(request: &Request<Bytes>) -> (String, Response<String>) {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let fields = fields(std::str::from_utf8(request.body()).unwrap());
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let query = fields_of_query(request);
    if request.uri().path() == "/federation/credentials" {
        let (role, account) = (&query["role_name"], &query["account_id"]);
        let bearer = header("x-amz-sso_bearer_token").unwrap_or_default();
        let given = json!({ "roleCredentials": {
            "accessKeyId": role, "secretAccessKey": SECRET, "sessionToken": "t", "expiration": 4_070_908_800_000_u64,
        } });
        let line = format!("sso {account} {role} {bearer}");
        if bearer == EXPIRED {
            let answer = Response::builder().status(401).header("x-amzn-errortype", "UnauthorizedException");
            return (line, answer.body(r#"{"message": "Session token not found or invalid"}"#.to_owned()).unwrap());
        }
        return (line, text(200, given.to_string()));
    }
    if request.uri().path() == "/container" {
        let given =
            json!({ "AccessKeyId": "container", "SecretAccessKey": SECRET, "Token": "t", "Expiration": EXPIRY });
        let token = header("authorization").unwrap_or_default();
        return (format!("container {token}"), text(if token == TOKEN { 200 } else { 403 }, given.to_string()));
    }
    let (action, role) = (field("Action"), field("RoleArn"));
    let by = match action {
        "AssumeRole" => header("authorization").and_then(signer).unwrap_or_default(),
        _ => field("WebIdentityToken").to_owned(),
    };
    let line = [action, role, field("ExternalId"), "by", &by].into_iter().filter(|word| !word.is_empty());
    let line = line.collect::<Vec<_>>().join(" ");
    if role.ends_with("/forbidden") {
        let fault = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
        return (line, text(403, fault.to_owned()));
    }
    let name = role.rsplit('/').next().unwrap_or_default();
    let given = format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
         <AccessKeyId>{name}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>{EXPIRY}</Expiration></Credentials><AssumedRoleUser><Arn>{role}</Arn>\
         <AssumedRoleId>A:keysift</AssumedRoleId></AssumedRoleUser></{action}Result></{action}Response>"
    );
    (line, text(200, given))
}

fn text(status: u16, body: String) -> Response<String> {
    Response::builder().status(status).body(body).unwrap()
}

fn fields_of_query(request: &Request<Bytes>) -> BTreeMap<String, String> {
    fields(request.uri().query().unwrap_or_default())
}

/// `a=b&c=d`, percent-decoded.
fn fields(form: &str) -> BTreeMap<String, String> {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.replace("%3A", ":").replace("%2F", "/"))).collect()
}
