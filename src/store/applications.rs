//! Applications: what was declared, and where each stands.

use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{
    Conflict, EventKind, Store, StoreError,
    events::Subject,
    new_id,
    pool::Tx,
    review::ReviewState,
    rows::{Columns, named},
    search::SearchTerm,
};
use crate::domain::{Application, Outcome};

named! {
    /// Where an application stands (DOMAIN.md, rule 14).
    ApplicationStatus {
        /// 审核中: it may still be edited.
        Reviewing = "reviewing",
        /// 审核不通过: a resubmission opens it again.
        Rejected = "rejected",
        /// 审核通过: nothing changes any more.
        Approved = "approved",
    }
}

/// An application to be filed.
pub struct NewApplication<'a> {
    pub plan: &'a str,
    pub plan_version: Option<&'a str>,
    /// `YYYY-MM-DD`.
    pub submitted_on: &'a str,
    pub declared: &'a std::collections::BTreeMap<String, serde_json::Value>,
    /// The same key files it once, however often it is sent.
    pub idempotency_key: Option<&'a str>,
    /// Of the request: the same key with another one is refused.
    pub request_digest: &'a str,
    /// Who asks, for the audit.
    pub actor: &'a str,
    pub now: i64,
}

/// An application as it is stored; what was declared is apart ([`Store::application`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationRow {
    pub id: String,
    pub plan: String,
    pub plan_version: Option<String>,
    pub submitted_on: String,
    pub status: ApplicationStatus,
    /// Counts every change that the verdict depends on.
    pub revision: i64,
    /// Of the newest application report.
    pub outcome: Option<String>,
    /// The revision that this report is about.
    pub assessed_revision: Option<i64>,
    /// Where it stands among reviewers.
    pub review: Option<ReviewState>,
    /// Who put it there.
    pub review_by: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Which applications are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApplicationQuery<'a> {
    pub status: Option<ApplicationStatus>,
    pub outcome: Option<Outcome>,
    pub plan: Option<&'a str>,
    /// Those that declared this or bear it on a paper.
    pub term: Option<(SearchTerm, &'a str)>,
    /// Those that stand there among reviewers.
    pub review: Option<ReviewState>,
    /// None that is on hold.
    pub without_holds: bool,
    /// Those that were filed before, milliseconds since 1970.
    pub before: Option<i64>,
    /// Those after this one in the list.
    pub after: Option<&'a str>,
    /// The oldest first instead of the newest.
    pub oldest_first: bool,
    pub limit: u32,
}

/// What declared data is sealed for.
pub(super) fn declared_place(id: &str) -> String {
    format!("declared {id}")
}

fn row_of(row: &AnyRow) -> Result<ApplicationRow, StoreError> {
    Ok(ApplicationRow {
        id: row.text("id")?,
        plan: row.text("plan")?,
        plan_version: row.maybe_text("plan_version")?,
        submitted_on: row.text("submitted_on")?,
        status: row.parsed("status")?,
        revision: row.number("revision")?,
        outcome: row.maybe_text("outcome")?,
        assessed_revision: row.maybe_number("assessed_revision")?,
        review: row.maybe_text("review")?.and_then(|text| text.parse().ok()),
        review_by: row.maybe_text("review_by")?,
        created_at: row.number("created_at")?,
        updated_at: row.number("updated_at")?,
    })
}

impl Store {
    /// Files an application. True: it is new; false: the same request filed it before.
    ///
    /// # Errors
    /// [`Conflict::IdempotencyKey`] when its key was used for another request.
    pub async fn create_application(
        &self,
        new: &NewApplication<'_>,
    ) -> Result<(ApplicationRow, bool), StoreError> {
        let id = new_id("app");
        let declared = serde_json::to_string(new.declared)
            .map_err(|_| StoreError::Malformed { what: "declared data" })?;
        let mut tx = self.begin().await?;
        let statement = "INSERT INTO applications (id, plan, plan_version, submitted_on, declared_sealed, \
             status, revision, idempotency_key, request_digest, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, 'reviewing', 1, $6, $7, $8, $8) \
             ON CONFLICT (idempotency_key) DO NOTHING";
        let done = sqlx::query(statement)
            .bind(&id)
            .bind(new.plan)
            .bind(new.plan_version)
            .bind(new.submitted_on)
            .bind(self.seal(&declared_place(&id), &declared)?)
            .bind(new.idempotency_key)
            .bind(new.request_digest)
            .bind(new.now)
            .execute(&mut *tx.inner)
            .await?;
        if done.rows_affected() == 0 {
            let statement = "SELECT * FROM applications WHERE idempotency_key = $1";
            let row = sqlx::query(statement).bind(new.idempotency_key).fetch_one(&mut *tx.inner).await?;
            return if row.text("request_digest")? == new.request_digest {
                Ok((row_of(&row)?, false))
            } else {
                Err(Conflict::IdempotencyKey.into())
            };
        }
        let terms = new.declared.iter().filter_map(|(name, value)| {
            Some(self.search.digest(SearchTerm::of_field(name)?, value.as_str()?))
        });
        tx.index(&id, &terms.collect::<Vec<_>>()).await?;
        let row = tx.application(&id).await?;
        let subject = Subject { application: &id, document: None };
        tx.record(EventKind::ApplicationCreated, subject, serde_json::json!({ "plan": new.plan }), new.now)
            .await?;
        tx.audit(new.actor, "application.created", &id, "{}", new.now).await?;
        tx.commit().await?;
        Ok((row, true))
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn application_row(&self, id: &str) -> Result<ApplicationRow, StoreError> {
        let statement = "SELECT * FROM applications WHERE id = $1";
        let row = sqlx::query(statement).bind(id).fetch_optional(self.reader()).await?;
        row_of(&row.ok_or(StoreError::NotFound { what: "application" })?)
    }

    /// An application as the analysis takes it, without its files.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn application(&self, id: &str) -> Result<Application, StoreError> {
        let statement = "SELECT * FROM applications WHERE id = $1";
        let row = sqlx::query(statement).bind(id).fetch_optional(self.reader()).await?;
        let row = row.ok_or(StoreError::NotFound { what: "application" })?;
        let declared = self.unseal(&declared_place(id), &row.text("declared_sealed")?)?;
        Ok(Application {
            id: id.to_owned(),
            plan: row.text("plan")?,
            plan_version: row.maybe_text("plan_version")?,
            submitted_on: Some(row.text("submitted_on")?),
            declared: serde_json::from_str(&declared)
                .map_err(|_| StoreError::Malformed { what: "declared data" })?,
            files: Vec::new(),
        })
    }

    /// # Errors
    /// When the database fails.
    pub async fn find_applications(
        &self,
        query: &ApplicationQuery<'_>,
    ) -> Result<Vec<ApplicationRow>, StoreError> {
        let found = match query.term {
            None => "",
            Some(_) => " AND id IN (SELECT application_id FROM search_keys WHERE digest = $8)",
        };
        let held = if query.without_holds { " AND COALESCE(review, '') <> 'on_hold'" } else { "" };
        // Identifiers sort by time.
        let (beyond, order) = if query.oldest_first { (">", "ASC") } else { ("<", "DESC") };
        let statement = format!(
            "SELECT * FROM applications WHERE ($1 IS NULL OR status = $1) AND ($2 IS NULL OR outcome = $2) \
             AND ($3 IS NULL OR plan = $3) AND ($4 IS NULL OR id {beyond} $4) AND ($6 IS NULL OR COALESCE(review, '') = $6) \
             AND ($7 IS NULL OR created_at < $7){held}{found} ORDER BY id {order} LIMIT $5"
        );
        let mut sql = sqlx::query(AssertSqlSafe(statement))
            .bind(query.status.map(ApplicationStatus::as_str))
            .bind(query.outcome.map(Outcome::as_str))
            .bind(query.plan)
            .bind(query.after)
            .bind(i64::from(query.limit))
            .bind(query.review.map(ReviewState::as_str))
            .bind(query.before);
        if let Some((term, value)) = query.term {
            sql = sql.bind(self.search.digest(term, value));
        }
        let rows = sql.fetch_all(self.reader()).await?;
        rows.iter().map(row_of).collect()
    }
}

impl Tx {
    /// The row of an application.
    pub(super) async fn application(&mut self, id: &str) -> Result<ApplicationRow, StoreError> {
        let statement = "SELECT * FROM applications WHERE id = $1";
        let row = sqlx::query(statement).bind(id).fetch_optional(&mut *self.inner).await?;
        row_of(&row.ok_or(StoreError::NotFound { what: "application" })?)
    }

    /// Counts a change of an application and locks it until the transaction ends, so that of two
    /// transactions the second sees what the first did. A rejection that was proposed falls: it was about something
    /// else.
    pub(super) async fn touch(&mut self, id: &str, now: i64) -> Result<ApplicationRow, StoreError> {
        let statement = "UPDATE applications SET revision = revision + 1, updated_at = $2, \
             review_by = CASE WHEN review = 'on_hold' THEN review_by END, \
             review = CASE WHEN review = 'on_hold' THEN review END WHERE id = $1 RETURNING *";
        let row = sqlx::query(statement).bind(id).bind(now).fetch_optional(&mut *self.inner).await?;
        row_of(&row.ok_or(StoreError::NotFound { what: "application" })?)
    }
}
