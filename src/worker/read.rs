//! The job of reading a document.

use super::{
    ReadError, Worker, now,
    poison::unreadable,
    run::{JobError, Step},
    turnstile::Urgency,
};
use crate::{
    domain::{DocumentReport, UploadedFile},
    imaging::Pictures,
    reader::ReadRequest,
    store::{DocumentRow, DocumentState, FinishedReading, Lease, StoreError, vault::VaultError},
};

impl Worker {
    /// Reads a document and writes its report.
    pub(super) async fn read(&self, lease: &Lease) -> Result<Step, JobError> {
        let id = lease.document_id.as_deref().ok_or(JobError::Permanent("job.malformed"))?;
        let document = self.store.document(id).await?;
        let name = self.store.name_of(&document)?;
        let bytes = match self.store.bytes_of(&document.sha256).await {
            Ok(bytes) => bytes,
            Err(StoreError::Vault(VaultError::Damaged | VaultError::UnknownKey)) => {
                return Err(JobError::Permanent("blob.damaged"));
            }
            Err(error) => return Err(error.into()),
        };
        let read = if lease.attempts > self.settings.attempts {
            // Whoever takes it dies; it is not tried on yet another worker.
            Err(ReadError::Died)
        } else {
            let request = self.request(&document, name.clone()).await?;
            self.readers.read_pictured(Urgency::Queued, &request, &bytes).await
        };
        let (report, pictures) = match read {
            Ok((mut report, pictures)) => {
                // What a reader says about the bytes is checked, not believed.
                if report.sha256 != document.sha256 {
                    return Err(JobError::Permanent("reader.wrong_document"));
                }
                report.pipeline.clone_from(&self.pipeline);
                (report, pictures)
            }
            Err(error @ (ReadError::TimedOut | ReadError::Died)) => {
                if lease.attempts < self.settings.deaths {
                    let cause = if error == ReadError::TimedOut { "reader.timeout" } else { "reader.died" };
                    return Err(JobError::Again(cause));
                }
                let timeout = u64::try_from(self.settings.document_timeout.as_millis()).unwrap_or(u64::MAX);
                let slot = Some(document.slot);
                let report =
                    unreadable(&name, &document.sha256, &bytes, slot, &error, timeout, &self.pipeline);
                (report, Pictures::default())
            }
            Err(ReadError::Failed(_)) => return Err(JobError::Again("reader.failed")),
            Err(ReadError::Unavailable) => return Err(JobError::NotNow("reader.unavailable")),
        };
        let pictures = self.store.keep_pictures(pictures, now()).await?;
        let done = FinishedReading { lease, document: id, report: &report, pictures: &pictures, now: now() };
        self.store.finish_reading(&done).await?;
        self.meters.reported(&report);
        Ok(Step::Done)
    }

    /// What a reader is asked. Entries of handwritten forms are held against the papers of the
    /// application that were read before.
    async fn request(&self, document: &DocumentRow, name: String) -> Result<ReadRequest, JobError> {
        let mut application = self.store.application(&document.application_id).await?;
        let mut papers: Vec<DocumentReport> = Vec::new();
        if document.slot.is_handwritten_form() {
            let corrections = self.store.corrections_of(&document.application_id).await?;
            for other in self.store.current_documents(&document.application_id).await? {
                if other.state == DocumentState::Read && other.slot != document.slot {
                    papers.push(self.store.report_as_seen(&other.id, &corrections).await?);
                    let file = papers.last().map(|paper| paper.file.clone()).unwrap_or_default();
                    application.files.push(UploadedFile { slot: other.slot, file });
                }
            }
        }
        let today = self.day_of(&application);
        Ok(ReadRequest {
            name,
            slot: Some(document.slot),
            today,
            application,
            papers,
            pictures: true,
            drill: None,
        })
    }
}
