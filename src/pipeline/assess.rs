//! One application through the pipeline: the printed papers first, then the forms, whose entries are
//! held against them.

use std::{collections::BTreeMap, time::Instant};

use jiff::civil::Date;

use crate::{
    domain::{APPLICATION_SCHEMA, Application, ApplicationReport, DocumentReport, Outcome, UploadedFile},
    inference::InferenceError,
};

use super::{CheckOptions, Pipeline, cross};

impl Pipeline {
    /// Reads an application; `load` gives the bytes of its files, none for one that is not there.
    ///
    /// # Errors
    /// Only when a network fails.
    pub fn assess(
        &self,
        application: &Application,
        load: impl Fn(&UploadedFile) -> Vec<u8>,
        today: Date,
    ) -> Result<ApplicationReport, InferenceError> {
        let start = Instant::now();
        let mut reports: Vec<Option<DocumentReport>> = vec![None; application.files.len()];
        for forms in [false, true] {
            let papers: Vec<&DocumentReport> = reports.iter().flatten().collect();
            let statements = if forms { cross::statements(application, &papers) } else { Vec::new() };
            let mut read = Vec::new();
            for (index, file) in application.files.iter().enumerate() {
                if file.slot.is_handwritten_form() == forms {
                    let options = CheckOptions { slot: Some(file.slot), today };
                    let checked = self.check_against(&file.file, &load(file), &options, &statements)?;
                    read.push((index, checked.report));
                }
            }
            for (index, report) in read {
                reports[index] = Some(report);
            }
        }
        let documents: Vec<DocumentReport> = reports.into_iter().flatten().collect();
        let findings = cross::contradictions(application, &documents);
        let worst = findings.iter().map(|found| Outcome::of(std::slice::from_ref(&found.finding)));
        let outcome = documents.iter().map(|report| report.outcome).chain(worst).max();
        let total = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(ApplicationReport {
            schema: APPLICATION_SCHEMA,
            id: application.id.clone(),
            plan: application.plan.clone(),
            outcome: outcome.unwrap_or(Outcome::Pass),
            documents,
            findings,
            elapsed_ms: BTreeMap::from([("total", total)]),
            pipeline: self.version().to_owned(),
        })
    }
}
