//! The separate figures of print that stand in lines: digits, letters, and the parts of characters that do not touch.

use std::{collections::BTreeMap, ops::Range};

use image::{GrayImage, Luma, RgbImage};
use imageproc::region_labelling::{Connectivity, connected_components};

use crate::domain::{Quad, Rect};

use super::luma::{luma, quantile};

/// Rim of pixels that is kept around a figure, px: room to lay another one over it that stands a little aside, and whose
/// box is a pixel larger.
pub(super) const RIM: usize = 4;

/// Shares of a line's pixels that are darker than its ink and its paper at the most: the thinnest print still covers so much,
/// and leaves as much free.
const INK: f32 = 0.03;
const PAPER: f32 = 0.9;
/// The least difference of the two, steps of 8 bits: below it strokes drown in their noise.
const LEAST_CONTRAST: f32 = 25.0;
/// Longer side of a figure, shares of its line's height: without dots, and without what strokes joined across lines.
const LONGER: (f32, f32) = (0.3, 1.05);
/// Least sides of a figure, px: what is smaller looks alike by chance. A 1 of 5 px reached 1.85 of `copy_move`'s 1.9 in a
/// picture that nothing was done to.
const LEAST: (usize, usize) = (7, 10);
/// Height of a line below which no figure can be large enough, px.
const LOWEST: f32 = 12.0;

/// A figure, with the pixels around it.
pub(super) struct Glyph {
    /// Box around its ink, px of the picture.
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
    /// How many pixels are ink.
    pub ink: usize,
    /// The field that it is print of.
    pub field: Option<usize>,
    /// Luminance of the box and its [`RIM`], row by row.
    pub luma: Vec<f32>,
}

impl Glyph {
    /// Its box, pixels of the picture.
    pub fn place(&self) -> Rect {
        let (left, top) = (self.left as f32, self.top as f32);
        Rect::new(left, top, left + self.width as f32, top + self.height as f32)
    }

    /// Pixels in a row of `luma`.
    pub const fn stride(&self) -> usize {
        self.width + 2 * RIM
    }
}

/// The figures of `lines`, each with its field; what stands in several lines counts for the first.
pub(super) fn of_lines(pixels: &RgbImage, lines: impl Iterator<Item = (Option<usize>, Quad)>) -> Vec<Glyph> {
    let mut all: Vec<Glyph> = Vec::new();
    for (field, quad) in lines {
        for glyph in of_line(pixels, &quad, field) {
            let place = glyph.place();
            if all.iter().all(|other| other.place().intersection(place).area() == 0.0) {
                all.push(glyph);
            }
        }
    }
    all
}

fn of_line(pixels: &RgbImage, quad: &Quad, field: Option<usize>) -> Vec<Glyph> {
    let height = quad.height();
    let bounds = quad.bounds().inflate(2.0, 2.0);
    let side = |v: f32, most: u32| (v.max(0.0) as u32).min(most);
    let (left, top) = (side(bounds.left, pixels.width()), side(bounds.top, pixels.height()));
    let right = side(bounds.right.ceil(), pixels.width());
    let bottom = side(bounds.bottom.ceil(), pixels.height());
    if height < LOWEST || right <= left || bottom <= top {
        return Vec::new();
    }
    let all = luminance(pixels, left as usize..right as usize, top as usize..bottom as usize);
    let mut values = all.clone();
    let (Some(ink), Some(paper)) = (quantile(&mut values, INK), quantile(&mut values, PAPER)) else {
        return Vec::new();
    };
    if paper - ink < LEAST_CONTRAST {
        return Vec::new();
    }
    let (wide, high) = (right - left, bottom - top);
    let middle = f32::midpoint(ink, paper);
    let mask = GrayImage::from_fn(wide, high, |x, y| Luma([u8::from(all[(y * wide + x) as usize] < middle)]));
    let labels = connected_components(&mask, Connectivity::Eight, Luma([0]));
    // Left, top, right and bottom (the last pixel's), and how many.
    let mut boxes: BTreeMap<u32, ([u32; 4], usize)> = BTreeMap::new();
    for (x, y, label) in labels.enumerate_pixels().filter(|(.., label)| label.0[0] > 0) {
        let (edges, count) = boxes.entry(label.0[0]).or_insert(([x, y, x, y], 0));
        *edges = [edges[0].min(x), edges[1].min(y), edges[2].max(x), edges[3].max(y)];
        *count += 1;
    }
    boxes
        .into_values()
        .filter_map(|([x0, y0, x1, y1], ink)| {
            // What the line's box cuts is not whole.
            if x0 == 0 || y0 == 0 || x1 + 1 == wide || y1 + 1 == high {
                return None;
            }
            let (width, tall) = ((x1 - x0 + 1) as usize, (y1 - y0 + 1) as usize);
            let longer = width.max(tall) as f32 / height;
            let is_figure = width >= LEAST.0 && tall >= LEAST.1 && longer >= LONGER.0 && longer <= LONGER.1;
            let (left, top) = ((left + x0) as usize, (top + y0) as usize);
            let fits = left >= RIM
                && top >= RIM
                && left + width + RIM <= pixels.width() as usize
                && top + tall + RIM <= pixels.height() as usize;
            if !is_figure || !fits {
                return None;
            }
            let luma = luminance(pixels, left - RIM..left + width + RIM, top - RIM..top + tall + RIM);
            Some(Glyph { left, top, width, height: tall, ink, field, luma })
        })
        .collect()
}

/// Luminance (0 to 255) of some columns and rows of a picture, px, which must be in it; row by row.
fn luminance(pixels: &RgbImage, columns: Range<usize>, rows: Range<usize>) -> Vec<f32> {
    let stride = pixels.width() as usize * 3;
    let raw = pixels.as_raw();
    let mut values = Vec::with_capacity(columns.len() * rows.len());
    for y in rows {
        let row = raw[y * stride + columns.start * 3..y * stride + columns.end * 3].as_chunks::<3>().0;
        values.extend(row.iter().map(luma));
    }
    values
}
