//! Students: in their final year, enrolled, and with the paper that their kind of school gives; graduates
//! with a diploma.

use crate::domain::{
    CrossFinding, DocumentKind,
    FindingCode::{EligibilityConditionUnclear as UNCLEAR, EligibilityDocumentMissing as MISSING},
    Severity,
};

use super::{
    case::{Case, SURE},
    education::{self, Schooling},
    month::Month,
    rule::{Rule, plain, words},
};

pub const RULE: Rule = Rule {
    id: "student",
    codes: &[UNCLEAR, MISSING],
    words: &[
        words("not_accepted", &[]),
        words("not_final_year", &["months"]),
        words("not_enrolled", &[]),
        words("paper", &["papers"]),
        words("registration", &[]),
        words("diploma", &[]),
    ],
    check,
};

/// The status by which CHSI calls a student enrolled.
const ENROLLED: &str = "在籍";
const NOT_ENROLLED: &str = "不在籍";

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(schooling) = education::schooling(case) else { return Vec::new() };
    match schooling.student {
        Some(true) => student(case, &schooling),
        Some(false) => graduate(case),
        None => Vec::new(),
    }
}

fn student(case: &Case<'_>, schooling: &Schooling<'_>) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    if !schooling.requirement.students {
        found.push(RULE.found(case, "not_accepted", (UNCLEAR, Severity::Reject), &[]));
    }
    let final_months = case.plan.thresholds.final_year_months;
    let ahead = schooling.graduation.map_or(0, |month| month.since(Month::from(case.today)));
    if ahead > i32::try_from(final_months).unwrap_or(i32::MAX) {
        let fills = [("months", plain(final_months))];
        found.push(
            RULE.found(case, "not_final_year", (UNCLEAR, Severity::Review), &fills)
                .with_evidence("months_to_graduation", ahead),
        );
    }
    let report = case.first(DocumentKind::ChsiReport);
    if let Some((report, status)) =
        report.and_then(|report| Some((report, case.field(report, "student_status")?)))
        && status.confidence >= SURE
        && (!status.value.contains(ENROLLED) || status.value.contains(NOT_ENROLLED))
    {
        found.push(
            RULE.found(case, "not_enrolled", (UNCLEAR, Severity::Review), &[])
                .about(report)
                .at("student_status", Some(status))
                .with_score(status.confidence),
        );
    }
    let Some(school) = schooling.school else { return found };
    let papers = &school.student_papers;
    let brought = papers.iter().any(|&kind| case.first(kind).is_some());
    // An empty slot is told as such; here something else lies in it.
    let in_slot = case.documents.iter().position(|report| report.slot == Some(DocumentKind::Diploma));
    if let Some(document) = in_slot.filter(|_| !brought && !papers.is_empty()) {
        let joined = papers.iter().map(|&kind| case.plan.label(kind)).reduce(|mut all, next| {
            all.zh = format!("{}或{}", all.zh, next.zh);
            all.en = format!("{} or {}", all.en, next.en);
            all
        });
        let fills = [("papers", joined.unwrap_or_else(|| plain("")))];
        found.push(RULE.found(case, "paper", (MISSING, Severity::Review), &fills).about(document));
    }
    // A registration form states a finished education, which a student has not.
    let kind = report.and_then(|report| Some((report, case.field(report, "report_type")?)));
    if let Some((report, field)) = kind
        && papers.contains(&DocumentKind::ChsiReport)
        && field.value == "education_registration"
        && field.confidence >= SURE
    {
        found.push(
            RULE.found(case, "registration", (MISSING, Severity::Review), &[])
                .about(report)
                .at("report_type", Some(field)),
        );
    }
    found
}

/// Who has graduated brings the diploma itself.
fn graduate(case: &Case<'_>) -> Vec<CrossFinding> {
    let instead = case.documents.iter().position(|report| {
        report.slot == Some(DocumentKind::Diploma)
            && matches!(report.kind, DocumentKind::EnrollmentForm | DocumentKind::ChsiReport)
    });
    let missing = instead.filter(|_| case.first(DocumentKind::Diploma).is_none());
    let told =
        missing.map(|document| RULE.found(case, "diploma", (MISSING, Severity::Review), &[]).about(document));
    told.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes, rules};
    use crate::domain::DocumentKind;

    #[test]
    fn a_final_year_student_with_the_right_paper_passes() {
        assert!(codes(&Builder::student().judge()).is_empty());
    }

    #[test]
    fn students_before_their_last_year_and_no_longer_enrolled_go_to_a_person() {
        let early = Builder::student().graduation("2028-07");
        assert_eq!(rules(&early.judge()), ["student"]);
        let gone = Builder::student().set("chsi_report", "student_status", "不在籍（退学）");
        assert_eq!(rules(&gone.judge()), ["student"]);
    }

    #[test]
    fn the_paper_must_be_that_of_the_status() {
        let wrong = Builder::student().set("chsi_report", "report_type", "education_registration");
        assert_eq!(codes(&wrong.judge()), ["eligibility.document_missing"]);
        let other = Builder::student().recognised("chsi_report", DocumentKind::EnrollmentForm);
        assert_eq!(codes(&other.judge()), ["eligibility.document_missing"]);
        let graduate = Builder::graduate().recognised("diploma", DocumentKind::EnrollmentForm);
        assert_eq!(codes(&graduate.judge()), ["eligibility.document_missing"]);
    }
}
