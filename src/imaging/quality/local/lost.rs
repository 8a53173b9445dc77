//! Lost print, as the network sees it, against what was read.

use crate::domain::{Finding, FindingCode, Quad, Rect, Severity};

use super::{
    super::{
        bare, cover, glare,
        legibility::LostPlace,
        regions::{Region, Regions},
    },
    GLARE, LocalJudge, MOST_REGIONS, SOFT, SURE_FIELD, Suspect, THING,
};

/// Share of a place with lost print that light or a thing takes up where it is the reason: the rim of both is half
/// paper, and so is what stands between two rows.
const CAUSE_SHARE: f32 = 0.4;

impl LocalJudge<'_> {
    /// Places where the network sees that print is lost. What was read surely over it may be made up where the network is
    /// sure as well; where a value is missing or was not made out, a suspicion is enough.
    pub fn lost(&mut self) {
        let Some(lost) = self.view.lost else { return };
        let read: Vec<Rect> = self
            .view
            .lines
            .iter()
            .filter(|line| line.confidence >= self.params.readable)
            .map(|line| line.quad.bounds())
            .collect();
        let sure = lost.places(&[]).into_iter().filter(|lost| lost.score >= self.params.lost_for_sure);
        let unread = lost.places(&read).into_iter().take(MOST_REGIONS);
        for LostPlace { place, score } in sure.chain(unread) {
            let suspect = self.what_lies_on(&place);
            if score < self.bar_of_lost(suspect, &place)
                || self.is_beside_all_of_a_card(&place)
                || self.is_beyond_all_fields(&place)
            {
                continue;
            }
            let finding = Finding::new(suspect.code, Severity::Retake, suspect.zh, suspect.en)
                .on_page(self.view.page)
                .at(Quad::from_rect(place))
                .with_score(f64::from(score))
                .with_evidence("lost_print", f64::from(score));
            let finding = self.view.naming_field(finding, &place);
            self.add(finding);
        }
    }

    /// Score from which lost print at `place` asks for a retake, by what seems to lie there.
    fn bar_of_lost(&self, suspect: Suspect, place: &Rect) -> f32 {
        let is_missed = !self.view.missing.is_empty()
            || self.view.unread_value().is_some()
            || self.view.bare.iter().any(|bare| bare.place.intersection(*place).area() > 0.0);
        let params = self.params;
        if self.view.unread.iter().any(|entry| entry.intersection(*place).area() > 0.0) {
            return params.lost_at_unread_entry;
        }
        match suspect.code {
            // Where no paper was found, what the networks look at is not how they learned to see documents; that an entry
            // was not made out says more about the hand than about the picture.
            _ if self.view.edges.is_none() && (!is_missed || self.view.is_handwritten) => params.lost_in_blur,
            _ if self.view.is_handwritten => params.lost_on_form,
            FindingCode::QualityBlurred if is_missed => params.lost_in_blur_and_missed,
            FindingCode::QualityBlurred => params.lost_in_blur,
            _ if is_missed => params.lost_and_missed,
            _ if self.is_beside_all_values(place) => params.lost_beside_values,
            FindingCode::QualityGlare => params.lost_in_light,
            _ => params.lost_under_thing,
        }
    }

    /// The likeliest reason why print at `place` is lost. Print that neither light nor a thing lies on is blurred.
    fn what_lies_on(&self, place: &Rect) -> Suspect {
        let cells: Vec<usize> = self.ground.grid.inside(place).collect();
        let share = |is: &dyn Fn(usize) -> bool| {
            cells.iter().filter(|&&i| is(i)).count() as f32 / cells.len().max(1) as f32
        };
        // Where print was read on white paper, white alone does not say that light lies on it.
        let all_white = self.paper.bright >= bare::WHITE;
        let is_light = |i: usize| {
            let cell = self.ground.cell(i);
            if all_white { glare::is_burnt(&cell, self.paper) } else { bare::is_burnt_out(&cell, self.paper) }
        };
        let is_thing = |i: usize| {
            let at = self.ground.grid.place(i).center();
            cover::is_foreign(&self.ground.cell(i), at, self.paper)
        };
        let (light, thing) = (share(&is_light), share(&is_thing));
        if light >= CAUSE_SHARE && light >= thing {
            GLARE
        } else if thing >= CAUSE_SHARE {
            THING
        } else {
            SOFT
        }
    }

    /// Whether light or a blur in `region`, which is doubtful anyway, is none that a person has to look at: everything was found, the
    /// network sees no lost print there, and what was printed there was read surely. Of handwriting, which is softer and paler
    /// than print and read less surely on the best of pictures, the network alone tells.
    pub(super) fn is_contradicted(&self, suspect: Suspect, region: &Region, regions: &Regions) -> bool {
        let is_of_light = matches!(suspect.code, FindingCode::QualityGlare | FindingCode::QualityBlurred);
        let is_clear = || {
            let lost = self.view.lost;
            lost.is_some_and(|lost| lost.is_clear_for_its_size(&region.bounds, self.params.suspected))
        };
        is_of_light
            && self.view.missing.is_empty()
            && (self.view.is_handwritten || !self.has_field_below(SURE_FIELD, regions, region))
            && is_clear()
    }

    /// Whether the network looked at the document and sees next to no lost print in `region`: soft light and a lamp's bright
    /// side are brighter than the paper, too, and things lie on portraits and borders.
    pub(super) fn shows_no_lost_print(&self, suspect: Suspect, region: &Region) -> bool {
        let Some(lost) = self.view.lost else { return false };
        let is_whole = self.view.is_read_whole();
        let bar = if is_whole && self.is_card() {
            self.params.suspected_on_whole_card
        } else {
            self.params.suspected
        };
        match suspect.code {
            FindingCode::QualityGlare if is_whole => lost.is_clear_for_its_size(&region.bounds, bar),
            FindingCode::QualityGlare => lost.is_clear(&region.bounds, bar),
            // A thing may have taken the place of what is missing altogether.
            FindingCode::QualityOccluded => is_whole && lost.is_clear(&region.bounds, self.params.suspected),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::{
        domain::{FieldName, Point},
        imaging::{
            EdgeState,
            quality::{
                DocumentView, FieldPlace, LineEvidence, QualityParams,
                ground::{Ground, Paper},
                legibility::LostPrint,
            },
        },
    };

    const PATCH: Rect = Rect { left: 400.0, top: 360.0, right: 560.0, bottom: 400.0 };

    /// Severities and codes on a sheet of 960 × 960 px with eight rows of text, the network being `p` sure of lost print on
    /// the patch, which is `grey`. `row` is how sure the line there was read.
    fn told(p: f32, grey: u8, row: f32, missing: &[FieldName]) -> Vec<(FindingCode, Severity)> {
        told_beside(&[], p, grey, row, missing)
    }

    fn told_beside(
        fields: &[FieldPlace],
        p: f32,
        grey: u8,
        row: f32,
        missing: &[FieldName],
    ) -> Vec<(FindingCode, Severity)> {
        told_among(&[], fields, p, grey, row, missing)
    }

    fn told_among(
        unread: &[Rect],
        fields: &[FieldPlace],
        p: f32,
        grey: u8,
        row: f32,
        missing: &[FieldName],
    ) -> Vec<(FindingCode, Severity)> {
        let pixels = RgbImage::from_fn(960, 960, |x, y| {
            let at = Point::new(x as f32, y as f32);
            let text = (100..800).contains(&x) && y % 120 < 24 && x % 6 < 2;
            Rgb([if PATCH.contains(at) {
                grey
            } else if text {
                50
            } else {
                215
            }; 3])
        });
        let line = |i: usize| LineEvidence {
            quad: Quad::from_rect(Rect::new(100.0, i as f32 * 120.0, 800.0, i as f32 * 120.0 + 40.0)),
            confidence: if i == 3 { row } else { 0.98 },
            symbols: 20,
        };
        let lines: Vec<_> = (0..8).map(line).collect();
        const SIDE: usize = 96;
        let map: Vec<f32> = (0..SIDE * SIDE)
            .map(|i| {
                let at = Point::new((i % SIDE) as f32 * 10.0 + 5.0, (i / SIDE) as f32 * 10.0 + 5.0);
                if PATCH.contains(at) { p } else { 0.01 }
            })
            .collect();
        let lost = LostPrint::of(&map, SIDE, (960.0, 960.0));
        let view = DocumentView {
            pixels: &pixels,
            page: 0,
            source_scale: 1.0,
            lines: &lines,
            fields,
            tears: &[],
            bare: &[],
            unread,
            missing,
            lost: Some(&lost),
            edges: Some([EdgeState::Seen; 4]),
            expected_aspect: None,
            width_mm: None,
            is_screen: false,
            is_handwritten: false,
        };
        let (ground, params) = (Ground::of(&pixels), QualityParams::default());
        let paper = Paper::of(&ground, &lines);
        let mut judge = LocalJudge::new(&view, &params, &ground, &paper);
        judge.lost();
        judge.findings.iter().map(|finding| (finding.code, finding.severity)).collect()
    }

    #[test]
    fn a_suspicion_is_enough_at_an_entry_that_was_not_made_out() {
        let told = |unread: &[Rect], p| told_among(unread, &[], p, 215, 0.3, &[]);
        let retake = [(FindingCode::QualityBlurred, Severity::Retake)];
        assert_eq!(told(&[PATCH], 0.3), retake);
        assert_eq!(told(&[Rect::new(0.0, 800.0, 90.0, 860.0)], 0.3), []);
        assert_eq!(told(&[PATCH], 0.2), []);
    }

    #[test]
    fn lost_print_is_called_by_what_lies_on_it() {
        use FindingCode::{QualityBlurred, QualityGlare, QualityOccluded};
        assert_eq!(told(0.95, 255, 0.4, &[]), [(QualityGlare, Severity::Retake)]);
        assert_eq!(told(0.95, 40, 0.4, &[]), [(QualityOccluded, Severity::Retake)]);
        assert_eq!(told(0.95, 215, 0.4, &[]), [(QualityBlurred, Severity::Retake)]);
    }

    #[test]
    fn a_suspicion_is_enough_where_a_value_is_missing() {
        assert_eq!(told(0.4, 40, 0.4, &[]), []);
        assert_eq!(told(0.4, 40, 0.4, &[FieldName::new("name")]).len(), 1);
    }

    #[test]
    fn beside_values_that_are_whole_the_network_must_be_surer() {
        let field = |right: f32, is_whole| FieldPlace {
            name: FieldName::new("issuer"),
            quad: Quad::from_rect(Rect::new(100.0, 360.0, right, 400.0)),
            confidence: 0.98,
            is_whole,
        };
        let count = |p, field: FieldPlace| told_beside(&[field], p, 255, 0.4, &[]).len();
        assert_eq!(count(0.7, field(398.0, true)), 0);
        assert_eq!(count(0.9, field(398.0, true)), 1);
        // A value that may go on under the light, and one that light lies on.
        assert_eq!(count(0.7, field(398.0, false)), 1);
        assert_eq!(count(0.7, field(600.0, true)), 1);
    }

    #[test]
    fn what_was_read_surely_is_believed_unless_the_network_is_sure() {
        let missing = [FieldName::new("name")];
        assert_eq!(told(0.85, 40, 0.98, &missing), []);
        assert_eq!(told(0.85, 40, 0.4, &missing).len(), 1);
        assert_eq!(told(0.95, 40, 0.98, &[]).len(), 1);
    }
}
