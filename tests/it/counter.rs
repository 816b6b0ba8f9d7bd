//! The counter-matrix: a project that speaks of secrets in every way, and holds none.

use crate::support::scan;
use serde_json::json;

#[test]
fn what_only_speaks_of_secrets_is_silent() {
    let (report, code) = scan("testdata/counter");
    let told: Vec<String> = crate::deployment::told(&report);
    assert!(told.is_empty(), "{told:#?}");
    assert_eq!(report["trouble"], json!([]));
    assert_eq!(code, 0);
}
