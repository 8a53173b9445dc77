//! What reviewers do with an application before it is decided: put it on hold, and propose a rejection to a second
//! person. Every step is a row that stays.

use serde_json::json;
use sqlx::any::AnyRow;

use super::{
    ApplicationRow, ApplicationStatus, Conflict, EventKind, Store, StoreError,
    events::Subject,
    new_id,
    pool::Tx,
    rows::{Columns, named},
};

named! {
    /// Where an application under review stands among reviewers.
    ReviewState {
        /// It waits for something outside; nobody decides it.
        OnHold = "on_hold",
        /// A rejection was proposed and waits for a second person.
        SecondLook = "second_look",
    }
}

named! {
    /// What a reviewer did.
    ReviewStep {
        Held = "held",
        /// A hold ended.
        Resumed = "resumed",
        /// A rejection was proposed.
        Proposed = "proposed",
        /// A proposed rejection was taken back, or the second person saw it otherwise.
        Declined = "declined",
    }
}

impl ReviewStep {
    /// The state before, which it takes, and the one after.
    const fn states(self) -> (Option<ReviewState>, Option<ReviewState>) {
        match self {
            Self::Held => (None, Some(ReviewState::OnHold)),
            Self::Resumed => (Some(ReviewState::OnHold), None),
            Self::Proposed => (None, Some(ReviewState::SecondLook)),
            Self::Declined => (Some(ReviewState::SecondLook), None),
        }
    }

    const fn event(self) -> EventKind {
        match self {
            Self::Held => EventKind::ApplicationOnHold,
            Self::Resumed => EventKind::ApplicationResumed,
            Self::Proposed => EventKind::RejectionProposed,
            Self::Declined => EventKind::RejectionDeclined,
        }
    }
}

/// A step to be taken.
#[derive(Clone, Copy)]
pub struct NewStep<'a> {
    pub application: &'a str,
    pub step: ReviewStep,
    /// Why; of a proposal, what the applicant shall be told.
    pub reasons: &'a [String],
    /// The revision that the reviewer looked at; `None`: whichever it is.
    pub revision: Option<i64>,
    pub actor: &'a str,
    pub now: i64,
}

/// A step as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    pub id: String,
    pub step: ReviewStep,
    pub reasons: Vec<String>,
    pub revision: i64,
    pub actor: String,
    pub created_at: i64,
}

/// What the reasons of a step are sealed for.
pub(super) fn step_place(id: &str) -> String {
    format!("review step {id}")
}

impl Store {
    /// Takes a step.
    ///
    /// # Errors
    /// [`Conflict::Decided`]; [`Conflict::Changed`] when the application is not what the reviewer looked at, or does
    /// not stand where the step begins.
    pub async fn take_step(&self, new: &NewStep<'_>) -> Result<ApplicationRow, StoreError> {
        let mut tx = self.begin().await?;
        let row = self.step_within(&mut tx, new).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// The same within a transaction, which has to be committed at once.
    pub(super) async fn step_within(
        &self,
        tx: &mut Tx,
        new: &NewStep<'_>,
    ) -> Result<ApplicationRow, StoreError> {
        let (from, to) = new.step.states();
        // The condition stands in the statement that locks the row: of two steps one is taken.
        let statement = "UPDATE applications SET review = $2, review_by = $3, updated_at = $4 \
             WHERE id = $1 AND status = 'reviewing' AND COALESCE(review, '') = $5 RETURNING revision";
        let revision: Option<i64> = sqlx::query_scalar(statement)
            .bind(new.application)
            .bind(to.map(ReviewState::as_str))
            .bind(to.map(|_| new.actor))
            .bind(new.now)
            .bind(from.map_or("", ReviewState::as_str))
            .fetch_optional(&mut *tx.inner)
            .await?;
        let revision = match revision {
            Some(revision) if new.revision.is_none_or(|seen| seen == revision) => revision,
            _ => {
                let row = tx.application(new.application).await?;
                let is_open = row.status == ApplicationStatus::Reviewing;
                return Err(if is_open { Conflict::Changed } else { Conflict::Decided }.into());
            }
        };
        let id = new_id("stp");
        let reasons =
            serde_json::to_string(new.reasons).map_err(|_| StoreError::Malformed { what: "reasons" })?;
        let statement = "INSERT INTO review_steps (id, application_id, revision, step, reasons_sealed, actor, \
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(statement)
            .bind(&id)
            .bind(new.application)
            .bind(revision)
            .bind(new.step.as_str())
            .bind(self.seal(&step_place(&id), &reasons)?)
            .bind(new.actor)
            .bind(new.now)
            .execute(&mut *tx.inner)
            .await?;
        let row = tx.application(new.application).await?;
        let told = json!({ "step": id, "revision": revision });
        let subject = Subject { application: new.application, document: None };
        let kind = new.step.event();
        tx.record(kind, subject, told.clone(), new.now).await?;
        tx.audit(new.actor, kind.as_str(), new.application, &told.to_string(), new.now).await?;
        Ok(row)
    }

    /// Steps of an application, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn steps_of(&self, application: &str) -> Result<Vec<StepRow>, StoreError> {
        let statement = "SELECT * FROM review_steps WHERE application_id = $1 ORDER BY id";
        let rows = sqlx::query(statement).bind(application).fetch_all(self.reader()).await?;
        let step = |row: &AnyRow| {
            let id = row.text("id")?;
            let reasons = self.unseal(&step_place(&id), &row.text("reasons_sealed")?)?;
            Ok(StepRow {
                step: row.parsed("step")?,
                reasons: serde_json::from_str(&reasons)
                    .map_err(|_| StoreError::Malformed { what: "reasons" })?,
                revision: row.number("revision")?,
                actor: row.text("actor")?,
                created_at: row.number("created_at")?,
                id,
            })
        };
        rows.iter().map(step).collect()
    }
}
