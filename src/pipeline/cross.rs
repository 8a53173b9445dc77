//! Papers of one application held against each other: what a form's entries are compared with, and
//! which papers contradict each other.

use crate::{
    domain::{
        Application, CrossFinding, DocumentKind, DocumentReport, Field, FieldName, Finding, FindingCode,
        Severity,
    },
    forms::Claim,
};

use super::proof::Statement;

use DocumentKind::{ChsiReport, Diploma, EnrollmentForm, IdCardFront, PriorCertificate};

/// A form's field: where other papers have it, best first, and whether the portal asks for it by the
/// same name.
struct Row {
    field: &'static str,
    papers: &'static [(DocumentKind, &'static str)],
    declared: Option<&'static str>,
}

const ROWS: &[Row] = &[
    Row {
        field: "name",
        papers: &[
            (IdCardFront, "name"),
            (PriorCertificate, "name"),
            (Diploma, "name"),
            (ChsiReport, "name"),
            (EnrollmentForm, "name"),
        ],
        declared: Some("name"),
    },
    Row {
        field: "id_number",
        papers: &[(IdCardFront, "id_number"), (PriorCertificate, "id_number"), (EnrollmentForm, "id_number")],
        declared: Some("id_number"),
    },
    Row { field: "sex", papers: &[(IdCardFront, "sex")], declared: Some("sex") },
    Row { field: "birth_date", papers: &[(IdCardFront, "birth_date")], declared: Some("birth_date") },
    Row { field: "nation", papers: &[(IdCardFront, "nation")], declared: None },
    Row { field: "phone", papers: &[], declared: Some("phone") },
    Row { field: "occupation", papers: &[], declared: Some("occupation") },
    Row { field: "level", papers: &[], declared: Some("level") },
    Row { field: "condition", papers: &[], declared: Some("condition") },
    Row {
        field: "prior_certificate_number",
        papers: &[(PriorCertificate, "certificate_number")],
        declared: None,
    },
    Row { field: "prior_certificate_level", papers: &[(PriorCertificate, "level")], declared: None },
    Row {
        field: "prior_certificate_occupation",
        papers: &[(PriorCertificate, "occupation")],
        declared: None,
    },
    Row { field: "prior_certificate_issued_on", papers: &[(PriorCertificate, "issued_on")], declared: None },
    Row { field: "chsi_code", papers: &[(ChsiReport, "verification_code")], declared: Some("chsi_code") },
    Row {
        field: "school",
        papers: &[(Diploma, "school"), (ChsiReport, "school"), (EnrollmentForm, "school")],
        declared: Some("school"),
    },
    Row {
        field: "major",
        papers: &[(Diploma, "major"), (ChsiReport, "major"), (EnrollmentForm, "major")],
        declared: Some("major"),
    },
    Row {
        field: "enrolled_on",
        papers: &[(Diploma, "enrolled_on"), (ChsiReport, "enrolled_on"), (EnrollmentForm, "enrolled_on")],
        declared: None,
    },
    Row {
        field: "graduated_on",
        papers: &[(Diploma, "graduated_on"), (ChsiReport, "graduated_on")],
        declared: Some("graduated_on"),
    },
    Row { field: "diploma_number", papers: &DIPLOMA_NUMBER, declared: None },
    Row { field: "certificate_number", papers: &DIPLOMA_NUMBER, declared: None },
];

const DIPLOMA_NUMBER: [(DocumentKind, &str); 2] =
    [(Diploma, "certificate_number"), (ChsiReport, "certificate_number")];

/// The slot's name under which declared values are given.
const DECLARED: &str = "declared";
/// How far what an applicant typed is trusted to be what the papers should say: slips are rare.
const DECLARED_TRUST: f64 = 0.98;
/// Confidence below which a paper's own reading is no evidence against another paper.
const SURE: f64 = 0.9;
/// Probability of the same below which an entry contradicts a paper. Higher brings more entries before
/// a person, most of them misread.
const DIFFERENT: f64 = 0.05;

fn field<'a>(report: &'a DocumentReport, name: &str) -> Option<&'a Field> {
    report.fields.iter().find(|(known, _)| known.as_str() == name).map(|(_, field)| field)
}

/// What the papers that were read and the portal say stands in the fields of a form.
pub(super) fn statements(application: &Application, papers: &[&DocumentReport]) -> Vec<Statement> {
    let mut found = Vec::new();
    for row in ROWS {
        let mut known: Vec<Statement> = Vec::new();
        let stated = row.papers.iter().flat_map(|&(kind, name)| {
            papers.iter().filter(move |report| report.kind == kind).filter_map(move |report| {
                field(report, name)
                    .map(|field| (kind.as_str().to_owned(), field.value.clone(), field.confidence))
            })
        });
        let declared = row.declared.and_then(|name| application.declared(name));
        let declared = declared.map(|value| (DECLARED.to_owned(), value, DECLARED_TRUST));
        for (with, value, trust) in stated.chain(declared) {
            // One paper may say it twice; what another says again is no news.
            if value.contains('*') || known.iter().any(|s| s.claim.value == value && s.trust >= trust) {
                continue;
            }
            let claim = Claim { field: row.field.to_owned(), value };
            known.push(Statement { claim, with, trust });
        }
        found.append(&mut known);
    }
    found
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

fn contradiction(
    (document, against): (Option<usize>, Option<usize>),
    name: &str,
    code: FindingCode,
    at: Option<&Field>,
    score: f64,
) -> CrossFinding {
    let mut finding = Finding::new(
        code,
        Severity::Review,
        "与其他材料不一致，请核对",
        "It does not agree with another paper of the application",
    )
    .with_score(score)
    .about(FieldName::from(name.to_owned()));
    finding.page = at.map(|field| field.page);
    finding.quad = at.and_then(|field| field.quad);
    CrossFinding { document, against, finding }
}

/// Contradictions among the papers, and between them and what was declared.
pub(super) fn contradictions(application: &Application, reports: &[DocumentReport]) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (index, report) in reports.iter().enumerate() {
        if report.kind.is_handwritten_form() {
            found.extend(of_form(index, report, reports));
        }
    }
    for row in ROWS {
        found.extend(of_papers(row, reports));
        let Some((name, declared)) = row.declared.and_then(|n| Some((n, application.declared(n)?))) else {
            continue;
        };
        // Typed against the paper that says it best.
        let best = row.papers.iter().find_map(|&(kind, of_paper)| {
            let at = reports.iter().position(|report| report.kind == kind)?;
            let field = field(&reports[at], of_paper).filter(|field| field.confidence >= SURE)?;
            Some((at, field))
        });
        if let Some((at, field)) = best
            && !agree(&field.value, &declared)
        {
            let code = FindingCode::CrossDeclaredMismatch;
            found.push(contradiction((None, Some(at)), name, code, Some(field), field.confidence));
        }
    }
    found
}

/// Entries of a form that say something else than a paper or the portal.
fn of_form(index: usize, report: &DocumentReport, reports: &[DocumentReport]) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (name, field) in &report.fields {
        // What one paper proves another may state otherwise: then the papers contradict each other.
        if field.compared.iter().any(|comparison| comparison.same > DIFFERENT) {
            continue;
        }
        let Some(comparison) = field.compared.first() else { continue };
        let against = reports.iter().position(|report| report.kind.as_str() == comparison.with);
        let code = if against.is_none() { FindingCode::CrossDeclaredMismatch } else { code(name.as_str()) };
        let score = 1.0 - comparison.same;
        found.push(contradiction((Some(index), against), name.as_str(), code, Some(field), score));
    }
    found
}

/// Printed papers that say different things where both are sure.
fn of_papers(row: &Row, reports: &[DocumentReport]) -> Vec<CrossFinding> {
    let stated: Vec<(usize, &str, &Field)> = row
        .papers
        .iter()
        .flat_map(|&(kind, name)| {
            reports
                .iter()
                .enumerate()
                .filter(move |(_, report)| report.kind == kind)
                .filter_map(move |(index, report)| Some((index, name, field(report, name)?)))
        })
        .filter(|(_, _, field)| field.confidence >= SURE && !field.value.contains(['*', '＊']))
        .collect();
    let Some(((first, _, reference), others)) = stated.split_first() else { return Vec::new() };
    others
        .iter()
        .filter(|(_, _, other)| !agree(&other.value, &reference.value))
        .map(|(index, name, other)| {
            let score = other.confidence * reference.confidence;
            contradiction((Some(*index), Some(*first)), name, code(row.field), Some(other), score)
        })
        .collect()
}

/// Whether two normal forms say the same: a month agrees with a day within it.
fn agree(a: &str, b: &str) -> bool {
    let is_month = |text: &str| text.len() == 7 && text.as_bytes()[4] == b'-';
    a == b || is_month(a) && b.starts_with(a) || is_month(b) && a.starts_with(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_agrees_with_its_days() {
        assert!(agree("2020-07", "2020-07-01") && agree("2020-07-01", "2020-07"));
        assert!(!agree("2020-07", "2020-08-01") && !agree("张三", "张四"));
    }

    #[test]
    fn the_portal_stands_behind_the_papers() {
        let application: Application = serde_json::from_str(
            r#"{"declared": {"name": "张三", "level": 4, "phone": "13800138000"}, "files": []}"#,
        )
        .unwrap();
        let stated = statements(&application, &[]);
        let fields: Vec<(&str, &str)> =
            stated.iter().map(|s| (s.claim.field.as_str(), s.claim.value.as_str())).collect();
        assert_eq!(fields, [("name", "张三"), ("phone", "13800138000"), ("level", "4")]);
        assert!(stated.iter().all(|s| s.with == "declared"));
    }
}
