//! Jobs: rows that say what is still to be done, and the leases on them.
//!
//! A worker takes a job by a lease: it may write as long as nobody else has leased the job since
//! (`fence`). A lease that runs out makes the job due again, so a killed worker loses nothing, and a worker
//! that comes back from a pause cannot write twice.

use serde_json::json;
use sqlx::any::AnyRow;

use super::{
    DocumentRow, EventKind, Store, StoreError,
    events::Subject,
    new_id,
    pool::Tx,
    rows::{Columns, named},
};

named! {
    /// What is to be done.
    JobKind {
        /// Read a document.
        Read = "read",
        /// Judge an application whose documents were read.
        Assess = "assess",
    }
}

named! {
    JobState {
        /// Waits until it is due.
        Queued = "queued",
        /// A worker has it.
        Leased = "leased",
        Done = "done",
        /// Failed for good; an operator decides (`vouch jobs retry|drop`).
        Dead = "dead",
        /// An operator gave it up.
        Dropped = "dropped",
    }
}

/// Who waits. Within a priority, first come first served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// A bulk import.
    Bulk,
    /// An applicant at the screen.
    #[default]
    Applicant,
    /// Ends an application; takes milliseconds.
    Assessment,
}

impl Priority {
    /// Its number in the table; there is room between.
    const fn number(self) -> i64 {
        match self {
            Self::Bulk => 0,
            Self::Applicant => 100,
            Self::Assessment => 200,
        }
    }
}

/// A job to be written.
pub(super) struct NewJob<'a> {
    dedupe: String,
    kind: JobKind,
    application: &'a str,
    document: Option<&'a str>,
    revision: i64,
    priority: Priority,
    now: i64,
}

impl<'a> NewJob<'a> {
    /// Reading one version of a document with one version of the pipeline is one job.
    pub(super) fn reading(document: &'a DocumentRow, pipeline: &str, priority: Priority, now: i64) -> Self {
        Self {
            dedupe: format!("read {} {pipeline}", document.id),
            kind: JobKind::Read,
            application: &document.application_id,
            document: Some(&document.id),
            revision: 0,
            priority,
            now,
        }
    }

    /// Judging one revision of an application is one job.
    pub(super) fn assessment(application: &'a str, revision: i64, now: i64) -> Self {
        Self {
            dedupe: format!("assess {application} {revision}"),
            kind: JobKind::Assess,
            application,
            document: None,
            revision,
            priority: Priority::Assessment,
            now,
        }
    }
}

/// A job that a worker has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub job: String,
    pub kind: JobKind,
    pub application_id: String,
    /// Of a [`JobKind::Read`].
    pub document_id: Option<String>,
    /// Of a [`JobKind::Assess`]: the revision to be judged.
    pub revision: i64,
    /// Whoever holds a lower one may not write.
    pub fence: i64,
    /// How often it was taken, this time included. A worker that is killed counts, too.
    pub attempts: i64,
}

/// A job as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Job {
    pub id: String,
    pub kind: JobKind,
    pub state: JobState,
    pub application_id: String,
    pub document_id: Option<String>,
    pub attempts: i64,
    pub last_error: Option<String>,
    pub due_at: Option<i64>,
    pub created_at: i64,
    pub closed_at: Option<i64>,
}

/// How much is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Jobs that are not closed.
    pub open: i64,
    /// Those of them that a worker has.
    pub leased: i64,
    /// Those of them whose lease ran out, and that no worker took again.
    pub stuck: i64,
    /// Jobs that failed for good.
    pub dead: i64,
    /// When the oldest open job was written, milliseconds since 1970.
    pub oldest_at: Option<i64>,
}

const COLUMNS: &str = "id, kind, application_id, document_id, revision, fence, attempts";
/// What taking a job changes: `$1` is the worker, `$2` when the lease runs out. A message about it is used up.
const TAKE: &str = "state = 'leased', owner = $1, due_at = $2, fence = fence + 1, \
     attempts = attempts + 1, published_at = NULL";

fn lease_of(row: &AnyRow) -> Result<Lease, StoreError> {
    Ok(Lease {
        job: row.text("id")?,
        kind: row.parsed("kind")?,
        application_id: row.text("application_id")?,
        document_id: row.maybe_text("document_id")?,
        revision: row.number("revision")?,
        fence: row.number("fence")?,
        attempts: row.number("attempts")?,
    })
}

fn job_of(row: &AnyRow) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.text("id")?,
        kind: row.parsed("kind")?,
        state: row.parsed("state")?,
        application_id: row.text("application_id")?,
        document_id: row.maybe_text("document_id")?,
        attempts: row.number("attempts")?,
        last_error: row.maybe_text("last_error")?,
        due_at: row.maybe_number("due_at")?,
        created_at: row.number("created_at")?,
        closed_at: row.maybe_number("closed_at")?,
    })
}

impl Store {
    /// Takes at most `limit` jobs that are due, the most urgent first, until `until`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease(
        &self,
        owner: &str,
        limit: u32,
        now: i64,
        until: i64,
    ) -> Result<Vec<Lease>, StoreError> {
        let skip = self.skip_locked();
        // Materialised: a plan that ran the selection twice would take more than `limit`.
        let statement = format!(
            "WITH due AS MATERIALIZED (SELECT id FROM jobs WHERE due_at <= $3 \
             ORDER BY priority DESC, due_at LIMIT $4{skip}) \
             UPDATE jobs SET {TAKE} WHERE id IN (SELECT id FROM due) RETURNING {COLUMNS}"
        );
        let mut tx = self.begin().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(owner)
            .bind(until)
            .bind(now)
            .bind(i64::from(limit))
            .fetch_all(&mut *tx.inner)
            .await?;
        tx.commit().await?;
        rows.iter().map(lease_of).collect()
    }

    /// Takes those of the named jobs that are due. The others are done, held by another worker, or wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_these(
        &self,
        jobs: &[&str],
        owner: &str,
        now: i64,
        until: i64,
    ) -> Result<Vec<Lease>, StoreError> {
        let places: Vec<String> = (4..4 + jobs.len()).map(|place| format!("${place}")).collect();
        let statement = format!(
            "UPDATE jobs SET {TAKE} WHERE due_at <= $3 AND id IN ({}) RETURNING {COLUMNS}",
            places.join(", ")
        );
        let mut tx = self.begin().await?;
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(owner).bind(until).bind(now);
        for job in jobs {
            query = query.bind(*job);
        }
        let rows = query.fetch_all(&mut *tx.inner).await?;
        tx.commit().await?;
        rows.iter().map(lease_of).collect()
    }

    /// Holds a lease until `until`.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another worker has the job now: stop working on it.
    pub async fn extend(&self, lease: &Lease, until: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE jobs SET due_at = $3 WHERE id = $1 AND fence = $2 AND state = 'leased'";
        let done =
            sqlx::query(statement).bind(&lease.job).bind(lease.fence).bind(until).execute(&mut *tx.inner);
        fenced(done.await?.rows_affected())?;
        tx.commit().await
    }

    /// Gives a job back, to be taken again at `due_at`; `error` is a code. `counts`: the attempt counts as
    /// one; work that was stopped for a drain does not.
    ///
    /// # Errors
    /// [`StoreError::Fenced`].
    pub async fn give_back(
        &self,
        lease: &Lease,
        error: Option<&str>,
        due_at: i64,
        counts: bool,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE jobs SET state = 'queued', owner = NULL, due_at = $3, last_error = $4, \
             attempts = attempts - $5 WHERE id = $1 AND fence = $2 AND state = 'leased'";
        let done = sqlx::query(statement)
            .bind(&lease.job)
            .bind(lease.fence)
            .bind(due_at)
            .bind(error)
            .bind(i64::from(!counts))
            .execute(&mut *tx.inner)
            .await?;
        fenced(done.rows_affected())?;
        tx.commit().await
    }

    /// Closes a job that failed for good, with an event; an operator decides what becomes of it.
    ///
    /// # Errors
    /// [`StoreError::Fenced`].
    pub async fn bury(&self, lease: &Lease, error: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.close(lease, JobState::Dead, Some(error), now).await?;
        if let Some(document) = &lease.document_id {
            sqlx::query("UPDATE documents SET state = 'stuck' WHERE id = $1 AND state = 'queued'")
                .bind(document)
                .execute(&mut *tx.inner)
                .await?;
            let subject = Subject { application: &lease.application_id, document: Some(document) };
            tx.record(EventKind::DocumentStuck, subject, json!({ "error": error }), now).await?;
        }
        tx.commit().await
    }

    /// Closes a job that has nothing to do any more.
    ///
    /// # Errors
    /// [`StoreError::Fenced`].
    pub async fn finish_void(&self, lease: &Lease, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.close(lease, JobState::Done, None, now).await?;
        tx.commit().await
    }

    /// Puts a dead or dropped job back into the queue, with its attempts forgotten.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such job in one of these states.
    pub async fn retry_job(&self, id: &str, actor: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE jobs SET state = 'queued', due_at = $2, attempts = 0, closed_at = NULL \
             WHERE id = $1 AND state IN ('dead', 'dropped') RETURNING document_id";
        let row = sqlx::query(statement).bind(id).bind(now).fetch_optional(&mut *tx.inner).await?;
        let row = row.ok_or(StoreError::NotFound { what: "dead job" })?;
        if let Some(document) = row.maybe_text("document_id")? {
            sqlx::query("UPDATE documents SET state = 'queued' WHERE id = $1 AND state = 'stuck'")
                .bind(document)
                .execute(&mut *tx.inner)
                .await?;
        }
        tx.audit(actor, "job.retried", id, "{}", now).await?;
        tx.commit().await
    }

    /// Gives up a dead job. Its application is judged without it when nothing else is to be read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such dead job.
    pub async fn drop_job(&self, id: &str, actor: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE jobs SET state = 'dropped' WHERE id = $1 AND state = 'dead' \
             RETURNING application_id";
        let row = sqlx::query(statement).bind(id).fetch_optional(&mut *tx.inner).await?;
        let application = row.ok_or(StoreError::NotFound { what: "dead job" })?.text("application_id")?;
        let revision = tx.touch(&application, now).await?.revision;
        if !tx.is_reading(&application).await? {
            tx.enqueue(&NewJob::assessment(&application, revision, now)).await?;
        }
        tx.audit(actor, "job.dropped", id, "{}", now).await?;
        tx.commit().await
    }

    /// Jobs in a state, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(&self, state: JobState, limit: u32) -> Result<Vec<Job>, StoreError> {
        let statement = "SELECT * FROM jobs WHERE state = $1 ORDER BY id LIMIT $2";
        let rows = sqlx::query(statement)
            .bind(state.as_str())
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await?;
        rows.iter().map(job_of).collect()
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn job(&self, id: &str) -> Result<Job, StoreError> {
        let row =
            sqlx::query("SELECT * FROM jobs WHERE id = $1").bind(id).fetch_optional(self.reader()).await?;
        job_of(&row.ok_or(StoreError::NotFound { what: "job" })?)
    }

    /// How much is waiting at `now`, milliseconds since 1970.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backlog(&self, now: i64) -> Result<Backlog, StoreError> {
        let statement = "SELECT COUNT(*) AS open, COUNT(CASE WHEN state = 'leased' THEN 1 END) AS leased, \
             COUNT(CASE WHEN state = 'leased' AND due_at <= $1 THEN 1 END) AS stuck, \
             MIN(created_at) AS oldest_at FROM jobs WHERE due_at IS NOT NULL";
        let row = sqlx::query(statement).bind(now).fetch_one(self.reader()).await?;
        let dead: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM jobs WHERE state = 'dead'")
            .fetch_one(self.reader())
            .await?;
        Ok(Backlog {
            open: row.number("open")?,
            leased: row.number("leased")?,
            stuck: row.number("stuck")?,
            dead,
            oldest_at: row.maybe_number("oldest_at")?,
        })
    }
}

/// Nothing was changed: another worker holds the job.
fn fenced(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Fenced) }
}

impl Tx {
    /// Writes a job, unless the same piece of work was asked for before.
    pub(super) async fn enqueue(&mut self, job: &NewJob<'_>) -> Result<(), StoreError> {
        let statement = "INSERT INTO jobs (id, dedupe, kind, application_id, document_id, revision, priority, \
             state, due_at, fence, attempts, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, 0, 0, $8) ON CONFLICT (dedupe) DO NOTHING";
        sqlx::query(statement)
            .bind(new_id("job"))
            .bind(&job.dedupe)
            .bind(job.kind.as_str())
            .bind(job.application)
            .bind(job.document)
            .bind(job.revision)
            .bind(job.priority.number())
            .bind(job.now)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Closes a job that is leased under this very fence.
    pub(super) async fn close(
        &mut self,
        lease: &Lease,
        state: JobState,
        error: Option<&str>,
        now: i64,
    ) -> Result<(), StoreError> {
        let statement = "UPDATE jobs SET state = $3, due_at = NULL, owner = NULL, last_error = $4, \
             closed_at = $5 WHERE id = $1 AND fence = $2 AND state = 'leased'";
        let done = sqlx::query(statement)
            .bind(&lease.job)
            .bind(lease.fence)
            .bind(state.as_str())
            .bind(error)
            .bind(now)
            .execute(&mut *self.inner)
            .await?;
        fenced(done.rows_affected())
    }

    /// Whether a document of the application is still to be read. One that waits for an operator is: an
    /// application is not judged as if it were not there.
    pub(super) async fn is_reading(&mut self, application: &str) -> Result<bool, StoreError> {
        let statement = "SELECT COUNT(*) FROM jobs WHERE application_id = $1 AND kind = 'read' \
             AND state IN ('queued', 'leased', 'dead')";
        let open: i64 = sqlx::query_scalar(statement).bind(application).fetch_one(&mut *self.inner).await?;
        Ok(open > 0)
    }
}
