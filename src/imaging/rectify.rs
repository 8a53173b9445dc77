//! Perspective warp of a document to an upright picture, and quarter turns.

use image::{ImageBuffer, Pixel, RgbImage, imageops};

use crate::domain::{Homography, Point, Quad, Rect};

use super::sampler::Bilinear;

/// An upright cut-out of a page with the way back.
#[derive(Debug, Clone)]
pub struct Rectified {
    pub pixels: RgbImage,
    /// Sends a place of `pixels` to the page it was cut from.
    pub to_page: Homography,
}

/// Warps `quad` of `page` to `width` × `height` pixels: the quad's first corner becomes the top left.
/// Bilinear; where the page is much finer than the result it is averaged down first. Places beyond
/// the page take its nearest pixel. `None` for a degenerate quad, an empty size, or a page of a single row or column.
pub fn rectify(page: &RgbImage, quad: &Quad, width: u32, height: u32) -> Option<Rectified> {
    if width == 0 || height == 0 || page.width() == 0 || page.height() == 0 || quad.area() < 1.0 {
        return None;
    }
    let upright = Quad::from_rect(Rect::new(0.0, 0.0, width as f32, height as f32));
    let to_page = Homography::between(&upright, quad)?;
    let scale = (quad.width() / width as f32).min(quad.height() / height as f32);
    // Under 1.5 the four samples of the bilinear filter cover what is skipped.
    let factor = if scale >= 1.5 { (scale * 1.05).floor().max(2.0) as u32 } else { 1 };
    let pixels = if factor > 1 {
        let (part, origin) = cut(page, &quad.bounds(), factor);
        let small = average_down(&part, factor);
        let f = factor as f32;
        let shifted = quad.map(|p| Point::new((p.x - origin.0) / f, (p.y - origin.1) / f));
        warp(&small, &Homography::between(&upright, &shifted)?, width, height)?
    } else {
        warp(page, &to_page, width, height)?
    };
    Some(Rectified { pixels, to_page })
}

/// Turns `picture` clockwise by `quarter_turns` × 90°.
pub fn rotate_clockwise<P: Pixel + 'static>(
    picture: ImageBuffer<P, Vec<P::Subpixel>>,
    quarter_turns: usize,
) -> ImageBuffer<P, Vec<P::Subpixel>> {
    match quarter_turns % 4 {
        1 => imageops::rotate90(&picture),
        2 => imageops::rotate180(&picture),
        3 => imageops::rotate270(&picture),
        _ => picture,
    }
}

/// A sensible size for a rectified document: as many pixels as the page has on it, with the given
/// width ÷ height, and its longer side at most `longest` pixels.
pub fn natural_size(quad: &Quad, aspect: f32, longest: u32) -> (u32, u32) {
    let area = quad.area().max(1.0);
    let aspect = aspect.clamp(0.05, 20.0);
    let (w, h) = ((area * aspect).sqrt(), (area / aspect).sqrt());
    let shrink = (longest as f32 / w.max(h)).min(1.0);
    (((w * shrink).round() as u32).max(1), ((h * shrink).round() as u32).max(1))
}

/// The part of `page` within `bounds`, grown to multiples of `factor`, and where it begins.
fn cut(page: &RgbImage, bounds: &Rect, factor: u32) -> (RgbImage, (f32, f32)) {
    let margin = 2.0 * factor as f32;
    let begin = |v: f32, limit: u32| (v - margin).clamp(0.0, (limit - 1) as f32) as u32;
    let end = |v: f32, from: u32, limit: u32| ((v + margin).clamp(0.0, limit as f32) as u32).max(from + 1);
    let (x, y) = (begin(bounds.left, page.width()), begin(bounds.top, page.height()));
    let (right, bottom) = (end(bounds.right, x, page.width()), end(bounds.bottom, y, page.height()));
    (imageops::crop_imm(page, x, y, right - x, bottom - y).to_image(), (x as f32, y as f32))
}

/// Means over `factor` × `factor` blocks; blocks at the far sides may be smaller.
fn average_down(picture: &RgbImage, factor: u32) -> RgbImage {
    let (w, h) = picture.dimensions();
    let (out_w, out_h) = (w.div_ceil(factor), h.div_ceil(factor));
    let row_bytes = w as usize * 3;
    let mut out = Vec::with_capacity(out_w as usize * out_h as usize * 3);
    let mut sums = vec![0_u32; out_w as usize * 3];
    for rows in picture.as_raw().chunks(row_bytes * factor as usize) {
        sums.fill(0);
        for row in rows.chunks_exact(row_bytes) {
            for (block, sum) in row.chunks(3 * factor as usize).zip(sums.chunks_exact_mut(3)) {
                for pixel in block.chunks_exact(3) {
                    for (s, &v) in sum.iter_mut().zip(pixel) {
                        *s += u32::from(v);
                    }
                }
            }
        }
        let height = (rows.len() / row_bytes) as u32;
        for (x, sum) in sums.chunks_exact(3).enumerate() {
            let count = height * factor.min(w - x as u32 * factor);
            out.extend(sum.iter().map(|&s| ((s + count / 2) / count) as u8));
        }
    }
    RgbImage::from_raw(out_w, out_h, out).unwrap_or_default()
}

/// Samples `from` through `map` (result → source). `None` of a picture that has nothing to sample between.
fn warp(from: &RgbImage, map: &Homography, width: u32, height: u32) -> Option<RgbImage> {
    let h = map.0;
    let source = Bilinear::of(from)?;
    let mut out = RgbImage::new(width, height);
    // Where a row comes from is worked out before it is fetched: the divisions of several pixels go at once.
    let mut places = vec![(0.0_f32, 0.0_f32); width as usize];
    for (y, row) in out.chunks_exact_mut(width as usize * 3).enumerate() {
        let v = y as f64 + 0.5;
        let (bx, by, bw) = (h[1] * v + h[2], h[4] * v + h[5], h[7] * v + h[8]);
        for (x, place) in places.iter_mut().enumerate() {
            let u = x as f64 + 0.5;
            let q = 1.0 / (h[6] * u + bw);
            *place = (((h[0] * u + bx) * q) as f32, ((h[3] * u + by) * q) as f32);
        }
        for (target, &(sx, sy)) in row.as_chunks_mut::<3>().0.iter_mut().zip(&places) {
            *target = source.at(sx, sy).map(Bilinear::to_level);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn gradient(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 90]))
    }

    #[test]
    fn the_whole_page_at_its_own_size_is_unchanged() {
        let page = gradient(64, 48);
        let quad = Quad::from_rect(Rect::new(0.0, 0.0, 64.0, 48.0));
        assert_eq!(rectify(&page, &quad, 64, 48).unwrap().pixels, page);
    }

    #[test]
    fn minifying_averages_instead_of_skipping() {
        // One-pixel stripes: skipping pixels would give black or white, averaging gives grey.
        let page = RgbImage::from_fn(400, 400, |x, _| Rgb([if x % 2 == 0 { 255 } else { 0 }; 3]));
        let quad = Quad::from_rect(Rect::new(0.0, 0.0, 400.0, 400.0));
        let small = rectify(&page, &quad, 100, 100).unwrap().pixels;
        assert!(small.pixels().all(|p| p.0[0].abs_diff(128) <= 2));
    }

    #[test]
    fn places_map_back_to_the_page() {
        let page = gradient(300, 200);
        let quad = Quad([
            Point::new(30.0, 20.0),
            Point::new(270.0, 40.0),
            Point::new(260.0, 180.0),
            Point::new(20.0, 150.0),
        ]);
        let cut = rectify(&page, &quad, 120, 80).unwrap();
        assert!(cut.to_page.apply(Point::new(120.0, 80.0)).distance(quad.0[2]) < 1e-2);
        let p = cut.to_page.apply(Point::new(60.5, 40.5));
        let seen = cut.pixels.get_pixel(60, 40).0;
        let there = page.get_pixel(p.x as u32, p.y as u32).0;
        assert!(seen.iter().zip(there).all(|(a, b)| a.abs_diff(b) <= 3), "{seen:?} {there:?}");
    }

    #[test]
    fn degenerate_quads_are_refused() {
        let flat = Quad([0.0, 1.0, 2.0, 3.0].map(|x| Point::new(x, x)));
        assert!(rectify(&gradient(8, 8), &flat, 4, 4).is_none());
    }
}
