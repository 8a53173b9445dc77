//! Limits that every upload is held to, checked from headers before any pixel is decoded.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::IntakeError;

/// What one upload may cost. Every field can be set in the operator's configuration file; a field
/// that is left out keeps its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Size of the file in bytes. Default 40 MiB: a 108-megapixel phone JPEG has about 30 MB, a scanned
    /// ten-page PDF about 20 MB. Raising it costs memory: the bytes are held twice while they are read.
    pub max_bytes: u64,
    /// Pixels that a picture may *declare*. Default 120 million: the largest phone mode in use
    /// (108 megapixels, 12000×9000) passes, and a header of 65535×65535 does not.
    pub max_pixels: u64,
    /// Pixels that may be *decoded* for one file, all its pages together. Default 64 million: 192 MB as
    /// RGB, which keeps the whole process under 700 MB. Larger JPEGs are decoded at a reduced scale
    /// instead of being refused; other formats cannot be, and are refused.
    pub max_decoded_pixels: u64,
    /// Pages of a PDF or TIFF. Default 20: the longest paper of an application has four.
    pub max_pages: usize,
    /// Wall-clock milliseconds for reading one file. Default 20 s, a hundred times what a large photo
    /// takes; only a bomb or a hung decoder reaches it.
    pub max_time_ms: u64,
    /// Bytes that the compressed streams of one PDF may unpack to, all together. Default 512 MiB: real
    /// reports unpack to a few MB and a deflate bomb grows a thousandfold.
    pub max_unpacked_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 40 << 20,
            max_pixels: 120_000_000,
            max_decoded_pixels: 64_000_000,
            max_pages: 20,
            max_time_ms: 20_000,
            max_unpacked_bytes: 512 << 20,
        }
    }
}

impl Limits {
    /// [`Self::max_time_ms`] as a duration.
    pub fn max_time(&self) -> Duration {
        Duration::from_millis(self.max_time_ms)
    }

    /// Bytes that one decoder may allocate: four 16-bit channels for every decoded pixel, which is the
    /// widest layout any format here has.
    pub(super) fn max_alloc_bytes(&self) -> u64 {
        self.max_decoded_pixels.saturating_mul(8)
    }

    /// Refuses a picture that declares no or too many pixels.
    pub(super) fn check_declared(&self, width: u32, height: u32) -> Result<(), IntakeError> {
        if width == 0 || height == 0 {
            return Err(IntakeError::corrupt("the picture declares no pixels"));
        }
        self.check_pixels(width, height, self.max_pixels)
    }

    /// As [`Self::check_declared`], for a picture that can only be decoded as large as it is and
    /// `already` decoded pixels of earlier pages of the same file.
    pub(super) fn check_decoded(&self, width: u32, height: u32, already: u64) -> Result<(), IntakeError> {
        self.check_declared(width, height)?;
        self.check_pixels(width, height, self.max_decoded_pixels.saturating_sub(already))
    }

    /// Refuses a file of more pages than allowed.
    pub(super) fn check_pages(&self, pages: usize) -> Result<(), IntakeError> {
        if pages > self.max_pages {
            return Err(IntakeError::TooManyPages { pages, max_pages: self.max_pages });
        }
        Ok(())
    }

    fn check_pixels(&self, width: u32, height: u32, max_pixels: u64) -> Result<(), IntakeError> {
        if u64::from(width) * u64::from(height) > max_pixels {
            return Err(IntakeError::TooManyPixels { width, height, max_pixels });
        }
        Ok(())
    }
}

/// How large a picture is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecodeScale {
    /// Every pixel of the file: what forensics needs.
    #[default]
    Full,
    /// The smallest size that the format can be decoded at cheaply with at least this long side.
    /// Only JPEG has such sizes (see `decode/jpeg.rs` for what they save); other formats come whole.
    AtLeast {
        /// Pixels of the longer side.
        long_side_px: u32,
    },
}

impl DecodeScale {
    /// What reading text needs: half of a 12-megapixel photo (4032×3024). A card that fills half of the
    /// frame's width is then still 300 dpi. Above 2016 such photos would be decoded whole or at 5/8,
    /// which costs twice the time.
    pub const READING: Self = Self::AtLeast { long_side_px: 2000 };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_file_sets_single_limits() {
        let limits: Limits = toml::from_str("max_pages = 3").unwrap();
        assert_eq!(limits, Limits { max_pages: 3, ..Limits::default() });
        assert!(toml::from_str::<Limits>("max_page = 3").is_err());
    }

    #[test]
    fn bombs_are_refused_and_phones_pass() {
        let limits = Limits::default();
        assert!(limits.check_declared(12_000, 9_000).is_ok());
        assert!(matches!(limits.check_declared(65_535, 65_535), Err(IntakeError::TooManyPixels { .. })));
        assert!(limits.check_declared(0, 10).is_err());
        assert!(limits.check_decoded(4032, 3024, 0).is_ok());
        assert!(limits.check_decoded(4032, 3024, 60_000_000).is_err());
    }
}
