//! The employer existed while the applicant says to have worked there. Only where the operator has a
//! register of employers; an employer that it does not know says nothing.

use crate::domain::{CrossFinding, FindingCode::EligibilityPeriodImplausible as IMPLAUSIBLE, Severity};

use super::{
    case::{Case, SURE},
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule =
    Rule { id: "work-register", codes: &[IMPLAUSIBLE], words: &[words("outside", &["row"])], check };

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(register) = case.register else { return Vec::new() };
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        for row in rows {
            let Some(employer) = row.employer.filter(|field| field.confidence >= SURE) else { continue };
            let Some(period) = row.period().filter(|_| row.confidence >= SURE) else { continue };
            let Some(lifespan) = register.lifespan(&employer.value) else { continue };
            let early = lifespan.founded.is_some_and(|founded| period.from() < founded);
            let late = lifespan.dissolved.is_some_and(|dissolved| period.to() > dissolved);
            if !early && !late {
                continue;
            }
            found.push(
                RULE.found(
                    case,
                    "outside",
                    (IMPLAUSIBLE, Severity::Review),
                    &[("row", plain(row.index + 1))],
                )
                .about(document)
                .at(&row.name(if early { "from" } else { "to" }), if early { row.from } else { row.to })
                .with_score(employer.confidence * row.confidence),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{
        register::EmployerList,
        testing::{Builder, codes},
    };

    #[test]
    fn work_before_the_founding_goes_to_a_person() {
        let register = EmployerList::parse("北京某某商贸有限公司,2016-05,\n").unwrap();
        let from = |month: &str| {
            let builder = Builder::work(2).rows(&[(month, "2024-01", "营销员")]);
            codes(&builder.judge_with(Some(&register))).len()
        };
        assert_eq!(from("2016-05"), 0);
        assert!(from("2016-04") > 0);
    }

    #[test]
    fn nothing_is_guessed_without_a_register_or_an_entry() {
        let builder = Builder::work(2).rows(&[("2010-01", "2024-01", "营销员")]);
        assert!(codes(&builder.judge()).is_empty());
        let other = EmployerList::parse("甲厂,2016-05,\n").unwrap();
        assert!(codes(&builder.judge_with(Some(&other))).is_empty());
    }
}
