//! Local sharpness: how steep the strokes' edges are for their contrast.

use image::GrayImage;

use crate::domain::Rect;

/// Edges spread over this many pixels or fewer are crisp.
const CRISP_PX: f32 = 2.2;
/// Edges spread over this many pixels leave nothing of a stroke.
const LOST_PX: f32 = 7.0;
/// Less contrast than this is noise or bare paper.
const LEAST_CONTRAST: f32 = 24.0;

/// Sharpness of the text within `rect`, 0 to 1; `None` where there is no contrast to judge by.
///
/// Width of an edge = contrast ÷ steepest slope. The contrast is that of the 3rd to the 97th
/// percentile, the slope the 97th percentile of differences over two pixels: single noisy pixels
/// count in neither, and sharpening raises both. The weaker direction counts: a moved camera leaves the
/// strokes along its way as crisp as they were.
pub(super) fn of(grey: &GrayImage, rect: &Rect) -> Option<f32> {
    let limit = |v: f32, max: u32| (v.max(0.0) as u32).min(max);
    let (left, right) = (limit(rect.left, grey.width()), limit(rect.right, grey.width()));
    let (top, bottom) = (limit(rect.top, grey.height()), limit(rect.bottom, grey.height()));
    if right < left + 8 || bottom < top + 6 {
        return None;
    }
    let mut levels = [0_u32; 256];
    let (mut across, mut down) = ([0_u32; 256], [0_u32; 256]);
    for y in top..bottom {
        for x in left..right {
            let at = grey.get_pixel(x, y).0[0];
            levels[usize::from(at)] += 1;
            if x + 2 < right && y + 2 < bottom {
                across[usize::from(at.abs_diff(grey.get_pixel(x + 2, y).0[0]))] += 1;
                down[usize::from(at.abs_diff(grey.get_pixel(x, y + 2).0[0]))] += 1;
            }
        }
    }
    let contrast = percentile(&levels, 0.97) - percentile(&levels, 0.03);
    if contrast < LEAST_CONTRAST {
        return None;
    }
    let slope = (percentile(&across, 0.97).min(percentile(&down, 0.97)) / 2.0).max(0.5);
    Some(((LOST_PX - contrast / slope) / (LOST_PX - CRISP_PX)).clamp(0.0, 1.0))
}

pub(super) fn percentile(histogram: &[u32; 256], share: f32) -> f32 {
    let total: u32 = histogram.iter().sum();
    let mut rest = total as f32 * share;
    for (level, &count) in histogram.iter().enumerate() {
        rest -= count as f32;
        if rest <= 0.0 {
            return level as f32;
        }
    }
    255.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, imageops};

    #[test]
    fn blur_lowers_and_contrast_does_not() {
        let strokes = |dark: u8| {
            GrayImage::from_fn(120, 30, |x, y| Luma([if x % 12 < 4 || y % 10 < 3 { dark } else { 230 }]))
        };
        let rect = Rect::new(0.0, 0.0, 120.0, 30.0);
        let crisp = of(&strokes(20), &rect).unwrap();
        let faint = of(&strokes(150), &rect).unwrap();
        let blurred = of(&imageops::blur(&strokes(20), 3.0), &rect);
        assert!(crisp > 0.9 && faint > 0.9, "{crisp} {faint}");
        assert!(blurred.is_none_or(|value| value < 0.5), "{blurred:?}");
    }

    #[test]
    fn a_moved_camera_is_not_sharp() {
        // Strokes along the way stay crisp, those across it are gone over nine pixels.
        let moved = GrayImage::from_fn(120, 36, |x, y| {
            let ramp = (i32::from((x % 18) as u8) - 9).unsigned_abs() as u8 * 6;
            Luma([if y % 12 < 3 { 30 } else { 170 + ramp }])
        });
        assert!(of(&moved, &Rect::new(0.0, 0.0, 120.0, 36.0)).is_none_or(|value| value < 0.35));
    }

    #[test]
    fn bare_paper_cannot_be_judged() {
        let paper = GrayImage::from_pixel(50, 20, Luma([240]));
        assert!(of(&paper, &Rect::new(0.0, 0.0, 50.0, 20.0)).is_none());
    }
}
