//! What travels. Each message names its schema and version (docs/schemas); a new field is a new version only
//! if an old reader would go wrong without it.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{domain::DocumentKind, store::Event};

/// A row is due: look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobMessage {
    schema: String,
    /// Identifier of the row.
    pub job: String,
}

/// Something happened; the same as the event stream of the HTTP API tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventMessage<'a> {
    schema: &'static str,
    #[serde(flatten)]
    event: &'a Event,
}

/// A portal has put an upload into the shared folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadMessage {
    schema: String,
    pub application: String,
    pub slot: DocumentKind,
    pub blob: BlobReference,
    /// The file's name as the applicant had it; only shown.
    #[serde(default)]
    pub name: Option<String>,
    /// Adds it once, however often the message comes.
    pub idempotency_key: String,
    #[serde(default)]
    pub priority: UploadUrgency,
}

/// Where the bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobReference {
    /// Name of a file in the shared folder itself, without any path.
    pub file: String,
    /// Digest of its bytes, 64 hexadecimal digits; others are refused.
    pub sha256: String,
}

/// Who waits for an upload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadUrgency {
    /// An applicant at the screen.
    #[default]
    Applicant,
    /// Nobody: a bulk import.
    Bulk,
}

impl JobMessage {
    /// Name and version of its schema.
    pub const SCHEMA: &'static str = "vouch.job/1";

    pub fn new(job: String) -> Self {
        Self { schema: Self::SCHEMA.to_owned(), job }
    }

    /// A message as it came; `None` when it is none of ours.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        parsed(bytes, |message: &Self| message.schema == Self::SCHEMA)
    }
}

impl<'a> EventMessage<'a> {
    /// Name and version of its schema.
    pub const SCHEMA: &'static str = "vouch.event/1";

    pub fn new(event: &'a Event) -> Self {
        Self { schema: Self::SCHEMA, event }
    }
}

impl UploadMessage {
    /// Name and version of its schema.
    pub const SCHEMA: &'static str = "vouch.upload/1";

    pub fn new(
        application: String,
        slot: DocumentKind,
        blob: BlobReference,
        idempotency_key: String,
    ) -> Self {
        let schema = Self::SCHEMA.to_owned();
        let priority = UploadUrgency::default();
        Self { schema, application, slot, blob, name: None, idempotency_key, priority }
    }

    /// A message as it came; `None` when it is none of ours or not one of this version.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        parsed(bytes, |message: &Self| message.schema == Self::SCHEMA)
    }
}

/// Largest message that is looked at, bytes. Ours have some hundred.
const MAX_BYTES: usize = 64 << 10;

fn parsed<T: DeserializeOwned>(bytes: &[u8], known: impl Fn(&T) -> bool) -> Option<T> {
    let value: Value = (bytes.len() <= MAX_BYTES).then(|| serde_json::from_slice(bytes).ok())??;
    serde_json::from_value(value).ok().filter(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_versions_and_other_things_are_no_messages() {
        assert!(JobMessage::parse(br#"{"schema":"vouch.job/1","job":"job_1"}"#).is_some());
        for other in [&br#"{"schema":"vouch.job/2","job":"job_1"}"#[..], b"", b"[]", br#"{"job":"job_1"}"#] {
            assert_eq!(JobMessage::parse(other), None);
        }
        let upload =
            br#"{"schema":"vouch.upload/1","application":"app_1","slot":"diploma","idempotency_key":"k",
            "blob":{"file":"a.jpg","sha256":"00"}}"#;
        assert_eq!(UploadMessage::parse(upload).unwrap().priority, UploadUrgency::Applicant);
        let padded = [&vec![b' '; MAX_BYTES][..], upload].concat();
        assert_eq!(UploadMessage::parse(&padded), None);
    }
}
