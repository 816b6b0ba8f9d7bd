//! Objects in S3: their identity is known from the listing.

use super::undated;
use crate::support::project;
use crate::support::s3::Server;
use crate::support::wire::Fault;
use serde_json::Value;
use std::fs;

fn scan(server: &Server, options: &[&str]) -> Value {
    let output = server.scan(&[&["s3://code"], options].concat());
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn of_objects_that_did_not_change_no_byte_is_fetched() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache.redb");
    let cached = ["--cache", cache.to_str().unwrap()];
    let jar = fs::read(project("testdata/orders.jar")).unwrap();
    server.put("code", "jobs/orders.jar", jar.clone());
    server.put("code", "jobs/job.properties", "db.password=Xk9.sandy-Boat7\n");
    let first = scan(&server, &cached);
    server.wire.forget();
    let second = scan(&server, &cached);
    assert_eq!(second["summary"]["cached"], 2);
    assert!(server.wire.sent() < 20_000, "{}", server.wire.sent());
    assert_eq!(undated(first), undated(second));

    server.put("code", "jobs/orders.jar", &jar[..jar.len() - 1]);
    let third = scan(&server, &cached);
    assert_eq!(third["summary"]["cached"], 1);
    assert_eq!(undated(third), undated(scan(&server, &[])));
}

/// What comes is not what was listed: it must not be remembered under the identity of that.
#[test]
fn an_object_that_changed_after_it_was_listed_is_not_remembered_as_it_was() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache.redb");
    let cached = ["--cache", cache.to_str().unwrap()];
    let old = "db.password=Xk9.sandy-Boat7\n";
    server.put("code", "job.properties", old);
    // The first answer breaks off, and when it is asked for again there is another object.
    server.wire.fail_once("/code/job.properties", Fault::Cut);
    server.change_after("job.properties", 1, "level=INFO\n");
    let first = scan(&server, &cached);
    assert_eq!(first["findings"].as_array().unwrap().len(), 0);
    assert_eq!(first["summary"]["complete"], true);
    // It becomes what it was, with the same ETag and size.
    server.put("code", "job.properties", old);
    let second = scan(&server, &cached);
    assert_eq!(second["summary"]["cached"], 0);
    assert_eq!(second["findings"].as_array().unwrap().len(), 1);
}
