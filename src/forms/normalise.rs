//! Light taken out of a picture of paper: every pixel as a share of the paper's own brightness there.

use image::{GrayImage, RgbImage};

/// How the paper's brightness is measured.
#[derive(Debug, Clone, Copy)]
struct Measure {
    /// Side in mm of the blocks whose paper is measured. Wider than a character's strokes, narrower
    /// than a shadow's edge is soft.
    block_mm: f32,
    /// The share of a block's pixels that are darker than what is taken for its paper.
    quantile: f32,
    /// How many blocks to each side the median is taken over.
    around: isize,
    /// Whether a block that is brighter than its neighbours keeps its own paper.
    keeps_brighter: bool,
}

/// For reading: whatever is paper becomes white.
const FOR_READING: Measure = Measure { block_mm: 4.0, quantile: 0.85, around: 1, keeps_brighter: true };
/// For what lies on the paper: patches of up to 20 mm stay as bright or dark as they are beside the
/// paper around them. Wider blocks or a wider median follow shadows less.
const FOR_PATCHES: Measure = Measure { block_mm: 5.0, quantile: 0.7, around: 4, keeps_brighter: false };
/// Where paper lies in an evened picture: what is brighter than paper has room above it.
const EVENED_PAPER: f32 = 190.0;
/// Darkest paper (of 255) that is told from ink; below, a picture is black.
const MIN_PAPER: f32 = 16.0;

/// Brightness of the paper by blocks, followed bilinearly.
struct Paper {
    columns: usize,
    rows: usize,
    block: usize,
    values: Vec<f32>,
}

impl Paper {
    fn measure(
        (width, height): (usize, usize),
        px_per_mm: f32,
        how: Measure,
        at: impl Fn(usize, usize) -> u8,
    ) -> Self {
        let block = ((how.block_mm * px_per_mm) as usize).max(2);
        let (columns, rows) = (width.div_ceil(block).max(1), height.div_ceil(block).max(1));
        let mut values = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let mut counts = [0_u32; 256];
                let mut total = 0;
                // Every second pixel says as much.
                for y in (row * block..((row + 1) * block).min(height)).step_by(2) {
                    for x in (column * block..((column + 1) * block).min(width)).step_by(2) {
                        counts[usize::from(at(x, y))] += 1;
                        total += 1;
                    }
                }
                let wanted = (total as f32 * how.quantile) as u32;
                let mut seen = 0;
                let level = counts.iter().position(|&count| {
                    seen += count;
                    seen > wanted
                });
                values.push((level.unwrap_or(255) as f32).max(MIN_PAPER));
            }
        }
        // A block full of ink (a scribble, a seal) has the paper of its neighbours.
        let of = |column: isize, row: isize| {
            let inside = (0..columns as isize).contains(&column) && (0..rows as isize).contains(&row);
            inside.then(|| values[row as usize * columns + column as usize])
        };
        let mended = (0..rows * columns)
            .map(|i| {
                let (column, row) = ((i % columns) as isize, (i / columns) as isize);
                let mut around: Vec<f32> = (-how.around..=how.around)
                    .flat_map(|dy| (-how.around..=how.around).map(move |dx| (dx, dy)))
                    .filter_map(|(dx, dy)| of(column + dx, row + dy))
                    .collect();
                around.sort_unstable_by(f32::total_cmp);
                let median = around[around.len() / 2];
                if how.keeps_brighter { median.max(values[i]) } else { median }
            })
            .collect();
        Self { columns, rows, block, values: mended }
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        let (fx, fy) = (
            (x as f32 / self.block as f32 - 0.5).clamp(0.0, (self.columns - 1) as f32),
            (y as f32 / self.block as f32 - 0.5).clamp(0.0, (self.rows - 1) as f32),
        );
        let (cx, cy) = (fx as usize, fy as usize);
        let (nx, ny) = ((cx + 1).min(self.columns - 1), (cy + 1).min(self.rows - 1));
        let (ax, ay) = (fx - cx as f32, fy - cy as f32);
        let value = |x: usize, y: usize| self.values[y * self.columns + x];
        let top = value(cx, cy) * (1.0 - ax) + value(nx, cy) * ax;
        let low = value(cx, ny) * (1.0 - ax) + value(nx, ny) * ax;
        top * (1.0 - ay) + low * ay
    }
}

/// How dark each pixel is against its paper: 0 paper, 1 black.
pub fn darkness(picture: &GrayImage, px_per_mm: f32) -> Vec<f32> {
    let width = picture.width() as usize;
    let raw = picture.as_raw();
    let size = (width, picture.height() as usize);
    let paper = Paper::measure(size, px_per_mm, FOR_READING, |x, y| raw[y * width + x]);
    raw.iter()
        .enumerate()
        .map(|(i, &v)| (1.0 - f32::from(v) / paper.at(i % width, i / width)).clamp(0.0, 1.0))
        .collect()
}

/// The picture on white paper in even light.
pub fn whitened(picture: &RgbImage, px_per_mm: f32) -> RgbImage {
    lit_evenly(picture, px_per_mm, FOR_READING, 255.0)
}

/// The picture in even light, paper at three quarters of full brightness, so that patches brighter than
/// the paper around them stay so.
pub fn evened(picture: &RgbImage, px_per_mm: f32) -> RgbImage {
    lit_evenly(picture, px_per_mm, FOR_PATCHES, EVENED_PAPER)
}

fn lit_evenly(picture: &RgbImage, px_per_mm: f32, how: Measure, level: f32) -> RgbImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let raw = picture.as_raw();
    let papers: [Paper; 3] = std::array::from_fn(|channel| {
        Paper::measure((width, height), px_per_mm, how, |x, y| raw[(y * width + x) * 3 + channel])
    });
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (i, (target, source)) in out.chunks_exact_mut(3).zip(raw.chunks_exact(3)).enumerate() {
        let (x, y) = (i % width, i / width);
        for (channel, value) in target.iter_mut().enumerate() {
            *value = (f32::from(source[channel]) / papers[channel].at(x, y) * level).min(255.0) as u8;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb};

    #[test]
    fn a_shadow_is_no_ink() {
        let picture = GrayImage::from_fn(400, 400, |x, y| {
            let light = 230 - x * 120 / 400;
            Luma([if y % 40 == 0 { (light / 4) as u8 } else { light as u8 }])
        });
        let dark = darkness(&picture, 8.0);
        for (i, value) in dark.iter().enumerate() {
            let ink = (i / 400) % 40 == 0;
            assert_eq!(*value > 0.5, ink, "{value} at {i}");
        }
    }

    #[test]
    fn a_patch_whiter_than_its_paper_stays_so() {
        let picture = RgbImage::from_fn(800, 800, |x, y| {
            let patch = (360..440).contains(&x) && (380..420).contains(&y);
            if patch { Rgb([240, 240, 240]) } else { Rgb([200, 200, 200]) }
        });
        let evened = evened(&picture, 8.0);
        assert!(evened.get_pixel(400, 400).0[0] > evened.get_pixel(300, 400).0[0] + 30);
    }

    #[test]
    fn yellow_paper_becomes_white() {
        let picture = RgbImage::from_pixel(100, 100, Rgb([220, 200, 140]));
        assert!(whitened(&picture, 8.0).pixels().all(|p| p.0.iter().all(|&v| v > 250)));
    }
}
