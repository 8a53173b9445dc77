//! A bucket of an S3-compatible store.

use std::{sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder, path::Path,
    prefix::PrefixStore,
};
use reqwest::Url;
use zeroize::Zeroizing;

use super::VaultError;

/// For a connection: within one network that is milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// For one request. The largest is a part of five megabytes, which takes 20 seconds at two megabits a second;
/// longer, and the sender of an upload waits for a store that hangs.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// From the first request on, after which a failed one is not tried again: an upload is refused then and sent again
/// by the one who has it. Short, because an applicant waits.
const RETRY_FOR: Duration = Duration::from_secs(6);
/// Between tries.
const BACKOFF: BackoffConfig = BackoffConfig {
    init_backoff: Duration::from_millis(100),
    max_backoff: Duration::from_secs(2),
    base: 2.0,
};
/// More tries than fit into [`RETRY_FOR`]: that decides.
const RETRIES: usize = 20;

/// A bucket and the way to it.
#[derive(Clone)]
pub struct Bucket {
    pub name: String,
    /// What names of objects begin with; empty for none.
    pub prefix: String,
    /// `http://…` or `https://…` of the store; without one AWS's of the region.
    pub endpoint: Option<Url>,
    /// Without one that of the environment, or `us-east-1`, which most other stores call theirs.
    pub region: Option<String>,
    /// The bucket's name stands in the path; else it stands before the host's name.
    pub path_style: bool,
    /// Without them those of the environment, by the names that AWS's own tools know.
    pub keys: Option<BucketKeys>,
}

/// What requests are signed with.
#[derive(Clone)]
pub struct BucketKeys {
    pub access_key: String,
    pub secret_key: Zeroizing<String>,
}

impl BucketKeys {
    /// Out of a file's text: the access key on the first line, the secret one on the second.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (access_key, secret_key) = (lines.next()?.to_owned(), lines.next()?.to_owned());
        let secret_key = Zeroizing::new(secret_key);
        lines.next().is_none().then_some(Self { access_key, secret_key })
    }
}

impl Bucket {
    pub(super) fn open(&self) -> Result<Arc<dyn ObjectStore>, VaultError> {
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(&self.name);
        let mut client =
            ClientOptions::new().with_connect_timeout(CONNECT_TIMEOUT).with_timeout(REQUEST_TIMEOUT);
        if let Some(endpoint) = &self.endpoint {
            client = client.with_allow_http(endpoint.scheme() == "http");
            builder = builder.with_endpoint(self.address(endpoint));
        }
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        if let Some(keys) = &self.keys {
            builder =
                builder.with_access_key_id(&keys.access_key).with_secret_access_key(keys.secret_key.as_str());
        }
        let retry = RetryConfig { backoff: BACKOFF, max_retries: RETRIES, retry_timeout: RETRY_FOR };
        let bucket = builder
            .with_virtual_hosted_style_request(!self.path_style)
            // One object at a time is deleted here, and not every store knows how to delete many.
            .with_disable_bulk_delete(true)
            .with_client_options(client)
            .with_retry(retry)
            .build()?;
        if self.prefix.is_empty() {
            return Ok(Arc::new(bucket));
        }
        Ok(Arc::new(PrefixStore::new(bucket, Path::from(self.prefix.as_str()))))
    }

    /// The endpoint as requests have it.
    fn address(&self, endpoint: &Url) -> String {
        let mut address = endpoint.clone();
        if !self.path_style
            && let Some(host) = endpoint.host_str()
        {
            // A host that takes no name before it, such as a number, stays as it is.
            let _ = address.set_host(Some(&format!("{}.{host}", self.name)));
        }
        address.as_str().trim_end_matches('/').to_owned()
    }

    pub(super) fn shown(&self) -> String {
        let endpoint = self.endpoint.as_ref().map(|url| url.origin().ascii_serialization());
        let at = endpoint.map(|url| format!(" at {url}")).unwrap_or_default();
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        format!("s3://{}{slash}{}{at}", self.name, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(path_style: bool) -> Bucket {
        Bucket {
            name: "papers".to_owned(),
            prefix: "vouch/a".to_owned(),
            endpoint: Some("https://oss.internal:9000/".parse().unwrap()),
            region: None,
            path_style,
            keys: BucketKeys::parse("AK\nsesame\n"),
        }
    }

    #[test]
    fn the_bucket_stands_in_the_path_or_before_the_host() {
        for (path_style, address) in
            [(true, "https://oss.internal:9000"), (false, "https://papers.oss.internal:9000")]
        {
            let bucket = bucket(path_style);
            assert_eq!(bucket.address(bucket.endpoint.as_ref().unwrap()), address);
            assert_eq!(bucket.shown(), "s3://papers/vouch/a at https://oss.internal:9000");
            let opened = bucket.open().unwrap();
            assert!(!format!("{opened:?} {opened}").contains("sesame"));
        }
    }

    #[test]
    fn keys_are_two_lines() {
        let keys = BucketKeys::parse(" AK \r\n\nsecret\n").unwrap();
        assert_eq!((keys.access_key.as_str(), keys.secret_key.as_str()), ("AK", "secret"));
        for other in ["", "AK", "AK\nsecret\nmore"] {
            assert!(BucketKeys::parse(other).is_none());
        }
    }
}
