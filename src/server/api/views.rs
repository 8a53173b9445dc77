//! What the API shows of stored rows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::DocumentKind,
    store::{ApplicationRow, ApplicationStatus, DecisionRow, DocumentRow, DocumentState, ReviewState},
};

/// A slot that can be uploaded to; the contract's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    IdCardFront,
    IdCardBack,
    PortraitPhoto,
    DeclarationForm,
    WorkCommitment,
    EducationCommitment,
    PriorCertificate,
    Diploma,
    EnrollmentForm,
    ChsiReport,
}

impl From<Slot> for DocumentKind {
    fn from(slot: Slot) -> Self {
        match slot {
            Slot::IdCardFront => Self::IdCardFront,
            Slot::IdCardBack => Self::IdCardBack,
            Slot::PortraitPhoto => Self::PortraitPhoto,
            Slot::DeclarationForm => Self::DeclarationForm,
            Slot::WorkCommitment => Self::WorkCommitment,
            Slot::EducationCommitment => Self::EducationCommitment,
            Slot::PriorCertificate => Self::PriorCertificate,
            Slot::Diploma => Self::Diploma,
            Slot::EnrollmentForm => Self::EnrollmentForm,
            Slot::ChsiReport => Self::ChsiReport,
        }
    }
}

/// One version of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentView {
    pub id: String,
    pub application_id: String,
    pub slot: &'static str,
    /// From 1, within its slot; the highest counts.
    pub version: i64,
    /// Of the bytes as they arrived.
    pub sha256: String,
    pub bytes: u64,
    pub state: DocumentState,
    /// What it was recognised as.
    pub kind: Option<String>,
    /// `pass`, `review`, `retake`, `reject` or `unreadable`.
    pub outcome: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

impl From<DocumentRow> for DocumentView {
    fn from(row: DocumentRow) -> Self {
        Self {
            id: row.id,
            application_id: row.application_id,
            slot: row.slot.as_str(),
            version: row.version,
            sha256: row.sha256,
            bytes: row.bytes,
            state: row.state,
            kind: row.kind,
            outcome: row.outcome,
            created_at: row.created_at,
        }
    }
}

/// Where an application stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationView {
    pub id: String,
    pub plan: String,
    pub plan_version: Option<String>,
    /// `YYYY-MM-DD`.
    pub submitted_on: String,
    pub status: ApplicationStatus,
    /// Where it stands among reviewers while it is under review.
    pub review: Option<ReviewState>,
    /// Counts every change that the verdict depends on.
    pub revision: i64,
    /// Of the newest application report: `pass`, `review`, `retake`, `reject` or `unreadable`.
    pub outcome: Option<String>,
    /// The newest report is about this very revision.
    pub assessed: bool,
    /// Milliseconds since 1970.
    pub created_at: i64,
    pub updated_at: i64,
}

impl From<ApplicationRow> for ApplicationView {
    fn from(row: ApplicationRow) -> Self {
        Self {
            assessed: row.assessed_revision == Some(row.revision),
            id: row.id,
            plan: row.plan,
            plan_version: row.plan_version,
            submitted_on: row.submitted_on,
            status: row.status,
            review: row.review,
            revision: row.revision,
            outcome: row.outcome,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// An application with its documents and decisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationDetail {
    #[serde(flatten)]
    pub application: ApplicationView,
    /// All versions, by slot, oldest first.
    pub documents: Vec<DocumentView>,
    /// Oldest first.
    pub decisions: Vec<DecisionView>,
}

/// A decision of a reviewer.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionView {
    pub id: String,
    pub status: ApplicationStatus,
    pub reasons: Vec<String>,
    pub revision: i64,
    /// Identifier of the reviewer's token.
    pub decided_by: String,
    pub created_at: i64,
}

impl From<DecisionRow> for DecisionView {
    fn from(row: DecisionRow) -> Self {
        Self {
            id: row.id,
            status: row.verdict,
            reasons: row.reasons,
            revision: row.revision,
            decided_by: row.decided_by,
            created_at: row.created_at,
        }
    }
}
