//! After a rotation of the master key: everything that is sealed under an older one is sealed anew.

use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{
    Store, StoreError,
    applications::declared_place,
    corrections::values_place,
    decisions::reasons_place,
    declarations::earlier_place,
    documents::name_place,
    prints::{hash_place, print_place},
    reports::{assessment_place, report_place},
    review::step_place,
    rows::Columns,
    vault::key_place,
};

/// Rows that are sealed anew in one transaction.
const BATCH: i64 = 200;

/// A sealed column, and what its values are sealed for.
struct SealedColumn {
    table: &'static str,
    column: &'static str,
    /// Columns that the place is made of.
    keys: &'static str,
    place: fn(&AnyRow) -> Result<String, StoreError>,
}

const COLUMNS: [SealedColumn; 12] = [
    SealedColumn { table: "secrets", column: "sealed", keys: "name", place: |row| row.text("name") },
    SealedColumn {
        table: "blobs",
        column: "key_sealed",
        keys: "sha256",
        place: |row| Ok(key_place(&row.text("sha256")?)),
    },
    SealedColumn {
        table: "applications",
        column: "declared_sealed",
        keys: "id",
        place: |row| Ok(declared_place(&row.text("id")?)),
    },
    SealedColumn {
        table: "earlier_declarations",
        column: "sealed",
        keys: "application_id, until_revision",
        place: |row| Ok(earlier_place(&row.text("application_id")?, row.number("until_revision")?)),
    },
    SealedColumn {
        table: "documents",
        column: "name_sealed",
        keys: "id",
        place: |row| Ok(name_place(&row.text("id")?)),
    },
    SealedColumn {
        table: "reports",
        column: "sealed",
        keys: "document_id, pipeline",
        place: |row| Ok(report_place(&row.text("document_id")?, &row.text("pipeline")?)),
    },
    SealedColumn {
        table: "application_reports",
        column: "sealed",
        keys: "application_id, revision",
        place: |row| Ok(assessment_place(&row.text("application_id")?, row.number("revision")?)),
    },
    SealedColumn {
        table: "decisions",
        column: "reasons_sealed",
        keys: "id",
        place: |row| Ok(reasons_place(&row.text("id")?)),
    },
    SealedColumn {
        table: "corrections",
        column: "values_sealed",
        keys: "id",
        place: |row| Ok(values_place(&row.text("id")?)),
    },
    SealedColumn {
        table: "review_steps",
        column: "reasons_sealed",
        keys: "id",
        place: |row| Ok(step_place(&row.text("id")?)),
    },
    SealedColumn {
        table: "page_prints",
        column: "hash_sealed",
        keys: "document_id, page",
        place: |row| Ok(hash_place(&row.text("document_id")?, row.number("page")?)),
    },
    SealedColumn {
        table: "page_prints",
        column: "print_sealed",
        keys: "document_id, page",
        place: |row| Ok(print_place(&row.text("document_id")?, row.number("page")?)),
    },
];

impl Store {
    /// Seals everything under the current master key that is sealed under another. How many values there
    /// were. It can be stopped and run again at any point.
    ///
    /// # Errors
    /// When a value opens with none of the keys, or the database fails.
    pub async fn reseal(&self) -> Result<u64, StoreError> {
        let mut resealed = 0;
        for column in &COLUMNS {
            loop {
                let done = self.reseal_some(column).await?;
                if done == 0 {
                    break;
                }
                resealed += done;
            }
        }
        Ok(resealed)
    }

    async fn reseal_some(&self, of: &SealedColumn) -> Result<u64, StoreError> {
        let SealedColumn { table, column, keys, place } = *of;
        let mark = self.keys.current_mark();
        // Names of our own tables and columns, no input.
        let select = format!(
            "SELECT {keys}, {column} AS value FROM {table} WHERE substr({column}, 1, {}) <> $1 LIMIT $2",
            mark.len()
        );
        let update = format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2");
        let mut tx = self.begin().await?;
        let rows =
            sqlx::query(AssertSqlSafe(select)).bind(mark).bind(BATCH).fetch_all(&mut *tx.inner).await?;
        for row in &rows {
            let (place, old) = (place(row)?, row.text("value")?);
            let new = self.keys.seal(&place, &self.keys.open(&place, &old)?)?;
            // Sealed values are all different: nonces are drawn.
            sqlx::query(AssertSqlSafe(update.clone())).bind(new).bind(old).execute(&mut *tx.inner).await?;
        }
        tx.commit().await?;
        Ok(rows.len() as u64)
    }
}
