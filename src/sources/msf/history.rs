//! A history: all versions of one application, with each piece told once.

use super::address::Address;
use super::code::{Folders, Objects};
use super::piece::Piece;
use crate::place::{Deployment, EntryPath, Origin, Versions};
use crate::sources::artifact::{Artifact, Bytes, Found};
use crate::trouble::{Kind, Stage, Trouble};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Old versions count: the service goes on giving back what an update took out.
pub(super) struct History {
    address: Address,
    current: u64,
    pieces: BTreeMap<Piece, Versions>,
}

impl History {
    pub(super) fn new(address: Address, current: u64) -> Self {
        Self { address, current, pieces: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, version: u64, pieces: Vec<Piece>) {
        for piece in pieces {
            self.pieces.entry(piece).or_default().add(version, version);
        }
    }

    /// Gives out what the service itself keeps, and collects what lies elsewhere.
    pub(super) fn tell(self, objects: &mut Objects, folders: &mut Folders, emit: &mut dyn FnMut(Found)) {
        let uri = self.address.to_string();
        let application = self.address.entry();
        let keys = self.keys();
        for (piece, versions) in self.pieces {
            let unread = format!(" (versions {versions})");
            let deployment =
                Deployment { application: uri.clone(), is_current: versions.contains(self.current), versions };
            match piece {
                Piece::Properties { group, properties } => {
                    let all = keys.get(&group).into_iter().flatten();
                    let text = document(&group, &properties, all);
                    emit(kept(&application, &format!("EnvironmentProperties/{group}.json"), text, deployment));
                }
                Piece::Text { name, text } => emit(kept(&application, name, text, deployment)),
                Piece::Object(object) => objects.entry(object).or_default().push(deployment),
                Piece::Folder { bucket, prefix } => folders.entry((bucket, prefix)).or_default().push(deployment),
                Piece::Unread { name, cause } => {
                    let entry = application.child(name.as_bytes());
                    emit(Found::Trouble(Trouble::new(&entry, Kind::Unsupported, Stage::Source, cause + &unread)));
                }
            }
        }
    }

    /// The keys that a group has in any version.
    fn keys(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for piece in self.pieces.keys() {
            if let Piece::Properties { group, properties } = piece {
                keys.entry(group.clone()).or_default().extend(properties.keys().cloned());
            }
        }
        keys
    }
}

fn kept(application: &EntryPath, name: &str, text: String, deployment: Deployment) -> Found {
    Found::Artifact(Artifact {
        entry: application.child(name.as_bytes()),
        length: Some(text.len() as u64),
        identity: None,
        origin: Some(Arc::new(Origin { deployed: vec![deployment], ..Origin::default() })),
        content: Box::new(Bytes(Arc::new(text.into_bytes()))),
    })
}

/// A group as the service writes it for the application, `application_properties.json`, with a line for
/// each key that it has in any version: so the same key has the same place in all of them.
fn document<'a>(group: &str, properties: &BTreeMap<String, String>, keys: impl Iterator<Item = &'a String>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut left = properties.len();
    let mut text = format!("[{{\"PropertyGroupId\": {}, \"PropertyMap\": {{\n", quoted(group));
    for key in keys {
        if let Some(value) = properties.get(key) {
            left -= 1;
            let comma = if left > 0 { "," } else { "" };
            text.push_str(&format!("{}: {}{comma}", quoted(key), quoted(value)));
        }
        text.push('\n');
    }
    text.push_str("}}]\n");
    text
}
