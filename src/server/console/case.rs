//! An application as the console loads it.

use crate::{
    domain::DocumentKind,
    server::{app::App, problem::Problem},
    store::{
        ApplicationRow, ApplicationStatus, CorrectionRow, DocumentRow, ReviewState, ReviewStep, StepRow,
        StoreError,
    },
};

use super::{report::Report, texts::Language};

/// What there is of an application.
pub(super) struct Case {
    pub row: ApplicationRow,
    /// The applicant's, as it was declared.
    pub name: String,
    /// Every version of every slot.
    pub documents: Vec<DocumentRow>,
    /// Holds and proposed rejections, oldest first.
    pub steps: Vec<StepRow>,
    /// What people said that fields say, oldest first.
    pub corrections: Vec<CorrectionRow>,
    /// Of the newest judgement.
    pub report: Option<Report>,
}

impl Case {
    pub(super) async fn load(app: &App, id: &str) -> Result<Self, Problem> {
        let row = app.store.application_row(id).await?;
        let declared = app.store.application(id).await?.declared;
        let name = declared.get("name").and_then(|name| name.as_str()).unwrap_or_default().to_owned();
        let documents = app.store.documents_of(id).await?;
        let report = match app.store.assessment_text(id).await {
            Ok((text, _)) => Some(serde_json::from_str(&text).map_err(|_| Problem::internal())?),
            Err(StoreError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let corrections = app.store.corrections_of(id).await?;
        let steps = app.store.steps_of(id).await?;
        Ok(Self { row, name, documents, steps, corrections, report })
    }

    /// The stored document that a document of the report is.
    pub(super) fn stored(&self, index: usize) -> Option<&DocumentRow> {
        let reported = self.report.as_ref()?.documents.get(index)?;
        self.documents
            .iter()
            .rfind(|row| row.sha256 == reported.sha256 && reported.slot.is_none_or(|slot| slot == row.slot))
    }

    /// Whether the newest judgement is about the application as it stands.
    pub(super) fn is_assessed(&self) -> bool {
        self.row.assessed_revision == Some(self.row.revision)
    }

    /// Whether it waits for a decision and can be decided.
    pub(super) fn is_open(&self) -> bool {
        self.row.status == ApplicationStatus::Reviewing && self.is_assessed() && self.row.review.is_none()
    }

    /// The rejection that was proposed and waits for a second person.
    pub(super) fn proposal(&self) -> Option<&StepRow> {
        let is_proposed = self.row.review == Some(ReviewState::SecondLook);
        self.steps.last().filter(|step| is_proposed && step.step == ReviewStep::Proposed)
    }

    /// Whether a person may return it: nobody confirms a rejection of their own.
    pub(super) fn can_be_returned_by(&self, account: &str) -> bool {
        self.is_open() || self.is_assessed() && self.proposal().is_some_and(|step| step.actor != account)
    }

    /// What people said about a field of a stored document: the first and the newest time.
    pub(super) fn seen(&self, document: &str, field: &str) -> Option<(&CorrectionRow, &CorrectionRow)> {
        let mut rows =
            self.corrections.iter().filter(|row| row.document_id == document && row.field == field);
        let first = rows.next()?;
        Some((first, rows.next_back().unwrap_or(first)))
    }

    /// What a document is called.
    pub(super) fn paper(&self, index: Option<usize>, language: Language) -> String {
        let Some(index) = index else { return language.texts().declared.to_owned() };
        let Some(report) = &self.report else { return String::new() };
        let slot = report.slots.iter().find(|slot| slot.documents.contains(&index));
        slot.map(|slot| language.of(&slot.label))
            .or_else(|| self.stored(index).map(|row| self.slot_label(row.slot, language)))
            .unwrap_or_default()
    }

    /// What a slot is called: by the plan, else by the kind of its documents.
    pub(super) fn slot_label(&self, slot: DocumentKind, language: Language) -> String {
        let planned = self.report.iter().flat_map(|report| &report.slots);
        let planned = planned.into_iter().find(|known| known.slot == slot.as_str());
        planned.map_or_else(|| language.kind(slot).to_owned(), |known| language.of(&known.label))
    }
}
