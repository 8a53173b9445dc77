//! Pixel layouts to upright 8-bit RGB.

use image::{DynamicImage, RgbImage, imageops};

/// Side of the square blocks in which [`orient`] turns a picture, in pixels: a block's rows of source
/// and target (64 × 64 × 3 bytes each) fit the first-level cache together. Turning 12 megapixels row
/// by row takes 84 ms, in blocks 20 ms.
const BLOCK_PX: usize = 64;

/// Any layout as 8-bit RGB with transparency laid over white, which is what paper looks like.
pub(super) fn flatten(picture: DynamicImage) -> RgbImage {
    match picture {
        DynamicImage::ImageRgb8(rgb) => rgb,
        picture if picture.color().has_alpha() => {
            let rgba = picture.into_rgba8();
            let (width, height) = rgba.dimensions();
            let mut pixels = Vec::with_capacity(rgba.as_raw().len() / 4 * 3);
            for &[r, g, b, a] in rgba.as_raw().as_chunks::<4>().0 {
                pixels.extend([over_white(r, a), over_white(g, a), over_white(b, a)]);
            }
            rgb_image(width, height, pixels)
        }
        picture => picture.into_rgb8(),
    }
}

/// One channel of a colour laid over white paper.
pub(super) fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// CMYK to RGB by the plain formula R = (1 − C)(1 − K); no ink profile, since only legibility counts.
/// `inverted`: 255 means no ink, which is how Photoshop and everything after it writes JPEGs.
pub(super) fn cmyk_to_rgb(cmyk: &[u8], inverted: bool) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(cmyk.len() / 4 * 3);
    for &[c, m, y, k] in cmyk.as_chunks::<4>().0 {
        let flip = if inverted { 0 } else { 255 };
        let channel = |ink: u8| {
            let light = u32::from(ink ^ flip) * u32::from(k ^ flip);
            ((light + 127) / 255) as u8
        };
        pixels.extend([channel(c), channel(m), channel(y)]);
    }
    pixels
}

/// A picture of exactly these pixels. A buffer that does not fit (a decoder's fault) gives a black one.
pub(super) fn rgb_image(width: u32, height: u32, pixels: Vec<u8>) -> RgbImage {
    RgbImage::from_raw(width, height, pixels).unwrap_or_else(|| RgbImage::new(width, height))
}

/// The picture as EXIF orientation `orientation` (1–8, TIFF 6.0 tag 274) means it to be seen; anything
/// else leaves it alone.
pub(super) fn orient(mut picture: RgbImage, orientation: Option<u8>) -> RgbImage {
    match orientation {
        Some(2) => imageops::flip_horizontal_in_place(&mut picture),
        Some(3) => imageops::rotate180_in_place(&mut picture),
        Some(4) => imageops::flip_vertical_in_place(&mut picture),
        Some(5) => return transpose(&picture, false, false),
        Some(6) => return transpose(&picture, false, true),
        Some(7) => return transpose(&picture, true, true),
        Some(8) => return transpose(&picture, true, false),
        _ => {}
    }
    picture
}

/// Rows become columns; `from_right` and `from_bottom` say at which edges of the source to begin.
fn transpose(source: &RgbImage, from_right: bool, from_bottom: bool) -> RgbImage {
    let (width, height) = (source.width() as usize, source.height() as usize);
    let input = source.as_raw();
    let mut output = vec![0; input.len()];
    // The target is `height` wide and `width` high.
    for top in (0..width).step_by(BLOCK_PX) {
        for left in (0..height).step_by(BLOCK_PX) {
            for y in top..(top + BLOCK_PX).min(width) {
                let source_x = if from_right { width - 1 - y } else { y };
                let right = (left + BLOCK_PX).min(height);
                let row = &mut output[(y * height + left) * 3..(y * height + right) * 3];
                for (x, pixel) in (left..right).zip(row.as_chunks_mut::<3>().0) {
                    let source_y = if from_bottom { height - 1 - x } else { x };
                    let at = (source_y * width + source_x) * 3;
                    pixel.copy_from_slice(&input[at..at + 3]);
                }
            }
        }
    }
    rgb_image(source.height(), source.width(), output)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, Rgba, RgbaImage, metadata::Orientation};

    use super::*;

    #[test]
    fn transparency_lies_over_white() {
        let mut picture = RgbaImage::new(3, 1);
        picture.put_pixel(0, 0, Rgba([10, 20, 30, 255]));
        picture.put_pixel(1, 0, Rgba([0, 0, 0, 0]));
        picture.put_pixel(2, 0, Rgba([0, 0, 0, 128]));
        let flat = flatten(picture.into());
        assert_eq!(flat.get_pixel(0, 0), &Rgb([10, 20, 30]));
        assert_eq!(flat.get_pixel(1, 0), &Rgb([255; 3]));
        assert_eq!(flat.get_pixel(2, 0), &Rgb([127; 3]));
    }

    #[test]
    fn cmyk_either_way_round() {
        let no_ink_red_ink_black = [0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255];
        let expected = vec![255, 255, 255, 255, 0, 0, 0, 0, 0];
        assert_eq!(cmyk_to_rgb(&no_ink_red_ink_black, false), expected);
        assert_eq!(cmyk_to_rgb(&no_ink_red_ink_black.map(|v| 255 - v), true), expected);
    }

    #[test]
    fn all_orientations_agree_with_the_image_crate() {
        // Larger than a block and not a multiple of it, so that seams would show.
        let picture = RgbImage::from_fn(150, 70, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]));
        for exif in 1..=8 {
            let mut expected = DynamicImage::from(picture.clone());
            expected.apply_orientation(Orientation::from_exif(exif).unwrap());
            assert_eq!(orient(picture.clone(), Some(exif)), expected.into_rgb8(), "orientation {exif}");
        }
        assert_eq!(orient(picture.clone(), Some(9)), picture);
    }
}
