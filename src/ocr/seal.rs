//! Taking the ink of red seals out of a picture before it is read.
//!
//! Ink on paper absorbs light, so densities (the logarithm of paper over pixel) add up: a pixel's
//! density is that of the print plus that of the seal (Beer and Lambert). Red ink absorbs green and blue
//! and hardly any red, black ink all three alike. The *excess* of the green and blue density over the
//! red one is therefore the seal's alone, and the seal's part of the red density is in proportion to it.
//! Taken off, the print stays as it would look on clean paper, in any light, since densities are relative
//! to the paper around them.

use std::sync::LazyLock;

use image::{GrayImage, Luma, Rgb, RgbImage};
use imageproc::{
    distance_transform::Norm,
    morphology::dilate_mut,
    region_labelling::{Connectivity, connected_components},
};

use crate::{
    domain::{Point, Rect},
    imaging::shrink,
};

use super::ring_search;

/// Least excess density of a pixel that belongs to a seal. Paper's own colour noise stays below 0.1
/// after JPEG; pale seals have 0.25 and more.
const MIN_EXCESS: f32 = 0.16;
/// Least share of the excess in a seal pixel's green and blue density. Warm black print has up to 0.15,
/// red ink of any shade 0.6 and more, red ink over print 0.3.
const MIN_EXCESS_SHARE: f32 = 0.4;
/// Excess below this is colour noise, left as it is.
const NOISE_EXCESS: f32 = 0.05;
/// Density that is print: 45 % of the paper's light are gone. Seals leave no more than 0.4 in red.
const PRINT_DENSITY: f32 = 0.6;
/// Share of seal pixels from which a line is worth treating.
const MIN_SEAL_SHARE: f32 = 0.02;
/// Share of print pixels that shows black print besides the seal: without it the red *is* the text
/// (a red title), and must stay. Thin strokes of a single character in a long line make 1 %.
const MIN_PRINT_SHARE: f32 = 0.01;
/// Of the seal's pixels, the quantile of red density per excess that is taken for bare seal: those above
/// have print under them.
const BARE_QUANTILE: f32 = 0.35;

/// Smallest and largest diameter of a seal's ring as shares of the picture's shorter side: 15 mm seals on
/// A4, 42 mm seals on a page of a booklet (85 mm).
const RING_SIZE: std::ops::RangeInclusive<f32> = 0.06..=0.55;
/// Longest by shortest axis of a ring: seals are round or oval (45 × 30 mm).
const MAX_RING_ASPECT: f32 = 1.7;
/// A ring's pixels lie this near, as a share of the radius, to the ellipse in its bounding box.
const RING_TOLERANCE: f32 = 0.12;
/// Share of directions from the centre in which a ring has pixels: print and bad stamping break it.
const MIN_RING_DIRECTIONS: f32 = 0.6;
const DIRECTIONS: usize = 72;
/// Pixels to close gaps of a ring by.
const CLOSING_PX: u8 = 2;
/// The ellipse that is cleaned, relative to the ring.
const DISC_MARGIN: f32 = 1.06;
/// Side of the blocks that the local colour of the paper is taken from, in pixels of the detector's
/// input: wider than a seal's star, so that paper is in every block's neighbourhood.
const PAPER_BLOCK_PX: u32 = 32;

/// Natural logarithms of pixel values; black counts as 1.
static LN: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(|value| (value.max(1) as f32).ln()));

/// A pixel's ink.
#[derive(Clone, Copy)]
struct Ink {
    /// Density in red: print, and a little of the seal.
    red: f32,
    /// Density in green and blue above that in red: the seal's.
    excess: f32,
}

impl Ink {
    fn of(pixel: [u8; 3], paper: [u8; 3]) -> Self {
        let density = |channel: usize| LN[usize::from(paper[channel])] - LN[usize::from(pixel[channel])];
        let red = density(0);
        // Yellow and brown absorb blue alone, magenta green alone: a seal absorbs both.
        Self { red: red.max(0.0), excess: density(1).min(density(2)) - red }
    }

    fn is_seal(self) -> bool {
        self.excess > MIN_EXCESS && self.excess > MIN_EXCESS_SHARE * (self.red + self.excess)
    }

    /// The print's density, the seal's part taken off.
    fn print(self, bare: f32) -> f32 {
        (self.red - bare * self.excess).max(0.0)
    }
}

/// Red density per excess of the bare seal: a quantile over pixels of it.
fn bare_ratio(mut ratios: Vec<f32>) -> f32 {
    if ratios.is_empty() {
        return 0.0;
    }
    let at = ((ratios.len() - 1) as f32 * BARE_QUANTILE) as usize;
    let (_, ratio, _) = ratios.select_nth_unstable_by(at, f32::total_cmp);
    // Inks of a ratio above this are brown, not red.
    ratio.min(1.0)
}

fn without_seal(pixel: [u8; 3], paper: [u8; 3], bare: f32) -> [u8; 3] {
    let ink = Ink::of(pixel, paper);
    if ink.excess < NOISE_EXCESS {
        return pixel;
    }
    let light = (-ink.print(bare)).exp();
    paper.map(|value| (f32::from(value) * light).round() as u8)
}

/// Removes seal ink from a line that also has black print; leaves every other line untouched.
pub fn remove_seal(line: &mut RgbImage) {
    let paper = paper_of(line.pixels(), line.width() * line.height());
    let (mut ratios, mut print) = (Vec::new(), 0_u32);
    for pixel in line.pixels() {
        let ink = Ink::of(pixel.0, paper);
        if ink.is_seal() {
            ratios.push(ink.red / ink.excess);
        } else if ink.red > PRINT_DENSITY {
            print += 1;
        }
    }
    let total = (line.width() * line.height()).max(1) as f32;
    if (ratios.len() as f32) < total * MIN_SEAL_SHARE || (print as f32) < total * MIN_PRINT_SHARE {
        return;
    }
    let bare = bare_ratio(ratios);
    for pixel in line.pixels_mut() {
        pixel.0 = without_seal(pixel.0, paper, bare);
    }
}

/// Removes the ink of ring-shaped seals from a page, for the text detector: it takes a ring of characters
/// over print for clutter and finds neither. Red titles and borders are no rings and stay.
///
/// Made for pictures of some 1,000 pixels, the detector's input. Returns where the seals are, in the same
/// pixels.
pub(super) fn remove_rings(page: &mut RgbImage) -> Vec<Disc> {
    let (width, height) = page.dimensions();
    if width < PAPER_BLOCK_PX || height < PAPER_BLOCK_PX {
        return Vec::new();
    }
    let papers = Papers::of(page);
    let discs = discs(page, &papers);
    for disc in &discs {
        let mut ratios = Vec::new();
        disc.each_pixel(width, height, |x, y| {
            let ink = Ink::of(page.get_pixel(x, y).0, papers.at(x, y));
            if ink.is_seal() {
                ratios.push(ink.red / ink.excess);
            }
        });
        let bare = bare_ratio(ratios);
        disc.each_pixel(width, height, |x, y| {
            let pixel = page.get_pixel_mut(x, y);
            pixel.0 = without_seal(pixel.0, papers.at(x, y), bare);
        });
    }
    discs
}

/// Longer side, px, of the picture that seals are sought in: what [`remove_rings`] was made for.
const SEARCH_SIDE: u32 = 960;

/// Where ring-shaped seals are on `page`, in its pixels.
pub fn find_seals(page: &RgbImage) -> Vec<Rect> {
    let (width, height) = page.dimensions();
    let scale = (SEARCH_SIDE as f32 / width.max(height).max(1) as f32).min(1.0);
    let side = |side: u32| ((side as f32 * scale) as u32).max(1);
    let small = shrink(page, side(width), side(height));
    if small.width() < PAPER_BLOCK_PX || small.height() < PAPER_BLOCK_PX {
        return Vec::new();
    }
    discs(&small, &Papers::of(&small))
        .into_iter()
        .map(|Disc { cx, cy, rx, ry }| {
            let [left, top, right, bottom] = [cx - rx, cy - ry, cx + rx, cy + ry].map(|v| v / scale);
            Rect::new(left, top, right, bottom)
        })
        .collect()
}

/// The ring-shaped seals of `page`, in its pixels.
fn discs(page: &RgbImage, papers: &Papers) -> Vec<Disc> {
    let mut mask = GrayImage::new(page.width(), page.height());
    let mut any = false;
    for (x, y, pixel) in page.enumerate_pixels() {
        if Ink::of(pixel.0, papers.at(x, y)).is_seal() {
            mask.put_pixel(x, y, Luma([255]));
            any = true;
        }
    }
    if !any {
        return Vec::new();
    }
    dilate_mut(&mut mask, Norm::LInf, CLOSING_PX);
    rings(&mask)
}

/// An upright ellipse, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Disc {
    pub cx: f32,
    pub cy: f32,
    pub rx: f32,
    pub ry: f32,
}

impl Disc {
    pub fn holds(&self, point: Point) -> bool {
        let (dx, dy) = ((point.x - self.cx) / self.rx, (point.y - self.cy) / self.ry);
        dx * dx + dy * dy <= DISC_MARGIN * DISC_MARGIN
    }

    /// The x of its right edge at height `y`.
    pub fn right_at(&self, y: f32) -> f32 {
        let dy = ((y - self.cy) / self.ry).clamp(-1.0, 1.0);
        self.cx + self.rx * (1.0 - dy * dy).sqrt()
    }

    fn each_pixel(&self, width: u32, height: u32, mut visit: impl FnMut(u32, u32)) {
        let (rx, ry) = (self.rx * DISC_MARGIN, self.ry * DISC_MARGIN);
        let span = |centre: f32, radius: f32, side: u32| {
            ((centre - radius).max(0.0) as u32)..((centre + radius).ceil().max(0.0) as u32).min(side)
        };
        for y in span(self.cy, ry, height) {
            for x in span(self.cx, rx, width) {
                let (dx, dy) = ((x as f32 - self.cx) / rx, (y as f32 - self.cy) / ry);
                if dx * dx + dy * dy <= 1.0 {
                    visit(x, y);
                }
            }
        }
    }
}

/// The ring-shaped components of a mask.
fn rings(mask: &GrayImage) -> Vec<Disc> {
    let (width, height) = mask.dimensions();
    let labels = connected_components(mask, Connectivity::Eight, Luma([0]));
    let mut boxes: Vec<[u32; 4]> = Vec::new();
    for (x, y, label) in labels.enumerate_pixels() {
        let label = label.0[0] as usize;
        if label == 0 {
            continue;
        }
        if boxes.len() < label {
            boxes.resize(label, [u32::MAX, u32::MAX, 0, 0]);
        }
        if let Some([left, top, right, bottom]) = boxes.get_mut(label - 1) {
            (*left, *top) = ((*left).min(x), (*top).min(y));
            (*right, *bottom) = ((*right).max(x + 1), (*bottom).max(y + 1));
        }
    }
    let short = width.min(height) as f32;
    let mut found = Vec::new();
    let mut has_frame = false;
    for (index, &[left, top, right, bottom]) in boxes.iter().enumerate() {
        let (w, h) = (right.saturating_sub(left) as f32, bottom.saturating_sub(top) as f32);
        has_frame |= w > RING_SIZE.end() * short && h > RING_SIZE.end() * short;
        if !RING_SIZE.contains(&(w / short)) || !RING_SIZE.contains(&(h / short)) {
            continue;
        }
        if w.max(h) > MAX_RING_ASPECT * w.min(h) || is_in_a_row(&boxes, index) {
            continue;
        }
        let disc = Disc {
            cx: (left + right) as f32 / 2.0,
            cy: (top + bottom) as f32 / 2.0,
            rx: w / 2.0,
            ry: h / 2.0,
        };
        let mut seen = [false; DIRECTIONS];
        for y in top..bottom {
            for x in left..right {
                if labels.get_pixel(x, y).0[0] as usize != index + 1 {
                    continue;
                }
                let (dx, dy) = ((x as f32 + 0.5 - disc.cx) / disc.rx, (y as f32 + 0.5 - disc.cy) / disc.ry);
                if (dx.hypot(dy) - 1.0).abs() < RING_TOLERANCE {
                    let turn = dy.atan2(dx) / std::f32::consts::TAU + 0.5;
                    seen[((turn * DIRECTIONS as f32) as usize).min(DIRECTIONS - 1)] = true;
                }
            }
        }
        let directions = seen.iter().filter(|&&hit| hit).count() as f32 / DIRECTIONS as f32;
        if directions >= MIN_RING_DIRECTIONS && is_hollow(mask, &disc) {
            found.push(disc);
        }
    }
    // A seal that touches a red border is part of it.
    if has_frame {
        let apart = |circle: &Disc| !found.iter().any(|disc| disc.holds(Point::new(circle.cx, circle.cy)));
        let of_frame: Vec<Disc> = ring_search::circles(mask).into_iter().filter(apart).collect();
        found.extend(of_frame);
    }
    found
}

/// How much two characters of one title differ in size at most, and how far, as a share of their height, one stands above
/// the other: 业 and 书 are as high as 能 but for a fifth, and lines lean by a few degrees.
const SAME_SIZE: f32 = 0.7;
const SAME_ROW: f32 = 0.3;
/// Others of its size in a row from which a piece is a character of a red title: its strokes reach the ellipse around it in
/// as many directions as a ring does. Papers bear two seals side by side at most.
const CHARACTERS: usize = 2;

/// Whether the piece at `index` is one of a row of pieces of its size; boxes are left, top, right, bottom.
fn is_in_a_row(boxes: &[[u32; 4]], index: usize) -> bool {
    let measure = |&[left, top, right, bottom]: &[u32; 4]| {
        let side = right.saturating_sub(left).max(bottom.saturating_sub(top)) as f32;
        (side, top.saturating_add(bottom) as f32 / 2.0)
    };
    let Some((side, middle)) = boxes.get(index).map(measure) else { return false };
    let alike = boxes.iter().enumerate().filter(|(other, _)| *other != index).filter(|(_, other)| {
        let (other_side, other_middle) = measure(other);
        other_side.min(side) >= SAME_SIZE * other_side.max(side)
            && (other_middle - middle).abs() <= SAME_ROW * side
    });
    alike.count() >= CHARACTERS
}

/// Where there is paper between a ring and what stands in it, as shares of the radius, and the share of directions in which
/// some must be seen: characters reach up to the ring in some. A portrait before red has it behind the shoulders alone.
const GAP: std::ops::RangeInclusive<f32> = 0.7..=0.95;
const MIN_GAP_DIRECTIONS: f32 = 0.5;
const GAP_STEPS: usize = 8;

/// Whether paper is seen within `disc`, as in a ring; a red surface has none.
fn is_hollow(mask: &GrayImage, disc: &Disc) -> bool {
    let is_paper = |direction: usize, step: usize| {
        let (sin, cos) = (direction as f32 / DIRECTIONS as f32 * std::f32::consts::TAU).sin_cos();
        let share = GAP.start() + (GAP.end() - GAP.start()) * step as f32 / GAP_STEPS as f32;
        let (x, y) = (disc.cx + disc.rx * share * cos, disc.cy + disc.ry * share * sin);
        mask.get_pixel_checked(x.max(0.0) as u32, y.max(0.0) as u32).is_none_or(|pixel| pixel.0[0] == 0)
    };
    let open = (0..DIRECTIONS).filter(|&direction| (0..=GAP_STEPS).any(|step| is_paper(direction, step)));
    open.count() as f32 >= MIN_GAP_DIRECTIONS * DIRECTIONS as f32
}

/// The paper's colour by place: light and shadow fall unevenly on a page.
struct Papers {
    columns: u32,
    rows: u32,
    blocks: Vec<[u8; 3]>,
}

impl Papers {
    fn of(page: &RgbImage) -> Self {
        let columns = page.width().div_ceil(PAPER_BLOCK_PX);
        let rows = page.height().div_ceil(PAPER_BLOCK_PX);
        let own: Vec<[u8; 3]> = (0..rows * columns)
            .map(|block| {
                let (x0, y0) = (block % columns * PAPER_BLOCK_PX, block / columns * PAPER_BLOCK_PX);
                let (x1, y1) =
                    ((x0 + PAPER_BLOCK_PX).min(page.width()), (y0 + PAPER_BLOCK_PX).min(page.height()));
                let pixels = (y0..y1).flat_map(|y| (x0..x1).map(move |x| page.get_pixel(x, y)));
                paper_of(pixels, (x1 - x0) * (y1 - y0))
            })
            .collect();
        // The brightest of the neighbourhood: a block may lie within a seal's star.
        let blocks = (0..rows * columns)
            .map(|block| {
                let (column, row) = (block % columns, block / columns);
                let near = |at: u32, count: u32| at.saturating_sub(1)..(at + 2).min(count);
                near(row, rows)
                    .flat_map(|y| near(column, columns).map(move |x| (x, y)))
                    .filter_map(|(x, y)| own.get((y * columns + x) as usize))
                    .copied()
                    .max_by_key(|[r, g, b]| u16::from(*r) + 2 * u16::from(*g) + u16::from(*b))
                    .unwrap_or([255; 3])
            })
            .collect();
        Self { columns, rows, blocks }
    }

    fn at(&self, x: u32, y: u32) -> [u8; 3] {
        let (column, row) =
            ((x / PAPER_BLOCK_PX).min(self.columns - 1), (y / PAPER_BLOCK_PX).min(self.rows - 1));
        self.blocks.get((row * self.columns + column) as usize).copied().unwrap_or([255; 3])
    }
}

/// The 85th percentile of each channel: paper, where it is at least a sixth of the picture.
fn paper_of<'a>(pixels: impl Iterator<Item = &'a Rgb<u8>>, count: u32) -> [u8; 3] {
    let mut histograms = [[0_u32; 256]; 3];
    for pixel in pixels {
        for (histogram, &value) in histograms.iter_mut().zip(&pixel.0) {
            histogram[usize::from(value)] += 1;
        }
    }
    histograms.map(|histogram| {
        let mut left = count * 15 / 100;
        for (level, &here) in histogram.iter().enumerate().rev() {
            if here > left {
                return level as u8;
            }
            left -= here;
        }
        1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Rgb<u8> = Rgb([240, 238, 235]);
    const SEAL: Rgb<u8> = Rgb([215, 60, 70]);
    const PRINT: Rgb<u8> = Rgb([30, 30, 32]);

    /// `picture` in light of this strength and colour.
    fn lit(mut picture: RgbImage, light: [f32; 3]) -> RgbImage {
        for pixel in picture.pixels_mut() {
            for (value, light) in pixel.0.iter_mut().zip(light) {
                *value = (f32::from(*value) * light) as u8;
            }
        }
        picture
    }

    const LIGHTS: [[f32; 3]; 3] = [[1.0; 3], [0.45; 3], [1.0, 0.88, 0.74]];

    #[test]
    fn a_seal_over_print_vanishes_and_the_print_stays_in_any_light() {
        for light in LIGHTS {
            let line = RgbImage::from_fn(100, 40, |x, y| match (x % 10, y % 8) {
                (0, 0) => Rgb([27, 8, 9]),
                (0, _) => PRINT,
                (_, 0) => SEAL,
                _ => PAPER,
            });
            let mut line = lit(line, light);
            let paper = line.get_pixel(5, 5).0;
            remove_seal(&mut line);
            assert!(line.get_pixel(10, 5).0[1] < paper[1] / 4);
            assert!(line.get_pixel(10, 8).0[1] < paper[1] / 4);
            let cleaned = line.get_pixel(5, 8).0;
            assert!(cleaned.iter().zip(paper).all(|(&v, p)| v > p - p / 8), "{cleaned:?} {paper:?}");
        }
    }

    #[test]
    fn a_red_title_stays() {
        let mut line = RgbImage::from_fn(100, 40, |x, _| if x % 5 == 0 { SEAL } else { PAPER });
        let before = line.clone();
        remove_seal(&mut line);
        assert_eq!(line, before);
    }

    fn page() -> RgbImage {
        RgbImage::from_fn(600, 800, |x, y| {
            let radius = (x as f32 - 300.0).hypot(y as f32 - 600.0);
            // A ring with a star's place, print through it, a red title and a red border.
            if y % 40 < 6 && (560..640).contains(&y) && (100..500).contains(&x) && x % 9 < 5 {
                PRINT
            } else if (78.0..84.0).contains(&radius)
                || radius < 15.0
                || ((60..100).contains(&y) && (150..450).contains(&x) && x % 40 < 30)
                || x.min(y).min(599 - x).min(799 - y) == 12
            {
                SEAL
            } else {
                PAPER
            }
        })
    }

    #[test]
    fn rings_go_and_titles_and_borders_stay() {
        for light in LIGHTS {
            let mut page = lit(page(), light);
            let before = page.clone();
            remove_rings(&mut page);
            let paper = before.get_pixel(550, 700).0;
            let ring = page.get_pixel(300, 519).0;
            assert!(ring[1] > paper[1] - paper[1] / 8, "{ring:?}");
            assert!(page.get_pixel(300, 608).0[1] > paper[1] / 2);
            assert_eq!(page.get_pixel(302, 563), before.get_pixel(302, 563));
            assert_eq!(page.get_pixel(200, 80), before.get_pixel(200, 80));
            assert_eq!(page.get_pixel(12, 400), before.get_pixel(12, 400));
        }
    }

    #[test]
    fn round_characters_of_a_red_title_are_no_seals() {
        let ring = |x: u32, y: u32, cx: f32, cy: f32, radius: f32| {
            ((x as f32 - cx).hypot(y as f32 - cy) - radius).abs() < 3.0
        };
        let page = RgbImage::from_fn(600, 800, |x, y| {
            let is_title = (0..6).any(|i| ring(x, y, 120.0 + 70.0 * i as f32, 100.0, 24.0));
            if is_title || ring(x, y, 400.0, 600.0, 80.0) { SEAL } else { PAPER }
        });
        let seals = find_seals(&page);
        let [seal] = seals.as_slice() else { panic!("{seals:?}") };
        assert!((seal.center().y - 600.0).abs() < 6.0 && (seal.width() - 166.0).abs() < 14.0, "{seal:?}");
    }

    #[test]
    fn a_portrait_before_red_is_no_seal_and_hides_none_on_the_frame() {
        let page = RgbImage::from_fn(800, 600, |x, y| {
            let portrait = (60..190).contains(&x) && (180..350).contains(&y);
            let person = (x as f32 - 125.0).hypot(y as f32 - 250.0) < 38.0 || (290..350).contains(&y);
            let frame = x.min(y).min(799 - x).min(599 - y).abs_diff(24) < 5;
            let ring = ((x as f32 - 600.0).hypot(y as f32 - 500.0) - 76.0).abs() < 3.0;
            if portrait && !person || frame || ring { SEAL } else { PAPER }
        });
        let seals = find_seals(&page);
        let [seal] = seals.as_slice() else { panic!("{seals:?}") };
        let centre = seal.center();
        assert!((centre.x - 600.0).abs() < 10.0 && (centre.y - 500.0).abs() < 10.0, "{seal:?}");
    }

    #[test]
    fn a_page_without_red_is_left_alone() {
        let mut page =
            RgbImage::from_fn(300, 300, |x, y| if (x / 3 + y / 7) % 5 == 0 { PRINT } else { PAPER });
        let before = page.clone();
        remove_rings(&mut page);
        assert_eq!(page, before);
    }
}
