//! A failure: why AWS did not give what it was asked for, in the words of a report.
//!
//! A service's own message is never quoted: it may repeat what was sent, and anybody can run a service.

use super::network::Stopped;
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

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
    #[error("encrypted with a key that its owner keeps (SSE-C)")]
    CustomerKey,
    #[error("archived; it has to be restored first")]
    Archived,
    #[error("cannot be reached: {0}")]
    Unreachable(&'static str),
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
                Self::of_answer(response.status().as_u16(), error.code(), region, permission)
            }
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::TimedOut,
            SdkError::ResponseError(response) => Self::unintelligible(response.raw().status().as_u16()),
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
            (400, "InvalidRequest") if permission == "s3:GetObject" => Self::CustomerKey,
            (_, "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled") | (401 | 403, _) => {
                Self::Denied(permission)
            }
            (404, _) => Self::Vanished,
            (_, code @ ("ThrottlingException" | "TooManyRequestsException" | "LimitExceededException"))
            | (429 | 500 | 502 | 503 | 504, code) => Self::Busy(named(status, code)),
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
            if let Some(io) = error.downcast_ref::<std::io::Error>() {
                match io.kind() {
                    std::io::ErrorKind::ConnectionRefused => return Self::Unreachable("connection refused"),
                    std::io::ErrorKind::TimedOut => return Self::TimedOut,
                    std::io::ErrorKind::ConnectionReset => return Self::Unreachable("the connection was reset"),
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
        } else if holds(&["dns", "lookup"]) {
            Self::Unreachable("its name does not resolve")
        } else if holds(&["certificate", "tls", "handshake"]) {
            Self::Unreachable("no secure connection")
        } else {
            Self::Unreachable("the connection broke")
        }
    }

    /// Whether the same request may succeed a little later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Cut)
    }

    /// As trouble of an artifact that was not read because of it.
    pub fn trouble(&self, entry: &EntryPath) -> Trouble {
        let kind = match self {
            Self::CustomerKey => Kind::Encrypted,
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

/// A code is a word; whatever else a service puts there stays out of the report.
fn named(status: u16, code: &str) -> String {
    let word: String = code.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("{status} {word}").trim_end().to_owned()
}
