//! Truth files and the scores against them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::Context;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::domain::{DocumentKind, DocumentReport, FindingCode, Outcome, Quad, Severity};

/// The day that the generator dates its samples by.
pub const SAMPLE_DAY: Date = date(2026, 11, 24);

/// One line of `truth.jsonl`.
#[derive(Debug, Deserialize)]
pub struct Truth {
    pub file: String,
    pub slot: Option<DocumentKind>,
    pub kind: DocumentKind,
    #[serde(default)]
    pub fields: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    pub findings: Vec<FindingCode>,
    #[serde(default)]
    pub quad: Option<Quad>,
    /// By field, what else another paper could say: names of similar shape and the like.
    #[serde(default)]
    pub decoys: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub level: Option<String>,
    #[serde(default)]
    pub readable: Option<bool>,
    #[serde(default)]
    pub must_retake: Option<bool>,
}

impl Truth {
    /// The value of a field as the report spells it: numbers (a condition, years) become strings.
    pub fn value(&self, field: &str) -> Option<String> {
        self.fields.get(field).map(|value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// Whether every field of it can be demanded: samples whose text is covered or lost cannot.
    pub fn is_readable(&self) -> bool {
        self.readable.unwrap_or_else(|| !self.must_retake.unwrap_or(false))
    }
}

/// Reads `truth.jsonl` of a folder.
///
/// # Errors
/// When it is missing or a line is not in the contract's format.
pub fn truths(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Truth)>> {
    let path = folder.join("truth.jsonl");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let truth: Truth = serde_json::from_str(line)
                .with_context(|| format!("{} line {}", path.display(), number + 1))?;
            Ok((folder.join(&truth.file), truth))
        })
        .collect()
}

/// Counts of one field over a group of samples.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FieldScore {
    pub samples: usize,
    pub exact: usize,
    /// Read with a confidence of at least 0.99, and those of them that are right.
    pub certain: usize,
    pub certain_right: usize,
}

impl FieldScore {
    fn add(&mut self, other: Self) {
        self.samples += other.samples;
        self.exact += other.exact;
        self.certain += other.certain;
        self.certain_right += other.certain_right;
    }
}

/// Counts of one group of samples.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Score {
    pub files: usize,
    pub kind_right: usize,
    pub fields: usize,
    pub fields_right: usize,
    pub by_field: BTreeMap<String, FieldScore>,
    pub quads: usize,
    pub iou_sum: f64,
    /// Fields with a confidence of at least 0.99, and those of them that are right.
    pub certain: usize,
    pub certain_right: usize,
    pub must_retake: usize,
    pub must_retake_caught: usize,
    pub readable: usize,
    pub readable_rejected: usize,
    /// Code → (held by the truth, of these raised, raised though not held).
    pub findings: BTreeMap<String, (usize, usize, usize)>,
}

/// A field that was not read as the truth has it.
#[derive(Debug, Serialize)]
pub struct Miss {
    pub file: String,
    pub field: String,
    pub truth: Option<String>,
    pub read: Option<String>,
    pub confidence: f64,
}

/// Codes that say "look here" rather than name a fault of the upload: raising one is not a false alarm.
const SOFT: [FindingCode; 3] =
    [FindingCode::FieldLowConfidence, FindingCode::FieldMissing, FindingCode::IntakeExtensionMismatch];

impl Score {
    /// Adds one report; fields that came out wrong are appended to `misses`.
    pub fn add(&mut self, truth: &Truth, report: &DocumentReport, misses: &mut Vec<Miss>) {
        self.files += 1;
        self.kind_right += usize::from(report.kind == truth.kind);
        if truth.is_readable() {
            self.add_fields(truth, report, misses);
        }
        if let (Some(expected), Some(page)) = (&truth.quad, report.pages.first()) {
            self.quads += 1;
            self.iou_sum += page.quad.map_or(0.0, |found| f64::from(found.iou(expected)));
        }
        let turned_away = matches!(report.outcome, Outcome::Retake | Outcome::Reject | Outcome::Unreadable);
        if truth.must_retake == Some(true) {
            self.must_retake += 1;
            self.must_retake_caught += usize::from(turned_away);
        } else if truth.is_readable() && truth.slot.is_none_or(|slot| slot == truth.kind) {
            self.readable += 1;
            let for_quality = |code: FindingCode| {
                code.as_str().starts_with("quality.")
                    || code.as_str().starts_with("crop.")
                    || code.as_str().starts_with("kind.")
            };
            let rejected =
                report.findings.iter().any(|f| f.severity >= Severity::Retake && for_quality(f.code));
            self.readable_rejected += usize::from(rejected);
        }
        let expected: BTreeSet<_> = truth.findings.iter().copied().collect();
        let raised: BTreeSet<_> = report.findings.iter().map(|finding| finding.code).collect();
        for code in expected.union(&raised).filter(|code| !SOFT.contains(code)) {
            let entry = self.findings.entry(code.to_string()).or_default();
            match (expected.contains(code), raised.contains(code)) {
                (true, hit) => {
                    entry.0 += 1;
                    entry.1 += usize::from(hit);
                }
                (false, _) => entry.2 += 1,
            }
        }
    }

    fn add_fields(&mut self, truth: &Truth, report: &DocumentReport, misses: &mut Vec<Miss>) {
        for name in truth.fields.keys() {
            let expected = truth.value(name);
            let found = report.fields.iter().find(|(n, _)| n.as_str() == name).map(|(_, field)| field);
            let right = found.is_some_and(|field| Some(&field.value) == expected.as_ref());
            self.fields += 1;
            self.fields_right += usize::from(right);
            let certain = found.is_some_and(|field| field.confidence >= 0.99);
            self.certain += usize::from(certain);
            self.certain_right += usize::from(certain && right);
            self.by_field.entry(name.clone()).or_default().add(FieldScore {
                samples: 1,
                exact: usize::from(right),
                certain: usize::from(certain),
                certain_right: usize::from(certain && right),
            });
            if !right {
                misses.push(Miss {
                    file: truth.file.clone(),
                    field: name.clone(),
                    truth: expected,
                    read: found.map(|field| field.value.clone()),
                    confidence: found.map_or(0.0, |field| field.confidence),
                });
            }
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.files += other.files;
        self.kind_right += other.kind_right;
        self.fields += other.fields;
        self.fields_right += other.fields_right;
        self.quads += other.quads;
        self.iou_sum += other.iou_sum;
        self.certain += other.certain;
        self.certain_right += other.certain_right;
        self.must_retake += other.must_retake;
        self.must_retake_caught += other.must_retake_caught;
        self.readable += other.readable;
        self.readable_rejected += other.readable_rejected;
        for (field, counts) in &other.by_field {
            self.by_field.entry(field.clone()).or_default().add(*counts);
        }
        for (code, counts) in &other.findings {
            let entry = self.findings.entry(code.clone()).or_default();
            entry.0 += counts.0;
            entry.1 += counts.1;
            entry.2 += counts.2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Field, MediaType, SCHEMA};

    fn report(value: &str, confidence: f64) -> DocumentReport {
        let field = Field {
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
        };
        DocumentReport {
            schema: SCHEMA,
            file: String::new(),
            sha256: String::new(),
            bytes: 0,
            media_type: MediaType::Png,
            slot: None,
            kind: DocumentKind::ChsiReport,
            kind_confidence: 1.0,
            outcome: Outcome::Pass,
            pages: Vec::new(),
            fields: [("verification_code".into(), field)].into(),
            findings: Vec::new(),
            detectors: Vec::new(),
            elapsed_ms: BTreeMap::new(),
            pipeline: String::new(),
        }
    }

    #[test]
    fn every_field_is_counted_by_itself() {
        let truth: Truth = serde_json::from_str(
            r#"{"file":"a.png","slot":null,"kind":"chsi_report",
                "fields":{"verification_code":"ATEST23456789ABC","name":"张三"}}"#,
        )
        .unwrap();
        let (mut score, mut misses) = (Score::default(), Vec::new());
        score.add(&truth, &report("ATEST23456789ABC", 0.995), &mut misses);
        score.add(&truth, &report("ATEST23456789ABD", 0.995), &mut misses);
        score.add(&truth, &report("ATEST23456789ABC", 0.5), &mut misses);
        let mut total = Score::default();
        total.merge(&score);
        let code = FieldScore { samples: 3, exact: 2, certain: 2, certain_right: 1 };
        assert_eq!(total.by_field["verification_code"], code);
        assert_eq!(total.by_field["name"], FieldScore { samples: 3, ..FieldScore::default() });
        assert_eq!(misses.len(), 4);
    }
}
