//! The job of judging an application whose documents were read.

use std::time::Instant;

use jiff::{ZonedDateTime, civil::Date};

use super::{
    Worker, now,
    run::{JobError, Step},
};
use crate::{
    domain::{Application, DocumentReport, UploadedFile},
    pipeline,
    rules::Bench,
    store::{DocumentState, FinishedAssessment, Lease},
};

impl Worker {
    /// Judges an application by the stored reports and writes the application report.
    pub(super) async fn assess(&self, lease: &Lease) -> Result<Step, JobError> {
        let id = &lease.application_id;
        if self.store.application_row(id).await?.revision != lease.revision {
            // It changed since; the change has a job of its own.
            self.store.finish_void(lease, now()).await?;
            return Ok(Step::Done);
        }
        let mut application = self.store.application(id).await?;
        let mut documents: Vec<DocumentReport> = Vec::new();
        let mut rows = Vec::new();
        let corrections = self.store.corrections_of(id).await?;
        for document in self.store.current_documents(id).await? {
            if document.state == DocumentState::Read {
                let report = self.store.report_as_seen(&document.id, &corrections).await?;
                application.files.push(UploadedFile { slot: document.slot, file: report.file.clone() });
                documents.push(report);
                rows.push(document);
            }
        }
        let reused = self.reuse.findings(&self.store, &application, &rows).await?;
        let today = self.day_of(&application);
        let (plans, version) = (self.plans.clone(), self.pipeline.clone());
        let judged = tokio::task::spawn_blocking(move || {
            let version_of_plan = application.plan_version.as_deref();
            let plan = plans.find(&application.plan, version_of_plan, today).ok();
            let bench = Bench { plan, today, register: None };
            let start = Instant::now();
            let mut report = pipeline::judge(&version, &application, documents, reused, &bench);
            let total = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
            report.elapsed_ms.insert("total".into(), total);
            report
        });
        let report = judged.await.map_err(|_| JobError::Again("assessment.panicked"))?;
        self.store.finish_assessment(&FinishedAssessment { lease, report: &report, now: now() }).await?;
        Ok(Step::Done)
    }

    /// The day that an application is judged by: that of its submission.
    pub(super) fn day_of(&self, application: &Application) -> Date {
        let submitted = application.submitted_on.as_deref().and_then(|day| day.parse().ok());
        submitted.unwrap_or_else(|| ZonedDateTime::now().date())
    }
}
