//! Doubtful readings that another paper of the application settles: nobody has to look at them.

use crate::{
    documents::values::fuzzy,
    domain::{Application, Comparison, DocumentKind, DocumentReport, Field, Finding, FindingCode},
};

use super::{
    agreement::{DIFFERENT, agree},
    case::field_of,
    correspondence::{CORRESPONDENCES, Correspondence},
    plan::Plan,
};

/// Share of an employer's name that two readings may differ in and still be of one name. Another employer of
/// the same town and trade differs in more; one character read otherwise on each paper is no news to a person.
const SLIPS: f64 = 0.2;

/// How names of companies end, longest first, also where the end lies outside of the cell: it tells no
/// employer from another.
const LEGAL_FORMS: [&str; 8] =
    ["股份有限公司", "股份有限公", "股份有限", "有限公司", "有限公", "有限", "公司", "有"];

/// Confidence from which a listed name settles a doubt: which of the listed ones it is decides nothing.
const LISTED: f64 = 0.5;

/// Probability that an entry says what a printed paper surely says, taken with even odds, from which nobody has to look: who
/// copies a date or a code writes what stands there in ten of eleven cases and more, and what is judged is the paper's. Names and
/// ID numbers are left out: whose papers these are is what they tell.
const NOT_TOLD_FROM_PAPER: f64 = 0.2;
/// The probability from which the other form says it. As `pipeline::PROVEN`.
const SAID: f64 = 0.9;

/// Confidence from which another form's entry settles a doubtful one, and what share of the doubtful reading's confidence
/// that entry must have among its alternatives: with forms that agree in nineteen of twenty entries it is then the likelier.
const SURE_OTHER: f64 = 0.95;
const LIKELY_ALTERNATIVE: f64 = 0.25;

/// Whether a finding about a doubtful reading asks for nobody's look: no rule of the plan turns on the field,
/// or its answer does not; or what was declared, or another form, says the same.
pub fn is_settled(
    plan: Option<&Plan>,
    application: &Application,
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
    let Some(report) = documents.get(index) else { return false };
    let Some(field) = field_of(report, name) else { return false };
    let is_work = name.starts_with("work_history[") && name.ends_with(".occupation");
    let listed = is_work && field.confidence >= LISTED && plan.is_some_and(|plan| counts(plan, &field.value));
    listed
        || declared(application, report.kind, name).is_some_and(|value| agree(&field.value, &value))
        || others(documents, index, name).any(|other| {
            agree(&field.value, &other.value)
                || says_the_same_of(field, other)
                || is_likely_alternative(field, other)
                || name.ends_with(".employer") && is_alike(&field.value, &other.value)
        })
        || may_be_copied(documents, name, field)
}

/// Whether the entry may say what a printed paper surely says: its ink was not told from that, or it is among its likely readings.
pub fn may_be_copied(documents: &[DocumentReport], name: &str, field: &Field) -> bool {
    if matches!(name, "name" | "id_number") {
        return false;
    }
    let Some(row) = CORRESPONDENCES.iter().find(|row| row.field == name) else { return false };
    let printed = row.papers.iter().flat_map(|&(kind, name)| {
        documents
            .iter()
            .filter(move |report| report.kind == kind)
            .filter_map(move |report| field_of(report, name))
    });
    printed.filter(|paper| paper.confidence >= SURE_OTHER).any(|paper| {
        let of_ink = |own: &&Comparison| !own.evidence.is_empty() && agree(&own.value, &paper.value);
        field.compared.iter().filter(of_ink).any(|own| own.same >= NOT_TOLD_FROM_PAPER)
            || is_likely_alternative(field, paper)
    })
}

/// Whether `other` is proven to say what another paper says and `field` is not told as another (`cross.*`): who writes a name on
/// one form writes it on the next.
fn says_the_same_of(field: &Field, other: &Field) -> bool {
    field
        .compared
        .iter()
        .filter(|own| own.same > DIFFERENT)
        .any(|own| other.compared.iter().any(|proven| proven.value == own.value && proven.same >= SAID))
}

/// Whether what `other` surely says is among the likely readings of `field`.
fn is_likely_alternative(field: &Field, other: &Field) -> bool {
    let least = LIKELY_ALTERNATIVE * field.confidence;
    other.confidence >= SURE_OTHER
        && field.alternatives.iter().any(|a| a.value == other.value && a.confidence >= least)
}

/// Whether work of that name counts under any condition of the plan.
fn counts(plan: &Plan, occupation: &str) -> bool {
    let work = plan.conditions.iter().filter_map(|condition| condition.work.as_ref());
    work.into_iter().any(|work| plan.lists_name(&work.lists, occupation))
}

/// What was declared of a document's field.
fn declared(application: &Application, kind: DocumentKind, name: &str) -> Option<String> {
    let is = |row: &&Correspondence| {
        row.papers.contains(&(kind, name)) || kind.is_handwritten_form() && row.field == name
    };
    application.declared(CORRESPONDENCES.iter().find(is)?.declared?)
}

/// Whether another form says something else there.
pub fn contradicted(documents: &[DocumentReport], index: usize, name: &str, field: &Field) -> bool {
    others(documents, index, name).any(|other| !agree(&other.value, &field.value))
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

/// Whether two readings may be of one employer's name.
pub fn is_alike(a: &str, b: &str) -> bool {
    let core = |name: &str| -> Vec<char> {
        let form = LEGAL_FORMS.iter().find_map(|form| name.strip_suffix(form));
        form.unwrap_or(name).chars().collect()
    };
    let (a, b) = (core(a), core(b));
    let longest = a.len().max(b.len());
    longest > 0 && fuzzy::distance(&a, &b) as f64 <= SLIPS * longest as f64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::testing::Builder;
    use super::*;
    use crate::domain::{Alternative, CrossFinding, Outcome, Severity};

    const FORM: &str = "declaration_form";
    const COMMITMENT: &str = "work_commitment";

    fn outcome(builder: Builder, field: &str) -> Outcome {
        builder.finding(FORM, finding(field)).judge().outcome
    }

    fn finding(field: &str) -> Finding {
        Finding::new(FindingCode::FieldLowConfidence, Severity::Review, "", "").about(field.to_owned())
    }

    #[test]
    fn two_papers_that_say_the_same_settle_a_doubt() {
        let occupation = "work_history[0].occupation";
        assert_eq!(outcome(Builder::work(2), occupation), Outcome::Pass);
        let alone =
            Builder::work(2).without(COMMITMENT, occupation).without(COMMITMENT, "work_history[0].from");
        assert_eq!(outcome(alone.clone(), "work_history[0].from"), Outcome::Review);
        assert_eq!(outcome(Builder::work(2), "phone"), Outcome::Review);
    }

    #[test]
    fn what_was_declared_and_a_listed_name_settle_a_doubt() {
        let alone = Builder::work(2).drop(COMMITMENT).set(FORM, "phone", "13800138000");
        let doubt = |builder: Builder, field: &str| {
            let report = builder.finding(FORM, finding(field)).judge();
            let own =
                report.findings.iter().find(|found| found.finding.code == FindingCode::FieldLowConfidence);
            own.map(|found| found.finding.severity)
        };
        assert_eq!(doubt(alone.clone().declared("phone", "13800138000"), "phone"), Some(Severity::Info));
        assert_eq!(doubt(alone.clone().declared("phone", "13900139000"), "phone"), Some(Severity::Review));
        let occupation = "work_history[0].occupation";
        assert_eq!(doubt(alone.clone().confidence(FORM, occupation, 0.6), occupation), Some(Severity::Info));
        assert_eq!(doubt(alone.confidence(FORM, occupation, 0.3), occupation), Some(Severity::Review));
    }

    #[test]
    fn a_name_that_another_form_is_proven_to_say_is_believed_unless_it_is_another() {
        let comparison = |same| Comparison {
            with: "id_card_front".to_owned(),
            value: "郝思馨".to_owned(),
            same,
            evidence: BTreeMap::new(),
        };
        let told = |own, other| {
            let builder = Builder::work(2)
                .set(FORM, "name", "郭思螯")
                .compared(FORM, "name", comparison(own))
                .compared(COMMITMENT, "name", comparison(other))
                .finding(FORM, finding("name"));
            let severities = builder.judge().findings.into_iter().filter_map(|found| {
                let own = found.finding.code == FindingCode::FieldLowConfidence;
                own.then_some(found.finding.severity)
            });
            severities.collect::<Vec<_>>()
        };
        assert_eq!(told(0.43, 0.999), [Severity::Info]);
        assert_eq!(told(0.1, 0.999), [Severity::Info]);
        assert_eq!(told(0.03, 0.999), [Severity::Review]);
        assert_eq!(told(0.43, 0.5), [Severity::Review]);
    }

    #[test]
    fn a_likely_alternative_that_another_form_surely_says_settles_a_doubt() {
        let doubtful = |share: f64| Field {
            alternatives: vec![Alternative { value: "2021-01".to_owned(), confidence: share }],
            ..super::super::testing::field("2021-07", 0.53)
        };
        let other = |confidence| super::super::testing::field("2021-01", confidence);
        assert!(is_likely_alternative(&doubtful(0.15), &other(0.99)));
        assert!(!is_likely_alternative(&doubtful(0.05), &other(0.99)));
        assert!(!is_likely_alternative(&doubtful(0.15), &other(0.9)));
    }

    #[test]
    fn a_code_that_is_not_told_from_the_report_s_asks_for_nobody_and_another_one_does() {
        let told = |field: &str, same: f64, paper: f64| {
            let comparison = Comparison {
                with: "chsi_report".to_owned(),
                value: "AJA7JGG1T03YCGYK".to_owned(),
                same,
                evidence: BTreeMap::from([("loss".to_owned(), 1.0)]),
            };
            let builder = Builder::student()
                .set(FORM, field, "AJA7J661T03YC6YK")
                .compared(FORM, field, comparison)
                .set("chsi_report", "verification_code", "AJA7JGG1T03YCGYK")
                .confidence("chsi_report", "verification_code", paper)
                .finding(FORM, finding(field));
            let of_doubt = |found: &&CrossFinding| found.finding.code == FindingCode::FieldLowConfidence;
            builder.judge().findings.iter().find(of_doubt).map(|found| found.finding.severity)
        };
        assert_eq!(told("chsi_code", 0.45, 0.999), Some(Severity::Info));
        assert_eq!(told("chsi_code", 0.1, 0.999), Some(Severity::Review));
        assert_eq!(told("chsi_code", 0.45, 0.8), Some(Severity::Review));
    }

    #[test]
    fn names_are_told_apart_by_what_comes_before_their_legal_form() {
        assert!(is_alike("北京市瑞丰供应链管理有", "北京市玛丰供应链管理有限公司"));
        assert!(!is_alike("天津某某工贸有限公司", "北京某某商贸有限公司"));
        assert!(!is_alike("深圳启明文化传播有限公司", "启明（天津）教育科技有限公司"));
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
