//! A white, even background without a seam around the person.

use image::{RgbImage, imageops};

use crate::domain::{Finding, FindingCode, Point, Rect, Severity};

/// What counts as white and even. Levels are of 255.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackgroundParams {
    /// Luminance of the background (median). A white wall in a phone's picture has 190 to 225 and looks grey beside a
    /// studio's white; lower lets it pass.
    pub min_luminance: f32,
    /// Difference of its largest and smallest channel (median). Warm light leaves 10.
    pub max_chroma: f32,
    /// Difference of the lightest and darkest part of it: shadows and gradients.
    pub max_spread: f32,
    /// Share of its pixels that differ from the rest.
    pub max_outliers: f32,
    /// Share of the outline that has a colour which neither the person nor the background has.
    pub max_seam: f32,
}

impl Default for BackgroundParams {
    fn default() -> Self {
        Self { min_luminance: 228.0, max_chroma: 14.0, max_spread: 20.0, max_outliers: 0.1, max_seam: 0.3 }
    }
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Background {
    pub luminance: f32,
    pub chroma: f32,
    pub spread: f32,
    pub outliers: f32,
    pub seam: f32,
}

/// Width at which the background is looked at: finer detail is noise.
const WIDTH_PX: u32 = 250;

/// Strips of the picture that are background: its top, and its sides down to the chin; shares of height and width.
const TOP: f32 = 0.06;
const SIDE: f32 = 0.07;

/// Where the sides end when no face says where the chin is.
const NO_FACE_BOTTOM: f32 = 0.45;

/// Distance from the median colour at which a pixel is no background.
const OUTLIER: f32 = 26.0;

/// How far head and hair reach beyond the face, in its heights: to the sides, above, below.
const HEAD: (f32, f32, f32) = (0.4, 0.6, 0.3);

/// Pixels of the strip without which nothing is said about the background.
const MIN_STRIP: usize = 600;

/// The head in the small picture.
fn head_around(face: Rect, scale: f32) -> Rect {
    let h = face.height();
    let [left, right] = [face.left - HEAD.0 * h, face.right + HEAD.0 * h].map(|x| x * scale);
    Rect::new(left, (face.top - HEAD.1 * h) * scale, right, (face.bottom + HEAD.2 * h) * scale)
}

/// Parts along the strip whose medians are compared for evenness.
const PARTS: usize = 16;

impl Background {
    /// Measures the background of a portrait; `face` in pixels of the picture.
    /// `None` when the person fills it.
    pub fn measure(picture: &RgbImage, face: Option<Rect>) -> Option<Self> {
        let scale = WIDTH_PX as f32 / picture.width().max(1) as f32;
        let height = ((picture.height() as f32 * scale) as u32).max(1);
        let small = imageops::thumbnail(picture, WIDTH_PX, height);
        let chin = face.map_or(NO_FACE_BOTTOM, |face| face.bottom / picture.height().max(1) as f32);
        let head = face.map(|face| head_around(face, scale));
        let strip = strip(&small, chin.clamp(0.2, 0.7), head);
        if strip.len() < MIN_STRIP {
            return None;
        }
        let median =
            [0, 1, 2].map(|channel| middle(strip.iter().map(|pixel| f32::from(pixel[channel])).collect()));
        let parts: Vec<f32> = strip
            .chunks(strip.len().div_ceil(PARTS).max(1))
            .map(|part| middle(part.iter().map(|&pixel| luminance(pixel.map(f32::from))).collect()))
            .collect();
        let (low, high) =
            parts.iter().fold((255.0_f32, 0.0_f32), |(low, high), &part| (low.min(part), high.max(part)));
        let is_outlier = |pixel: &&[u8; 3]| distance(pixel.map(f32::from), median) > OUTLIER;
        let outliers = strip.iter().filter(is_outlier).count() as f32 / strip.len().max(1) as f32;
        Some(Self {
            luminance: luminance(median),
            chroma: chroma(median),
            spread: high - low,
            outliers,
            seam: seam(&small, median),
        })
    }

    /// The finding that the measures call for.
    pub fn judge(&self, params: &BackgroundParams) -> Option<Finding> {
        let mut faults = Vec::new();
        if self.luminance < params.min_luminance || self.chroma > params.max_chroma {
            faults.push(("colour", "不是白色", "it is not white"));
        }
        if self.spread > params.max_spread || self.outliers > params.max_outliers {
            faults.push(("evenness", "不均匀或有阴影", "it is uneven or in shadow"));
        }
        if self.seam > params.max_seam {
            faults.push(("seam", "人像边缘有抠图痕迹", "the outline shows that it was replaced"));
        }
        if faults.is_empty() {
            return None;
        }
        let zh: Vec<&str> = faults.iter().map(|fault| fault.1).collect();
        let en: Vec<&str> = faults.iter().map(|fault| fault.2).collect();
        let finding = Finding::new(
            FindingCode::PhotoBackground,
            Severity::Review,
            format!("照片背景不符合要求：{}", zh.join("、")),
            format!("The photo's background is not as it must be: {}", en.join(", ")),
        );
        Some(
            finding
                .with_evidence("faults", faults.iter().map(|fault| fault.0).collect::<Vec<_>>())
                .with_evidence("luminance", f64::from(self.luminance))
                .with_evidence("chroma", f64::from(self.chroma))
                .with_evidence("spread", f64::from(self.spread))
                .with_evidence("outliers", f64::from(self.outliers))
                .with_evidence("seam", f64::from(self.seam)),
        )
    }
}

/// The pixels along the left side upwards, the top, and the right side downwards.
fn strip(small: &RgbImage, chin: f32, head: Option<Rect>) -> Vec<[u8; 3]> {
    let (w, h) = small.dimensions();
    let (side, top, bottom) =
        ((w as f32 * SIDE) as u32, ((h as f32 * TOP) as u32).max(1), (h as f32 * chin) as u32);
    let left = (top..bottom).rev().flat_map(|y| (0..side).map(move |x| (x, y)));
    let above = (0..w).flat_map(|x| (0..top).map(move |y| (x, y)));
    let right = (top..bottom).flat_map(|y| (w - side..w).map(move |x| (x, y)));
    let is_head = |x: u32, y: u32| head.is_some_and(|head| head.contains(Point::new(x as f32, y as f32)));
    left.chain(above)
        .chain(right)
        .filter(|&(x, y)| !is_head(x, y))
        .map(|(x, y)| small.get_pixel(x, y).0)
        .collect()
}

/// Pixels of the small picture from the background into the person within which the outline's own colour is looked for.
const SEAM_REACH: i64 = 3;

/// How much more colour a seam has than what lies at both of its sides.
const SEAM_CHROMA: f32 = 22.0;

/// Share of outline pixels with a colour of their own.
fn seam(small: &RgbImage, ground: [f32; 3]) -> f32 {
    let (w, h) = (i64::from(small.width()), i64::from(small.height()));
    let at = |x: i64, y: i64| small.get_pixel(x as u32, y as u32).0.map(f32::from);
    let is_ground = |x: i64, y: i64| distance(at(x, y), ground) <= OUTLIER;
    let (mut outline, mut coloured) = (0_u32, 0_u32);
    let ground_chroma = chroma(ground);
    for y in 0..h * 3 / 4 {
        // From both sides inwards to where the background ends.
        for (start, step) in [(0, 1), (w - 1, -1)] {
            let mut x = start;
            let mut run = 0;
            while (0..w).contains(&x) && is_ground(x, y) {
                x += step;
                run += 1;
            }
            let deep = x + step * (SEAM_REACH + 3);
            if run < 4 || !(0..w).contains(&deep) {
                continue;
            }
            outline += 1;
            let behind = chroma(at(deep, y)).max(ground_chroma);
            let own = (-1..SEAM_REACH).map(|offset| chroma(at((x + step * offset).clamp(0, w - 1), y)));
            coloured += u32::from(own.fold(0.0, f32::max) > behind + SEAM_CHROMA);
        }
    }
    coloured as f32 / outline.max(1) as f32
}

/// ITU-R BT.601.
fn luminance([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

fn chroma(pixel: [f32; 3]) -> f32 {
    pixel.into_iter().fold(0.0, f32::max) - pixel.into_iter().fold(255.0, f32::min)
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.into_iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

/// The median; zero of nothing.
fn middle(mut values: Vec<f32>) -> f32 {
    let at = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn portrait(ground: impl Fn(u32, u32) -> [u8; 3], seam: Option<[u8; 3]>) -> RgbImage {
        RgbImage::from_fn(500, 700, |x, y| {
            let (dx, dy) = (x as f32 - 250.0, (y as f32 - 350.0) * 0.7);
            let r = dx.hypot(dy);
            match seam {
                _ if r < 150.0 || y > 560 => Rgb([70, 60, 58]),
                Some(colour) if r < 157.0 => Rgb(colour),
                _ => Rgb(ground(x, y)),
            }
        })
    }

    fn faults(picture: &RgbImage) -> serde_json::Value {
        let face = Some(Rect::new(150.0, 200.0, 350.0, 500.0));
        let finding = Background::measure(picture, face).unwrap().judge(&BackgroundParams::default());
        finding.map_or(serde_json::json!([]), |finding| finding.evidence["faults"].clone())
    }

    #[test]
    fn white_passes_and_every_fault_is_told() {
        let white = |_, _| [250, 250, 249];
        assert_eq!(faults(&portrait(white, None)), serde_json::json!([]));
        assert_eq!(faults(&portrait(|_, _| [74, 143, 214], None)), serde_json::json!(["colour"]));
        assert_eq!(faults(&portrait(|_, _| [205; 3], None)), serde_json::json!(["colour"]));
        let shaded = portrait(|x, _| [(255 - x / 12) as u8; 3], None);
        assert_eq!(faults(&shaded), serde_json::json!(["evenness"]));
        assert_eq!(faults(&portrait(white, Some([120, 160, 230]))), serde_json::json!(["seam"]));
    }

    #[test]
    fn any_size_is_survived() {
        for (w, h) in [(1, 1), (3, 900), (900, 3)] {
            assert!(
                Background::measure(&RgbImage::new(w, h), None)
                    .is_none_or(|measured| measured.luminance == 0.0)
            );
        }
    }
}
