//! Building blocks that several readers share: collecting fields, reporting what is missing.

use crate::{
    domain::{DocumentKind, Finding, FindingCode, Severity},
    ocr::PageText,
};

use super::{
    labelled::Labelled,
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    required,
    values::{Parsed, text_norm},
};

/// The field that `parse` reads behind one of its labels; the first label whose value parses.
pub fn labelled_field<T: ToString>(
    pages: &[PageText],
    labelled: &Labelled,
    field: &'static str,
    parse: impl Fn(&[char]) -> Option<Parsed<T>>,
) -> Option<FieldReading> {
    labelled.of(field).find_map(|entry| {
        let mut parsed = parse(entry.value.chars())?;
        parsed.factor *= entry.factor;
        entry.value.field(pages, field, &parsed)
    })
}

/// A free text behind its label, as it stands; marks for "none" are no value.
pub fn labelled_text(pages: &[PageText], labelled: &Labelled, field: &'static str) -> Option<FieldReading> {
    labelled.of(field).find_map(|entry| {
        if entry.value.is_empty() || text_norm::means_none(entry.value.chars()) {
            return None;
        }
        entry.value.text_field(pages, field, entry.factor)
    })
}

/// The first loose passage, label or not, in which `parse` finds something; `factor` is what it costs
/// that no label says so.
pub fn loose_field<T: ToString>(
    pages: &[PageText],
    passages: &[Passage],
    field: &'static str,
    factor: f32,
    parse: impl Fn(&[char]) -> Option<Parsed<T>>,
) -> Option<FieldReading> {
    passages.iter().find_map(|passage| {
        let mut parsed = parse(passage.chars())?;
        parsed.factor *= factor;
        passage.field(pages, field, &parsed)
    })
}

/// Every line of every page as a passage.
pub fn all_lines(pages: &[PageText]) -> Vec<Passage> {
    pages
        .iter()
        .enumerate()
        .flat_map(|(page, text)| {
            text.lines.iter().enumerate().map(move |(index, line)| Passage::of_line(line, page, index))
        })
        .collect()
}

/// A finding about a field, at the field's place.
pub fn about(finding: Finding, field: &FieldReading, pages: &[PageText]) -> Finding {
    let page = pages.get(field.page).map_or(field.page, |page| page.page);
    let finding = finding.about(field.name.clone()).on_page(page);
    match field.quad {
        Some(quad) => finding.at(quad),
        None => finding,
    }
}

/// Adds `field.missing` for every field that the kind must have and the reading has not.
pub fn report_missing(reading: &mut DocumentReading, kind: DocumentKind) {
    let missing: Vec<&required::Required> =
        required::of(kind).iter().filter(|wanted| reading.field(wanted.field).is_none()).collect();
    for wanted in missing {
        reading.findings.push(
            Finding::new(
                FindingCode::FieldMissing,
                Severity::Review,
                format!("未能读出{}", wanted.zh),
                format!("The {} could not be read", wanted.en),
            )
            .about(wanted.field),
        );
    }
}
