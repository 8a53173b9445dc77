//! One decoder a file: bytes of a known type to pages, under limits.

mod avif;
mod heic;
mod jpeg;
mod jpeg_markers;
mod pdf;
mod pixels;
mod raster;
mod tiff;

use crate::domain::{Finding, MediaType};

use super::{
    deadline::Deadline,
    error::IntakeError,
    limits::{DecodeScale, Limits},
    metadata::Metadata,
    page::PageImage,
};

/// What every decoder is given.
pub(super) struct DecodeJob {
    pub bytes: std::sync::Arc<Vec<u8>>,
    pub limits: Limits,
    pub scale: DecodeScale,
    pub deadline: Deadline,
}

/// What every decoder gives back.
#[derive(Debug)]
pub(super) struct Decoded {
    pub pages: Vec<PageImage>,
    /// What is wrong with a file that could be read nonetheless.
    pub findings: Vec<Finding>,
    pub metadata: Metadata,
}

/// Decodes the bytes as `media_type`.
///
/// # Errors
/// Whatever makes the file unusable.
pub(super) fn decode(media_type: MediaType, job: &DecodeJob) -> Result<Decoded, IntakeError> {
    match media_type {
        MediaType::Jpeg => jpeg::decode(job),
        MediaType::Png => raster::decode(job, image::ImageFormat::Png),
        MediaType::WebP => raster::decode(job, image::ImageFormat::WebP),
        MediaType::Gif => raster::decode(job, image::ImageFormat::Gif),
        MediaType::Bmp => raster::decode(job, image::ImageFormat::Bmp),
        MediaType::Tiff => tiff::decode(job),
        MediaType::Pdf => pdf::decode(job),
        MediaType::Heic => heic::decode(job),
        MediaType::Avif => avif::decode(job),
        MediaType::Unsupported(guess) => Err(IntakeError::Unsupported { guess }),
    }
}
