//! Doubtful readings that another paper of the application settles: nobody has to look at them.

use crate::{
    documents::values::fuzzy,
    domain::{DocumentReport, Field, Finding, FindingCode},
};

use super::{agreement::agree, case::field_of, plan::Plan};

/// Share of a free text's characters that two readings may differ in and still be of one text. A wholly
/// other employer differs in more; one character read otherwise on each paper is no news to a person.
const SLIPS: f64 = 0.3;

/// Whether a finding about a doubtful reading asks for nobody's look: no rule of the plan turns on the field,
/// or another form was read the same there.
pub fn is_settled(
    plan: Option<&Plan>,
    documents: &[DocumentReport],
    index: usize,
    finding: &Finding,
) -> bool {
    let Some(name) = finding.field.as_ref().map(|name| name.as_str()) else { return false };
    if finding.code != FindingCode::FieldLowConfidence {
        return false;
    }
    if plan.is_some_and(|plan| plan.is_unjudged(name)) {
        return true;
    }
    let Some(field) = documents.get(index).and_then(|report| field_of(report, name)) else { return false };
    others(documents, index, name).any(|other| {
        agree(&field.value, &other.value)
            || name.ends_with(".employer") && is_alike(&field.value, &other.value)
    })
}

/// The probability that a form's entry was read right, counting other forms that say exactly the same: all
/// must be misread alike for it to be wrong.
pub fn borne_out(documents: &[DocumentReport], index: usize, name: &str, field: &Field) -> f64 {
    let same = others(documents, index, name).filter(|other| other.value == field.value);
    1.0 - same.fold(1.0 - field.confidence, |doubt, other| doubt * (1.0 - other.confidence))
}

/// The same entry on other forms.
fn others<'a>(
    documents: &'a [DocumentReport],
    index: usize,
    name: &'a str,
) -> impl Iterator<Item = &'a Field> {
    let is_form = |at: usize| documents.get(at).is_some_and(|report| report.kind.is_handwritten_form());
    let more = (0..documents.len()).filter(move |&at| at != index && is_form(at) && is_form(index));
    more.filter_map(move |at| field_of(&documents[at], name))
}

/// Whether two readings of free text may be of one text: read with a few slips, or cut off at the end.
pub fn is_alike(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len());
    longest > 0 && fuzzy::distance(&a, &b) as f64 <= SLIPS * longest as f64
}

#[cfg(test)]
mod tests {
    use super::super::testing::Builder;
    use super::*;
    use crate::domain::{Outcome, Severity};

    const FORM: &str = "declaration_form";
    const COMMITMENT: &str = "work_commitment";

    fn outcome(builder: Builder, field: &str) -> Outcome {
        let doubt =
            Finding::new(FindingCode::FieldLowConfidence, Severity::Review, "", "").about(field.to_owned());
        builder.finding(FORM, doubt).judge().outcome
    }

    #[test]
    fn two_papers_that_say_the_same_settle_a_doubt() {
        let occupation = "work_history[0].occupation";
        assert_eq!(outcome(Builder::work(2), occupation), Outcome::Pass);
        let alone = Builder::work(2).without(COMMITMENT, occupation);
        assert_eq!(outcome(alone, occupation), Outcome::Review);
        assert_eq!(outcome(Builder::work(2), "phone"), Outcome::Review);
    }

    #[test]
    fn employers_may_be_read_with_slips() {
        let employer = "work_history[0].employer";
        let slip = Builder::work(2).set(COMMITMENT, employer, "北京某某商留有限公");
        let slip = slip.confidence(COMMITMENT, employer, 0.5);
        assert_eq!(outcome(slip, employer), Outcome::Pass);
        let other = Builder::work(2)
            .set(COMMITMENT, employer, "天津甲乙工贸集团")
            .confidence(COMMITMENT, employer, 0.5);
        assert_eq!(outcome(other, employer), Outcome::Review);
    }
}
