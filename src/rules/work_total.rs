//! The stated total of years is what the rows come to.

use crate::domain::{CrossFinding, FindingCode::EligibilityPeriodImplausible as IMPLAUSIBLE, Severity};

use super::{
    case::{Case, SURE},
    doubts::borne_out,
    month::{exclusive, inclusive, union},
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule = Rule {
    id: "work-total",
    codes: &[IMPLAUSIBLE],
    words: &[words("differs", &["stated", "months"])],
    check,
};

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let counted = work::arithmetic(case);
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        let Some(field) = case.field(document, "work_years") else { continue };
        let Ok(stated) = field.value.parse::<f64>() else { continue };
        let stated_right = borne_out(case.documents, document, "work_years", field);
        let score = rows.iter().fold(stated_right, |score, row| score * row.confidence);
        let periods: Option<Vec<_>> = rows.iter().map(|row| row.period()).collect();
        // What was not read surely cannot be added up.
        let Some(periods) = periods.filter(|_| score >= SURE) else { continue };
        let whole = union(&periods);
        let own = counted.iter().flat_map(|work| &work.papers).find(|paper| paper.document == document);
        let of_condition = own.map(|paper| [paper.inclusive_months, paper.exclusive_months]);
        let sums =
            [inclusive(&whole), exclusive(&whole)].into_iter().chain(of_condition.into_iter().flatten());
        let tolerance = f64::from(case.plan.thresholds.total_tolerance_months);
        if sums.map(f64::from).any(|months| states(stated, months, tolerance)) {
            continue;
        }
        let fills = [("stated", plain(&field.value)), ("months", plain(inclusive(&whole)))];
        found.push(
            RULE.found(case, "differs", (IMPLAUSIBLE, Severity::Review), &fills)
                .about(document)
                .at("work_years", Some(field))
                .with_score(score)
                .with_evidence("inclusive_months", inclusive(&whole)),
        );
    }
    found
}

/// Whether years that somebody states are that many months: exactly, within the tolerance, or rounded
/// down to a year or half a year.
fn states(years: f64, months: f64, tolerance: f64) -> bool {
    (years * 12.0 - months).abs() <= tolerance
        || years == (months / 12.0).floor()
        || years == (months / 6.0).floor() / 2.0
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};
    use super::*;

    #[test]
    fn totals_may_be_rounded_down() {
        assert!(states(6.0, 76.0, 1.0) && states(6.5, 80.0, 1.0) && states(6.33, 76.0, 1.0));
        assert!(states(7.0, 83.0, 1.0) && !states(7.0, 80.0, 1.0) && !states(5.0, 76.0, 1.0));
    }

    #[test]
    fn a_total_that_is_not_the_sum_goes_to_a_person() {
        let rows = [("2018-01", "2024-06", "营销员")];
        let stated = |years: &str| {
            let builder = Builder::work(2).rows(&rows).set("declaration_form", "work_years", years);
            codes(&builder.set("work_commitment", "work_years", "6").judge()).len()
        };
        assert_eq!(stated("6"), 0);
        assert_eq!(stated("6.5"), 0);
        assert_eq!(stated("9"), 1);
    }
}
