//! Whether a region of the document hides text.
//!
//! What is hidden was not read. It shows in the lines around: one ends at the region's edge and goes on
//! beyond it, runs into it, or is read badly where the two overlap.

use crate::domain::Rect;

use super::{
    LineEvidence, line_height,
    regions::{Region, Regions},
};

/// How far beyond a line's end the region must begin, in line heights. Text boxes end 0.2 line heights
/// beyond the text, and people print values a character from a photo.
const REACH: f32 = 0.75;
/// Share of that gap that the region must fill.
const GAP_FILLED: f32 = 0.55;
/// How far from a region, in line heights, its neighbours stand.
const NEAR: f32 = 2.5;
/// Share of a line within the region from which the line is part of what lies there.
const INSIDE: f32 = 0.8;
/// Share of a line within the region from which the two overlap: boxes touch by up to a tenth.
const OVERLAP: f32 = 0.12;
/// A line this sure is read, whatever lies over it.
const READ: f32 = 0.9;
/// Share of a line that must be in the region, or stand beside it, for the band of its characters only.
const BAND: f32 = 0.3;

/// What a region does to the text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Hiding {
    /// Rows in which text ends at one side of the region and goes on at the other.
    pub interrupted: usize,
    /// Lines that end or begin at the region.
    pub cut: usize,
    /// Lines that run through the region and are read: it is transparent.
    pub through: usize,
    /// Sure lines that stand inside the region.
    pub inside: usize,
    /// Confidence of the worst line that overlaps the region, if one is not surely read.
    pub worst: Option<f32>,
    /// Lines run above or below the region, over more than a character of its width.
    pub among: bool,
    /// Text stands beside the region, or above and below it.
    pub amid_text: bool,
}

impl Hiding {
    pub fn of(regions: &Regions, region: &Region, lines: &[LineEvidence]) -> Self {
        let height = line_height(lines).unwrap_or(0.0);
        let mut found = Self::default();
        let (mut ends, mut begins): (Vec<Rect>, Vec<Rect>) = (Vec::new(), Vec::new());
        let (mut above, mut below) = (false, false);
        let reach = region.bounds.inflate(NEAR * height, NEAR * height);
        for line in lines {
            let place = line.quad.bounds();
            if place.intersection(reach).area() <= 0.0 {
                continue;
            }
            let middle = place.center().y;
            let band = Rect::new(
                place.left,
                middle - BAND * place.height(),
                place.right,
                middle + BAND * place.height(),
            );
            let share = regions.share_of(region, &band);
            if share >= INSIDE {
                found.inside += usize::from(line.confidence >= READ);
                if line.confidence < READ {
                    found.note(line.confidence);
                }
                continue;
            }
            let gap = REACH * place.height();
            let after = Rect::new(band.right, band.top, band.right + gap, band.bottom);
            let before = Rect::new(band.left - gap, band.top, band.left, band.bottom);
            let ends_there = regions.share_of(region, &after) >= GAP_FILLED;
            let begins_there = regions.share_of(region, &before) >= GAP_FILLED;
            if ends_there {
                ends.push(band);
            }
            if begins_there {
                begins.push(band);
            }
            found.cut += usize::from(ends_there) + usize::from(begins_there);
            if share >= OVERLAP {
                if line.confidence < READ {
                    found.note(line.confidence);
                } else if !ends_there && !begins_there {
                    found.through += 1;
                }
            }
            let beside = band.bottom > region.bounds.top && band.top < region.bounds.bottom;
            let across = band.right.min(region.bounds.right) - band.left.max(region.bounds.left) > height;
            found.amid_text |= beside;
            above |= across && middle < region.bounds.top;
            below |= across && middle > region.bounds.bottom;
        }
        found.among = above || below;
        found.amid_text |= above && below;
        let same_row = |a: &Rect, b: &Rect| a.bottom.min(b.bottom) > a.top.max(b.top) && a.right < b.left;
        found.interrupted =
            ends.iter().filter(|&end| begins.iter().any(|begin| same_row(end, begin))).count();
        found
    }

    fn note(&mut self, confidence: f32) {
        self.worst = Some(self.worst.map_or(confidence, |worst| worst.min(confidence)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Quad, imaging::quality::ground::Grid};

    fn line(left: f32, right: f32) -> LineEvidence {
        let quad = Quad::from_rect(Rect::new(left, 300.0, right, 330.0));
        LineEvidence { quad, confidence: 0.97, symbols: 9 }
    }

    fn hiding(lines: &[LineEvidence]) -> Hiding {
        let grid = Grid::of(1280, 640);
        let mask: Vec<bool> = (0..grid.len())
            .map(|i| {
                let p = grid.place(i).center();
                (500.0..640.0).contains(&p.x) && (250.0..400.0).contains(&p.y)
            })
            .collect();
        let regions = Regions::of(grid, &mask);
        Hiding::of(&regions, &regions.list[0], lines)
    }

    #[test]
    fn a_row_that_stops_and_goes_on_is_interrupted() {
        let found = hiding(&[line(200.0, 498.0), line(645.0, 900.0)]);
        assert_eq!((found.interrupted, found.cut, found.through), (1, 2, 0));
    }

    #[test]
    fn text_that_runs_through_is_not_hidden() {
        let found = hiding(&[line(200.0, 900.0)]);
        assert_eq!((found.interrupted, found.cut, found.through), (0, 0, 1));
    }

    #[test]
    fn text_beside_a_photo_is_not_cut() {
        let found = hiding(&[line(200.0, 460.0)]);
        assert_eq!((found.interrupted, found.cut), (0, 0));
        assert!(found.amid_text);
    }
}
