//! Cutting a line of text out of a page.

use image::{Rgb, RgbImage};

use crate::{domain::Quad, imaging::Bilinear};

use super::recogniser::LINE_HEIGHT_PX;

/// Longest line picture that is cut, in multiples of its height; a longer quad is a mistake.
const MAX_ASPECT: f32 = 70.0;

/// The part of `page` under `quad`, brought upright and to the recogniser's height.
///
/// Each target pixel is the mean of as many samples as it covers source pixels (up to 4 × 4), so
/// shrinking does not alias thin strokes. Of a page of a single row or column it is white.
pub fn cut_line(page: &RgbImage, quad: &Quad) -> RgbImage {
    let height = LINE_HEIGHT_PX;
    let scale = quad.height().max(1.0) / height as f32;
    let width = (quad.width() / scale).clamp(4.0, MAX_ASPECT * height as f32).round() as u32;
    let samples = (scale.ceil() as u32).clamp(1, 4);
    let Some(source) = Bilinear::of(page) else {
        return RgbImage::from_pixel(width, height, Rgb([u8::MAX; 3]));
    };
    let [tl, tr, br, bl] = quad.0;
    let mut line = RgbImage::new(width, height);
    let mut sums = vec![[0_u32; 3]; width as usize];
    for (y, row) in line.chunks_exact_mut(width as usize * 3).enumerate() {
        sums.fill([0; 3]);
        for sy in 0..samples {
            let v = (y as f32 + (sy as f32 + 0.5) / samples as f32) / height as f32;
            let (left, right) = (tl.lerp(bl, v), tr.lerp(br, v));
            let step = 1.0 / (width * samples) as f32;
            let (dx, dy) = ((right.x - left.x) * step, (right.y - left.y) * step);
            for (x, sum) in sums.iter_mut().enumerate() {
                for sx in 0..samples {
                    let along = (x as u32 * samples + sx) as f32 + 0.5;
                    let colour = source.at(left.x + along * dx, left.y + along * dy);
                    for (total, value) in sum.iter_mut().zip(colour) {
                        *total += value;
                    }
                }
            }
        }
        for (target, sum) in row.as_chunks_mut::<3>().0.iter_mut().zip(&sums) {
            *target = sum.map(|total| Bilinear::mean(total, samples * samples));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rect;

    #[test]
    fn a_flat_colour_stays_flat_whatever_the_scale() {
        let page = RgbImage::from_pixel(300, 200, Rgb([10, 20, 30]));
        for height in [10.0, 48.0, 150.0] {
            let quad = Quad::from_rect(Rect::new(5.0, 5.0, 250.0, 5.0 + height));
            let line = cut_line(&page, &quad);
            assert_eq!(line.height(), LINE_HEIGHT_PX);
            assert!(line.pixels().all(|p| p.0 == [10, 20, 30]));
        }
    }

    #[test]
    fn left_and_right_stay_where_they_were() {
        let page = RgbImage::from_fn(100, 48, |x, _| if x < 50 { Rgb([0; 3]) } else { Rgb([255; 3]) });
        let line = cut_line(&page, &Quad::from_rect(Rect::new(0.0, 0.0, 100.0, 48.0)));
        assert_eq!(line.get_pixel(10, 20).0, [0; 3]);
        assert_eq!(line.get_pixel(90, 20).0, [255; 3]);
    }
}
