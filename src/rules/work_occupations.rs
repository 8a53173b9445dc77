//! Every row of work names an occupation of the plan's lists.

use crate::domain::{
    CrossFinding, FindingCode::EligibilityOccupationNotListed as NOT_LISTED, Listing, Severity,
};

use super::{
    case::{Case, LIKELY},
    doubts,
    listing::{is_occupation, listing},
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule =
    Rule { id: "work-occupations", codes: &[NOT_LISTED], words: &[words("unlisted", &["row"])], check };

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(requirement) = case.condition.and_then(|condition| condition.work.as_ref()) else {
        return Vec::new();
    };
    // What an open list (等) does not name a person may still accept.
    let severity = if case.plan.any_open(&requirement.lists) { Severity::Review } else { Severity::Reject };
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        for row in rows {
            let Some(field) = row.occupation else { continue };
            let name = row.name("occupation");
            // A name that the other paper bears out, or that is an occupation's, is hardly misread.
            let score = doubts::borne_out(case.documents, document, &name, field);
            if score < LIKELY && !is_occupation(&field.value) {
                continue;
            }
            if listing(case.plan, &requirement.lists, Some(field)) != Listing::Unlisted {
                continue;
            }
            found.push(
                RULE.found(case, "unlisted", (NOT_LISTED, severity), &[("row", plain(row.index + 1))])
                    .about(document)
                    .at(&name, Some(field))
                    .with_score(score),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn other_occupations_go_to_a_person() {
        let of = |occupation: &str| {
            codes(&Builder::work(2).rows(&[("2010-01", "2024-01", occupation)]).judge()).len()
        };
        assert_eq!(of("商业摄影师"), 0);
        assert!(of("保安员") > 0);
        assert!(of("档案数字化管理师") > 0);
    }
}
