//! The document as a coarse grid, and its paper as the read text shows it.
//!
//! Whatever is called a reflection, a cover or a stain differs from the *local* paper. Lines that could be
//! read lie on visible paper, so the paper's tint is theirs, and its brightness at any place is that of
//! the lines around: a shadow with text in it is paper, a pen is not.

use image::RgbImage;

use crate::domain::{Point, Rect};

use super::LineEvidence;

/// Cells along the document's longer side: 2.3 mm of A4, 0.7 mm of a card, about half of a line's height.
/// Finer cells are filled by single bold strokes, coarser ones blur a finger's edge.
const GRID: u32 = 128;
/// Every so many pixels of a row and every so many rows are looked at.
const STEP: usize = 2;
/// Share of a cell's pixels that are darker than its "paper": print covers up to half of a dense cell.
const PAPER_SHARE: f32 = 0.75;
/// Share of a cell's pixels that are darker than its "ink".
const INK_SHARE: f32 = 0.05;
/// A line read with at least this confidence lies on visible paper.
const SURE_LINE: f32 = 0.8;
/// Fewer such lines say nothing about the paper; the whole document does then.
const MIN_LINES: usize = 3;
/// Line heights within which a line's brightness counts fully for the paper around it. More evens out a lamp
/// that falls off, less lets one line in a shadow's edge decide.
const LIGHT_REACH_LINES: f32 = 2.0;

/// Share of the paper under text that [`Paper::bright`] is as bright as: a reflection lights
/// up to a fifth of a card's text, a lamp's bright side a third.
const BRIGHT_SHARE: f32 = 0.75;

/// One cell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cell {
    /// Typical colour of what is not ink.
    pub colour: [f32; 3],
    /// Brightness of `colour`, 0 to 255.
    pub luma: f32,
    /// Brightness of the darkest pixels.
    pub ink: f32,
}

impl Cell {
    /// Shares of red and green in the colour: what stays the same in a shadow.
    pub fn tint(&self) -> [f32; 2] {
        let sum = self.colour.iter().sum::<f32>().max(1.0);
        [self.colour[0] / sum, self.colour[1] / sum]
    }
}

/// Where the cells lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    pub cell: f32,
    pub columns: usize,
    pub rows: usize,
}

impl Grid {
    pub fn of(width: u32, height: u32) -> Self {
        let cell = (width.max(height) as f32 / GRID as f32).max(1.0);
        let count = |side: u32| ((side as f32 / cell) as usize).max(1);
        Self { cell, columns: count(width), rows: count(height) }
    }

    pub fn len(&self) -> usize {
        self.columns * self.rows
    }

    pub fn place(&self, i: usize) -> Rect {
        let (x, y) = ((i % self.columns) as f32 * self.cell, (i / self.columns) as f32 * self.cell);
        Rect::new(x, y, x + self.cell, y + self.cell)
    }

    /// Cells whose centres lie in `rect`, or the one under its centre.
    pub fn inside(&self, rect: &Rect) -> impl Iterator<Item = usize> + use<> {
        let grid = *self;
        let span = |low: f32, high: f32, count: usize| {
            let first = (low / grid.cell - 0.5).ceil().max(0.0) as usize;
            let end = ((high / grid.cell + 0.5).floor().max(0.0) as usize).min(count);
            if first < end {
                (first, end)
            } else {
                let middle = (((low + high) / 2.0 / grid.cell).max(0.0) as usize).min(count - 1);
                (middle, middle + 1)
            }
        };
        let (x0, x1) = span(rect.left, rect.right, grid.columns);
        let (y0, y1) = span(rect.top, rect.bottom, grid.rows);
        (y0..y1).flat_map(move |y| (x0..x1).map(move |x| y * grid.columns + x))
    }
}

/// The cells of a document.
#[derive(Debug)]
pub(super) struct Ground {
    pub grid: Grid,
    pub cells: Vec<Cell>,
}

impl Ground {
    pub fn of(pixels: &RgbImage) -> Self {
        let grid = Grid::of(pixels.width(), pixels.height());
        let stride = pixels.width() as usize * 3;
        let raw = pixels.as_raw().as_slice();
        let mut channels: [Vec<u8>; 3] = Default::default();
        let mut lumas: Vec<u8> = Vec::new();
        let cells = (0..grid.len())
            .map(|i| {
                let place = grid.place(i);
                channels.iter_mut().for_each(Vec::clear);
                lumas.clear();
                let last = (place.bottom as usize).min(pixels.height() as usize);
                let right = (place.right as usize).min(pixels.width() as usize);
                for y in (place.top as usize..last).step_by(STEP) {
                    let row = raw.get(y * stride + place.left as usize * 3..y * stride + right * 3);
                    for pixel in row.unwrap_or_default().chunks_exact(3).step_by(STEP) {
                        for (channel, &value) in channels.iter_mut().zip(pixel) {
                            channel.push(value);
                        }
                        if let [r, g, b] = *pixel {
                            let luma = 77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b);
                            lumas.push((luma >> 8) as u8);
                        }
                    }
                }
                let colour = channels.each_mut().map(|values| percentile(values, PAPER_SHARE));
                let luma = 0.30 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2];
                Cell { colour, luma, ink: percentile(&mut lumas, INK_SHARE) }
            })
            .collect();
        Self { grid, cells }
    }

    pub fn cell(&self, i: usize) -> Cell {
        self.cells.get(i).copied().unwrap_or_default()
    }
}

fn percentile(values: &mut [u8], share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let at = ((values.len() - 1) as f32 * share) as usize;
    f32::from(*values.select_nth_unstable(at).1)
}

/// The paper.
#[derive(Debug)]
pub(super) struct Paper {
    tint: [f32; 2],
    /// How far the tint of cells under text is from `tint` (90th percentile): guilloche, coloured lamps.
    pub spread: f32,
    /// Places of read lines with the paper's brightness there.
    lights: Vec<(Point, f32)>,
    /// Square of the distance, px, within which a line counts fully.
    reach2: f32,
    typical: f32,
    /// What three of four cells under text are at most as bright as.
    pub bright: f32,
}

impl Paper {
    pub fn of(ground: &Ground, lines: &[LineEvidence]) -> Self {
        let line_height = super::line_height(lines).unwrap_or(ground.grid.cell * 2.0);
        let mut samples: Vec<(Point, Cell)> = lines
            .iter()
            .filter(|line| line.confidence >= SURE_LINE)
            .filter_map(|line| {
                let bounds = line.quad.bounds();
                let under: Vec<Cell> = ground.grid.inside(&bounds).map(|i| ground.cell(i)).collect();
                let mut cell = median_cell(&under)?;
                // Between the strokes the cells' paper is darkened by their blur.
                cell.luma = percentile_of(under.iter().map(|c| c.luma).collect(), 0.85);
                Some((bounds.center(), cell))
            })
            .collect();
        let mut under_text: Vec<f32> = lines
            .iter()
            .filter(|line| line.confidence >= SURE_LINE)
            .flat_map(|line| ground.grid.inside(&line.quad.bounds()).map(|i| ground.cell(i).luma))
            .collect();
        if samples.len() < MIN_LINES {
            under_text = ground.cells.iter().map(|cell| cell.luma).collect();
            let all: Vec<Cell> = ground.cells.clone();
            samples = median_cell(&all).map(|cell| (Point::new(0.0, 0.0), cell)).into_iter().collect();
        }
        let tint = [0, 1].map(|k| median(samples.iter().map(|(_, cell)| cell.tint()[k]).collect()));
        let mut off: Vec<f32> = samples.iter().map(|(_, cell)| distance(cell.tint(), tint)).collect();
        off.sort_by(f32::total_cmp);
        let spread = off.get(off.len() * 9 / 10).copied().unwrap_or(0.0);
        let typical = median(samples.iter().map(|(_, cell)| cell.luma).collect());
        let reach = LIGHT_REACH_LINES * line_height;
        let lights = samples.iter().map(|(place, cell)| (*place, cell.luma)).collect();
        let bright = percentile_of(under_text, BRIGHT_SHARE);
        Self { tint, spread, lights, reach2: (reach * reach).max(1.0), typical, bright }
    }

    /// How far a cell's tint is from the paper's; skin on white paper differs by 0.07.
    pub fn tint_difference(&self, cell: &Cell) -> f32 {
        distance(cell.tint(), self.tint)
    }

    /// Is the cell redder than the paper?
    pub fn is_redder(&self, cell: &Cell) -> bool {
        cell.tint()[0] > self.tint[0] + 0.5 * distance(cell.tint(), self.tint)
    }

    /// Brightness that the paper has at `p`: that of the lines around, the nearer the more.
    pub fn luma_at(&self, p: Point) -> f32 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (place, luma) in &self.lights {
            let weight = 1.0 / ((p.x - place.x).powi(2) + (p.y - place.y).powi(2) + self.reach2).powi(2);
            sum += weight * luma;
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { self.typical }
    }
}

/// Largest difference of the three channels' shares.
fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    let (red, green) = (a[0] - b[0], a[1] - b[1]);
    red.abs().max(green.abs()).max((red + green).abs())
}

fn median_cell(cells: &[Cell]) -> Option<Cell> {
    if cells.is_empty() {
        return None;
    }
    let of = |value: fn(&Cell) -> f32| median(cells.iter().map(value).collect());
    Some(Cell {
        colour: [of(|c| c.colour[0]), of(|c| c.colour[1]), of(|c| c.colour[2])],
        luma: of(|c| c.luma),
        ink: of(|c| c.ink),
    })
}

fn median(values: Vec<f32>) -> f32 {
    percentile_of(values, 0.5)
}

fn percentile_of(mut values: Vec<f32>, share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let at = (((values.len() as f32) * share) as usize).min(values.len() - 1);
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Quad;
    use image::Rgb;

    #[test]
    fn a_shadow_keeps_the_papers_tint_and_lines_in_it_tell_its_brightness() {
        let pixels =
            RgbImage::from_fn(640, 400, |x, _| Rgb(if x < 320 { [220, 215, 205] } else { [110, 107, 102] }));
        let line = |x: f32, y: f32| LineEvidence {
            quad: Quad::from_rect(Rect::new(x, y, x + 200.0, y + 20.0)),
            confidence: 0.95,
            symbols: 9,
        };
        let lines: Vec<_> =
            (0..4).flat_map(|i| [line(40.0, i as f32 * 80.0), line(380.0, i as f32 * 80.0)]).collect();
        let ground = Ground::of(&pixels);
        let paper = Paper::of(&ground, &lines);
        let shadow = ground.cell(ground.grid.columns - 3);
        assert!(paper.tint_difference(&shadow) < 0.01);
        assert!((paper.luma_at(Point::new(560.0, 100.0)) - 107.0).abs() < 15.0);
        assert!((paper.luma_at(Point::new(60.0, 100.0)) - 215.0).abs() < 15.0);
        let skin = Cell { colour: [204.0, 150.0, 116.0], luma: 162.0, ink: 150.0 };
        assert!(paper.tint_difference(&skin) > 0.05 && paper.is_redder(&skin));
    }
}
