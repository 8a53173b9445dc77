//! Quality and crop of each upright document, judged with what was read on it.

use crate::{
    documents::DocumentReading,
    domain::{DocumentKind, Finding, FindingCode, QualityMeasures, Severity},
    imaging::quality::{DocumentView, LineEvidence, QualityParams, assess},
};

use super::upright::Upright;

/// Width ÷ height and width in millimetres of papers whose size is fixed: the ID card (GA 490) and
/// the official A4 forms. Other papers come in many sizes.
fn paper(kind: DocumentKind) -> Option<(f32, f32)> {
    match kind {
        DocumentKind::IdCardFront | DocumentKind::IdCardBack => Some((85.6 / 54.0, 85.6)),
        DocumentKind::DeclarationForm | DocumentKind::WorkCommitment | DocumentKind::EducationCommitment => {
            Some((210.0 / 297.0, 210.0))
        }
        _ => None,
    }
}

/// Shorter readings are often no text at all (an emblem, a hologram, a face), and say nothing about
/// whether the text can be read.
const MIN_LINE_SYMBOLS: usize = 3;

/// Measures and findings of one document; quads are in its upright pixels, `page` is its index in
/// `documents`.
pub(super) fn judge(
    index: usize,
    document: &Upright,
    kind: DocumentKind,
    reading: &DocumentReading,
) -> (QualityMeasures, Vec<Finding>) {
    let lines: Vec<LineEvidence> = document
        .text
        .lines
        .iter()
        .filter(|line| line.symbols.len() >= MIN_LINE_SYMBOLS)
        .map(|line| LineEvidence { quad: line.quad, confidence: line.confidence() })
        .collect();
    let fields: Vec<_> = reading
        .fields
        .iter()
        .filter(|field| field.page == index)
        .filter_map(|field| Some((field.name.clone(), field.quad?)))
        .collect();
    let mut edges = document.found.edges;
    edges.rotate_right(document.turns);
    let paper = paper(kind);
    let view = DocumentView {
        pixels: &document.pixels,
        page: index,
        source_scale: document.quad().width() / document.pixels.width().max(1) as f32,
        lines: &lines,
        fields: &fields,
        edges: document.is_photographed().then_some(edges),
        expected_aspect: paper.map(|(aspect, _)| aspect),
        width_mm: paper.map(|(_, width)| width),
    };
    let assessment = assess(&view, &QualityParams::default());
    (assessment.measures, assessment.findings)
}

/// Codes that say why something could not be read.
const CAUSES: [FindingCode; 8] = [
    FindingCode::QualityBlurred,
    FindingCode::QualityGlare,
    FindingCode::QualityUnderexposed,
    FindingCode::QualityOverexposed,
    FindingCode::QualityLowResolution,
    FindingCode::QualityOccluded,
    FindingCode::QualityStained,
    FindingCode::CropCutOff,
];

/// A field that is missing altogether and a picture that is bad somewhere belong together: what
/// hides a whole field leaves no unsure line to show for it. Such causes ask for a retake, and so
/// they do when next to nothing could be read (`illegible`).
pub(super) fn blame_missing_fields(findings: &mut [Finding], illegible: bool) {
    let missing = findings.iter().find(|f| f.code == FindingCode::FieldMissing);
    if missing.is_none() && !illegible {
        return;
    }
    let field = missing.and_then(|f| f.field.clone());
    for finding in findings.iter_mut().filter(|f| CAUSES.contains(&f.code)) {
        finding.severity = finding.severity.max(Severity::Retake);
        if finding.field.is_none() {
            finding.field.clone_from(&field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glare_asks_for_a_retake_only_when_a_field_is_missing() {
        let glare = Finding::new(FindingCode::QualityGlare, Severity::Review, "反光", "Glare");
        let mut alone = vec![glare.clone()];
        blame_missing_fields(&mut alone, false);
        assert_eq!(alone[0].severity, Severity::Review);

        let missing =
            Finding::new(FindingCode::FieldMissing, Severity::Review, "缺", "missing").about("name");
        let mut both = vec![glare, missing];
        blame_missing_fields(&mut both, false);
        assert_eq!(both[0].severity, Severity::Retake);
        assert_eq!(both[0].field.as_ref().map(|f| f.as_str()), Some("name"));
        assert_eq!(both[1].severity, Severity::Review);
    }
}
