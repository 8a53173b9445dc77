//! One page of an upload as pixels.

use image::RgbImage;

use crate::domain::{Point, Quad};

/// Where a page's pixels come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageOrigin {
    /// A picture file: photo, scan or screenshot.
    Picture,
    /// A page of a PDF, rendered by us.
    PdfPage,
}

/// A run of text of a PDF's text layer: usually a line, or one cell of a table row.
#[derive(Debug, Clone, PartialEq)]
pub struct TextSpan {
    pub text: String,
    /// In pixels of the rendered page; the first corner is where the text begins at its top.
    pub quad: Quad,
}

/// What lies on top of a page's earlier content in a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverlaySort {
    /// A filled area of a light colour over print or over a picture of the page.
    Cover,
    /// A small opaque picture over a picture of the page.
    Patch,
    /// A few characters set over a picture of the page.
    Text,
}

/// One thing laid over a page, in pixels of the rendered page.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    pub sort: OverlaySort,
    pub quad: Quad,
}

/// One page, upright as far as EXIF or the PDF say so, transparency laid over white.
#[derive(Debug, Clone)]
pub struct PageImage {
    pub index: usize,
    /// May hold fewer pixels than the original has: see [`Self::scale`].
    pub pixels: RgbImage,
    /// Size of the original after its EXIF orientation, in pixels; for a PDF, of the rendered page.
    pub width: u32,
    pub height: u32,
    pub origin: PageOrigin,
    /// The PDF's own text, when the page has any.
    pub text_layer: Vec<TextSpan>,
    /// What a PDF lays over the page's own content; empty for pictures.
    pub overlays: Vec<Overlay>,
}

impl PageImage {
    /// A page whose pixels are the original's.
    pub fn from_pixels(index: usize, pixels: RgbImage, origin: PageOrigin) -> Self {
        let (width, height) = pixels.dimensions();
        Self { index, pixels, width, height, origin, text_layer: Vec::new(), overlays: Vec::new() }
    }

    /// Decoded pixels per original pixel along the longer side: 1 for all formats but JPEG.
    pub fn scale(&self) -> f32 {
        self.pixels.width().max(self.pixels.height()) as f32 / self.width.max(self.height) as f32
    }

    /// A place in [`Self::pixels`] as a place in the original, which is what reports speak of.
    pub fn to_original(&self, quad: &Quad) -> Quad {
        quad.map(|p| self.point_to_original(p))
    }

    /// A point in [`Self::pixels`] as a point in the original.
    pub fn point_to_original(&self, p: Point) -> Point {
        let sx = self.width as f32 / self.pixels.width() as f32;
        let sy = self.height as f32 / self.pixels.height() as f32;
        Point::new(p.x * sx, p.y * sy)
    }
}
