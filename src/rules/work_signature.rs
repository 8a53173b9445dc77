//! No work ends, or begins, after the signature: nobody can state what has not been.

use crate::domain::{CrossFinding, FindingCode::EligibilityPeriodAfterSignature as AFTER, Severity};

use super::{
    case::{Case, LIKELY},
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule =
    Rule { id: "work-signature", codes: &[AFTER], words: &[words("after", &["row"])], check };

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        let signed = case.signed(document);
        for row in &rows {
            let late = [("to", row.to, row.ends()), ("from", row.from, row.begins())]
                .into_iter()
                .find(|(_, _, month)| month.is_some_and(|month| month > signed));
            let Some((part, field, Some(month))) = late else { continue };
            let score = field.map_or(0.0, |field| field.confidence);
            if score < LIKELY || row.disputed {
                continue;
            }
            found.push(
                RULE.found(case, "after", (AFTER, Severity::Review), &[("row", plain(row.index + 1))])
                    .about(document)
                    .at(&row.name(part), field)
                    .with_score(score)
                    .with_evidence("months_after", month.since(signed)),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn the_month_of_the_signature_is_the_last() {
        // Signed in November 2026.
        let until = |to: &str| Builder::work(2).rows(&[("2015-01", to, "营销员")]);
        assert!(codes(&until("2026-11").judge()).is_empty());
        assert!(codes(&until("至今").judge()).is_empty());
        assert!(codes(&until("2026-12").judge()).contains(&"eligibility.period_after_signature"));
    }
}
