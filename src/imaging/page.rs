//! One page of an upload as pixels.

use image::RgbImage;

use crate::domain::Quad;

/// Where a page's pixels come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageOrigin {
    /// A picture file: photo, scan or screenshot.
    Picture,
    /// A page of a PDF, rendered by us.
    PdfPage,
}

/// A run of text of a PDF's text layer.
#[derive(Debug, Clone, PartialEq)]
pub struct TextSpan {
    pub text: String,
    /// In pixels of the rendered page.
    pub quad: Quad,
}

/// One page, upright as far as EXIF or the PDF say so, transparency laid over white.
#[derive(Debug, Clone)]
pub struct PageImage {
    pub index: usize,
    pub pixels: RgbImage,
    pub origin: PageOrigin,
    /// The PDF's own text, when the page has any.
    pub text_layer: Vec<TextSpan>,
}
