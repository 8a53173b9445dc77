//! The application report: what `vouch assess --json` prints (docs/APPLICATION-REPORT.md).

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;

use super::{
    document::DocumentKind,
    field::{Field, FieldName},
    finding::{Finding, FindingCode, Message, Severity},
    geometry::Quad,
    report::{DocumentReport, Outcome},
};

/// Version of the application report's schema.
pub const APPLICATION_SCHEMA: &str = "vouch.application/1";

/// Everything that was found out about one application.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApplicationReport {
    pub schema: &'static str,
    pub id: String,
    /// The plan as the application names it.
    pub plan: String,
    /// The plan that was applied; `None`: no rules of a plan were.
    pub plan_applied: Option<PlanReference>,
    /// The day that validity and periods are judged by, `YYYY-MM-DD`.
    pub judged_on: String,
    /// The condition under which it was judged.
    pub condition: Option<u8>,
    /// That of the worst document or finding.
    pub outcome: Outcome,
    /// In the order of `application.json`.
    pub documents: Vec<DocumentReport>,
    /// Everything that was found, worst first: by each document's own checks (rule `document`), by papers
    /// held against each other and by the plan's rules.
    pub findings: Vec<CrossFinding>,
    /// What the plan asks for, and what is there.
    pub slots: Vec<SlotStatus>,
    /// Every field by paper.
    pub fields: Vec<FieldRow>,
    pub eligibility: Option<Eligibility>,
    /// Drafts of what the applicant is told (驳回原因), worst first.
    pub reasons: Vec<DraftReason>,
    /// Wall-clock milliseconds by stage; `total` is all of it.
    pub elapsed_ms: BTreeMap<Cow<'static, str>, u64>,
    pub pipeline: String,
}

/// Which version of which plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanReference {
    pub id: String,
    pub version: String,
    /// Of the plan's file.
    pub sha256: String,
    pub title: Message,
}

/// A finding about an application.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossFinding {
    /// The rule that it breaks; `document`: a document's own check.
    pub rule: &'static str,
    /// Index of the document that it is about; page and place are that document's. `None`: about what
    /// was declared, or about the application as a whole.
    pub document: Option<usize>,
    /// Index of the document that says otherwise; `None`: what was declared says otherwise, or nothing.
    pub against: Option<usize>,
    #[serde(flatten)]
    pub finding: Finding,
}

/// A document that the plan asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotStatus {
    pub slot: DocumentKind,
    pub label: Message,
    pub required: bool,
    /// Indexes of the documents that were uploaded for it or serve as it.
    pub documents: Vec<usize>,
    pub satisfied: bool,
    /// The guide's sentence.
    pub guide: String,
}

/// One field and what each paper says about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldRow {
    pub field: String,
    pub label: Message,
    pub agreement: Agreement,
    pub values: Vec<PaperValue>,
}

/// Whether papers say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// Only one says it.
    Single,
    Same,
    /// They were read differently, and not all surely.
    Unsure,
    Differs,
}

/// What one paper says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaperValue {
    /// Index of the document; `None`: what was declared.
    pub document: Option<usize>,
    /// The field's name on that paper.
    pub name: String,
    pub value: String,
    pub confidence: f64,
    pub page: Option<usize>,
    pub quad: Option<Quad>,
}

/// Whether the applicant qualifies, and the arithmetic that says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Eligibility {
    pub condition: u8,
    pub title: Message,
    /// The guide's sentence.
    pub guide: String,
    pub verdict: Verdict,
    pub work: Option<WorkArithmetic>,
    pub education: Option<EducationStanding>,
}

/// The answer of an eligibility rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Met,
    /// A person has to decide: the edge of a month, a doubtful reading, an entry of no list.
    Unclear,
    NotMet,
}

/// Work months as they were counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkArithmetic {
    pub verdict: Verdict,
    pub required_months: u32,
    /// Months before this one do not count (`YYYY-MM`): that of the prior certificate's issue.
    pub counted_from: Option<String>,
    /// Months after this one do not count: that of the signature.
    pub counted_until: String,
    /// The papers that state work, the decisive one first.
    pub papers: Vec<WorkPaper>,
}

/// The work that one paper states.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkPaper {
    /// Index of the document.
    pub document: usize,
    pub rows: Vec<WorkRowCount>,
    /// The counted months as stretches without a gap; overlapping months stand in them once.
    pub stretches: Vec<Stretch>,
    /// Months in `stretches`, first and last month included.
    pub inclusive_months: u32,
    /// The same with the first month of each stretch left out.
    pub exclusive_months: u32,
    /// Inclusive months when work of no list counts as well.
    pub with_unlisted_months: u32,
    /// The total that the paper states, in years.
    pub stated_years: Option<f64>,
    pub verdict: Verdict,
}

/// One row of work and what of it counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkRowCount {
    /// From 0, as in `work_history[0]`.
    pub row: usize,
    pub employer: Option<String>,
    pub occupation: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    /// 至今 stands where the last month would.
    pub until_now: bool,
    pub listed: Listing,
    /// Months of the row, both ends included.
    pub months: Option<u32>,
    /// What is left of it after the earliest month, the signature and the minimum age.
    pub counted: Option<Stretch>,
    /// The probability that both months were read right.
    pub confidence: f64,
}

/// Months without a gap, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stretch {
    pub from: String,
    pub to: String,
    pub months: u32,
}

/// Whether an entry is on a plan's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    Listed,
    /// Not as read, but the reading is unsure and a listed name is a likely other one.
    Likely,
    Unlisted,
    /// Nothing was read.
    Unknown,
}

/// Schooling as it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EducationStanding {
    pub verdict: Verdict,
    /// The sort of school that the plan knows it as.
    pub school_kind: Message,
    /// The plan's list of majors for it.
    pub majors: Message,
    pub major: Listing,
    /// `None`: it could not be told.
    pub student: Option<bool>,
}

/// A draft of one reason that the applicant is given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DraftReason {
    pub code: FindingCode,
    pub severity: Severity,
    /// Ready to be sent: its finding rejects or asks for a new picture. Others a person confirms first.
    pub proposed: bool,
    /// Indexes in `findings` of what it is about.
    pub findings: Vec<usize>,
    pub document: Option<usize>,
    /// What is wrong.
    pub text: Message,
    /// What to do about it; empty when the plan has no words for it.
    pub action: Message,
    /// The guide's sentence.
    pub guide: String,
}

impl CrossFinding {
    /// A finding of `rule` about the application as a whole.
    pub fn of(rule: &'static str, finding: Finding) -> Self {
        Self { rule, document: None, against: None, finding }
    }

    /// The same about one document.
    #[must_use]
    pub fn about(mut self, document: usize) -> Self {
        self.document = Some(document);
        self
    }

    /// The same, with the document that says otherwise.
    #[must_use]
    pub fn against(mut self, document: usize) -> Self {
        self.against = Some(document);
        self
    }

    /// The same, at a field of its document.
    #[must_use]
    pub fn at(mut self, name: &str, field: Option<&Field>) -> Self {
        self.finding.field = Some(FieldName::from(name.to_owned()));
        self.finding.page = field.map(|field| field.page);
        self.finding.quad = field.and_then(|field| field.quad);
        self
    }

    /// The same, with the probability that it is right.
    #[must_use]
    pub fn with_score(mut self, score: f64) -> Self {
        self.finding = self.finding.with_score(score);
        self
    }

    /// The same, with a number that led to it.
    #[must_use]
    pub fn with_evidence(mut self, key: &str, value: impl Into<serde_json::Value>) -> Self {
        self.finding = self.finding.with_evidence(key, value);
        self
    }
}
