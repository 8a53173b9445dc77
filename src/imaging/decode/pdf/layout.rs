//! A walk over a page's drawing instructions that draws nothing: where its characters stand and how
//! dense its pictures are.

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
        InterpreterSettings, SoftMask, TransformExt,
        font::{Glyph, GlyphRun},
        hayro_cmap::BfString,
        interpret_page,
    },
    hayro_syntax::page::Page,
    kurbo::{BezPath, Rect},
};

use super::{
    super::super::{deadline::Deadline, error::IntakeError, page::TextSpan},
    text::{self, PlacedGlyph},
};

/// Share of the page's area that one picture must cover for the page to count as a scan.
const SCAN_COVERAGE: f64 = 0.85;

/// Characters kept of a page. A full A4 page of small print has 4,000; grouping takes time in proportion
/// to characters times lines.
const MAX_GLYPHS: usize = 20_000;

/// Calls between two looks at the clock.
const CALLS_PER_CHECK: u32 = 512;

/// What stands where on a page, in points from its top-left corner.
pub(super) struct PageLayout {
    page_area: f64,
    glyphs: Vec<PlacedGlyph>,
    pictures: Vec<Picture>,
}

struct Picture {
    /// Square points that it covers.
    area: f64,
    pixels_per_point: f64,
}

impl PageLayout {
    /// Walks over the page.
    ///
    /// # Errors
    /// [`IntakeError::Timeout`]. Forms that draw each other can take for ever, and nothing but unwinding
    /// ends the interpreter; the walk unwinds when the time is up, before the renderer gets the page.
    pub(super) fn of(
        page: &Page<'_>,
        settings: &InterpreterSettings,
        deadline: Deadline,
    ) -> Result<Self, IntakeError> {
        let (width, height) = page.render_dimensions();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let transform = page.initial_transform(true).to_kurbo();
        let cache = InterpreterCache::new();
        let mut context = Context::new(transform, bounds, &cache, page.xref(), settings.clone());
        let mut walk = Walk { glyphs: Vec::new(), pictures: Vec::new(), deadline, calls: 0 };
        interpret_page(page, &mut context, &mut walk);
        deadline.check()?;
        Ok(Self { page_area: bounds.area(), glyphs: walk.glyphs, pictures: walk.pictures })
    }

    /// Picture pixels per point when the page is one scanned picture without print of its own.
    pub(super) fn scan_density(&self) -> Option<f64> {
        match self.pictures.as_slice() {
            [picture] if self.glyphs.is_empty() && picture.area >= SCAN_COVERAGE * self.page_area => {
                Some(picture.pixels_per_point)
            }
            _ => None,
        }
    }

    /// The page's text in pixels of the page rendered at `scale` pixels per point; what lies outside
    /// the page is left out.
    pub(super) fn text_spans(self, scale: f64, width: u32, height: u32) -> Vec<TextSpan> {
        text::group(self.glyphs, scale as f32, width as f32, height as f32)
    }
}

/// Refuses a picture of more than `max_pixels`.
pub(super) fn check_image(width: u32, height: u32, max_pixels: u64) -> Result<(), IntakeError> {
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(IntakeError::TooManyPixels { width, height, max_pixels });
    }
    Ok(())
}

struct Walk {
    glyphs: Vec<PlacedGlyph>,
    pictures: Vec<Picture>,
    deadline: Deadline,
    calls: u32,
}

impl Walk {
    fn tick(&mut self) {
        self.calls = self.calls.wrapping_add(1);
        if self.calls.is_multiple_of(CALLS_PER_CHECK) && self.deadline.check().is_err() {
            // The caller stopped waiting at the same moment; this only ends the thread.
            std::panic::resume_unwind(Box::new("intake deadline"));
        }
    }
}

impl<'a> Device<'a> for Walk {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.tick();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.tick();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.tick();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.tick();
        // Invisible text is left out: it is a scanner's OCR at best, and at worst something that no
        // reviewer sees. What the page shows is read off its pixels.
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        for glyph in run.glyphs() {
            if self.glyphs.len() >= MAX_GLYPHS {
                return;
            }
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width(),
                Glyph::Type3(type3) => type3.advance_width(),
            };
            let text = match glyph.as_unicode() {
                Some(BfString::Char(ch)) => ch.to_string(),
                Some(BfString::String(text)) => text,
                None => continue,
            };
            self.glyphs.extend(PlacedGlyph::new(text, props.transform * glyph.transform(), advance));
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.tick();
        // The transform takes picture pixels to points.
        let points_per_pixel = props.transform.determinant().abs().sqrt();
        let pixels = f64::from(image.width()) * f64::from(image.height());
        if points_per_pixel.is_finite() && points_per_pixel > 0.0 {
            self.pictures.push(Picture {
                area: pixels * points_per_pixel * points_per_pixel,
                pixels_per_point: points_per_pixel.recip(),
            });
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
