//! Dark pictures made lighter for the networks, which were trained on paper that is nearly white.
//!
//! Only a gain is applied, the same for all colours of a place: ratios of densities, by which seals are told from ink,
//! stay what they are.

use image::{GenericImageView as _, Pixel as _, Rgb, RgbImage};

/// Brightness (8-bit luma) of paper below which it is made lighter. Paper in ordinary light has 150 and more, and what
/// the networks and the curves of confidence were fitted on is left untouched.
const DARK_PAPER: f32 = 120.0;
/// Brightness that dark paper is brought to: that of paper in good light, short of burning out what is lighter still.
const WANTED_PAPER: f32 = 215.0;
/// Highest gain: beyond it a sensor's noise is made into strokes.
const MOST_GAIN: f32 = 6.0;
/// Share of a place's pixels that are darker than its paper: print covers less than the half of a tile, and a percentile
/// below the highest leaves specks of light out.
const PAPER_PERCENTILE: f32 = 0.9;
/// Tiles along the longer side of a page: a shadow's edge is some centimetres wide.
const TILES: u32 = 10;

/// Makes the picture of one line lighter if its paper is dark.
pub fn lift_line(line: &mut RgbImage) {
    let mut lumas: Vec<u8> = line.pixels().map(luma).collect();
    if let Some(gain) = gain(paper(&mut lumas)) {
        line.pixels_mut().for_each(|pixel| *pixel = lifted(*pixel, gain));
    }
}

/// Makes those parts of a page lighter that lie in the dark.
pub fn lift_page(page: &mut RgbImage) {
    let (width, height) = page.dimensions();
    let tile = (width.max(height) / TILES).max(1);
    let (columns, rows) = (width.div_ceil(tile), height.div_ceil(tile));
    let mut levels = Vec::with_capacity((columns * rows) as usize);
    for row in 0..rows {
        for column in 0..columns {
            levels.push(paper_of_tile(page, column * tile, row * tile, tile));
        }
    }
    if levels.iter().all(|&level| gain(level).is_none()) {
        return;
    }
    // A tile that holds a portrait or a dark cloth takes the light of the paper beside it.
    let around = |column: u32, row: u32| {
        let near = |at: u32, count: u32| at.saturating_sub(1)..(at + 2).min(count);
        near(row, rows)
            .flat_map(|r| near(column, columns).map(move |c| (c, r)))
            .map(|(c, r)| levels[(r * columns + c) as usize])
            .fold(0.0, f32::max)
    };
    let gains: Vec<f32> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (column, row)))
        .map(|(column, row)| gain(around(column, row)).unwrap_or(1.0))
        .collect();
    let at = |column: u32, row: u32| gains[(row.min(rows - 1) * columns + column.min(columns - 1)) as usize];
    for (x, y, pixel) in page.enumerate_pixels_mut() {
        let (u, v) = (x as f32 / tile as f32 - 0.5, y as f32 / tile as f32 - 0.5);
        let (c, r) = (u.max(0.0) as u32, v.max(0.0) as u32);
        let (fu, fv) = ((u - c as f32).clamp(0.0, 1.0), (v - r as f32).clamp(0.0, 1.0));
        let above = at(c, r) * (1.0 - fu) + at(c + 1, r) * fu;
        let below = at(c, r + 1) * (1.0 - fu) + at(c + 1, r + 1) * fu;
        *pixel = lifted(*pixel, above * (1.0 - fv) + below * fv);
    }
}

/// `None` where the paper is light enough.
fn gain(paper: f32) -> Option<f32> {
    (paper < DARK_PAPER).then(|| (WANTED_PAPER / paper.max(1.0)).min(MOST_GAIN))
}

fn lifted(pixel: Rgb<u8>, gain: f32) -> Rgb<u8> {
    Rgb(pixel.0.map(|value| (f32::from(value) * gain).min(255.0) as u8))
}

fn luma(pixel: &Rgb<u8>) -> u8 {
    pixel.to_luma().0[0]
}

fn paper_of_tile(page: &RgbImage, left: u32, top: u32, tile: u32) -> f32 {
    let right = (left + tile).min(page.width());
    let bottom = (top + tile).min(page.height());
    let view = page.view(left, top, right - left, bottom - top);
    let mut lumas: Vec<u8> = view.pixels().map(|(_, _, pixel)| luma(&pixel)).collect();
    paper(&mut lumas)
}

fn paper(lumas: &mut [u8]) -> f32 {
    if lumas.is_empty() {
        return WANTED_PAPER;
    }
    let at = (PAPER_PERCENTILE * (lumas.len() - 1) as f32) as usize;
    f32::from(*lumas.select_nth_unstable(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stripes of ink on paper that is `left` bright on the left half and `right` on the right one.
    fn page(left: u8, right: u8) -> RgbImage {
        RgbImage::from_fn(800, 400, |x, y| {
            let paper = if x < 400 { left } else { right };
            Rgb([if y % 40 < 4 { paper / 4 } else { paper }; 3])
        })
    }

    #[test]
    fn paper_in_ordinary_light_is_left_as_it_is() {
        let mut lit = page(160, 240);
        lift_page(&mut lit);
        assert_eq!(lit, page(160, 240));
    }

    #[test]
    fn a_page_in_the_dark_becomes_light_and_keeps_its_contrast() {
        let mut dark = page(60, 60);
        lift_page(&mut dark);
        let (ink, paper) = (dark.get_pixel(100, 2).0[0], dark.get_pixel(100, 20).0[0]);
        assert!(paper > 200 && ink < 70, "{paper} {ink}");
    }

    #[test]
    fn only_the_dark_half_is_lifted() {
        let mut half = page(50, 220);
        lift_page(&mut half);
        assert!(half.get_pixel(20, 20).0[0] > 180);
        assert_eq!(half.get_pixel(780, 20).0[0], 220);
    }

    #[test]
    fn a_dark_line_is_lifted_and_a_black_one_is_not_made_white() {
        let mut line = RgbImage::from_pixel(200, 48, Rgb([80, 70, 60]));
        lift_line(&mut line);
        assert!(luma(line.get_pixel(3, 3)) > 200);
        let mut black = RgbImage::from_pixel(200, 48, Rgb([4; 3]));
        lift_line(&mut black);
        assert!(luma(black.get_pixel(3, 3)) < 30);
    }
}
