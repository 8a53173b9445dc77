//! Documents: uploads to slots, each a version that nothing overwrites.

use serde_json::json;
use sqlx::any::AnyRow;

use super::{
    ApplicationStatus, Blob, Conflict, EventKind, Priority, Store, StoreError,
    events::Subject,
    jobs::NewJob,
    new_id,
    rows::{Columns, named},
};
use crate::domain::DocumentKind;

named! {
    /// How far the reading of a document is.
    DocumentState {
        Queued = "queued",
        Read = "read",
        /// It could not be read for a reason that is not the document's; an operator has to act
        /// (`vouch jobs`).
        Stuck = "stuck",
    }
}

/// An upload to be added.
pub struct NewDocument<'a> {
    pub application: &'a str,
    pub slot: DocumentKind,
    pub blob: &'a Blob,
    /// The file's name as it was sent. It is only shown, never a path.
    pub name: &'a str,
    /// The same key adds it once, however often it is sent.
    pub idempotency_key: Option<&'a str>,
    pub priority: Priority,
    /// Version of the pipeline that shall read it.
    pub pipeline: &'a str,
    pub actor: &'a str,
    pub now: i64,
}

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedDocument {
    pub document: DocumentRow,
    /// False: the same request added it before.
    pub is_new: bool,
    /// Object that nothing speaks of, because another upload of the same bytes was kept.
    pub orphan: Option<String>,
}

/// A document as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    pub id: String,
    pub application_id: String,
    pub slot: DocumentKind,
    /// From 1, within its slot.
    pub version: i64,
    pub sha256: String,
    pub bytes: u64,
    pub state: DocumentState,
    /// What it was recognised as.
    pub kind: Option<String>,
    pub outcome: Option<String>,
    pub created_at: i64,
    name_sealed: String,
}

/// What a file name is sealed for.
pub(super) fn name_place(id: &str) -> String {
    format!("name {id}")
}

fn row_of(row: &AnyRow) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        id: row.text("id")?,
        application_id: row.text("application_id")?,
        slot: row.parsed("slot")?,
        version: row.number("version")?,
        sha256: row.text("sha256")?,
        bytes: row.number("bytes")?.unsigned_abs(),
        state: row.parsed("state")?,
        kind: row.maybe_text("kind")?,
        outcome: row.maybe_text("outcome")?,
        created_at: row.number("created_at")?,
        name_sealed: row.text("name_sealed")?,
    })
}

impl Store {
    /// Adds an upload as the next version of its slot, with the job of reading it and its event, in one
    /// transaction.
    ///
    /// # Errors
    /// [`Conflict`] when the application is approved, or the key was used for other bytes or another slot.
    pub async fn add_document(&self, new: &NewDocument<'_>) -> Result<AddedDocument, StoreError> {
        let id = new_id("doc");
        let mut tx = self.begin().await?;
        // Locks the application, so that versions are counted one by one.
        let application = tx.touch(new.application, new.now).await?;
        if let Some(key) = new.idempotency_key {
            let statement = "SELECT * FROM documents WHERE application_id = $1 AND idempotency_key = $2";
            let known =
                sqlx::query(statement).bind(new.application).bind(key).fetch_optional(&mut *tx.inner).await?;
            if let Some(known) = known {
                let document = row_of(&known)?;
                if document.sha256 != new.blob.sha256 || document.slot != new.slot {
                    return Err(Conflict::IdempotencyKey.into());
                }
                return Ok(AddedDocument { document, is_new: false, orphan: None });
            }
        }
        if application.status == ApplicationStatus::Approved {
            return Err(Conflict::Decided.into());
        }
        let kept = tx.insert_blob(new.blob).await?;
        if kept && new.blob.is_known {
            // It was erased since it was looked up, and its object with it.
            return Err(Conflict::Erased.into());
        }
        let statement = "INSERT INTO documents (id, application_id, slot, version, sha256, bytes, name_sealed, \
             state, idempotency_key, created_at) \
             SELECT $1, $2, $3, COALESCE(MAX(version), 0) + 1, $4, $5, $6, 'queued', $7, $8 \
             FROM documents WHERE application_id = $2 AND slot = $3 RETURNING *";
        let row = sqlx::query(statement)
            .bind(&id)
            .bind(new.application)
            .bind(new.slot.as_str())
            .bind(&new.blob.sha256)
            .bind(new.blob.bytes.cast_signed())
            .bind(self.seal(&name_place(&id), new.name)?)
            .bind(new.idempotency_key)
            .bind(new.now)
            .fetch_one(&mut *tx.inner)
            .await?;
        let document = row_of(&row)?;
        tx.enqueue(&NewJob::reading(&document, new.pipeline, new.priority, new.now)).await?;
        let payload = json!({
            "slot": new.slot, "version": document.version, "sha256": document.sha256, "bytes": document.bytes,
        });
        let subject = Subject { application: new.application, document: Some(&id) };
        tx.record(EventKind::DocumentReceived, subject, payload, new.now).await?;
        let detail = json!({ "application": new.application, "sha256": document.sha256 }).to_string();
        tx.audit(new.actor, "document.received", &id, &detail, new.now).await?;
        let object: String = sqlx::query_scalar("SELECT object FROM blobs WHERE sha256 = $1")
            .bind(&new.blob.sha256)
            .fetch_one(&mut *tx.inner)
            .await?;
        tx.commit().await?;
        let orphan = (!kept && object != new.blob.object).then(|| new.blob.object.clone());
        Ok(AddedDocument { document, is_new: true, orphan })
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn document(&self, id: &str) -> Result<DocumentRow, StoreError> {
        let row = sqlx::query("SELECT * FROM documents WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?;
        row_of(&row.ok_or(StoreError::NotFound { what: "document" })?)
    }

    /// All versions of all documents of an application, by slot, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn documents_of(&self, application: &str) -> Result<Vec<DocumentRow>, StoreError> {
        let statement = "SELECT * FROM documents WHERE application_id = $1 ORDER BY slot, version";
        let rows = sqlx::query(statement).bind(application).fetch_all(self.reader()).await?;
        rows.iter().map(row_of).collect()
    }

    /// The newest version in each slot, in the contract's order of slots.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn current_documents(&self, application: &str) -> Result<Vec<DocumentRow>, StoreError> {
        let all = self.documents_of(application).await?;
        let newest = |slot: &DocumentKind| all.iter().rfind(|document| document.slot == *slot).cloned();
        Ok(DocumentKind::ALL.iter().filter_map(newest).collect())
    }

    /// The name under which a document was uploaded.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn name_of(&self, document: &DocumentRow) -> Result<String, StoreError> {
        self.unseal(&name_place(&document.id), &document.name_sealed)
    }
}
