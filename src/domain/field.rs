//! A field that was read off a document.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::geometry::Quad;

/// The contract's name of a field: `id_number`, `work_history[2].employer`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldName(Cow<'static, str>);

impl FieldName {
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for FieldName {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

impl From<String> for FieldName {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who read a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The neural recogniser (PP-OCR).
    Ppocr,
    /// Tesseract, the second opinion.
    Tesseract,
    /// The text layer of a PDF.
    PdfText,
    /// A QR code or barcode.
    Barcode,
    /// A reviewer, who bore the value out or put another one in its place.
    Person,
}

/// Another value that the ink could stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    pub value: String,
    /// Probability that this is the right value.
    pub confidence: f64,
}

/// An entry held against what another paper of the same application says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The slot of the other paper, or `declared` for what was typed into the portal.
    pub with: String,
    /// What the other paper says.
    pub value: String,
    /// Probability that the entry says the same.
    pub same: f64,
    /// The numbers that led to it, when the ink itself was asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, f64>,
}

/// One field of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Normal form (CONTRACT.md, "Field names and normal forms").
    pub value: String,
    /// What stands on the paper.
    pub text: String,
    /// Calibrated probability that `value` is right, 0 to 1.
    pub confidence: f64,
    /// Index of the page it stands on.
    pub page: usize,
    /// Where it stands, in page pixels; `None` when it has no single place (a QR payload's part).
    pub quad: Option<Quad>,
    /// Those who read `value`.
    pub readers: Vec<Reader>,
    /// The recogniser's own probability of its reading, before calibration and before other papers were asked; `None`
    /// in reports of versions that did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<f64>,
    /// A second reader was asked and read something else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disputed: bool,
    /// Other print on the same paper says the same: a check digit, a birth date within a number, a list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corroborated: bool,
    /// What other papers say, when the application was read as a whole. A value that one of them proves
    /// is theirs, with a confidence that counts the proof.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Comparison>,
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
}
