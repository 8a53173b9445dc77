//! An application: what an applicant declared and uploaded, and the report about all of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{document::DocumentKind, finding::Finding, report::DocumentReport, report::Outcome};

/// `application.json` (samples/README.md).
#[derive(Debug, Clone, Deserialize)]
pub struct Application {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub plan: String,
    /// The day of submission, `YYYY-MM-DD`: validity is judged by it.
    #[serde(default)]
    pub submitted_on: Option<String>,
    /// What the applicant typed into the portal, by the contract's field names.
    #[serde(default)]
    pub declared: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    pub files: Vec<UploadedFile>,
}

/// One upload of an application.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UploadedFile {
    pub slot: DocumentKind,
    /// Its name, relative to the application's folder.
    pub file: String,
}

impl Application {
    /// A declared value as reports spell it: numbers become strings, what is empty is absent.
    pub fn declared(&self, field: &str) -> Option<String> {
        match self.declared.get(field)? {
            serde_json::Value::String(text) => (!text.is_empty()).then(|| text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// A finding about papers held against each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossFinding {
    /// Index of the document that it is about; page and place are that document's. `None`: about what
    /// was declared.
    pub document: Option<usize>,
    /// Index of the document that says otherwise; `None`: what was declared says otherwise.
    pub against: Option<usize>,
    #[serde(flatten)]
    pub finding: Finding,
}

/// Version of the application report's schema.
pub const APPLICATION_SCHEMA: &str = "vouch.application_report/1";

/// Everything that was found out about one application.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApplicationReport {
    pub schema: &'static str,
    pub id: String,
    pub plan: String,
    /// That of the worst document or finding.
    pub outcome: Outcome,
    /// In the order of `application.json`.
    pub documents: Vec<DocumentReport>,
    /// About several papers; each document has its own besides.
    pub findings: Vec<CrossFinding>,
    /// Wall-clock milliseconds by stage; `total` is all of it.
    pub elapsed_ms: BTreeMap<&'static str, u64>,
    pub pipeline: String,
}
