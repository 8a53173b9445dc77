//! What the grain of a portrait says: printed dots, a photo of a small print, skin without grain.

use std::sync::Arc;

use image::RgbImage;
use rustfft::{Fft, FftPlanner, num_complex::Complex};

use crate::domain::{Finding, FindingCode, Rect, Severity};

/// Limits of the measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextureParams {
    /// Height of a peak of the spectrum over its surroundings: printed dots and lines repeat.
    pub max_peak: f32,
    /// Widths of the steepest edges, in pixels of a picture 300 pixels wide: a small print taken with a camera is soft.
    pub max_edge_px: f32,
    /// Grain of the skin over that of everything else which is neither white nor black.
    pub min_skin_grain: f32,
}

impl Default for TextureParams {
    fn default() -> Self {
        Self { max_peak: 40.0, max_edge_px: 3.2, min_skin_grain: 0.45 }
    }
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Texture {
    pub peak: f32,
    pub edge_px: f32,
    /// `None` where too little of the picture has grain that could be compared.
    pub skin_grain: Option<f32>,
}

impl Texture {
    /// Measures a portrait with its face, in pixels of the picture.
    pub fn measure(picture: &RgbImage, face: Rect) -> Self {
        let grey = Grey::of(picture);
        Self {
            peak: spectrum_peak(&grey),
            edge_px: edge_width(&grey),
            skin_grain: skin_grain(picture, &grey, face),
        }
    }

    /// The findings that the measures call for.
    pub fn judge(&self, params: &TextureParams) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.peak > params.max_peak || self.edge_px > params.max_edge_px {
            let finding = Finding::new(
                FindingCode::PhotoRephotographed,
                Severity::Review,
                "照片疑似翻拍自证件或印刷品",
                "The photo looks like a picture of a printed photo",
            );
            found.push(
                finding
                    .with_evidence("spectrum_peak", f64::from(self.peak))
                    .with_evidence("edge_px", f64::from(self.edge_px)),
            );
        }
        if let Some(grain) = self.skin_grain.filter(|&grain| grain < params.min_skin_grain) {
            let finding = Finding::new(
                FindingCode::PhotoRetouched,
                Severity::Review,
                "照片疑似过度美颜修饰",
                "The skin looks smoothed",
            );
            found.push(finding.with_evidence("skin_grain", f64::from(grain)));
        }
        found
    }
}

/// Luminance in rows.
struct Grey {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Grey {
    fn of(picture: &RgbImage) -> Self {
        let luminance = |p: &image::Rgb<u8>| {
            0.299 * f32::from(p.0[0]) + 0.587 * f32::from(p.0[1]) + 0.114 * f32::from(p.0[2])
        };
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            values: picture.pixels().map(luminance).collect(),
        }
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.width + x]
    }
}

/// Side of the windows whose spectra are added up.
const WINDOW: usize = 128;

/// Frequencies looked at, in cycles a window: below are shapes, above is the grid's corner.
const FREQUENCIES: std::ops::RangeInclusive<i64> = 9..=60;

/// Distance from the axes within which a frequency is one of the picture's and JPEG's own edges.
const AXIS: i64 = 2;

/// Highest peak of the summed spectrum over the mean of its surroundings; zero for pictures smaller than a window.
fn spectrum_peak(grey: &Grey) -> f32 {
    let power = power_spectrum(grey);
    let at = |x: i64, y: i64| {
        let wrap = |v: i64| v.rem_euclid(WINDOW as i64) as usize;
        power[wrap(y) * WINDOW + wrap(x)]
    };
    let mut best = 0.0_f32;
    for y in 0..=*FREQUENCIES.end() {
        for x in -FREQUENCIES.end()..=*FREQUENCIES.end() {
            let radius = ((x * x + y * y) as f32).sqrt() as i64;
            if x.abs() <= AXIS || y.abs() <= AXIS || !FREQUENCIES.contains(&radius) {
                continue;
            }
            let value = at(x, y);
            let (mut sum, mut count) = (0.0, 0.0);
            for dy in -4..=4_i64 {
                for dx in -4..=4_i64 {
                    if (dx.abs() > 2 || dy.abs() > 2) && (x + dx).abs() > 1 && (y + dy).abs() > 1 {
                        sum += at(x + dx, y + dy);
                        count += 1.0;
                    }
                }
            }
            best = best.max(value * count / sum.max(1e-3));
        }
    }
    best
}

fn power_spectrum(grey: &Grey) -> Vec<f32> {
    let mut power = vec![0.0_f32; WINDOW * WINDOW];
    let fft = FftPlanner::new().plan_fft_forward(WINDOW);
    let hann: Vec<f32> = (0..WINDOW)
        .map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * (i as f32 + 0.5) / WINDOW as f32).cos())
        .collect();
    let step = WINDOW / 2;
    for top in (0..=grey.height.saturating_sub(WINDOW)).step_by(step) {
        for left in (0..=grey.width.saturating_sub(WINDOW)).step_by(step) {
            if top + WINDOW > grey.height || left + WINDOW > grey.width {
                continue;
            }
            let mut block: Vec<Complex<f32>> = Vec::with_capacity(WINDOW * WINDOW);
            for y in 0..WINDOW {
                for x in 0..WINDOW {
                    block.push(Complex::new(grey.at(left + x, top + y), 0.0));
                }
            }
            let mean = block.iter().map(|value| value.re).sum::<f32>() / block.len() as f32;
            for y in 0..WINDOW {
                for x in 0..WINDOW {
                    let value = &mut block[y * WINDOW + x];
                    value.re = (value.re - mean) * hann[x] * hann[y];
                }
            }
            transform(&mut block, &fft);
            for (sum, value) in power.iter_mut().zip(&block) {
                *sum += value.norm_sqr();
            }
        }
    }
    power
}

/// Two-dimensional transform; the result is transposed, which does not matter to peaks.
fn transform(block: &mut [Complex<f32>], fft: &Arc<dyn Fft<f32>>) {
    for row in block.chunks_exact_mut(WINDOW) {
        fft.process(row);
    }
    for y in 0..WINDOW {
        for x in y + 1..WINDOW {
            block.swap(y * WINDOW + x, x * WINDOW + y);
        }
    }
    for row in block.chunks_exact_mut(WINDOW) {
        fft.process(row);
    }
}

/// Width of a picture to which widths of edges are brought.
const EDGE_WIDTH_PX: f32 = 300.0;

/// Least height of an edge, of 255.
const EDGE_STEP: f32 = 60.0;

/// Width of the sharpest tenth of the strong horizontal transitions, at [`EDGE_WIDTH_PX`]: their height over their
/// steepest step.
fn edge_width(grey: &Grey) -> f32 {
    let reach = (grey.width as f32 / EDGE_WIDTH_PX * 6.0).ceil() as usize;
    let mut widths = Vec::new();
    for y in (0..grey.height).step_by(2) {
        let row = &grey.values[y * grey.width..(y + 1) * grey.width];
        let mut x = reach;
        while x + reach < grey.width {
            let (left, right) = (row[x - reach], row[x + reach]);
            let height = (right - left).abs();
            if height >= EDGE_STEP {
                let span = &row[x - reach..=x + reach];
                let steepest = span.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
                widths.push(height / steepest.max(1.0));
                x += reach;
            } else {
                x += 1;
            }
        }
    }
    if widths.is_empty() {
        return 0.0;
    }
    let at = widths.len() / 10;
    let sharp = *widths.select_nth_unstable_by(at, f32::total_cmp).1;
    sharp * EDGE_WIDTH_PX / grey.width.max(1) as f32
}

/// Pixels that must take part on either side.
const MIN_GRAIN_PIXELS: usize = 400;

/// Levels between which a sensor's grain is not clipped.
const GRAINY: std::ops::Range<f32> = 25.0..225.0;

/// Local contrast above which a pixel lies on an edge.
const FLAT: f32 = 24.0;

/// Median of the skin's grain over that of the other tones.
fn skin_grain(picture: &RgbImage, grey: &Grey, face: Rect) -> Option<f32> {
    let (mut skin, mut other) = (Vec::new(), Vec::new());
    for y in 1..grey.height.saturating_sub(1) {
        for x in 1..grey.width.saturating_sub(1) {
            let value = grey.at(x, y);
            if !GRAINY.contains(&value) {
                continue;
            }
            let around = [grey.at(x - 1, y), grey.at(x + 1, y), grey.at(x, y - 1), grey.at(x, y + 1)];
            let (low, high) = around.iter().fold((255.0_f32, 0.0_f32), |(l, h), &v| (l.min(v), h.max(v)));
            if high - low > FLAT {
                continue;
            }
            let grain = (value - around.iter().sum::<f32>() / 4.0).abs();
            let in_face = face.contains(crate::domain::Point::new(x as f32, y as f32));
            if in_face && is_skin(picture.get_pixel(x as u32, y as u32).0) {
                skin.push(grain);
            } else if !in_face {
                other.push(grain);
            }
        }
    }
    if skin.len() < MIN_GRAIN_PIXELS || other.len() < MIN_GRAIN_PIXELS {
        return None;
    }
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    Some(mean(&skin) / mean(&other).max(0.2))
}

/// Skin under any light that leaves a portrait's colours right: red over green over blue.
fn is_skin([r, g, b]: [u8; 3]) -> bool {
    let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
    r > 90 && r - b > 15 && r > g && g >= b - 6
}
