//! Judges what lies on one place of the document by what it does to the text.
//!
//! A region alone hides nothing: portraits, seals and tinted print are regions, too. It asks for a retake where
//! text stops at it and goes on beyond, or where it stands at text and a field is missing or unsure.

mod lost;

use crate::domain::{Finding, FindingCode, Quad, Rect, Severity};

use super::{
    DocumentView, FieldPlace, QualityParams, READ_VALUE, SURE_FIELD, bare, cover,
    cover::Look,
    ground::{Ground, Paper},
    hidden_text::Hiding,
    line_height,
    regions::{Region, Regions},
    torn::{self, Obstacle},
};

/// Sum of evidence from which a picture is to be taken again, and from which a person should look.
/// See [`LocalJudge::weight`]: one row interrupted, or one line cut together with a missing field, is enough.
const RETAKE_WEIGHT: f32 = 1.0;
/// One line that ends at a thing's edge (0.6) is how text beside a finger looks, and is not told of.
const REVIEW_WEIGHT: f32 = 0.65;
/// How far beyond its own place, in line heights, a region may have hidden the rest of an unsure field.
const FIELD_REACH: f32 = 1.0;
/// Regions looked at of each sort, the largest first: more are grain, and each costs a look at every line.
const MOST_REGIONS: usize = 24;
/// What is missing beside a line that is cut or badly read at the region: with one cut (0.5 and more) that is a
/// retake, with an unsure line alone a review. Higher blames every missing field on the nearest tint.
const MISSING_AT_TEXT: f32 = 0.7;
/// A field missing beside a region that is amid text, and no line shows it: enough where the region is of
/// a sort that readable pictures lack, and half of it where portraits and grey print look the same.
const MISSING_AMID: f32 = 1.0;
const MISSING_AMID_DOUBTFUL: f32 = 0.5;
/// A thing that cuts a line and lies below or above others is in the text, not in the margin: makes one cut
/// line a retake (0.6 + 0.4). Less misses fingers over a line's end.
const CUT_AMONG_LINES: f32 = 0.4;
/// An unsure field at the region. Corroborates and never decides: fields are unsure for many reasons.
const UNSURE_FIELD: f32 = 0.3;
/// The same for a field that counts as unread, where a line ends at the region: its value goes on under it, which
/// with one cut (0.5 and more) is a retake.
const UNREAD_FIELD: f32 = 0.5;
/// Share of the place of a value that is whole by itself which a place beside it may take up.
const TOUCHED_SHARE: f32 = 0.15;
/// Share of a field's place that must lie in the region for the field to stand there.
const UNSURE_FIELD_SHARE: f32 = 0.05;
/// Part of [`Suspect::unread`] that a line counts which is neither surely read nor unreadable.
const DOUBTFUL_LINE: f32 = 0.3;
/// Cut lines that count; more come of one long edge, such as a shadow's.
const MOST_CUTS: usize = 2;
/// Lines that a single gap ends: more of them at a region is no gap of the layout.
const GAP_CUTS: usize = 2;
/// Lines that a reflection must cut for each that runs through its rim.
const CUTS_A_THROUGH: usize = 2;
/// Width and height, in line heights, from which a region may hide a whole value: three characters of one line.
const VALUE_LINES: (f32, f32) = (3.0, 1.0);

/// Score of something in the gap of a value that was read surely: as likely as not that it hides a character.
const LEAST_SCORE: f64 = 0.5;

/// What kind of thing a region may be, and how much its look alone says.
#[derive(Clone, Copy)]
struct Suspect {
    code: FindingCode,
    zh: &'static str,
    en: &'static str,
    /// Evidence that one interrupted row is.
    interrupted: f32,
    /// Evidence that one cut line is, without anything missing.
    cut: f32,
    /// Evidence that a badly read line in the region is.
    unread: f32,
}

const GLARE: Suspect = Suspect {
    code: FindingCode::QualityGlare,
    zh: "反光，文字看不清",
    en: "Glare hides text",
    interrupted: 1.0,
    cut: 0.5,
    unread: 1.0,
};
const THING: Suspect = Suspect {
    code: FindingCode::QualityOccluded,
    zh: "有物品遮挡文字",
    en: "Something lies over text",
    interrupted: 1.0,
    cut: 0.6,
    unread: 0.5,
};
const STAIN: Suspect = Suspect {
    code: FindingCode::QualityStained,
    zh: "有污渍盖住文字",
    en: "A stain hides text",
    interrupted: 1.0,
    cut: 0.6,
    unread: 0.5,
};
/// What differs little from paper counts only where it interrupts rows, or cuts one and a field is missing.
const WEAK: Suspect = Suspect { interrupted: 0.3, cut: 0.15, unread: 0.0, ..THING };
const SOFT: Suspect = Suspect {
    code: FindingCode::QualityBlurred,
    zh: "局部模糊，文字看不清",
    en: "Text is blurred in one place",
    // Soft portraits and seals stand between texts, too.
    interrupted: 0.0,
    cut: 0.0,
    unread: 0.6,
};

/// Collects findings and totals of the regions it is shown.
pub(super) struct LocalJudge<'a> {
    view: &'a DocumentView<'a>,
    params: &'a QualityParams,
    ground: &'a Ground,
    paper: &'a Paper,
    line_height: f32,
    pub findings: Vec<Finding>,
    pub glare_share: f32,
    pub covered_share: f32,
}

impl<'a> LocalJudge<'a> {
    pub fn new(
        view: &'a DocumentView<'a>,
        params: &'a QualityParams,
        ground: &'a Ground,
        paper: &'a Paper,
    ) -> Self {
        Self {
            view,
            params,
            ground,
            paper,
            line_height: line_height(view.lines).unwrap_or(2.0 * ground.grid.cell),
            findings: Vec::new(),
            glare_share: 0.0,
            covered_share: 0.0,
        }
    }

    pub fn glare(&mut self, regions: &Regions) {
        for region in self.worth_a_look(regions) {
            let hiding = Hiding::of(regions, &region, self.view.lines);
            // Bright paper lets print through; a reflection does not, but for its rim.
            if hiding.through <= hiding.cut / CUTS_A_THROUGH
                && hiding.inside == 0
                && self.judge(GLARE, regions, &region, &hiding)
            {
                self.glare_share += region.share;
            }
        }
    }

    pub fn covers(&mut self, regions: &Regions) {
        for region in self.worth_a_look(regions) {
            let suspect = match cover::look(self.ground, self.paper, regions, &region, self.is_card()) {
                Look::Portrait | Look::SealPart => continue,
                Look::Stain => STAIN,
                Look::Thing => THING,
            };
            let hiding = Hiding::of(regions, &region, self.view.lines);
            // What text runs through is a seal, a watermark or a pale stain.
            if hiding.through <= hiding.cut && self.judge(suspect, regions, &region, &hiding) {
                self.covered_share += region.share;
            }
        }
    }

    pub fn weak_covers(&mut self, regions: &Regions) {
        if self.asks_for_a_retake() {
            return;
        }
        for region in self.worth_a_look(regions) {
            if matches!(
                cover::look(self.ground, self.paper, regions, &region, self.is_card()),
                Look::Portrait | Look::SealPart
            ) {
                continue;
            }
            let hiding = Hiding::of(regions, &region, self.view.lines);
            if hiding.through == 0 && hiding.inside == 0 && self.judge(WEAK, regions, &region, &hiding) {
                self.covered_share += region.share;
            }
        }
    }

    pub fn soft(&mut self, regions: &Regions) {
        if self.asks_for_a_retake() {
            return;
        }
        for region in self.worth_a_look(regions) {
            let hiding = Hiding::of(regions, &region, self.view.lines);
            self.judge(SOFT, regions, &region, &hiding);
        }
    }

    /// Gaps within values. Light, or a watermark, may lie on a space that was left between two words: a value that
    /// is printed so, or one that is sure although something lies there, is for a person to look at.
    pub fn torn(&mut self) {
        for tear in self.view.tears {
            let Some(obstacle) = torn::obstacle(tear, self.ground, self.paper) else { continue };
            let (suspect, is_read) = match obstacle {
                Obstacle::Reflection => (GLARE, false),
                Obstacle::Cover => (THING, tear.confidence >= SURE_FIELD),
            };
            let severity = if tear.is_usual || is_read { Severity::Review } else { Severity::Retake };
            let finding = Finding::new(suspect.code, severity, suspect.zh, suspect.en)
                .on_page(self.view.page)
                .at(Quad::from_rect(tear.place))
                .about(tear.field.as_str().to_owned())
                .with_score(f64::from(1.0 - tear.confidence).max(LEAST_SCORE))
                .with_evidence("gap_px", f64::from(tear.place.width()));
            self.add(finding);
        }
    }

    /// Labels whose values are gone in light, under something or in a blur (`soft`, of a document that is sharp elsewhere). A label with nothing beside it on paper that is seen is a fact about
    /// the document, not about the picture.
    pub fn bare(&mut self, soft: Option<&Regions>) {
        for value in self.view.bare {
            let Some((suspect, place)) = bare::burnt(value, self.ground, self.paper)
                .map(|place| (GLARE, place))
                .or_else(|| bare::covered(value, self.ground, self.paper).map(|place| (THING, place)))
                .or_else(|| soft.and_then(|soft| bare::washed(value, soft)).map(|place| (SOFT, place)))
            else {
                continue;
            };
            let finding = Finding::new(suspect.code, Severity::Retake, suspect.zh, suspect.en)
                .on_page(self.view.page)
                .at(Quad::from_rect(place))
                .about(value.field.as_str().to_owned())
                .with_evidence("bare_px", f64::from(place.width()));
            self.add(finding);
        }
    }

    /// Keeps one finding a code: the worst, then the weightiest.
    fn add(&mut self, finding: Finding) {
        let rank = |finding: &Finding| (finding.severity, finding.score);
        match self.findings.iter_mut().find(|known| known.code == finding.code) {
            Some(known) if rank(known) < rank(&finding) => *known = finding,
            Some(_) => {}
            None => self.findings.push(finding),
        }
    }

    /// Whether what was found already sends the picture back.
    pub fn asks_for_a_retake(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity >= Severity::Retake)
    }

    fn worth_a_look(&self, regions: &Regions) -> Vec<Region> {
        let worth = |region: &&Region| !region.is_surround() && !cover::is_trifle(region, self.line_height);
        regions.list.iter().filter(worth).take(MOST_REGIONS).copied().collect()
    }

    /// How much says that `region` hides text, 1 being enough for a retake.
    fn weight(&self, suspect: Suspect, regions: &Regions, region: &Region, hiding: &Hiding) -> f32 {
        let mut weight =
            suspect.interrupted * hiding.interrupted as f32 + suspect.cut * hiding.cut.min(MOST_CUTS) as f32;
        if hiding.worst.is_some_and(|worst| worst < self.params.unreadable) {
            weight += suspect.unread;
        } else if hiding.worst.is_some() {
            weight += DOUBTFUL_LINE * suspect.unread;
        }
        if hiding.cut > 0 && hiding.among && suspect.cut >= THING.cut {
            weight += CUT_AMONG_LINES;
        }
        weight += self.weight_of_missing(suspect, region, hiding);
        weight
            + if hiding.cut > 0 && self.has_field_below(self.params.unreadable, regions, region) {
                UNREAD_FIELD
            } else if self.has_field_below(SURE_FIELD, regions, region) {
                UNSURE_FIELD
            } else {
                0.0
            }
    }

    /// Whether a field that was read with less than `confidence` stands in `region` or ends at it.
    fn has_field_below(&self, confidence: f32, regions: &Regions, region: &Region) -> bool {
        let reach = FIELD_REACH * self.line_height;
        self.view.fields.iter().any(|field| {
            let place = field.quad.bounds().inflate(reach, 0.0);
            field.confidence < confidence && regions.share_of(region, &place) > UNSURE_FIELD_SHARE
        })
    }

    /// Whether something is known to be lost, without which a person looks at the picture before the applicant
    /// takes it again: a field is missing or unread, or text stops at what surely is no paper. Rows have gaps of
    /// their own, which bright light and shadows end in as often as not.
    fn shows_a_loss(&self, suspect: Suspect, regions: &Regions, region: &Region, hiding: &Hiding) -> bool {
        let stops = suspect.cut >= THING.cut && (hiding.cut > 0 || hiding.worst.is_some());
        // The one gap of a card's birth date ends two lines; bright light on readable pages parts no more, unless a
        // value that was read somewhere is none.
        let parts_rows = suspect.code == FindingCode::QualityGlare
            && hiding.interrupted > 0
            && (hiding.cut > GAP_CUTS || self.view.unread_value().is_some());
        stops
            || parts_rows
            || !self.view.missing.is_empty()
            || self.has_field_below(self.params.unreadable, regions, region)
    }

    /// What the fields that were not found add: they may be what `region` hides.
    fn weight_of_missing(&self, suspect: Suspect, region: &Region, hiding: &Hiding) -> f32 {
        let missing = self.view.missing.len();
        let soft = suspect.code == FindingCode::QualityBlurred;
        let glare = suspect.code == FindingCode::QualityGlare;
        // A portrait or an emblem stands amid text on every card, and fields of a card have known places.
        let amid = hiding.amid_text && self.view.edges.is_some() && (soft || glare || !self.is_card());
        let sizeable = glare || self.is_large(region);
        match missing {
            0 => 0.0,
            _ if hiding.cut > 0 || hiding.worst.is_some() => MISSING_AT_TEXT,
            // Two fields do not go missing on a good picture.
            2.. if amid => {
                if soft || sizeable {
                    MISSING_AMID
                } else {
                    MISSING_AMID_DOUBTFUL
                }
            }
            _ if amid && sizeable && (glare || suspect.cut >= THING.cut) => MISSING_AMID,
            // Soft portraits and grey print stand amid the text of readable pictures, too.
            _ if amid && sizeable => MISSING_AMID_DOUBTFUL,
            _ => 0.0,
        }
    }

    fn is_card(&self) -> bool {
        self.view.expected_aspect.is_some_and(|aspect| aspect > 1.0)
    }

    /// Whether the document is a card, all of whose fields were read surely and stand clear of `region`: what it cuts
    /// are labels or ornaments, whatever it looks like. Fields end where their values do, so that one which goes on
    /// under `region` touches it.
    fn is_beside_all_of_a_card(&self, region: &Rect) -> bool {
        let clear = |place: &Rect| {
            place.inflate(FIELD_REACH * self.line_height, 0.0).intersection(*region).area() <= 0.0
        };
        self.is_card()
            && self.view.missing.is_empty()
            && self.view.fields.iter().all(|f| f.confidence >= SURE_FIELD && clear(&f.quad.bounds()))
    }

    /// Whether all that the kind needs was made out and `place` lies above or below all of it: nothing that is asked for can be
    /// under it. Neighbouring papers that were taken for a part of the document lie so, and portraits, titles and
    /// borders. What lies beside a value may hide how it goes on.
    fn is_beyond_all_fields(&self, place: &Rect) -> bool {
        let places = self.view.fields.iter().map(|field| field.quad.bounds());
        let all = places.reduce(|all, place| all.union(place));
        let reach = FIELD_REACH * self.line_height;
        self.view.is_read_whole()
            && all.is_some_and(|all| place.bottom < all.top - reach || place.top > all.bottom + reach)
    }

    /// Whether every value of a printed document was read and stands clear of `place`: one that may go on by a line's height,
    /// one that is whole by itself. Cells of a coarse map reach a little into what stands beside them.
    fn is_beside_all_values(&self, place: &Rect) -> bool {
        let reach = FIELD_REACH * self.line_height;
        let is_clear = |field: &FieldPlace| {
            let bounds = field.quad.bounds();
            let around = if field.is_whole { bounds } else { bounds.inflate(reach, 0.0) };
            let touched = around.intersection(*place).area();
            if field.is_whole { touched <= TOUCHED_SHARE * bounds.area() } else { touched <= 0.0 }
        };
        !self.view.is_handwritten
            && self.view.is_read_whole()
            && !self.view.fields.is_empty()
            && self.view.fields.iter().all(|field| field.confidence >= READ_VALUE && is_clear(field))
    }

    /// Large enough to hide a whole value.
    fn is_large(&self, region: &Region) -> bool {
        let bounds = region.bounds;
        bounds.width() >= VALUE_LINES.0 * self.line_height
            && bounds.height() >= VALUE_LINES.1 * self.line_height
    }

    /// Adds a finding if `region` is worth one.
    fn judge(&mut self, suspect: Suspect, regions: &Regions, region: &Region, hiding: &Hiding) -> bool {
        let weight = self.weight(suspect, regions, region, hiding);
        let loses = || {
            self.shows_a_loss(suspect, regions, region, hiding)
                && !self.is_beside_all_of_a_card(&region.bounds)
                && !self.is_beyond_all_fields(&region.bounds)
        };
        // Thin handwriting is softer than the print around it, and read less surely, on sharp pictures, too.
        let is_hand = self.view.is_handwritten && suspect.code == FindingCode::QualityBlurred;
        let doubted = self.shows_no_lost_print(suspect, region);
        let severity = if weight >= RETAKE_WEIGHT && !is_hand && !doubted && loses() {
            Severity::Retake
        } else if weight >= REVIEW_WEIGHT && !self.is_contradicted(suspect, region, regions) {
            Severity::Review
        } else {
            return false;
        };
        let finding = Finding::new(suspect.code, severity, suspect.zh, suspect.en)
            .on_page(self.view.page)
            .at(Quad::from_rect(region.bounds))
            .with_score(f64::from((weight / (weight + 1.0)).min(1.0)))
            .with_evidence("area_share", f64::from(region.share))
            .with_evidence("rows_interrupted", hiding.interrupted)
            .with_evidence("lines_cut", hiding.cut)
            .with_evidence("weight", f64::from(weight));
        let finding = self.view.naming_field(finding, &region.bounds);
        self.add(finding);
        true
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::{
        domain::FieldName,
        imaging::{EdgeState, quality::LineEvidence},
    };

    const PAPER: Rgb<u8> = Rgb([215, 213, 205]);

    /// Findings on a sheet with rows of text, `patch` in `colour`, row 3 read only up to `end`.
    fn findings(colour: Rgb<u8>, patch: Rect, end: f32, missing: &[FieldName]) -> Vec<Finding> {
        findings_with(colour, patch, end, missing, &[])
    }

    fn findings_with(
        colour: Rgb<u8>,
        patch: Rect,
        end: f32,
        missing: &[FieldName],
        fields: &[FieldPlace],
    ) -> Vec<Finding> {
        findings_on(None, colour, patch, &[(100.0, end)], missing, fields)
    }

    fn findings_on(
        expected_aspect: Option<f32>,
        colour: Rgb<u8>,
        patch: Rect,
        row_3: &[(f32, f32)],
        missing: &[FieldName],
        fields: &[FieldPlace],
    ) -> Vec<Finding> {
        let row = |i: usize, left: f32, right: f32| {
            let top = 100.0 + i as f32 * 60.0;
            LineEvidence {
                quad: Quad::from_rect(Rect::new(left, top, right, top + 24.0)),
                confidence: 0.97,
                symbols: 20,
            }
        };
        let whole = (0..8).filter(|&i| i != 3).map(|i| row(i, 100.0, 800.0));
        let lines: Vec<_> = whole.chain(row_3.iter().map(|&(left, right)| row(3, left, right))).collect();
        let pixels = RgbImage::from_fn(1000, 700, |x, y| {
            let (x, y) = (x as f32, y as f32);
            if x >= patch.left && x < patch.right && y >= patch.top && y < patch.bottom {
                colour
            } else {
                PAPER
            }
        });
        let view = DocumentView {
            pixels: &pixels,
            page: 0,
            source_scale: 1.0,
            lines: &lines,
            fields,
            tears: &[],
            bare: &[],
            unread: &[],
            missing,
            edges: Some([EdgeState::Seen; 4]),
            expected_aspect,
            width_mm: None,
            is_screen: false,
            lost: None,
            is_handwritten: false,
        };
        let params = QualityParams::default();
        let ground = Ground::of(&pixels);
        let paper = Paper::of(&ground, &lines);
        let mut judge = LocalJudge::new(&view, &params, &ground, &paper);
        judge.glare(&super::super::glare::find(&ground, &paper));
        judge.covers(&cover::find(&ground, &paper));
        judge.findings
    }

    fn worst(found: &[Finding]) -> Option<(FindingCode, Severity)> {
        found.iter().max_by_key(|finding| finding.severity).map(|finding| (finding.code, finding.severity))
    }

    /// Over the end of row 3.
    const OVER_TEXT: Rect = Rect::new(400.0, 270.0, 520.0, 320.0);
    const BESIDE: Rect = Rect::new(860.0, 270.0, 960.0, 320.0);

    #[test]
    fn what_cuts_a_line_asks_for_a_retake_and_says_what_it_is() {
        let note = Rgb([250, 226, 96]);
        let name = [FieldName::new("name")];
        assert_eq!(
            worst(&findings(note, OVER_TEXT, 398.0, &[])),
            Some((FindingCode::QualityOccluded, Severity::Retake))
        );
        let glare = findings(Rgb([255; 3]), OVER_TEXT, 398.0, &name);
        assert_eq!(worst(&glare), Some((FindingCode::QualityGlare, Severity::Retake)));
        assert_eq!(glare[0].field.as_ref().map(FieldName::as_str), Some("name"));
    }

    #[test]
    fn bright_light_over_a_gap_asks_for_a_retake_only_where_a_field_is_lost() {
        let white = Rgb([255; 3]);
        let place = Quad::from_rect(Rect::new(300.0, 280.0, 398.0, 304.0));
        let read = |confidence| {
            vec![FieldPlace { name: FieldName::new("name"), quad: place, confidence, is_whole: false }]
        };
        let severity = |fields: &[FieldPlace]| worst(&findings_with(white, OVER_TEXT, 398.0, &[], fields));
        assert_eq!(severity(&read(0.99)).filter(|&(_, severity)| severity == Severity::Retake), None);
        let both = findings_with(white, OVER_TEXT, 398.0, &[FieldName::new("major")], &read(0.99));
        assert_eq!(worst(&both), Some((FindingCode::QualityGlare, Severity::Retake)));
    }

    #[test]
    fn what_lies_beyond_all_fields_of_a_document_that_was_read_whole_asks_for_no_retake() {
        let field = |row: f32| {
            let quad = Quad::from_rect(Rect::new(100.0, 100.0 + row * 60.0, 300.0, 124.0 + row * 60.0));
            FieldPlace { name: FieldName::new("name"), quad, confidence: 0.99, is_whole: false }
        };
        let severity = |missing: &[FieldName], fields: &[FieldPlace]| {
            let found = findings_with(Rgb([250, 226, 96]), OVER_TEXT, 398.0, missing, fields);
            worst(&found).map(|(_, severity)| severity)
        };
        assert_eq!(severity(&[], &[field(6.0), field(7.0)]), Some(Severity::Review));
        // Between two fields, or while one is missing, it may hide one.
        assert_eq!(severity(&[], &[field(0.0), field(7.0)]), Some(Severity::Retake));
        assert_eq!(severity(&[FieldName::new("major")], &[field(6.0), field(7.0)]), Some(Severity::Retake));
    }

    #[test]
    fn what_cuts_a_label_of_a_card_that_was_read_whole_asks_for_no_retake() {
        let severity_with_field_at = |right: f32| {
            let place = Quad::from_rect(Rect::new(150.0, 280.0, right, 304.0));
            let field =
                FieldPlace { name: FieldName::new("name"), quad: place, confidence: 0.99, is_whole: false };
            let row = [(100.0, 398.0)];
            worst(&findings_on(Some(1.585), Rgb([250, 226, 96]), OVER_TEXT, &row, &[], &[field]))
                .map(|(_, severity)| severity)
        };
        assert_eq!(severity_with_field_at(300.0), Some(Severity::Review));
        // The field's value may go on under what lies there.
        assert_eq!(severity_with_field_at(395.0), Some(Severity::Retake));
    }

    #[test]
    fn light_in_a_row_asks_for_a_retake_where_what_was_read_as_a_field_is_none() {
        let place = Quad::from_rect(Rect::new(100.0, 520.0, 300.0, 544.0));
        let severity = |confidence| {
            let field = FieldPlace {
                name: FieldName::new("certificate_number"),
                quad: place,
                confidence,
                is_whole: false,
            };
            let row = [(100.0, 398.0), (525.0, 800.0)];
            let rows = findings_on(None, Rgb([255; 3]), OVER_TEXT, &row, &[], &[field]);
            rows.iter().map(|finding| (finding.severity, finding.field.clone())).max_by_key(|found| found.0)
        };
        let number = Some(FieldName::new("certificate_number"));
        assert_eq!(severity(0.1), Some((Severity::Retake, number)));
        assert_eq!(severity(0.99).filter(|found| found.0 == Severity::Retake), None);
    }

    #[test]
    fn what_lies_beside_the_text_or_lets_it_through_is_no_finding() {
        for colour in [Rgb([250, 226, 96]), Rgb([255; 3]), Rgb([40, 30, 20])] {
            assert_eq!(findings(colour, BESIDE, 800.0, &[]), []);
            assert_eq!(findings(colour, OVER_TEXT, 800.0, &[]), []);
        }
    }
}
