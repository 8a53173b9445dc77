//! Black-and-white copies: paper whose print has no colour where the original's has.
//!
//! Light and cameras tint a copy evenly, so colour is measured against the paper around it: what is left is the ink's.

use image::{GenericImageView as _, RgbImage};

use super::Verdict;
use crate::imaging::shrink;

/// Longer side in pixels of the picture that is measured. Small, so that noise and the half-resolution colour of JPEG
/// average out; a seal, an emblem or a portrait is still many pixels wide.
const SIDE_PX: u32 = 480;
/// Tiles along the longer side for the colour of the paper around. A tile must be wider than a seal's stroke and
/// narrower than a change of light.
const TILES: u32 = 12;
/// Share of a tile's pixels that are darker than its paper.
const PAPER_PERCENTILE: f32 = 0.85;
/// Share of all pixels that must be as colourful as the measure says: a seal's ring is a few thousandths of a page.
const COLOURFUL_SHARE: f32 = 0.003;
/// Paper darker than this (8-bit) is in the shade or black: its colour is noise.
const DARKEST_PAPER: f32 = 50.0;
/// Colour below which a page is a copy. Of 137 generated originals each had 0.24 and more, and the same pictures without
/// colour, under warm light and with noise, at most 0.15; higher takes faded originals for copies.
const THRESHOLD: f32 = 0.185;

/// Judges an upright document of a kind whose originals have colour.
pub fn judge(document: &RgbImage) -> Verdict {
    match colour(document) {
        None => Verdict::NotJudged("no_paper"),
        Some(colour) => Verdict::measured(colour, colour < THRESHOLD, THRESHOLD),
    }
}

/// How colourful the most colourful [`COLOURFUL_SHARE`] of the print is at least, 0 to 1 of the paper around it.
fn colour(document: &RgbImage) -> Option<f32> {
    let longer = document.width().max(document.height()).max(1);
    let scale = (SIDE_PX as f32 / longer as f32).min(1.0);
    let (width, height) = (
        ((document.width() as f32 * scale) as u32).max(1),
        ((document.height() as f32 * scale) as u32).max(1),
    );
    let small = shrink(document, width, height);
    let tile = (width.max(height) / TILES).max(4);
    let columns = width.div_ceil(tile);
    let paper: Vec<[f32; 3]> = (0..height.div_ceil(tile))
        .flat_map(|row| (0..columns).map(move |column| (column, row)))
        .map(|(column, row)| paper_of(&small, (column * tile, row * tile), tile))
        .collect();
    let mut colours: Vec<f32> = small
        .enumerate_pixels()
        .filter_map(|(x, y, pixel)| {
            let paper = paper.get(((y / tile) * columns + x / tile) as usize)?;
            if paper.iter().copied().fold(f32::INFINITY, f32::min) < DARKEST_PAPER {
                return None;
            }
            let share: [f32; 3] = std::array::from_fn(|c| (f32::from(pixel[c]) / paper[c]).min(1.0));
            let most = share.iter().copied().fold(0.0, f32::max);
            let least = share.iter().copied().fold(1.0, f32::min);
            Some(most - least)
        })
        .collect();
    // Half of a document that lies in the dark leaves too little to say that colour is absent.
    if colours.len() * 2 < (width * height) as usize || colours.is_empty() {
        return None;
    }
    let at = ((1.0 - COLOURFUL_SHARE) * (colours.len() - 1) as f32) as usize;
    let (_, &mut value, _) = colours.select_nth_unstable_by(at, f32::total_cmp);
    Some(value)
}

/// The paper's colour in one tile: each channel's own percentile.
fn paper_of(picture: &RgbImage, (left, top): (u32, u32), tile: u32) -> [f32; 3] {
    let right = (left + tile).min(picture.width());
    let bottom = (top + tile).min(picture.height());
    let mut channels: [Vec<u8>; 3] = Default::default();
    for (_, _, pixel) in picture.view(left, top, right - left, bottom - top).pixels() {
        for (channel, value) in channels.iter_mut().zip(pixel.0) {
            channel.push(value);
        }
    }
    channels.map(|mut values| {
        let at = (PAPER_PERCENTILE * values.len().saturating_sub(1) as f32) as usize;
        if values.is_empty() { 0.0 } else { f32::from(*values.select_nth_unstable(at).1) }
    })
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// Paper in `light` with a frame of ink that is `ink` of the light.
    fn page(light: [f32; 3], ink: [f32; 3]) -> RgbImage {
        RgbImage::from_fn(900, 600, |x, y| {
            let is_ink = (300..330).contains(&x) && (100..500).contains(&y);
            // A slow change of light across the page.
            let level = 0.7 + 0.3 * x as f32 / 900.0;
            Rgb(std::array::from_fn(|c| (light[c] * level * if is_ink { ink[c] } else { 1.0 }) as u8))
        })
    }

    #[test]
    fn a_red_line_is_an_original() {
        assert!(matches!(judge(&page([235.0, 230.0, 220.0], [0.8, 0.2, 0.2])), Verdict::Clear { .. }));
    }

    #[test]
    fn warm_light_does_not_make_a_copy_colourful() {
        assert!(matches!(judge(&page([240.0, 210.0, 160.0], [0.3; 3])), Verdict::Found { .. }));
    }

    #[test]
    fn a_dark_picture_is_not_judged() {
        assert_eq!(judge(&page([40.0; 3], [0.3; 3])), Verdict::NotJudged("no_paper"));
    }
}
