//! The ink layer: what stands on a sheet beyond what its blank prints.
//!
//! Where the blank is paper, every dark pixel is ink. Where it prints, ink is told by its colour, or,
//! on a rule, by strokes that come in on one side and go out on the other.

use std::ops::Range;

use image::GrayImage;

use crate::domain::Rect;

use super::{
    normalise,
    sheet::{Sheet, luma},
    template::Template,
};

/// What tells ink from paper and print. Darkness and chroma are shares of the paper's brightness.
#[derive(Debug, Clone, Copy)]
pub struct InkParams {
    /// Darkness from which a pixel is ink. Lower takes in shadows of the paper's grain and JPEG
    /// noise, higher loses the ends of light strokes.
    pub dark: f32,
    /// Darkness of the blank from which it prints.
    pub print: f32,
    /// How far around print its edges may lie: residual of the registration and blur.
    pub print_margin_mm: f32,
    /// Median chroma of the ink from which it is told from black print by its colour.
    pub coloured: f32,
    /// Shortest rule; the longest stroke of a printed character is shorter.
    pub rule_mm: f32,
    /// Smallest piece of ink: a dot of a fine pen.
    pub min_area_mm2: f32,
}

impl Default for InkParams {
    fn default() -> Self {
        Self {
            dark: 0.26,
            print: 0.16,
            print_margin_mm: 0.3,
            coloured: 0.14,
            rule_mm: 5.0,
            min_area_mm2: 0.09,
        }
    }
}

/// A connected piece of ink.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Pixels of the sheet.
    pub pixels: Vec<(u32, u32)>,
    /// Bounds in pixels of the sheet.
    pub bounds: Rect,
}

/// The ink of a sheet.
#[derive(Debug)]
pub struct InkLayer {
    pub px_per_mm: f32,
    /// The sheet on white paper in even light, print still on it.
    pub paper: GrayImage,
    pub pieces: Vec<Piece>,
}

const PAPER: u8 = 0;
const HORIZONTAL: u8 = 1;
const VERTICAL: u8 = 2;
const GLYPH: u8 = 4;

impl InkLayer {
    /// Separates the ink of `sheet` from what `template` prints.
    pub fn separate(sheet: &Sheet, template: &Template, params: &InkParams) -> Self {
        let white = normalise::whitened(&sheet.pixels, sheet.px_per_mm);
        let (width, height) = (white.width() as usize, white.height() as usize);
        let paper = luma(&white);
        let dark: Vec<f32> = paper.as_raw().iter().map(|&v| 1.0 - f32::from(v) / 255.0).collect();
        let chroma: Vec<f32> = white
            .pixels()
            .map(|p| {
                let [r, g, b] = p.0.map(f32::from);
                // Blue and violet inks are darker in red than in blue.
                (b - r.min(g)).max(0.0) / 255.0
            })
            .collect();
        let print = printed(template, sheet, width, height, params);
        let coloured = ink_chroma(&dark, &chroma, &print, params);
        let mut ink: Vec<bool> = (0..width * height)
            .map(|i| {
                dark[i] >= params.dark
                    && (print[i] == PAPER || coloured.is_some_and(|usual| chroma[i] >= usual * 0.5))
            })
            .collect();
        bridge(&mut ink, &dark, &print, width, height, params.dark);
        let min_px = (params.min_area_mm2 * sheet.px_per_mm * sheet.px_per_mm) as usize;
        Self { px_per_mm: sheet.px_per_mm, paper, pieces: pieces(&ink, width, height, min_px) }
    }

    /// A place of the sheet (pixels) as it is, in even light.
    pub fn place(&self, place: Rect) -> GrayImage {
        let clamp = |v: f32, limit: u32| v.clamp(0.0, limit as f32) as u32;
        let (width, height) = self.paper.dimensions();
        let (left, top) = (clamp(place.left, width), clamp(place.top, height));
        let (right, bottom) = (clamp(place.right, width), clamp(place.bottom, height));
        let size = (right.saturating_sub(left).max(1), bottom.saturating_sub(top).max(1));
        image::imageops::crop_imm(&self.paper, left, top, size.0, size.1).to_image()
    }

    /// The picture of some pieces alone on white paper, `place` of the sheet (pixels).
    pub fn picture(&self, pieces: &[&Piece], place: Rect) -> GrayImage {
        let (left, top) = (place.left.floor() as i64, place.top.floor() as i64);
        let (width, height) = (place.width().ceil().max(1.0) as u32, place.height().ceil().max(1.0) as u32);
        let mut out = GrayImage::from_pixel(width, height, image::Luma([255]));
        for piece in pieces {
            for &(x, y) in &piece.pixels {
                // The soft edge of a stroke lies one pixel beyond what is dark enough to be ink.
                for (dx, dy) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
                    let (sx, sy) = (i64::from(x) + dx, i64::from(y) + dy);
                    let (tx, ty) = (sx - left, sy - top);
                    if (0..i64::from(width)).contains(&tx) && (0..i64::from(height)).contains(&ty) {
                        let (sx, sy) = (sx.max(0) as u32, sy.max(0) as u32);
                        if let Some(value) = self.paper.get_pixel_checked(sx, sy) {
                            out.put_pixel(tx as u32, ty as u32, *value);
                        }
                    }
                }
            }
        }
        out
    }
}

/// What the blank prints at each pixel, grown by the margin.
fn printed(template: &Template, sheet: &Sheet, width: usize, height: usize, params: &InkParams) -> Vec<u8> {
    let dark = template.darkness(width as u32, height as u32);
    let print: Vec<bool> = dark.iter().map(|&v| v >= params.print).collect();
    let rule = (params.rule_mm * sheet.px_per_mm) as usize;
    let mut classes: Vec<u8> = print.iter().map(|&p| if p { GLYPH } else { PAPER }).collect();
    for y in 0..height {
        for run in runs(width, |x| print[y * width + x]).into_iter().filter(|run| run.len() >= rule) {
            run.for_each(|x| classes[y * width + x] = HORIZONTAL);
        }
    }
    let horizontal = classes.clone();
    for x in 0..width {
        for y in runs(height, |y| print[y * width + x]).into_iter().filter(|run| run.len() >= rule).flatten()
        {
            let is_crossing = horizontal[y * width + x] == HORIZONTAL;
            classes[y * width + x] = if is_crossing { HORIZONTAL | VERTICAL } else { VERTICAL };
        }
    }
    let margin = (params.print_margin_mm * sheet.px_per_mm).round() as usize;
    grow(&classes, width, height, margin)
}

/// The runs of indices below `length` for which `on` holds.
fn runs(length: usize, on: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for i in (0..length).filter(|&i| on(i)) {
        match runs.last_mut() {
            Some(run) if run.end == i => run.end = i + 1,
            _ => runs.push(i..i + 1),
        }
    }
    runs
}

/// Every class spread to the pixels within `margin`, rows first, then columns.
fn grow(classes: &[u8], width: usize, height: usize, margin: usize) -> Vec<u8> {
    let spread = |from: &[u8], outer: usize, inner: usize, outer_step: usize, inner_step: usize| {
        let mut out = vec![PAPER; from.len()];
        for o in 0..outer {
            for i in 0..inner {
                let class = from[o * outer_step + i * inner_step];
                if class != PAPER {
                    for k in i.saturating_sub(margin)..=(i + margin).min(inner - 1) {
                        out[o * outer_step + k * inner_step] |= class;
                    }
                }
            }
        }
        out
    };
    let rows = spread(classes, height, width, width, 1);
    spread(&rows, width, height, 1, width)
}

/// The usual chroma of the ink beside print, when it is coloured.
fn ink_chroma(dark: &[f32], chroma: &[f32], print: &[u8], params: &InkParams) -> Option<f32> {
    let mut seen: Vec<f32> = (0..dark.len())
        .step_by(3)
        .filter(|&i| print[i] == PAPER && dark[i] > params.dark * 1.5)
        .map(|i| chroma[i])
        .collect();
    if seen.len() < 50 {
        return None;
    }
    let middle = seen.len() / 2;
    let median = *seen.select_nth_unstable_by(middle, f32::total_cmp).1;
    (median >= params.coloured).then_some(median)
}

/// How far a slanting stroke may move sideways while it crosses a rule, px.
const SLANT_PX: isize = 3;

/// Gives back to the ink what a stroke covers of a rule: dark pixels of a rule's band with ink on both
/// sides of the band.
fn bridge(ink: &mut [bool], dark: &[f32], print: &[u8], width: usize, height: usize, least: f32) {
    let before = ink.to_vec();
    let is_ink = |x: isize, y: isize| {
        (0..width as isize).contains(&x)
            && (0..height as isize).contains(&y)
            && before[y as usize * width + x as usize]
    };
    let near = |x: isize, y: isize, along_x: bool| {
        (-SLANT_PX..=SLANT_PX).any(|d| if along_x { is_ink(x + d, y) } else { is_ink(x, y + d) })
    };
    // Bands of horizontal rules are crossed from above to below, of vertical ones from left to right.
    let mut bridge = |band: Range<usize>, crossed: bool, at: &dyn Fn(usize) -> usize| {
        if crossed && band.len() <= MAX_BAND_PX && band.clone().all(|i| dark[at(i)] >= least * 0.6) {
            for i in band {
                ink[at(i)] |= dark[at(i)] >= least;
            }
        }
    };
    for x in 0..width {
        for band in runs(height, |y| print[y * width + x] == HORIZONTAL) {
            let x_ = x as isize;
            let crossed = near(x_, band.start as isize - 1, true) && near(x_, band.end as isize, true);
            bridge(band, crossed, &|y| y * width + x);
        }
    }
    for y in 0..height {
        for band in runs(width, |x| print[y * width + x] == VERTICAL) {
            let y_ = y as isize;
            let crossed = near(band.start as isize - 1, y_, false) && near(band.end as isize, y_, false);
            bridge(band, crossed, &|x| y * width + x);
        }
    }
}

/// Widest band that is bridged, px: more than a rule with its margins.
const MAX_BAND_PX: usize = 14;

/// Connected pieces (eight neighbours) of at least `min_px` pixels.
fn pieces(ink: &[bool], width: usize, height: usize, min_px: usize) -> Vec<Piece> {
    let mut seen = vec![false; ink.len()];
    let mut found = Vec::new();
    for start in 0..ink.len() {
        if !ink[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let mut stack = vec![start];
        let mut pixels = Vec::new();
        while let Some(i) = stack.pop() {
            let (x, y) = (i % width, i / width);
            pixels.push((x as u32, y as u32));
            for ny in y.saturating_sub(1)..=(y + 1).min(height - 1) {
                for nx in x.saturating_sub(1)..=(x + 1).min(width - 1) {
                    let n = ny * width + nx;
                    if ink[n] && !seen[n] {
                        seen[n] = true;
                        stack.push(n);
                    }
                }
            }
        }
        if pixels.len() >= min_px.max(1) {
            let mut bounds = Rect::new(f32::MAX, f32::MAX, f32::MIN, f32::MIN);
            for &(x, y) in &pixels {
                let (x, y) = (x as f32, y as f32);
                bounds = bounds.union(Rect::new(x, y, x + 1.0, y + 1.0));
            }
            found.push(Piece { pixels, bounds });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_across_a_rule_stays_whole_and_the_rule_goes() {
        let (width, height) = (60, 40);
        let mut dark = vec![0.0; width * height];
        let mut print = vec![PAPER; width * height];
        for x in 0..width {
            for y in 18..22 {
                dark[y * width + x] = 0.8;
                print[y * width + x] = HORIZONTAL;
            }
        }
        for y in 5..35 {
            for x in 30..33 {
                dark[y * width + x] = 0.9;
            }
        }
        let mut ink: Vec<bool> = (0..dark.len()).map(|i| dark[i] > 0.3 && print[i] == PAPER).collect();
        bridge(&mut ink, &dark, &print, width, height, 0.3);
        let found = pieces(&ink, width, height, 5);
        assert_eq!(found.len(), 1);
        assert!((found[0].bounds.height() - 30.0).abs() < 0.1);
        assert!(found[0].bounds.width() < 12.0, "{:?}", found[0].bounds);
    }

    #[test]
    fn specks_are_dropped() {
        let mut ink = vec![false; 100];
        ink[5] = true;
        (40..48).for_each(|i| ink[i] = true);
        assert_eq!(pieces(&ink, 10, 10, 4).len(), 1);
    }
}
