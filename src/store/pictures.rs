//! Pictures of pages: derived from an upload when it was read, sealed like it, erased with it.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use sqlx::any::AnyRow;

use super::{Blob, Conflict, Store, StoreError, layers::KeptLayer, pool::Tx, rows::Columns};
use crate::imaging::{Fingerprint, PagePicture, Pictures};

/// A picture whose bytes are in the blob store; its rows are written with the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptPicture {
    page: usize,
    width: u32,
    height: u32,
    blob: Blob,
    print: Option<Fingerprint>,
}

/// Pictures and layers of a document whose bytes are in the blob store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptPictures {
    pub(super) pages: Vec<KeptPicture>,
    pub(super) layers: Vec<KeptLayer>,
}

impl KeptPicture {
    /// The page and its fingerprint, where it has one.
    pub(super) fn print(&self) -> Option<(usize, Fingerprint)> {
        Some((self.page, self.print.clone()?))
    }
}

/// A stored picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureRow {
    /// The page, from 0.
    pub page: i64,
    /// Pixels.
    pub width: i64,
    pub height: i64,
}

fn row_of(row: &AnyRow) -> Result<PictureRow, StoreError> {
    Ok(PictureRow { page: row.number("page")?, width: row.number("width")?, height: row.number("height")? })
}

impl Store {
    /// Puts pictures into the blob store.
    ///
    /// # Errors
    /// When the database or the blob store fails; what was written is swept.
    pub async fn keep_pictures(&self, pictures: Pictures, now: i64) -> Result<KeptPictures, StoreError> {
        let mut pages = Vec::with_capacity(pictures.pages.len());
        for PagePicture { page, width, height, jpeg, print } in pictures.pages {
            pages.push(KeptPicture { page, width, height, blob: self.keep_derived(jpeg, now).await?, print });
        }
        Ok(KeptPictures { pages, layers: self.keep_layers(pictures.layers, now).await? })
    }

    /// Puts what was derived from an upload into the blob store.
    pub(super) async fn keep_derived(&self, bytes: Vec<u8>, now: i64) -> Result<Blob, StoreError> {
        let piece = stream::iter([Ok::<_, Infallible>(Bytes::from(bytes))]);
        let received = self.vault().receive(piece, u64::MAX).await?;
        self.keep(&received, now).await
    }

    /// Which pictures a document has, by page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pictures_of(&self, document: &str) -> Result<Vec<PictureRow>, StoreError> {
        let statement = "SELECT * FROM page_pictures WHERE document_id = $1 ORDER BY page";
        let rows = sqlx::query(statement).bind(document).fetch_all(self.reader()).await?;
        rows.iter().map(row_of).collect()
    }

    /// The picture of a page, a JPEG; that it was given out is audited as `action`, `what` with it as JSON.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn picture(
        &self,
        document: &str,
        page: i64,
        actor: &str,
        (action, what): (&str, &str),
        now: i64,
    ) -> Result<(PictureRow, Vec<u8>), StoreError> {
        let row = self.picture_row(document, page).await?;
        let bytes = self.bytes_of(&row.text("sha256")?).await?;
        self.note(actor, action, document, what, now).await?;
        Ok((row_of(&row)?, bytes))
    }

    /// Whoever has the picture of a page already shows it: audited as if it were given out.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none any more.
    pub async fn picture_shown(
        &self,
        document: &str,
        page: i64,
        actor: &str,
        (action, what): (&str, &str),
        now: i64,
    ) -> Result<(), StoreError> {
        self.picture_row(document, page).await?;
        self.note(actor, action, document, what, now).await
    }

    async fn picture_row(&self, document: &str, page: i64) -> Result<AnyRow, StoreError> {
        let statement = "SELECT * FROM page_pictures WHERE document_id = $1 AND page = $2";
        let row = sqlx::query(statement).bind(document).bind(page).fetch_optional(self.reader()).await?;
        row.ok_or(StoreError::NotFound { what: "picture" })
    }
}

impl Tx {
    /// Writes the row of a derived blob.
    pub(super) async fn insert_derived(&mut self, blob: &Blob) -> Result<(), StoreError> {
        if self.insert_blob(blob).await? && blob.is_known {
            // It was erased since it was looked up, and its object with it.
            return Err(Conflict::Erased.into());
        }
        Ok(())
    }

    /// Writes the rows of pictures; a picture that is there stays.
    pub(super) async fn insert_pictures(
        &mut self,
        document: &str,
        pictures: &[KeptPicture],
        now: i64,
    ) -> Result<(), StoreError> {
        for KeptPicture { page, width, height, blob, .. } in pictures {
            self.insert_derived(blob).await?;
            let statement = "INSERT INTO page_pictures (document_id, page, width, height, sha256, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (document_id, page) DO NOTHING";
            sqlx::query(statement)
                .bind(document)
                .bind(i64::try_from(*page).unwrap_or(i64::MAX))
                .bind(i64::from(*width))
                .bind(i64::from(*height))
                .bind(&blob.sha256)
                .bind(now)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(())
    }
}
