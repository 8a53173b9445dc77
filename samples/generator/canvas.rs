//! A page in millimetres on which documents draw: it becomes SVG, and remembers where fields
//! stand and which text was set (for a PDF's text layer).

use std::{fmt::Write as _, ops::Range, sync::Arc};

use resvg::{tiny_skia, usvg};
use vouch::domain::Rect;

use crate::fonts::{self, Font};

/// How a run of text is set.
#[derive(Clone)]
pub struct TextStyle {
    pub font: Arc<Font>,
    /// Em in mm.
    pub size: f32,
    /// CSS colour.
    pub fill: String,
    /// Extra space after each character, in em.
    pub spacing: f32,
    /// Outline drawn round the glyphs, in em: 0 regular, 0.03 bold.
    pub weight: f32,
    /// Horizontal stretch, 1 = as designed.
    pub stretch: f32,
    pub opacity: f32,
}

impl TextStyle {
    pub fn new(font: &Arc<Font>, size: f32, fill: &str) -> Self {
        Self {
            font: font.clone(),
            size,
            fill: fill.to_owned(),
            spacing: 0.0,
            weight: 0.0,
            stretch: 1.0,
            opacity: 1.0,
        }
    }

    #[must_use]
    pub fn spaced(mut self, spacing: f32) -> Self {
        self.spacing = spacing;
        self
    }

    #[must_use]
    pub fn bold(mut self, weight: f32) -> Self {
        self.weight = weight;
        self
    }

    #[must_use]
    pub fn sized(mut self, size: f32) -> Self {
        self.size = size;
        self
    }

    #[must_use]
    pub fn filled(mut self, fill: &str) -> Self {
        fill.clone_into(&mut self.fill);
        self
    }

    #[must_use]
    pub fn faded(mut self, opacity: f32) -> Self {
        self.opacity = opacity;
        self
    }

    #[must_use]
    pub fn stretched(mut self, stretch: f32) -> Self {
        self.stretch = stretch;
        self
    }

    /// Width of `text` in mm, without the space after its last character.
    pub fn width(&self, text: &str) -> f32 {
        (fonts::width(&self.font, text, self.spacing) - self.spacing).max(0.0) * self.size * self.stretch
    }
}

/// A run of upright text, for the PDF writer.
pub struct Run {
    pub x: f32,
    /// Baseline.
    pub y: f32,
    pub style: TextStyle,
    pub text: String,
}

/// A field's place, in mm.
#[derive(Debug, Clone)]
pub struct FieldBox {
    pub name: String,
    pub rect: Rect,
}

/// A page being drawn. Units: mm from the top-left corner.
pub struct Canvas {
    pub width: f32,
    pub height: f32,
    /// Corner radius: outside it the page is transparent.
    pub corner_radius: f32,
    /// It is a black-and-white copy: shades of toner on white paper.
    pub copied: bool,
    pub fields: Vec<FieldBox>,
    pub runs: Vec<Run>,
    body: String,
    defs: String,
    next_id: usize,
    /// Where in `body` the text of [`Canvas::runs`] is drawn.
    text_spans: Vec<Range<usize>>,
    /// Where in `body` handwriting and the marks over it stand.
    ink_spans: Vec<Range<usize>>,
}

impl Canvas {
    pub fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            corner_radius: 0.0,
            copied: false,
            fields: Vec::new(),
            runs: Vec::new(),
            body: String::new(),
            defs: String::new(),
            next_id: 0,
            text_spans: Vec::new(),
            ink_spans: Vec::new(),
        }
    }

    /// Raw SVG in mm.
    pub fn svg(&mut self, markup: &str) {
        self.body.push_str(markup);
        self.body.push('\n');
    }

    /// Raw SVG definitions (gradients, filters, clip paths).
    pub fn define(&mut self, markup: &str) {
        self.defs.push_str(markup);
        self.defs.push('\n');
    }

    /// An id that no other definition of this page has.
    pub fn fresh_id(&mut self) -> String {
        self.next_id += 1;
        format!("d{}", self.next_id)
    }

    pub fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, fill: &str) {
        let _ = writeln!(self.body, r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}"/>"#);
    }

    pub fn line(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, width: f32, stroke: &str) {
        let _ = writeln!(
            self.body,
            r#"<path d="M{x1} {y1}L{x2} {y2}" stroke="{stroke}" stroke-width="{width}" fill="none"/>"#
        );
    }

    pub fn frame(&mut self, x: f32, y: f32, w: f32, h: f32, width: f32, stroke: &str) {
        let _ = writeln!(
            self.body,
            r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="none" stroke="{stroke}" stroke-width="{width}"/>"#
        );
    }

    /// Sets `text` with its first character's origin at `x`, baseline `y`; returns its box.
    pub fn text(&mut self, x: f32, y: f32, style: &TextStyle, text: &str) -> Rect {
        self.runs.push(Run { x, y, style: style.clone(), text: text.to_owned() });
        let start = self.body.len();
        self.glyphs(x, y, style, text);
        self.text_spans.push(start..self.body.len());
        Rect::new(x, y - style.size * 0.88, x + style.width(text), y + style.size * 0.14)
    }

    /// Like [`Canvas::text`], with `x` in the middle.
    pub fn text_centred(&mut self, x: f32, y: f32, style: &TextStyle, text: &str) -> Rect {
        self.text(x - style.width(text) / 2.0, y, style, text)
    }

    /// Sets `text` spread evenly so that its box is exactly `width` wide (分散对齐).
    pub fn text_justified(&mut self, x: f32, y: f32, width: f32, style: &TextStyle, text: &str) -> Rect {
        let count = text.chars().count();
        let mut style = style.clone();
        if count > 1 {
            let natural = fonts::width(&style.font, text, 0.0) * style.size * style.stretch;
            style.spacing = ((width - natural) / (count - 1) as f32 / style.size / style.stretch).max(-0.1);
        }
        self.text(x, y, &style, text)
    }

    /// Draws the characters as outlines.
    pub fn glyphs(&mut self, x: f32, y: f32, style: &TextStyle, text: &str) {
        let _ = write!(self.body, r#"<g fill="{}""#, style.fill);
        if style.weight > 0.0 {
            let width = style.weight * fonts::EM;
            let _ = write!(self.body, r#" stroke="{}" stroke-width="{width:.0}""#, style.fill);
        }
        if style.opacity < 1.0 {
            let _ = write!(self.body, r#" opacity="{:.3}""#, style.opacity);
        }
        self.body.push('>');
        let scale = style.size / fonts::EM;
        let mut pen = x;
        for c in text.chars() {
            let Some((_, glyph)) = fonts::glyph_of(&style.font, c) else {
                pen += style.size * 0.5;
                continue;
            };
            if !glyph.path.is_empty() {
                let _ = write!(
                    self.body,
                    r#"<path transform="matrix({:.6} 0 0 {scale:.6} {pen:.3} {y:.3})" d="{}"/>"#,
                    scale * style.stretch,
                    glyph.path
                );
            }
            pen += (glyph.advance + style.spacing) * style.size * style.stretch;
        }
        self.body.push_str("</g>\n");
    }

    /// Text turned by `degrees` about its origin; never part of the text layer.
    pub fn text_turned(&mut self, x: f32, y: f32, degrees: f32, style: &TextStyle, text: &str) {
        let _ = write!(self.body, r#"<g transform="translate({x} {y}) rotate({degrees})">"#);
        self.glyphs(0.0, 0.0, style, text);
        self.body.push_str("</g>\n");
    }

    /// Remembers that field `name` stands at `rect`; several places of one field are joined.
    pub fn field(&mut self, name: &str, rect: Rect) {
        if let Some(found) = self.fields.iter_mut().find(|f| f.name == name) {
            found.rect = found.rect.union(rect);
        } else {
            self.fields.push(FieldBox { name: name.to_owned(), rect });
        }
    }

    /// What `draw` adds is handwriting: [`Canvas::render_bare`] leaves it out.
    pub fn as_ink<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> T {
        let start = self.body.len();
        let result = draw(self);
        self.ink_spans.push(start..self.body.len());
        result
    }

    /// The page as an SVG document, without the parts of its body in `left_out` (ascending).
    fn to_svg(&self, left_out: &[Range<usize>]) -> String {
        let (w, h, r) = (self.width, self.height, self.corner_radius);
        let mut body = String::with_capacity(self.body.len());
        let mut at = 0;
        for span in left_out {
            // Ink may hold text of its own (a mark set in a font), which then is a part of what is left out.
            if span.start >= at {
                body.push_str(&self.body[at..span.start]);
            }
            at = at.max(span.end);
        }
        body.push_str(&self.body[at..]);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}"><defs><clipPath id="page"><rect width="{w}" height="{h}" rx="{r}"/></clipPath>{}</defs><g clip-path="url(#page)">{}</g></svg>"##,
            self.defs, body
        )
    }

    /// The page in pixels, `scale` px a mm; transparent outside rounded corners.
    ///
    /// # Panics
    /// When a document drew malformed SVG: a bug of the generator.
    pub fn render(&self, scale: f32) -> tiny_skia::Pixmap {
        self.rasterise(scale, &[])
    }

    /// The page without its text (see [`Canvas::runs`]), which a PDF sets as real text.
    pub fn render_without_text(&self, scale: f32) -> tiny_skia::Pixmap {
        self.rasterise(scale, &self.text_spans)
    }

    /// The page before anything was printed or written into it.
    pub fn render_bare(&self, scale: f32) -> tiny_skia::Pixmap {
        let mut spans = self.text_spans.clone();
        spans.extend(self.ink_spans.iter().cloned());
        spans.sort_by_key(|span| span.start);
        self.rasterise(scale, &spans)
    }

    fn rasterise(&self, scale: f32, left_out: &[Range<usize>]) -> tiny_skia::Pixmap {
        let tree = usvg::Tree::from_str(&self.to_svg(left_out), &usvg::Options::default())
            .unwrap_or_else(|error| panic!("generator drew malformed SVG: {error}"));
        let width = (self.width * scale).round().max(1.0) as u32;
        let height = (self.height * scale).round().max(1.0) as u32;
        let mut pixmap = tiny_skia::Pixmap::new(width, height).expect("page has an area");
        let transform =
            tiny_skia::Transform::from_scale(width as f32 / self.width, height as f32 / self.height);
        resvg::render(&tree, transform, &mut pixmap.as_mut());
        if self.copied {
            copy(&mut pixmap);
        }
        pixmap
    }
}

/// What a copier makes of the page: no colour, more contrast, pale tints lost.
fn copy(pixmap: &mut tiny_skia::Pixmap) {
    for pixel in pixmap.data_mut().chunks_exact_mut(4) {
        let luminance =
            0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2]);
        let alpha = f32::from(pixel[3]) / 255.0;
        let tone = ((luminance - 30.0 * alpha) * 1.35).clamp(12.0 * alpha, 250.0 * alpha) as u8;
        pixel[..3].fill(tone);
    }
}
