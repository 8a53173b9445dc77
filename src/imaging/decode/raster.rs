//! PNG, WebP, GIF and BMP by the `image` crate: still pictures, or the first frame of an animation.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::{
    super::{
        error::IntakeError,
        limits::Limits,
        metadata::Metadata,
        page::{PageImage, PageOrigin},
    },
    DecodeJob, Decoded, pixels,
};

/// Decodes the picture.
///
/// # Errors
/// Limits; damage.
pub(super) fn decode(job: &DecodeJob, format: ImageFormat) -> Result<Decoded, IntakeError> {
    let mut reader = ImageReader::with_format(Cursor::new(job.bytes.as_slice()), format);
    reader.limits(allocation_limits(&job.limits));
    let decoder = reader.into_decoder().map_err(intake_error)?;
    let (width, height) = decoder.dimensions();
    job.limits.check_decoded(width, height, 0)?;
    job.deadline.check()?;
    let picture = DynamicImage::from_decoder(decoder).map_err(intake_error)?;
    job.deadline.check()?;
    let metadata = Metadata::from_picture(&job.bytes);
    let picture = pixels::orient(pixels::flatten(picture), metadata.orientation);
    let pages = vec![PageImage::from_pixels(0, picture, PageOrigin::Picture)];
    Ok(Decoded { pages, findings: Vec::new(), metadata })
}

fn allocation_limits(limits: &Limits) -> image::Limits {
    let mut allocation = image::Limits::default();
    allocation.max_alloc = Some(limits.max_alloc_bytes());
    allocation
}

fn intake_error(error: ImageError) -> IntakeError {
    IntakeError::corrupt(error)
}
