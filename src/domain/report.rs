//! The document report: what `vouch check --json` prints.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use super::{
    document::{DocumentKind, MediaType},
    field::{Field, FieldName},
    finding::{Finding, FindingCode, Severity},
    geometry::Quad,
};

/// Version of the document report's schema.
pub const SCHEMA: &str = "vouch.document/1";

/// A schema's name. An alias, because serde would take a plain reference for one into its input.
pub type SchemaName = &'static str;

/// What should happen to the upload next, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing to look at.
    Pass,
    /// A person should look.
    Review,
    /// The applicant should take the picture again.
    Retake,
    /// It cannot be accepted as it is.
    Reject,
    /// The bytes could not be opened.
    Unreadable,
}

impl Outcome {
    /// The contract's name, e.g. `retake`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Review => "review",
            Self::Retake => "retake",
            Self::Reject => "reject",
            Self::Unreadable => "unreadable",
        }
    }

    /// The outcome that the worst of `findings` asks for.
    pub fn of(findings: &[Finding]) -> Self {
        match findings.iter().map(|finding| finding.severity).max() {
            None | Some(Severity::Info) => Self::Pass,
            Some(Severity::Review) => Self::Review,
            Some(Severity::Retake) => Self::Retake,
            Some(Severity::Reject) => Self::Reject,
        }
    }
}

/// How well a page can be read. Every measure but `dpi` is from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct QualityMeasures {
    /// Everything in one number; 1 is perfect.
    pub score: f32,
    /// 1: strokes have crisp edges; 0: nothing can be made out.
    pub sharpness: f32,
    /// 1: well exposed; 0: black or burnt out.
    pub exposure: f32,
    /// Share of the document's area that is burnt out by a reflection.
    pub glare: f32,
    /// Share of the document's area that something lies on.
    pub occlusion: f32,
    /// Share of the document that is in the picture.
    pub completeness: f32,
    /// Resolution on the document (pixels per inch of paper), where its real size is known.
    pub dpi: Option<f32>,
}

/// One page of the upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageReport {
    pub index: usize,
    /// Pixels after EXIF orientation.
    pub width: u32,
    pub height: u32,
    /// Corners of the document in those pixels; `None` if none was found.
    pub quad: Option<Quad>,
    /// Clockwise degrees that were undone: 0, 90, 180 or 270.
    pub rotation: u16,
    pub quality: QualityMeasures,
}

/// What a detector made of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetectorState {
    /// It lacks what it needs. Never counts as clean.
    NotJudged,
    /// It looked and found nothing.
    Clear,
    /// There is a finding of its code.
    Found,
}

/// One detector that looked at the upload, whether or not it found something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DetectorReport {
    /// The finding that it raises.
    pub code: FindingCode,
    pub state: DetectorState,
    /// Why it could not judge: a stable name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'static, str>>,
    /// What was measured, in the detector's own unit, and the threshold beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f32>,
}

/// Everything that was found out about one upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentReport {
    #[serde(deserialize_with = "this_schema")]
    pub schema: SchemaName,
    pub file: String,
    /// Lower-case hex of the file's bytes.
    pub sha256: String,
    pub bytes: u64,
    pub media_type: MediaType,
    /// The slot it was uploaded to, when one was given.
    pub slot: Option<DocumentKind>,
    pub kind: DocumentKind,
    pub kind_confidence: f64,
    pub outcome: Outcome,
    pub pages: Vec<PageReport>,
    pub fields: BTreeMap<FieldName, Field>,
    pub findings: Vec<Finding>,
    /// Detectors that looked for another source than the paper itself and for edits of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detectors: Vec<DetectorReport>,
    /// Wall-clock milliseconds by stage; `total` is all of it.
    pub elapsed_ms: BTreeMap<Cow<'static, str>, u64>,
    pub pipeline: String,
}

/// Reads the schema's version back; a stored report of another one is not taken for this.
fn this_schema<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SchemaName, D::Error> {
    let found = String::deserialize(deserializer)?;
    if found == SCHEMA {
        Ok(SCHEMA)
    } else {
        Err(serde::de::Error::custom(format!("schema {found:?} is not {SCHEMA:?}")))
    }
}
