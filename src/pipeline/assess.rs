//! One application through the pipeline: the printed papers first, then the forms, whose entries are
//! held against them, then the rules of its plan.

use std::time::Instant;

use crate::{
    domain::{Application, ApplicationReport, CrossFinding, DocumentKind, DocumentReport, UploadedFile},
    inference::InferenceError,
    rules::{self, Bench},
};

use super::{CheckOptions, Checked, Pipeline, Statement, cross};

/// The order of reading: each round's entries are held against all that was read before. The declaration
/// form comes before the commitments, which repeat its rows of work.
fn round(slot: DocumentKind) -> usize {
    match slot {
        DocumentKind::DeclarationForm => 1,
        slot if slot.is_handwritten_form() => 2,
        _ => 0,
    }
}

const ROUNDS: usize = 3;

impl Pipeline {
    /// Reads an application and judges it; `load` gives the bytes of its files, none for one that is not
    /// there.
    ///
    /// # Errors
    /// Only when a network fails.
    pub fn assess(
        &self,
        application: &Application,
        load: impl Fn(&UploadedFile) -> Vec<u8>,
        bench: &Bench<'_>,
    ) -> Result<ApplicationReport, InferenceError> {
        let start = Instant::now();
        let mut reports: Vec<Option<DocumentReport>> = vec![None; application.files.len()];
        for current in 0..ROUNDS {
            let papers: Vec<&DocumentReport> = reports.iter().flatten().collect();
            let mut read = Vec::new();
            for (index, file) in application.files.iter().enumerate() {
                if round(file.slot) == current {
                    read.push((index, self.read_among(&papers, application, file, &load(file), bench)?));
                }
            }
            for (index, report) in read {
                reports[index] = Some(report);
            }
        }
        // The declaration form was read before the commitments, which one may have written more legibly.
        for (index, file) in application.files.iter().enumerate() {
            let papers: Vec<&DocumentReport> = reports.iter().flatten().collect();
            let commitments = papers.iter().filter(|report| round(report.kind) == ROUNDS - 1);
            let own = reports[index].as_ref().filter(|report| report.kind == DocumentKind::DeclarationForm);
            if own.is_some_and(|own| commitments.into_iter().any(|other| cross::gains_from(own, other))) {
                reports[index] = Some(self.read_among(&papers, application, file, &load(file), bench)?);
            }
        }
        let documents: Vec<DocumentReport> = reports.into_iter().flatten().collect();
        let mut report = self.judge(application, documents, bench);
        let total = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        report.elapsed_ms.insert("total".into(), total);
        Ok(report)
    }

    /// Reads one file of an application; entries of a form are held against what `papers` say.
    fn read_among(
        &self,
        papers: &[&DocumentReport],
        application: &Application,
        file: &UploadedFile,
        bytes: &[u8],
        bench: &Bench<'_>,
    ) -> Result<DocumentReport, InferenceError> {
        let options = CheckOptions { slot: Some(file.slot), today: bench.today };
        let statements = statements_for(Some(file.slot), application, papers);
        Ok(self.check_against(&file.file, bytes, &options, &statements)?.report)
    }

    /// [`judge`] by this pipeline's version.
    pub fn judge(
        &self,
        application: &Application,
        documents: Vec<DocumentReport>,
        bench: &Bench<'_>,
    ) -> ApplicationReport {
        judge(self.version(), application, documents, Vec::new(), bench)
    }

    /// Checks one upload of an application of which some papers were read before: entries of a form are
    /// held against those and against what was declared. Other kinds are read as by [`Pipeline::check`].
    ///
    /// # Errors
    /// As [`Pipeline::check`].
    pub fn check_within(
        &self,
        application: &Application,
        papers: &[DocumentReport],
        name: &str,
        bytes: &[u8],
        options: &CheckOptions,
    ) -> Result<Checked, InferenceError> {
        let papers: Vec<&DocumentReport> = papers.iter().collect();
        let statements = statements_for(options.slot, application, &papers);
        self.check_against(name, bytes, options, &statements)
    }
}

/// What stands in a form in `slot`, as far as it is known; nothing for other papers.
fn statements_for(
    slot: Option<DocumentKind>,
    application: &Application,
    papers: &[&DocumentReport],
) -> Vec<Statement> {
    let form = slot.filter(|slot| slot.is_handwritten_form());
    form.map_or_else(Vec::new, |form| cross::statements(application, papers, form))
}

/// Judges an application whose documents were read already, in the order of its files: after a change of
/// what was declared, or by another version of the plan. `pipeline` is the version that signs the report, `known` what is
/// known beside the papers (their indexes as in `documents`). No model is needed.
pub fn judge(
    pipeline: &str,
    application: &Application,
    documents: Vec<DocumentReport>,
    known: Vec<CrossFinding>,
    bench: &Bench<'_>,
) -> ApplicationReport {
    let mut found = cross::contradictions(application, &documents);
    found.extend(known);
    let mut report = rules::assemble(application, documents, found, bench);
    pipeline.clone_into(&mut report.pipeline);
    report
}
