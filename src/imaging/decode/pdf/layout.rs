//! A walk over a page's drawing instructions that draws nothing: where its characters stand and how
//! dense its pictures are.

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
        InterpreterSettings, Paint, SoftMask, TransformExt,
        font::{Glyph, GlyphRun},
        hayro_cmap::BfString,
        interpret_page,
    },
    hayro_syntax::page::Page,
    kurbo::{BezPath, Rect, Shape},
};

use super::{
    super::super::{
        deadline::Deadline,
        error::IntakeError,
        page::{Overlay, TextSpan},
    },
    overlay::{self, Drawn, DrawnSort},
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
    bounds: Rect,
    glyphs: Vec<PlacedGlyph>,
    pictures: Vec<Picture>,
    /// Everything that is drawn, in its order.
    drawn: Vec<Drawn>,
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
        let mut walk =
            Walk { glyphs: Vec::new(), pictures: Vec::new(), drawn: Vec::new(), deadline, calls: 0 };
        interpret_page(page, &mut context, &mut walk);
        deadline.check()?;
        Ok(Self { bounds, glyphs: walk.glyphs, pictures: walk.pictures, drawn: walk.drawn })
    }

    /// Picture pixels per point when the page is one scanned picture without print of its own.
    pub(super) fn scan_density(&self) -> Option<f64> {
        match self.pictures.as_slice() {
            [picture] if self.glyphs.is_empty() && picture.area >= SCAN_COVERAGE * self.bounds.area() => {
                Some(picture.pixels_per_point)
            }
            _ => None,
        }
    }

    /// What is laid over the page's own content, in pixels of the page rendered at `scale` pixels per point.
    pub(super) fn overlays(&self, scale: f64) -> Vec<Overlay> {
        overlay::find(&self.drawn, self.bounds, SCAN_COVERAGE, scale)
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
    drawn: Vec<Drawn>,
    deadline: Deadline,
    calls: u32,
}

impl Walk {
    fn draw(&mut self, sort: DrawnSort, place: Rect) {
        if self.drawn.len() < overlay::MAX_DRAWN && place.is_finite() {
            self.drawn.push(Drawn { sort, place });
        }
    }

    fn tick(&mut self) {
        self.calls = self.calls.wrapping_add(1);
        if self.calls.is_multiple_of(CALLS_PER_CHECK) && self.deadline.check().is_err() {
            // The caller stopped waiting at the same moment; this only ends the thread.
            std::panic::resume_unwind(Box::new("intake deadline"));
        }
    }
}

impl<'a> Device<'a> for Walk {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.tick();
        let is_filled = matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..));
        if let Paint::Color(colour) = &props.paint
            && is_filled
            && props.soft_mask.is_none()
            && overlay::is_paper(colour.to_rgba().to_rgba8())
        {
            self.draw(DrawnSort::LightArea, props.transform.transform_rect_bbox(path.bounding_box()));
        }
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
            let (em, origin) = (1000.0, props.transform * glyph.transform());
            self.draw(DrawnSort::Glyph, origin.transform_rect_bbox(Rect::new(0.0, 0.0, em, 0.8 * em)));
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
            let (w, h) = (f64::from(image.width()), f64::from(image.height()));
            let is_opaque = props.soft_mask.is_none() && matches!(image, Image::Raster(_));
            let sort = if is_opaque { DrawnSort::Picture } else { DrawnSort::ClearPicture };
            self.draw(sort, props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, w, h)));
            self.pictures.push(Picture {
                area: pixels * points_per_pixel * points_per_pixel,
                pixels_per_point: points_per_pixel.recip(),
            });
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
