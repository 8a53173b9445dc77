//! The listed work reaches the months that the condition asks for.

use crate::domain::{CrossFinding, FindingCode::EligibilityWorkYearsShort as SHORT, Severity, Verdict};

use super::{
    case::Case,
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule = Rule {
    id: "work-months",
    codes: &[SHORT],
    words: &[
        words("short", &["counted", "required"]),
        words("edge", &["counted", "required"]),
        words("unlisted", &["counted", "required", "with_unlisted"]),
        words("unsure", &["counted", "required"]),
        words("undated", &[]),
        words("no_rows", &["required"]),
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(arithmetic) = work::arithmetic(case) else { return Vec::new() };
    if arithmetic.verdict == Verdict::Met {
        return Vec::new();
    }
    let required = ("required", plain(arithmetic.required_months));
    let review = (SHORT, Severity::Review);
    let Some(paper) = arithmetic.papers.first() else {
        // Without any paper that could state work its absence is told.
        let form = work::PAPERS.iter().find_map(|&kind| case.first(kind));
        let told = form.map(|form| RULE.found(case, "no_rows", review, &[required]).about(form));
        return told.into_iter().collect();
    };
    let edge = case.plan.thresholds.edge_months;
    let fills = [
        ("counted", plain(paper.inclusive_months)),
        required,
        ("with_unlisted", plain(paper.with_unlisted_months)),
    ];
    let (word, severity) = if arithmetic.verdict == Verdict::NotMet {
        ("short", Severity::Reject)
    } else if paper.exclusive_months >= arithmetic.required_months {
        // The months are there, but nothing says from when on they count.
        ("undated", Severity::Review)
    } else if paper.inclusive_months + edge >= arithmetic.required_months {
        ("edge", Severity::Review)
    } else if paper.with_unlisted_months + edge >= arithmetic.required_months {
        ("unlisted", Severity::Review)
    } else {
        ("unsure", Severity::Review)
    };
    let first = paper.rows.first().map(|row| format!("work_history[{}].from", row.row)).unwrap_or_default();
    let finding = RULE
        .found(case, word, (SHORT, severity), &fills)
        .about(paper.document)
        .at(&first, case.field(paper.document, &first))
        .with_evidence("inclusive_months", paper.inclusive_months)
        .with_evidence("exclusive_months", paper.exclusive_months)
        .with_evidence("with_unlisted_months", paper.with_unlisted_months)
        .with_evidence("required_months", arithmetic.required_months);
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, severities};

    const CODE: &str = "eligibility.work_years_short";

    fn severity(rows: &[(&str, &str, &str)]) -> Option<String> {
        severities(&Builder::work(2).rows(rows).judge()).remove(CODE)
    }

    #[test]
    fn too_few_months_are_rejected_and_the_edge_is_reviewed() {
        assert_eq!(severity(&[("2018-01", "2024-06", "营销员")]), None);
        assert_eq!(severity(&[("2018-01", "2023-12", "营销员")]).as_deref(), Some("review"));
        assert_eq!(severity(&[("2020-01", "2023-12", "营销员")]).as_deref(), Some("reject"));
    }

    #[test]
    fn work_of_no_list_leaves_it_to_a_person() {
        assert_eq!(severity(&[("2018-01", "2024-06", "保安员")]).as_deref(), Some("review"));
    }

    #[test]
    fn a_certificate_without_a_date_leaves_it_to_a_person() {
        let undated = Builder::certificate()
            .without("prior_certificate", "issued_on")
            .without("declaration_form", "prior_certificate_issued_on");
        assert_eq!(severities(&undated.judge()).remove(CODE).as_deref(), Some("review"));
    }
}
