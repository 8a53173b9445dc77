//! Opaque things on a document whose layout is not known: pens, strips, blotches.
//!
//! They are solid: nearly every pixel of the places they cover is unlike the paper, while print, a seal's
//! ring or a code's modules leave paper between them. A portrait is solid too, but skin is next to its
//! hair and clothes.

use image::RgbImage;

use crate::domain::{FindingCode, Quad, Rect};

use super::{
    LineEvidence,
    glare::share_in,
    occlusion::is_skin,
    spots::{Spot, spots, spots_on},
};

/// Mean difference of the channels (of 255) from the paper from which a pixel is something else. Shadows
/// that leave print readable stay below 60 on white paper; pens and blotches exceed 70 but for pale grey.
const UNLIKE_PAPER: f32 = 62.0;
/// Share of a cell's pixels that must be unlike the paper. Bold titles reach 0.6.
const SOLID: f32 = 0.9;
/// Share of the document that a thing covers: less is a heavy stroke, more a shadow or the desk.
const SHARES: std::ops::Range<f32> = 0.0004..0.2;
/// Cells along the longer side: 1.8 mm on A4, half of a pen's thickness.
const COVER_GRID: u32 = 160;
/// Covered share of the whole document from which it is a shadow or the desk, not a thing.
const MOST_COVERED: f32 = 0.2;
/// Things come alone or in twos; more of them are the pieces that print cuts a deep shadow into.
const MOST_THINGS: usize = 3;
/// Longer ÷ shorter side from which a thing is an object rather than a blotch.
const ELONGATED: f32 = 3.0;
/// Thinner than this many line heights it hides no line.
const LEAST_LINES: f32 = 0.8;
/// Red exceeds green and blue by this much in seal ink and in emblems.
const SEAL_RED: i16 = 60;
/// Lines read with this confidence are not hidden by what lies on them.
const READ: f32 = 0.8;
/// Share of a line under a thing from which the line contradicts it, if it was read.
const UNDER: f32 = 0.4;

/// A thing on the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Cover {
    pub bounds: Rect,
    /// Share of the document's area.
    pub share: f32,
    /// `quality.stained` for a compact dark blotch, `quality.occluded` for anything else.
    pub code: FindingCode,
}

/// What lies on the text of an upright document, largest first.
pub fn covers(pixels: &RgbImage, lines: &[LineEvidence]) -> Vec<Cover> {
    let height = line_height(lines);
    let paper = paper_colour(pixels);
    let unlike = |x: u32, y: u32| {
        let rgb = pixels.get_pixel(x, y).0;
        rgb.iter().zip(paper).map(|(&a, b)| f32::from(a.abs_diff(b))).sum::<f32>() / 3.0 > UNLIKE_PAPER
    };
    let skin = |x: u32, y: u32| is_skin(pixels.get_pixel(x, y).0);
    let (w, h) = pixels.dimensions();
    let faces: Vec<Rect> = spots(w, h, |cell| share_in(pixels, cell, skin) > 0.6)
        .into_iter()
        .filter(|spot| !spot.at_edge && spot.cells.len() >= 3)
        .map(|spot| spot.bounds)
        .collect();
    let cell = w.max(h) as f32 / COVER_GRID as f32;
    let solid = spots_on(COVER_GRID, w, h, |cell| share_in(pixels, cell, unlike) >= SOLID);
    if solid.iter().map(|spot| spot.share).sum::<f32>() > MOST_COVERED {
        return Vec::new();
    }
    let things: Vec<Cover> = solid
        .into_iter()
        .filter(|spot| SHARES.contains(&spot.share))
        .filter(|spot| spot.bounds.width().min(spot.bounds.height()) + cell >= LEAST_LINES * height)
        .filter(|spot| {
            let near = spot.bounds.inflate(3.0 * cell, 3.0 * cell);
            !faces.iter().any(|face| near.intersection(*face).area() > 0.0)
        })
        .filter(|spot| !lines.iter().any(|line| line.confidence >= READ && contradicts(line, spot)))
        .filter(|spot| stands_in_text(&spot.bounds, lines))
        .filter_map(|spot| judge(pixels, &spot))
        .collect();
    if things.len() > MOST_THINGS { Vec::new() } else { things }
}

/// A line that was read though much of it is under the spot, or that is itself what is dark there.
fn contradicts(line: &LineEvidence, spot: &Spot) -> bool {
    let inside = spot.bounds.intersection(line.quad.bounds()).area();
    spot.share_of(&line.quad) > UNDER || inside > 0.5 * spot.bounds.area()
}

/// Whether `place` interrupts text: a line ends beside it in its own row, or, where it is wide, lines run
/// above and below it.
pub fn stands_in_text(place: &Rect, lines: &[LineEvidence]) -> bool {
    let height = line_height(lines);
    let reach = 2.5 * height;
    let beside = |line: &Rect| {
        let overlap = line.bottom.min(place.bottom) - line.top.max(place.top);
        let gap = (place.left - line.right).max(line.left - place.right);
        overlap >= 0.5 * line.height() && gap <= reach
    };
    let across = |line: &Rect| line.right.min(place.right) - line.left.max(place.left) > height;
    let bounds: Vec<Rect> = lines.iter().map(|line| line.quad.bounds()).collect();
    let above = || bounds.iter().any(|b| across(b) && (0.0..reach).contains(&(place.top - b.center().y)));
    let below = || bounds.iter().any(|b| across(b) && (0.0..reach).contains(&(b.center().y - place.bottom)));
    bounds.iter().any(beside) || (place.width() >= 3.0 * height && above() && below())
}

fn line_height(lines: &[LineEvidence]) -> f32 {
    let mut heights: Vec<f32> = lines.iter().map(|line| line.quad.height()).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or(0.0)
}

/// Median of each channel over a coarse raster: paper is most of a document.
fn paper_colour(pixels: &RgbImage) -> [u8; 3] {
    let step = (pixels.width().max(pixels.height()) / 200).max(1) as usize;
    let samples: Vec<[u8; 3]> = (0..pixels.height())
        .step_by(step)
        .flat_map(|y| (0..pixels.width()).step_by(step).map(move |x| pixels.get_pixel(x, y).0))
        .collect();
    std::array::from_fn(|channel| {
        let mut values: Vec<u8> = samples.iter().map(|rgb| rgb[channel]).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(255)
    })
}

/// Blotch or object; `None` for the solid parts of seals and emblems and for what only lines the rim.
fn judge(pixels: &RgbImage, spot: &Spot) -> Option<Cover> {
    let (w, h) = (spot.bounds.width().max(1.0), spot.bounds.height().max(1.0));
    let elongated = w.max(h) / w.min(h) >= ELONGATED;
    let centre = |cell: &Rect| {
        let p = cell.center();
        pixels.get_pixel((p.x as u32).min(pixels.width() - 1), (p.y as u32).min(pixels.height() - 1)).0
    };
    let red = spot
        .cells
        .iter()
        .map(centre)
        .filter(|&[r, g, b]| i16::from(r) - i16::from(g.max(b)) > SEAL_RED)
        .count();
    if !elongated && red * 2 > spot.cells.len() {
        return None;
    }
    // A bar that runs along the rim is a printed border or a strip of the desk.
    let margin = 0.08 * pixels.width().min(pixels.height()) as f32;
    let (right, bottom) = (pixels.width() as f32 - margin, pixels.height() as f32 - margin);
    let at_rim = spot.bounds.right < margin
        || spot.bounds.bottom < margin
        || spot.bounds.left > right
        || spot.bounds.top > bottom;
    let code =
        if elongated || spot.at_edge { FindingCode::QualityOccluded } else { FindingCode::QualityStained };
    (!at_rim).then_some(Cover { bounds: spot.bounds, share: spot.share, code })
}

impl Cover {
    /// Its place, in pixels of the document.
    pub fn quad(&self) -> Quad {
        Quad::from_rect(self.bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// Two columns of lines on white paper with something of `colour` between them.
    fn page(colour: [u8; 3], thing: Rect) -> (RgbImage, Vec<LineEvidence>) {
        let mut lines = Vec::new();
        for row in 0..8 {
            let y = 100.0 + row as f32 * 80.0;
            let quad = Quad::from_rect(Rect::new(100.0, y, 300.0, y + 30.0));
            lines.push(LineEvidence { quad, confidence: 0.95, symbols: 8 });
        }
        let pixels = RgbImage::from_fn(960, 960, |x, y| {
            let (fx, fy) = (x as f32, y as f32);
            let inside = fx >= thing.left && fx < thing.right && fy >= thing.top && fy < thing.bottom;
            let print = x % 12 < 4 && (100..300).contains(&x) && y % 80 < 30;
            Rgb(if inside {
                colour
            } else if print {
                [30; 3]
            } else {
                [240, 240, 236]
            })
        });
        (pixels, lines)
    }

    fn codes(colour: [u8; 3], thing: Rect) -> Vec<FindingCode> {
        let (pixels, lines) = page(colour, thing);
        covers(&pixels, &lines).into_iter().map(|cover| cover.code).collect()
    }

    #[test]
    fn a_pen_and_a_blotch_beside_a_label_are_told_apart() {
        let pen = Rect::new(320.0, 180.0, 900.0, 220.0);
        assert_eq!(codes([34, 34, 38], pen), [FindingCode::QualityOccluded]);
        assert_eq!(codes([58, 36, 19], Rect::new(330.0, 170.0, 420.0, 230.0)), [FindingCode::QualityStained]);
    }

    #[test]
    fn seals_shadows_and_things_away_from_text_are_no_covers() {
        let beside = Rect::new(330.0, 170.0, 420.0, 230.0);
        assert!(codes([210, 40, 40], beside).is_empty());
        assert!(codes([190, 190, 186], beside).is_empty());
        assert!(codes([34, 34, 38], Rect::new(700.0, 800.0, 800.0, 900.0)).is_empty());
    }
}
