//! The parts of a stored application report (`vouch.application/1`) that the console shows. Not the type that is written:
//! a report that an earlier version stored lacks keys that were added since, and is shown all the same.

use serde::Deserialize;

use crate::domain::{DocumentReport, Finding, Message, Quad};

#[derive(Deserialize)]
pub(super) struct Report {
    pub outcome: String,
    pub documents: Vec<DocumentReport>,
    pub findings: Vec<Found>,
    pub slots: Vec<Slot>,
    pub fields: Vec<FieldRow>,
    pub eligibility: Option<Eligibility>,
    pub reasons: Vec<Reason>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    pub document: Option<usize>,
    #[serde(flatten)]
    pub finding: Finding,
}

#[derive(Deserialize)]
pub(super) struct Slot {
    pub slot: String,
    pub label: Message,
    pub required: bool,
    pub documents: Vec<usize>,
    pub satisfied: bool,
}

#[derive(Deserialize)]
pub(super) struct FieldRow {
    pub field: String,
    pub label: Message,
    pub agreement: String,
    pub values: Vec<PaperValue>,
}

#[derive(Deserialize)]
pub(super) struct PaperValue {
    pub document: Option<usize>,
    /// The field's name on that paper.
    pub name: String,
    pub value: String,
    pub confidence: f64,
    pub page: Option<usize>,
    pub quad: Option<Quad>,
}

#[derive(Deserialize)]
pub(super) struct Eligibility {
    pub title: Message,
    pub verdict: String,
    pub work: Option<Work>,
}

#[derive(Deserialize)]
pub(super) struct Work {
    pub required_months: u32,
    pub papers: Vec<WorkPaper>,
}

#[derive(Deserialize)]
pub(super) struct WorkPaper {
    pub document: usize,
    pub inclusive_months: u32,
    pub exclusive_months: u32,
}

#[derive(Deserialize)]
pub(super) struct Reason {
    pub proposed: bool,
    pub text: Message,
    pub action: Message,
}
