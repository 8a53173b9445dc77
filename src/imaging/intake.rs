//! The way in: bytes to pages, or a finding that says why not.

use std::sync::Arc;

use crate::domain::{Finding, MediaType};

use super::{
    deadline::{Deadline, run_until},
    decode::{self, DecodeJob, Decoded},
    error::IntakeError,
    limits::{DecodeScale, Limits},
    metadata::Metadata,
    page::PageImage,
    sniff::{extension_mismatch, sniff},
};

/// An upload that could be opened.
#[derive(Debug)]
pub struct Opened {
    pub media_type: MediaType,
    /// At least one.
    pub pages: Vec<PageImage>,
    /// What is odd about the file although it could be read.
    pub findings: Vec<Finding>,
    pub metadata: Metadata,
}

/// Opens one upload. `name` only serves to notice a misleading extension; `scale` says how large JPEGs
/// are wanted.
///
/// # Errors
/// Whatever makes it unusable; [`IntakeError::finding`] turns that into the finding for the report. It
/// does not panic, and returns within the time limit even when a decoder hangs.
pub fn open(name: &str, bytes: &[u8], limits: &Limits, scale: DecodeScale) -> Result<Opened, IntakeError> {
    if bytes.is_empty() {
        return Err(IntakeError::Empty);
    }
    let (byte_count, max_bytes) = (bytes.len() as u64, limits.max_bytes);
    if byte_count > max_bytes {
        return Err(IntakeError::TooManyBytes { bytes: byte_count, max_bytes });
    }
    let media_type = sniff(bytes);
    if let MediaType::Unsupported(guess) = media_type {
        return Err(IntakeError::Unsupported { guess });
    }
    let deadline = Deadline::starting_now(limits.max_time());
    let job = DecodeJob { bytes: Arc::new(bytes.to_vec()), limits: *limits, scale, deadline };
    let Decoded { pages, mut findings, metadata } =
        run_until(deadline, move || decode::decode(media_type, &job))?;
    if pages.is_empty() {
        return Err(IntakeError::corrupt("the file has no pages"));
    }
    findings.extend(extension_mismatch(name, media_type));
    Ok(Opened { media_type, pages, findings, metadata })
}
