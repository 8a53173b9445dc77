//! Whether entries were printed rather than written: digits of a machine stand on one line, are equally
//! tall, and the same digit has the same shape.

use crate::domain::Rect;

use super::ink::Piece;

/// How far digits are from a machine's; 0 is print.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrintLikeness {
    /// Scatter of heights and feet, as a share of the digits' height.
    pub irregularity: f32,
    /// Mean correlation of pictures of the same digit, −1 to 1; `None` when no digit occurs twice.
    pub similarity: Option<f32>,
}

/// Fewer digits than this say nothing.
const MIN_DIGITS: usize = 8;
/// Scatter below which digits are as regular as a machine's. Print that was photographed has 0.01 to
/// 0.03, hands 0.06 and more; higher catches blurred print and risks neat hands.
const MAX_IRREGULARITY: f32 = 0.042;
/// Correlation of the same digits above which they are of one shape: print has 0.9, hands 0.5 to 0.75.
const MIN_SIMILARITY: f32 = 0.8;

impl PrintLikeness {
    /// Measures an entry whose pieces are its characters, one each, `text` from left to right; `None`
    /// when characters touch or are broken.
    pub fn measure(pieces: &[&Piece], text: &str) -> Option<Self> {
        let digits: Vec<char> = text.chars().collect();
        let mut sorted: Vec<&Piece> = pieces.to_vec();
        sorted.sort_by(|a, b| a.bounds.left.total_cmp(&b.bounds.left));
        let tallest = sorted.iter().map(|piece| piece.bounds.height()).fold(0.0, f32::max);
        sorted.retain(|piece| piece.bounds.height() > tallest * 0.4);
        if digits.len() < MIN_DIGITS || sorted.len() != digits.len() {
            return None;
        }
        let heights: Vec<f32> = sorted.iter().map(|piece| piece.bounds.height()).collect();
        let mean = heights.iter().sum::<f32>() / heights.len() as f32;
        let height_scatter = deviation(heights.iter().map(|h| h - mean));
        let feet: Vec<(f32, f32)> = sorted.iter().map(|p| (p.bounds.center().x, p.bounds.bottom)).collect();
        let foot_scatter = deviation(residuals(&feet).into_iter());
        let irregularity = height_scatter.hypot(foot_scatter) / mean.max(1.0) / std::f32::consts::SQRT_2;
        let mut scores = Vec::new();
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate().skip(i + 1) {
                if digits[i] == digits[j] {
                    scores.push(correlation(&thumbnail(a), &thumbnail(b)));
                }
            }
        }
        let similarity = (!scores.is_empty()).then(|| scores.iter().sum::<f32>() / scores.len() as f32);
        Some(Self { irregularity, similarity })
    }

    /// Whether a machine wrote it.
    pub fn is_print(&self) -> bool {
        self.irregularity <= MAX_IRREGULARITY && self.similarity.is_none_or(|s| s >= MIN_SIMILARITY)
    }
}

fn deviation(values: impl Iterator<Item = f32> + Clone) -> f32 {
    let n = values.clone().count().max(1) as f32;
    (values.map(|v| v * v).sum::<f32>() / n).sqrt()
}

/// Distances of points from the straight line that fits them best.
fn residuals(points: &[(f32, f32)]) -> Vec<f32> {
    let n = points.len().max(1) as f32;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f32>() / n, points.iter().map(|p| p.1).sum::<f32>() / n);
    let xx: f32 = points.iter().map(|p| (p.0 - mx).powi(2)).sum();
    let xy: f32 = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
    let slope = if xx > 0.0 { xy / xx } else { 0.0 };
    points.iter().map(|p| p.1 - my - slope * (p.0 - mx)).collect()
}

const THUMB_W: usize = 12;
const THUMB_H: usize = 18;

/// A character in a box of fixed size: how much of each cell is ink.
fn thumbnail(piece: &Piece) -> [f32; THUMB_W * THUMB_H] {
    let Rect { left, top, .. } = piece.bounds;
    // One scale for both directions: a 1 is not as wide as a 0.
    let scale = THUMB_H as f32 / piece.bounds.height().max(1.0);
    let indent = (THUMB_W as f32 - piece.bounds.width() * scale) / 2.0;
    let mut cells = [0.0; THUMB_W * THUMB_H];
    for &(x, y) in &piece.pixels {
        let cx = ((x as f32 + 0.5 - left) * scale + indent).clamp(0.0, THUMB_W as f32 - 1.0) as usize;
        let cy = ((y as f32 + 0.5 - top) * scale).clamp(0.0, THUMB_H as f32 - 1.0) as usize;
        cells[cy * THUMB_W + cx] += scale * scale;
    }
    cells.map(|v: f32| v.min(1.0))
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let n = a.len().max(1) as f32;
    let (ma, mb) = (a.iter().sum::<f32>() / n, b.iter().sum::<f32>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - ma) * (y - mb);
        aa += (x - ma).powi(2);
        bb += (y - mb).powi(2);
    }
    if aa * bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digit(x: u32, y: u32, height: u32) -> Piece {
        let pixels = (0..height).flat_map(|dy| (0..6).map(move |dx| (x + dx, y + dy))).collect();
        let bounds = Rect::new(x as f32, y as f32, x as f32 + 6.0, (y + height) as f32);
        Piece { pixels, bounds }
    }

    #[test]
    fn a_machine_is_regular_and_a_hand_is_not() {
        let print: Vec<Piece> = (0..11).map(|i| digit(i * 14, 50, 20)).collect();
        let hand: Vec<Piece> = (0..11).map(|i| digit(i * 14, 50 + i * 7 % 4, 18 + i * 5 % 6)).collect();
        let measure = |pieces: &[Piece]| {
            PrintLikeness::measure(&pieces.iter().collect::<Vec<_>>(), "13800138000").unwrap()
        };
        assert!(measure(&print).is_print());
        assert!(!measure(&hand).is_print());
    }

    #[test]
    fn touching_digits_say_nothing() {
        let pieces = [digit(0, 0, 20)];
        assert!(PrintLikeness::measure(&[&pieces[0]], "13800138000").is_none());
    }
}
