//! Whether a place of the document interrupts its text.

use crate::domain::Rect;

use super::LineEvidence;

/// How far from a line's end, in line heights, its text may go on unseen.
const REACH_LINES: f32 = 2.5;

/// Whether `place` interrupts text: a line ends beside it in its own row, or, where it is wide, lines run
/// above and below it.
pub fn stands_in_text(place: &Rect, lines: &[LineEvidence]) -> bool {
    let height = line_height(lines);
    let reach = REACH_LINES * height;
    let beside = |line: &Rect| {
        let overlap = line.bottom.min(place.bottom) - line.top.max(place.top);
        let gap = (place.left - line.right).max(line.left - place.right);
        overlap >= 0.5 * line.height() && gap <= reach
    };
    let across = |line: &Rect| line.right.min(place.right) - line.left.max(place.left) > height;
    let bounds: Vec<Rect> = lines.iter().map(|line| line.quad.bounds()).collect();
    let above = || bounds.iter().any(|b| across(b) && (0.0..reach).contains(&(place.top - b.center().y)));
    let below = || bounds.iter().any(|b| across(b) && (0.0..reach).contains(&(b.center().y - place.bottom)));
    bounds.iter().any(beside) || (place.width() >= 3.0 * height && above() && below())
}

fn line_height(lines: &[LineEvidence]) -> f32 {
    let mut heights: Vec<f32> = lines.iter().map(|line| line.quad.height()).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Quad;

    #[test]
    fn a_place_beside_a_line_interrupts_it_and_one_far_off_does_not() {
        let quad = Quad::from_rect(Rect::new(100.0, 100.0, 300.0, 130.0));
        let lines = [LineEvidence { quad, confidence: 0.9, symbols: 8 }];
        assert!(stands_in_text(&Rect::new(320.0, 90.0, 420.0, 140.0), &lines));
        assert!(!stands_in_text(&Rect::new(700.0, 90.0, 800.0, 140.0), &lines));
        assert!(!stands_in_text(&Rect::new(320.0, 300.0, 420.0, 340.0), &lines));
    }
}
