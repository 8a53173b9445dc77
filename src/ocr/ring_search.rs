//! Circles in a mask of red ink that hangs together with a red border.
//!
//! A seal that touches a certificate's red frame is no component of its own. Here the circle itself is sought:
//! for every centre and radius the share of directions in which there is ink at the radius (a Hough transform
//! for circles, Duda and Hart 1972, voted from the centre), on a coarse copy of the mask.

use image::GrayImage;

use super::seal::Disc;

/// The mask is looked at in cells of this many pixels: a ring of 1.2 mm is one cell wide.
const CELL_PX: u32 = 4;
/// Radii as shares of the shorter side: seals of 24 to 50 mm on the pages that bear them. Smaller circles are
/// ornaments of the border.
const RADII: std::ops::RangeInclusive<f32> = 0.08..=0.26;
const DIRECTIONS: usize = 48;
/// Steps from one direction that is looked in to the next, without a common divisor with their number: those beside each other
/// mostly agree, so that a place without a ring is given up sooner.
const LEAP: usize = 17;
/// Share of directions with ink at the radius. Print over the ring breaks it in some.
const MIN_ON_RING: f32 = 0.8;
/// A ring is a line: nearer the centre there is less ink, by this share of directions at least. A plain red
/// surface has as much.
const MIN_CONTRAST: f32 = 0.35;
/// Where "nearer the centre" is, as a share of the radius: between the ring and its characters.
const INSIDE: f32 = 0.91;
/// Most circles that are taken from one page.
const MOST: usize = 3;

struct Cells {
    width: usize,
    height: usize,
    ink: Vec<bool>,
}

impl Cells {
    fn of(mask: &GrayImage) -> Self {
        let (width, height) =
            (mask.width().div_ceil(CELL_PX) as usize, mask.height().div_ceil(CELL_PX) as usize);
        let mut ink = vec![false; width * height];
        for (x, y, pixel) in mask.enumerate_pixels() {
            if pixel.0[0] > 0 {
                ink[(y / CELL_PX) as usize * width + (x / CELL_PX) as usize] = true;
            }
        }
        Self { width, height, ink }
    }

    fn has_ink(&self, x: f32, y: f32) -> bool {
        x >= 0.0
            && y >= 0.0
            && (x as usize) < self.width
            && (y as usize) < self.height
            && self.ink[y as usize * self.width + x as usize]
    }

    /// Whether a ring runs at `radius` from the centre. Most places are given up after a few directions.
    fn is_on_ring(&self, circle: &[(f32, f32); DIRECTIONS], cx: f32, cy: f32, radius: f32) -> bool {
        let mut misses = 0_usize;
        circle.iter().all(|(dx, dy)| {
            misses += usize::from(!self.has_ink(cx + dx * radius, cy + dy * radius));
            misses as f32 <= (1.0 - MIN_ON_RING) * DIRECTIONS as f32
        })
    }

    /// Share of directions with ink at `radius` from the centre, all in cells.
    fn share(&self, circle: &[(f32, f32); DIRECTIONS], cx: f32, cy: f32, radius: f32) -> f32 {
        let hits = circle.iter().filter(|(dx, dy)| self.has_ink(cx + dx * radius, cy + dy * radius)).count();
        hits as f32 / DIRECTIONS as f32
    }
}

/// The circles in `mask`, clearest first, none overlapping another by its centre; in the mask's pixels.
pub(super) fn circles(mask: &GrayImage) -> Vec<Disc> {
    let cells = Cells::of(mask);
    let circle: [(f32, f32); DIRECTIONS] = std::array::from_fn(|i| {
        let turn = (i * LEAP % DIRECTIONS) as f32 / DIRECTIONS as f32;
        let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
        (cos, sin)
    });
    let short = cells.width.min(cells.height) as f32;
    let radii: Vec<f32> = (1..cells.height.max(cells.width))
        .map(|r| r as f32)
        .filter(|r| RADII.contains(&(r / short)))
        .collect();
    let mut found: Vec<(f32, f32, f32, f32)> = Vec::new();
    for y in 0..cells.height {
        for x in 0..cells.width {
            let (cx, cy) = (x as f32 + 0.5, y as f32 + 0.5);
            for &radius in &radii {
                if !cells.is_on_ring(&circle, cx, cy, radius) {
                    continue;
                }
                let on = cells.share(&circle, cx, cy, radius);
                if on - cells.share(&circle, cx, cy, radius * INSIDE - 1.0) >= MIN_CONTRAST {
                    found.push((on, cx, cy, radius));
                }
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<(f32, f32, f32, f32)> = Vec::new();
    for candidate in found {
        let (_, cx, cy, radius) = candidate;
        if kept.len() < MOST && kept.iter().all(|(_, x, y, r)| (cx - x).hypot(cy - y) > radius.max(*r)) {
            kept.push(candidate);
        }
    }
    let cell = CELL_PX as f32;
    kept.into_iter()
        .map(|(_, cx, cy, r)| Disc {
            cx: cx * cell,
            cy: cy * cell,
            rx: (r + 0.5) * cell,
            ry: (r + 0.5) * cell,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    fn mask(ink: impl Fn(f32, f32) -> bool) -> GrayImage {
        GrayImage::from_fn(600, 420, |x, y| Luma([if ink(x as f32, y as f32) { 255 } else { 0 }]))
    }

    fn is_frame(x: f32, y: f32) -> bool {
        x.min(y).min(599.0 - x).min(419.0 - y) < 24.0
    }

    #[test]
    fn a_ring_on_a_frame_is_found_and_a_frame_alone_is_none() {
        let ring = |x: f32, y: f32| ((x - 440.0).hypot(y - 340.0) - 75.0).abs() < 4.0;
        let found = circles(&mask(|x, y| is_frame(x, y) || ring(x, y)));
        let [disc] = found[..] else { panic!("{found:?}") };
        assert!((disc.cx - 440.0).abs() < 8.0 && (disc.cy - 340.0).abs() < 8.0, "{disc:?}");
        assert!((disc.rx - 77.0).abs() < 8.0, "{disc:?}");
        assert!(circles(&mask(is_frame)).is_empty());
    }

    #[test]
    fn a_red_surface_is_no_ring() {
        assert!(circles(&mask(|x, y| (x - 300.0).hypot(y - 200.0) < 90.0 || x < 200.0)).is_empty());
    }
}
