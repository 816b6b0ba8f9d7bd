//! Code: what applications load from S3. An object that many of them load is read once.

use super::piece::Object;
use crate::place::{Deployment, Origin};
use crate::sources::artifact::{Artifact, Found, Listed};
use crate::sources::aws::access::Access;
use crate::sources::aws::failure::Failure;
use crate::sources::aws::network::Line;
use crate::sources::filter::Filter;
use crate::sources::s3;
use crate::sources::s3::address::Address;
use crate::sources::s3::bucket::Bucket;
use crate::sources::s3::object::{Fetched, Object as Stored};
use crate::sources::s3::selection::{Criteria, Selection};
use crate::trouble::{Kind, Stage, Trouble};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the applications of a region load, and which of them do.
pub(super) type Objects = BTreeMap<Object, Vec<Deployment>>;
/// A bucket and a prefix, and who deploys there.
pub(super) type Folders = BTreeMap<(String, String), Vec<Deployment>>;

pub(super) fn list(
    objects: Objects,
    folders: Folders,
    access: &Access,
    filter: &Filter,
    line: &Line,
    emit: &mut dyn FnMut(Found),
) -> Result<(), Failure> {
    let mut buckets: BTreeMap<String, Result<Arc<Bucket>, Failure>> = BTreeMap::new();
    for (object, deployed) in objects {
        let address = Address { bucket: object.bucket.clone(), prefix: object.key.clone() };
        let bucket = buckets.entry(object.bucket.clone()).or_insert_with(|| Bucket::open(line, access, &address));
        match bucket.clone().and_then(|bucket| Stored::look_up(&bucket, &object.key, object.version.as_deref())) {
            Ok(stored) => emit(found(object, stored, deployed, &address)),
            Err(Failure::Stopped) => return Err(Failure::Stopped),
            Err(failure) => {
                emit(Found::Trouble(failure.trouble_of(&address.entry(&object.key), &runs(&object, &deployed))));
            }
        }
    }
    for ((bucket, prefix), deployed) in folders {
        let address = Address { bucket, prefix };
        let named = address.named();
        let origin = Arc::new(Origin { deployed, ..Origin::default() });
        let criteria = Criteria::default();
        let (access, elsewhere) = (access.clone(), Vec::new());
        let selection = Selection { address, access, criteria, all_versions: false, inventory: None, elsewhere };
        let listed = s3::list(&selection, filter, line, &mut |mut found| {
            if let Found::Artifact(artifact) = &mut found {
                artifact.origin = Some(origin.clone());
            }
            emit(found);
        });
        match listed {
            Listed::Done => {}
            Listed::Stopped => return Err(Failure::Stopped),
            Listed::Lost(cause) => emit(Found::Trouble(Trouble::new(&named, Kind::Unreadable, Stage::Source, cause))),
        }
    }
    Ok(())
}

/// The object, unless what was deployed under its key is there no more.
fn found(object: Object, stored: Stored, deployed: Vec<Deployment>, address: &Address) -> Found {
    let entry = address.entry(&object.key);
    if object.version.is_none() && object.size.is_some_and(|size| stored.size.is_some_and(|stored| stored != size)) {
        let cause = format!("{}: overwritten since it was deployed, and no version is named", runs(&object, &deployed));
        return Found::Trouble(Trouble::new(&entry, Kind::Unreadable, Stage::Source, cause));
    }
    Found::Artifact(Artifact {
        entry,
        length: stored.size,
        identity: stored.identity(),
        origin: Some(Arc::new(Origin { version_id: object.version, status: None, deployed })),
        content: Box::new(Fetched::new(stored)),
    })
}

/// `version 3sL4, code of msf://eu-west-1/orders 3-5`.
fn runs(object: &Object, deployed: &[Deployment]) -> String {
    let version = object.version.as_ref().map(|version| format!("version {version}, ")).unwrap_or_default();
    let first = deployed.first().map(ToString::to_string).unwrap_or_default();
    let others = if deployed.len() > 1 { " and others" } else { "" };
    format!("{version}code of {first}{others}")
}
