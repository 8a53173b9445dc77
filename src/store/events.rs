//! Events: what happened, in the order of commits.

use serde_json::Value;
use sqlx::any::AnyRow;

use super::{
    Store, StoreError, new_id,
    pool::Tx,
    rows::{Columns, named},
};

named! {
    /// What an event tells. Names are stable: consumers switch on them.
    EventKind {
        ApplicationCreated = "application.created",
        DocumentReceived = "document.received",
        /// Exactly one for each version of a document.
        DocumentRead = "document.read",
        /// Reading failed for good for a reason that is not the document's.
        DocumentStuck = "document.stuck",
        ApplicationAssessed = "application.assessed",
        ApplicationDecided = "application.decided",
        ApplicationResubmitted = "application.resubmitted",
        /// What was declared is another.
        ApplicationCorrected = "application.corrected",
        /// It waits for something outside; nobody decides it.
        ApplicationOnHold = "application.on_hold",
        /// A hold ended.
        ApplicationResumed = "application.resumed",
        /// A rejection waits for a second person.
        RejectionProposed = "rejection.proposed",
        /// A proposed rejection was not confirmed.
        RejectionDeclined = "rejection.declined",
        /// A reviewer bore a field out or corrected it; the application is judged anew.
        FieldCorrected = "field.corrected",
    }
}

/// Something that happened. It carries identifiers, codes and outcomes only.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Event {
    /// Without gaps and in the order of commits: who has seen n has seen all up to n.
    pub seq: i64,
    pub id: String,
    pub kind: EventKind,
    pub application_id: String,
    pub document_id: Option<String>,
    pub payload: Value,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// What an event is about.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub application: &'a str,
    pub document: Option<&'a str>,
}

fn row_of(row: &AnyRow) -> Result<Event, StoreError> {
    Ok(Event {
        seq: row.number("seq")?,
        id: row.text("id")?,
        kind: row.parsed("kind")?,
        application_id: row.text("application_id")?,
        document_id: row.maybe_text("document_id")?,
        payload: serde_json::from_str(&row.text("payload")?)
            .map_err(|_| StoreError::Malformed { what: "event" })?,
        created_at: row.number("created_at")?,
    })
}

impl Store {
    /// Events after number `after`, of one application or of all, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_after(
        &self,
        after: i64,
        application: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let statement = match application {
            None => "SELECT * FROM events WHERE seq > $1 ORDER BY seq LIMIT $2",
            Some(_) => "SELECT * FROM events WHERE seq > $1 AND application_id = $3 ORDER BY seq LIMIT $2",
        };
        let mut query = sqlx::query(statement).bind(after).bind(i64::from(limit));
        if let Some(application) = application {
            query = query.bind(application);
        }
        let rows = query.fetch_all(self.reader()).await?;
        rows.iter().map(row_of).collect()
    }

    /// The event of a number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub(super) async fn event(&self, seq: i64) -> Result<Event, StoreError> {
        let statement = "SELECT * FROM events WHERE seq = $1";
        let row = sqlx::query(statement).bind(seq).fetch_optional(self.reader()).await?;
        row_of(&row.ok_or(StoreError::NotFound { what: "event" })?)
    }

    /// The number of the newest event; 0 when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_event(&self) -> Result<i64, StoreError> {
        let statement = "SELECT value FROM counters WHERE name = 'event'";
        Ok(sqlx::query_scalar(statement).fetch_one(self.reader()).await?)
    }
}

impl Tx {
    /// Writes an event. Take it late: its number is locked until the transaction ends.
    pub(super) async fn record(
        &mut self,
        kind: EventKind,
        subject: Subject<'_>,
        payload: Value,
        now: i64,
    ) -> Result<(), StoreError> {
        let seq = self.next("event").await?;
        let statement = "INSERT INTO events (seq, id, kind, application_id, document_id, payload, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(statement)
            .bind(seq)
            .bind(new_id("evt"))
            .bind(kind.as_str())
            .bind(subject.application)
            .bind(subject.document)
            .bind(payload.to_string())
            .bind(now)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
