//! Uploads that a portal announces by messages: the bytes lie in a folder that it shares with the service.

use std::{
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use futures_util::StreamExt;
use rustix::{fs::OFlags, io::Errno};
use tokio::fs::OpenOptions;
use tokio_util::io::ReaderStream;

use super::app::App;
use crate::{
    queue::broker::{UploadFate, UploadMessage, UploadTaker, UploadUrgency},
    store::{Conflict, NewDocument, Priority, StoreError, vault::ReceiveError},
    worker::now,
};

/// Who acts, in the audit.
const ACTOR: &str = "broker";
/// Longest idempotency key and file name of a message, characters; as of the HTTP API's.
const MAX_TEXT: usize = 200;

/// Takes files of one folder in.
pub struct SharedFolder {
    pub app: Arc<App>,
    pub folder: PathBuf,
}

impl UploadTaker for SharedFolder {
    async fn take(&self, message: UploadMessage) -> UploadFate {
        match self.keep(message).await {
            Ok(()) => UploadFate::Taken,
            Err(fate) => fate,
        }
    }
}

impl SharedFolder {
    async fn keep(&self, message: UploadMessage) -> Result<(), UploadFate> {
        let app = &self.app;
        let key = &message.idempotency_key;
        if key.is_empty() || key.chars().count() > MAX_TEXT {
            return Err(UploadFate::Refused("idempotency_key.malformed"));
        }
        app.admit().map_err(|_| UploadFate::NotNow("queue.full"))?;
        app.store.application_row(&message.application).await.map_err(|error| fate(&error))?;
        let file = self.open(&message.blob.file).await?;
        let pieces = ReaderStream::new(file).map(|piece| piece.map_err(|_| ()));
        let received = app.store.vault().receive(pieces, app.limits.max_upload_bytes).await;
        let received = received.map_err(|error| match error {
            ReceiveError::TooLarge { .. } => UploadFate::Refused("upload.too_large"),
            ReceiveError::BrokenOff | ReceiveError::Vault(_) => UploadFate::NotNow("upload.broken_off"),
        })?;
        if !received.sha256.eq_ignore_ascii_case(&message.blob.sha256) {
            // Its object has no row and is swept.
            return Err(UploadFate::Refused("upload.wrong_digest"));
        }
        let blob = app.store.keep(&received, now()).await.map_err(|error| fate(&error))?;
        let name = message.name.as_deref().unwrap_or(&message.blob.file);
        let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
        let new = NewDocument {
            application: &message.application,
            slot: message.slot,
            blob: &blob,
            name: &name,
            idempotency_key: Some(key),
            priority: match message.priority {
                UploadUrgency::Applicant => Priority::Applicant,
                UploadUrgency::Bulk => Priority::Bulk,
            },
            pipeline: &app.pipeline,
            actor: ACTOR,
            now: now(),
        };
        let added = app.store.add_document(&new).await.map_err(|error| fate(&error))?;
        app.queue.ring();
        if let Some(orphan) = added.orphan {
            // The sweep would find it, too.
            let _ = app.store.vault().delete(&orphan).await;
        }
        Ok(())
    }

    /// Opens a file of the folder itself. No path leads out of it, neither `..` nor a link.
    async fn open(&self, name: &str) -> Result<tokio::fs::File, UploadFate> {
        if !is_plain(name) {
            return Err(UploadFate::Refused("upload.no_plain_name"));
        }
        let path = self.folder.join(name);
        let no_links = i32::try_from(OFlags::NOFOLLOW.bits() | OFlags::NONBLOCK.bits());
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(no_links.unwrap_or_default());
        let file = options.open(path).await.map_err(|error| match Errno::from_io_error(&error) {
            Some(Errno::NOENT) => UploadFate::Refused("upload.no_such_file"),
            Some(Errno::LOOP) => UploadFate::Refused("upload.no_plain_file"),
            _ => UploadFate::NotNow("upload.unreadable"),
        })?;
        match file.metadata().await {
            Ok(metadata) if metadata.is_file() => Ok(file),
            Ok(_) => Err(UploadFate::Refused("upload.no_plain_file")),
            Err(_) => Err(UploadFate::NotNow("upload.unreadable")),
        }
    }
}

/// Whether a name is that of a file and no path.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name)
}

/// Whether trying again can help.
fn fate(error: &StoreError) -> UploadFate {
    match error {
        StoreError::NotFound { .. } => UploadFate::Refused("application.unknown"),
        StoreError::Conflict(Conflict::IdempotencyKey) => UploadFate::Refused("idempotency_key.reused"),
        StoreError::Conflict(Conflict::Erased) => UploadFate::NotNow("upload.erased"),
        StoreError::Conflict(_) => UploadFate::Refused("application.decided"),
        error => {
            tracing::error!(error = error as &dyn std::error::Error, "an upload message cannot be taken");
            UploadFate::NotNow("store")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_names() {
        assert!(is_plain("front.jpg") && is_plain("正面 1.jpg") && is_plain("..jpg"));
        for other in ["", ".", "..", "/etc/passwd", "../a", "a/b", "a/", "./a"] {
            assert!(!is_plain(other), "{other}");
        }
    }
}
