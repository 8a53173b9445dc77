//! One line of `truth.jsonl` (CONTRACT.md, "Samples with truth").

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vouch::domain::{DocumentKind, Quad};

/// What stands on a document, before it was photographed.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    pub fields: BTreeMap<String, String>,
    pub findings: BTreeSet<String>,
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
    /// What was done on purpose: a defect's or a control's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<&'static str>,
}
