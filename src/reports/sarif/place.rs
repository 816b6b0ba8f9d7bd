//! A place: where a finding lies, physically by URI and region, and logically by class and member.

use super::model::{ArtifactLocation, Location, LogicalLocation, PhysicalLocation, Region, Text};
use crate::reports::document;
use serde_json::json;

/// What relative URIs are relative to.
pub(super) const SOURCE_ROOT: &str = "SRCROOT";

pub(super) fn location(location: &document::Location) -> Location {
    let column = location.column.filter(|_| location.class.is_none());
    let region = match (location.line, location.offset) {
        (Some(start_line), _) => Some(Region::Text { start_line, start_column: column }),
        (None, Some(byte_offset)) => Some(Region::Binary { byte_offset }),
        (None, None) => None,
    };
    Location {
        physical_location: PhysicalLocation { artifact_location: artifact_location(&location.uri), region },
        logical_locations: logical_location(location).map(|logical| [logical]),
        message: bound(location).map(|text| Text::new(&text)),
        properties: json!({
            "artifact": location.artifact,
            "sourceFile": location.source_file,
            "binding": location.binding,
            "sink": location.sink,
            "owner": location.owner,
            "versionId": location.version_id,
            "versionStatus": location.version_status,
            "deployed": location.deployed,
            "cell": location.cell,
        }),
    }
}

pub(super) fn whole(uri: &str) -> Location {
    Location {
        physical_location: PhysicalLocation { artifact_location: artifact_location(uri), region: None },
        logical_locations: None,
        message: None,
        properties: serde_json::Value::Null,
    }
}

/// What binds the value there.
fn bound(location: &document::Location) -> Option<String> {
    match (&location.binding, location.short_sink()) {
        (Some(binding), Some(sink)) => Some(format!("{binding} in {sink}")),
        (Some(only), None) => Some(only.clone()),
        (None, Some(only)) => Some(format!("in {only}")),
        (None, None) => None,
    }
}

fn logical_location(location: &document::Location) -> Option<LogicalLocation> {
    let class = location.class.as_deref()?;
    let (name, kind) = match (location.method.as_deref(), location.field.as_deref()) {
        (Some(method), _) => (method.split('(').next().unwrap_or(method), "function"),
        (None, Some(field)) => (field, "member"),
        (None, None) => (class.rsplit('.').next().unwrap_or(class), "type"),
    };
    let member = location.method.as_deref().or(location.field.as_deref());
    let full = member.map_or_else(|| class.to_owned(), |member| format!("{class}.{member}"));
    Some(LogicalLocation { name: name.to_owned(), fully_qualified_name: full, kind })
}

/// The path as a URI reference (RFC 3986): relative to the source root, unless it has a scheme of its
/// own or begins at the root of a file system.
fn artifact_location(path: &str) -> ArtifactLocation {
    if let Some((scheme @ ("s3" | "msf"), rest)) = path.split_once("://") {
        return ArtifactLocation { uri: format!("{scheme}://{}", encoded(rest, true)), uri_base_id: None };
    }
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let drive = path.as_bytes().get(1) == Some(&b':') && cfg!(windows);
    if path.starts_with('/') || drive {
        let root = if drive { "file:///" } else { "file://" };
        return ArtifactLocation { uri: format!("{root}{}", encoded(&path, true)), uri_base_id: None };
    }
    // A colon in the first segment would make a scheme of it (section 4.2).
    let (first, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
    ArtifactLocation {
        uri: format!("{}{}", encoded(first, false), encoded(rest, true)),
        uri_base_id: Some(SOURCE_ROOT),
    }
}

/// Percent-encoded but for what a path may hold.
fn encoded(path: &str, colon: bool) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b':' if !colon => out.push_str("%3A"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b'/' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' => {
                out.push(char::from(byte));
            }
            b'+' | b',' | b';' | b'=' | b':' | b'@' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::artifact_location;

    #[test]
    fn paths_are_uri_references() {
        for (path, uri, relative) in [
            ("target/a b.jar!/x/é#.class", "target/a%20b.jar!/x/%C3%A9%23.class", true),
            ("javascript:alert(1)/x:y", "javascript%3Aalert(1)/x:y", true),
            ("%1B[2J", "%251B%5B2J", true),
            ("s3://bucket/k?v#f", "s3://bucket/k%3Fv%23f", false),
            ("/tmp/x.jar", "file:///tmp/x.jar", false),
            ("http://evil/x", "http%3A//evil/x", true),
            ("//evil/x", "file:////evil/x", false),
        ] {
            let found = artifact_location(path);
            assert_eq!((found.uri.as_str(), found.uri_base_id.is_some()), (uri, relative));
        }
    }
}
