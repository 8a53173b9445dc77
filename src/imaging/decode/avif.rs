//! AVIF by `avif-parse` for the container and `re_rav1d` (dav1d in Rust) for the pixels.
//!
//! The container parser gives the primary picture and its alpha; it knows neither grids nor `irot`, which
//! cameras do not write into AVIF: such files come from converters.

use std::io::Cursor;

use image::RgbImage;
use re_rav1d::{
    Decoder, PixelLayout, PlanarImageComponent as Component, Settings,
    pixel::{MatrixCoefficients, YUVRange},
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

/// Decodes the primary picture.
///
/// # Errors
/// Limits; damage.
pub(super) fn decode(job: &DecodeJob) -> Result<Decoded, IntakeError> {
    let container =
        avif_parse::read_avif(&mut Cursor::new(job.bytes.as_slice())).map_err(IntakeError::corrupt)?;
    let header = container.primary_item_metadata().map_err(IntakeError::corrupt)?;
    job.limits.check_decoded(header.max_frame_width.get(), header.max_frame_height.get(), 0)?;
    job.deadline.check()?;
    let picture = Frame::decode(&container.primary_item, &job.limits)?;
    job.deadline.check()?;
    let alpha = container.alpha_item.as_ref().map(|item| Frame::decode(item, &job.limits)).transpose()?;
    let page = PageImage::from_pixels(0, picture.to_rgb(alpha.as_ref())?, PageOrigin::Picture);
    let metadata = Metadata::from_picture(&job.bytes);
    Ok(Decoded { pages: vec![page], findings: Vec::new(), metadata })
}

/// A decoded frame.
struct Frame(re_rav1d::Picture);

impl Frame {
    fn decode(obu: &[u8], limits: &Limits) -> Result<Self, IntakeError> {
        let mut settings = Settings::new();
        // Files are read in parallel, so one file gets one thread and nothing is held back.
        settings.set_n_threads(1);
        settings.set_max_frame_delay(1);
        settings.set_all_layers(false);
        settings.set_frame_size_limit(u32::try_from(limits.max_decoded_pixels).unwrap_or(u32::MAX));
        let mut decoder = Decoder::with_settings(&settings).map_err(IntakeError::corrupt)?;
        match decoder.send_data(obu.to_vec(), None, None, None) {
            Err(error) if !error.is_again() => return Err(IntakeError::corrupt(error)),
            _ => {}
        }
        decoder.get_picture().map(Self).map_err(IntakeError::corrupt)
    }

    fn to_rgb(&self, alpha: Option<&Self>) -> Result<RgbImage, IntakeError> {
        let picture = &self.0;
        let layout = picture.pixel_layout();
        let luma = Plane::of(picture, Component::Y);
        let chroma = (layout != PixelLayout::I400)
            .then(|| (Plane::of(picture, Component::U), Plane::of(picture, Component::V)));
        let alpha = alpha.map(|frame| Plane::of(&frame.0, Component::Y));
        let shift_x = u32::from(matches!(layout, PixelLayout::I420 | PixelLayout::I422));
        let shift_y = u32::from(layout == PixelLayout::I420);
        let matrix = Matrix::of(picture);
        let (width, height) = (picture.width(), picture.height());
        let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
        for y in 0..height {
            for x in 0..width {
                let (u, v) = match &chroma {
                    Some((u, v)) => (u.at(x >> shift_x, y >> shift_y), v.at(x >> shift_x, y >> shift_y)),
                    None => (128, 128),
                };
                let color = matrix.apply([luma.at(x, y), u, v]);
                match &alpha {
                    Some(alpha) => rgb.extend(color.map(|value| pixels::over_white(value, alpha.at(x, y)))),
                    None => rgb.extend(color),
                }
            }
        }
        RgbImage::from_raw(width, height, rgb).ok_or_else(|| IntakeError::corrupt("samples are missing"))
    }
}

/// One colour plane, read as 8 bits.
struct Plane {
    data: re_rav1d::Plane,
    /// Bytes from one row to the next.
    stride: usize,
    /// Bits above the eight that are kept; 0 also means one byte a sample.
    extra_bits: usize,
}

impl Plane {
    fn of(picture: &re_rav1d::Picture, component: Component) -> Self {
        Self {
            data: picture.plane(component),
            stride: picture.stride(component) as usize,
            extra_bits: picture.bits_per_component().map_or(0, |bits| bits.0.saturating_sub(8)),
        }
    }

    /// The sample there; mid-grey outside of the plane.
    fn at(&self, x: u32, y: u32) -> u8 {
        let row = y as usize * self.stride;
        if self.extra_bits == 0 {
            return self.data.get(row + x as usize).copied().unwrap_or(128);
        }
        let at = row + x as usize * 2;
        self.data
            .get(at..at + 2)
            .map_or(128, |pair| (u16::from_ne_bytes([pair[0], pair[1]]) >> self.extra_bits).min(255) as u8)
    }
}

/// Y'CbCr to R'G'B' (ITU-T H.273, 8.3).
enum Matrix {
    /// The planes are G, B and R.
    Identity,
    Weights {
        red: f32,
        blue: f32,
        limited: bool,
    },
}

impl Matrix {
    fn of(picture: &re_rav1d::Picture) -> Self {
        let limited = matches!(picture.color_range(), YUVRange::Limited);
        let (red, blue) = match picture.matrix_coefficients() {
            MatrixCoefficients::Identity => return Self::Identity,
            MatrixCoefficients::BT709 => (0.2126, 0.0722),
            MatrixCoefficients::BT2020NonConstantLuminance | MatrixCoefficients::BT2020ConstantLuminance => {
                (0.2627, 0.0593)
            }
            // BT.601, which is also what an unspecified matrix means for still pictures.
            _ => (0.299, 0.114),
        };
        Self::Weights { red, blue, limited }
    }

    fn apply(&self, [y, u, v]: [u8; 3]) -> [u8; 3] {
        let Self::Weights { red, blue, limited } = *self else { return [v, y, u] };
        let (luma_offset, luma_gain, chroma_gain) =
            if limited { (16.0, 255.0 / 219.0, 255.0 / 224.0) } else { (0.0, 1.0, 1.0) };
        let luma = (f32::from(y) - luma_offset) * luma_gain;
        let (cb, cr) = ((f32::from(u) - 128.0) * chroma_gain, (f32::from(v) - 128.0) * chroma_gain);
        let green = 1.0 - red - blue;
        let r = luma + 2.0 * (1.0 - red) * cr;
        let b = luma + 2.0 * (1.0 - blue) * cb;
        let g = luma - (2.0 * (1.0 - blue) * blue * cb + 2.0 * (1.0 - red) * red * cr) / green;
        [r, g, b].map(|value| value.round().clamp(0.0, 255.0) as u8)
    }
}
