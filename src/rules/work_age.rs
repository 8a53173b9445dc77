//! No work before the age at which the law lets one work.

use crate::domain::{CrossFinding, FindingCode::EligibilityPeriodImplausible as IMPLAUSIBLE, Severity};

use super::{
    case::{Case, LIKELY},
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule =
    Rule { id: "work-age", codes: &[IMPLAUSIBLE], words: &[words("too_young", &["row", "age"])], check };

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(lawful) = work::first_lawful_month(case) else { return Vec::new() };
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        for row in rows {
            let Some((from, field)) = row.begins().zip(row.from) else { continue };
            if from >= lawful || field.confidence < LIKELY || row.disputed {
                continue;
            }
            let fills = [
                ("row", plain(row.index + 1)),
                ("age", plain(case.plan.thresholds.minimum_working_age_years)),
            ];
            found.push(
                RULE.found(case, "too_young", (IMPLAUSIBLE, Severity::Review), &fills)
                    .about(document)
                    .at(&row.name("from"), row.from)
                    .with_score(field.confidence)
                    .with_evidence("months_too_early", lawful.since(from)),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn work_counts_from_the_month_of_the_sixteenth_birthday() {
        // Born in December 1990.
        let from = |month: &str| Builder::work(2).rows(&[(month, "2020-01", "营销员")]);
        assert!(codes(&from("2006-12").judge()).is_empty());
        assert!(codes(&from("2006-11").judge()).contains(&"eligibility.period_implausible"));
    }
}
