//! A failure: why AWS did not give what it was asked for, in the words of a report.
//!
//! A service's own message is never quoted: it may repeat what was sent, and anybody can run a service.

use super::answer::Lacking;
use super::network::Stopped;
use super::permission;
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;
use std::io;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    #[error("no credentials; sign in, name a --profile, or read a public bucket with --no-sign-request")]
    NoCredentials,
    #[error("access denied; it takes {0}")]
    Denied(&'static str),
    #[error("access denied: {0}")]
    Refused(&'static str),
    #[error("no such bucket")]
    NoBucket,
    #[error("it vanished during the scan")]
    Vanished,
    /// The region that it is in, if the service says so.
    #[error("it lies in another region{}; name it with --region", .0.as_ref().map(|region| format!(", {region}")).unwrap_or_default())]
    WrongRegion(Option<String>),
    #[error("the credentials have expired; sign in again")]
    Expired,
    #[error("the clock of this machine is wrong: AWS takes requests only within 15 minutes of the right time")]
    Skewed,
    #[error("it changed while it was read")]
    Changed,
    /// Shorter than what was asked for.
    #[error("it is shorter than it was listed")]
    Beyond,
    #[error("it is larger than it was listed")]
    Larger,
    #[error("encrypted with a key that its owner keeps (SSE-C)")]
    CustomerKey,
    #[error("encrypted with a KMS key that {0}")]
    Key(&'static str),
    #[error("archived; it has to be restored first")]
    Archived,
    #[error("cannot be reached: {0}")]
    Unreachable(&'static str),
    /// The same, but perhaps not for long.
    #[error("cannot be reached: {0}")]
    Disconnected(&'static str),
    #[error("cannot be reached: connection refused")]
    NotListening,
    #[error("no answer in time")]
    TimedOut,
    #[error("its bytes were cut short again and again")]
    Cut,
    #[error("interrupted")]
    Stopped,
    /// What was given is not what was expected, in words.
    #[error("{0}")]
    Unusable(String),
    #[error("the service is too busy: {0}")]
    Busy(String),
    #[error("the service answers {0}")]
    Answer(String),
}

impl Failure {
    /// `permission` is what the request takes: `s3:ListBucket`.
    pub fn of<E>(error: &SdkError<E, HttpResponse>, permission: &'static str) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(service) => {
                let response = service.raw();
                let region = response.headers().get("x-amz-bucket-region");
                match Self::of_answer(response.status().as_u16(), error.code(), region, permission) {
                    Self::Denied(_) => Self::Denied(permission::missing(error.message(), permission)),
                    other => other,
                }
            }
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::TimedOut,
            SdkError::ResponseError(response) => match response.raw().status().as_u16() {
                // What follows the head of the answer broke off.
                200..=299 if !is_lacking(error) => Self::Cut,
                status => Self::unintelligible(status),
            },
            _ => Self::of_dispatch(error),
        }
    }

    fn of_answer(status: u16, code: Option<&str>, region: Option<&str>, permission: &'static str) -> Self {
        match (status, code.unwrap_or_default()) {
            (200..=299, _) => Self::unintelligible(status),
            (_, "NoSuchBucket") => Self::NoBucket,
            (_, "NoSuchKey" | "NoSuchVersion" | "NotFound") => Self::Vanished,
            (_, "PreconditionFailed") | (412, _) => Self::Changed,
            (_, "InvalidObjectState") => Self::Archived,
            (_, "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired") => Self::Expired,
            (_, "RequestTimeTooSkewed" | "RequestExpired" | "RequestInTheFuture") => Self::Skewed,
            (_, "InvalidAccessKeyId" | "InvalidClientTokenId" | "UnrecognizedClientException") => {
                Self::Refused("the access key is not known")
            }
            (_, "SignatureDoesNotMatch") => Self::Refused("the secret does not fit the access key"),
            (_, "InvalidToken") => Self::Refused("the session token is not valid"),
            (_, "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException")
            | (301 | 307, _) => Self::WrongRegion(region.map(ToOwned::to_owned)),
            // Of a GET this says nothing else.
            (400, "InvalidRequest") if permission.starts_with("s3:GetObject") => Self::CustomerKey,
            (_, code) if is_busy(code) => Self::Busy(named(status, code)),
            (_, "KMS.DisabledException") => Self::Key("is disabled"),
            (_, "KMS.NotFoundException") => Self::Key("is not there"),
            (_, code) if code.starts_with("KMS.") => Self::Key("cannot be used"),
            (416, _) => Self::Beyond,
            (_, "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled") | (401 | 403, _) => {
                Self::Denied(permission)
            }
            (404, _) => Self::Vanished,
            (501 | 505, code) => Self::Answer(named(status, code)),
            (408 | 425 | 429 | 500..=599, code) => Self::Busy(named(status, code)),
            (_, code) => Self::Answer(named(status, code)),
        }
    }

    fn unintelligible(status: u16) -> Self {
        Self::Answer(format!("{status} in a form that cannot be read"))
    }

    /// Nothing was answered, since nothing was sent: the chain of causes tells why.
    fn of_dispatch(error: &(dyn Error + 'static)) -> Self {
        let mut chain = String::new();
        let mut cause = Some(error);
        while let Some(error) = cause {
            chain.push_str(&error.to_string().to_lowercase());
            chain.push('\n');
            if let Some(io) = error.downcast_ref::<io::Error>() {
                match io.kind() {
                    io::ErrorKind::ConnectionRefused => return Self::NotListening,
                    io::ErrorKind::TimedOut => return Self::TimedOut,
                    io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof => return Self::Disconnected("the connection was reset"),
                    io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                        return Self::Disconnected("no way leads there");
                    }
                    _ => {}
                }
            }
            cause = error.source();
        }
        let holds = |words: &[&str]| words.iter().any(|word| chain.contains(word));
        // The second is what the portal of IAM Identity Center says of a login that has ended.
        if holds(&["expired", "unauthorizedexception"]) {
            Self::Expired
        } else if holds(&["accessdenied", "not authorized"]) {
            Self::Denied("sts:AssumeRole")
        } else if holds(&["credentials", "identity", "no providers"]) {
            Self::NoCredentials
        } else if holds(&["timed out", "timeout"]) {
            Self::TimedOut
        } else if holds(&["temporary failure in name resolution"]) {
            Self::Disconnected("its name does not resolve at the moment")
        } else if holds(&["dns", "lookup"]) {
            Self::Unreachable("its name does not resolve")
        } else if holds(&["certificate", "tls", "handshake"]) {
            Self::Unreachable("no secure connection")
        } else {
            Self::Disconnected("the connection broke")
        }
    }

    /// How often to ask at most, since the same request may succeed a little later: once means that it will not.
    pub fn patience(&self) -> u32 {
        match self {
            Self::Busy(_) | Self::Cut | Self::Disconnected(_) => 6,
            Self::NotListening => 3,
            // Each time takes as long as the longest wait.
            Self::TimedOut => 2,
            _ => 1,
        }
    }

    /// What came is not what was said before: whoever said it has to be asked again.
    pub fn is_contradiction(&self) -> bool {
        matches!(self, Self::Changed | Self::Beyond | Self::Cut)
    }

    /// As trouble of an artifact that was not read because of it.
    pub fn trouble(&self, entry: &EntryPath) -> Trouble {
        let kind = match self {
            Self::CustomerKey | Self::Key(_) => Kind::Encrypted,
            Self::Stopped => Kind::Interrupted,
            _ => Kind::Unreadable,
        };
        Trouble::new(entry, kind, Stage::Source, self.to_string())
    }

    /// As trouble of a part of an artifact: `versions 1-3`.
    pub fn trouble_of(&self, entry: &EntryPath, part: &str) -> Trouble {
        let Trouble { detail, .. } = self.trouble(entry);
        Trouble { detail: format!("{part}: {detail}"), ..self.trouble(entry) }
    }
}

impl From<Stopped> for Failure {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Whether an answer is whole, and does not have what was asked for.
fn is_lacking(error: &(dyn Error + 'static)) -> bool {
    error.is::<Lacking>() || error.source().is_some_and(is_lacking)
}

/// Whether a code asks for patience, whatever status it comes with.
fn is_busy(code: &str) -> bool {
    let word = code.strip_prefix("KMS.").unwrap_or(code);
    let word = word.strip_suffix("Exception").unwrap_or(word);
    ["Throttl", "ThroughputExceeded", "TooManyRequests", "SlowDown"].iter().any(|part| word.contains(part))
        || ["LimitExceeded", "Unavailable", "RequestTimeout", "InternalError", "PriorRequestNotComplete"]
            .iter()
            .any(|end| word.ends_with(end))
}

/// A code is a word; whatever else a service puts there stays out of the report.
fn named(status: u16, code: &str) -> String {
    let word: String = code.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("{status} {word}").trim_end().to_owned()
}
