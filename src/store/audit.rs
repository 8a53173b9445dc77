//! The audit: who did what when, each entry chained to the one before by its digest.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Store, StoreError, pool::Tx, rows::Columns};
use crate::domain::hex;

/// One entry; `detail` is JSON of identifiers and codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    pub seq: i64,
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    pub previous: String,
    pub digest: String,
}

/// Where the chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// The first entry that is missing, changed or does not follow.
    pub seq: i64,
}

/// Entries that are read at once while the chain is verified.
const VERIFY_BATCH: i64 = 1000;

impl AuditEntry {
    /// SHA-256 over the entry's fields and the digest before, as JSON (so that no two entries have one form).
    fn computed(&self) -> String {
        let fields =
            (self.seq, self.at, &self.actor, &self.action, &self.subject, &self.detail, &self.previous);
        hex(&Sha256::digest(serde_json::to_vec(&fields).unwrap_or_default()))
    }
}

impl Store {
    /// Entries after number `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_after(&self, after: i64, limit: i64) -> Result<Vec<AuditEntry>, StoreError> {
        let statement = "SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2";
        let rows = sqlx::query(statement).bind(after).bind(limit).fetch_all(self.reader()).await?;
        let entry = |row: &sqlx::any::AnyRow| {
            Ok(AuditEntry {
                seq: row.number("seq")?,
                at: row.number("at")?,
                actor: row.text("actor")?,
                action: row.text("action")?,
                subject: row.text("subject")?,
                detail: row.text("detail")?,
                previous: row.text("previous")?,
                digest: row.text("digest")?,
            })
        };
        rows.iter().map(entry).collect()
    }

    /// Notes something that changes nothing: a look. `detail` is JSON without personal data.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(
        &self,
        actor: &str,
        action: &str,
        subject: &str,
        detail: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.audit(actor, action, subject, detail, now).await?;
        tx.commit().await
    }

    /// Follows the whole chain: how many entries there are, or the first that is not as it was written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_audit(&self) -> Result<Result<i64, AuditFault>, StoreError> {
        let (mut count, mut previous) = (0, String::new());
        loop {
            let batch = self.audit_after(count, VERIFY_BATCH).await?;
            if batch.is_empty() {
                // The counter tells of entries that were cut off at the end.
                let written: i64 = sqlx::query_scalar("SELECT value FROM counters WHERE name = 'audit'")
                    .fetch_one(self.reader())
                    .await?;
                return Ok(if written == count { Ok(count) } else { Err(AuditFault { seq: count + 1 }) });
            }
            for entry in batch {
                count += 1;
                if entry.seq != count || entry.previous != previous || entry.digest != entry.computed() {
                    return Ok(Err(AuditFault { seq: count }));
                }
                previous = entry.digest;
            }
        }
    }
}

impl Tx {
    /// Appends an entry; `detail` is JSON without personal data. Take it last.
    pub(super) async fn audit(
        &mut self,
        actor: &str,
        action: &str,
        subject: &str,
        detail: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let seq = self.next("audit").await?;
        let previous: Option<String> = sqlx::query_scalar("SELECT digest FROM audit WHERE seq = $1")
            .bind(seq - 1)
            .fetch_optional(&mut *self.inner)
            .await?;
        let mut entry = AuditEntry {
            seq,
            at: now,
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_owned(),
            previous: previous.unwrap_or_default(),
            digest: String::new(),
        };
        entry.digest = entry.computed();
        let statement = "INSERT INTO audit (seq, at, actor, action, subject, detail, previous, digest) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sqlx::query(statement)
            .bind(entry.seq)
            .bind(entry.at)
            .bind(&entry.actor)
            .bind(&entry.action)
            .bind(&entry.subject)
            .bind(&entry.detail)
            .bind(&entry.previous)
            .bind(&entry.digest)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
