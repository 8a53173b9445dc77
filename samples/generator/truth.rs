//! One line of `truth.jsonl` (CONTRACT.md, "Samples with truth").

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vouch::domain::{DocumentKind, Quad, Rect};

/// What stands on a document, before it was photographed.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    pub fields: BTreeMap<String, String>,
    pub findings: BTreeSet<String>,
    /// Places of alterations.
    pub alterations: Vec<Altered>,
    /// What looks like an alteration and is none.
    pub control: Option<&'static str>,
}

/// An alteration of an entry.
#[derive(Debug, Clone)]
pub struct Altered {
    pub code: &'static str,
    pub field: String,
    /// Its sort within the code: `double`, `tape`.
    pub variant: &'static str,
    /// mm on the page.
    pub place: Rect,
}

/// An alteration as the truth tells of it.
#[derive(Debug, Serialize)]
pub struct AlteredLine {
    pub code: &'static str,
    pub field: String,
    pub variant: &'static str,
    /// mm on the page: left, top, width, height.
    #[serde(rename = "box")]
    pub place: [f32; 4],
    /// Pixels of the picture, curl left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quad: Option<Quad>,
}

impl Truth {
    /// A field with its normal form.
    pub fn field(&mut self, name: &str, value: impl Into<String>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// A code that must be raised.
    pub fn finding(&mut self, code: &str) {
        self.findings.insert(code.to_owned());
    }
}

/// A whole line: the contract's keys, then ours.
#[derive(Debug, Serialize)]
pub struct Line {
    pub file: String,
    pub slot: DocumentKind,
    pub kind: DocumentKind,
    pub fields: BTreeMap<String, String>,
    pub findings: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quad: Option<Quad>,
    pub level: &'static str,
    pub layout: String,
    pub font: String,
    /// May a sensible person read every field? Neither this nor `must_retake` where that is doubtful.
    pub readable: bool,
    /// Must the applicant take it again?
    pub must_retake: bool,
    /// Fields that nobody can read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alterations: Vec<AlteredLine>,
    /// Where the print of each field stands in a picture that was edited or handed on, px.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub places: BTreeMap<String, Quad>,
    /// What was done on purpose: a defect's or a control's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<&'static str>,
}
