//! The report as a contract: names and types of everything that callers may read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vouch::domain::{
    Alternative, DetectorReport, DetectorState, DocumentKind, DocumentReport, Field, FieldName, Finding,
    FindingCode, MediaType, Outcome, PageReport, Point, Quad, QualityMeasures, Reader, SCHEMA, Severity,
};

use crate::vouch::{SAMPLE_DAY, json_lines, run, sample, vouch};

fn quad() -> Quad {
    Quad([Point::new(0.0, 0.0), Point::new(9.0, 0.0), Point::new(9.0, 5.0), Point::new(0.0, 5.0)])
}

/// A report in which everything that may be absent is there.
fn full() -> DocumentReport {
    let field = Field {
        value: "2020-07".into(),
        text: "2020年7月".into(),
        confidence: 0.5,
        page: 0,
        quad: Some(quad()),
        readers: vec![Reader::Ppocr, Reader::Tesseract, Reader::PdfText, Reader::Barcode, Reader::Person],
        certainty: Some(0.25),
        disputed: true,
        corroborated: false,
        compared: Vec::new(),
        alternatives: vec![Alternative { value: "2020-01".into(), confidence: 0.25 }],
    };
    let finding = Finding::new(FindingCode::QualityGlare, Severity::Review, "反光", "Glare")
        .with_score(0.5)
        .on_page(0)
        .at(quad())
        .about("graduated_on")
        .with_evidence("share", 0.25);
    DocumentReport {
        schema: SCHEMA,
        file: "a.jpg".into(),
        sha256: "00".into(),
        bytes: 1,
        media_type: MediaType::Jpeg,
        slot: Some(DocumentKind::Diploma),
        kind: DocumentKind::Diploma,
        kind_confidence: 0.5,
        outcome: Outcome::Review,
        pages: vec![PageReport {
            index: 0,
            width: 10,
            height: 6,
            quad: Some(quad()),
            rotation: 90,
            quality: QualityMeasures { dpi: Some(300.0), ..QualityMeasures::default() },
        }],
        fields: BTreeMap::from([(FieldName::new("graduated_on"), field)]),
        findings: vec![finding],
        detectors: vec![DetectorReport {
            code: FindingCode::SourcePhotocopy,
            state: DetectorState::NotJudged,
            reason: Some("original_may_be_black_and_white".into()),
            measure: Some(0.5),
            threshold: Some(0.25),
        }],
        elapsed_ms: BTreeMap::from([("total".into(), 1)]),
        pipeline: "vouch models".into(),
    }
}

#[test]
fn the_full_report_keeps_its_names_and_types() {
    insta::assert_json_snapshot!(full());
}

#[test]
fn an_absent_value_is_null_or_left_out_as_before() {
    let mut report = full();
    report.slot = None;
    report.pages[0].quad = None;
    report.detectors.clear();
    report.pages[0].quality.dpi = None;
    for field in report.fields.values_mut() {
        field.quad = None;
        field.certainty = None;
        field.disputed = false;
        field.alternatives.clear();
    }
    report.findings = vec![Finding::new(FindingCode::IntakeEmpty, Severity::Reject, "空", "Empty")];
    insta::assert_json_snapshot!(report);
}

#[test]
fn what_the_program_prints_has_the_contract_s_keys() {
    let card = sample("application/id_front.jpg");
    let output = run(vouch().args(["check", "--json", "--today", SAMPLE_DAY]).arg(card));
    let printed = &json_lines(&output)[0];
    let contract = serde_json::to_value(full()).unwrap();
    let keys = |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(keys(printed), keys(&contract));
    assert_eq!(keys(&printed["pages"][0]), keys(&contract["pages"][0]));
    assert!(keys(&printed["fields"]["name"]).is_subset(&keys(&contract["fields"]["graduated_on"])));
    assert!(printed["elapsed_ms"]["total"].is_u64());
}

#[test]
fn finding_codes_are_added_and_never_renamed() {
    let codes: Vec<_> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
    insta::assert_snapshot!(codes.join("\n"));
}

#[test]
fn the_manual_page_of_findings_has_every_code_and_no_other() {
    let page = include_str!("../../docs/FINDINGS.md");
    let listed: BTreeSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(listed, FindingCode::ALL.iter().map(|code| code.as_str()).collect());
}
