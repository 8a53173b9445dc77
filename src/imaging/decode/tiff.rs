//! TIFF by the `tiff` crate: every full-size page; grey, RGB and CMYK at 1 to 16 bits. The
//! crate has no palettes; such files, which scanners do not write, count as an unsupported format.

use std::io::Cursor;

use image::RgbImage;
use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits as TiffLimits},
    tags::Tag,
};

use super::{
    super::{
        error::IntakeError,
        limits::Limits,
        metadata::Metadata,
        page::{PageImage, PageOrigin},
    },
    DecodeJob, Decoded, pixels,
};

type TiffReader<'a> = Decoder<Cursor<&'a [u8]>>;

/// Decodes every page.
///
/// # Errors
/// Limits; damage.
pub(super) fn decode(job: &DecodeJob) -> Result<Decoded, IntakeError> {
    let bytes = job.bytes.as_slice();
    job.limits.check_pages(count_pages(bytes, &job.limits)?)?;
    let metadata = Metadata::from_picture(bytes);
    let mut reader = open(bytes, &job.limits)?;
    let (mut pages, mut decoded_pixels) = (Vec::new(), 0);
    loop {
        job.deadline.check()?;
        if !is_thumbnail(&mut reader) {
            let (width, height) = reader.dimensions().map_err(tiff_error)?;
            job.limits.check_decoded(width, height, decoded_pixels)?;
            decoded_pixels += u64::from(width) * u64::from(height);
            let orientation = orientation(&mut reader);
            let picture = pixels::orient(read_page(&mut reader, width, height)?, orientation);
            pages.push(PageImage::from_pixels(pages.len(), picture, PageOrigin::Picture));
        }
        if !reader.more_images() {
            break;
        }
        reader.next_image().map_err(tiff_error)?;
    }
    Ok(Decoded { pages, findings: Vec::new(), metadata })
}

fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<TiffReader<'a>, IntakeError> {
    let mut tiff_limits = TiffLimits::default();
    let max_alloc = usize::try_from(limits.max_alloc_bytes()).unwrap_or(usize::MAX);
    tiff_limits.decoding_buffer_size = max_alloc;
    tiff_limits.intermediate_buffer_size = max_alloc;
    Ok(Decoder::new(Cursor::new(bytes)).map_err(tiff_error)?.with_limits(tiff_limits))
}

/// Pages by their directories alone, counted up to one more than allowed.
fn count_pages(bytes: &[u8], limits: &Limits) -> Result<usize, IntakeError> {
    let mut reader = open(bytes, limits)?;
    let mut pages = 0;
    loop {
        pages += usize::from(!is_thumbnail(&mut reader));
        if pages > limits.max_pages || !reader.more_images() {
            return Ok(pages);
        }
        reader.next_image().map_err(tiff_error)?;
    }
}

/// A reduced copy of another page (NewSubfileType, bit 0).
fn is_thumbnail(reader: &mut TiffReader<'_>) -> bool {
    matches!(reader.find_tag_unsigned::<u32>(Tag::NewSubfileType), Ok(Some(kind)) if kind & 1 == 1)
}

fn orientation(reader: &mut TiffReader<'_>) -> Option<u8> {
    reader.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten()
}

fn tiff_error(error: TiffError) -> IntakeError {
    match error {
        TiffError::UnsupportedError(_) => IntakeError::Unsupported { guess: "image/tiff" },
        error => IntakeError::corrupt(error),
    }
}

fn read_page(reader: &mut TiffReader<'_>, width: u32, height: u32) -> Result<RgbImage, IntakeError> {
    let color = reader.colortype().map_err(tiff_error)?;
    let samples = match reader.read_image().map_err(tiff_error)? {
        DecodingResult::U8(samples) => unpack(samples, color, width),
        // The upper byte is all that 8 bits can hold.
        DecodingResult::U16(samples) => samples.into_iter().map(|sample| (sample >> 8) as u8).collect(),
        _ => return Err(IntakeError::corrupt("floating-point or signed samples")),
    };
    let rgb = match color {
        ColorType::Gray(bits) => {
            let scale = if bits < 8 { 255 / ((1 << bits) - 1) } else { 1 };
            samples.into_iter().flat_map(|grey| [grey * scale; 3]).collect()
        }
        ColorType::RGB(_) => samples,
        ColorType::GrayA(_) => {
            samples.as_chunks::<2>().0.iter().flat_map(|&[g, a]| over_white([g; 3], a)).collect()
        }
        ColorType::RGBA(_) => {
            samples.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| over_white([r, g, b], a)).collect()
        }
        ColorType::CMYK(_) => pixels::cmyk_to_rgb(&samples, false),
        ColorType::YCbCr(8) => samples.as_chunks::<3>().0.iter().flat_map(|&ycc| ycbcr_to_rgb(ycc)).collect(),
        _ => return Err(IntakeError::corrupt("an unusual colour layout")),
    };
    RgbImage::from_raw(width, height, rgb).ok_or_else(|| IntakeError::corrupt("samples are missing"))
}

fn over_white(color: [u8; 3], alpha: u8) -> [u8; 3] {
    color.map(|value| pixels::over_white(value, alpha))
}

/// One sample a byte out of rows of packed 1-, 2- or 4-bit samples, each row padded to a whole byte.
fn unpack(packed: Vec<u8>, color: ColorType, width: u32) -> Vec<u8> {
    let bits = color.bit_depth();
    let row_samples = width as usize * usize::from(color.num_samples());
    if !matches!(bits, 1 | 2 | 4) || row_samples == 0 {
        return packed;
    }
    let (per_byte, mask) = (usize::from(8 / bits), (1_u8 << bits) - 1);
    packed
        .chunks_exact(row_samples.div_ceil(per_byte))
        .flat_map(|row| {
            (0..row_samples).map(move |i| {
                let shift = 8 - bits * (i % per_byte + 1) as u8;
                (row[i / per_byte] >> shift) & mask
            })
        })
        .collect()
}

/// ITU-R BT.601 full range, as TIFF 6.0 section 21 gives for its default coefficients.
fn ycbcr_to_rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb]
        .map(|value| value.round().clamp(0.0, 255.0) as u8)
}
