//! `keysift scan … --print-policy`: what the targets take, for whoever grants it.

use super::output::complain;
use crate::engine::settings::Target;
use crate::reports::exit::Exit;
use crate::sources::aws::access::Access;
use crate::sources::aws::policy::{INLINE, MANAGED, Policy, Read, Reader};
use anyhow::bail;
use std::io::Write as _;

pub(super) fn print(targets: &[Target]) -> anyhow::Result<Exit> {
    let readers: Vec<(Reader, Read)> = targets.iter().filter_map(reader).collect();
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

fn reader(target: &Target) -> Option<(Reader, Read)> {
    let (access, read) = match target {
        Target::S3(selection) => {
            let (bucket, prefix) = (selection.address.bucket.clone(), selection.address.prefix.clone());
            (&selection.access, Read::Objects { bucket, prefix, versions: selection.all_versions })
        }
        Target::Msf { address, access } => {
            (access, Read::Applications { region: address.region.clone(), name: address.application.clone() })
        }
        Target::Path { .. } | Target::Stdin { .. } => return None,
    };
    let Access { region, role, external_id, .. } = access.clone();
    Some((Reader { region, role, external_id }, read))
}
