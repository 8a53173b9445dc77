//! See-through pictures that are laid over the picture of a page, for people.

use std::str::FromStr;

use image::{ExtendedColorType, ImageEncoder, Rgba, RgbaImage, codecs::png::PngEncoder};
use serde::{Deserialize, Serialize};

use super::{PageImage, picture::picture_size};
use crate::domain::{Point, Rect};

/// What a layer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerKind {
    /// How doubtful the pixels of each part are.
    Edits,
    /// What stands on a form beyond what its blank prints.
    Ink,
}

impl LayerKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Edits, Self::Ink];

    /// Its name in tables, in JSON and in paths.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edits => "edits",
            Self::Ink => "ink",
        }
    }
}

impl FromStr for LayerKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// A layer of a page: a PNG of the size of the page's picture, clear where it has nothing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLayer {
    /// The page, from 0.
    pub page: usize,
    pub kind: LayerKind,
    /// Pixels.
    pub width: u32,
    pub height: u32,
    pub png: Vec<u8>,
}

/// A layer while it is painted. Places are in pixels of the original page, as reports have them.
pub struct LayerCanvas {
    page: usize,
    pixels: RgbaImage,
    /// From the original to the picture.
    scale: (f32, f32),
    is_clear: bool,
}

impl LayerCanvas {
    /// A clear one over `page`.
    pub fn over(page: &PageImage) -> Self {
        let (width, height) = picture_size(page.pixels.dimensions());
        let scale = |side: u32, original: u32| side as f32 / original.max(1) as f32;
        Self {
            page: page.index,
            pixels: RgbaImage::new(width, height),
            scale: (scale(width, page.width), scale(height, page.height)),
            is_clear: true,
        }
    }

    /// Colours a rectangle.
    pub fn fill(&mut self, place: Rect, colour: Rgba<u8>) {
        let (width, height) = self.pixels.dimensions();
        let side = |v: f32, scale: f32, most: u32| (v * scale).round().clamp(0.0, most as f32) as u32;
        let (sx, sy) = self.scale;
        for y in side(place.top, sy, height)..side(place.bottom, sy, height) {
            for x in side(place.left, sx, width)..side(place.right, sx, width) {
                self.put(x, y, colour);
            }
        }
    }

    /// Colours the pixel that a point lies in.
    pub fn dot(&mut self, at: Point, colour: Rgba<u8>) {
        let (x, y) = (at.x * self.scale.0, at.y * self.scale.1);
        if x >= 0.0 && y >= 0.0 {
            self.put(x as u32, y as u32, colour);
        }
    }

    fn put(&mut self, x: u32, y: u32, colour: Rgba<u8>) {
        if let Some(pixel) = self.pixels.get_pixel_mut_checked(x, y) {
            *pixel = colour;
            self.is_clear = false;
        }
    }

    /// The layer; `None` when there is nothing on it.
    pub fn finish(self, kind: LayerKind) -> Option<PageLayer> {
        if self.is_clear {
            return None;
        }
        let (width, height) = self.pixels.dimensions();
        let mut png = Vec::new();
        PngEncoder::new(&mut png)
            .write_image(self.pixels.as_raw(), width, height, ExtendedColorType::Rgba8)
            .ok()?;
        Some(PageLayer { page: self.page, kind, width, height, png })
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::imaging::PageOrigin;

    #[test]
    fn a_layer_lies_on_its_page_pixel_by_pixel() {
        let mut page = PageImage::from_pixels(2, RgbImage::new(4000, 3000), PageOrigin::Picture);
        // Decoded at half its size.
        (page.width, page.height) = (8000, 6000);
        let mut canvas = LayerCanvas::over(&page);
        let (red, blue) = (Rgba([255, 0, 0, 90]), Rgba([0, 0, 255, 200]));
        canvas.fill(Rect::new(4000.0, 3000.0, 9000.0, 4000.0), red);
        canvas.dot(Point::new(8.0, 4.0), blue);
        canvas.dot(Point::new(-1.0, 4.0), blue);
        let layer = canvas.finish(LayerKind::Ink).unwrap();
        assert_eq!((layer.page, layer.width, layer.height), (2, 2000, 1500));
        let pixels = image::load_from_memory(&layer.png).unwrap().into_rgba8();
        assert_eq!((pixels.get_pixel(1000, 750), pixels.get_pixel(1999, 999)), (&red, &red));
        assert_eq!((pixels.get_pixel(999, 750).0[3], pixels.get_pixel(1000, 1000).0[3]), (0, 0));
        assert_eq!(pixels.get_pixel(2, 1), &blue);
    }

    #[test]
    fn nothing_is_no_layer() {
        let page = PageImage::from_pixels(0, RgbImage::new(40, 30), PageOrigin::Picture);
        let mut canvas = LayerCanvas::over(&page);
        canvas.fill(Rect::new(50.0, 0.0, 60.0, 9.0), Rgba([1, 1, 1, 1]));
        assert_eq!(canvas.finish(LayerKind::Edits), None);
        assert!(LayerKind::ALL.iter().all(|kind| kind.as_str().parse() == Ok(*kind)));
    }
}
