//! PDF by `hayro`: every page rendered, its text layer beside it.

mod bombs;
mod layout;
mod overlay;
mod text;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::{InterpreterSettings, InterpreterWarning},
    hayro_syntax::{
        DecryptionError, LoadPdfError, Pdf,
        object::{
            Object,
            dict::keys::{HEIGHT, SUBTYPE, WIDTH},
        },
        page::Page,
    },
    vello_cpu::{Pixmap, color::palette::css::WHITE},
};
use image::RgbImage;

use crate::domain::{Finding, FindingCode, Severity};

use super::{
    super::{
        error::IntakeError,
        limits::Limits,
        metadata::{Metadata, short_text},
        page::{PageImage, PageOrigin},
    },
    DecodeJob, Decoded, pixels,
};
use layout::PageLayout;

/// Long side of a rendered page in pixels: 188 dpi on A4, where 10-point print is 26 pixels high, as
/// the recogniser likes it. More costs time in proportion to its square.
const LONG_SIDE_PX: f64 = 2200.0;

/// A page that is one scanned picture is rendered at the picture's own resolution, as far as its long
/// side stays in this range of pixels: below it small print cannot be read anyway, above it (600 dpi
/// scans) nothing more can be read.
const SCAN_LONG_SIDE_PX: (f64, f64) = (1400.0, 3600.0);

/// Decodes every page.
///
/// # Errors
/// Limits; [`IntakeError::Encrypted`] when the empty password does not open it; damage.
pub(super) fn decode(job: &DecodeJob) -> Result<Decoded, IntakeError> {
    bombs::check(&job.bytes, job.limits.max_unpacked_bytes)?;
    job.deadline.check()?;
    let pdf = Pdf::new(Arc::clone(&job.bytes)).map_err(load_error)?;
    let page_count = pdf.pages().len();
    if page_count == 0 {
        return Err(IntakeError::corrupt("the document has no pages"));
    }
    job.limits.check_pages(page_count)?;
    check_images(&pdf, &job.limits)?;
    job.deadline.check()?;

    let damaged = Arc::new(AtomicBool::new(false));
    let settings = interpreter_settings(&damaged);
    let cache = RenderCache::new();
    let (mut pages, mut findings) = (Vec::with_capacity(page_count), Vec::new());
    let mut decoded_pixels = 0;
    for (index, page) in pdf.pages().iter().enumerate() {
        let layout = PageLayout::of(page, &settings, job.deadline)?;
        let scale = choose_scale(page, &layout)?;
        let (width, height) = rendered_size(page, scale);
        job.limits.check_decoded(width, height, decoded_pixels)?;
        decoded_pixels += u64::from(width) * u64::from(height);
        let pixmap_settings =
            PixmapSettings { x_scale: scale as f32, y_scale: scale as f32, bg_color: WHITE };
        let pixmap = hayro::render(page, &cache, &settings, &RenderSettings::default(), &pixmap_settings);
        job.deadline.check()?;
        let mut page = PageImage::from_pixels(index, to_rgb(&pixmap), PageOrigin::PdfPage);
        page.overlays = layout.overlays(scale);
        page.text_layer = layout.text_spans(scale, page.width, page.height);
        pages.push(page);
        if damaged.swap(false, Ordering::Relaxed) {
            findings.push(damage_finding(index));
        }
    }
    let info = pdf.metadata();
    let metadata = Metadata {
        pdf_producer: info.producer.as_deref().and_then(short_text),
        pdf_creator: info.creator.as_deref().and_then(short_text),
        ..Metadata::default()
    };
    Ok(Decoded { pages, findings, metadata })
}

fn load_error(error: LoadPdfError) -> IntakeError {
    match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => IntakeError::Encrypted,
        LoadPdfError::Decryption(_) => IntakeError::corrupt("the encryption dictionary is invalid"),
        LoadPdfError::Invalid => IntakeError::corrupt("not a readable PDF"),
    }
}

/// Refuses a document in which any picture declares more pixels than may be decoded, whether or not a
/// page shows it: soft masks and patterns are pictures too and are not seen when walking a page.
fn check_images(pdf: &Pdf, limits: &Limits) -> Result<(), IntakeError> {
    for object in pdf.objects() {
        let Object::Stream(stream) = object else { continue };
        let dict = stream.dict();
        let is_image = dict
            .get::<hayro::hayro_syntax::object::Name<'_>>(SUBTYPE)
            .is_some_and(|name| name.as_ref() == b"Image");
        if is_image && let Some((width, height)) = dict.get::<u32>(WIDTH).zip(dict.get::<u32>(HEIGHT)) {
            layout::check_image(width, height, limits.max_decoded_pixels)?;
        }
    }
    Ok(())
}

fn interpreter_settings(damaged: &Arc<AtomicBool>) -> InterpreterSettings {
    let damaged = Arc::clone(damaged);
    InterpreterSettings {
        warning_sink: Arc::new(move |warning| {
            if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
                damaged.store(true, Ordering::Relaxed);
            }
        }),
        ..InterpreterSettings::default()
    }
}

/// Rendered pixels per point of the page.
fn choose_scale(page: &Page<'_>, layout: &PageLayout) -> Result<f64, IntakeError> {
    let (width, height) = page.render_dimensions();
    let long_side = f64::from(width.max(height));
    if !long_side.is_finite() || long_side <= 0.0 {
        return Err(IntakeError::corrupt("a page has no size"));
    }
    let (smallest, largest) = SCAN_LONG_SIDE_PX;
    let long_side_px = match layout.scan_density() {
        Some(pixels_per_point) => (pixels_per_point * long_side).clamp(smallest, largest),
        None => LONG_SIDE_PX,
    };
    Ok(long_side_px / long_side)
}

/// As the renderer computes it.
fn rendered_size(page: &Page<'_>, scale: f64) -> (u32, u32) {
    let (width, height) = page.render_dimensions();
    ((width * scale as f32) as u32, (height * scale as f32) as u32)
}

/// The page was rendered on white, so nothing of it is transparent.
fn to_rgb(pixmap: &Pixmap) -> RgbImage {
    let rgba = pixmap.data_as_u8_slice();
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for &[r, g, b, _] in rgba.as_chunks::<4>().0 {
        rgb.extend([r, g, b]);
    }
    pixels::rgb_image(u32::from(pixmap.width()), u32::from(pixmap.height()), rgb)
}

fn damage_finding(page: usize) -> Finding {
    Finding::new(
        FindingCode::IntakeCorrupt,
        Severity::Review,
        format!("PDF 第 {} 页中有图片已损坏，未能显示，请重新导出后上传", page + 1),
        format!(
            "A picture on page {} of the PDF is damaged and could not be shown; please export it again",
            page + 1
        ),
    )
    .on_page(page)
}
