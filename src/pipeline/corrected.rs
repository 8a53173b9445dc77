//! What a person says that a paper says, in the place of what was read: before an application is judged anew.

use std::collections::BTreeSet;

use crate::{
    documents::values::{
        certificate_number,
        id_number::{self, IdNumber},
    },
    domain::{DocumentReport, Field, FieldName, Finding, FindingCode, Outcome, Reader},
    rules::{agree, field_of},
};

/// Puts values that a person saw into a report: field and value, the oldest first. A person is sure; what the document's
/// own checks said about the reading is dropped where it no longer holds. A field that was not read is added where papers
/// of the kind have it, else passed over.
pub fn correct<'a>(report: &mut DocumentReport, corrections: impl IntoIterator<Item = (&'a str, &'a str)>) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (name, value) in corrections {
        let fields = report.fields.iter_mut();
        match fields.into_iter().find(|(known, _)| known.as_str() == name) {
            Some((_, field)) => settle(field, value),
            None if report.kind.has_field(name) => {
                report.fields.insert(FieldName::from(name.to_owned()), typed(report, value));
            }
            None => continue,
        }
        seen.insert(name);
    }
    if seen.is_empty() {
        return;
    }
    let findings = std::mem::take(&mut report.findings);
    report.findings = findings.into_iter().filter(|finding| holds(report, &seen, finding)).collect();
    if report.outcome != Outcome::Unreadable {
        report.outcome = Outcome::of(&report.findings);
    }
}

fn settle(field: &mut Field, value: &str) {
    value.clone_into(&mut field.value);
    field.confidence = 1.0;
    field.readers = vec![Reader::Person];
    field.disputed = false;
    field.alternatives.clear();
    for comparison in &mut field.compared {
        // The ink is asked no more: the values say whether they are the same.
        comparison.evidence.clear();
        comparison.same = if agree(value, &comparison.value) { 1.0 } else { 0.0 };
    }
}

/// A field of which only a person knows what it says; it is nowhere that a machine could show.
fn typed(report: &DocumentReport, value: &str) -> Field {
    Field {
        value: value.to_owned(),
        text: value.to_owned(),
        confidence: 1.0,
        page: report.pages.first().map_or(0, |page| page.index),
        quad: None,
        readers: vec![Reader::Person],
        certainty: None,
        disputed: false,
        corroborated: false,
        compared: Vec::new(),
        alternatives: Vec::new(),
    }
}

/// Whether a finding of the document's own checks still holds, after a person saw the fields in `seen`.
fn holds(report: &DocumentReport, seen: &BTreeSet<&str>, finding: &Finding) -> bool {
    let about = |name: &str| seen.contains(name).then(|| field_of(report, name)).flatten();
    let value = |name: &str| field_of(report, name).map(|field| field.value.as_str());
    let number = value("id_number");
    match finding.code {
        FindingCode::FieldLowConfidence
        | FindingCode::FieldMissing
        | FindingCode::FormBlankField
        | FindingCode::FormUndated => {
            !finding.field.as_ref().is_some_and(|name| seen.contains(name.as_str()))
        }
        FindingCode::FormUnsigned => about("signature").is_none_or(|field| field.value != "present"),
        FindingCode::IdChecksumFailed => {
            about("id_number").is_none_or(|field| IdNumber::parse(&field.value).is_err())
        }
        FindingCode::IdBirthMismatch => {
            let in_number = number.and_then(id_number::birth_date).map(|day| day.to_string());
            !(seen.contains("id_number") || seen.contains("birth_date"))
                || in_number.as_deref() != value("birth_date")
        }
        FindingCode::IdSexMismatch => {
            let in_number = number.and_then(id_number::sex).map(|sex| sex.as_str());
            !(seen.contains("id_number") || seen.contains("sex")) || in_number != value("sex")
        }
        FindingCode::CertificateNumberMalformed => about("certificate_number").is_none_or(|field| {
            certificate_number::format(&field.value) == certificate_number::Format::Malformed
        }),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{Comparison, DocumentKind, MediaType, SCHEMA, Severity};

    const NUMBER: &str = "11010519491231002X";

    fn field(value: &str) -> Field {
        Field {
            value: value.to_owned(),
            text: value.to_owned(),
            confidence: 0.4,
            page: 0,
            quad: None,
            readers: vec![Reader::Ppocr],
            certainty: Some(0.3),
            disputed: true,
            corroborated: false,
            compared: Vec::new(),
            alternatives: Vec::new(),
        }
    }

    fn card() -> DocumentReport {
        let finding = |code, name: &'static str| Finding::new(code, Severity::Review, "", "").about(name);
        let fields = [("id_number", "11010519491231003X"), ("sex", "男"), ("birth_date", "1949-12-31")];
        DocumentReport {
            schema: SCHEMA,
            file: String::new(),
            sha256: String::new(),
            bytes: 0,
            media_type: MediaType::Jpeg,
            slot: None,
            kind: DocumentKind::IdCardFront,
            kind_confidence: 1.0,
            outcome: Outcome::Review,
            pages: Vec::new(),
            fields: fields.map(|(name, value)| (FieldName::new(name), field(value))).into(),
            findings: vec![
                finding(FindingCode::FieldLowConfidence, "id_number"),
                finding(FindingCode::IdChecksumFailed, "id_number"),
                finding(FindingCode::IdSexMismatch, "sex"),
                finding(FindingCode::FieldLowConfidence, "sex"),
            ],
            detectors: Vec::new(),
            elapsed_ms: BTreeMap::new(),
            pipeline: String::new(),
        }
    }

    fn codes(report: &DocumentReport) -> Vec<FindingCode> {
        report.findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_right_number_settles_what_the_wrong_one_had_raised() {
        let mut report = card();
        correct(&mut report, [("id_number", NUMBER)]);
        let number = field_of(&report, "id_number").unwrap();
        assert_eq!((number.value.as_str(), number.confidence), (NUMBER, 1.0));
        assert_eq!(number.readers, [Reader::Person]);
        // 002 is a woman's number.
        assert_eq!(codes(&report), [FindingCode::IdSexMismatch, FindingCode::FieldLowConfidence]);
        correct(&mut report, [("sex", "女")]);
        assert_eq!((codes(&report), report.outcome), (Vec::new(), Outcome::Pass));
    }

    #[test]
    fn a_number_that_a_person_bears_out_stays_wrong() {
        let mut report = card();
        let read = field_of(&report, "id_number").unwrap().value.clone();
        correct(&mut report, [("id_number", read.as_str()), ("phone", "1")]);
        assert!(codes(&report).contains(&FindingCode::IdChecksumFailed));
        assert_eq!(report.outcome, Outcome::Review);
    }

    #[test]
    fn what_was_not_read_is_added_where_papers_of_the_kind_have_it() {
        let mut report = card();
        let missing = Finding::new(FindingCode::FieldMissing, Severity::Review, "", "").about("nation");
        report.findings.push(missing);
        correct(&mut report, [("nation", "满"), ("nation", "汉"), ("phone", "1"), ("school", "x")]);
        let nation = field_of(&report, "nation").unwrap();
        assert_eq!((nation.value.as_str(), nation.confidence, nation.quad), ("汉", 1.0, None));
        assert_eq!(nation.readers, [Reader::Person]);
        assert!(!codes(&report).contains(&FindingCode::FieldMissing));
        assert!(field_of(&report, "phone").is_none() && field_of(&report, "school").is_none());
    }

    #[test]
    fn a_form_that_a_person_saw_signed_is_signed() {
        let unsigned = || DocumentReport {
            kind: DocumentKind::WorkCommitment,
            findings: vec![
                Finding::new(FindingCode::FormUnsigned, Severity::Reject, "", "").about("signature"),
                Finding::new(FindingCode::FormUndated, Severity::Review, "", "").about("signed_on"),
                Finding::new(FindingCode::FormBlankField, Severity::Review, "", "").about("phone"),
            ],
            ..card()
        };
        let mut report = unsigned();
        correct(&mut report, [("signature", "present"), ("signed_on", "2026-11-01")]);
        assert_eq!(codes(&report), [FindingCode::FormBlankField]);
        let mut report = unsigned();
        correct(&mut report, [("signature", "absent")]);
        assert!(codes(&report).contains(&FindingCode::FormUnsigned));
    }

    #[test]
    fn a_person_decides_whether_papers_agree() {
        let mut report = card();
        let compared = |value: &str| Comparison {
            with: "declared".to_owned(),
            value: value.to_owned(),
            same: 0.9,
            evidence: BTreeMap::from([("ink".to_owned(), 1.0)]),
        };
        let sex = report.fields.get_mut(&FieldName::new("sex")).unwrap();
        sex.compared = vec![compared("女"), compared("男")];
        correct(&mut report, [("sex", "男"), ("sex", "女")]);
        let sex = field_of(&report, "sex").unwrap();
        let same: Vec<f64> = sex.compared.iter().map(|comparison| comparison.same).collect();
        assert_eq!(same, [1.0, 0.0]);
        assert!(sex.compared.iter().all(|comparison| comparison.evidence.is_empty()));
    }
}
