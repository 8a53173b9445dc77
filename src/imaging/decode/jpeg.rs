//! JPEG by libjpeg-turbo: baseline, progressive, grey, CMYK and YCCK; at a reduced scale on request.
//!
//! # Why libjpeg-turbo
//! Photos are the main load. CPU milliseconds for a 4032×3024 photo on the build machine (2 MB at
//! quality 90 / 1.3 MB at quality 80 / 1.8 MB progressive):
//!
//! | decoder | full 12 MP | 5/8 | 1/2 | 1/4 |
//! |---|---|---|---|---|
//! | `image` (zune-jpeg 0.5) | 60 / 52 / 156 | – | – | – |
//! | `jpeg-decoder` 0.3 | – | – | 38 / 28 / 142 | 34 / 26 / 138 |
//! | libjpeg-turbo 3 (`turbojpeg`) | 52 / 44 / 128 | 48 / 40 / 112 | 28 / 24 / 100 | 24 / 20 / 100 |
//!
//! Decoding at half scale drops the upper DCT coefficients instead of computing pixels that are thrown
//! away, so a photo costs half, and everything behind it handles a quarter of the pixels. 3/4 and 7/8 are
//! slower than the full size and not offered. It also reads what the others refuse (arithmetic coding,
//! odd sampling) and gives back what it had when the data ends early.

use image::RgbImage;
use turbojpeg::{Colorspace, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor};

use crate::domain::{Finding, FindingCode, Severity};

use super::{
    super::{
        error::IntakeError,
        limits::{DecodeScale, Limits},
        metadata::{JpegCoding, Metadata},
        page::{PageImage, PageOrigin},
    },
    DecodeJob, Decoded,
    jpeg_markers::{self, JpegMarkers},
    pixels,
};

/// Scales that are worth their time, smallest first, as numerator and denominator.
const SCALES: [(usize, usize); 6] = [(1, 8), (1, 4), (3, 8), (1, 2), (5, 8), (1, 1)];

/// Scans of one picture. Encoders write about ten; every further one costs a pass over all pixels, which
/// a bomb repeats thousands of times.
const MAX_SCANS: u32 = 100;

/// Share of the rows that must be there for a damaged picture to count as readable. With less than half
/// no kind of document has all its fields left; such a file is reported as corrupt.
const MIN_SHARE: f64 = 0.5;

/// From this share on the missing rows are a margin that rarely holds text, so a person may decide;
/// below it the applicant is asked for a new upload.
const NEARLY_WHOLE_SHARE: f64 = 0.95;

/// How far a pixel may be from the decoder's filling and still count as filling, in grey levels.
const FILLING_TOLERANCE: u8 = 1;

/// Decodes the picture.
///
/// # Errors
/// Limits; [`IntakeError::Corrupt`] when less than [`MIN_SHARE`] of it is left.
pub(super) fn decode(job: &DecodeJob) -> Result<Decoded, IntakeError> {
    let bytes = job.bytes.as_slice();
    let mut decompressor = Decompressor::new().map_err(IntakeError::corrupt)?;
    let header = decompressor.read_header(bytes).map_err(IntakeError::corrupt)?;
    let (width, height) = dimensions(&header)?;
    job.limits.check_declared(width, height)?;
    let markers = jpeg_markers::walk(bytes);
    check_coefficients(&markers, width, height, &job.limits)?;

    let scale = choose_scale(&header, job.scale, &job.limits)?;
    decompressor.set_scaling_factor(scale).map_err(IntakeError::corrupt)?;
    decompressor.set_scan_limit(MAX_SCANS).map_err(IntakeError::corrupt)?;
    job.deadline.check()?;
    let (picture, share) = decompress(&mut decompressor, &header.scaled(scale), bytes, &markers)?;
    job.deadline.check()?;

    let mut metadata = Metadata::from_picture(bytes);
    metadata.dpi = metadata.dpi.or(markers.dpi.map(|dpi| dpi as f32));
    metadata.jpeg = Some(JpegCoding {
        progressive: markers.progressive,
        components: markers.components,
        adobe: markers.adobe,
        trailing_bytes: markers.end.map_or(0, |end| bytes.len() - end),
    });
    let turned = metadata.orientation.is_some_and(|orientation| orientation >= 5);
    let picture = pixels::orient(picture, metadata.orientation);
    let mut page = PageImage::from_pixels(0, picture, PageOrigin::Picture);
    (page.width, page.height) = if turned { (height, width) } else { (width, height) };
    let findings = share.map(damage_finding).into_iter().collect();
    Ok(Decoded { pages: vec![page], findings, metadata })
}

fn dimensions(header: &DecompressHeader) -> Result<(u32, u32), IntakeError> {
    let side = |value: usize| u32::try_from(value).map_err(IntakeError::corrupt);
    Ok((side(header.width)?, side(header.height)?))
}

/// A progressive picture is held as coefficients, two bytes for every sample, at whatever scale it is
/// decoded in the end. Sampling is taken as full, which is the worst case.
fn check_coefficients(
    markers: &JpegMarkers,
    width: u32,
    height: u32,
    limits: &Limits,
) -> Result<(), IntakeError> {
    let pixels = u64::from(width) * u64::from(height);
    let coefficient_bytes = pixels.saturating_mul(u64::from(markers.components) * 2);
    if markers.progressive && coefficient_bytes > limits.max_alloc_bytes() {
        let max_pixels = limits.max_alloc_bytes() / (u64::from(markers.components).max(1) * 2);
        return Err(IntakeError::TooManyPixels { width, height, max_pixels });
    }
    Ok(())
}

/// The smallest scale that gives what is wanted, or, for a picture above the decoding limit, the largest
/// that stays below it.
fn choose_scale(
    header: &DecompressHeader,
    wanted: DecodeScale,
    limits: &Limits,
) -> Result<ScalingFactor, IntakeError> {
    let long_side = header.width.max(header.height);
    let enough = |factor: ScalingFactor| match wanted {
        DecodeScale::Full => factor == ScalingFactor::ONE,
        DecodeScale::AtLeast { long_side_px } => factor.scale(long_side) >= long_side_px as usize,
    };
    let mut chosen = None;
    for (numerator, denominator) in SCALES {
        let factor = ScalingFactor::new(numerator, denominator);
        let scaled = header.scaled(factor);
        if scaled.width as u64 * scaled.height as u64 > limits.max_decoded_pixels {
            break;
        }
        chosen = Some(factor);
        if enough(factor) {
            break;
        }
    }
    let (width, height) = dimensions(header)?;
    chosen.ok_or(IntakeError::TooManyPixels { width, height, max_pixels: limits.max_decoded_pixels })
}

/// The pixels, and for a damaged picture the share of its rows that were decoded.
fn decompress(
    decompressor: &mut Decompressor,
    scaled: &DecompressHeader,
    bytes: &[u8],
    markers: &JpegMarkers,
) -> Result<(RgbImage, Option<f64>), IntakeError> {
    let (width, height) = dimensions(scaled)?;
    let cmyk = matches!(scaled.colorspace, Colorspace::CMYK | Colorspace::YCCK);
    let format = if cmyk { PixelFormat::CMYK } else { PixelFormat::RGB };
    let pitch = scaled.width * format.size();
    let mut raw = vec![0; pitch * scaled.height];
    let output =
        Image { pixels: raw.as_mut_slice(), width: scaled.width, pitch, height: scaled.height, format };
    let complaint = decompressor.decompress(bytes, output).err().map(|error| error.to_string());
    let share = match complaint {
        Some(complaint) if !is_harmless(&complaint) => {
            let share = decoded_share(&raw, pitch);
            if share < MIN_SHARE {
                return Err(IntakeError::Corrupt { cause: complaint });
            }
            Some(share)
        }
        _ => None,
    };
    let rgb = if cmyk { pixels::cmyk_to_rgb(&raw, markers.adobe) } else { raw };
    Ok((pixels::rgb_image(width, height, rgb), share))
}

/// Warnings of libjpeg that say nothing about the pixels: bytes between segments (some phones leave
/// them), unknown version numbers and colour profile faults.
fn is_harmless(complaint: &str) -> bool {
    ["extraneous bytes", "Unknown Adobe", "JFIF", "ICC"].iter().any(|known| complaint.contains(known))
}

/// Share of the rows down to the last one with content, 0 to 1. libjpeg fills what it has no data for
/// with mid-grey, and after a fatal error our buffer keeps its zeros.
fn decoded_share(raw: &[u8], pitch: usize) -> f64 {
    /// A DC coefficient of zero after the level shift (T.81, A.3.1).
    const MID_GREY: u8 = 128;
    let is_filling = |row: &&[u8]| {
        row.iter().all(|value| value.abs_diff(MID_GREY) <= FILLING_TOLERANCE)
            || row.iter().all(|&value| value == 0)
    };
    let rows = raw.len() / pitch.max(1);
    let missing = raw.chunks_exact(pitch.max(1)).rev().take_while(is_filling).count();
    (rows - missing) as f64 / rows.max(1) as f64
}

fn damage_finding(share: f64) -> Finding {
    let severity = if share >= NEARLY_WHOLE_SHARE { Severity::Review } else { Severity::Retake };
    let percent = (share * 100.0).floor();
    Finding::new(
        FindingCode::IntakeCorrupt,
        severity,
        format!("图片数据不完整或已损坏，仅能读出约 {percent}%，请重新拍摄或上传原图"),
        format!("The picture is damaged or incomplete, about {percent}% could be read; please take or upload it again"),
    )
    .on_page(0)
    .with_evidence("decoded_share", share)
}
