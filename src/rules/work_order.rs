//! A period of work begins before it ends.

use crate::domain::{CrossFinding, FindingCode::EligibilityPeriodImplausible as IMPLAUSIBLE, Severity};

use super::{
    case::{Case, LIKELY},
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule =
    Rule { id: "work-order", codes: &[IMPLAUSIBLE], words: &[words("reversed", &["row"])], check };

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        for row in rows {
            let reversed = row.begins().zip(row.ends()).is_some_and(|(from, to)| from > to);
            if !reversed || row.confidence < LIKELY || row.disputed {
                continue;
            }
            let fills = [("row", plain(row.index + 1))];
            found.push(
                RULE.found(case, "reversed", (IMPLAUSIBLE, Severity::Review), &fills)
                    .about(document)
                    .at(&row.name("to"), row.to)
                    .with_score(row.confidence),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn a_row_that_ends_before_it_begins_is_told() {
        let rows = [("2015-01", "2024-01", "营销员"), ("2024-06", "2024-02", "采购员")];
        assert!(codes(&Builder::work(2).rows(&rows).judge()).contains(&"eligibility.period_implausible"));
        let one_month = [("2015-01", "2024-01", "营销员"), ("2024-06", "2024-06", "采购员")];
        assert!(codes(&Builder::work(2).rows(&one_month).judge()).is_empty());
    }
}
