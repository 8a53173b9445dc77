//! Graduation certificates: running text, read by its language rather than by places.
//!
//! The text is joined in reading order and each value is sought between the short fixed words around
//! it. Every value has several such frames, so that a misread fixed word costs one frame, not the value.

use jiff::civil::Date;

use crate::{domain::DocumentKind, ocr::PageText};

use super::{
    checks::report_missing,
    diploma_body as body, diploma_close as close, flow,
    passage::Passage,
    reading::{DocumentReading, FieldReading},
};

/// Reads a graduation certificate.
pub fn read(pages: &[PageText], _today: Date) -> DocumentReading {
    let text = flow::join(pages);
    let rows: Vec<Passage> = (0..pages.len()).flat_map(|page| flow::rows(pages, page)).collect();
    let mut fields: Vec<FieldReading> = Vec::new();
    fields.extend(body::name(pages, &text));
    fields.extend(body::sex(pages, &text));
    fields.extend(body::birth_date(pages, &text));
    fields.extend(body::period(pages, &text));
    fields.extend(body::major(pages, &text));
    fields.extend(body::education_level(pages, &text));
    fields.extend(body::study_form(pages, &text));
    fields.extend(body::study_years(pages, &text));
    fields.extend(close::certificate_number(pages, &text, &rows));
    fields.extend(close::principal(pages, &rows));
    fields.extend(close::issued_on(pages, &rows));
    let number = fields.iter().find(|f| f.name.as_str() == "certificate_number").map(|f| f.value.clone());
    fields.extend(close::school(pages, &rows, number.as_deref()));
    let mut reading = DocumentReading { fields, findings: Vec::new() };
    report_missing(&mut reading, DocumentKind::Diploma);
    reading
}
