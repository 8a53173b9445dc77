//! What edits of a picture's pixels mean for the upload: `alteration.digital_edit`, one finding a field.

use image::RgbImage;

use crate::{
    documents::FieldReading,
    domain::{DetectorReport, DocumentKind, FieldName, Finding, FindingCode, Quad, Severity},
    forensics::{
        digital::{self, Doubt, Examination, Heat, Line},
        source::Verdict,
    },
    imaging::Opened,
};

use super::{check::place_on_page, full_size::FullSize, source, upright::Upright};

/// What became of the search, and what was found.
pub(super) struct Examined {
    pub report: DetectorReport,
    pub findings: Vec<Finding>,
    /// Where the picture is doubtful, for people to look at; `None` where nothing was judged.
    pub heat: Option<Heat>,
}

/// Looks at the print of every field that was read.
pub(super) fn examine(
    kind: DocumentKind,
    bytes: &[u8],
    opened: &Opened,
    uprights: &[Upright],
    fields: &[FieldReading],
    full: &FullSize<'_>,
) -> Examined {
    let examination = match subject(kind, full) {
        Err(reason) => Examination::not_judged(reason),
        Ok(pixels) => {
            let lines = lines(opened, uprights, fields);
            digital::examine(pixels, bytes, opened.metadata.orientation, &lines)
        }
    };
    Examined {
        report: source::report(FindingCode::AlterationDigitalEdit, examination.verdict),
        findings: examination
            .doubts
            .iter()
            .filter_map(|doubt| Some(finding(doubt, &fields.get(doubt.field)?.name, examination.verdict)))
            .collect(),
        heat: examination.heat,
    }
}

fn finding(doubt: &Doubt, field: &FieldName, verdict: Verdict) -> Finding {
    let finding = Finding::new(
        FindingCode::AlterationDigitalEdit,
        Severity::Review,
        "此处像素没有图片其余部分的压缩痕迹，可能经过修图，请核对原件",
        "The pixels here lack the traces that an earlier compression left on the rest of the picture; they may have been edited",
    )
    .with_score(f64::from(doubt.score))
    .on_page(0)
    .at(Quad::from_rect(doubt.place))
    .about(field.clone())
    .with_evidence("detector", "jpeg_history")
    .with_evidence("measure", doubt.measure);
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
