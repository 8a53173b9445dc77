//! Papers of one application held against each other: what a form's entries are compared with, and
//! which papers contradict each other.

use crate::{
    documents::values::fuzzy,
    domain::{
        Application, Comparison, CrossFinding, DocumentKind, DocumentReport, Field, Finding, FindingCode,
        Severity,
    },
    forms::Claim,
    rules::{
        CORRESPONDENCES, Correspondence, DIFFERENT, SURE, agree, are_written_alike, field_of, label,
        may_be_copied,
    },
};

use super::proof::Statement;

/// The slot's name under which declared values are given.
const DECLARED: &str = "declared";
/// How far what an applicant typed is trusted to be what the papers should say: slips are rare.
const DECLARED_TRUST: f64 = 0.98;
/// The rule under which contradictions stand in reports.
const RULE: &str = "papers-agree";
/// Entries of forms that a rule of its own holds against each other, and the condition.
fn is_ruled_elsewhere(name: &str) -> bool {
    name == "condition" || is_work(name)
}

fn is_work(name: &str) -> bool {
    name.starts_with("work_history[")
}

/// What the papers that were read and the portal say stands in the fields of a form of kind `form`.
pub(super) fn statements(
    application: &Application,
    papers: &[&DocumentReport],
    form: DocumentKind,
) -> Vec<Statement> {
    let mut found = Vec::new();
    for row in CORRESPONDENCES {
        let mut known: Vec<Statement> = Vec::new();
        let stated = row.papers.iter().flat_map(|&(kind, name)| {
            papers.iter().filter(move |report| report.kind == kind).filter_map(move |report| {
                field_of(report, name)
                    .map(|field| (kind.as_str().to_owned(), field.value.clone(), field.confidence))
            })
        });
        let declared = row.declared.and_then(|name| application.declared(name));
        let declared = declared.map(|value| (DECLARED.to_owned(), value, DECLARED_TRUST));
        for (with, value, trust) in stated.chain(declared) {
            // One paper may say it twice; what another says again is no news.
            if value.contains('*') || known.iter().any(|s| agree(&s.claim.value, &value) && s.trust >= trust)
            {
                continue;
            }
            let claim = Claim { field: row.field.to_owned(), value };
            known.push(Statement { claim, with, trust });
        }
        found.append(&mut known);
    }
    let others = papers.iter().filter(|report| report.kind.is_handwritten_form() && report.kind != form);
    found.extend(others.flat_map(|report| work(report)));
    found
}

/// The rows of work of a form: a declaration form and a commitment state the same ones.
fn work(form: &DocumentReport) -> impl Iterator<Item = Statement> {
    form.fields.iter().filter(|(name, _)| is_work(name.as_str())).map(|(name, field)| Statement {
        claim: Claim { field: name.as_str().to_owned(), value: field.value.clone() },
        with: form.kind.as_str().to_owned(),
        trust: field.confidence,
    })
}

/// Whether a form that was read before `other` may be read better against it: an entry of its work that is in doubt, or
/// that says otherwise, is surely read there.
pub(super) fn gains_from(form: &DocumentReport, other: &DocumentReport) -> bool {
    other.fields.iter().filter(|(name, field)| is_work(name.as_str()) && field.confidence >= SURE).any(
        |(name, sure)| {
            let own = field_of(form, name.as_str());
            own.is_some_and(|own| own.confidence < SURE || !agree(&own.value, &sure.value))
        },
    )
}

/// The code of a contradiction about a field of a form or a paper.
fn code(field: &str) -> FindingCode {
    match field {
        "name" => FindingCode::CrossNameMismatch,
        "id_number" => FindingCode::CrossIdNumberMismatch,
        "birth_date" => FindingCode::CrossBirthMismatch,
        "sex" => FindingCode::CrossSexMismatch,
        "school" => FindingCode::CrossSchoolMismatch,
        "major" => FindingCode::CrossMajorMismatch,
        "enrolled_on" | "graduated_on" | "prior_certificate_issued_on" => FindingCode::CrossDateMismatch,
        "chsi_code" | "prior_certificate_number" | "diploma_number" | "certificate_number" => {
            FindingCode::CrossCodeMismatch
        }
        _ => FindingCode::CrossDeclaredMismatch,
    }
}

/// A contradiction about a field of the document `document`; `against` is what says otherwise, none when
/// that was declared.
fn contradiction(
    reports: &[DocumentReport],
    (document, against): (usize, Option<usize>),
    name: &str,
    code: FindingCode,
    score: f64,
) -> CrossFinding {
    let kind = against.and_then(|index| reports.get(index)).map(|report| report.kind);
    let (zh, en) =
        kind.map_or(("网上填报信息", "what was declared"), |kind| (kind.label_zh(), kind.label_en()));
    let label = label(name);
    let finding = Finding::new(
        code,
        Severity::Review,
        format!("{}与{zh}不一致", label.zh),
        format!("The {} does not agree with the {en}", label.en),
    );
    let found = CrossFinding::of(RULE, finding)
        .about(document)
        .at(name, reports.get(document).and_then(|report| field_of(report, name)))
        .with_score(score);
    CrossFinding { against, ..found }
}

/// Contradictions among the papers, and between them and what was declared.
pub(super) fn contradictions(application: &Application, reports: &[DocumentReport]) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (index, report) in reports.iter().enumerate() {
        if report.kind.is_handwritten_form() {
            found.extend(of_form(index, report, reports));
        }
    }
    for row in CORRESPONDENCES {
        found.extend(of_papers(row, reports));
        let Some(declared) = row.declared.and_then(|name| application.declared(name)) else {
            continue;
        };
        // Typed against the paper that says it best.
        let best = row.papers.iter().find_map(|&(kind, of_paper)| {
            let at = reports.iter().position(|report| report.kind == kind)?;
            let field = field_of(&reports[at], of_paper).filter(|field| field.confidence >= SURE)?;
            Some((at, of_paper, field))
        });
        if let Some((at, name, field)) = best
            && !agree(&field.value, &declared)
        {
            let code = FindingCode::CrossDeclaredMismatch;
            found.push(contradiction(reports, (at, None), name, code, field.confidence));
        }
    }
    found
}

/// Entries of a form that say something else than a paper or the portal.
fn of_form(index: usize, report: &DocumentReport, reports: &[DocumentReport]) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (name, field) in &report.fields {
        if is_ruled_elsewhere(name.as_str()) {
            continue;
        }
        // What one paper proves another may state otherwise: then the papers contradict each other.
        if field.compared.iter().any(|comparison| says_the_same(name.as_str(), &field.value, comparison))
            || may_be_copied(reports, name.as_str(), field)
        {
            continue;
        }
        let Some(comparison) = field.compared.first() else { continue };
        let against = reports.iter().position(|report| report.kind.as_str() == comparison.with);
        let code = if against.is_none() { FindingCode::CrossDeclaredMismatch } else { code(name.as_str()) };
        let score = 1.0 - comparison.same;
        found.push(contradiction(reports, (index, against), name.as_str(), code, score));
    }
    found
}

/// Whether an entry may say what a paper says: the ink was asked and does not exclude it, or the value was
/// read so. A value that was read otherwise comes before a person whether or not the reading is sure.
fn says_the_same(name: &str, value: &str, comparison: &Comparison) -> bool {
    let is_code = code(name) == FindingCode::CrossCodeMismatch;
    agree(value, &comparison.value)
        || is_code && are_written_alike(value, &comparison.value)
        || !comparison.evidence.is_empty() && comparison.same > DIFFERENT
}

/// Whether two printed readings are surely of different texts: both are sure, or neither is likely to be
/// misread so far as to become the other.
fn surely_differ(a: &Field, b: &Field) -> bool {
    let both = a.confidence * b.confidence;
    let sure = a.confidence >= SURE && b.confidence >= SURE;
    !agree(&a.value, &b.value) && (sure || both >= FAR_APART_CONFIDENCE && are_far_apart(&a.value, &b.value))
}

/// Probability that both of two texts that have next to nothing in common were read right from which they
/// contradict each other.
const FAR_APART_CONFIDENCE: f64 = 0.6;

/// Whether most characters differ; dates and codes share too many by chance to be told so.
fn are_far_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let is_text = !a.iter().chain(&b).any(char::is_ascii_digit);
    is_text && a.len().max(b.len()) > 1 && fuzzy::distance(&a, &b) * 3 >= a.len().max(b.len()) * 2
}

/// Printed papers that say different things.
fn of_papers(row: &Correspondence, reports: &[DocumentReport]) -> Vec<CrossFinding> {
    let stated: Vec<(usize, &str, &Field)> = row
        .papers
        .iter()
        .flat_map(|&(kind, name)| {
            reports
                .iter()
                .enumerate()
                .filter(move |(_, report)| report.kind == kind)
                .filter_map(move |(index, report)| Some((index, name, field_of(report, name)?)))
        })
        .filter(|(_, _, field)| !field.value.contains(['*', '＊']))
        .collect();
    let mut found = Vec::new();
    for (at, (index, name, other)) in stated.iter().enumerate() {
        // Each paper is held against those before it, the best first; one contradiction is enough.
        let against = stated[..at].iter().find(|(_, _, reference)| surely_differ(reference, other));
        found.extend(against.map(|(first, _, reference)| {
            let score = other.confidence * reference.confidence;
            contradiction(reports, (*index, Some(*first)), name, code(row.field), score)
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_nothing_in_common_contradict_each_other_also_when_doubtful() {
        assert!(are_far_apart("万蓁颀", "邵庆泽") && !are_far_apart("万蓁颀", "万蓁顾"));
        assert!(!are_far_apart("2020-07", "1998-12") && !are_far_apart("男", "女"));
    }

    #[test]
    fn letters_of_a_code_that_were_read_as_digits_are_no_contradiction() {
        let paper = |value: &str| Comparison {
            with: "diploma".to_owned(),
            value: value.to_owned(),
            same: 0.01,
            evidence: [("loss".to_owned(), 18.5)].into(),
        };
        let says = |name: &str, on_paper: &str| says_the_same(name, "16112019831673", &paper(on_paper));
        assert!(says("certificate_number", "JG112019831673"));
        assert!(!says("school", "JG112019831673") && !says("certificate_number", "JG112019831678"));
    }

    #[test]
    fn the_portal_stands_behind_the_papers() {
        let application: Application = serde_json::from_str(
            r#"{"declared": {"name": "张三", "level": 4, "phone": "13800138000"}, "files": []}"#,
        )
        .unwrap();
        let stated = statements(&application, &[], DocumentKind::DeclarationForm);
        let fields: Vec<(&str, &str)> =
            stated.iter().map(|s| (s.claim.field.as_str(), s.claim.value.as_str())).collect();
        assert_eq!(fields, [("name", "张三"), ("phone", "13800138000"), ("level", "4")]);
        assert!(stated.iter().all(|s| s.with == "declared"));
    }
}
