//! Studies begin before they end, and who states to have graduated has.

use crate::domain::{
    CrossFinding, DocumentKind, FindingCode::EligibilityPeriodImplausible as IMPLAUSIBLE, Severity,
};

use super::{
    case::{Case, SURE},
    month::Month,
    rule::{Rule, words},
};

pub const RULE: Rule = Rule {
    id: "study-dates",
    codes: &[IMPLAUSIBLE],
    words: &[words("reversed", &[]), words("not_yet_graduated", &[])],
    check,
};

const PAPERS: [DocumentKind; 4] = [
    DocumentKind::DeclarationForm,
    DocumentKind::EducationCommitment,
    DocumentKind::Diploma,
    DocumentKind::ChsiReport,
];

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for document in PAPERS.into_iter().filter_map(|kind| case.first(kind)) {
        let sure = |name| case.field(document, name).filter(|field| field.confidence >= SURE);
        let Some(end) = sure("graduated_on") else { continue };
        let Some(graduated) = Month::parse(&end.value) else { continue };
        let began = sure("enrolled_on").and_then(|field| Month::parse(&field.value));
        let word = if began.is_some_and(|began| began >= graduated) {
            "reversed"
        } else if graduated > Month::from(case.today)
            && sure("graduation_status").is_some_and(|field| field.value == "graduated")
        {
            "not_yet_graduated"
        } else {
            continue;
        };
        found.push(
            RULE.found(case, word, (IMPLAUSIBLE, Severity::Review), &[])
                .about(document)
                .at("graduated_on", Some(end))
                .with_score(end.confidence),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn studies_that_end_before_they_begin_are_told() {
        let reversed = Builder::graduate().set("education_commitment", "enrolled_on", "2024-09");
        assert!(codes(&reversed.judge()).contains(&"eligibility.period_implausible"));
    }

    #[test]
    fn graduated_means_by_today() {
        let ahead = Builder::student().set("education_commitment", "graduation_status", "graduated");
        assert!(codes(&ahead.judge()).contains(&"eligibility.period_implausible"));
    }
}
