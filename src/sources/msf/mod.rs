//! Managed Service for Apache Flink: all versions of applications as artifacts, and the code that they
//! run, each object once.

pub mod address;
mod code;
mod history;
mod piece;
mod service;

use self::address::Address;
use self::code::{Folders, Objects};
use self::history::History;
use self::service::{Pages, Service, number};
use super::artifact::{Found, Listed};
use super::aws::access::Access;
use super::aws::failure::Failure;
use super::aws::network::Line;
use super::filter::Filter;
use super::near::nearest;
use crate::place::Versions;
use std::collections::BTreeMap;

/// Requests at the same time: the service takes few in a second.
const AT_ONCE: usize = 4;

/// Lists what an address names, applications first: only all of them tell what runs a code object.
pub fn list(address: &Address, access: &Access, filter: &Filter, line: &Line, emit: &mut dyn FnMut(Found)) -> Listed {
    match try_list(address, access, filter, line, emit) {
        Ok(listed) => listed,
        Err(Failure::Stopped) => Listed::Stopped,
        Err(failure) => Listed::Lost(failure.to_string()),
    }
}

fn try_list(
    address: &Address,
    access: &Access,
    filter: &Filter,
    line: &Line,
    emit: &mut dyn FnMut(Found),
) -> Result<Listed, Failure> {
    let service = line.wait(Service::connect(address, access))?;
    let (mut objects, mut folders) = (Objects::new(), Folders::new());
    match &address.application {
        Some(name) => match history(&service, address, name, line, emit)? {
            Some(history) => history.tell(&mut objects, &mut folders, emit),
            None => return Ok(Listed::Lost(missing(&service, name, line)?)),
        },
        None => {
            let Pages { all: names, failure } = line.wait(service.applications())?;
            match failure {
                Some(failure) if names.is_empty() => return Err(failure),
                Some(failure) => emit(Found::Trouble(failure.trouble(&address.entry()))),
                None => {}
            }
            for name in names {
                let application = address.of(&name);
                match history(&service, &application, &name, line, emit) {
                    Ok(Some(history)) => history.tell(&mut objects, &mut folders, emit),
                    Ok(None) => emit(Found::Trouble(Failure::Vanished.trouble(&application.entry()))),
                    Err(Failure::Stopped) => return Ok(Listed::Stopped),
                    Err(failure) => emit(Found::Trouble(failure.trouble(&application.entry()))),
                }
            }
        }
    }
    code::list(
        objects,
        folders,
        &Access { region: Some(address.region.clone()), ..access.clone() },
        filter,
        line,
        emit,
    )?;
    Ok(Listed::Done)
}

/// All versions of an application; `None` if there is none of that name. What the service does not give
/// of old ones is trouble, and the rest is scanned.
fn history(
    service: &Service,
    address: &Address,
    name: &str,
    line: &Line,
    emit: &mut dyn FnMut(Found),
) -> Result<Option<History>, Failure> {
    let Some((detail, no_plan)) = line.wait(service.application(name))?? else { return Ok(None) };
    let Some(current) = number(detail.application_version_id()) else { return Ok(None) };
    if let Some(failure) = no_plan {
        emit(Found::Trouble(failure.trouble_of(&address.entry(), "its job plan")));
    }
    let mut history = History::new(address.clone(), current);
    history.add(current, piece::pieces(&detail));
    // Of SQL applications the service keeps no versions.
    if detail.runtime_environment().as_str().starts_with("SQL") {
        return Ok(Some(history));
    }
    let Pages { all: versions, mut failure } = line.wait(service.versions(name))?;
    if !versions.contains(&current) {
        let cause = "the list of its versions does not have the one that runs";
        failure.get_or_insert_with(|| Failure::Unusable(cause.to_owned()));
    }
    if let Some(failure) = failure {
        emit(Found::Trouble(failure.trouble_of(&address.entry(), "its old versions")));
    }
    let mut failures: BTreeMap<String, (Failure, Versions)> = BTreeMap::new();
    let old: Vec<u64> = versions.into_iter().filter(|version| *version != current).collect();
    for some in old.chunks(AT_ONCE) {
        for (version, described) in line.wait(service.describe_versions(name, some))? {
            match described {
                Ok(detail) => history.add(version, piece::pieces(&detail)),
                Err(failure) => {
                    let (_, versions) =
                        failures.entry(failure.to_string()).or_insert_with(|| (failure, Versions::default()));
                    versions.add(version, version);
                }
            }
        }
    }
    for (failure, versions) in failures.into_values() {
        emit(Found::Trouble(failure.trouble_of(&address.entry(), &format!("versions {versions}"))));
    }
    Ok(Some(history))
}

/// Says that there is no such application, and which one was perhaps meant.
fn missing(service: &Service, name: &str, line: &Line) -> Result<String, Failure> {
    // Who may read one application need not be allowed to list them all.
    let names = line.wait(service.applications())?.all;
    let hint = nearest(name, names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    Ok(format!("no such application{hint}"))
}
