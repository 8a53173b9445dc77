//! The application report out of its parts.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::{
    APPLICATION_SCHEMA, Application, ApplicationReport, CrossFinding, DocumentReport, Outcome, Severity,
};

use super::{
    case::Case, chsi_code, condition_stated::stated, doubts, field_table, judge, plan::Plan, reasons,
    register::EmployerRegister,
};

/// The rule under which documents' own findings stand in an application report.
pub const DOCUMENT_RULE: &str = "document";

/// What an application is judged with.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// `None`: its papers are held against each other and nothing else.
    pub plan: Option<&'a Plan>,
    /// The day that validity and periods are judged by: that of submission.
    pub today: Date,
    pub register: Option<&'a dyn EmployerRegister>,
}

/// The report about an application whose documents were read; `cross` is what they say against each
/// other. `elapsed_ms` and `pipeline` are left empty.
pub fn assemble(
    application: &Application,
    documents: Vec<DocumentReport>,
    cross: Vec<CrossFinding>,
    bench: &Bench<'_>,
) -> ApplicationReport {
    let case = bench.plan.map(|plan| Case::new(application, &documents, plan, bench.today, bench.register));
    let judgement = case.as_ref().map(judge);
    let mut findings: Vec<CrossFinding> =
        (0..documents.len()).flat_map(|index| own(index, application, &documents, case.as_ref())).collect();
    for mut found in cross {
        let name = found.finding.field.as_ref().map(|name| name.as_str());
        if name.is_some_and(|name| bench.plan.is_some_and(|plan| plan.is_unjudged(name))) {
            found.finding.severity = Severity::Info;
        }
        add(&mut findings, found);
    }
    let (mut plan_applied, mut slots, mut eligibility) = (None, Vec::new(), None);
    let mut condition = stated(application, &documents).effective();
    if let Some(judgement) = judgement {
        for found in judgement.findings {
            add(&mut findings, found);
        }
        plan_applied = Some(judgement.plan);
        slots = judgement.slots;
        eligibility = judgement.eligibility;
        condition = judgement.condition;
    }
    findings.sort_by_key(|found| std::cmp::Reverse(found.finding.severity));
    let of_findings = findings.iter().map(|found| Outcome::of(std::slice::from_ref(&found.finding))).max();
    let unreadable = documents.iter().map(|report| report.outcome).filter(|o| *o == Outcome::Unreadable);
    let outcome = unreadable.chain(of_findings).max();
    ApplicationReport {
        schema: APPLICATION_SCHEMA,
        id: application.id.clone(),
        plan: application.plan.clone(),
        plan_applied,
        judged_on: bench.today.to_string(),
        condition,
        outcome: outcome.unwrap_or(Outcome::Pass),
        slots,
        fields: field_table::table(application, &documents),
        eligibility,
        reasons: reasons::draft(bench.plan, &documents, &findings),
        documents,
        findings,
        elapsed_ms: BTreeMap::new(),
        pipeline: String::new(),
    }
}

/// A document's own findings. Doubtful readings that ask for nobody's look are only told.
fn own<'a>(
    index: usize,
    application: &'a Application,
    documents: &'a [DocumentReport],
    case: Option<&'a Case<'a>>,
) -> impl Iterator<Item = CrossFinding> + 'a {
    documents[index].findings.iter().map(move |finding| {
        let mut found = CrossFinding::of(DOCUMENT_RULE, finding.clone()).about(index);
        let plan = case.map(|case| case.plan);
        if doubts::is_settled(plan, application, documents, index, finding)
            || case.is_some_and(|case| chsi_code::is_needless(case, finding))
        {
            found.finding.severity = Severity::Info;
        }
        found
    })
}

/// Adds a finding unless the same code was raised at the same field already: two rules that see one fault
/// make one finding, the stricter.
fn add(findings: &mut Vec<CrossFinding>, found: CrossFinding) {
    let is_field = found.finding.field.is_some() && found.document.is_some();
    let known = findings.iter_mut().find(|known| {
        is_field
            && known.document == found.document
            && known.finding.code == found.finding.code
            && known.finding.field == found.finding.field
    });
    match known {
        Some(known) if stricter(&found, known) => *known = found,
        Some(_) => {}
        None => findings.push(found),
    }
}

fn stricter(a: &CrossFinding, b: &CrossFinding) -> bool {
    let severity = |found: &CrossFinding| -> Severity { found.finding.severity };
    severity(a) > severity(b)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Builder;
    use super::*;
    use crate::domain::{Finding, FindingCode};

    #[test]
    fn documents_own_findings_stand_in_one_list_worst_first() {
        let blurred = Finding::new(FindingCode::QualityBlurred, Severity::Retake, "模糊", "Blurred");
        let builder = Builder::work(2).finding("id_card_front", blurred).drop("work_commitment");
        let report = builder.judge();
        let found: Vec<_> =
            report.findings.iter().map(|found| (found.rule, found.finding.severity)).collect();
        assert_eq!(found[0], ("documents-present", Severity::Reject));
        assert!(found.contains(&(DOCUMENT_RULE, Severity::Retake)));
        assert_eq!(report.outcome, Outcome::Reject);
    }

    #[test]
    fn contradictions_about_what_no_rule_looks_at_are_only_told() {
        let severity = |field: &str| {
            let finding = Finding::new(FindingCode::CrossDeclaredMismatch, Severity::Review, "", "");
            let cross = vec![CrossFinding::of("papers-agree", finding).about(3).at(field, None)];
            let report = Builder::work(2).judge_after(cross);
            report
                .findings
                .iter()
                .find(|found| found.rule == "papers-agree")
                .map(|found| found.finding.severity)
        };
        assert_eq!(severity("nation"), Some(Severity::Info));
        assert_eq!(severity("phone"), Some(Severity::Review));
    }

    #[test]
    fn a_doubtful_reading_of_what_no_rule_looks_at_needs_no_person() {
        let doubt = |field: &'static str| {
            Finding::new(FindingCode::FieldLowConfidence, Severity::Review, "", "").about(field)
        };
        let outcome = |field| Builder::work(2).finding("declaration_form", doubt(field)).judge().outcome;
        assert_eq!(outcome("address"), Outcome::Pass);
        assert_eq!(outcome("work_history[3].witness"), Outcome::Pass);
        assert_eq!(outcome("phone"), Outcome::Review);
    }

    #[test]
    fn one_fault_is_one_finding() {
        let mut findings = Vec::new();
        let at = |severity| {
            CrossFinding::of("x", Finding::new(FindingCode::IdExpired, severity, "", ""))
                .about(0)
                .at("valid_until", None)
        };
        add(&mut findings, at(Severity::Review));
        add(&mut findings, at(Severity::Reject));
        assert_eq!((findings.len(), findings[0].finding.severity), (1, Severity::Reject));
        add(&mut findings, at(Severity::Reject).about(1));
        assert_eq!(findings.len(), 2);
    }

    #[test]
    fn without_a_plan_only_the_papers_speak() {
        let report = Builder::work(2).drop("work_commitment").judge_without_plan();
        assert!(report.findings.is_empty() && report.slots.is_empty() && report.eligibility.is_none());
        assert_eq!(report.outcome, Outcome::Pass);
        assert!(!report.fields.is_empty());
    }
}
