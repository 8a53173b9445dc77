//! What edits of a picture's pixels mean for the upload: `alteration.digital_edit` and `alteration.copy_move`, one finding a
//! field.

use image::RgbImage;

use crate::{
    documents::FieldReading,
    domain::{DetectorReport, DocumentKind, FieldName, Finding, FindingCode, Quad, Severity},
    forensics::{
        digital::{self, Doubt, Examination, Heat, Line, copy_move},
        source::Verdict,
    },
    imaging::Opened,
};

use super::{check::place_on_page, full_size::FullSize, source, upright::Upright};

/// What became of the searches, and what was found.
pub(super) struct Examined {
    /// One a detector.
    pub reports: Vec<DetectorReport>,
    pub findings: Vec<Finding>,
    /// Where the picture is doubtful, for people to look at; `None` where nothing was judged.
    pub heat: Option<Heat>,
}

/// What a detector's findings say.
struct Message {
    code: FindingCode,
    detector: &'static str,
    zh: &'static str,
    en: &'static str,
}

const JPEG_HISTORY: Message = Message {
    code: FindingCode::AlterationDigitalEdit,
    detector: "jpeg_history",
    zh: "此处像素没有图片其余部分的压缩痕迹，可能经过修图，请核对原件",
    en: "The pixels here lack the traces that an earlier compression left on the rest of the picture; they may have been edited",
};
const COPY_MOVE: Message = Message {
    code: FindingCode::AlterationCopyMove,
    detector: "copy_move",
    zh: "此处的字符与图中另一处连噪点都相同，其中之一可能是复制粘贴的，请核对原件",
    en: "A character here is the same as another one in the picture, noise and all; one of them may have been copied and pasted",
};

/// Looks at the print of every field that was read, and for copies at all print. What is drawn on a screen has no noise that
/// would tell a copy.
pub(super) fn examine(
    kind: DocumentKind,
    bytes: &[u8],
    opened: &Opened,
    uprights: &[Upright],
    fields: &[FieldReading],
    full: &FullSize<'_>,
    is_screen: bool,
) -> Examined {
    let (history, copies) = match subject(kind, full) {
        Err(reason) => (Examination::not_judged(reason), Examination::not_judged(reason)),
        Ok(pixels) => {
            let lines = lines(opened, uprights, fields);
            let history = digital::examine(pixels, bytes, opened.metadata.orientation, &lines);
            let copies = if is_screen {
                Examination::not_judged("is_a_screen")
            } else {
                copy_move::examine(pixels, &lines, &print(opened, uprights))
            };
            (history, copies)
        }
    };
    let mut examined = Examined { reports: Vec::new(), findings: Vec::new(), heat: None };
    for (message, examination) in [(JPEG_HISTORY, history), (COPY_MOVE, copies)] {
        examined.reports.push(source::report(message.code, examination.verdict));
        let found = examination.doubts.iter().map(|doubt| {
            let field = doubt.field.and_then(|field| fields.get(field)).map(|field| &field.name);
            finding(&message, doubt, field, examination.verdict)
        });
        examined.findings.extend(found);
        examined.heat = match (examined.heat, examination.heat) {
            (Some(heat), Some(other)) => Some(heat.with(other)),
            (heat, other) => heat.or(other),
        };
    }
    examined
}

fn finding(message: &Message, doubt: &Doubt, field: Option<&FieldName>, verdict: Verdict) -> Finding {
    let finding = Finding::new(message.code, Severity::Review, message.zh, message.en)
        .with_score(f64::from(doubt.score))
        .on_page(0)
        .at(Quad::from_rect(doubt.place))
        .with_evidence("detector", message.detector)
        .with_evidence("measure", doubt.measure);
    let finding = match field {
        Some(field) => finding.about(field.clone()),
        None => finding,
    };
    match verdict {
        Verdict::Found { threshold, .. } => finding.with_evidence("threshold", threshold),
        _ => finding,
    }
}

/// The pixels to look at. Entries by hand have detectors of their own; on a portrait there is nothing to read.
fn subject<'a>(kind: DocumentKind, full: &'a FullSize<'_>) -> Result<&'a RgbImage, &'static str> {
    match kind {
        DocumentKind::PortraitPhoto => Err("is_a_portrait"),
        kind if kind.is_handwritten_form() => Err("is_handwritten"),
        _ => full.page().map(|page| &page.pixels),
    }
}

/// Where the fields' print stands in the original picture.
fn lines(opened: &Opened, uprights: &[Upright], fields: &[FieldReading]) -> Vec<Line> {
    let of_field = |(field, reading): (usize, &FieldReading)| -> Vec<Line> {
        let quads = reading.sources.iter().filter_map(move |source| {
            let line = uprights.get(source.page)?.text.lines.get(source.line)?;
            Some((source.page, line.quad_of(source.symbols.clone())))
        });
        quads
            .map(|(document, quad)| Line {
                field,
                quad: place_on_page(uprights, &opened.pages, document, &quad),
            })
            .collect()
    };
    fields.iter().enumerate().flat_map(of_field).collect()
}

/// Where all print stands in the original picture.
fn print(opened: &Opened, uprights: &[Upright]) -> Vec<Quad> {
    let of_document = |(document, upright): (usize, &Upright)| -> Vec<Quad> {
        let quads = upright.text.lines.iter().map(|line| line.quad);
        quads.map(|quad| place_on_page(uprights, &opened.pages, document, &quad)).collect()
    };
    uprights.iter().enumerate().flat_map(of_document).collect()
}
