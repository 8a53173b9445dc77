//! Rows about blobs: which object holds which bytes, and its sealed key.

use super::{
    Store, StoreError,
    pool::Tx,
    rows::Columns,
    vault::{ReceiveError, Received},
};

/// Bytes that are kept, by their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Lower-case hex of the plain bytes.
    pub sha256: String,
    pub bytes: u64,
    /// Name of the object in the blob store.
    pub object: String,
    /// The object's key under the master key.
    pub key_sealed: String,
    pub created_at: i64,
    /// Its row is there already; else the transaction that needs it writes it.
    pub is_known: bool,
}

impl Store {
    /// The blob of that digest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blob(&self, sha256: &str) -> Result<Option<Blob>, StoreError> {
        let statement = "SELECT * FROM blobs WHERE sha256 = $1";
        let row = sqlx::query(statement).bind(sha256).fetch_optional(self.reader()).await?;
        row.map(|row| {
            Ok(Blob {
                sha256: row.text("sha256")?,
                bytes: row.number("bytes")?.unsigned_abs(),
                object: row.text("object")?,
                key_sealed: row.text("key_sealed")?,
                created_at: row.number("created_at")?,
                is_known: true,
            })
        })
        .transpose()
    }

    /// Gives a received upload its place among the blobs; the same bytes are kept once. The row is written
    /// by the transaction that needs it.
    ///
    /// # Errors
    /// When the database or the blob store fails.
    pub async fn keep(&self, received: &Received, now: i64) -> Result<Blob, StoreError> {
        if let Some(known) = self.blob(&received.sha256).await? {
            self.vault().discard(received).await;
            return Ok(known);
        }
        Ok(self.vault().keep(received, now).await?)
    }

    /// The bytes of a document's upload.
    ///
    /// # Errors
    /// When they are gone or damaged.
    pub async fn bytes_of(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let blob = self.blob(sha256).await?.ok_or(StoreError::NotFound { what: "blob" })?;
        Ok(self.vault().fetch(&blob).await?)
    }

    /// Deletes objects that no row speaks of and that are older than `before`: what a process left that
    /// was killed between the blob store and the database, or within an upload. How many there were.
    ///
    /// # Errors
    /// When the database or the blob store fails.
    pub async fn sweep_objects(&self, before: i64) -> Result<u64, StoreError> {
        let mut swept = self.vault().sweep_half_written(before).await?;
        for object in self.vault().objects_before(before).await? {
            let known: Option<i64> = sqlx::query_scalar("SELECT bytes FROM blobs WHERE object = $1")
                .bind(&object)
                .fetch_optional(self.reader())
                .await?;
            if known.is_none() {
                self.vault().delete(&object).await?;
                swept += 1;
            }
        }
        Ok(swept)
    }
}

impl Tx {
    /// Writes the row of a blob. False: another upload of the same bytes was faster, and its row stays.
    pub(super) async fn insert_blob(&mut self, blob: &Blob) -> Result<bool, StoreError> {
        let statement = "INSERT INTO blobs (sha256, bytes, object, key_sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sha256) DO NOTHING";
        let done = sqlx::query(statement)
            .bind(&blob.sha256)
            .bind(blob.bytes.cast_signed())
            .bind(&blob.object)
            .bind(&blob.key_sealed)
            .bind(blob.created_at)
            .execute(&mut *self.inner)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

impl From<ReceiveError> for StoreError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Vault(error) => Self::Vault(error),
            _ => Self::Malformed { what: "upload" },
        }
    }
}
