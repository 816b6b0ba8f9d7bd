//! `keysift scan … --print-policy`: what the targets take, for whoever grants it.

use super::output::complain;
use crate::engine::settings::Target;
use crate::reports::exit::Exit;
use crate::sources::aws::access::Access;
use crate::sources::aws::policy::{INLINE, MANAGED, Policy, Read, Reader};
use crate::sources::s3::address::Address;
use crate::sources::s3::selection::Selection;
use anyhow::bail;
use std::io::Write as _;

pub(super) fn print(targets: &[Target]) -> anyhow::Result<Exit> {
    let readers: Vec<(Reader, Read)> = targets.iter().flat_map(readers).collect();
    if readers.is_empty() {
        bail!("no target is s3:// or msf://: what is local takes no permission in AWS");
    }
    let policy = Policy::new(&readers);
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &policy)?;
    writeln!(out)?;
    let size = policy.size();
    if size > MANAGED {
        complain(&format!(
            "{size} characters: a managed policy holds {MANAGED}, the policies inside a role {INLINE}; name fewer \
             targets at a time"
        ));
    }
    Ok(Exit::Clean)
}

/// What one target takes: with an inventory, objects of two buckets, and no listing.
fn readers(target: &Target) -> Vec<(Reader, Read)> {
    let (access, reads) = match target {
        Target::S3(selection) => (&selection.access, objects(selection)),
        Target::Msf { address, access, .. } => {
            let (region, name) = (address.region.clone(), address.application.clone());
            (access, vec![Read::Applications { region, name }])
        }
        Target::Path { .. } | Target::Stdin { .. } => return Vec::new(),
    };
    let Access { region, role, external_id, .. } = access.clone();
    let reader = Reader { region, role, external_id };
    reads.into_iter().map(|read| (reader.clone(), read)).collect()
}

fn objects(selection: &Selection) -> Vec<Read> {
    let (Address { bucket, prefix }, versions) = (selection.address.clone(), selection.all_versions);
    let Some(manifest) = &selection.inventory else { return vec![Read::Objects { bucket, prefix, versions }] };
    // S3 writes `…/ID/DATE/manifest.json`, and the files that it names to `…/ID/data/`.
    let mut above = manifest.prefix.rsplitn(3, '/').skip(2);
    let folder = above.next().map(|folder| format!("{folder}/")).unwrap_or_default();
    let inventory = Read::Named { bucket: manifest.bucket.clone(), prefix: folder, versions: false };
    vec![Read::Named { bucket, prefix, versions }, inventory]
}
