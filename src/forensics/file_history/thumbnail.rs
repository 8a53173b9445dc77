//! The camera's thumbnail held against the picture: editors that keep it show what stood there before.

use std::io::Cursor;

use exif::{In, Reader, Tag};
use image::{GrayImage, ImageFormat, ImageReader, Limits, RgbImage, imageops};

/// Longest side of a thumbnail in pixels; EXIF thumbnails have 160, some phones write 512.
const MAX_SIDE_PX: u32 = 1024;

/// Cells along each axis in which the two are compared: a changed line of text fills one or two.
const CELLS: u32 = 20;

/// Mean difference of a cell, of 255, from which the pictures differ there. JPEG noise of small thumbnails and other
/// scaling leave less than half of it; lower alarms on sharpened thumbnails.
const MAX_CELL_DIFFERENCE: f32 = 26.0;

/// Correlation of the whole below which the thumbnail shows something else.
const MIN_CORRELATION: f32 = 0.8;

/// How much the proportions may differ before only the picture was cropped, which is not told from an edit here.
const MAX_ASPECT_RATIO: f32 = 1.03;

/// Standard deviation of grey levels below which a picture is too even to compare.
const MIN_CONTRAST: f32 = 8.0;

/// Does the EXIF thumbnail differ from `picture` (upright)? `None` without a thumbnail that can be compared.
pub fn differs(bytes: &[u8], orientation: Option<u8>, picture: &RgbImage) -> Option<bool> {
    let exif = Reader::new().read_from_container(&mut Cursor::new(bytes)).ok()?;
    let number = |tag| exif.get_field(tag, In::THUMBNAIL)?.value.get_uint(0);
    let start = number(Tag::JPEGInterchangeFormat)? as usize;
    let length = number(Tag::JPEGInterchangeFormatLength)? as usize;
    let data = exif.buf().get(start..start.checked_add(length)?)?;
    let mut reader = ImageReader::with_format(Cursor::new(data), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE_PX), Some(MAX_SIDE_PX));
    reader.limits(limits);
    let mut thumbnail = reader.decode().ok()?;
    if let Some(turn) = orientation.and_then(image::metadata::Orientation::from_exif) {
        thumbnail.apply_orientation(turn);
    }
    compare(&thumbnail.into_luma8(), picture)
}

fn compare(thumbnail: &GrayImage, picture: &RgbImage) -> Option<bool> {
    let aspect = |(w, h): (u32, u32)| w as f32 / h.max(1) as f32;
    let ratio = aspect(thumbnail.dimensions()) / aspect(picture.dimensions());
    if !(1.0 / MAX_ASPECT_RATIO..=MAX_ASPECT_RATIO).contains(&ratio)
        || thumbnail.width().min(thumbnail.height()) < CELLS * 2
    {
        return None;
    }
    let (w, h) = thumbnail.dimensions();
    let small = imageops::grayscale(&imageops::thumbnail(picture, w, h));
    let (a, b): (Vec<f32>, Vec<f32>) =
        thumbnail.as_raw().iter().zip(small.as_raw()).map(|(&a, &b)| (f32::from(a), f32::from(b))).unzip();
    let n = a.len() as f32;
    let (mean_a, mean_b) = (a.iter().sum::<f32>() / n, b.iter().sum::<f32>() / n);
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        aa += (x - mean_a).powi(2);
        bb += (y - mean_b).powi(2);
        ab += (x - mean_a) * (y - mean_b);
    }
    if (aa / n).sqrt() < MIN_CONTRAST || (bb / n).sqrt() < MIN_CONTRAST {
        return None;
    }
    if ab / (aa * bb).sqrt() < MIN_CORRELATION {
        return Some(true);
    }
    // Cameras compute thumbnails with other tone curves: a straight line between the two takes most of that away.
    let gain = ab / bb;
    let mut cells = vec![(0.0_f32, 0.0_f32); (CELLS * CELLS) as usize];
    for (i, (x, y)) in a.iter().zip(&b).enumerate() {
        let (column, row) = (i as u32 % w * CELLS / w, i as u32 / w * CELLS / h);
        let cell = &mut cells[(row * CELLS + column) as usize];
        cell.0 += x - mean_a - gain * (y - mean_b);
        cell.1 += 1.0;
    }
    Some(cells.iter().any(|(sum, count)| (sum / count.max(1.0)).abs() > MAX_CELL_DIFFERENCE))
}

#[cfg(test)]
mod tests {
    use image::{Luma, Rgb};

    use super::*;

    fn picture(patch: bool) -> RgbImage {
        RgbImage::from_fn(800, 600, |x, y| {
            let in_patch = patch && (300..420).contains(&x) && (200..280).contains(&y);
            if in_patch { Rgb([20; 3]) } else { Rgb([(60 + x / 8 + (y / 30 % 2) * 40) as u8; 3]) }
        })
    }

    fn thumbnail() -> GrayImage {
        let small = imageops::grayscale(&imageops::thumbnail(&picture(false), 160, 120));
        // Another tone curve and some noise.
        GrayImage::from_fn(160, 120, |x, y| {
            Luma([(f32::from(small.get_pixel(x, y).0[0]) * 0.9 + 12.0 + ((x * 7 + y * 3) % 5) as f32) as u8])
        })
    }

    #[test]
    fn a_changed_patch_differs_and_another_tone_curve_does_not() {
        assert_eq!(compare(&thumbnail(), &picture(false)), Some(false));
        assert_eq!(compare(&thumbnail(), &picture(true)), Some(true));
    }

    #[test]
    fn a_cropped_picture_cannot_be_compared() {
        let cropped = imageops::crop_imm(&picture(true), 0, 0, 500, 600).to_image();
        assert_eq!(compare(&thumbnail(), &cropped), None);
        assert_eq!(differs(b"\xff\xd8\xff\xd9", None, &picture(false)), None);
    }
}
