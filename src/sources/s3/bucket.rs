//! A bucket, with a client for the region that it lies in.

use super::address::Address;
use crate::sources::aws::access::{Access, FIRST_REGION};
use crate::sources::aws::failure::Failure;
use crate::sources::aws::network::Line;
use crate::sources::aws::retry::retried;
use aws_config::{Region, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::types::RequestPayer;
use std::sync::Arc;

#[derive(Debug)]
pub struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) payer: Option<RequestPayer>,
    pub(super) line: Line,
}

impl Bucket {
    /// Finds out where a bucket lies. Whether it may be read is not asked.
    pub fn open(line: &Line, access: &Access, address: &Address) -> Result<Arc<Self>, Failure> {
        let client = line.wait(retried(|| client_for(access, address)))??;
        let payer = access.requester_pays.then_some(RequestPayer::Requester);
        Ok(Arc::new(Self { client, name: address.bucket.clone(), payer, line: line.clone() }))
    }
}

async fn client_for(access: &Access, address: &Address) -> Result<Client, Failure> {
    let config = access.load().await;
    let told = address.region().or(access.region.as_deref()).or(config.region().map(AsRef::as_ref));
    let region = told.unwrap_or(FIRST_REGION).to_owned();
    let client = client_in(&config, access, &region);
    if address.bucket.starts_with("arn:") {
        return Ok(client);
    }
    // Answered for any bucket, whoever asks, with the region in a header.
    let own = match client.head_bucket().bucket(&address.bucket).send().await {
        Ok(answer) => answer.bucket_region().map(ToOwned::to_owned),
        Err(error) => {
            let Some(answer) = error.raw_response() else { return Err(Failure::of(&error, "s3:ListBucket")) };
            let region = answer.headers().get("x-amz-bucket-region").map(ToOwned::to_owned);
            if region.is_none() && answer.status().as_u16() == 404 {
                return Err(Failure::NoBucket);
            }
            region
        }
    };
    Ok(match own {
        Some(own) if own != region => client_in(&config, access, &own),
        _ => client,
    })
}

fn client_in(config: &SdkConfig, access: &Access, region: &str) -> Client {
    let mut builder = Builder::from(config).region(Region::new(region.to_owned())).use_arn_region(true);
    if let Some(endpoint) = &access.endpoint {
        builder = builder.endpoint_url(endpoint);
    }
    let endpoint = access.endpoint.as_deref().or(config.endpoint_url());
    // Other services seldom have a host name for each bucket.
    let path_style = access.path_style.unwrap_or_else(|| endpoint.is_some_and(|url| !is_aws(url)));
    Client::from_conf(builder.force_path_style(path_style).build())
}

fn is_aws(url: &str) -> bool {
    let host = url.split("://").last().unwrap_or(url).split(['/', ':']).next().unwrap_or_default();
    host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")
}

#[cfg(test)]
mod tests {
    use super::is_aws;

    #[test]
    fn endpoints_of_aws_are_known_by_their_host() {
        assert!(is_aws("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com"));
        assert!(is_aws("s3.cn-north-1.amazonaws.com.cn:443/x"));
        assert!(!is_aws("http://127.0.0.1:9000"));
        assert!(!is_aws("https://amazonaws.com.example.org/s3.amazonaws.com"));
    }
}
