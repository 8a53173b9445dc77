//! Reads the fields of a recognised document: read, re-read what is unsure, ask the second reader,
//! calibrate.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    documents::{
        self, DocumentReading, FieldReading, Source,
        values::{certificate_number, chsi_code, id_number, nation, region},
    },
    domain::{DocumentKind, Field, Finding, FindingCode, Quad, Reader, Severity},
    inference::InferenceError,
    ocr::{Script, TextLine},
};

use super::{
    Evidence, Pipeline,
    calibration::{Agreement, Calibration},
    constrained::{decide_authority, decide_certificate_number, decide_id_number, decide_nation},
    date_lines,
    opinions::Named,
    upright::Upright,
};

/// Fields that other papers and rules hang on: a symbol of theirs that is less likely than
/// [`REREAD_BELOW`] is read again by the accurate network.
const CRITICAL: [&str; 5] =
    ["id_number", "certificate_number", "verification_code", "valid_from", "valid_until"];
/// Names are always read by the accurate network: it knows 18,710 characters, the fast one 6,906, and
/// a rare character that is not among them comes out as another with high confidence.
const ALWAYS_ACCURATE: [&str; 4] = ["name", "school", "principal", "issuing_authority"];
/// Least probability of a symbol in a critical field that is believed at once.
const REREAD_BELOW: f32 = 0.985;
/// How far a line whose number was cut short is read on at both ends, in line heights: two digits.
pub(super) const CUT_SHORT_REACH: f32 = 1.2;
/// Certainty below which Tesseract is asked about a critical field (some 40 ms each).
const SECOND_READER_BELOW: f64 = 0.90;
/// Confidence below which a field is brought to a person's eyes. At 0.80 one in five of what is
/// not shown may be wrong at worst; in practice calibrated values crowd near 1.
const LOW_CONFIDENCE: f64 = 0.80;

impl Pipeline {
    /// Fields and findings of `kind`; quads are still in the pixels of the upright documents.
    pub(super) fn read_fields(
        &self,
        kind: DocumentKind,
        documents: &mut [Upright],
        today: Date,
    ) -> Result<DocumentReading, InferenceError> {
        date_lines::mend(documents);
        let mut reading = read(kind, documents, today);
        if self.reread_unsure(&reading, documents)? {
            date_lines::mend(documents);
            reading = read(kind, documents, today);
        }
        if self.join_numbers(&reading.fields, documents)? {
            reading = read(kind, documents, today);
        }
        let names: Vec<(Named, Vec<Source>)> = reading
            .fields
            .iter()
            .filter_map(|field| Some((named(field.name.as_str())?, field.sources.clone())))
            .collect();
        for (named, sources) in &names {
            self.decide_name(*named, sources, documents)?;
        }
        if !names.is_empty() {
            reading = read(kind, documents, today);
        }
        settle_id_number(&mut reading, documents);
        settle_certificate_number(&mut reading, documents);
        settle_authority(&mut reading, documents);
        settle_nation(&mut reading, documents);
        Ok(reading)
    }

    /// Replaces lines that deserve a better look; true when any was.
    fn reread_unsure(
        &self,
        reading: &DocumentReading,
        documents: &mut [Upright],
    ) -> Result<bool, InferenceError> {
        let mut lines = BTreeSet::new();
        let mut cut_short = BTreeSet::new();
        for field in &reading.fields {
            let name = field.name.as_str();
            if is_cut_short(field) {
                cut_short.extend(field.sources.iter().map(|source| (source.page, source.line)));
            }
            let limit = if ALWAYS_ACCURATE.contains(&name) || is_doubtful(field) {
                1.0
            } else if CRITICAL.contains(&name) {
                REREAD_BELOW
            } else {
                continue;
            };
            for source in &field.sources {
                let Some(line) = line_of(documents, source.page, source.line) else { continue };
                let weakest = line
                    .symbols
                    .get(source.symbols.clone())
                    .into_iter()
                    .flatten()
                    .fold(1.0_f32, |least, symbol| least.min(symbol.probability));
                if weakest < limit && self.reader.is_fast_reading(line) {
                    lines.insert((source.page, source.line));
                }
            }
        }
        lines.extend(&cut_short);
        for &(page, index) in &lines {
            let document = &mut documents[page];
            let mut quad = document.text.lines[index].quad;
            if cut_short.contains(&(page, index)) {
                quad = quad.lengthened(CUT_SHORT_REACH);
            }
            document.text.lines[index] = self.reader.read_line_accurately(&document.pixels, quad)?;
        }
        Ok(!lines.is_empty())
    }

    /// The contract's field: calibrated, with its place in page pixels.
    pub(super) fn finish_field(
        &self,
        reading: &FieldReading,
        corroborated: bool,
        documents: &[Upright],
        place: impl Fn(usize, &Quad) -> Quad,
    ) -> Field {
        let certainty = certainty(reading, documents);
        let mut readers = reading.readers.clone();
        let agreement = self.ask_second_reader(reading, documents, certainty);
        if agreement == Agreement::Agrees {
            readers.push(Reader::Tesseract);
        }
        let name = reading.name.as_str();
        let evidence = Evidence { certainty, agreement, corroborated };
        let confidence = if is_handwritten(reading) {
            self.calibration.confidence(&Calibration::handwritten(name), &evidence)
        } else {
            self.calibration.confidence(name, &evidence)
        };
        Field {
            value: reading.value.clone(),
            text: reading.text.clone(),
            confidence,
            page: documents.get(reading.page).map_or(0, |document| document.text.page),
            quad: reading.quad.as_ref().map(|quad| place(reading.page, quad)),
            readers,
            certainty: Some(certainty),
            disputed: agreement == Agreement::Differs,
            corroborated,
            compared: Vec::new(),
            alternatives: reading
                .alternatives
                .iter()
                .map(|(value, score)| crate::domain::Alternative {
                    value: value.clone(),
                    confidence: f64::from(*score) * (1.0 - confidence),
                })
                .collect(),
        }
    }

    fn ask_second_reader(&self, reading: &FieldReading, documents: &[Upright], certainty: f64) -> Agreement {
        let name = reading.name.as_str();
        let script = if CRITICAL.contains(&name) {
            Script::Code
        } else if name == "name" {
            Script::Chinese
        } else {
            return Agreement::NotAsked;
        };
        // Tesseract reads no handwriting: what has no line of print behind it is not for it.
        if is_handwritten(reading)
            || certainty >= SECOND_READER_BELOW
            || reading.readers.iter().any(|r| *r != Reader::Ppocr)
        {
            return Agreement::NotAsked;
        }
        let (Some(quad), Some(document)) = (&reading.quad, documents.get(reading.page)) else {
            return Agreement::NotAsked;
        };
        // Without Tesseract the first reader stands alone: that is what NotAsked says.
        match self.second.read(&document.pixels, quad, script) {
            Ok(text) if text.contains(reading.text.replace(' ', "").as_str()) => Agreement::Agrees,
            Ok(_) => Agreement::Differs,
            Err(_) => Agreement::NotAsked,
        }
    }
}

/// What kind of name a field holds.
fn named(field: &str) -> Option<Named> {
    match field {
        "name" | "principal" => Some(Named::Person),
        "issuer" => Some(Named::Issuer),
        "school" => Some(Named::School),
        "issued_on" => Some(Named::IssueDate),
        _ => None,
    }
}

/// Values that their word lists do not know: a character that the fast network lacks (仫, 埇) comes out
/// as another one, and only the list tells.
fn is_doubtful(field: &FieldReading) -> bool {
    match field.name.as_str() {
        "nation" => !nation::is_listed(&field.value),
        "address" => {
            !field.alternatives.is_empty()
                || !region::names_county(&field.value)
                || documents::id_card_front::has_long_number(&field.value)
        }
        "issuing_authority" => !region::names_place(&field.value),
        _ => false,
    }
}

/// Whether a number has fewer characters than it must: the box around its line may have cut it.
pub(super) fn is_cut_short(field: &FieldReading) -> bool {
    let least = match field.name.as_str() {
        "id_number" => id_number::LENGTH,
        // Its first letter may have been read as a digit.
        "certificate_number" if field.value.starts_with(['S', 'Y']) || is_long(&field.value) => {
            certificate_number::SKILL_LEVEL_LENGTH
        }
        "verification_code" if field.value.starts_with('A') => chsi_code::LENGTH,
        _ => return false,
    };
    field.value.len() < least
}

/// Longer than the longest number of another format: diplomas have 18 digits at most.
fn is_long(number: &str) -> bool {
    number.len() > 18 && certificate_number::format(number) == certificate_number::Format::Malformed
}

/// An entry of a form: read by the recogniser off no line that the page reader found.
fn is_handwritten(reading: &FieldReading) -> bool {
    reading.sources.is_empty() && reading.readers == [Reader::Ppocr]
}

/// Runs a kind's reader; kinds without fields (and the forms, which are read by their templates)
/// have an empty reading.
fn read(kind: DocumentKind, documents: &[Upright], today: Date) -> DocumentReading {
    let pages: Vec<_> = documents.iter().map(|document| document.text.clone()).collect();
    match kind {
        DocumentKind::IdCardFront => documents::id_card_front::read(&pages, today),
        DocumentKind::IdCardBack => documents::id_card_back::read(&pages, today),
        DocumentKind::PriorCertificate => documents::prior_certificate::read(&pages, today),
        DocumentKind::Diploma => documents::diploma::read(&pages, today),
        DocumentKind::EnrollmentForm => documents::enrollment_form::read(&pages, today),
        DocumentKind::ChsiReport => documents::chsi_report::read(&pages, today),
        DocumentKind::PortraitPhoto
        | DocumentKind::DeclarationForm
        | DocumentKind::WorkCommitment
        | DocumentKind::EducationCommitment
        | DocumentKind::Other => DocumentReading::default(),
    }
}

/// Lets the lattice decide about an ID number that breaks its own rules, and drops the findings that
/// a settled misreading had caused.
fn settle_id_number(reading: &mut DocumentReading, documents: &[Upright]) {
    let birth = reading.value("birth_date").and_then(|date| date.parse().ok());
    let Some(field) = reading.fields.iter_mut().find(|field| field.name.as_str() == "id_number") else {
        return;
    };
    let before = field.value.clone();
    let pages: Vec<_> = documents.iter().map(|document| document.text.clone()).collect();
    decide_id_number(field, &pages, birth);
    if field.value != before {
        reading.findings.retain(|finding| {
            !matches!(
                finding.code,
                FindingCode::IdChecksumFailed | FindingCode::IdBirthMismatch | FindingCode::IdSexMismatch
            )
        });
    }
}

/// Lets the lattice decide about a certificate number of nearly the right length, and drops the finding that the
/// misreading had caused.
fn settle_certificate_number(reading: &mut DocumentReading, documents: &[Upright]) {
    let Some(field) = reading.fields.iter_mut().find(|field| field.name.as_str() == "certificate_number")
    else {
        return;
    };
    let before = field.value.clone();
    let pages: Vec<_> = documents.iter().map(|document| document.text.clone()).collect();
    decide_certificate_number(field, &pages);
    if field.value != before {
        // What the QR code says stands among the alternatives of a number that differs from it.
        let is_coded = field.alternatives.iter().any(|(value, _)| *value == field.value);
        field.alternatives.retain(|(value, _)| *value != field.value);
        reading.findings.retain(|finding| match finding.code {
            FindingCode::CertificateNumberMalformed => false,
            FindingCode::CertificateQrMismatch => !is_coded,
            _ => true,
        });
    }
}

/// Lets the lattice decide which nation stands where none was read.
fn settle_nation(reading: &mut DocumentReading, documents: &[Upright]) {
    let pages: Vec<_> = documents.iter().map(|document| document.text.clone()).collect();
    if let Some(field) = reading.fields.iter_mut().find(|field| field.name.as_str() == "nation") {
        decide_nation(field, &pages);
    }
}

/// Lets the lattice decide about the place in an authority's name.
fn settle_authority(reading: &mut DocumentReading, documents: &[Upright]) {
    let pages: Vec<_> = documents.iter().map(|document| document.text.clone()).collect();
    if let Some(field) = reading.fields.iter_mut().find(|field| field.name.as_str() == "issuing_authority") {
        decide_authority(field, &pages);
    }
}

/// Probability that every symbol of a value was read right, by the recogniser's own account: the
/// product over its symbols, times what the kind's reader took off.
fn certainty(reading: &FieldReading, documents: &[Upright]) -> f64 {
    let mut product = 1.0_f64;
    let mut symbols = 0_u32;
    for source in &reading.sources {
        let Some(line) = line_of(documents, source.page, source.line) else { continue };
        for symbol in line.symbols.get(source.symbols.clone()).into_iter().flatten() {
            product *= f64::from(symbol.probability);
            symbols += 1;
        }
    }
    if symbols == 0 {
        return f64::from(reading.score);
    }
    let mean = product.powf(1.0 / f64::from(symbols));
    let factor = if mean > 0.0 { (f64::from(reading.score) / mean).min(1.0) } else { 0.0 };
    product * factor
}

fn line_of(documents: &[Upright], page: usize, line: usize) -> Option<&TextLine> {
    documents.get(page)?.text.lines.get(line)
}

/// The finding for a field whose confidence is too low to pass unseen.
pub(super) fn low_confidence(name: &str, field: &Field) -> Option<Finding> {
    if field.confidence >= LOW_CONFIDENCE {
        return None;
    }
    let mut finding = Finding::new(
        FindingCode::FieldLowConfidence,
        Severity::Review,
        "该项识别把握不大，请对照原图核对",
        "This field was read with little confidence; compare it with the picture",
    )
    .with_score(1.0 - field.confidence)
    .on_page(field.page)
    .about(name.to_owned())
    .with_evidence("confidence", (field.confidence * 1e4).round() / 1e4);
    finding.quad = field.quad;
    Some(finding)
}
