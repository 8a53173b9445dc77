//! Quality and crop of each upright document, judged with what was read on it.

use std::collections::BTreeMap;

use image::RgbImage;

use crate::{
    documents::{DocumentReading, FieldReading, announced, bare_values, is_whole, usual_fields},
    domain::{DocumentKind, Field, FieldName, Finding, FindingCode, QualityMeasures, Rect, Severity},
    imaging::quality::{
        BarePlace, DocumentView, FieldPlace, LineEvidence, LostPrint, QualityParams, READ_VALUE, Tear,
        assess, unread_share,
    },
    ocr::{PageText, TextLine, find_seals},
};

use super::{hidden::CARD_MM, upright::Upright};

/// Width ÷ height and width in millimetres of papers whose size is fixed: the ID card (GA 490) and
/// the official A4 forms. Other papers come in many sizes.
fn paper(kind: DocumentKind) -> Option<(f32, f32)> {
    match kind {
        DocumentKind::IdCardFront | DocumentKind::IdCardBack => Some((CARD_MM.0 / CARD_MM.1, CARD_MM.0)),
        DocumentKind::DeclarationForm | DocumentKind::WorkCommitment | DocumentKind::EducationCommitment => {
            Some((210.0 / 297.0, 210.0))
        }
        _ => None,
    }
}

/// Shorter readings are often no text at all (an emblem, a hologram, a face), and say nothing about
/// whether the text can be read.
const MIN_LINE_SYMBOLS: usize = 3;

/// Gap between two symbols, in line heights, from which what stands at both sides is judged as two lines: nothing
/// says that the recogniser, which joins them, saw what lies between. Printed words of one value are at most one
/// height apart, the parts of a card's date 1.1. Lower tears those, higher joins text over a lost character.
const RUN_GAP: f32 = 1.3;

/// The lines of a document that say whether its text can be read, parted at their gaps.
pub(super) fn evidence(document: &Upright) -> Vec<LineEvidence> {
    let told = document.text.lines.iter().filter(|line| line.symbols.len() >= MIN_LINE_SYMBOLS);
    told.flat_map(runs).collect()
}

/// How far, in line heights, a character reaches beyond where the recogniser saw it: half of its width less the few
/// columns that it answers at.
const HALF_SYMBOL: f32 = 0.3;

/// The stretches of a line without a gap, each as sure as the whole line.
fn runs(line: &TextLine) -> Vec<LineEvidence> {
    let height = line.quad.height() / line.quad.width().max(1.0);
    let (confidence, count) = (line.confidence(), line.symbols.len());
    let mut end = 0;
    line.symbols
        .chunk_by(|left, right| right.start - left.end < RUN_GAP * height)
        .map(|run| {
            let (first, last) = (end == 0, end + run.len() == count);
            end += run.len();
            let from = run.first().filter(|_| !first).map_or(0.0, |s| s.start - HALF_SYMBOL * height);
            let until = run.last().filter(|_| !last).map_or(1.0, |s| s.end + HALF_SYMBOL * height);
            LineEvidence { quad: line.quad.between(from, until), confidence, symbols: run.len() }
        })
        .collect()
}

/// Gaps between neighbours of one row among the symbols that `field` was read from.
fn gaps(text: &PageText, field: &FieldReading) -> Vec<Rect> {
    let symbols: Vec<Rect> = field
        .sources
        .iter()
        .filter_map(|source| Some((text.lines.get(source.line)?, source.symbols.clone())))
        .flat_map(|(line, symbols)| symbols.map(|i| line.quad_of(i..i + 1).bounds()))
        .collect();
    let follows = |left: &Rect, right: &Rect| {
        let shared = left.bottom.min(right.bottom) - left.top.max(right.top);
        right.left > left.left && shared > SAME_ROW * left.height().max(right.height())
    };
    symbols
        .iter()
        .filter_map(|left| {
            let after = symbols.iter().filter(|right| follows(left, right));
            let right = after.min_by(|a, b| a.left.total_cmp(&b.left))?;
            let apart = right.left - left.right >= RUN_GAP * left.height().max(right.height());
            let (top, bottom) = (left.top.min(right.top), left.bottom.max(right.bottom));
            apart.then(|| Rect::new(left.right, top, right.left, bottom))
        })
        .collect()
}

/// Share of their height that two symbols of one row have in common; skew of an upright page takes a tenth.
const SAME_ROW: f32 = 0.5;

/// A document whose picture is judged.
pub(super) struct Sitting<'a> {
    /// Its index among the upload's documents.
    pub index: usize,
    pub document: &'a Upright,
    pub kind: DocumentKind,
    /// Whether it is a screen's own picture.
    pub is_screen: bool,
    /// Where its print is lost, as the network sees it.
    pub lost: Option<&'a LostPrint>,
}

/// Measures and findings of one document; quads are in its upright pixels, `finished` the fields with their calibrated confidence.
pub(super) fn judge(
    sitting: &Sitting<'_>,
    reading: &DocumentReading,
    finished: &BTreeMap<FieldName, Field>,
) -> (QualityMeasures, Vec<Finding>) {
    let Sitting { index, document, kind, is_screen, lost } = *sitting;
    let lines = evidence(document);
    let fields: Vec<_> = reading
        .fields
        .iter()
        .filter(|field| field.page == index)
        .filter_map(|field| {
            let confidence = finished.get(&field.name).map_or(0.0, |field| field.confidence as f32);
            let is_whole = is_whole(field.name.as_str(), &field.value);
            Some(FieldPlace { name: field.name.clone(), quad: field.quad?, confidence, is_whole })
        })
        .collect();
    let missing: Vec<FieldName> = if kind.is_handwritten_form() {
        let is_missing = |finding: &&Finding| finding.code == FindingCode::FieldMissing;
        reading.findings.iter().filter(is_missing).filter_map(|finding| finding.field.clone()).collect()
    } else {
        let announced = announced(kind, std::slice::from_ref(&document.text));
        let expected = usual_fields(kind).chain(announced);
        expected.filter(|name| reading.field(name).is_none()).map(FieldName::new).collect()
    };
    let tears: Vec<Tear> = reading
        .fields
        .iter()
        .filter(|field| field.page == index)
        .flat_map(|field| {
            let confidence = finished.get(&field.name).map_or(0.0, |field| field.confidence as f32);
            let is_usual =
                kind.is_handwritten_form() || (kind.is_id_card() && field.name.as_str() == "birth_date");
            gaps(&document.text, field).into_iter().map(move |place| Tear {
                field: field.name.clone(),
                place,
                confidence,
                is_usual,
            })
        })
        .collect();
    let through = lost.and_then(|lost| seen_through_seals(lost, &document.pixels, &fields, &missing));
    let lost = through.as_ref().or(lost);
    let is_photographed = document.is_photographed() && !is_screen;
    let photographed: &[PageText] = if is_photographed { std::slice::from_ref(&document.text) } else { &[] };
    let bare: Vec<BarePlace> = bare_values(kind, photographed)
        .into_iter()
        .filter(|value| reading.field(value.field.as_str()).is_none())
        .map(|value| BarePlace { field: value.field, place: value.place })
        .collect();
    let bare = clear_of_seals(kind, bare, &document.pixels);
    let unread = if is_photographed && kind.is_handwritten_form() {
        unread_entries(reading, &fields)
    } else {
        Vec::new()
    };
    let mut edges = document.found.edges;
    edges.rotate_right(document.turns);
    let paper = paper(kind);
    let view = DocumentView {
        pixels: &document.pixels,
        page: index,
        source_scale: document.quad().width() / document.pixels.width().max(1) as f32,
        lines: &lines,
        fields: &fields,
        tears: &tears,
        bare: &bare,
        unread: &unread,
        missing: &missing,
        edges: is_photographed.then_some(edges),
        is_screen,
        lost,
        expected_aspect: paper.map(|(aspect, _)| aspect),
        width_mm: paper.map(|(_, width)| width),
        is_handwritten: kind.is_handwritten_form(),
    };
    let assessment = assess(&view, &QualityParams::default());
    (assessment.measures, assessment.findings)
}

/// Confidence below which an entry was not made out: it more likely says something else.
const MADE_OUT: f32 = 0.5;

/// Where entries of a form stand that must be there and were not made out.
fn unread_entries(reading: &DocumentReading, fields: &[FieldPlace]) -> Vec<Rect> {
    let told = [FindingCode::FormBlankField, FindingCode::FormIllegible];
    let of_entries = reading.findings.iter().filter(|f| told.contains(&f.code) && f.field.is_some());
    let blank = of_entries.filter_map(|finding| Some(finding.quad?.bounds()));
    let doubtful = fields.iter().filter(|field| field.confidence < MADE_OUT);
    blank.chain(doubtful.map(|field| field.quad.bounds())).collect()
}

/// The bare places of a diploma that no seal lies on: principals sign, or have a seal of their own, which is not read.
fn clear_of_seals(kind: DocumentKind, bare: Vec<BarePlace>, pixels: &RgbImage) -> Vec<BarePlace> {
    if kind != DocumentKind::Diploma || bare.is_empty() {
        return bare;
    }
    let seals = find_seals(pixels);
    let is_clear = |value: &BarePlace| seals.iter().all(|seal| seal.intersection(value.place).area() <= 0.0);
    bare.into_iter().filter(is_clear).collect()
}

/// `lost` without the seals whose rings are seen and under which no value is missing or doubtful: red that is seen is
/// neither burnt out nor covered, and the network, which knows seals as what lies on text, takes their bare insides
/// for text that is gone. `None` where that changes nothing.
fn seen_through_seals(
    lost: &LostPrint,
    pixels: &RgbImage,
    fields: &[FieldPlace],
    missing: &[FieldName],
) -> Option<LostPrint> {
    let whole = Rect::new(0.0, 0.0, pixels.width() as f32, pixels.height() as f32);
    if !missing.is_empty() || lost.is_clear(&whole, QualityParams::default().lost_and_missed) {
        return None;
    }
    let hides_a_value = |seal: &Rect| {
        let mut under = fields.iter().filter(|f| f.quad.bounds().intersection(*seal).area() > 0.0);
        under.any(|field| field.confidence < READ_VALUE)
    };
    let mut seals = find_seals(pixels);
    seals.retain(|seal| !hides_a_value(seal));
    (!seals.is_empty()).then(|| lost.without(&seals))
}

/// Codes of what lies on one place of the document.
const LOCAL_CAUSES: [FindingCode; 3] =
    [FindingCode::QualityGlare, FindingCode::QualityOccluded, FindingCode::QualityStained];
/// Codes of what is wrong with the whole picture.
const GLOBAL_CAUSES: [FindingCode; 3] =
    [FindingCode::QualityBlurred, FindingCode::QualityUnderexposed, FindingCode::QualityOverexposed];
/// Share of a document's fields that must be missing before a fault of the whole picture is to blame: one or
/// two are the reader's failure on a picture that a person can read.
const MANY_MISSING: f32 = 0.4;
/// Confidence under which a symbol counts as unread beside a missing field, and the share of such symbols
/// that makes a fault of the whole picture the reason.
const UNREAD_BELOW: f32 = 0.7;
const UNREAD_SHARE: f32 = 0.2;

/// Sharpness under which a picture is called blurred when much is missing and nothing else explains it. A
/// moved camera leaves half of the strokes crisp, and measures 0.4.
const SOFT: f32 = 0.55;

/// The blur that explains why much of `reading` is missing from a soft picture, or why the whole is `illegible`.
pub(super) fn blur_behind_missing(
    page: usize,
    measures: &QualityMeasures,
    reading: &DocumentReading,
    illegible: bool,
) -> Option<Finding> {
    let missing = reading.findings.iter().filter(|f| f.code == FindingCode::FieldMissing).count();
    let many = missing as f32 >= MANY_MISSING * (missing + reading.fields.len()) as f32;
    let lost = missing > 1 && many && measures.sharpness < SOFT;
    (lost || illegible && measures.sharpness < QualityParams::default().blurred).then(|| {
        Finding::new(
            FindingCode::QualityBlurred,
            Severity::Retake,
            "画面模糊，多处文字看不清，请重拍",
            "The picture is blurred and much of its text cannot be read; take it again",
        )
        .on_page(page)
        .with_evidence("sharpness", f64::from(measures.sharpness))
    })
}

/// What was concluded from a place of the paper alone: print of a form's blank that is gone in light, a card's field that
/// was read unsurely and whose place has not the paper's colour. Where the network sees no lost print, a person looks
/// at it: pale handwriting on a scan burns out, too, and a shadow's border crosses names that hold a rare character. An entry
/// that could not be made out either is lost. `lost` is that of each document.
pub(super) fn doubt_places(findings: &mut [Finding], lost: &[Option<LostPrint>]) {
    let suspected = QualityParams::default().suspected;
    let illegible: Vec<FieldName> = findings
        .iter()
        .filter(|finding| finding.code == FindingCode::FormIllegible)
        .filter_map(|finding| finding.field.clone())
        .collect();
    let is_of_place = |finding: &&mut Finding| {
        matches!(finding.code, FindingCode::QualityGlare | FindingCode::QualityOccluded)
            && finding.field.as_ref().is_none_or(|field| !illegible.contains(field))
    };
    for finding in findings.iter_mut().filter(is_of_place) {
        let of_page = finding.page.and_then(|page| lost.get(page)?.as_ref());
        if let (Some(lost), Some(quad)) = (of_page, finding.quad)
            && lost.is_clear(&quad.bounds(), suspected)
        {
            finding.severity = finding.severity.min(Severity::Review);
        }
    }
}

/// A field that is missing altogether and a picture that is bad somewhere belong together: what
/// hides a whole field leaves no unsure line to show for it. But a reader also misses fields on good
/// pictures. So a fault of the whole picture asks for a retake only where much is missing or unread; all do when next to nothing could be
/// read (`illegible`). `lines` are those of each document.
///
/// An ID card's fields have known places, which `hidden` looks at itself.
pub(super) fn blame_missing_fields(
    findings: &mut [Finding],
    kind: DocumentKind,
    reading: &DocumentReading,
    lines: &[Vec<LineEvidence>],
    illegible: bool,
) {
    let missing: Vec<_> = findings.iter().filter(|f| f.code == FindingCode::FieldMissing).collect();
    if missing.is_empty() && !illegible {
        return;
    }
    let field = missing.first().and_then(|f| f.field.clone());
    let many = missing.len() as f32 >= MANY_MISSING * (missing.len() + reading.fields.len()) as f32;
    let empty = Vec::new();
    for finding in findings.iter_mut() {
        let lines = finding.page.and_then(|page| lines.get(page)).unwrap_or(&empty);
        let blamed = if LOCAL_CAUSES.contains(&finding.code) {
            // Whether it hides text was judged where it was found.
            kind.is_id_card() && many
        } else if GLOBAL_CAUSES.contains(&finding.code) {
            many || unread_share(lines, UNREAD_BELOW) >= UNREAD_SHARE
        } else {
            // Text at the frame's edge, or print too small to be read, is evidence by itself.
            matches!(finding.code, FindingCode::CropCutOff | FindingCode::QualityLowResolution)
        };
        let cause = || LOCAL_CAUSES.contains(&finding.code) || GLOBAL_CAUSES.contains(&finding.code);
        if blamed || (illegible && cause()) {
            finding.severity = finding.severity.max(Severity::Retake);
            if finding.field.is_none() {
                finding.field.clone_from(&field);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        documents::{FieldReading, Source},
        domain::{FieldName, Point, Quad, Reader, Rect},
    };

    fn missing() -> Finding {
        Finding::new(FindingCode::FieldMissing, Severity::Review, "缺", "missing").about("name")
    }

    fn read(count: usize) -> DocumentReading {
        let field = |i: usize| FieldReading {
            name: FieldName::new(["name", "sex", "school", "major"][i % 4]),
            value: String::new(),
            text: String::new(),
            sources: Vec::new(),
            quad: None,
            page: 0,
            score: 1.0,
            readers: Vec::new(),
            alternatives: Vec::new(),
        };
        DocumentReading { fields: (0..count).map(field).collect(), ..DocumentReading::default() }
    }

    #[test]
    fn one_missed_field_does_not_make_the_light_bad() {
        let lines = vec![vec![LineEvidence {
            quad: Quad::from_rect(Rect::default()),
            confidence: 0.95,
            symbols: 80,
        }]];
        let dark = Finding::new(FindingCode::QualityUnderexposed, Severity::Info, "暗", "dark").on_page(0);
        let mut findings = vec![dark.clone(), missing()];
        blame_missing_fields(&mut findings, DocumentKind::Diploma, &read(9), &lines, false);
        assert_eq!(findings[0].severity, Severity::Info);
        let mut findings = vec![dark, missing()];
        blame_missing_fields(&mut findings, DocumentKind::Diploma, &read(1), &lines, false);
        assert_eq!(findings[0].severity, Severity::Retake);
    }

    #[test]
    fn places_where_no_print_is_lost_are_for_a_person_and_others_are_not() {
        let hidden = |code: FindingCode, left: f32| {
            let quad = Quad::from_rect(Rect::new(left, 100.0, left + 100.0, 200.0));
            Finding::new(code, Severity::Retake, "看不清", "hidden").on_page(0).at(quad)
        };
        let map: Vec<f32> = (0..96 * 96).map(|i| if i % 96 < 48 { 0.6 } else { 0.01 }).collect();
        let lost = [Some(LostPrint::of(&map, 96, (960.0, 960.0)))];
        for (code, doubted) in [
            (FindingCode::QualityGlare, Severity::Review),
            (FindingCode::QualityOccluded, Severity::Review),
            (FindingCode::QualityBlurred, Severity::Retake),
        ] {
            let mut findings = [hidden(code, 100.0), hidden(code, 700.0)];
            doubt_places(&mut findings, &lost);
            assert_eq!(findings.map(|finding| finding.severity), [Severity::Retake, doubted]);
            let illegible =
                Finding::new(FindingCode::FormIllegible, Severity::Review, "", "").about("name".to_owned());
            let mut of_entry = [hidden(code, 700.0).about("name".to_owned()), illegible];
            doubt_places(&mut of_entry, &lost);
            assert_eq!(of_entry[0].severity, Severity::Retake);
            let mut unasked = [hidden(code, 700.0)];
            doubt_places(&mut unasked, &[None]);
            assert_eq!(unasked[0].severity, Severity::Retake);
        }
    }

    /// A line 20 px high of evenly spaced symbols from `left` on, a gap of `gap` px before the one at `at`.
    fn line_with_gap(left: f32, at: usize, gap: f32) -> TextLine {
        let quad = Quad::from_rect(Rect::new(left, 100.0, left + 120.0 + gap, 120.0));
        let mut line = TextLine::plain("甲乙丙丁戊己", quad, 0.95, Reader::Ppocr);
        let width = 120.0 + gap;
        for (i, symbol) in line.symbols.iter_mut().enumerate() {
            let x = i as f32 * 20.0 + if i >= at { gap } else { 0.0 };
            (symbol.start, symbol.end) = ((x + 5.0) / width, (x + 15.0) / width);
        }
        line
    }

    #[test]
    fn a_line_is_parted_at_its_gap_and_keeps_its_ends() {
        let parts = runs(&line_with_gap(50.0, 4, 40.0));
        let ends: Vec<(f32, f32)> = parts
            .iter()
            .map(|part| (part.quad.bounds().left.round(), part.quad.bounds().right.round()))
            .collect();
        assert_eq!(ends, [(50.0, 131.0), (169.0, 210.0)]);
        assert_eq!(parts.iter().map(|part| part.symbols).collect::<Vec<_>>(), [4, 2]);
        assert_eq!(runs(&line_with_gap(50.0, 4, 8.0)).len(), 1);
    }

    #[test]
    fn gaps_are_found_within_a_row_and_not_between_rows() {
        let field = |sources: Vec<Source>| FieldReading {
            sources,
            ..read(1).fields.pop().expect("one field was asked for")
        };
        let whole = |line: usize| Source { page: 0, line, symbols: 0..6 };
        let mut below = line_with_gap(50.0, 6, 0.0);
        below.quad = below.quad.map(|p| Point::new(p.x, p.y + 30.0));
        let text = PageText {
            lines: vec![line_with_gap(50.0, 3, 40.0), below, line_with_gap(300.0, 6, 0.0)],
            ..PageText::default()
        };
        let widths = |sources| -> Vec<f32> {
            gaps(&text, &field(sources)).iter().map(|gap| gap.width().round()).collect()
        };
        assert_eq!(widths(vec![whole(0)]), [50.0]);
        assert_eq!(widths(vec![whole(1)]), [0.0; 0]);
        // The lines' order does not matter: what goes on beside the gap is on another line.
        assert_eq!(widths(vec![whole(1), whole(2), whole(0)]), [50.0, 100.0]);
    }

    #[test]
    fn a_picture_too_blurred_for_its_kind_is_blurred_and_a_sharp_one_is_not() {
        let of = |sharpness: f32, illegible: bool| {
            let measures = QualityMeasures { sharpness, ..QualityMeasures::default() };
            blur_behind_missing(0, &measures, &DocumentReading::default(), illegible)
                .map(|found| (found.code, found.severity))
        };
        assert_eq!(of(0.1, true), Some((FindingCode::QualityBlurred, Severity::Retake)));
        assert_eq!(of(0.8, true), None);
        assert_eq!(of(0.1, false), None);
    }
}
