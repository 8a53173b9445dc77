//! Fields that papers have and that were not read: a person can fill them in.

use std::collections::BTreeSet;

use super::{
    case::Case,
    rows::{Picture, Target},
    texts::Language,
};
use crate::{
    domain::DocumentReport,
    rules::{field_of, label},
};

/// A paper and what was not read on it.
pub(super) struct UnreadPaper {
    pub name: String,
    /// Its first picture.
    pub picture: Option<usize>,
    pub fields: Vec<UnreadField>,
}

/// A field without a value.
pub(super) struct UnreadField {
    pub label: String,
    pub target: Option<Target>,
}

impl Case {
    /// What was not read, by paper; nothing once the application cannot be corrected.
    pub(super) fn unread(
        &self,
        pictures: &[((usize, usize), Picture)],
        language: Language,
    ) -> Vec<UnreadPaper> {
        let documents = self.report.iter().flat_map(|report| report.documents.iter().enumerate());
        documents
            .filter_map(|(index, document)| {
                let field = |name: String| {
                    let target = self.target(index, &name, language)?;
                    Some(UnreadField { label: language.of(&label(&name)), target: Some(target) })
                };
                let fields: Vec<UnreadField> = unread(document).into_iter().filter_map(field).collect();
                (!fields.is_empty()).then(|| UnreadPaper {
                    name: self.paper(Some(index), language),
                    picture: pictures.iter().position(|(at, _)| at.0 == index),
                    fields,
                })
            })
            .collect()
    }
}

/// Names of the fields that a document of its kind has and that have no value: of rows of work those that were begun, and
/// the one after them.
fn unread(document: &DocumentReport) -> Vec<String> {
    let is_unread = |name: &String| field_of(document, name).is_none_or(|field| field.value.is_empty());
    let names = document.fields.keys().map(|name| name.as_str());
    let begun = names.filter_map(|name| name.strip_prefix("work_history[")?.split_once(']')?.0.parse().ok());
    let begun: BTreeSet<usize> = begun.collect();
    let next = begun.last().map_or(0, |last| last + 1);
    let rows = begun.into_iter().chain([next]).flat_map(|row| {
        document.kind.row_fields().iter().map(move |part| format!("work_history[{row}].{part}"))
    });
    let plain = document.kind.fields().iter().map(|name| (*name).to_owned());
    plain.chain(rows).filter(is_unread).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{DocumentKind, Field, FieldName, MediaType, Outcome, SCHEMA};

    fn form(fields: &[(&'static str, &str)]) -> DocumentReport {
        let field = |value: &str| Field {
            value: value.to_owned(),
            text: String::new(),
            confidence: 1.0,
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
            media_type: MediaType::Jpeg,
            slot: None,
            kind: DocumentKind::WorkCommitment,
            kind_confidence: 1.0,
            outcome: Outcome::Pass,
            pages: Vec::new(),
            fields: fields.iter().map(|(name, value)| (FieldName::new(name), field(value))).collect(),
            findings: Vec::new(),
            detectors: Vec::new(),
            elapsed_ms: BTreeMap::new(),
            pipeline: String::new(),
        }
    }

    #[test]
    fn rows_that_were_begun_are_completed_and_one_more_can_be_added() {
        let names = unread(&form(&[
            ("name", "王五"),
            ("id_number", ""),
            ("work_history[0].from", "2020-01"),
            ("work_history[0].employer", "某公司"),
        ]));
        assert!(names.iter().any(|name| name == "id_number") && !names.iter().any(|name| name == "name"));
        let rows: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| name.starts_with("work")).collect();
        assert_eq!(rows.len(), 1 + 3 + 5, "{rows:?}");
        assert!(rows.contains(&"work_history[0].witness") && rows.contains(&"work_history[1].from"));
    }
}
