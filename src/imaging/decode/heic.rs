//! HEIC and HEIF by `heic-rs` (pure Rust): what iPhones send.

use heic_rs::{DecodeOptions, Error, PixelLayout};
use image::RgbImage;

use super::{
    super::{
        error::IntakeError,
        metadata::Metadata,
        page::{PageImage, PageOrigin},
    },
    DecodeJob, Decoded,
};

/// Decodes the primary picture. `irot` and `imir` are applied by the decoder; the EXIF orientation, which
/// iPhones write as well, says the same and is not applied a second time (ISO 23008-12, 6.5.10).
///
/// # Errors
/// Limits; damage; a coding tool that the decoder lacks counts as an unsupported format.
pub(super) fn decode(job: &DecodeJob) -> Result<Decoded, IntakeError> {
    let header = heic_rs::probe(&job.bytes).map_err(heic_error)?;
    job.limits.check_decoded(header.coded_width, header.coded_height, 0)?;
    job.limits.check_decoded(header.width, header.height, 0)?;
    job.deadline.check()?;
    let options = DecodeOptions::default()
        .with_layout(PixelLayout::Rgb8)
        .with_max_pixels(Some(job.limits.max_decoded_pixels))
        // Files are read in parallel, so one file gets one thread.
        .with_threads(Some(1));
    let picture = heic_rs::decode(&job.bytes, &options).map_err(heic_error)?;
    job.deadline.check()?;
    let pixels = RgbImage::from_raw(picture.width, picture.height, picture.data)
        .ok_or_else(|| IntakeError::corrupt("samples are missing"))?;
    Ok(Decoded {
        pages: vec![PageImage::from_pixels(0, pixels, PageOrigin::Picture)],
        findings: Vec::new(),
        metadata: Metadata::from_picture(&job.bytes),
    })
}

fn heic_error(error: Error) -> IntakeError {
    match error {
        Error::Unsupported(_) => IntakeError::Unsupported { guess: "image/heic" },
        error => IntakeError::corrupt(error),
    }
}
