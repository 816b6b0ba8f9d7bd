//! A network that fails: what is asked for again, and what is said in the end.

use super::{messages, report, trouble, uris};
use crate::support::s3::{Server, bare};
use crate::support::wire::Fault;
use std::process::Output;

const PASSWORD: &str = "s3.secret-key: Hw2RzQ9LxVb4TnKc7Yf1MdPs6Gj8UoEa3ViXtZyB\n";

fn bucket(objects: usize) -> Server {
    let server = Server::start();
    for index in 0..objects {
        server.put("code", &format!("jobs/{index:03}.yaml"), PASSWORD);
    }
    server
}

fn is_whole(output: &Output, objects: usize, case: &str) {
    let report = report(output);
    assert_eq!(uris(&report).len(), objects, "{case} {} {}", report["trouble"], messages(output));
    assert_eq!(report["summary"]["complete"], true, "{case} {}", report["trouble"]);
}

#[test]
fn nothing_is_lost_where_one_connection_in_five_is_reset() {
    let server = bucket(159);
    server.put("code", "large.yaml", format!("{}{PASSWORD}", format!("# {}\n", "x".repeat(120)).repeat(280_000)));
    server.wire.reset_share(20);
    is_whole(&server.scan(&["s3://code"]), 160, "current");
    let resets = server.wire.log().len();
    assert!(resets > 180, "{resets}");
}

/// More often than the SDK tries by itself.
const TIMES: usize = 4;

#[test]
fn each_kind_of_request_is_made_again() {
    let pages = [("list-type=2", &["s3://code/jobs/"][..]), ("versions", &["s3://code/jobs/", "--all-versions"])];
    for fault in [Fault::Reset, Fault::Cut, Fault::Busy, Fault::Broken] {
        for (listing, words) in pages {
            let server = bucket(3);
            for text in [listing, "jobs/000.yaml"].repeat(TIMES) {
                server.wire.fail_once(text, fault);
            }
            is_whole(&server.scan(words), 3, &format!("{fault:?} {listing}"));
        }
    }
    // The first one asks where the bucket is.
    let server = bucket(3);
    (0..TIMES).for_each(|_| server.wire.fail_once("/code", Fault::Reset));
    is_whole(&server.scan(&["s3://code"]), 3, "region");
}

/// What services call it when they have too much to do, with whatever status.
#[test]
fn a_service_that_asks_for_patience_is_asked_again() {
    let codes = [
        (503, "ServiceUnavailable"),
        (503, "RequestLimitExceeded"),
        (400, "RequestLimitExceeded"),
        (400, "ResourceProvisionedThroughputExceededException"),
        (400, "RequestTimeout"),
        (429, "TooManyRequests"),
        (400, "KMS.ThrottlingException"),
        (500, "InternalError"),
    ];
    let server = bucket(codes.len());
    server.wire.answer_times("list-type=2", 400, "RequestLimitExceeded", TIMES);
    for (index, (status, code)) in codes.into_iter().enumerate() {
        server.wire.answer_times(&format!("jobs/{index:03}.yaml"), status, code, TIMES);
    }
    is_whole(&server.scan(&["s3://code"]), codes.len(), "codes");
}

#[test]
fn a_service_that_never_recovers_is_reported() {
    let server = bucket(3);
    server.wire.answer("jobs/000.yaml", 400, "RequestLimitExceeded");
    let output = server.scan(&["s3://code"]);
    let cause = "the service is too busy: 400 RequestLimitExceeded".to_owned();
    assert_eq!(trouble(&report(&output)), [("s3://code/jobs/000.yaml".to_owned(), cause)]);
    assert_eq!(uris(&report(&output)).len(), 2);
}

/// A listing that breaks off for good is trouble, and what was listed is scanned.
#[test]
fn a_page_that_never_comes_is_trouble() {
    let server = bucket(1100);
    server.wire.answer("continuation-token", 503, "SlowDown");
    let output = server.scan(&["s3://code/jobs/"]);
    let report = report(&output);
    assert_eq!(trouble(&report), [("s3://code/jobs/".to_owned(), "the service is too busy: 503 SlowDown".to_owned())]);
    assert_eq!(uris(&report).len(), 1000);
}

/// The permission that is missing is not always the one for the object itself.
#[test]
fn a_key_that_may_not_be_used_is_named() {
    const USER: &str = "User: arn:aws:sts::123456789012:assumed-role/keysift/x is not authorized to perform:";
    for (status, code, message, cause) in [
        (
            403,
            "AccessDenied",
            "kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/k",
            "access denied; it takes kms:Decrypt",
        ),
        (403, "AccessDenied", "s3:GetObject on resource: arn:aws:s3:::code", "access denied; it takes s3:GetObject"),
        (403, "AccessDenied", "db.password=Tr0ub4dor", "access denied; it takes s3:GetObject"),
        (400, "KMS.DisabledException", "it is disabled", "encrypted with a KMS key that is disabled"),
        (400, "KMS.NotFoundException", "no such key", "encrypted with a KMS key that is not there"),
        (400, "KMS.KMSInvalidStateException", "pending deletion", "encrypted with a KMS key that cannot be used"),
    ] {
        for size in [true, false] {
            let server = bucket(2);
            if !size {
                server.wire.edit_text("GET", "list-type=2", |xml| xml.replace("Size>", "Sighs>"));
            }
            server.wire.answer_with("jobs/000.yaml", status, code, &format!("{USER} {message}"));
            let output = server.scan(&["s3://code"]);
            let report = report(&output);
            assert_eq!(
                trouble(&report),
                [("s3://code/jobs/000.yaml".to_owned(), cause.to_owned())],
                "{size} {message}"
            );
            assert!(!format!("{report}{}", messages(&output)).contains("assumed-role"));
        }
    }
    // Of a version, it is another one.
    let server = bucket(1);
    server.wire.answer("jobs/000.yaml", 403, "AccessDenied");
    let report = report(&server.scan(&["s3://code", "--all-versions"]));
    assert_eq!(trouble(&report)[0].1, "access denied; it takes s3:GetObjectVersion");
}

/// Nobody listens there: that is said, after more than one try.
#[test]
fn a_port_where_nobody_listens_is_said_to_be_one() {
    let mut command = bare(&["scan", "--endpoint-url", "http://127.0.0.1:9", "s3://code"]);
    let output = command.env("AWS_ACCESS_KEY_ID", "a").env("AWS_SECRET_ACCESS_KEY", "b").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("cannot be reached: connection refused"), "{}", messages(&output));
}
