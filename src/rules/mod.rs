//! Rules over a whole application: declared data, document reports and the day, judged by a plan.
//!
//! One rule a file with its doc, its check and its tests; all stand in [`RULES`]. What a plan decides
//! (conditions, lists, thresholds, words) is data ([`plan`]); what is held between two papers by the
//! recogniser's lattices is done where these are (`pipeline::cross`). Everything here is pure.

mod agreement;
mod applied_for;
mod assemble;
mod case;
mod chsi_code;
mod condition_stated;
mod correspondence;
mod documents_present;
mod doubts;
mod education;
mod field_table;
mod id_validity;
mod labels;
mod listing;
mod major_listed;
mod month;
mod photo_file;
pub mod plan;
mod prior_certificate;
mod prior_certificate_number;
mod reasons;
mod register;
mod rule;
mod signature_date;
mod student;
mod study_dates;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod work;
mod work_age;
mod work_employers;
mod work_months;
mod work_occupations;
mod work_order;
mod work_overlap;
mod work_papers_agree;
mod work_register;
mod work_rows_complete;
mod work_signature;
mod work_total;

use crate::domain::{CrossFinding, Eligibility, PlanReference, Severity, SlotStatus, Verdict};

pub use agreement::{DIFFERENT, agree, are_written_alike};
pub use assemble::{Bench, DOCUMENT_RULE, assemble};
pub use case::{Case, SURE, field_of};
pub use correspondence::{CORRESPONDENCES, Correspondence};
pub use doubts::may_be_copied;
pub use labels::of as label;
pub use plan::{Plan, PlanError, PlanLibrary};
pub use register::{BadRegister, EmployerList, EmployerRegister, Lifespan};
pub use rule::{Rule, Words};

/// Every rule, in the order in which an application is looked at.
pub const RULES: &[Rule] = &[
    condition_stated::RULE,
    documents_present::RULE,
    applied_for::RULE,
    id_validity::RULE,
    photo_file::RULE,
    signature_date::RULE,
    prior_certificate::RULE,
    prior_certificate_number::RULE,
    work_months::RULE,
    work_occupations::RULE,
    work_employers::RULE,
    work_rows_complete::RULE,
    work_order::RULE,
    work_overlap::RULE,
    work_signature::RULE,
    work_age::RULE,
    work_total::RULE,
    work_papers_agree::RULE,
    work_register::RULE,
    major_listed::RULE,
    student::RULE,
    chsi_code::RULE,
    study_dates::RULE,
];

/// What the rules of a plan say about an application.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub plan: PlanReference,
    /// The condition that it was judged by.
    pub condition: Option<u8>,
    pub findings: Vec<CrossFinding>,
    pub slots: Vec<SlotStatus>,
    pub eligibility: Option<Eligibility>,
}

/// Judges an application by its plan on `today`, the day of submission.
pub fn judge(case: &Case<'_>) -> Judgement {
    let findings: Vec<CrossFinding> = RULES.iter().flat_map(|rule| (rule.check)(case)).collect();
    Judgement {
        plan: PlanReference {
            id: case.plan.id.clone(),
            version: case.plan.version.clone(),
            sha256: case.plan.sha256.clone(),
            title: case.plan.title.clone(),
        },
        condition: case.condition.map(|condition| condition.number),
        slots: documents_present::slots(case),
        eligibility: eligibility(case, &findings),
        findings,
    }
}

/// The eligibility arithmetic; a person decides wherever a rule about qualification has a question.
fn eligibility(case: &Case<'_>, findings: &[CrossFinding]) -> Option<Eligibility> {
    let condition = case.condition?;
    let work = work::arithmetic(case);
    let education = education::standing(case);
    let asked = |rule: &CrossFinding| {
        rule.rule != documents_present::RULE.id && rule.finding.code.as_str().starts_with("eligibility.")
            || rule.rule == prior_certificate::RULE.id
    };
    let raised = findings.iter().filter(|found| asked(found)).map(|found| match found.finding.severity {
        Severity::Info => Verdict::Met,
        Severity::Review | Severity::Retake => Verdict::Unclear,
        Severity::Reject => Verdict::NotMet,
    });
    let unread = condition.education.is_some() && education.is_none();
    let verdicts =
        [work.as_ref().map(|work| work.verdict), education.as_ref().map(|standing| standing.verdict)];
    let verdicts = verdicts.into_iter().flatten().chain(raised).chain(unread.then_some(Verdict::Unclear));
    Some(Eligibility {
        condition: condition.number,
        title: condition.title.clone(),
        guide: condition.guide.clone(),
        verdict: verdicts.max().unwrap_or(Verdict::Unclear),
        work,
        education,
    })
}
