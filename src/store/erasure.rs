//! Erasure: what is kept no longer than it may be.
//!
//! Rows of an application go in one transaction, among them the keys of blobs that no other document needs:
//! from then on nobody can read those bytes, wherever copies of them lie. The objects themselves go with the
//! next sweep. The audit and the events stay; they hold identifiers and codes.

use super::{Store, StoreError, rows::Columns};

/// What stands in the way of an erasure, or what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    Erased,
    /// A legal hold forbids it.
    Held,
}

impl Store {
    /// Sets or lifts a legal hold: an application under one is not erased.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such application.
    pub async fn hold(&self, application: &str, held: bool, actor: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query("UPDATE applications SET held = $2 WHERE id = $1")
            .bind(application)
            .bind(i64::from(held))
            .execute(&mut *tx.inner)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "application" });
        }
        let action = if held { "application.held" } else { "application.released" };
        tx.audit(actor, action, application, "{}", now).await?;
        tx.commit().await
    }

    /// Applications that were not touched since `before` and are under no hold, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erasable(&self, before: i64, limit: u32) -> Result<Vec<String>, StoreError> {
        let statement = "SELECT id FROM applications WHERE updated_at < $1 AND held = 0 ORDER BY id LIMIT $2";
        let rows =
            sqlx::query(statement).bind(before).bind(i64::from(limit)).fetch_all(self.reader()).await?;
        rows.iter().map(|row| row.text("id")).collect()
    }

    /// Erases an application: what was declared, its documents, their bytes, reports and decisions.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such application.
    pub async fn erase(&self, application: &str, actor: &str, now: i64) -> Result<Erasure, StoreError> {
        let mut tx = self.begin().await?;
        // Locks it: an upload that goes on comes before or finds nothing.
        tx.touch(application, now).await?;
        let held: i64 = sqlx::query_scalar("SELECT held FROM applications WHERE id = $1")
            .bind(application)
            .fetch_one(&mut *tx.inner)
            .await?;
        if held != 0 {
            return Ok(Erasure::Held);
        }
        let statement = "SELECT sha256 FROM documents WHERE application_id = $1 UNION \
             SELECT sha256 FROM page_pictures WHERE document_id IN \
             (SELECT id FROM documents WHERE application_id = $1) UNION \
             SELECT sha256 FROM page_layers WHERE document_id IN \
             (SELECT id FROM documents WHERE application_id = $1)";
        let digests = sqlx::query(statement).bind(application).fetch_all(&mut *tx.inner).await?;
        for statement in ERASE {
            sqlx::query(statement).bind(application).execute(&mut *tx.inner).await?;
        }
        for row in digests {
            let statement = "DELETE FROM blobs WHERE sha256 = $1 AND NOT EXISTS \
                 (SELECT 1 FROM documents WHERE documents.sha256 = blobs.sha256) AND NOT EXISTS \
                 (SELECT 1 FROM page_pictures WHERE page_pictures.sha256 = blobs.sha256) AND NOT EXISTS \
                 (SELECT 1 FROM page_layers WHERE page_layers.sha256 = blobs.sha256)";
            sqlx::query(statement).bind(row.text("sha256")?).execute(&mut *tx.inner).await?;
        }
        tx.next("prints_erased").await?;
        tx.audit(actor, "application.erased", application, "{}", now).await?;
        tx.commit().await?;
        Ok(Erasure::Erased)
    }
}

/// In an order that no reference forbids.
const ERASE: [&str; 14] = [
    "DELETE FROM jobs WHERE application_id = $1",
    "DELETE FROM findings WHERE document_id IN (SELECT id FROM documents WHERE application_id = $1)",
    "DELETE FROM reports WHERE document_id IN (SELECT id FROM documents WHERE application_id = $1)",
    "DELETE FROM page_pictures WHERE document_id IN (SELECT id FROM documents WHERE application_id = $1)",
    "DELETE FROM page_layers WHERE document_id IN (SELECT id FROM documents WHERE application_id = $1)",
    "DELETE FROM page_prints WHERE application_id = $1",
    "DELETE FROM application_reports WHERE application_id = $1",
    "DELETE FROM corrections WHERE application_id = $1",
    "DELETE FROM review_steps WHERE application_id = $1",
    "DELETE FROM decisions WHERE application_id = $1",
    "DELETE FROM earlier_declarations WHERE application_id = $1",
    "DELETE FROM search_keys WHERE application_id = $1",
    "DELETE FROM documents WHERE application_id = $1",
    "DELETE FROM applications WHERE id = $1",
];
