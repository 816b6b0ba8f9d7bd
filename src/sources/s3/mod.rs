//! S3: the objects of a bucket as artifacts.

pub mod address;
pub mod bucket;
mod inventory;
mod list;
mod named;
pub mod object;
mod pages;
mod request;
pub mod selection;
mod versions;

use self::bucket::Bucket;
use self::selection::Selection;
use super::artifact::{Found, Listed};
use super::aws::failure::Failure;
use super::aws::network::Line;
use super::filter::Filter;

/// Lists what is selected, page by page, and never holds more than a page.
pub fn list(selection: &Selection, filter: &Filter, line: &Line, emit: &mut dyn FnMut(Found)) -> Listed {
    let bucket = match Bucket::open(line, &selection.access, &selection.address) {
        Ok(bucket) => bucket,
        Err(failure) => return lost(&failure),
    };
    let mut selecting = selection::Selecting::new(selection, filter, &bucket, emit);
    let listed = match &selection.inventory {
        Some(manifest) => inventory::list(&mut selecting, manifest),
        None if selection.all_versions => versions::list(&mut selecting),
        None => list::list(&mut selecting),
    };
    // What came before a failure is judged all the same.
    let finished = selecting.finish();
    match listed.and(finished) {
        Ok(()) if selecting.met == 0 && !selection.address.prefix.is_empty() => {
            Listed::Lost("no object is called so, or begins so".to_owned())
        }
        Ok(()) => Listed::Done,
        Err(Failure::Stopped) => Listed::Stopped,
        // What was listed before that is scanned; the rest is missing.
        Err(failure) if selecting.met > 0 => {
            let entry = selection.address.named();
            emit(Found::Trouble(failure.trouble(&entry)));
            Listed::Done
        }
        Err(failure) => lost(&failure),
    }
}

fn lost(failure: &Failure) -> Listed {
    match failure {
        Failure::Stopped => Listed::Stopped,
        failure => Listed::Lost(failure.to_string()),
    }
}
