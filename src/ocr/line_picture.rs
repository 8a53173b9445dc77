//! Cutting a line of text out of a page.

use image::{Rgb, RgbImage};

use crate::domain::{Point, Quad};

use super::recogniser::LINE_HEIGHT_PX;

/// Longest line picture that is cut, in multiples of its height; a longer quad is a mistake.
const MAX_ASPECT: f32 = 70.0;

/// The part of `page` under `quad`, brought upright and to the recogniser's height.
///
/// Each target pixel is the mean of as many samples as it covers source pixels (up to 4 × 4), so
/// shrinking does not alias thin strokes.
pub fn cut_line(page: &RgbImage, quad: &Quad) -> RgbImage {
    let height = LINE_HEIGHT_PX;
    let scale = quad.height().max(1.0) / height as f32;
    let width = (quad.width() / scale).clamp(4.0, MAX_ASPECT * height as f32).round() as u32;
    let samples = (scale.ceil() as u32).clamp(1, 4);
    let [tl, tr, br, bl] = quad.0;
    let mut line = RgbImage::new(width, height);
    let weight = 1.0 / (samples * samples) as f32;
    for (x, y, target) in line.enumerate_pixels_mut() {
        let mut sum = [0.0_f32; 3];
        for sy in 0..samples {
            let v = (y as f32 + (sy as f32 + 0.5) / samples as f32) / height as f32;
            let (left, right) = (tl.lerp(bl, v), tr.lerp(br, v));
            for sx in 0..samples {
                let u = (x as f32 + (sx as f32 + 0.5) / samples as f32) / width as f32;
                let colour = sample(page, left.lerp(right, u));
                for (total, value) in sum.iter_mut().zip(colour) {
                    *total += value;
                }
            }
        }
        *target = Rgb(sum.map(|total| (total * weight).round() as u8));
    }
    line
}

/// Bilinear sample at a place in continuous coordinates (pixel centres at .5); beyond the edge
/// the edge's colour goes on.
fn sample(page: &RgbImage, at: Point) -> [f32; 3] {
    let (w, h) = page.dimensions();
    if w == 0 || h == 0 {
        return [255.0; 3];
    }
    let x = (at.x - 0.5).clamp(0.0, (w - 1) as f32);
    let y = (at.y - 0.5).clamp(0.0, (h - 1) as f32);
    let (x0, y0) = (x as u32, y as u32);
    let (x1, y1) = ((x0 + 1).min(w - 1), (y0 + 1).min(h - 1));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let corners =
        [(x0, y0, (1.0 - fx) * (1.0 - fy)), (x1, y0, fx * (1.0 - fy)), (x0, y1, (1.0 - fx) * fy), (x1, y1, fx * fy)];
    let mut sum = [0.0; 3];
    for (px, py, weight) in corners {
        for (total, &value) in sum.iter_mut().zip(&page.get_pixel(px, py).0) {
            *total += f32::from(value) * weight;
        }
    }
    sum
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
