//! One-inch portrait photos: here only how one is told from a document. Its own checks (background,
//! face, proportions) read the picture and are a matter of the photo rules.

use image::{RgbImage, imageops};

/// Probability given to a picture that looks like a portrait: pixels alone are weak evidence.
pub const CONFIDENCE: f64 = 0.9;

/// Width ÷ height of a one-inch photo (25:35), with what cropping by hand changes.
const ASPECTS: std::ops::RangeInclusive<f32> = 0.62..=0.82;
/// The top corners of a white, light blue or red studio background are even: their colours vary by
/// less than this (standard deviation of a channel, of 255).
const MAX_BACKGROUND_DEVIATION: f32 = 22.0;
/// The middle differs from the background by at least this much (mean of the channels, of 255).
const MIN_CONTRAST: f32 = 25.0;

/// True for a picture of portrait proportions with an even background at its top and something else
/// in its middle.
pub fn looks_like(picture: &RgbImage) -> bool {
    let (w, h) = picture.dimensions();
    if !ASPECTS.contains(&(w as f32 / h.max(1) as f32)) {
        return false;
    }
    let small = imageops::thumbnail(picture, 50, 70);
    let left = statistics(&small, 1..9, 1..16);
    let right = statistics(&small, 41..49, 1..16);
    let middle = statistics(&small, 18..32, 18..40);
    let difference =
        |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).map(|(x, y)| (x - y).abs()).sum::<f32>() / 3.0;
    left.1 < MAX_BACKGROUND_DEVIATION
        && right.1 < MAX_BACKGROUND_DEVIATION
        && difference(left.0, right.0) < MIN_CONTRAST
        && difference(left.0, middle.0) > MIN_CONTRAST
}

/// Mean colour and largest standard deviation of a channel over a region.
fn statistics(picture: &RgbImage, xs: std::ops::Range<u32>, ys: std::ops::Range<u32>) -> ([f32; 3], f32) {
    let (mut sum, mut squares, mut count) = ([0.0_f32; 3], [0.0_f32; 3], 0.0_f32);
    for y in ys {
        for x in xs.clone() {
            for (channel, &value) in picture.get_pixel(x, y).0.iter().enumerate() {
                sum[channel] += f32::from(value);
                squares[channel] += f32::from(value) * f32::from(value);
            }
            count += 1.0;
        }
    }
    let mean = sum.map(|s| s / count);
    let deviation =
        (0..3).map(|c| (squares[c] / count - mean[c] * mean[c]).max(0.0).sqrt()).fold(0.0, f32::max);
    (mean, deviation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn a_head_before_white_is_a_portrait_and_a_page_is_not() {
        let head = |x: u32, y: u32| (100..260).contains(&x) && (100..400).contains(&y);
        let portrait =
            RgbImage::from_fn(358, 500, |x, y| if head(x, y) { Rgb([150, 110, 90]) } else { Rgb([250; 3]) });
        assert!(looks_like(&portrait));
        assert!(!looks_like(&RgbImage::from_pixel(358, 500, Rgb([250; 3]))));
        assert!(!looks_like(&RgbImage::from_fn(500, 358, |x, y| portrait
            .get_pixel(y.min(357), x.min(499))
            .to_owned())));
    }
}
