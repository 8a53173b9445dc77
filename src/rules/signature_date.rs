//! No form is signed after it was submitted.

use jiff::civil::Date;

use crate::domain::{CrossFinding, DocumentKind, FindingCode::CrossDateMismatch as MISMATCH, Severity};

use super::{
    case::{Case, SURE},
    rule::{Rule, words},
};

pub const RULE: Rule =
    Rule { id: "signature-date", codes: &[MISMATCH], words: &[words("ahead", &["document"])], check };

const FORMS: [DocumentKind; 3] =
    [DocumentKind::DeclarationForm, DocumentKind::WorkCommitment, DocumentKind::EducationCommitment];

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for kind in FORMS {
        let Some(document) = case.first(kind) else { continue };
        let Some(field) = case.field(document, "signed_on").filter(|field| field.confidence >= SURE) else {
            continue;
        };
        if !field.value.parse::<Date>().is_ok_and(|signed| signed > case.today) {
            continue;
        }
        found.push(
            RULE.found(case, "ahead", (MISMATCH, Severity::Review), &[("document", case.plan.label(kind))])
                .about(document)
                .at("signed_on", Some(field))
                .with_score(field.confidence),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn a_signature_of_tomorrow_is_told() {
        let on = |day: &str| codes(&Builder::work(2).set("declaration_form", "signed_on", day).judge()).len();
        assert_eq!(on("2026-11-24"), 0);
        assert_eq!(on("2026-11-25"), 1);
    }
}
