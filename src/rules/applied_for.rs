//! What the papers and the portal apply for is what the plan certifies.

use crate::domain::{
    CrossFinding, DocumentKind,
    FindingCode::{CrossDeclaredMismatch as MISMATCH, EligibilityOccupationNotListed as NOT_LISTED},
    Listing, Severity,
};

use super::{
    case::{Case, SURE},
    labels,
    listing::listing,
    rule::{Rule, plain, words},
};

pub const RULE: Rule = Rule {
    id: "applied-for",
    codes: &[NOT_LISTED, MISMATCH],
    words: &[words("occupation", &["document", "plan"]), words("level", &["document", "plan"])],
    check,
};

const FORMS: [DocumentKind; 3] =
    [DocumentKind::DeclarationForm, DocumentKind::WorkCommitment, DocumentKind::EducationCommitment];

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let lists = std::slice::from_ref(&case.plan.applied);
    let mut found = Vec::new();
    for document in FORMS.into_iter().filter_map(|kind| case.first(kind)) {
        let label = case.kind(document).map(|kind| case.plan.label(kind)).unwrap_or_else(|| plain(""));
        let sure = |name| case.field(document, name).filter(|field| field.confidence >= SURE);
        if let Some(field) = sure("occupation")
            && listing(case.plan, lists, Some(field)) == Listing::Unlisted
        {
            let fills = [("document", label.clone()), ("plan", plain(&case.plan.occupation))];
            found.push(
                RULE.found(case, "occupation", (NOT_LISTED, Severity::Review), &fills)
                    .about(document)
                    .at("occupation", Some(field))
                    .with_score(field.confidence),
            );
        }
        if let Some(field) = sure("level")
            && field.value != case.plan.level.to_string()
        {
            let fills = [("document", label), ("plan", plain(case.plan.level))];
            found.push(
                RULE.found(case, "level", (MISMATCH, Severity::Review), &fills)
                    .about(document)
                    .at("level", Some(field))
                    .with_score(field.confidence),
            );
        }
    }
    let declared = case.application.declared("level").filter(|level| *level != case.plan.level.to_string());
    found.extend(declared.map(|_| {
        let fills = [("document", labels::portal()), ("plan", plain(case.plan.level))];
        RULE.found(case, "level", (MISMATCH, Severity::Review), &fills).at("level", None)
    }));
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn another_occupation_or_level_than_the_plan_s_is_told() {
        let form = |field: &str, value: &str| {
            codes(&Builder::work(2).set("declaration_form", field, value).judge()).len()
        };
        assert_eq!(form("occupation", "跨境电子商务师"), 0);
        assert!(form("occupation", "营销员") > 0);
        assert!(form("level", "3") > 0);
        assert!(codes(&Builder::work(2).declared("level", "3").judge()).contains(&"cross.declared_mismatch"));
    }
}
