//! Entries of a form proven, or not, by what other papers of the same application say.

use std::collections::BTreeMap;

use crate::{
    domain::{Comparison, Field, FieldName},
    forms::{Claim, Weight},
    rules::agree,
};

/// What another paper, or the portal, says stands in a form's field.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub claim: Claim,
    /// The slot of that paper, or `declared`.
    pub with: String,
    /// Probability that the paper says so: the confidence of its field.
    pub trust: f64,
}

/// Probability of saying the same from which an entry takes another paper's value. Higher proves fewer
/// entries; lower lets a look-alike pass. Set so that at most one different name in 200 passes.
pub const PROVEN: f64 = 0.9;

/// How much oftener an applicant writes what the other paper says than something that looks like it. The
/// probability of the same is that of pairs of which half differ.
const PRIOR_ODDS: f64 = 10.0;

/// Share of misread entries that are read as exactly one given other value: what is left of a reading's
/// doubt for the claim when the reading does not list it, and the chance that a misreading hits it. A
/// month or a level has about ten such values.
const OTHER_VALUE: f64 = 0.1;

/// The probability that an entry says what is claimed, by its decoded values alone, before it is known how
/// often applicants write the same (Bayes' rule with even odds).
fn same_by_value(field: &Field, claim: &str) -> f64 {
    let odds = |same: f64, other: f64| if same + other > 0.0 { same / (same + other) } else { 0.5 };
    if agree(&field.value, claim) {
        return odds(field.confidence, (1.0 - field.confidence) * OTHER_VALUE);
    }
    let listed = field.alternatives.iter().find(|other| agree(&other.value, claim));
    let left = (1.0 - field.confidence) * OTHER_VALUE;
    odds(listed.map_or(left, |other| other.confidence.max(left)), field.confidence)
}

/// What a reading that a trusted paper contradicts is still worth: the paper speaks for the other value as
/// often as applicants write the same.
fn after_contradiction(field: &Field, same: f64, trust: f64) -> f64 {
    let odds = PRIOR_ODDS * same / (1.0 - same).max(f64::EPSILON);
    field.confidence.min(1.0 - trust * odds / (1.0 + odds))
}

/// Holds fields against statements about them; `weights` are the ink's answers, in the same order.
pub(super) fn compare(
    fields: &mut BTreeMap<FieldName, Field>,
    statements: &[Statement],
    weights: &[Option<Weight>],
) {
    for (index, statement) in statements.iter().enumerate() {
        let Some((_, field)) = fields.iter_mut().find(|(name, _)| name.as_str() == statement.claim.field)
        else {
            continue;
        };
        let weight = weights.get(index).copied().flatten();
        let same = match weight {
            Some(weight) => f64::from(weight.same()),
            None => same_by_value(field, &statement.claim.value),
        };
        if weight.is_none() && !agree(&field.value, &statement.claim.value) {
            field.confidence = after_contradiction(field, same, statement.trust);
        }
        field.compared.push(Comparison {
            with: statement.with.clone(),
            value: statement.claim.value.clone(),
            same: (same * 1e4).round() / 1e4,
            evidence: weight.map(|weight| evidence(&weight)).unwrap_or_default(),
        });
    }
    for (name, field) in fields.iter_mut() {
        let proofs = statements.iter().filter(|statement| statement.claim.field == name.as_str());
        let best = field
            .compared
            .iter()
            .zip(proofs)
            .filter(|(comparison, _)| comparison.same >= PROVEN)
            .map(|(comparison, statement)| {
                let doubt = (1.0 - comparison.same) / PRIOR_ODDS;
                ((1.0 - doubt) * statement.trust, comparison.value.clone())
            })
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((confidence, value)) = best else { continue };
        // A paper that names the day proves the month; the entry keeps its own precision.
        if agree(&value, &field.value) {
            field.confidence = field.confidence.max(confidence);
        } else if confidence > field.confidence {
            field.value = value;
            field.confidence = confidence;
        }
    }
}

fn evidence(weight: &Weight) -> BTreeMap<String, f64> {
    let rounded = |v: f32| (f64::from(v) * 1e3).round() / 1e3;
    [
        ("loss".to_owned(), rounded(weight.loss)),
        ("language".to_owned(), rounded(weight.language)),
        ("differing".to_owned(), weight.differing as f64),
        ("length".to_owned(), weight.length as f64),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(value: &str, confidence: f64) -> Field {
        Field {
            value: value.to_owned(),
            text: value.to_owned(),
            confidence,
            page: 0,
            quad: None,
            readers: Vec::new(),
            certainty: None,
            disputed: false,
            corroborated: false,
            compared: Vec::new(),
            alternatives: Vec::new(),
        }
    }

    fn statement(value: &str) -> Statement {
        Statement {
            claim: Claim { field: "sex".to_owned(), value: value.to_owned() },
            with: "id_card_front".to_owned(),
            trust: 0.99,
        }
    }

    #[test]
    fn a_value_that_another_paper_bears_out_is_surer() {
        let mut fields = [("sex".into(), field("男", 0.95))].into();
        compare(&mut fields, &[statement("男")], &[None]);
        let (_, proven) = fields.first_key_value().unwrap();
        assert!(proven.compared[0].same > 0.99 && proven.confidence > 0.98);
        assert_eq!(proven.value, "男");
    }

    #[test]
    fn a_doubtful_reading_that_a_paper_contradicts_is_more_doubtful() {
        let mut doubtful = field("男", 0.8);
        doubtful.alternatives = vec![crate::domain::Alternative { value: "女".to_owned(), confidence: 0.2 }];
        let mut fields = [("sex".into(), doubtful)].into();
        compare(&mut fields, &[statement("女")], &[None]);
        let (_, other) = fields.first_key_value().unwrap();
        assert_eq!(other.value, "男");
        assert!(other.confidence < 0.5 && other.compared[0].same > 0.1);
    }

    #[test]
    fn a_day_bears_out_its_month_which_keeps_its_precision() {
        let mut fields = [("graduated_on".into(), field("2020-07", 0.95))].into();
        let day = Statement {
            claim: Claim { field: "graduated_on".to_owned(), value: "2020-07-07".to_owned() },
            ..statement("")
        };
        compare(&mut fields, &[day], &[None]);
        let (_, month) = fields.first_key_value().unwrap();
        assert_eq!(month.value, "2020-07");
        assert!(month.compared[0].same > 0.99 && month.confidence > 0.98);
    }

    #[test]
    fn a_value_that_differs_stays_and_says_so() {
        let mut fields = [("sex".into(), field("男", 0.95))].into();
        compare(&mut fields, &[statement("女")], &[None]);
        let (_, other) = fields.first_key_value().unwrap();
        assert_eq!(other.value, "男");
        assert!(other.compared[0].same < 0.01);
    }
}
