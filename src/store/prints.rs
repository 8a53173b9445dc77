//! Fingerprints of pages: what a picture is found again by in another application. Both the hash and the small picture
//! are sealed, because near ones cannot be looked up by a keyed digest and plain ones would tell what a page looks like.

use sqlx::any::AnyRow;

use super::{DocumentRow, Store, StoreError, pool::Tx, rows::Columns, search::SearchTerm};
use crate::{
    domain::DocumentKind,
    imaging::{Fingerprint, PrintHash},
};

/// Rows that are fetched at once while hashes are loaded.
const BATCH: i64 = 5000;
/// Other applications with the same file that are told at most: one is enough to look into it.
const MOST_SAME_FILES: i64 = 5;

/// A stored hash of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashRow {
    /// In the order of commits.
    pub seq: i64,
    pub document: String,
    pub application: String,
    pub slot: DocumentKind,
    pub hash: PrintHash,
}

/// A stored fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintRow {
    pub document: String,
    pub application: String,
    /// The page, from 0.
    pub page: i64,
    pub print: Fingerprint,
}

/// A document of another application with the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameFile {
    pub document: String,
    pub application: String,
}

/// What a hash is sealed for.
pub(super) fn hash_place(document: &str, page: i64) -> String {
    format!("hash {document} {page}")
}

/// What a fingerprint is sealed for.
pub(super) fn print_place(document: &str, page: i64) -> String {
    format!("print {document} {page}")
}

impl Store {
    /// How many erasures took fingerprints away so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prints_erased(&self) -> Result<i64, StoreError> {
        let statement = "SELECT value FROM counters WHERE name = 'prints_erased'";
        Ok(sqlx::query_scalar(statement).fetch_one(self.reader()).await?)
    }

    /// Hashes with numbers above `after`, in their order; a part of them at a time.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn hashes_after(&self, after: i64) -> Result<Vec<HashRow>, StoreError> {
        let statement = "SELECT seq, document_id, application_id, page, slot, hash_sealed FROM page_prints \
             WHERE seq > $1 ORDER BY seq LIMIT $2";
        let rows = sqlx::query(statement).bind(after).bind(BATCH).fetch_all(self.reader()).await?;
        rows.iter().map(|row| self.hash_of(row)).collect()
    }

    fn hash_of(&self, row: &AnyRow) -> Result<HashRow, StoreError> {
        let document = row.text("document_id")?;
        let bytes = self.keys.open(&hash_place(&document, row.number("page")?), &row.text("hash_sealed")?)?;
        Ok(HashRow {
            seq: row.number("seq")?,
            application: row.text("application_id")?,
            slot: row.parsed("slot")?,
            hash: PrintHash::from_bytes(&bytes).ok_or(StoreError::Malformed { what: "hash" })?,
            document,
        })
    }

    /// The fingerprints of a document's pages.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn prints_of(&self, document: &str) -> Result<Vec<PrintRow>, StoreError> {
        let statement = "SELECT * FROM page_prints WHERE document_id = $1 ORDER BY page";
        let rows = sqlx::query(statement).bind(document).fetch_all(self.reader()).await?;
        rows.iter().map(|row| self.print_of(row)).collect()
    }

    /// The fingerprint of a number; `None`: it was erased.
    ///
    /// # Errors
    /// When the database fails or the value does not open.
    pub async fn print(&self, seq: i64) -> Result<Option<PrintRow>, StoreError> {
        let statement = "SELECT * FROM page_prints WHERE seq = $1";
        let row = sqlx::query(statement).bind(seq).fetch_optional(self.reader()).await?;
        row.map(|row| self.print_of(&row)).transpose()
    }

    fn print_of(&self, row: &AnyRow) -> Result<PrintRow, StoreError> {
        let (document, page) = (row.text("document_id")?, row.number("page")?);
        let bytes = self.keys.open(&print_place(&document, page), &row.text("print_sealed")?)?;
        Ok(PrintRow {
            application: row.text("application_id")?,
            print: Fingerprint::from_bytes(&bytes).ok_or(StoreError::Malformed { what: "fingerprint" })?,
            document,
            page,
        })
    }

    /// Documents of other applications with the same bytes, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn same_files(&self, document: &DocumentRow) -> Result<Vec<SameFile>, StoreError> {
        let statement = "SELECT id, application_id FROM documents WHERE sha256 = $1 AND application_id <> $2 \
             ORDER BY id LIMIT $3";
        let rows = sqlx::query(statement)
            .bind(&document.sha256)
            .bind(&document.application_id)
            .bind(MOST_SAME_FILES)
            .fetch_all(self.reader())
            .await?;
        rows.iter()
            .map(|row| Ok(SameFile { document: row.text("id")?, application: row.text("application_id")? }))
            .collect()
    }

    /// Whether another application is of the person with this ID number, by what was declared or read there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_of_person(&self, application: &str, id_number: &str) -> Result<bool, StoreError> {
        let digest = self.search.digest(SearchTerm::IdNumber, id_number);
        let statement = "SELECT COUNT(*) FROM search_keys WHERE digest = $1 AND application_id = $2";
        let known: i64 =
            sqlx::query_scalar(statement).bind(digest).bind(application).fetch_one(self.reader()).await?;
        Ok(known > 0)
    }

    /// Writes fingerprints of pages, all or none, as readings do one by one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_prints(
        &self,
        document: &DocumentRow,
        prints: &[(usize, Fingerprint)],
    ) -> Result<(), StoreError> {
        let sealed = self.seal_prints(&document.id, prints)?;
        let mut tx = self.begin().await?;
        tx.insert_prints(&document.id, &document.application_id, document.slot, &sealed).await?;
        tx.commit().await
    }

    /// Fingerprints as they are stored.
    pub(super) fn seal_prints(
        &self,
        document: &str,
        prints: &[(usize, Fingerprint)],
    ) -> Result<Vec<SealedPrint>, StoreError> {
        let sealed = prints.iter().map(|(page, print)| {
            let page = i64::try_from(*page).unwrap_or(i64::MAX);
            Ok(SealedPrint {
                page,
                hash: self.keys.seal(&hash_place(document, page), &print.hash().to_bytes())?,
                print: self.keys.seal(&print_place(document, page), print.as_bytes())?,
            })
        });
        sealed.collect()
    }
}

/// A fingerprint as it is stored.
pub(super) struct SealedPrint {
    page: i64,
    hash: String,
    print: String,
}

impl Tx {
    /// Writes fingerprints; those of a page that has one stay. Late in a transaction: their numbers are locked until it
    /// ends.
    pub(super) async fn insert_prints(
        &mut self,
        document: &str,
        application: &str,
        slot: DocumentKind,
        prints: &[SealedPrint],
    ) -> Result<(), StoreError> {
        for SealedPrint { page, hash, print } in prints {
            let seq = self.next("print").await?;
            let statement = "INSERT INTO page_prints (seq, document_id, application_id, page, slot, \
                 hash_sealed, print_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (document_id, page) DO NOTHING";
            sqlx::query(statement)
                .bind(seq)
                .bind(document)
                .bind(application)
                .bind(*page)
                .bind(slot.as_str())
                .bind(hash)
                .bind(print)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }
}
