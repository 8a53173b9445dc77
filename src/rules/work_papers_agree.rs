//! The rows of the form are those of the commitment.

use crate::domain::{
    CrossFinding, DocumentKind, Field,
    FindingCode::{CrossDateMismatch, CrossDeclaredMismatch},
    Severity,
};

use super::{
    agreement::{DIFFERENT, same},
    case::Case,
    doubts::is_alike,
    labels,
    listing::is_occupation,
    rule::{Rule, plain, words},
    work::{self, Row},
};

pub const RULE: Rule = Rule {
    id: "work-papers-agree",
    codes: &[CrossDateMismatch, CrossDeclaredMismatch],
    words: &[words("row_count", &["form", "commitment"]), words("differs", &["row", "field"])],
    check,
};

/// Months that 至今 on one paper may be away from a month written on the other: they are not always
/// signed on the same day.
const UNTIL_NOW_MONTHS: i32 = 2;

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let [form_kind, commitment_kind] = work::PAPERS;
    let Some((form, commitment)) = case.first(form_kind).zip(case.first(commitment_kind)) else {
        return Vec::new();
    };
    let (on_form, on_commitment) = (work::rows(case, form), work::rows(case, commitment));
    if on_form.is_empty() || on_commitment.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if on_form.len() != on_commitment.len() {
        let fills = [("form", plain(on_form.len())), ("commitment", plain(on_commitment.len()))];
        found.push(
            RULE.found(case, "row_count", (CrossDateMismatch, Severity::Review), &fills)
                .about(commitment)
                .against(form)
                .with_evidence("form_rows", on_form.len())
                .with_evidence("commitment_rows", on_commitment.len()),
        );
    }
    for (theirs, ours) in pairs(&on_form, &on_commitment) {
        for ((part, on_form), (_, on_commitment)) in theirs.parts().into_iter().zip(ours.parts()) {
            let Some((a, b)) = on_form.zip(on_commitment) else { continue };
            let now = part == "to" && until_now_agrees(theirs, ours);
            let alike = part == "employer" && is_alike(&a.value, &b.value);
            // What is no occupation's name is a slip of one; whether it is a listed one is another rule's matter.
            let is_slip = |field: &Field| !is_occupation(&field.value);
            let slip = part == "occupation" && (is_slip(a) || is_slip(b));
            let Some(score) = contradiction(a, b).filter(|_| !now && !alike && !slip) else { continue };
            let code = if matches!(part, "from" | "to") { CrossDateMismatch } else { CrossDeclaredMismatch };
            let fills = [("row", plain(ours.index + 1)), ("field", labels::of(part))];
            found.push(
                RULE.found(case, "differs", (code, Severity::Review), &fills)
                    .about(commitment)
                    .against(form)
                    .at(&ours.name(part), Some(b))
                    .with_score(score),
            );
        }
    }
    found
}

/// 至今 on either paper, and the other not far from it.
fn until_now_agrees(a: &Row<'_>, b: &Row<'_>) -> bool {
    (a.until_now() || b.until_now())
        && a.ends().zip(b.ends()).is_some_and(|(a, b)| a.since(b).abs() <= UNTIL_NOW_MONTHS)
}

/// Rows that state the same work: as many on both papers are taken in order, else each row of the
/// commitment goes to the row of the form that begins in the same month.
fn pairs<'p, 'a>(form: &'p [Row<'a>], commitment: &'p [Row<'a>]) -> Vec<(&'p Row<'a>, &'p Row<'a>)> {
    if form.len() == commitment.len() {
        return form.iter().zip(commitment).collect();
    }
    let same_start =
        |row: &Row<'_>| form.iter().find(|other| row.begins().is_some() && other.begins() == row.begins());
    commitment.iter().filter_map(|row| Some((same_start(row)?, row))).collect()
}

/// The probability that two entries say different things, when it is large enough for a person to look.
/// Where the ink of the commitment was held against the form's reading (`compared`), it decides.
fn contradiction(on_form: &Field, on_commitment: &Field) -> Option<f64> {
    let weighed = on_commitment
        .compared
        .iter()
        .find(|comparison| {
            comparison.with == DocumentKind::DeclarationForm.as_str() && !comparison.evidence.is_empty()
        })
        .map(|comparison| comparison.same);
    let probability = weighed.unwrap_or_else(|| same(on_form, on_commitment));
    let read = on_form.confidence * on_commitment.confidence;
    let differs = probability < DIFFERENT && read >= READ;
    (differs && on_form.value != on_commitment.value).then_some(1.0 - probability)
}

/// Probability that both entries were read right from which their difference is told. Below it their doubt
/// brings them before a person anyway.
const READ: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};
    use crate::domain::Comparison;

    const FORM: &str = "declaration_form";
    const COMMITMENT: &str = "work_commitment";

    #[test]
    fn other_months_employers_and_occupations_are_told() {
        for (field, value, code) in [
            ("work_history[0].from", "2013-05", "cross.date_mismatch"),
            ("work_history[0].employer", "天津某某工贸有限公司", "cross.declared_mismatch"),
            ("work_history[0].occupation", "采购员", "cross.declared_mismatch"),
        ] {
            let builder = Builder::work(2).set(COMMITMENT, field, value);
            assert!(codes(&builder.judge()).contains(&code), "{field}");
            let unsure = builder.confidence(COMMITMENT, field, 0.4);
            assert!(!codes(&unsure.judge()).contains(&code), "{field}");
        }
    }

    #[test]
    fn a_row_that_only_one_paper_has_is_told() {
        let rows = [("2010-01", "2015-01", "营销员"), ("2015-02", "2024-01", "采购员")];
        let builder = Builder::work(2).rows(&rows);
        assert!(codes(&builder.judge()).is_empty());
        let less = ["from", "to", "employer", "occupation"]
            .iter()
            .fold(builder, |builder, part| builder.without(COMMITMENT, &format!("work_history[0].{part}")));
        let less = less.set(COMMITMENT, "work_years", "9");
        assert_eq!(codes(&less.judge()), ["cross.date_mismatch"]);
    }

    #[test]
    fn until_now_agrees_with_the_month_of_signing() {
        let builder = Builder::work(2).rows(&[("2010-01", "至今", "营销员")]);
        assert!(codes(&builder.clone().set(COMMITMENT, "work_history[0].to", "2026-10").judge()).is_empty());
        assert!(!codes(&builder.set(COMMITMENT, "work_history[0].to", "2026-03").judge()).is_empty());
    }

    #[test]
    fn the_ink_decides_where_it_was_asked() {
        let field = "work_history[0].employer";
        let builder = Builder::work(2).set(COMMITMENT, field, "天津甲乙工贸集团");
        let same = |same| Comparison {
            with: FORM.to_owned(),
            value: "北京某某商贸有限公司".to_owned(),
            same,
            evidence: [("loss".to_owned(), 1.0)].into(),
        };
        assert!(codes(&builder.clone().compared(COMMITMENT, field, same(0.6)).judge()).is_empty());
        assert!(!codes(&builder.compared(COMMITMENT, field, same(0.01)).judge()).is_empty());
    }
}
