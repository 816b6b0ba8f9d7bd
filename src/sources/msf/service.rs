//! The service: what it is asked, page by page, and again when it is too busy. Its limits are low.

use super::address::Address;
use crate::sources::aws::access::Access;
use crate::sources::aws::failure::Failure;
use crate::sources::aws::retry::retried;
use aws_config::Region;
use aws_sdk_kinesisanalyticsv2::Client;
use aws_sdk_kinesisanalyticsv2::config::Builder;
use aws_sdk_kinesisanalyticsv2::types::ApplicationDetail;
use std::future::Future;
use tokio::task::JoinSet;

#[derive(Clone, Debug)]
pub(super) struct Service(Client);

/// A version's number, and what the service says of it.
pub(super) type Described = (u64, Result<ApplicationDetail, Failure>);

impl Service {
    pub(super) async fn connect(address: &Address, access: &Access) -> Self {
        let config = access.load().await;
        let mut builder = Builder::from(&config).region(Region::new(address.region.clone()));
        if let Some(endpoint) = &access.endpoint {
            builder = builder.endpoint_url(endpoint);
        }
        Self(Client::from_conf(builder.build()))
    }

    /// The names of all applications.
    pub(super) async fn applications(&self) -> Result<Vec<String>, Failure> {
        let mut names = pages(async |token| {
            let request = self.0.list_applications().set_next_token(token);
            let page =
                request.send().await.map_err(|error| Failure::of(&error, "kinesisanalytics:ListApplications"))?;
            let names = page.application_summaries.into_iter().map(|summary| summary.application_name);
            Ok((names.collect(), page.next_token))
        })
        .await?;
        names.sort();
        Ok(names)
    }

    /// The version that runs; `None` if there is no such application. With its job plan, if there is one.
    pub(super) async fn application(&self, name: &str) -> Result<Option<ApplicationDetail>, Failure> {
        match self.describe(name, true).await {
            // Not of every kind of application.
            Err(Failure::Answer(_)) => self.describe(name, false).await,
            answer => answer,
        }
    }

    async fn describe(&self, name: &str, with_plan: bool) -> Result<Option<ApplicationDetail>, Failure> {
        retried(async || {
            let request = self.0.describe_application().application_name(name).include_additional_details(with_plan);
            match request.send().await {
                Ok(answer) => Ok(answer.application_detail),
                Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
                Err(error) => Err(Failure::of(&error, "kinesisanalytics:DescribeApplication")),
            }
        })
        .await
    }

    /// The numbers of all versions that the service still has.
    pub(super) async fn versions(&self, name: &str) -> Result<Vec<u64>, Failure> {
        let mut versions: Vec<u64> = pages(async |token| {
            let request = self.0.list_application_versions().application_name(name).set_next_token(token);
            let page = request
                .send()
                .await
                .map_err(|error| Failure::of(&error, "kinesisanalytics:ListApplicationVersions"))?;
            let summaries = page.application_version_summaries.unwrap_or_default();
            let versions = summaries.into_iter().filter_map(|one| u64::try_from(one.application_version_id).ok());
            Ok((versions.collect(), page.next_token))
        })
        .await?;
        versions.sort_unstable();
        Ok(versions)
    }

    /// Some versions at the same time.
    pub(super) async fn describe_versions(&self, name: &str, versions: &[u64]) -> Vec<Described> {
        let mut asked = JoinSet::new();
        for &version in versions {
            let (service, name) = (self.clone(), name.to_owned());
            asked.spawn(async move { (version, service.describe_version(&name, version).await) });
        }
        asked.join_all().await
    }

    async fn describe_version(&self, name: &str, version: u64) -> Result<ApplicationDetail, Failure> {
        let number = i64::try_from(version).map_err(|_| Failure::Vanished)?;
        retried(async || {
            let request = self.0.describe_application_version().application_name(name).application_version_id(number);
            let answer = request
                .send()
                .await
                .map_err(|error| Failure::of(&error, "kinesisanalytics:DescribeApplicationVersion"))?;
            answer.application_version_detail.ok_or(Failure::Vanished)
        })
        .await
    }
}

/// Everything on all pages.
async fn pages<T, F>(mut page: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Failure>>,
{
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let (some, next) = retried(|| page(token.clone())).await?;
        all.extend(some);
        // A token that comes again leads in a circle.
        if next.is_none() || next == token {
            return Ok(all);
        }
        token = next;
    }
}
