//! No month of work stands in two rows; such months count once.

use crate::domain::{CrossFinding, FindingCode::EligibilityPeriodOverlap as OVERLAP, Severity};

use super::{
    case::{Case, LIKELY},
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule = Rule {
    id: "work-overlap",
    codes: &[OVERLAP],
    words: &[words("overlap", &["row", "other", "months"])],
    check,
};

/// Months that two rows may share without a second look: who changes employers within a month states it
/// twice. Higher hides work that was really done side by side.
const SHARED_MONTHS: u32 = 1;

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        for (at, row) in rows.iter().enumerate() {
            for other in &rows[..at] {
                let shared = row.period().zip(other.period()).and_then(|(a, b)| a.shared(b));
                let score = row.confidence * other.confidence;
                let disputed = row.disputed || other.disputed;
                let Some(shared) = shared.filter(|_| score >= LIKELY && !disputed) else { continue };
                let severity =
                    if shared.months() <= SHARED_MONTHS { Severity::Info } else { Severity::Review };
                let fills = [
                    ("row", plain(row.index + 1)),
                    ("other", plain(other.index + 1)),
                    ("months", plain(shared.months())),
                ];
                found.push(
                    RULE.found(case, "overlap", (OVERLAP, severity), &fills)
                        .about(document)
                        .at(&row.name("from"), row.from)
                        .with_score(score)
                        .with_evidence("months", shared.months())
                        .with_evidence("row", row.index)
                        .with_evidence("other_row", other.index),
                );
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, severities};

    #[test]
    fn shared_months_are_flagged_but_a_change_within_one_is_no_matter() {
        let severity = |from: &str| {
            let rows = [("2015-01", "2019-06", "营销员"), (from, "2024-06", "采购员")];
            severities(&Builder::work(2).rows(&rows).judge()).remove("eligibility.period_overlap")
        };
        assert_eq!(severity("2019-07"), None);
        assert_eq!(severity("2019-06").as_deref(), Some("info"));
        assert_eq!(severity("2019-05").as_deref(), Some("review"));
    }
}
