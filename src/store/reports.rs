//! Reports: each written in the transaction that closes its job and records its event.

use serde_json::json;

use super::{
    EventKind, JobState, Lease, Store, StoreError,
    events::Subject,
    jobs::NewJob,
    pictures::{KeptPicture, KeptPictures},
    pool::Tx,
    search::SearchTerm,
};
use crate::domain::{ApplicationReport, DocumentReport};

/// A document that was read.
pub struct FinishedReading<'a> {
    pub lease: &'a Lease,
    pub document: &'a str,
    pub report: &'a DocumentReport,
    /// What [`Store::keep_pictures`] made of the pages' pictures.
    pub pictures: &'a KeptPictures,
    pub now: i64,
}

/// An application that was judged.
pub struct FinishedAssessment<'a> {
    pub lease: &'a Lease,
    pub report: &'a ApplicationReport,
    pub now: i64,
}

/// What a document report is sealed for.
pub(super) fn report_place(document: &str, pipeline: &str) -> String {
    format!("report {document} {pipeline}")
}

/// What an application report is sealed for.
pub(super) fn assessment_place(application: &str, revision: i64) -> String {
    format!("application report {application} {revision}")
}

impl Store {
    /// Writes the report about a document, its findings, the end of its job and its event, and the job
    /// of judging its application when this was the last document to be read: all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another worker has the job; nothing is written then.
    pub async fn finish_reading(&self, done: &FinishedReading<'_>) -> Result<(), StoreError> {
        let FinishedReading { lease, document, report, pictures, now } = *done;
        let text = serde_json::to_string(report).map_err(|_| StoreError::Malformed { what: "report" })?;
        let sealed = self.seal(&report_place(document, &report.pipeline), &text)?;
        let digests: Vec<String> = report
            .fields
            .iter()
            .filter_map(|(name, field)| {
                Some(self.search.digest(SearchTerm::of_field(name.as_str())?, &field.value))
            })
            .collect();
        let prints: Vec<_> = pictures.pages.iter().filter_map(KeptPicture::print).collect();
        let prints = self.seal_prints(document, &prints)?;
        let mut tx = self.begin().await?;
        tx.close(lease, JobState::Done, None, now).await?;
        let application = tx.touch(&lease.application_id, now).await?;
        let is_first = tx.insert_report(document, report, &sealed, now).await?;
        let statement = "UPDATE documents SET state = 'read', kind = $2, outcome = $3 WHERE id = $1";
        sqlx::query(statement)
            .bind(document)
            .bind(report.kind.as_str())
            .bind(report.outcome.as_str())
            .execute(&mut *tx.inner)
            .await?;
        tx.insert_pictures(document, &pictures.pages, now).await?;
        tx.insert_layers(document, &pictures.layers, now).await?;
        tx.index(&lease.application_id, &digests).await?;
        if !tx.is_reading(&lease.application_id).await? {
            tx.enqueue(&NewJob::assessment(&lease.application_id, application.revision, now)).await?;
        }
        tx.insert_prints(document, &lease.application_id, report.slot.unwrap_or(report.kind), &prints)
            .await?;
        // A second pipeline's report replaces nothing and is told as well; the same one's never twice.
        if is_first {
            let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
            let payload = json!({
                "slot": report.slot, "kind": report.kind, "outcome": report.outcome, "findings": codes,
                "pipeline": report.pipeline,
            });
            let subject = Subject { application: &lease.application_id, document: Some(document) };
            tx.record(EventKind::DocumentRead, subject, payload, now).await?;
            let detail = json!({
                "sha256": report.sha256, "pipeline": report.pipeline, "outcome": report.outcome,
                "findings": codes,
            });
            tx.audit("worker", "document.read", document, &detail.to_string(), now).await?;
        }
        tx.commit().await
    }

    /// Writes the report about an application, the end of its job and its event. False: the application
    /// changed meanwhile, another job judges it, and only this job's end was written.
    ///
    /// # Errors
    /// [`StoreError::Fenced`].
    pub async fn finish_assessment(&self, done: &FinishedAssessment<'_>) -> Result<bool, StoreError> {
        let FinishedAssessment { lease, report, now } = *done;
        let application = lease.application_id.as_str();
        let text = serde_json::to_string(report).map_err(|_| StoreError::Malformed { what: "report" })?;
        let sealed = self.seal(&assessment_place(application, lease.revision), &text)?;
        let mut tx = self.begin().await?;
        tx.close(lease, JobState::Done, None, now).await?;
        // The condition locks the row and tells whether the report is about what stands there now.
        let statement = "UPDATE applications SET outcome = $3, assessed_revision = $2, updated_at = $4 \
             WHERE id = $1 AND revision = $2";
        let current = sqlx::query(statement)
            .bind(application)
            .bind(lease.revision)
            .bind(report.outcome.as_str())
            .bind(now)
            .execute(&mut *tx.inner)
            .await?;
        let current = current.rows_affected() == 1;
        if current {
            let statement = "INSERT INTO application_reports (application_id, revision, outcome, sealed, \
                 created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (application_id, revision) DO NOTHING";
            sqlx::query(statement)
                .bind(application)
                .bind(lease.revision)
                .bind(report.outcome.as_str())
                .bind(sealed)
                .bind(now)
                .execute(&mut *tx.inner)
                .await?;
            let mut codes: Vec<&str> =
                report.findings.iter().map(|found| found.finding.code.as_str()).collect();
            codes.dedup();
            let payload = json!({ "revision": lease.revision, "outcome": report.outcome, "findings": codes });
            let subject = Subject { application, document: None };
            tx.record(EventKind::ApplicationAssessed, subject, payload.clone(), now).await?;
            tx.audit("worker", "application.assessed", application, &payload.to_string(), now).await?;
        }
        tx.commit().await?;
        Ok(current)
    }

    /// The newest report about a document, as JSON text.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was not read yet.
    pub async fn report_text(&self, document: &str) -> Result<String, StoreError> {
        let statement = "SELECT pipeline, sealed FROM reports WHERE document_id = $1 \
             ORDER BY created_at DESC LIMIT 1";
        let row: Option<(String, String)> =
            sqlx::query_as(statement).bind(document).fetch_optional(self.reader()).await?;
        let (pipeline, sealed) = row.ok_or(StoreError::NotFound { what: "report" })?;
        self.unseal(&report_place(document, &pipeline), &sealed)
    }

    /// The newest report about a document.
    ///
    /// # Errors
    /// As [`Self::report_text`].
    pub async fn report(&self, document: &str) -> Result<DocumentReport, StoreError> {
        let text = self.report_text(document).await?;
        serde_json::from_str(&text).map_err(|_| StoreError::Malformed { what: "report" })
    }

    /// The newest report about an application, as JSON text, and the revision that it is about.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was not judged yet.
    pub async fn assessment_text(&self, application: &str) -> Result<(String, i64), StoreError> {
        let statement = "SELECT revision, sealed FROM application_reports WHERE application_id = $1 \
             ORDER BY revision DESC LIMIT 1";
        let row: Option<(i64, String)> =
            sqlx::query_as(statement).bind(application).fetch_optional(self.reader()).await?;
        let (revision, sealed) = row.ok_or(StoreError::NotFound { what: "report" })?;
        Ok((self.unseal(&assessment_place(application, revision), &sealed)?, revision))
    }
}

impl Tx {
    /// Writes a report and its findings. False: this pipeline reported about the document before.
    async fn insert_report(
        &mut self,
        document: &str,
        report: &DocumentReport,
        sealed: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let statement = "INSERT INTO reports (document_id, pipeline, outcome, kind, sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (document_id, pipeline) DO NOTHING";
        let done = sqlx::query(statement)
            .bind(document)
            .bind(&report.pipeline)
            .bind(report.outcome.as_str())
            .bind(report.kind.as_str())
            .bind(sealed)
            .bind(now)
            .execute(&mut *self.inner)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        for (ordinal, finding) in (0_i64..).zip(&report.findings) {
            let statement = "INSERT INTO findings (document_id, pipeline, ordinal, code, severity, page, field) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)";
            sqlx::query(statement)
                .bind(document)
                .bind(&report.pipeline)
                .bind(ordinal)
                .bind(finding.code.as_str())
                .bind(finding.severity.as_str())
                .bind(finding.page.and_then(|page| i64::try_from(page).ok()))
                .bind(finding.field.as_ref().map(|field| field.as_str()))
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(true)
    }
}
