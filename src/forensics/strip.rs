//! Strips of a sheet around its entries, as the traces network sees them.

use image::RgbImage;

use crate::{
    domain::Rect,
    forms::{normalise, sheet::Sheet},
    inference::Tensor,
};

/// Paper around an entry that is looked at with it, in mm: what was written above it or has run out of
/// it, and paper to compare with.
const MARGIN_MM: f32 = 3.0;
/// Sides of a strip are multiples of this, px: the network halves them three times.
const STEP: u32 = 16;

/// A sheet prepared for looking at strips of it.
pub struct Evened {
    /// In even light, paper at three quarters of full brightness.
    pub pixels: RgbImage,
    /// How dark the blank is at each pixel, 0 to 255.
    pub blank: Vec<u8>,
    pub px_per_mm: f32,
}

/// A part of a sheet in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strip {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Evened {
    /// `blank` is how dark the sheet's blank is at each of its pixels, 0 to 1.
    pub fn new(sheet: &Sheet, blank: &[f32]) -> Self {
        let pixels = normalise::evened(&sheet.pixels, sheet.px_per_mm);
        let blank = blank.iter().map(|&v| (v * 255.0) as u8).collect();
        Self { pixels, blank, px_per_mm: sheet.px_per_mm }
    }

    /// The strip around a place; `None` when the sheet is smaller than that.
    pub fn strip(&self, place: Rect) -> Option<Strip> {
        let (width, height) = self.pixels.dimensions();
        let margin = MARGIN_MM * self.px_per_mm;
        let fitted = |from: f32, to: f32, limit: u32| {
            let length = ((to - from + 2.0 * margin).max(1.0).ceil() as u32).next_multiple_of(STEP);
            let length = length.min(limit / STEP * STEP);
            let start = ((from - margin).max(0.0) as u32).min(limit - length);
            (length > 0).then_some((start, length))
        };
        let (x, width) = fitted(place.left, place.right, width)?;
        let (y, height) = fitted(place.top, place.bottom, height)?;
        Some(Strip { x, y, width, height })
    }

    /// The network's input for a strip: `[1, 4, height, width]`, red, green, blue and the blank's
    /// darkness, each 0 to 1.
    pub fn tensor(&self, strip: Strip) -> Tensor {
        let (w, h) = (strip.width as usize, strip.height as usize);
        let (x0, y0) = (strip.x as usize, strip.y as usize);
        let (page_w, raw) = (self.pixels.width() as usize, self.pixels.as_raw());
        let mut values = Vec::with_capacity(4 * w * h);
        for channel in 0..4 {
            for y in 0..h {
                let row = (y0 + y) * page_w + x0;
                values.extend((row..row + w).map(|i| {
                    let value = if channel < 3 { raw[i * 3 + channel] } else { self.blank[i] };
                    f32::from(value) / 255.0
                }));
            }
        }
        Tensor::new(vec![1, 4, h, w], values)
    }
}
