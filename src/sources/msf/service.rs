//! The service: what it is asked, page by page, and again when it is too busy. Its limits are low.

use super::address::Address;
use crate::sources::aws::access::Access;
use crate::sources::aws::answer::WithList;
use crate::sources::aws::failure::Failure;
use crate::sources::aws::paging::Way;
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
    pub(super) async fn applications(&self) -> Pages<String> {
        let mut pages = pages(async |token| {
            let request = self.0.list_applications().set_next_token(token);
            let answer = request.customize().interceptor(WithList("ApplicationSummaries")).send().await;
            let page = answer.map_err(|error| Failure::of(&error, "kinesisanalytics:ListApplications"))?;
            let names = page.application_summaries.into_iter().map(|summary| summary.application_name);
            Ok((names.collect(), page.next_token))
        })
        .await;
        pages.keep(|name| !name.is_empty(), "an application in the list has no name");
        pages.all.sort();
        pages.all.dedup();
        pages
    }

    /// The version that runs; `None` if there is no such application. With its job plan, or with why that is not
    /// given.
    pub(super) async fn application(
        &self,
        name: &str,
    ) -> Result<Option<(ApplicationDetail, Option<Failure>)>, Failure> {
        let failure = match self.describe(name, true).await {
            Err(failure @ Failure::Answer(_)) => failure,
            answer => return Ok(answer?.map(|detail| (detail, None))),
        };
        let detail = self.describe(name, false).await?;
        Ok(detail.map(|detail| (detail, Some(failure).filter(|failure| !is_without_plan(failure)))))
    }

    async fn describe(&self, name: &str, with_plan: bool) -> Result<Option<ApplicationDetail>, Failure> {
        retried(async || {
            let request = self.0.describe_application().application_name(name).include_additional_details(with_plan);
            match request.send().await {
                // What is missing, the SDK makes up.
                Ok(answer) => match answer.application_detail.filter(|detail| is_of(detail, name)) {
                    None => Err(unusable("the service describes another application, or none")),
                    detail => Ok(detail),
                },
                Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
                Err(error) => Err(Failure::of(&error, "kinesisanalytics:DescribeApplication")),
            }
        })
        .await
    }

    /// The numbers of all versions that the service still has.
    pub(super) async fn versions(&self, name: &str) -> Pages<u64> {
        let listed = pages(async |token| {
            let request = self.0.list_application_versions().application_name(name).set_next_token(token);
            let answer = request.customize().interceptor(WithList("ApplicationVersionSummaries")).send().await;
            let page = answer.map_err(|error| Failure::of(&error, "kinesisanalytics:ListApplicationVersions"))?;
            let summaries = page.application_version_summaries.into_iter().flatten();
            Ok((summaries.map(|one| number(one.application_version_id)).collect(), page.next_token))
        });
        let mut listed: Pages<Option<u64>> = listed.await;
        listed.keep(Option::is_some, "a version in the list has no number");
        let mut all: Vec<u64> = listed.all.into_iter().flatten().collect();
        all.sort_unstable();
        all.dedup();
        Pages { all, failure: listed.failure }
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
            let detail = answer
                .application_version_detail
                .filter(|detail| is_of(detail, name) && detail.application_version_id() == number);
            detail.ok_or_else(|| unusable("the service describes another one"))
        })
        .await
    }
}

/// A version's number. The SDK makes zero of none.
pub(super) fn number(version: i64) -> Option<u64> {
    u64::try_from(version).ok().filter(|&number| number > 0)
}

/// Where the name is not said, the ARN ends with it.
fn is_of(detail: &ApplicationDetail, name: &str) -> bool {
    let own = match detail.application_name() {
        "" => detail.application_arn().rsplit('/').next().unwrap_or_default(),
        own => own,
    };
    own.eq_ignore_ascii_case(name) && number(detail.application_version_id()).is_some()
}

/// Not every kind of application has a job plan.
fn is_without_plan(failure: &Failure) -> bool {
    let Failure::Answer(answer) = failure else { return false };
    ["InvalidArgument", "InvalidRequest", "UnsupportedOperation"].iter().any(|code| answer.contains(code))
}

fn unusable(cause: &str) -> Failure {
    Failure::Unusable(cause.to_owned())
}

/// What came of a list, and why there may be more.
pub(super) struct Pages<T> {
    pub(super) all: Vec<T>,
    pub(super) failure: Option<Failure>,
}

impl<T> Pages<T> {
    /// Leaves out what is none, which is a failure.
    fn keep(&mut self, is_one: impl Fn(&T) -> bool, cause: &str) {
        let listed = self.all.len();
        self.all.retain(is_one);
        if self.all.len() < listed {
            self.failure.get_or_insert_with(|| unusable(cause));
        }
    }
}

/// Everything on all pages, as far as they lead.
async fn pages<T, F>(mut page: impl FnMut(Option<String>) -> F) -> Pages<T>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Failure>>,
{
    let mut pages = Pages { all: Vec::new(), failure: None };
    let (mut token, mut way) = (None, Way::default());
    loop {
        let next = match retried(|| page(token.clone())).await {
            Ok((some, next)) => {
                pages.all.extend(some);
                next.filter(|token| !token.is_empty())
            }
            Err(failure) => return Pages { failure: Some(failure), ..pages },
        };
        if next.is_none() {
            return pages;
        }
        match way.on(next) {
            Ok(next) => token = Some(next),
            Err(failure) => return Pages { failure: Some(failure), ..pages },
        }
    }
}
