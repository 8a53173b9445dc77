//! Gaps within values: what lies there may hide characters.

use super::{
    SURE_FIELD, Tear, cover, glare,
    ground::{Cell, Ground, Paper},
};

/// Share of a gap's height that is looked at, around its middle: rules and neighbouring lines stay out.
const BAND: f32 = 0.6;
/// Part of a line's height at both ends of a gap that is left out: rims of strokes.
const RIM: f32 = 0.3;
/// Share of a gap's cells that must be burnt out, or foreign to the paper, for it to be hidden. Its ends run out
/// softly.
const FILLED: f32 = 0.5;
/// Brightness (0 to 255) from which paper is itself burnt out, so that a reflection on it shows by nothing but lost
/// ink. Cameras clip from 250 on; lower takes clean white paper for it, and then only an unsure value decides.
const WHITE: f32 = 244.0;

/// What lies in a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// Light, and nothing of the print.
    Reflection,
    /// Something that is not the paper.
    Cover,
}

/// What lies in the gap of a value; `None`: paper, as far as can be seen.
pub(super) fn obstacle(tear: &Tear, ground: &Ground, paper: &Paper) -> Option<Obstacle> {
    let height = tear.place.height();
    let core = tear.place.inflate(-RIM * height, -(1.0 - BAND) / 2.0 * height);
    let cells: Vec<Cell> = ground.grid.inside(&core).map(|i| ground.cell(i)).collect();
    let fills = |is: &dyn Fn(&Cell) -> bool| {
        cells.iter().filter(|cell| is(cell)).count() as f32 >= FILLED * cells.len() as f32
    };
    let washed_out = || {
        let unsure = !tear.is_usual && tear.confidence < SURE_FIELD;
        unsure && paper.bright >= WHITE && fills(&|cell| cell.ink >= WHITE)
    };
    if fills(&|cell| glare::is_burnt(cell, paper)) || washed_out() {
        Some(Obstacle::Reflection)
    } else if fills(&|cell| cover::is_foreign(cell, core.center(), paper)) {
        Some(Obstacle::Cover)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::{
        domain::{FieldName, Quad, Rect},
        imaging::quality::LineEvidence,
    };

    const GAP: Rect = Rect { left: 420.0, top: 220.0, right: 520.0, bottom: 250.0 };

    /// What lies in a gap of the second of three rows of print; `paper` and `patch` are grey levels or colours.
    fn found(paper: [u8; 3], patch: [u8; 3], confidence: f32, is_usual: bool) -> Option<Obstacle> {
        let rows = [160.0, 220.0, 280.0].map(|top| Rect::new(200.0, top, 800.0, top + 30.0));
        let at = |rect: &Rect, x: u32, y: u32| {
            (rect.left..rect.right).contains(&(x as f32)) && (rect.top..rect.bottom).contains(&(y as f32))
        };
        let pixels = RgbImage::from_fn(1280, 640, |x, y| {
            if at(&GAP, x, y) {
                Rgb(patch)
            } else if rows.iter().any(|row| at(row, x, y)) && (x % 12 < 4 || y % 10 < 2) {
                Rgb([35; 3])
            } else {
                Rgb(paper)
            }
        });
        let lines =
            rows.map(|row| LineEvidence { quad: Quad::from_rect(row), confidence: 0.99, symbols: 20 });
        let ground = Ground::of(&pixels);
        let tear = Tear { field: FieldName::new("name"), place: GAP, confidence, is_usual };
        obstacle(&tear, &ground, &Paper::of(&ground, &lines))
    }

    #[test]
    fn light_and_things_in_a_gap_are_told_from_paper() {
        let paper = [215, 213, 208];
        assert_eq!(found(paper, [255; 3], 0.99, true), Some(Obstacle::Reflection));
        assert_eq!(found(paper, [200, 150, 120], 0.99, true), Some(Obstacle::Cover));
        assert_eq!(found(paper, [40; 3], 0.99, true), Some(Obstacle::Cover));
        assert_eq!(found(paper, paper, 0.2, false), None);
    }

    #[test]
    fn on_burnt_out_paper_only_an_unsure_value_tells_of_lost_ink() {
        let white = [254; 3];
        assert_eq!(found(white, white, 0.6, false), Some(Obstacle::Reflection));
        assert_eq!(found(white, white, 0.99, false), None);
        assert_eq!(found(white, white, 0.6, true), None);
    }
}
