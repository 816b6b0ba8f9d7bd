//! As whom a target is read: the ways to credentials that users of the AWS CLI know, as far as they lead to
//! this machine, and two roles in one run.

use super::{messages, report, set, uris};
use crate::support::issuer::{EXPIRED, Issuer, TOKEN};
use crate::support::s3::{SECRET, Server, bare};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SECRET_KEY: &str = "s3.secret-key: Zr1Pn8Qm4Lk7Ws0Xc3Vb6Ny9Ht2Gf5Dj8Sa1Kq4E\n";

/// A bucket, an issuer, and a home folder.
struct Scene {
    server: Server,
    issuer: Issuer,
    home: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let server = Server::start();
        server.put("code", "a.yaml", SECRET_KEY);
        Self { server, issuer: Issuer::start(), home: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// A scan that finds no credentials but what a test adds.
    fn scan(&self, words: &[&str]) -> Command {
        let target = ["scan", "--format", "json", "--endpoint-url", self.server.url(), "s3://code"];
        let mut command = bare(&[&target, words].concat());
        command.env("HOME", self.home.path()).env("AWS_REGION", "eu-central-1");
        for service in ["STS", "SSO"] {
            command.env(format!("AWS_ENDPOINT_URL_{service}"), &self.issuer.url);
        }
        command
    }

    fn with_profiles(&self, config: &str, credentials: &str, words: &[&str]) -> Command {
        let mut command = self.scan(words);
        command.env("AWS_CONFIG_FILE", self.file("config", config));
        command.env("AWS_SHARED_CREDENTIALS_FILE", self.file("credentials", credentials));
        command
    }

    /// Runs it; all requests have to be signed by one.
    fn is_read_by(&self, mut command: Command, signer: &str) {
        let output = command.output().unwrap();
        assert_eq!(uris(&report(&output)), set(&["s3://code/a.yaml"]), "{}", messages(&output));
        assert_eq!(self.signers("/code"), BTreeSet::from([signer.to_owned()]));
    }

    fn signers(&self, path: &str) -> BTreeSet<String> {
        let log = self.server.wire.log();
        log.into_iter().filter(|line| line.target.starts_with(path)).filter_map(|line| line.signer).collect()
    }
}

#[test]
fn a_profile_of_the_credentials_file() {
    let scene = Scene::new();
    let credentials = format!("[orders]\naws_access_key_id = orders\naws_secret_access_key = {SECRET}\n");
    scene.is_read_by(scene.with_profiles("", &credentials, &["--profile", "orders"]), "orders");
    // The environment names it as well, and a profile that is not there is told.
    let mut command = scene.with_profiles("", &credentials, &[]);
    command.env("AWS_PROFILE", "orders");
    scene.is_read_by(command, "orders");
    let output = scene.with_profiles("", &credentials, &["--profile", "typo"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("no credentials"), "{}", messages(&output));
}

#[test]
fn a_chain_of_profiles_with_a_role() {
    let scene = Scene::new();
    let config = "[profile audit]\nrole_arn = arn:aws:iam::111122223333:role/chained\nsource_profile = base\n\
                  external_id = of-the-profile\n";
    let credentials = format!("[base]\naws_access_key_id = test\naws_secret_access_key = {SECRET}\n");
    scene.is_read_by(scene.with_profiles(config, &credentials, &["--profile", "audit"]), "chained");
    assert_eq!(
        scene.issuer.asked(),
        ["AssumeRole arn:aws:iam::111122223333:role/chained of-the-profile by test".to_owned()]
    );
    // A role on top of what the profile gives.
    let role = "arn:aws:iam::444455556666:role/orders";
    let words = ["--profile", "audit", "--role-arn", role, "--external-id", "of-the-flag"];
    scene.server.wire.forget();
    scene.is_read_by(scene.with_profiles(config, &credentials, &words), "orders");
    assert_eq!(scene.issuer.asked().last().unwrap(), &format!("AssumeRole {role} of-the-flag by chained"));
}

#[test]
fn a_role_that_may_not_be_assumed_is_told() {
    let scene = Scene::new();
    let mut command = scene.scan(&["--role-arn", "arn:aws:iam::111122223333:role/forbidden"]);
    let output = command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", SECRET).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("it takes sts:AssumeRole"), "{}", messages(&output));
}

#[cfg(unix)]
#[test]
fn a_process_that_prints_credentials() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new();
    let given = format!(r#"{{"Version": 1, "AccessKeyId": "process", "SecretAccessKey": "{SECRET}"}}"#);
    let script = scene.file("credentials.sh", &format!("#!/bin/sh\necho '{given}'\n"));
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let config = format!("[profile made]\ncredential_process = {}\n", script.display());
    scene.is_read_by(scene.with_profiles(&config, "", &["--profile", "made"]), "process");
}

#[test]
fn a_token_of_a_service_account() {
    let scene = Scene::new();
    let mut command = scene.scan(&[]);
    command.env("AWS_WEB_IDENTITY_TOKEN_FILE", scene.file("token", "of-the-pod"));
    command.env("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/web");
    scene.is_read_by(command, "web");
    assert_eq!(scene.issuer.asked(), ["AssumeRoleWithWebIdentity arn:aws:iam::111122223333:role/web by of-the-pod"]);
}

#[test]
fn an_agent_of_a_container() {
    let scene = Scene::new();
    let with = |token: &str| {
        let mut command = scene.scan(&[]);
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/container", scene.issuer.url));
        command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN", token);
        command
    };
    scene.is_read_by(with(TOKEN), "container");
    assert_eq!(scene.issuer.asked(), [format!("container {TOKEN}")]);
    let output = with("Basic wrong").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("no credentials"), "{}", messages(&output));
}

#[test]
fn a_token_that_sso_login_left() {
    let scene = Scene::new();
    let session = "sso_start_url = https://acme.awsapps.com/start\nsso_region = eu-central-1\n";
    let config = format!("[profile sso]\n{session}sso_account_id = 111122223333\nsso_role_name = sso\n");
    let token = |token: &str| {
        // Named after the SHA-1 of the start URL.
        let name = ".aws/sso/cache/40169cea58ca6cbf23fb27b2542923fb5f524af0.json";
        scene.file(name, &format!(r#"{{"accessToken": "{token}", "expiresAt": "2099-01-01T00:00:00Z"}}"#));
    };
    token("of-the-login");
    scene.is_read_by(scene.with_profiles(&config, "", &["--profile", "sso"]), "sso");
    assert_eq!(scene.issuer.asked(), ["sso 111122223333 sso of-the-login"]);
    token(EXPIRED);
    let output = scene.with_profiles(&config, "", &["--profile", "sso"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("the credentials have expired"), "{}", messages(&output));
}

fn configured(scene: &Scene, config: &Path, words: &[&str]) -> Command {
    let mut command = bare(&[&["scan", "--format", "json", "--config", config.to_str().unwrap()], words].concat());
    command.env("AWS_ENDPOINT_URL_STS", &scene.issuer.url).env("AWS_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", SECRET);
    command
}

#[test]
fn each_target_has_a_role_a_region_and_filters_of_its_own() {
    let scene = Scene::new();
    let url = scene.server.url();
    scene.server.wire.demand_region("eu-central-1");
    for (bucket, key) in [("orders", "jobs/a.yaml"), ("orders", "jobs/a.conf"), ("orders", "jobs/old/b.yaml")] {
        scene.server.put(bucket, key, SECRET_KEY);
    }
    scene.server.put("payments", "c.yaml", SECRET_KEY);
    scene.server.put("payments", "c.conf", SECRET_KEY);
    scene.server.put("payments", "large.conf", format!("{SECRET_KEY}{}", "#".repeat(5000)));
    scene.server.put_in_class("payments", "cold.conf", SECRET_KEY, "STANDARD_IA");
    let config = scene.file(
        "keysift.toml",
        &format!(
            r#"
            include = ["*.conf"]

            [[target]]
            uri = "s3://orders/jobs/"
            role-arn = "arn:aws:iam::111122223333:role/orders"
            external-id = "first"
            region = "eu-central-1"
            endpoint-url = "{url}"
            include = ["*.yaml"]
            exclude = ["old"]

            [[target]]
            uri = "s3://payments"
            role-arn = "arn:aws:iam::444455556666:role/payments"
            external-id = "second"
            endpoint-url = "{url}"
            max-size = "4K"
            storage-class = ["STANDARD"]
            modified-since = "7d"
            "#
        ),
    );
    let output = configured(&scene, &config, &[]).output().unwrap();
    let found = report(&output);
    assert_eq!(uris(&found), set(&["s3://orders/jobs/a.yaml", "s3://payments/c.conf"]), "{}", messages(&output));
    assert_eq!(found["summary"]["left_out"], 5);
    // The second was asked for in the region of the environment first.
    assert_eq!(scene.signers("/orders"), BTreeSet::from(["orders".to_owned()]));
    assert_eq!(scene.signers("/payments"), BTreeSet::from(["payments".to_owned()]));
    let mut asked = scene.issuer.asked();
    asked.sort();
    assert_eq!(
        asked,
        [
            "AssumeRole arn:aws:iam::111122223333:role/orders first by test",
            "AssumeRole arn:aws:iam::444455556666:role/payments second by test",
        ]
    );
    // What lies below an entry is read as it says, and a flag leaves out more.
    let below = configured(&scene, &config, &["s3://orders/jobs/old/", "--exclude", "nothing"]).output().unwrap();
    assert_eq!(report(&below)["summary"]["left_out"], 1);
    let below = configured(&scene, &config, &["s3://orders/jobs/a", "--exclude", "nothing"]).output().unwrap();
    assert_eq!(uris(&report(&below)), set(&["s3://orders/jobs/a.yaml"]));
    let wrong = scene.file("wrong.toml", "[[target]]\nuri = \"s3://orders\"\nmodified-since = \"lately\"\n");
    let output = configured(&scene, &wrong, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("modified-since: expected a date"), "{}", messages(&output));
}
