//! A secret: a value that nothing prints, logs or serializes by accident.

use std::fmt;
use std::hash::{Hash, Hasher};
use zeroize::Zeroizing;

/// Debug and Display redact, memory is zeroed on drop, and there is no Serialize.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself. For judging and digests, and for reports under `--show-secrets`.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How a report shows it. A machine-made value of 20 characters and more keeps two characters
    /// and its length, which tell two keys apart and give nothing away; one that a person chose
    /// keeps nothing, since even its length helps to guess it.
    pub fn redacted(&self, random: bool) -> String {
        let length = self.0.chars().count();
        if random && length >= 20 {
            let head: String = self.0.chars().take(2).filter(|c| !c.is_control()).collect();
            format!("{head}…({length})")
        } else {
            "••••".to_owned()
        }
    }
}

impl Hash for Secret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn no_formatter_prints_the_value() {
        let secret = Secret::new("qW3rT5yU7iO9pA1sD3fG5hJ7kL9zX1cV3bN5mQ2w");
        assert!(!format!("{secret} {secret:?}").contains("qW3"));
        assert_eq!(secret.redacted(true), "qW…(40)");
        assert_eq!(Secret::new("hunter2").redacted(true), "••••");
        assert_eq!(secret.redacted(false), "••••");
    }
}
