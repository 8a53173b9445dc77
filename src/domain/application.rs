//! An application: what an applicant declared and uploaded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::document::DocumentKind;

/// `application.json` (samples/README.md).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Application {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub plan: String,
    /// The version of the plan that it was filed under; without one, that of the day of submission.
    #[serde(default)]
    pub plan_version: Option<String>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
