//! The page brought onto its blank: a picture in which every millimetre of the form has its place.

use image::{GrayImage, RgbImage};

use crate::domain::{Homography, Point, Quad, Rect};

/// Resolution of a sheet. Handwriting of 4 mm is then 32 pixels high; the recogniser takes in 48.
/// More costs time in proportion to its square and adds nothing on a page decoded at 170 dpi.
pub const PX_PER_MM: f32 = 8.0;

/// How the blank's millimetres lie on the page: a homography, and what the paper's curl adds to it.
#[derive(Debug, Clone)]
pub struct Alignment {
    /// mm of the blank → pixels of the page.
    pub map: Homography,
    pub bend: Bend,
}

impl Alignment {
    /// Where a place of the blank (mm) lies on the page (pixels).
    pub fn to_page(&self, mm: Point) -> Point {
        let by = self.bend.at(mm);
        self.map.apply(Point::new(mm.x + by.x, mm.y + by.y))
    }
}

/// Millimetres between nodes of a [`Bend`].
const NODE_MM: f32 = 10.0;

/// A smooth field of displacements in mm on a grid over the page.
#[derive(Debug, Clone, Default)]
pub struct Bend {
    columns: usize,
    rows: usize,
    nodes: Vec<Point>,
}

impl Bend {
    /// Over a page of that size; `at` gives the displacement at each node.
    pub fn sample(width_mm: f32, height_mm: f32, at: impl Fn(Point) -> Point) -> Self {
        let columns = (width_mm / NODE_MM).ceil() as usize + 1;
        let rows = (height_mm / NODE_MM).ceil() as usize + 1;
        let nodes = (0..rows * columns)
            .map(|i| at(Point::new((i % columns) as f32 * NODE_MM, (i / columns) as f32 * NODE_MM)))
            .collect();
        Self { columns, rows, nodes }
    }

    /// The displacement at a place, bilinear between nodes; none for a page that does not bend.
    pub fn at(&self, mm: Point) -> Point {
        if self.columns < 2 || self.rows < 2 {
            return Point::default();
        }
        let x = (mm.x / NODE_MM).clamp(0.0, (self.columns - 1) as f32);
        let y = (mm.y / NODE_MM).clamp(0.0, (self.rows - 1) as f32);
        let (cx, cy) = ((x as usize).min(self.columns - 2), (y as usize).min(self.rows - 2));
        let node = |dx: usize, dy: usize| {
            self.nodes.get((cy + dy) * self.columns + cx + dx).copied().unwrap_or_default()
        };
        let (fx, fy) = (x - cx as f32, y - cy as f32);
        node(0, 0).lerp(node(1, 0), fx).lerp(node(0, 1).lerp(node(1, 1), fx), fy)
    }
}

/// The page as the blank has it.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub pixels: RgbImage,
    pub px_per_mm: f32,
    pub alignment: Alignment,
}

impl Sheet {
    /// Warps the page onto the blank at `px_per_mm`.
    pub fn cut(page: &RgbImage, width_mm: f32, height_mm: f32, alignment: Alignment, px_per_mm: f32) -> Self {
        let (width, height) =
            ((width_mm * px_per_mm).round() as usize, (height_mm * px_per_mm).round() as usize);
        let mut pixels = RgbImage::new(width as u32, height as u32);
        // The map is evaluated on a coarse lattice and followed bilinearly between.
        const STEP: usize = 8;
        let (cols, rows) = (width.div_ceil(STEP) + 1, height.div_ceil(STEP) + 1);
        let lattice: Vec<Point> = (0..cols * rows)
            .map(|i| {
                let (x, y) = ((i % cols * STEP) as f32, (i / cols * STEP) as f32);
                alignment.to_page(Point::new(x / px_per_mm, y / px_per_mm))
            })
            .collect();
        let raw = page.as_raw().as_slice();
        let (pw, ph) = (page.width() as usize, page.height() as usize);
        if pw == 0 || ph == 0 {
            return Self { pixels, px_per_mm, alignment };
        }
        for (y, row) in pixels.chunks_exact_mut(width * 3).enumerate() {
            let (cy, fy) = (y / STEP, (y % STEP) as f32 + 0.5);
            let fy = fy / STEP as f32;
            for (x, target) in row.chunks_exact_mut(3).enumerate() {
                let cx = x / STEP;
                let fx = ((x % STEP) as f32 + 0.5) / STEP as f32;
                let at = |dx: usize, dy: usize| lattice[(cy + dy) * cols + cx + dx];
                let p = at(0, 0).lerp(at(1, 0), fx).lerp(at(0, 1).lerp(at(1, 1), fx), fy);
                let sx = (p.x - 0.5).clamp(0.0, (pw - 1) as f32);
                let sy = (p.y - 0.5).clamp(0.0, (ph - 1) as f32);
                let (x0, y0) = (sx as usize, sy as usize);
                let (x1, y1) = ((x0 + 1).min(pw - 1), (y0 + 1).min(ph - 1));
                let (ax, ay) = (sx - x0 as f32, sy - y0 as f32);
                let (a, b) = ((y0 * pw + x0) * 3, (y0 * pw + x1) * 3);
                let (c, d) = ((y1 * pw + x0) * 3, (y1 * pw + x1) * 3);
                for (channel, value) in target.iter_mut().enumerate() {
                    let top = f32::from(raw[a + channel]) * (1.0 - ax) + f32::from(raw[b + channel]) * ax;
                    let low = f32::from(raw[c + channel]) * (1.0 - ax) + f32::from(raw[d + channel]) * ax;
                    *value = (top * (1.0 - ay) + low * ay + 0.5) as u8;
                }
            }
        }
        Self { pixels, px_per_mm, alignment }
    }

    /// A rectangle of the blank in pixels of the sheet.
    pub fn in_px(&self, mm: Rect) -> Rect {
        let s = self.px_per_mm;
        Rect::new(mm.left * s, mm.top * s, mm.right * s, mm.bottom * s)
    }

    /// A quad of the sheet's pixels on the page.
    pub fn quad_on_page(&self, quad: &Quad) -> Quad {
        quad.map(|p| self.to_page(p))
    }

    /// A point of the sheet's pixels on the page.
    pub fn to_page(&self, p: Point) -> Point {
        self.alignment.to_page(Point::new(p.x / self.px_per_mm, p.y / self.px_per_mm))
    }
}

/// The luma of a picture.
pub fn luma(pixels: &RgbImage) -> GrayImage {
    image::imageops::grayscale(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn identity(scale: f64) -> Alignment {
        Alignment {
            map: Homography([scale, 0.0, 0.0, 0.0, scale, 0.0, 0.0, 0.0, 1.0]),
            bend: Bend::default(),
        }
    }

    #[test]
    fn a_page_at_the_sheet_s_own_scale_is_unchanged() {
        let page = RgbImage::from_fn(80, 60, |x, y| Rgb([(x * 3) as u8, (y * 4) as u8, 9]));
        let sheet = Sheet::cut(&page, 10.0, 7.5, identity(8.0), 8.0);
        assert_eq!(sheet.pixels, page);
    }

    #[test]
    fn a_bend_is_followed() {
        let mut alignment = identity(8.0);
        alignment.bend = Bend::sample(100.0, 100.0, |p| Point::new(0.0, p.x / 100.0));
        assert!((alignment.to_page(Point::new(50.0, 10.0)).y - 84.0).abs() < 1e-3);
    }
}
