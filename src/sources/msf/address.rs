//! An address: `msf://region`, all applications of a region, or `msf://region/application`, one.

use crate::place::EntryPath;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub region: String,
    pub application: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    #[error("not msf://region or msf://region/application")]
    Form,
    #[error("no region of AWS, such as eu-west-1, after msf://")]
    Region,
    #[error("an application's name has at most 128 letters, digits, dots, hyphens and underscores")]
    Application,
}

impl Address {
    pub fn parse(uri: &str) -> Result<Self, NoAddress> {
        let rest = uri.strip_prefix("msf://").ok_or(NoAddress::Form)?;
        let (region, application) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_region(region) {
            return Err(NoAddress::Region);
        }
        let application = application.strip_suffix('/').unwrap_or(application);
        let is_named = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-');
        if application.len() > 128 || !application.bytes().all(is_named) {
            return Err(NoAddress::Application);
        }
        let application = Some(application.to_owned()).filter(|name| !name.is_empty());
        Ok(Self { region: region.to_owned(), application })
    }

    /// One application of the region.
    pub fn of(&self, application: &str) -> Self {
        Self { region: self.region.clone(), application: Some(application.to_owned()) }
    }

    /// As a report shows it.
    pub fn entry(&self) -> EntryPath {
        let uri = self.to_string();
        EntryPath::below(uri.as_bytes(), uri.len())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "msf://{}", self.region)?;
        self.application.iter().try_for_each(|name| write!(f, "/{name}"))
    }
}

/// `eu-west-1`, `us-gov-east-1`: words, and a number at the end.
fn is_region(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else { return false };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase());
    words.contains('-')
        && words.split('-').all(is_word)
        && !number.is_empty()
        && number.bytes().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{Address, NoAddress};

    #[test]
    fn a_region_and_perhaps_an_application() {
        for (uri, same) in [
            ("msf://eu-west-1", "msf://eu-west-1"),
            ("msf://cn-north-1/", "msf://cn-north-1"),
            ("msf://us-gov-east-1/Orders_v2.1-b", "msf://us-gov-east-1/Orders_v2.1-b"),
            ("msf://eu-west-1/orders/", "msf://eu-west-1/orders"),
        ] {
            assert_eq!(Address::parse(uri).unwrap().to_string(), same, "{uri}");
        }
    }

    #[test]
    fn anything_else_is_told() {
        let long = format!("msf://eu-west-1/{}", "a".repeat(129));
        for (uri, fault) in [
            ("s3://eu-west-1", NoAddress::Form),
            ("msf://", NoAddress::Region),
            ("msf://orders", NoAddress::Region),
            ("msf://EU-WEST-1", NoAddress::Region),
            ("msf://eu-west-/a", NoAddress::Region),
            ("msf://eu-west-1/a/b", NoAddress::Application),
            ("msf://eu-west-1/a b", NoAddress::Application),
            (&long, NoAddress::Application),
        ] {
            assert_eq!(Address::parse(uri), Err(fault), "{uri}");
        }
    }
}
