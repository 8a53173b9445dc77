//! What the grain of a portrait says: printed dots and lines, skin without grain.

use std::sync::Arc;

use image::RgbImage;
use rustfft::{Fft, FftPlanner, num_complex::Complex};

use crate::domain::{Finding, FindingCode, Rect, Severity};

/// Limits of the measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextureParams {
    /// Height of a peak of the spectrum over its surroundings: printed dots and lines repeat. Generated portraits reach
    /// 6.5 whatever their compression, size and sharpening; prints begin at 36.
    pub max_peak: f32,
    /// Grain of the skin over that of everything else which is neither white nor black. Generated portraits have 0.86 and
    /// more, smoothed ones 0.27 to 0.66; it was not measured on retouched photos of real people.
    pub min_skin_grain: f32,
}

impl Default for TextureParams {
    fn default() -> Self {
        Self { max_peak: 18.0, min_skin_grain: 0.72 }
    }
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Texture {
    pub peak: f32,
    /// `None` where too little of the picture has grain that could be compared.
    pub skin_grain: Option<f32>,
}

impl Texture {
    /// Measures a portrait with its face, in pixels of the picture.
    pub fn measure(picture: &RgbImage, face: Rect) -> Self {
        let grey = Grey::of(picture);
        Self { peak: spectrum_peak(&grey), skin_grain: skin_grain(picture, &grey, face) }
    }

    /// The findings that the measures call for.
    pub fn judge(&self, params: &TextureParams) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.peak > params.max_peak {
            let finding = Finding::new(
                FindingCode::PhotoRephotographed,
                Severity::Review,
                "照片疑似翻拍自证件或印刷品",
                "The photo looks like a picture of a printed photo",
            );
            found.push(finding.with_evidence("spectrum_peak", f64::from(self.peak)));
        }
        // The dots of a print are no grain of the skin.
        let grain = self.skin_grain.filter(|&grain| found.is_empty() && grain < params.min_skin_grain);
        if let Some(grain) = grain {
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

/// Distance from the axes within which edges of the picture itself make a ridge: there a frequency is held against
/// others on the ridge only.
const AXIS: i64 = 2;

/// JPEG's blocks repeat with these multiples along the axes.
const BLOCK_FREQUENCY: i64 = WINDOW as i64 / 8;

/// Highest peak of the summed spectrum over the mean of its surroundings; zero for pictures smaller than a window.
fn spectrum_peak(grey: &Grey) -> f32 {
    let power = power_spectrum(grey);
    let at = |x: i64, y: i64| {
        let wrap = |v: i64| v.rem_euclid(WINDOW as i64) as usize;
        power[wrap(y) * WINDOW + wrap(x)]
    };
    let is_block = |v: i64| (v + 1).rem_euclid(BLOCK_FREQUENCY) <= 2;
    let mut best = 0.0_f32;
    for y in 0..=*FREQUENCIES.end() {
        for x in -FREQUENCIES.end()..=*FREQUENCIES.end() {
            let radius = ((x * x + y * y) as f32).sqrt() as i64;
            let (on_x, on_y) = (y.abs() <= AXIS, x.abs() <= AXIS);
            if !FREQUENCIES.contains(&radius) || on_x && is_block(x) || on_y && is_block(y) {
                continue;
            }
            let (mut sum, mut count) = (0.0, 0.0);
            for dy in -AROUND..=AROUND {
                for dx in -AROUND..=AROUND {
                    let (nx, ny) = (x + dx, y + dy);
                    let is_far = dx.abs() > OWN || dy.abs() > OWN;
                    let same_ridge = (ny.abs() <= AXIS) == on_x && (nx.abs() <= AXIS) == on_y;
                    if is_far && same_ridge {
                        sum += at(nx, ny);
                        count += 1.0;
                    }
                }
            }
            best = best.max(at(x, y) * count / sum.max(1e-3));
        }
    }
    best
}

/// A peak's own width, and how far around it is looked, in cycles a window.
const OWN: i64 = 2;
const AROUND: i64 = 5;

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

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    const FACE: Rect = Rect { left: 100.0, top: 120.0, right: 250.0, bottom: 330.0 };

    /// A skin-coloured face before a dark cloth, with grain of that strength on either.
    fn portrait(on_skin: i32, dots: f32) -> RgbImage {
        let mut state = 1_u32;
        RgbImage::from_fn(350, 490, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (state >> 28) as i32 - 8;
            let skin = FACE.contains(crate::domain::Point::new(x as f32, y as f32));
            let tone = |base: i32, strength: i32| {
                let wave = (x as f32 * 1.3 + y as f32 * 0.4).cos() * (y as f32 * 1.3 - x as f32 * 0.4).cos();
                (base + grain * strength / 4 + (wave * dots) as i32).clamp(0, 255) as u8
            };
            if skin {
                Rgb([tone(205, on_skin), tone(160, on_skin), tone(130, on_skin)])
            } else {
                Rgb([tone(90, 4); 3])
            }
        })
    }

    fn codes(picture: &RgbImage) -> Vec<FindingCode> {
        let found = Texture::measure(picture, FACE).judge(&TextureParams::default());
        found.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn even_grain_passes_and_smoothed_skin_does_not() {
        assert_eq!(codes(&portrait(4, 0.0)), []);
        assert_eq!(codes(&portrait(1, 0.0)), [FindingCode::PhotoRetouched]);
    }

    #[test]
    fn printed_dots_are_seen() {
        assert_eq!(codes(&portrait(4, 14.0)), [FindingCode::PhotoRephotographed]);
    }

    #[test]
    fn small_pictures_are_not_judged() {
        let measured = Texture::measure(&RgbImage::new(20, 20), FACE);
        assert_eq!((measured.peak, measured.skin_grain), (0.0, None));
    }
}
