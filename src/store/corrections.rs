//! What reviewers say that fields say: rows that are only added.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::any::AnyRow;

use super::{
    ApplicationStatus, Conflict, EventKind, Store, StoreError, events::Subject, jobs::NewJob, new_id,
    rows::Columns, search::SearchTerm,
};
use crate::{domain::DocumentReport, pipeline};

/// A value of a field, borne out or corrected by a person.
pub struct NewCorrection<'a> {
    pub application: &'a str,
    /// A document of the application, the newest of its slot.
    pub document: &'a str,
    /// A field of its report, or one that papers of its kind have and that was not read.
    pub field: &'a str,
    /// What the paper says; `None`: what was read.
    pub value: Option<&'a str>,
    /// The revision that the person looked at.
    pub revision: i64,
    pub actor: &'a str,
    pub now: i64,
}

/// A correction as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRow {
    pub id: String,
    pub application_id: String,
    pub document_id: String,
    pub field: String,
    /// What stood there before: as it was read, or by an earlier correction; `None`: nothing.
    pub before: Option<String>,
    pub value: String,
    /// The revision that the person looked at.
    pub revision: i64,
    pub corrected_by: String,
    pub created_at: i64,
}

impl CorrectionRow {
    /// The value was borne out, not changed.
    pub fn is_acceptance(&self) -> bool {
        self.before.as_ref() == Some(&self.value)
    }
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Values {
    before: Option<String>,
    value: String,
}

/// What the values of a correction are sealed for.
pub(super) fn values_place(id: &str) -> String {
    format!("correction {id}")
}

impl Store {
    /// Writes a correction and the job of judging the application anew. The newest one of a field holds.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when papers of the document's kind have no such field, or nothing was read that could be
    /// borne out; [`Conflict::Decided`]; [`Conflict::Changed`] when the
    /// application is not what the person looked at, or the document was replaced.
    pub async fn correct(&self, new: &NewCorrection<'_>) -> Result<CorrectionRow, StoreError> {
        let report = self.report(new.document).await?;
        let fields = report.fields.iter();
        let entry = fields.into_iter().find(|(name, _)| name.as_str() == new.field).map(|(_, field)| field);
        if entry.is_none() && !report.kind.has_field(new.field) {
            return Err(StoreError::NotFound { what: "field" });
        }
        let read = entry.map(|field| field.value.as_str()).filter(|value| !value.is_empty());
        let mut tx = self.begin().await?;
        // Locks it: of two corrections of one revision, one wins.
        let application = tx.touch(new.application, new.now).await?;
        if application.status != ApplicationStatus::Reviewing {
            return Err(Conflict::Decided.into());
        }
        let statement = "SELECT version FROM documents AS this WHERE id = $1 AND application_id = $2 \
             AND version = (SELECT MAX(version) FROM documents WHERE application_id = $2 AND slot = this.slot)";
        let version: Option<i64> = sqlx::query_scalar(statement)
            .bind(new.document)
            .bind(new.application)
            .fetch_optional(&mut *tx.inner)
            .await?;
        let Some(version) = version.filter(|_| application.revision == new.revision + 1) else {
            return Err(Conflict::Changed.into());
        };
        let statement =
            "SELECT * FROM corrections WHERE document_id = $1 AND field = $2 ORDER BY id DESC LIMIT 1";
        let last =
            sqlx::query(statement).bind(new.document).bind(new.field).fetch_optional(&mut *tx.inner).await?;
        let before = match last {
            Some(last) => Some(self.correction(&last)?.value),
            None => read.map(ToOwned::to_owned),
        };
        // Where nothing was read, what a person said before is what can be borne out.
        let value = new.value.or(read).or(before.as_deref()).ok_or(StoreError::NotFound { what: "field" })?;
        let value = value.to_owned();
        let row = CorrectionRow {
            id: new_id("cor"),
            application_id: new.application.to_owned(),
            document_id: new.document.to_owned(),
            field: new.field.to_owned(),
            before,
            value,
            revision: new.revision,
            corrected_by: new.actor.to_owned(),
            created_at: new.now,
        };
        let values = Values { before: row.before.clone(), value: row.value.clone() };
        let values =
            serde_json::to_string(&values).map_err(|_| StoreError::Malformed { what: "correction" })?;
        let statement = "INSERT INTO corrections (id, application_id, document_id, field, values_sealed, \
             revision, corrected_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sqlx::query(statement)
            .bind(&row.id)
            .bind(&row.application_id)
            .bind(&row.document_id)
            .bind(&row.field)
            .bind(self.seal(&values_place(&row.id), &values)?)
            .bind(row.revision)
            .bind(&row.corrected_by)
            .bind(row.created_at)
            .execute(&mut *tx.inner)
            .await?;
        if let Some(term) = SearchTerm::of_field(new.field) {
            tx.index(new.application, &[self.search.digest(term, &row.value)]).await?;
        }
        if !tx.is_reading(new.application).await? {
            tx.enqueue(&NewJob::assessment(new.application, application.revision, new.now)).await?;
        }
        let told = json!({
            "correction": row.id, "field": row.field, "version": version, "accepted": row.is_acceptance(),
            "revision": application.revision,
        });
        let subject = Subject { application: new.application, document: Some(new.document) };
        tx.record(EventKind::FieldCorrected, subject, told.clone(), new.now).await?;
        tx.audit(new.actor, "field.corrected", new.document, &told.to_string(), new.now).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Corrections of an application's documents, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn corrections_of(&self, application: &str) -> Result<Vec<CorrectionRow>, StoreError> {
        let statement = "SELECT * FROM corrections WHERE application_id = $1 ORDER BY id";
        let rows = sqlx::query(statement).bind(application).fetch_all(self.reader()).await?;
        rows.iter().map(|row| self.correction(row)).collect()
    }

    /// Corrections after one of them, or from the first one, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn corrections_after(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<CorrectionRow>, StoreError> {
        let statement = "SELECT * FROM corrections WHERE id > $1 ORDER BY id LIMIT $2";
        let rows = sqlx::query(statement)
            .bind(after.unwrap_or_default())
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await?;
        rows.iter().map(|row| self.correction(row)).collect()
    }

    /// The newest report about a document with what people saw in the place of what was read.
    ///
    /// # Errors
    /// As [`Self::report_text`].
    pub async fn report_as_seen(
        &self,
        document: &str,
        corrections: &[CorrectionRow],
    ) -> Result<DocumentReport, StoreError> {
        let mut report = self.report(document).await?;
        let seen = corrections.iter().filter(|row| row.document_id == document);
        pipeline::correct(&mut report, seen.map(|row| (row.field.as_str(), row.value.as_str())));
        Ok(report)
    }

    fn correction(&self, row: &AnyRow) -> Result<CorrectionRow, StoreError> {
        let id = row.text("id")?;
        let values = self.unseal(&values_place(&id), &row.text("values_sealed")?)?;
        let Values { before, value } =
            serde_json::from_str(&values).map_err(|_| StoreError::Malformed { what: "correction" })?;
        Ok(CorrectionRow {
            application_id: row.text("application_id")?,
            document_id: row.text("document_id")?,
            field: row.text("field")?,
            before,
            value,
            revision: row.number("revision")?,
            corrected_by: row.text("corrected_by")?,
            created_at: row.number("created_at")?,
            id,
        })
    }
}
