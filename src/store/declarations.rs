//! Corrections of what was declared. What stood there before is kept, sealed like the newest, until the
//! application is erased.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    ApplicationRow, ApplicationStatus, Conflict, EventKind, Store, StoreError, applications::declared_place,
    events::Subject, jobs::NewJob, rows::Columns, search::SearchTerm,
};

/// A correction to be written.
pub struct DeclaredCorrection<'a> {
    pub application: &'a str,
    /// By field; `null` takes one away.
    pub changes: &'a BTreeMap<String, Value>,
    /// The revision that the correction is made on; `None`: whichever it is.
    pub revision: Option<i64>,
    pub actor: &'a str,
    pub now: i64,
}

/// What was declared before a correction.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierDeclaration {
    /// The revision that a correction of it made.
    pub until_revision: i64,
    pub declared: BTreeMap<String, Value>,
    /// Who corrected it.
    pub corrected_by: String,
    pub corrected_at: i64,
}

/// What an earlier declaration is sealed for.
pub(super) fn earlier_place(application: &str, until_revision: i64) -> String {
    format!("declared {application} until {until_revision}")
}

impl Store {
    /// Corrects what was declared; the application is assessed anew. A correction that changes nothing writes
    /// nothing.
    ///
    /// # Errors
    /// [`Conflict::Decided`] when the application is approved, [`Conflict::Changed`] when it is not what the
    /// correction was made on.
    pub async fn correct_declared(
        &self,
        correction: &DeclaredCorrection<'_>,
    ) -> Result<ApplicationRow, StoreError> {
        let DeclaredCorrection { application, changes, revision, actor, now } = *correction;
        let malformed = |_| StoreError::Malformed { what: "declared data" };
        let mut tx = self.begin().await?;
        // Locks the row, so that of two corrections the second builds on the first.
        let row = tx.touch(application, now).await?;
        if row.status == ApplicationStatus::Approved {
            return Err(Conflict::Decided.into());
        }
        if revision.is_some_and(|seen| seen != row.revision - 1) {
            return Err(Conflict::Changed.into());
        }
        let sealed: String = sqlx::query_scalar("SELECT declared_sealed FROM applications WHERE id = $1")
            .bind(application)
            .fetch_one(&mut *tx.inner)
            .await?;
        let before = self.unseal(&declared_place(application), &sealed)?;
        let mut declared: BTreeMap<String, Value> = serde_json::from_str(&before).map_err(malformed)?;
        let changed = apply(&mut declared, changes);
        if changed == 0 {
            drop(tx);
            return self.application_row(application).await;
        }
        let after = serde_json::to_string(&declared).map_err(malformed)?;
        let statement = "INSERT INTO earlier_declarations (application_id, until_revision, sealed, corrected_by, \
             corrected_at) VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(statement)
            .bind(application)
            .bind(row.revision)
            .bind(self.seal(&earlier_place(application, row.revision), &before)?)
            .bind(actor)
            .bind(now)
            .execute(&mut *tx.inner)
            .await?;
        sqlx::query("UPDATE applications SET declared_sealed = $2 WHERE id = $1")
            .bind(application)
            .bind(self.seal(&declared_place(application), &after)?)
            .execute(&mut *tx.inner)
            .await?;
        // It stays findable by what was declared before: somebody may have been told that.
        let terms = changes.iter().filter_map(|(name, value)| {
            Some(self.search.digest(SearchTerm::of_field(name)?, value.as_str()?))
        });
        tx.index(application, &terms.collect::<Vec<_>>()).await?;
        if !tx.is_reading(application).await? {
            tx.enqueue(&NewJob::assessment(application, row.revision, now)).await?;
        }
        // How many fields, not which: their names are the portal's and could tell something.
        let payload = json!({ "revision": row.revision, "fields": changed });
        let subject = Subject { application, document: None };
        tx.record(EventKind::ApplicationCorrected, subject, payload.clone(), now).await?;
        tx.audit(actor, "application.corrected", application, &payload.to_string(), now).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// What was declared before each correction, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn earlier_declarations(
        &self,
        application: &str,
    ) -> Result<Vec<EarlierDeclaration>, StoreError> {
        let statement =
            "SELECT * FROM earlier_declarations WHERE application_id = $1 ORDER BY until_revision";
        let rows = sqlx::query(statement).bind(application).fetch_all(self.reader()).await?;
        let earlier = |row: &sqlx::any::AnyRow| {
            let until_revision = row.number("until_revision")?;
            let text = self.unseal(&earlier_place(application, until_revision), &row.text("sealed")?)?;
            Ok(EarlierDeclaration {
                until_revision,
                declared: serde_json::from_str(&text)
                    .map_err(|_| StoreError::Malformed { what: "declared data" })?,
                corrected_by: row.text("corrected_by")?,
                corrected_at: row.number("corrected_at")?,
            })
        };
        rows.iter().map(earlier).collect()
    }
}

/// Changes what was declared; how many fields are another than before.
fn apply(declared: &mut BTreeMap<String, Value>, changes: &BTreeMap<String, Value>) -> usize {
    let mut changed = 0;
    for (name, value) in changes {
        let before = if value.is_null() {
            declared.remove(name)
        } else {
            declared.insert(name.clone(), value.clone())
        };
        changed += usize::from(before.unwrap_or(Value::Null) != *value);
    }
    changed
}
