//! Decisions of reviewers, and resubmissions.

use serde_json::json;

use super::{
    ApplicationRow, ApplicationStatus, Conflict, EventKind, NewStep, ReviewState, ReviewStep, Store,
    StoreError, events::Subject, jobs::NewJob, new_id, rows::Columns,
};

/// A decision to be written.
pub struct NewDecision<'a> {
    pub application: &'a str,
    /// [`ApplicationStatus::Approved`] or [`ApplicationStatus::Rejected`].
    pub verdict: ApplicationStatus,
    /// What the applicant is told.
    pub reasons: &'a [String],
    /// The revision that the reviewer looked at; `None`: whichever it is.
    pub revision: Option<i64>,
    /// A rejection takes a second person: the first one's is a proposal.
    pub second_look: bool,
    pub actor: &'a str,
    pub now: i64,
}

/// A decision as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    pub id: String,
    pub verdict: ApplicationStatus,
    pub reasons: Vec<String>,
    /// The revision that was decided on.
    pub revision: i64,
    /// Identifier of the token that it was made with.
    pub decided_by: String,
    pub created_at: i64,
}

/// What the reasons are sealed for.
pub(super) fn reasons_place(id: &str) -> String {
    format!("reasons {id}")
}

impl Store {
    /// Decides an application that is under review. A rejection that takes a second person is proposed by the first
    /// one: the application is under review still.
    ///
    /// # Errors
    /// [`Conflict::Decided`]; [`Conflict::Changed`] when it is not what the reviewer looked at; [`Conflict::OnHold`];
    /// [`Conflict::SecondLook`] and [`Conflict::SamePerson`] while a rejection is proposed.
    pub async fn decide(&self, new: &NewDecision<'_>) -> Result<ApplicationRow, StoreError> {
        let id = new_id("dec");
        let reasons =
            serde_json::to_string(new.reasons).map_err(|_| StoreError::Malformed { what: "reasons" })?;
        let mut tx = self.begin().await?;
        let before = tx.application(new.application).await?;
        let rejects = new.verdict == ApplicationStatus::Rejected;
        match before.review.filter(|_| before.status == ApplicationStatus::Reviewing) {
            None if rejects && new.second_look => {
                let step = NewStep {
                    application: new.application,
                    step: ReviewStep::Proposed,
                    reasons: new.reasons,
                    revision: new.revision,
                    actor: new.actor,
                    now: new.now,
                };
                let row = self.step_within(&mut tx, &step).await?;
                tx.commit().await?;
                return Ok(row);
            }
            None => {}
            Some(ReviewState::OnHold) => return Err(Conflict::OnHold.into()),
            Some(ReviewState::SecondLook) if !rejects => return Err(Conflict::SecondLook.into()),
            Some(ReviewState::SecondLook) if before.review_by.as_deref() == Some(new.actor) => {
                return Err(Conflict::SamePerson.into());
            }
            Some(ReviewState::SecondLook) => {}
        }
        // The condition stands in the statement that locks the row: of two decisions one wins, and a proposal that
        // somebody else made meanwhile is not confirmed unseen.
        let statement = "UPDATE applications SET status = $2, updated_at = $3, review = NULL, review_by = NULL \
             WHERE id = $1 AND status = 'reviewing' AND COALESCE(review, '') = $4 AND COALESCE(review_by, '') = $5 \
             RETURNING revision";
        let revision: Option<i64> = sqlx::query_scalar(statement)
            .bind(new.application)
            .bind(new.verdict.as_str())
            .bind(new.now)
            .bind(before.review.map_or("", ReviewState::as_str))
            .bind(before.review_by.as_deref().unwrap_or_default())
            .fetch_optional(&mut *tx.inner)
            .await?;
        let Some(revision) = revision else {
            return Err(Conflict::Decided.into());
        };
        if new.revision.is_some_and(|seen| seen != revision) {
            return Err(Conflict::Changed.into());
        }
        let statement = "INSERT INTO decisions (id, application_id, revision, verdict, reasons_sealed, \
             decided_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(statement)
            .bind(&id)
            .bind(new.application)
            .bind(revision)
            .bind(new.verdict.as_str())
            .bind(self.seal(&reasons_place(&id), &reasons)?)
            .bind(new.actor)
            .bind(new.now)
            .execute(&mut *tx.inner)
            .await?;
        let row = tx.application(new.application).await?;
        let subject = Subject { application: new.application, document: None };
        let payload = json!({ "decision": id, "status": new.verdict, "revision": revision });
        tx.record(EventKind::ApplicationDecided, subject, payload, new.now).await?;
        let detail = json!({ "decision": id, "status": new.verdict, "revision": revision }).to_string();
        tx.audit(new.actor, "application.decided", new.application, &detail, new.now).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Opens a rejected application again; it is assessed anew.
    ///
    /// # Errors
    /// [`Conflict::NotRejected`].
    pub async fn resubmit(
        &self,
        application: &str,
        actor: &str,
        now: i64,
    ) -> Result<ApplicationRow, StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE applications SET status = 'reviewing' WHERE id = $1 AND status = 'rejected'";
        let done = sqlx::query(statement).bind(application).execute(&mut *tx.inner).await?;
        if done.rows_affected() == 0 {
            tx.application(application).await?;
            return Err(Conflict::NotRejected.into());
        }
        let row = tx.touch(application, now).await?;
        if !tx.is_reading(application).await? {
            tx.enqueue(&NewJob::assessment(application, row.revision, now)).await?;
        }
        let subject = Subject { application, document: None };
        tx.record(EventKind::ApplicationResubmitted, subject, json!({ "revision": row.revision }), now)
            .await?;
        tx.audit(actor, "application.resubmitted", application, "{}", now).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Decisions about an application, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decisions_of(&self, application: &str) -> Result<Vec<DecisionRow>, StoreError> {
        let statement = "SELECT * FROM decisions WHERE application_id = $1 ORDER BY created_at, id";
        let rows = sqlx::query(statement).bind(application).fetch_all(self.reader()).await?;
        let decision = |row: &sqlx::any::AnyRow| {
            let id = row.text("id")?;
            let reasons = self.unseal(&reasons_place(&id), &row.text("reasons_sealed")?)?;
            Ok(DecisionRow {
                verdict: row.parsed("verdict")?,
                reasons: serde_json::from_str(&reasons)
                    .map_err(|_| StoreError::Malformed { what: "reasons" })?,
                revision: row.number("revision")?,
                decided_by: row.text("decided_by")?,
                created_at: row.number("created_at")?,
                id,
            })
        };
        rows.iter().map(decision).collect()
    }
}
