//! How well a rectified document can be read, and what stands in the way.
//!
//! One measure a file. The pixels say what is wrong; what was read says whether it matters: a line
//! that the recogniser is sure of is readable, whatever its pixels look like, so it is never a
//! reason to send a person away to take the picture again.

mod assess;
mod bare;
mod completeness;
mod cover;
mod exposure;
mod glare;
mod ground;
mod hidden_text;
mod legibility;
mod local;
mod regions;
mod resolution;
mod sharpness;
mod soft;
mod torn;

use image::RgbImage;

use crate::domain::{FieldName, Finding, Quad, QualityMeasures, Rect};

use super::EdgeState;

pub use assess::assess;
pub use legibility::{LegibilityNet, LostPrint};

/// A line of text on the document and how sure the recogniser is of it, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineEvidence {
    pub quad: Quad,
    pub confidence: f32,
    /// How many symbols were read on it.
    pub symbols: usize,
}

/// Share of the symbols that stand on lines read with less than `confidence`; 1 without any text.
pub fn unread_share(lines: &[LineEvidence], confidence: f32) -> f32 {
    let all: usize = lines.iter().map(|line| line.symbols).sum();
    let unread: usize =
        lines.iter().filter(|line| line.confidence < confidence).map(|line| line.symbols).sum();
    if all == 0 { 1.0 } else { unread as f32 / all as f32 }
}

/// Median height of text lines in px; `None` without any.
fn line_height(lines: &[LineEvidence]) -> Option<f32> {
    let mut heights: Vec<f32> = lines.iter().map(|line| line.quad.height()).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied()
}

/// A field that was read, and how sure it is, 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldPlace {
    pub name: FieldName,
    pub quad: Quad,
    pub confidence: f32,
    /// Whether its own form tells that nothing of it is missing: what lies beside it hides no more of it.
    pub is_whole: bool,
}

/// A gap within the value of one field: its symbols stand at both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Tear {
    pub field: FieldName,
    pub place: Rect,
    /// How sure the field is, 0 to 1.
    pub confidence: f32,
    /// Whether values of this sort are printed with gaps: dates on cards, everything that is written by hand.
    pub is_usual: bool,
}

/// The place beside a label where a value has to stand and none was found.
#[derive(Debug, Clone, PartialEq)]
pub struct BarePlace {
    pub field: FieldName,
    pub place: Rect,
}

/// What is known about the document besides its pixels. Places are pixels of the upright document.
#[derive(Debug, Clone, Copy)]
pub struct DocumentView<'a> {
    /// Upright and rectified.
    pub pixels: &'a RgbImage,
    pub page: usize,
    /// How many pixels of the source picture one pixel of `pixels` was made of, along a side.
    pub source_scale: f32,
    pub lines: &'a [LineEvidence],
    pub fields: &'a [FieldPlace],
    pub tears: &'a [Tear],
    /// Of photographed documents only: nothing burns out on a screen or under a scanner's lid.
    pub bare: &'a [BarePlace],
    /// Places of a form's entries that must be there and were not made out.
    pub unread: &'a [Rect],
    /// Where print is lost, as the network sees it; `None` where it was not asked.
    pub lost: Option<&'a LostPrint>,
    /// Fields that nearly all documents of the kind have and that were not found.
    pub missing: &'a [FieldName],
    /// Top, right, bottom, left of the upright document; `None` when no page was located.
    pub edges: Option<[EdgeState; 4]>,
    /// Width ÷ height that the paper should have, where its kind is known.
    pub expected_aspect: Option<f32>,
    /// Real width of the paper in millimetres, where its kind is known.
    pub width_mm: Option<f32>,
    /// Whether it is a screen's own picture, which light and things never lie on.
    pub is_screen: bool,
    /// Whether the entries are written by hand: that one is not read says little about the picture then.
    pub is_handwritten: bool,
}

impl DocumentView<'_> {
    /// `finding` with the field whose place overlaps `bounds` most; where that one was read surely, with the first
    /// missing field or else one that was read as good as not at all, if there is such a field.
    fn naming_field(&self, finding: Finding, bounds: &Rect) -> Finding {
        let share = |field: &FieldPlace| field.quad.bounds().intersection(*bounds).area();
        let touched = self
            .fields
            .iter()
            .filter(|field| share(field) > 0.0)
            .max_by(|a, b| share(a).total_cmp(&share(b)));
        let lost = || self.missing.first().or(self.unread_value().map(|field| &field.name));
        let name = match touched {
            Some(field) if field.confidence < SURE_FIELD => Some(&field.name),
            _ => lost().or(touched.map(|field| &field.name)),
        };
        match name {
            Some(name) => finding.about(name.as_str().to_owned()),
            None => finding,
        }
    }

    /// Whether all that the kind needs was found and made out.
    fn is_read_whole(&self) -> bool {
        self.missing.is_empty() && self.unread_value().is_none()
    }

    /// The least sure of the fields that were read as good as not at all.
    fn unread_value(&self) -> Option<&FieldPlace> {
        let bar = if self.is_handwritten { UNREAD_ENTRY } else { UNREAD_VALUE };
        let unread = self.fields.iter().filter(|field| field.confidence < bar);
        unread.min_by(|a, b| a.confidence.total_cmp(&b.confidence))
    }
}

/// Confidence below which what was read as a printed field is another thing: numbers with their middle missing come out
/// at 0.3 and below, doubtful readings of whole values rarely below 0.4.
const UNREAD_VALUE: f32 = 0.35;
/// The same of a written entry: hard hands are read with 0.3 on good pictures, too.
const UNREAD_ENTRY: f32 = 0.25;

/// A field this sure is not hurt by what lies beside it.
const SURE_FIELD: f32 = 0.9;

/// Confidence from which a value was read: what is below comes before a person anyway.
pub const READ_VALUE: f32 = 0.75;

/// The outcome: measures for the report and findings in pixels of the upright document.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    pub measures: QualityMeasures,
    pub findings: Vec<Finding>,
}

/// Bars of the quality findings. Set on invented samples; each says what moving it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QualityParams {
    /// A line the recogniser is at least this sure of counts as read. Higher sends more for review.
    pub readable: f32,
    /// A line under this counts as not read: together with a bad measure it asks for a retake.
    /// Higher rejects pictures that a person can read.
    pub unreadable: f32,
    /// Share of the symbols that must be unread before a fault of the whole picture (light, blur, resolution)
    /// asks for a retake. One stray reading of a seal or a watermark is 0.05; lower lets it decide.
    pub unread_retake: f32,
    /// The same for a review.
    pub unread_review: f32,
    /// Sharpness (0 to 1) under which a doubtful line is called blurred.
    pub blurred: f32,
    /// Sharpness of the document from which a soft place is local: under it all of it is blurred.
    pub sharp_elsewhere: f32,
    /// Brightness of the paper (0 to 255) under which the picture is too dark.
    pub dark_paper: f32,
    /// Contrast between paper and ink (of 255) under which a dark picture shows nothing to a person either:
    /// half of the pictures that were readable at all keep 60.
    pub lost_contrast: f32,
    /// Share of clipped white with no paper texture left from which the picture is too bright.
    pub burnt_share: f32,
    /// Height of text lines in source pixels under which strokes merge: 12 px is where PP-OCR's
    /// line accuracy starts to fall.
    pub low_line_px: f32,
    /// Longer side of a card in source pixels under which its print cannot be read: a card's
    /// 85.6 mm then have 3.5 pixels a millimetre, its 2.2 mm print 8 pixels.
    pub low_card_px: f32,
    /// The same for a sheet: A4 then has 1.9 pixels a millimetre, its 3.7 mm print 7 pixels.
    pub low_sheet_px: f32,
    /// How close to an edge that is outside of the frame text must stand, in line heights, for the
    /// document to count as cut off where its shape does not tell. Forms keep 15 mm of margin, 4 lines.
    pub cut_text_lines: f32,
    /// Share of the document that may be missing before it is called cut off.
    pub missing: f32,
    /// Scores of lost print (0 to 1) from which it asks for a retake. Under a thing, nothing missing. Of 172 cards and certificates that
    /// can be read (`holdout`) two in a hundred have a place of 0.56 and more, one has 0.66; most of those are values that were read.
    pub lost_under_thing: f32,
    /// In light, nothing missing: a value that light hid altogether had 0.68.
    pub lost_in_light: f32,
    /// Neither light nor a thing, nothing missing: small print in bad light is read. This bar and those beside
    /// values and for sure are the coarse network's (0.9, 0.85, 0.9) let down by 0.05 to 0.1, since with both the scores of readable pictures
    /// are 0.2 lower (of those 172, 98 in 100 stay below 0.56 instead of 0.76, 99 below 0.66 instead of 0.88).
    pub lost_in_blur: f32,
    /// In light or under a thing, where a value is missing or was not made out.
    pub lost_and_missed: f32,
    /// Neither, where a value is missing or was not made out.
    pub lost_in_blur_and_missed: f32,
    /// On handwritten forms, whatever lies there: hard handwriting on readable pictures reaches 0.45 (some 200 forms,
    /// `holdout`), entries under a thing have 0.46 and more, an employer in a blur 0.68.
    pub lost_on_form: f32,
    /// At the place of a form's entry that is blank or illegible, or was read with less than even odds. Small blurs over an entry have
    /// 0.26 to 0.30; of those readable forms one in twenty has as much anywhere.
    pub lost_at_unread_entry: f32,
    /// Strongest suspicion (0 to 1) in a place from which light there, or a thing on a document that was read whole, may hide
    /// text: light that does has 0.1 and more.
    pub suspected: f32,
    /// The same on a card whose fields were all found: soft light on readable cards reaches 0.29, light over a value 0.96.
    pub suspected_on_whole_card: f32,
    /// On a printed document all of whose values were read and stand clear of the place: bare paper beside a seal, where the
    /// networks expect how a line goes on, is suspected more than elsewhere.
    pub lost_beside_values: f32,
    /// Score from which the networks are believed against what was read there: recognisers make up digits under a blot.
    pub lost_for_sure: f32,
}

impl Default for QualityParams {
    fn default() -> Self {
        Self {
            readable: 0.9,
            unreadable: 0.55,
            unread_retake: 0.3,
            unread_review: 0.08,
            blurred: 0.35,
            sharp_elsewhere: 0.45,
            dark_paper: 70.0,
            lost_contrast: 20.0,
            burnt_share: 0.5,
            low_line_px: 12.0,
            low_card_px: 300.0,
            low_sheet_px: 560.0,
            cut_text_lines: 1.2,
            missing: 0.03,
            lost_under_thing: 0.6,
            lost_in_light: 0.6,
            lost_in_blur: 0.8,
            lost_and_missed: 0.3,
            lost_in_blur_and_missed: 0.55,
            lost_on_form: 0.55,
            lost_at_unread_entry: 0.25,
            suspected: 0.1,
            suspected_on_whole_card: 0.5,
            lost_beside_values: 0.75,
            lost_for_sure: 0.85,
        }
    }
}
