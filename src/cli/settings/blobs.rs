//! Where the encrypted uploads are: a folder or `s3://bucket/prefix`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};
use reqwest::Url;

use crate::store::vault::{BlobPlace, Bucket, BucketKeys};

/// Longest name of a bucket, bytes: S3's own limit.
const MAX_BUCKET: usize = 63;
/// Longest prefix, bytes. A key has 1,024, and names of ours some hundred.
const MAX_PREFIX: usize = 500;

/// The settings of a bucket as they are written.
pub(super) struct RawBucket {
    pub endpoint: Option<String>,
    pub region: Option<String>,
    pub path_style: Option<bool>,
    pub keys_file: Option<PathBuf>,
}

/// Checks where uploads are to be.
///
/// # Errors
/// When a value makes no sense, with what would.
pub(super) fn resolve(blobs: Option<String>, bucket: RawBucket, data: &Path) -> anyhow::Result<BlobPlace> {
    let blobs = blobs.unwrap_or_else(|| data.join("blobs").display().to_string());
    if let Some(address) = blobs.strip_prefix("s3://") {
        return Ok(BlobPlace::Bucket(bucket.resolve(address)?));
    }
    if blobs.contains("://") {
        bail!("blobs: is neither a folder nor s3://bucket/prefix");
    }
    let said = [
        ("s3_endpoint", bucket.endpoint.is_some()),
        ("s3_region", bucket.region.is_some()),
        ("s3_path_style", bucket.path_style.is_some()),
        ("s3_keys_file", bucket.keys_file.is_some()),
    ];
    if let Some((name, _)) = said.iter().find(|(_, is_said)| *is_said) {
        bail!("{name}: is of a bucket, and blobs is a folder");
    }
    Ok(BlobPlace::Folder(blobs.into()))
}

impl RawBucket {
    fn resolve(self, address: &str) -> anyhow::Result<Bucket> {
        let (name, prefix) = address.split_once('/').unwrap_or((address, ""));
        let prefix = prefix.trim_matches('/');
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        if name.is_empty() || name.len() > MAX_BUCKET || !name.chars().all(plain) {
            bail!("blobs: a bucket's name is 1 to {MAX_BUCKET} small letters, digits, dots, lines");
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        if prefix.len() > MAX_PREFIX || !prefix.chars().all(plain) || prefix.contains("//") {
            bail!("blobs: a prefix is at most {MAX_PREFIX} letters, digits, dots, lines");
        }
        // Neither the URL nor the parser's words about it: somebody may have put a password there.
        let endpoint = self.endpoint.map(|text| {
            let url = Url::parse(&text).ok().filter(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none()
            });
            url.ok_or_else(|| anyhow!("s3_endpoint: is no http://host:port or https://host:port"))
        });
        let keys = self.keys_file.map(|path| {
            let text = fs::read_to_string(&path);
            let text = text.with_context(|| format!("s3_keys_file: reading {}", path.display()))?;
            let keys = BucketKeys::parse(&text);
            keys.with_context(|| format!("s3_keys_file: {} has not two lines", path.display()))
        });
        Ok(Bucket {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            endpoint: endpoint.transpose()?,
            region: self.region,
            path_style: self.path_style.unwrap_or(true),
            keys: keys.transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(blobs: &str, endpoint: Option<&str>, keys_file: Option<&Path>) -> anyhow::Result<BlobPlace> {
        let bucket = RawBucket {
            endpoint: endpoint.map(ToOwned::to_owned),
            region: None,
            path_style: None,
            keys_file: keys_file.map(ToOwned::to_owned),
        };
        resolve(Some(blobs.to_owned()), bucket, Path::new("data"))
    }

    #[test]
    fn a_bucket_has_a_prefix_an_endpoint_and_keys() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "AK\nsesame\n").unwrap();
        let place = resolved("s3://papers/a/b/", Some("http://s3:9000"), Some(file.path())).unwrap();
        assert_eq!(place.shown(), "s3://papers/a/b at http://s3:9000");
        let BlobPlace::Bucket(bucket) = place else { panic!("a bucket") };
        assert_eq!(bucket.keys.unwrap().secret_key.as_str(), "sesame");
        assert!(bucket.path_style);
        assert_eq!(resolved("s3://papers", None, None).unwrap().shown(), "s3://papers");
        assert_eq!(resolved("/var/blobs", None, None).unwrap().shown(), "/var/blobs");
    }

    #[test]
    fn what_makes_no_sense_is_named_and_no_secret_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "AK sesame").unwrap();
        for (blobs, endpoint, keys, name) in [
            ("gs://papers", None, None, "blobs"),
            ("s3://", None, None, "blobs"),
            ("s3://Papers", None, None, "blobs"),
            ("s3://papers/a//b", None, None, "blobs"),
            ("s3://papers", Some("ftp://s3"), None, "s3_endpoint"),
            ("s3://papers", Some("http://u:sesame@s3"), None, "s3_endpoint"),
            ("s3://papers", None, Some(file.path()), "s3_keys_file"),
            ("blobs", Some("http://s3"), None, "s3_endpoint"),
        ] {
            let error = format!("{:#}", resolved(blobs, endpoint, keys).err().unwrap());
            assert!(error.starts_with(name) && !error.contains("sesame"), "{error}");
        }
    }
}
