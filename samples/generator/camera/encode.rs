//! The file a camera writes: pixels in sensor order, EXIF orientation, JPEG.

use image::{
    ExtendedColorType, ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder, imageops,
};
use img_parts::{ImageEXIF, jpeg::Jpeg};

/// What the camera says about itself.
#[derive(Debug, Clone)]
pub struct Exif {
    /// 1 to 8; 1 = the pixels are upright.
    pub orientation: u16,
    pub make: String,
    pub model: String,
}

/// JPEG bytes of the upright picture `image`, stored so that applying the EXIF orientation once
/// gives `image` back.
///
/// # Panics
/// Never for pictures up to 65,535 px a side.
pub fn jpeg(image: &RgbImage, quality: u8, exif: Option<&Exif>) -> Vec<u8> {
    let stored = stored(image, exif);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif_block(exif)).expect("JPEG holds EXIF");
    }
    encoder
        .write_image(stored.as_raw(), stored.width(), stored.height(), ExtendedColorType::Rgb8)
        .expect("JPEG encodes RGB");
    bytes
}

/// The same with colours at half the resolution, as phones and messengers write it.
///
/// # Panics
/// As [`jpeg`].
pub fn phone_jpeg(image: &RgbImage, quality: u8, exif: Option<&Exif>) -> Vec<u8> {
    let stored = stored(image, exif);
    let pixels = turbojpeg::Image {
        pixels: stored.as_raw().as_slice(),
        width: stored.width() as usize,
        pitch: stored.width() as usize * 3,
        height: stored.height() as usize,
        format: turbojpeg::PixelFormat::RGB,
    };
    let coded = turbojpeg::compress(pixels, i32::from(quality), turbojpeg::Subsamp::Sub2x2)
        .expect("JPEG encodes RGB");
    let mut file = Jpeg::from_bytes(coded.to_vec().into()).expect("what was encoded is a JPEG");
    file.set_exif(exif.map(|exif| exif_block(exif).into()));
    file.encoder().bytes().to_vec()
}

/// The pixels in the sensor's order.
fn stored(image: &RgbImage, exif: Option<&Exif>) -> RgbImage {
    match exif.map_or(1, |e| e.orientation) {
        2 => imageops::flip_horizontal(image),
        3 => imageops::rotate180(image),
        4 => imageops::flip_vertical(image),
        5 => imageops::flip_horizontal(&imageops::rotate90(image)),
        6 => imageops::rotate270(image),
        7 => imageops::flip_horizontal(&imageops::rotate270(image)),
        8 => imageops::rotate90(image),
        _ => image.clone(),
    }
}

/// PNG bytes.
///
/// # Panics
/// Never for pictures of a sensible size.
pub fn png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(image.as_raw(), image.width(), image.height(), ExtendedColorType::Rgb8)
        .expect("PNG encodes RGB");
    bytes
}

/// A little-endian TIFF block with make, model, orientation and date (EXIF 2.3, IFD0).
fn exif_block(exif: &Exif) -> Vec<u8> {
    const ASCII: u16 = 2;
    const SHORT: u16 = 3;
    let texts = [
        (0x010f_u16, exif.make.clone()),
        (0x0110, exif.model.clone()),
        (0x0132, "2026:11:20 10:24:31".to_owned()),
    ];
    let entries = texts.len() + 1;
    let mut heap_at = 8 + 2 + entries * 12 + 4;
    let mut heap = Vec::new();
    let mut rows: Vec<(u16, Vec<u8>)> = Vec::new();
    for (tag, text) in texts {
        let mut value = text.into_bytes();
        value.push(0);
        let mut row = Vec::new();
        row.extend(ASCII.to_le_bytes());
        row.extend((value.len() as u32).to_le_bytes());
        if value.len() <= 4 {
            value.resize(4, 0);
            row.extend(value);
        } else {
            row.extend((heap_at as u32).to_le_bytes());
            value.resize(value.len().next_multiple_of(2), 0);
            heap_at += value.len();
            heap.extend(value);
        }
        rows.push((tag, row));
    }
    let mut row = Vec::new();
    row.extend(SHORT.to_le_bytes());
    row.extend(1_u32.to_le_bytes());
    row.extend(exif.orientation.to_le_bytes());
    row.extend([0, 0]);
    rows.push((0x0112, row));
    rows.sort_by_key(|(tag, _)| *tag);

    let mut block = b"II*\0\x08\0\0\0".to_vec();
    block.extend((entries as u16).to_le_bytes());
    for (tag, row) in rows {
        block.extend(tag.to_le_bytes());
        block.extend(row);
    }
    block.extend(0_u32.to_le_bytes());
    block.extend(heap);
    block
}
