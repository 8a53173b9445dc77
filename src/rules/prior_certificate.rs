//! The prior certificate is of the level and the occupations that the condition asks for.

use crate::domain::{
    CrossFinding, DocumentKind, FindingCode::CertificateLevelMismatch as LEVEL,
    FindingCode::EligibilityOccupationNotListed as NOT_LISTED, Listing, Severity,
};

use super::{
    case::{Case, SURE},
    listing::listing,
    rule::{Rule, plain, words},
};

pub const RULE: Rule = Rule {
    id: "prior-certificate",
    codes: &[LEVEL, NOT_LISTED],
    words: &[words("level", &["wanted", "found"]), words("occupation", &[])],
    check,
};

/// Where the certificate's level and occupation stand: on itself, else as the form states them.
const LEVELS: [(DocumentKind, &str); 2] =
    [(DocumentKind::PriorCertificate, "level"), (DocumentKind::DeclarationForm, "prior_certificate_level")];
const OCCUPATIONS: [(DocumentKind, &str); 2] = [
    (DocumentKind::PriorCertificate, "occupation"),
    (DocumentKind::DeclarationForm, "prior_certificate_occupation"),
];

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(requirement) = case.condition.and_then(|condition| condition.certificate.as_ref()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let level = case.readings(&LEVELS).into_iter().find(|placed| placed.field.confidence >= SURE);
    if let Some(placed) = level.filter(|placed| placed.field.value != requirement.level.to_string()) {
        let fills = [("wanted", plain(requirement.level)), ("found", plain(&placed.field.value))];
        // The certificate itself decides; what is written about it may be a slip.
        let severity = if case.kind(placed.document) == Some(DocumentKind::PriorCertificate) {
            Severity::Reject
        } else {
            Severity::Review
        };
        found.push(
            RULE.found(case, "level", (LEVEL, severity), &fills)
                .about(placed.document)
                .at(placed.name, Some(placed.field))
                .with_score(placed.field.confidence)
                .with_evidence("wanted", requirement.level),
        );
    }
    let occupation = case.readings(&OCCUPATIONS).into_iter().find(|placed| placed.field.confidence >= SURE);
    if let Some(placed) = occupation
        && listing(case.plan, &requirement.lists, Some(placed.field)) == Listing::Unlisted
        && !specialty_is_listed(case, &requirement.lists)
    {
        let severity =
            if case.plan.any_open(&requirement.lists) { Severity::Review } else { Severity::Reject };
        found.push(
            RULE.found(case, "occupation", (NOT_LISTED, severity), &[])
                .about(placed.document)
                .at(placed.name, Some(placed.field))
                .with_score(placed.field.confidence),
        );
    }
    found
}

/// A certificate may name its trade (工种) apart from its occupation.
fn specialty_is_listed(case: &Case<'_>, lists: &[String]) -> bool {
    let trades = case.readings(&[(DocumentKind::PriorCertificate, "specialty")]);
    trades.iter().any(|placed| listing(case.plan, lists, Some(placed.field)) == Listing::Listed)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes, severities};

    const PAPER: &str = "prior_certificate";

    #[test]
    fn another_level_is_rejected_on_the_certificate_and_reviewed_on_the_form() {
        let on_paper = Builder::certificate().set(PAPER, "level", "4").judge();
        assert_eq!(severities(&on_paper)["certificate.level_mismatch"], "reject");
        let on_form = Builder::certificate()
            .without(PAPER, "level")
            .set("declaration_form", "prior_certificate_level", "4")
            .judge();
        assert_eq!(severities(&on_form)["certificate.level_mismatch"], "review");
    }

    #[test]
    fn another_occupation_goes_to_a_person() {
        let other = Builder::certificate().set(PAPER, "occupation", "保育师").judge();
        assert!(codes(&other).contains(&"eligibility.occupation_not_listed"));
        let trade =
            Builder::certificate().set(PAPER, "occupation", "电商").set(PAPER, "specialty", "网商").judge();
        assert!(!codes(&trade).contains(&"eligibility.occupation_not_listed"));
    }

    #[test]
    fn a_condition_without_a_certificate_asks_for_none() {
        assert!(codes(&Builder::work(2).judge()).is_empty());
    }
}
