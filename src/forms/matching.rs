//! Pieces of the blank found again on a sheet: how far each lies from where it should.

use crate::domain::Point;

/// A picture of darkness (0 paper, 1 black) with its resolution.
pub struct Darkness {
    pub values: Vec<f32>,
    pub width: usize,
    pub height: usize,
    pub px_per_mm: f32,
}

/// How pieces are chosen and sought. Lengths in mm.
#[derive(Debug, Clone, Copy)]
pub struct MatchParams {
    /// Side of a piece.
    pub piece_mm: f32,
    /// From one piece to the next.
    pub step_mm: f32,
    /// How far from its place a piece is sought.
    pub search_mm: f32,
}

/// One piece: where it should be, how far off it was found and how surely.
#[derive(Debug, Clone, Copy)]
pub struct Shift {
    /// Middle of the piece on the blank, mm.
    pub at: Point,
    /// Displacement, mm.
    pub by: Point,
    /// Normalised cross-correlation, −1 to 1.
    pub score: f32,
}

/// Least structure in the weaker direction for a piece to pin down both x and y: the smaller
/// eigenvalue of the structure tensor per mm². A crossing of two thin rules or a printed character
/// has several times as much; a single rule has none.
const MIN_STRUCTURE: f32 = 0.02;
/// Darkness of the blank below which a pixel is paper.
const PAPER: f32 = 0.06;

/// Seeks every piece of the blank that has structure. Both pictures have the same size.
pub fn shifts(sheet: &Darkness, blank: &Darkness, params: &MatchParams) -> Vec<Shift> {
    let px = |mm: f32| (mm * blank.px_per_mm).round() as usize;
    let (side, step, search) = (px(params.piece_mm).max(4), px(params.step_mm).max(1), px(params.search_mm));
    let (width, height) = (blank.width.min(sheet.width), blank.height.min(sheet.height));
    let sums = Integral::of(sheet);
    let mut found = Vec::new();
    let mut y = search;
    while y + side + search < height {
        let mut x = search;
        while x + side + search < width {
            if structure(blank, x, y, side) >= MIN_STRUCTURE
                && let Some(shift) = seek(sheet, &sums, blank, (x, y), side, search)
            {
                found.push(shift);
            }
            x += step;
        }
        y += step;
    }
    found
}

/// The smaller eigenvalue of the structure tensor of a piece, per mm².
fn structure(blank: &Darkness, x: usize, y: usize, side: usize) -> f32 {
    let w = blank.width;
    let (mut xx, mut xy, mut yy) = (0.0_f32, 0.0_f32, 0.0_f32);
    for row in y..y + side - 1 {
        for column in x..x + side - 1 {
            let i = row * w + column;
            let gx = blank.values[i + 1] - blank.values[i];
            let gy = blank.values[i + w] - blank.values[i];
            xx += gx * gx;
            xy += gx * gy;
            yy += gy * gy;
        }
    }
    let half = f32::midpoint(xx, yy);
    let smaller = half - ((xx - yy) / 2.0).hypot(xy);
    let area = (side as f32 / blank.px_per_mm).powi(2);
    smaller / area
}

/// Sums and sums of squares over rectangles.
struct Integral {
    width: usize,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Integral {
    fn of(picture: &Darkness) -> Self {
        let width = picture.width + 1;
        let mut sums = vec![0.0; width * (picture.height + 1)];
        let mut squares = sums.clone();
        for y in 0..picture.height {
            let (mut row, mut row_squares) = (0.0, 0.0);
            for x in 0..picture.width {
                let value = f64::from(picture.values[y * picture.width + x]);
                row += value;
                row_squares += value * value;
                let i = (y + 1) * width + x + 1;
                sums[i] = sums[i - width] + row;
                squares[i] = squares[i - width] + row_squares;
            }
        }
        Self { width, sums, squares }
    }

    fn over(&self, x: usize, y: usize, side: usize) -> (f64, f64) {
        let i = |x: usize, y: usize| y * self.width + x;
        let corners = [i(x + side, y + side), i(x, y + side), i(x + side, y), i(x, y)];
        let sum = |t: &[f64]| t[corners[0]] - t[corners[1]] - t[corners[2]] + t[corners[3]];
        (sum(&self.sums), sum(&self.squares))
    }
}

fn seek(
    sheet: &Darkness,
    sums: &Integral,
    blank: &Darkness,
    (x, y): (usize, usize),
    side: usize,
    search: usize,
) -> Option<Shift> {
    let n = (side * side) as f64;
    // Print covers little of a piece: only its dark pixels enter the product.
    let mut dark = Vec::new();
    let (mut sum, mut squares) = (0.0_f64, 0.0_f64);
    for row in 0..side {
        for column in 0..side {
            let value = blank.values[(y + row) * blank.width + x + column];
            if value > PAPER {
                dark.push((row * sheet.width + column, value));
                sum += f64::from(value);
                squares += f64::from(value) * f64::from(value);
            }
        }
    }
    let spread = squares - sum * sum / n;
    if spread <= 1e-6 {
        return None;
    }
    let span = 2 * search + 1;
    let mut scores = vec![-1.0_f32; span * span];
    for dy in 0..span {
        for dx in 0..span {
            let (left, top) = (x + dx - search, y + dy - search);
            let (there, there_squares) = sums.over(left, top, side);
            let there_spread = there_squares - there * there / n;
            if there_spread <= 1e-6 {
                continue;
            }
            let origin = top * sheet.width + left;
            let product: f32 = dark.iter().map(|&(at, value)| sheet.values[origin + at] * value).sum();
            let covariance = f64::from(product) - sum * there / n;
            scores[dy * span + dx] = (covariance / (spread * there_spread).sqrt()) as f32;
        }
    }
    let (best, &score) = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let (bx, by) = (best % span, best / span);
    let score_at = |x: usize, y: usize| scores[y * span + x];
    // A parabola through the neighbours gives the fraction of a pixel.
    let fraction = |before: f32, at: f32, after: f32| {
        let bend = before - 2.0 * at + after;
        if bend < -1e-6 { ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let inside = |v: usize| v > 0 && v + 1 < span;
    let fx = if inside(bx) { fraction(score_at(bx - 1, by), score, score_at(bx + 1, by)) } else { 0.0 };
    let fy = if inside(by) { fraction(score_at(bx, by - 1), score, score_at(bx, by + 1)) } else { 0.0 };
    let mm = |v: f32| v / blank.px_per_mm;
    Some(Shift {
        at: Point::new(mm(x as f32 + side as f32 / 2.0), mm(y as f32 + side as f32 / 2.0)),
        by: Point::new(mm(bx as f32 + fx - search as f32), mm(by as f32 + fy - search as f32)),
        score,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(shift: usize) -> Darkness {
        let (width, height) = (200, 200);
        let values = (0..width * height)
            .map(|i| {
                let (x, y): (usize, usize) = (i % width, i / width);
                let (x, y) = (x.wrapping_sub(shift), y.wrapping_sub(shift / 2));
                let rule = x % 37 == 0 || y % 29 == 0;
                if rule { 0.9 } else { 0.0 }
            })
            .collect();
        Darkness { values, width, height, px_per_mm: 4.0 }
    }

    #[test]
    fn a_moved_sheet_is_found_moved() {
        let params = MatchParams { piece_mm: 12.0, step_mm: 8.0, search_mm: 2.0 };
        let found = shifts(&picture(4), &picture(0), &params);
        assert!(!found.is_empty());
        for shift in found.iter().filter(|s| s.score > 0.9) {
            assert!((shift.by.x - 1.0).abs() < 0.2 && (shift.by.y - 0.5).abs() < 0.2, "{shift:?}");
        }
    }

    #[test]
    fn a_single_rule_pins_nothing_down() {
        let mut blank = picture(0);
        blank.values = (0..200 * 200).map(|i| if i / 200 == 100 { 0.9 } else { 0.0 }).collect();
        let params = MatchParams { piece_mm: 12.0, step_mm: 8.0, search_mm: 2.0 };
        assert!(shifts(&picture(0), &blank, &params).is_empty());
    }
}
