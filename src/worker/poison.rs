//! Reports about documents that no reader survives: the upload gets a finding, never an endless retry.

use std::collections::BTreeMap;

use super::ReadError;
use crate::{
    domain::{DocumentKind, DocumentReport, Outcome, SCHEMA},
    imaging::{IntakeError, sniff},
};

/// The report about a document that could not be read for `error`.
pub fn unreadable(
    name: &str,
    sha256: &str,
    bytes: &[u8],
    slot: Option<DocumentKind>,
    error: &ReadError,
    timeout_ms: u64,
    pipeline: &str,
) -> DocumentReport {
    let intake = match error {
        ReadError::TimedOut => IntakeError::Timeout { max_time_ms: timeout_ms },
        _ => IntakeError::Corrupt { cause: error.to_string() },
    };
    DocumentReport {
        schema: SCHEMA,
        file: name.to_owned(),
        sha256: sha256.to_owned(),
        bytes: bytes.len() as u64,
        media_type: sniff(bytes),
        slot,
        kind: DocumentKind::Other,
        kind_confidence: 0.0,
        outcome: Outcome::Unreadable,
        pages: Vec::new(),
        fields: BTreeMap::new(),
        findings: vec![intake.finding()],
        detectors: Vec::new(),
        elapsed_ms: BTreeMap::new(),
        pipeline: pipeline.to_owned(),
    }
}
