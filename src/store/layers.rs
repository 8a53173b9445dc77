//! What can be laid over pages' pictures: derived, sealed and erased like them.

use super::{Blob, Store, StoreError, pool::Tx, rows::Columns};
use crate::imaging::{LayerKind, PageLayer};

/// A layer whose bytes are in the blob store; its row is written with the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptLayer {
    page: usize,
    kind: LayerKind,
    blob: Blob,
}

impl Store {
    /// Puts layers into the blob store.
    pub(super) async fn keep_layers(
        &self,
        layers: Vec<PageLayer>,
        now: i64,
    ) -> Result<Vec<KeptLayer>, StoreError> {
        let mut kept = Vec::with_capacity(layers.len());
        for PageLayer { page, kind, png, .. } in layers {
            kept.push(KeptLayer { page, kind, blob: self.keep_derived(png, now).await? });
        }
        Ok(kept)
    }

    /// Which layers a document has: page and kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn layers_of(&self, document: &str) -> Result<Vec<(i64, LayerKind)>, StoreError> {
        let statement = "SELECT page, kind FROM page_layers WHERE document_id = $1 ORDER BY page, kind";
        let rows = sqlx::query(statement).bind(document).fetch_all(self.reader()).await?;
        rows.iter().map(|row| Ok((row.number("page")?, row.parsed("kind")?))).collect()
    }

    /// A layer of a page, a PNG; that it was given out is audited as `action`, `what` with it as JSON.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn layer(
        &self,
        document: &str,
        (page, kind): (i64, LayerKind),
        actor: &str,
        (action, what): (&str, &str),
        now: i64,
    ) -> Result<Vec<u8>, StoreError> {
        let statement = "SELECT sha256 FROM page_layers WHERE document_id = $1 AND page = $2 AND kind = $3";
        let row = sqlx::query(statement)
            .bind(document)
            .bind(page)
            .bind(kind.as_str())
            .fetch_optional(self.reader())
            .await?;
        let row = row.ok_or(StoreError::NotFound { what: "layer" })?;
        let bytes = self.bytes_of(&row.text("sha256")?).await?;
        self.note(actor, action, document, what, now).await?;
        Ok(bytes)
    }
}

impl Tx {
    /// Writes the rows of layers; one that is there stays.
    pub(super) async fn insert_layers(
        &mut self,
        document: &str,
        layers: &[KeptLayer],
        now: i64,
    ) -> Result<(), StoreError> {
        for KeptLayer { page, kind, blob } in layers {
            self.insert_derived(blob).await?;
            let statement = "INSERT INTO page_layers (document_id, page, kind, sha256, created_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (document_id, page, kind) DO NOTHING";
            sqlx::query(statement)
                .bind(document)
                .bind(i64::try_from(*page).unwrap_or(i64::MAX))
                .bind(kind.as_str())
                .bind(&blob.sha256)
                .bind(now)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }
}
