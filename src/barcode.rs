//! QR codes and barcodes on a picture.

use image::{RgbImage, imageops};
use rxing::{BarcodeFormat, DecodeHints, RXingResult, helpers};

use crate::{
    domain::{Point, Quad, Rect},
    imaging::shrink,
    ocr::Code,
};

/// Longer side in pixels at which a picture is searched first. QR codes of official papers are at
/// least 15 mm of an A4 page, some 100 pixels here, four a module.
const SEARCH_LONG_SIDE_PX: u32 = 1600;

/// Finds the QR codes of a picture; places are in its pixels.
pub fn find_codes(picture: &RgbImage) -> Vec<Code> {
    let long = picture.width().max(picture.height());
    let scale = (SEARCH_LONG_SIDE_PX as f32 / long.max(1) as f32).min(1.0);
    let gray = if scale < 1.0 {
        let fit = |v: u32| ((v as f32 * scale) as u32).max(1);
        imageops::grayscale(&shrink(picture, fit(picture.width()), fit(picture.height())))
    } else {
        imageops::grayscale(picture)
    };
    let (width, height) = gray.dimensions();
    if width < 21 || height < 21 {
        return Vec::new();
    }
    let mut hints = DecodeHints {
        TryHarder: Some(true),
        PossibleFormats: Some([BarcodeFormat::QR_CODE].into_iter().collect()),
        ..DecodeHints::default()
    };
    // rxing reports "nothing found" as an error; there is nothing else to tell apart.
    helpers::detect_multiple_in_luma_with_hints(gray.into_raw(), width, height, &mut hints)
        .unwrap_or_default()
        .iter()
        .map(|result| Code {
            text: result.getText().to_owned(),
            symbology: "QRCode",
            quad: place(result).map(|p| Point::new(p.x / scale, p.y / scale)),
        })
        .collect()
}

/// Corners of a code: rxing gives them in rows (top-left, top-right, bottom-left, bottom-right as the code
/// itself stands).
fn place(result: &RXingResult) -> Quad {
    let points: Vec<Point> = result.getPoints().iter().map(|p| Point::new(p.x, p.y)).collect();
    if let &[tl, tr, bl, br] = points.as_slice() {
        let quad = Quad([tl, tr, br, bl]);
        if quad.is_convex() {
            return quad;
        }
    }
    let bounds = |mut points: std::slice::Iter<Point>| {
        let first = *points.next()?;
        let rect = Rect::new(first.x, first.y, first.x, first.y);
        Some(points.fold(rect, |r, p| r.union(Rect::new(p.x, p.y, p.x, p.y))))
    };
    Quad::from_rect(bounds(points.iter()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn page_with_code(text: &str) -> RgbImage {
        let code = qrcode::QrCode::new(text).unwrap();
        let (modules, size) = (code.to_colors(), code.width() as u32);
        RgbImage::from_fn(600, 400, |x, y| {
            let (mx, my) = (x.wrapping_sub(100) / 4, y.wrapping_sub(80) / 4);
            let dark = mx < size && my < size && modules[(my * size + mx) as usize] == qrcode::Color::Dark;
            Rgb([if dark { 0 } else { 255 }; 3])
        })
    }

    #[test]
    fn a_qr_code_is_read_with_its_place() {
        let found = find_codes(&page_with_code("https://www.example.invalid/a?b=1"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "https://www.example.invalid/a?b=1");
        // The code begins at 100, 80 and is as wide as it is high.
        let side =
            f32::from(u16::try_from(qrcode::QrCode::new(&found[0].text).unwrap().width()).unwrap()) * 4.0;
        let truth = Quad::from_rect(Rect::new(100.0, 80.0, 100.0 + side, 80.0 + side));
        assert!(found[0].quad.iou(&truth) > 0.8, "{:?}", found[0].quad);
    }

    #[test]
    fn an_empty_page_has_no_codes() {
        assert!(find_codes(&RgbImage::from_pixel(300, 300, Rgb([255; 3]))).is_empty());
    }
}
