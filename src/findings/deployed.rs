//! What deployment makes of a finding: an application's old versions go on giving back what an update
//! took out.

use super::finding::Finding;
use std::collections::BTreeSet;

/// The scheme of what the service itself keeps, as against the code in S3.
const KEPT: &str = "msf://";
pub const OLD_VERSIONS: &str = "old_versions_only";
const REMEDY: &str = "Change the credential itself: the old versions of an application go on giving back what a \
                      new one leaves out, for as long as the application exists.";

/// Says of a finding whether only old versions hold it, and what that means for the remedy.
pub fn tell(finding: &mut Finding) {
    if finding.locations.iter().any(|location| location.place.entry.artifact_uri().starts_with(KEPT)) {
        finding.remedy = format!("{} {REMEDY}", sentence(&finding.remedy));
    }
    let mut old = BTreeSet::new();
    for location in &finding.locations {
        let deployed = location.origin.as_deref().map(|origin| origin.deployed.as_slice()).unwrap_or_default();
        if deployed.is_empty() || deployed.iter().any(|deployment| deployment.is_current) {
            return;
        }
        old.extend(deployed.iter().map(ToString::to_string));
    }
    if !old.is_empty() {
        let old: Vec<String> = old.into_iter().collect();
        finding.attributes.insert(OLD_VERSIONS.to_owned(), old.join("; "));
    }
}

/// Remedies are phrases; one that another follows ends with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    format!("{text}{}", if text.ends_with('.') { "" } else { "." })
}
