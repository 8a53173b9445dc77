//! Reflections: spots that are burnt out while the paper around them is not.

use image::RgbImage;

use super::spots::{Spot, spots};

/// Every channel at least this bright: no print is left.
const BURNT: u8 = 250;
/// Paper whose own median is this bright is white paper; a burnt spot cannot be told from it.
const WHITE_PAPER: f32 = 243.0;
/// Smallest spot, as a share of the document, that is more than a highlight on an embossed letter.
const LEAST_SHARE: f32 = 0.002;

/// Burnt-out spots; empty on white paper, where nothing can be said.
pub(super) fn find(pixels: &RgbImage, paper: f32) -> Vec<Spot> {
    if paper > WHITE_PAPER {
        return Vec::new();
    }
    let burnt = |x: u32, y: u32| pixels.get_pixel(x, y).0.iter().all(|&v| v >= BURNT);
    let mut found = spots(pixels.width(), pixels.height(), |cell| share_in(pixels, cell, burnt) > 0.7);
    found.retain(|spot| spot.share >= LEAST_SHARE);
    found
}

/// Share of a cell's pixels, every second one, for which `is` holds.
pub(super) fn share_in(pixels: &RgbImage, cell: &crate::domain::Rect, is: impl Fn(u32, u32) -> bool) -> f32 {
    let (mut hits, mut all) = (0_u32, 0_u32);
    for y in (cell.top as u32..(cell.bottom as u32).min(pixels.height())).step_by(2) {
        for x in (cell.left as u32..(cell.right as u32).min(pixels.width())).step_by(2) {
            all += 1;
            hits += u32::from(is(x, y));
        }
    }
    if all == 0 { 0.0 } else { hits as f32 / all as f32 }
}
