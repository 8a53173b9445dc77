//! Places of values that were not found: is anything but light to be seen there?

use crate::domain::Rect;

use super::{
    BarePlace, cover, glare,
    ground::{Cell, Ground, Paper},
    regions::Regions,
};

/// Brightness (0 to 255) of a cell's darkest pixels from which the paper itself may be burnt out, so that nothing tells
/// a reflection on it. White paper in even light has 200 to 235, its grain and noise included.
pub(super) const WHITE: f32 = 246.0;
/// Share of a line's height, around its middle, that is looked at: rules above and below stay out.
const BAND: f32 = 0.6;
/// Width, in line heights, that must be burnt out in one piece: the shortest value is one character, and a cell of a
/// table is two wide.
const LEAST_WIDTH: f32 = 1.6;

/// Width, in line heights, that must be foreign to the paper in one piece: a blot over a single character.
const LEAST_COVER: f32 = 0.8;

/// The longest stretch of a bare place that is burnt out, where a value would fit into it.
pub(super) fn burnt(value: &BarePlace, ground: &Ground, paper: &Paper) -> Option<Rect> {
    stretch(value, ground, LEAST_WIDTH, |i| is_burnt_out(&ground.cell(i), paper))
}

/// Whether light, or paper burnt out by it, is all that is seen of `cell`.
pub(super) fn is_burnt_out(cell: &Cell, paper: &Paper) -> bool {
    cell.ink >= WHITE || glare::is_burnt(cell, paper)
}

/// The longest stretch of a bare place that is surely no paper, where a character would fit under it.
pub(super) fn covered(value: &BarePlace, ground: &Ground, paper: &Paper) -> Option<Rect> {
    let is_cover = |i: usize| cover::is_surely_foreign(&ground.cell(i), ground.grid.place(i).center(), paper);
    stretch(value, ground, LEAST_COVER, is_cover)
}

/// The part of a bare place with the largest region of soft ink, where a value would fit into it.
pub(super) fn washed(value: &BarePlace, soft: &Regions) -> Option<Rect> {
    let height = value.place.height();
    let parts = soft.list.iter().map(|region| region.bounds.intersection(value.place));
    let part = parts.max_by(|a, b| a.area().total_cmp(&b.area()))?;
    (part.width() >= LEAST_WIDTH * height && part.height() >= BAND * height).then_some(part)
}

/// The longest stretch along a place, at least `least` line heights wide, all of whose cells in a band around the
/// line's middle are as `is` says.
fn stretch(value: &BarePlace, ground: &Ground, least: f32, is: impl Fn(usize) -> bool) -> Option<Rect> {
    let height = value.place.height();
    let band = value.place.inflate(0.0, -(1.0 - BAND) / 2.0 * height);
    let mut columns: Vec<(usize, bool)> = Vec::new();
    for i in ground.grid.inside(&band) {
        let column = i % ground.grid.columns;
        match columns.iter_mut().find(|(known, _)| *known == column) {
            Some((_, all)) => *all &= is(i),
            None => columns.push((column, is(i))),
        }
    }
    let run = columns
        .chunk_by(|a, b| a.1 == b.1)
        .filter(|run| run.first().is_some_and(|(_, is)| *is))
        .max_by_key(|run| run.len())?;
    let left = run.first()?.0 as f32 * ground.grid.cell;
    let right = (run.last()?.0 + 1) as f32 * ground.grid.cell;
    (right - left >= least * height).then(|| Rect::new(left, value.place.top, right, value.place.bottom))
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::{
        domain::{FieldName, Quad},
        imaging::quality::{LineEvidence, ground::Grid},
    };

    /// What is told of the place behind a label, on paper of brightness `paper` with `inside` on the place: light, cover.
    fn told_both(paper: u8, inside: u8) -> (Option<Rect>, Option<Rect>) {
        let pixels = RgbImage::from_fn(1280, 800, |x, y| {
            let text = (100..300).contains(&x) && y % 100 < 30 && x % 6 < 2;
            let place = (340..600).contains(&x) && (195..240).contains(&y);
            Rgb([if text {
                60
            } else if place {
                inside
            } else {
                paper
            }; 3])
        });
        let line = |i: usize| LineEvidence {
            quad: Quad::from_rect(Rect::new(100.0, i as f32 * 100.0, 300.0, i as f32 * 100.0 + 30.0)),
            confidence: 0.97,
            symbols: 9,
        };
        let lines: Vec<_> = (0..8).map(line).collect();
        let ground = Ground::of(&pixels);
        let paper = Paper::of(&ground, &lines);
        let place = Rect::new(320.0, 200.0, 620.0, 230.0);
        let value = BarePlace { field: FieldName::new("principal"), place };
        (burnt(&value, &ground, &paper), covered(&value, &ground, &paper))
    }

    #[test]
    fn a_blur_on_a_value_is_told_from_one_beside_it() {
        let place = Rect::new(320.0, 200.0, 620.0, 230.0);
        let value = BarePlace { field: FieldName::new("name"), place };
        let grid = Grid::of(1280, 800);
        let soft = |left: f32| {
            let mask: Vec<bool> = (0..grid.len())
                .map(|i| {
                    let p = grid.place(i).center();
                    (left..left + 120.0).contains(&p.x) && (190.0..240.0).contains(&p.y)
                })
                .collect();
            washed(&value, &Regions::of(grid, &mask))
        };
        assert!(soft(350.0).is_some_and(|part| (part.width() - 120.0).abs() < 1.0));
        assert_eq!(soft(200.0), None);
    }

    fn told(paper: u8, inside: u8) -> Option<Rect> {
        told_both(paper, inside).0
    }

    #[test]
    fn a_blot_on_a_value_is_told_from_a_shadow() {
        assert!(told_both(215, 40).1.is_some());
        assert_eq!(told_both(215, 150).1, None);
        assert_eq!(told_both(215, 215).1, None);
    }

    #[test]
    fn light_on_a_value_is_told_from_paper_without_one() {
        assert!(told(215, 255).is_some_and(|place| place.width() > 200.0));
        assert_eq!(told(215, 215), None);
    }

    #[test]
    fn on_burnt_out_paper_a_missing_value_may_be_under_light() {
        assert!(told(255, 255).is_some());
    }
}
