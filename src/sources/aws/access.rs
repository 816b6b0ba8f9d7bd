//! Access: as whom, where and how a target in AWS is read.

use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use std::time::Duration;

/// Where to ask when nothing names a region.
pub const FIRST_REGION: &str = "us-east-1";

/// Each target has its own, so that one run can read many accounts. All that is not set is what the
/// SDK's default chain says: environment, profile, SSO, web identity, roles of containers and machines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    pub profile: Option<String>,
    /// For S3 the region to ask first: the bucket's own is found.
    pub region: Option<String>,
    /// The ARN of a role to assume, with the credentials of the profile or chain.
    pub role: Option<String>,
    /// What the role's trust policy may demand.
    pub external_id: Option<String>,
    /// A service other than AWS's own.
    pub endpoint: Option<String>,
    /// Requests are not signed; no credentials are looked for.
    pub anonymous: bool,
    /// The requests are billed to the reader.
    pub requester_pays: bool,
    /// Buckets in the path of a URL, not in its host name. `None`: if there is an `endpoint`.
    pub path_style: Option<bool>,
}

/// Longer than any answer of a service that lives takes to begin.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl Access {
    /// What clients of all services are built from. Credentials are looked for at the first request,
    /// and renewed before they expire.
    pub async fn load(&self) -> SdkConfig {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT);
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts.build());
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if self.anonymous {
            loader = loader.no_credentials();
        }
        let config = loader.load().await;
        let Some(role) = self.role.as_ref().filter(|_| !self.anonymous) else { return config };
        let mut provider = AssumeRoleProvider::builder(role).session_name("keysift").configure(&config);
        if let Some(id) = &self.external_id {
            provider = provider.external_id(id);
        }
        if config.region().is_none() {
            provider = provider.region(Region::from_static(FIRST_REGION));
        }
        let provider = SharedCredentialsProvider::new(provider.build().await);
        config.into_builder().credentials_provider(provider).build()
    }
}
