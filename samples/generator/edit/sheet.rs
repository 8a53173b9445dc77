//! Where the print of a document stands in the picture of it.

use vouch::domain::{Homography, Point, Quad, Rect};

use crate::{
    camera::warp::{Surface, bulge},
    canvas::{Canvas, Run},
    fonts,
};

/// A document in a picture.
pub struct Sheet<'a> {
    pub canvas: &'a Canvas,
    /// Its corners, px.
    pub quad: Quad,
    pub surface: Surface,
    /// Em of the smallest field text, px.
    pub em: f32,
}

/// A printed character.
#[derive(Clone)]
pub struct Glyph<'a> {
    pub run: &'a Run,
    pub ch: char,
    /// Where its run's pen stood, mm.
    pub pen: f32,
    /// mm on the page.
    pub place: Rect,
    /// The field that it is part of.
    pub field: Option<&'a str>,
}

impl<'a> Sheet<'a> {
    /// Every printed character.
    pub fn glyphs(&self) -> Vec<Glyph<'a>> {
        self.canvas.runs.iter().flat_map(|run| self.glyphs_of(run)).collect()
    }

    fn glyphs_of(&self, run: &'a Run) -> Vec<Glyph<'a>> {
        let style = &run.style;
        let mut pen = run.x;
        let mut glyphs = Vec::new();
        for ch in run.text.chars() {
            let advance = fonts::glyph_of(&style.font, ch).map_or(0.5, |(_, glyph)| glyph.advance);
            let width = advance * style.size * style.stretch;
            let (rise, fall) = if ch.is_ascii() { (0.8, 0.04) } else { (0.88, 0.12) };
            let place = Rect::new(pen, run.y - rise * style.size, pen + width, run.y + fall * style.size);
            let field = self.canvas.fields.iter().find(|field| field.rect.contains(place.center()));
            if !ch.is_whitespace() {
                glyphs.push(Glyph { run, ch, pen, place, field: field.map(|f| f.name.as_str()) });
            }
            pen += width + style.spacing * style.size * style.stretch;
        }
        glyphs
    }

    /// mm on the page to pixels of the picture, curl and all.
    pub fn onto(&self, place: Rect) -> Quad {
        let (w, h) = (self.canvas.width, self.canvas.height);
        let unit = Quad::from_rect(Rect::new(0.0, 0.0, 1.0, 1.0));
        let map = Homography::between(&unit, &self.quad);
        Quad::from_rect(place).map(|p| {
            let (u, v) = (p.x / w, p.y / h);
            // The bulge is small, so that two steps are exact to a fraction of a pixel.
            let (mut flat_u, mut flat_v) = (u, v);
            for _ in 0..3 {
                flat_u = u - self.surface.curl_x * bulge(flat_v);
                flat_v = v - self.surface.curl_y * bulge(flat_u);
            }
            map.map_or(p, |map| map.apply(Point::new(flat_u, flat_v)))
        })
    }
}
