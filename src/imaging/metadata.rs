//! What a file says about its own making. Short strings and presence flags only: no place, no time,
//! nothing about the person.

use std::io::Cursor;

use exif::{Exif, In, Reader, Tag, Value};

/// Characters kept of a free-text tag. Real makes, models and programs are shorter; what is longer is
/// somebody's payload.
const MAX_TEXT_CHARS: usize = 64;

/// ProcessingSoftware of the first directory, which the library has no name for (Exiv2 and EXIF tag lists).
const PROCESSING_SOFTWARE: Tag = Tag(exif::Context::Tiff, 0x000b);

/// What a file says about its own making; forensics and the photo rules read it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metadata {
    /// The file carries an EXIF block.
    pub has_exif: bool,
    /// EXIF orientation 1–8 as written, `None` without the tag. For HEIC and AVIF it was *not* applied:
    /// their own rotation properties were.
    pub orientation: Option<u8>,
    pub camera_make: Option<String>,
    pub camera_model: Option<String>,
    /// EXIF Software: a camera's firmware, or the editor that saved the file last.
    pub software: Option<String>,
    /// EXIF ProcessingSoftware: the program that post-processed the picture.
    pub processing_software: Option<String>,
    /// A capture time is present; the time itself is not kept.
    pub has_capture_time: bool,
    /// Exposure time or sensitivity is present: written by cameras, not by editors or screenshots.
    pub has_exposure: bool,
    /// Size in pixels that the camera wrote down (EXIF PixelXDimension × PixelYDimension). Another size
    /// than the picture's means that it was cropped or resized later.
    pub capture_size: Option<(u32, u32)>,
    /// Pixels per inch as declared, along x.
    pub dpi: Option<f32>,
    /// How a JPEG was coded; `None` for other types.
    pub jpeg: Option<JpegCoding>,
    /// PDF Producer: the library that wrote the file.
    pub pdf_producer: Option<String>,
    /// PDF Creator: the program that the document was made in.
    pub pdf_creator: Option<String>,
}

/// How a JPEG was coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegCoding {
    pub progressive: bool,
    /// 1 grey, 3 colour, 4 CMYK.
    pub components: u8,
    /// Photoshop-style APP14 marker.
    pub adobe: bool,
    /// Bytes after the end of the picture (burst or motion photos, or something appended).
    pub trailing_bytes: usize,
}

impl Metadata {
    /// Reads the EXIF block of a JPEG, PNG, WebP, TIFF, HEIC or AVIF file. A file without one, or with
    /// a broken one, has an empty answer: a picture is not worse for it.
    pub(super) fn from_picture(bytes: &[u8]) -> Self {
        let mut reader = Reader::new();
        reader.continue_on_error(true);
        match reader
            .read_from_container(&mut Cursor::new(bytes))
            .or_else(|error| error.distill_partial_result(|_| ()))
        {
            Ok(exif) => Self::from_exif(&exif),
            Err(_) => Self::default(),
        }
    }

    fn from_exif(exif: &Exif) -> Self {
        let text = |tag| {
            exif.get_field(tag, In::PRIMARY).and_then(|field| match &field.value {
                Value::Ascii(parts) => parts.first().and_then(|part| short_text(part)),
                _ => None,
            })
        };
        let number = |tag| exif.get_field(tag, In::PRIMARY).and_then(|field| field.value.get_uint(0));
        let has = |tag| exif.get_field(tag, In::PRIMARY).is_some();
        Self {
            has_exif: true,
            orientation: number(Tag::Orientation)
                .and_then(|value| u8::try_from(value).ok())
                .filter(|value| (1..=8).contains(value)),
            camera_make: text(Tag::Make),
            camera_model: text(Tag::Model),
            software: text(Tag::Software),
            processing_software: text(PROCESSING_SOFTWARE),
            has_capture_time: has(Tag::DateTimeOriginal),
            has_exposure: has(Tag::ExposureTime) || has(Tag::PhotographicSensitivity),
            capture_size: number(Tag::PixelXDimension).zip(number(Tag::PixelYDimension)),
            dpi: resolution(exif, number(Tag::ResolutionUnit)),
            ..Self::default()
        }
    }
}

/// EXIF XResolution in pixels per inch. Cameras write 72 without meaning it.
fn resolution(exif: &Exif, unit: Option<u32>) -> Option<f32> {
    const CENTIMETRES: u32 = 3;
    let field = exif.get_field(Tag::XResolution, In::PRIMARY)?;
    let Value::Rational(ref values) = field.value else { return None };
    let per_unit = values.first()?.to_f32();
    let dpi = if unit == Some(CENTIMETRES) { per_unit * 2.54 } else { per_unit };
    (dpi.is_finite() && dpi > 0.0).then_some(dpi)
}

/// Printable text of a tag, cut to [`MAX_TEXT_CHARS`]; `None` when nothing is left. PDF strings may be
/// UTF-16 with a byte order mark.
pub(super) fn short_text(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> =
                rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_TEXT_CHARS).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_is_cut_and_cleaned() {
        assert_eq!(short_text(b"Adobe\0 Photoshop "), Some("Adobe Photoshop".to_owned()));
        assert_eq!(short_text(b"\xfe\xff\x00W\x00P\x00S"), Some("WPS".to_owned()));
        assert_eq!(short_text(b"\0\0"), None);
        assert_eq!(short_text(&[b'x'; 1000]).unwrap().len(), MAX_TEXT_CHARS);
    }

    #[test]
    fn a_file_without_exif_has_none() {
        assert_eq!(Metadata::from_picture(b"\xff\xd8\xff\xd9"), Metadata::default());
        assert_eq!(Metadata::from_picture(b""), Metadata::default());
    }
}
