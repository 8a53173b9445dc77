//! Joining the pieces of a line that a seal's star or ring cut apart.
//!
//! Where a seal was dense, what is left of it still parts a line for the detector, and a piece of one or two
//! characters within the seal may be lost altogether. Pieces of one line on a seal are one box, which goes on
//! to the seal's edge: the recogniser makes nothing of empty paper.

use crate::domain::{Point, Quad};

use super::{detector::DetectedLine, seal::Disc};

/// Widest gap within a line, in line heights: a seal's star (30 % of 40 mm) over print of 5 mm. Columns
/// beside each other stand further apart.
const MAX_GAP: f32 = 2.2;
/// Pieces of one line have centres within this of its axis, in line heights.
const MAX_OFFSET: f32 = 0.4;
/// And heights within this ratio of each other.
const MAX_HEIGHT_RATIO: f32 = 1.6;
/// A line that ends within a seal goes on to its edge and this much further, in line heights.
const BEYOND: f32 = 0.5;
/// Only lines of print run on: a piece must be this much longer than it is high.
const MIN_ASPECT: f32 = 2.0;

/// `lines` with those on a seal joined and carried on; all in the same pixels as `discs`, `width` is the
/// picture's.
pub(super) fn over_seals(mut lines: Vec<DetectedLine>, discs: &[Disc], width: f32) -> Vec<DetectedLine> {
    for disc in discs {
        while let Some((left, right)) = pair_to_join(&lines, disc) {
            let piece = lines[right];
            lines[left].quad = joined(&lines[left].quad, &piece.quad);
            lines[left].score = lines[left].score.max(piece.score);
            lines.swap_remove(right);
        }
        for at in 0..lines.len() {
            if let Some(quad) = carried_on(&lines, at, disc, width) {
                lines[at].quad = quad;
            }
        }
    }
    lines
}

/// Two pieces of one line of which at least one lies on the seal: (left, right).
fn pair_to_join(lines: &[DetectedLine], disc: &Disc) -> Option<(usize, usize)> {
    (0..lines.len()).find_map(|left| {
        let a = &lines[left].quad;
        if a.width() < MIN_ASPECT * a.height() {
            return None;
        }
        let right = (0..lines.len()).find(|&right| {
            let b = &lines[right].quad;
            let em = a.height().min(b.height()).max(1.0);
            let gap = b.bounds().left - a.bounds().right;
            let ratio = a.height().max(b.height()) / em;
            let [_, a_end, a_low, _] = a.0;
            let [b_start, _, _, b_low] = b.0;
            // The gap, or a piece beside it, lies on the seal.
            let middle = a_end.lerp(a_low, 0.5).lerp(b_start.lerp(b_low, 0.5), 0.5);
            right != left
                && disc.holds(middle)
                && (-em..MAX_GAP * em).contains(&gap)
                && b.center().x > a.center().x
                && ratio < MAX_HEIGHT_RATIO
                && offset_from_axis(a, b.center()) < MAX_OFFSET * em
        })?;
        Some((left, right))
    })
}

/// How far `point` is from the line's axis, in pixels.
fn offset_from_axis(line: &Quad, point: Point) -> f32 {
    let (start, end) = axis(line);
    let (dx, dy) = (end.x - start.x, end.y - start.y);
    ((point.y - start.y) * dx - (point.x - start.x) * dy).abs() / dx.hypot(dy).max(1.0)
}

/// The middles of a line's left and right edge.
fn axis(line: &Quad) -> (Point, Point) {
    let [tl, tr, br, bl] = line.0;
    (tl.lerp(bl, 0.5), tr.lerp(br, 0.5))
}

/// The longer piece's box drawn out over both.
fn joined(a: &Quad, b: &Quad) -> Quad {
    let (long, other) = if a.width() >= b.width() { (a, b) } else { (b, a) };
    let (start, end) = axis(long);
    let along = |p: Point| {
        let (dx, dy) = (end.x - start.x, end.y - start.y);
        ((p.x - start.x) * dx + (p.y - start.y) * dy) / (dx * dx + dy * dy).max(1.0)
    };
    let (from, until) = axis(other);
    long.between(along(from).min(0.0), along(until).max(1.0))
}

/// A line that ends within the seal, carried on to its edge or to the next line there.
fn carried_on(lines: &[DetectedLine], at: usize, disc: &Disc, width: f32) -> Option<Quad> {
    let quad = lines[at].quad;
    let em = quad.height();
    if quad.width() < MIN_ASPECT * em {
        return None;
    }
    let (_, end) = axis(&quad);
    if !disc.holds(end) {
        return None;
    }
    let edge = disc.right_at(end.y) + BEYOND * em;
    let next = lines
        .iter()
        .enumerate()
        .filter(|(other, line)| {
            *other != at
                && line.quad.center().x > end.x
                && offset_from_axis(&quad, line.quad.center()) < 0.8 * em.max(line.quad.height())
        })
        .map(|(_, line)| line.quad.bounds().left - 0.3 * em)
        .fold(f32::MAX, f32::min);
    let target = edge.min(next).min(width - 1.0);
    let grown = (target - end.x) / quad.width().max(1.0);
    (grown > 0.0).then(|| quad.between(0.0, 1.0 + grown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rect;

    const DISC: Disc = Disc { cx: 200.0, cy: 100.0, rx: 60.0, ry: 60.0 };

    fn line(left: f32, right: f32, top: f32) -> DetectedLine {
        DetectedLine { quad: Quad::from_rect(Rect::new(left, top, right, top + 20.0)), score: 0.9 }
    }

    fn spans(lines: &[DetectedLine]) -> Vec<(i32, i32)> {
        let mut spans: Vec<_> = lines
            .iter()
            .map(|l| (l.quad.bounds().left.round() as i32, l.quad.bounds().right.round() as i32))
            .collect();
        spans.sort_unstable();
        spans
    }

    #[test]
    fn pieces_on_a_seal_are_one_line_and_go_on_to_its_edge() {
        let pieces = vec![line(50.0, 180.0, 92.0), line(215.0, 300.0, 93.0)];
        assert_eq!(spans(&over_seals(pieces, &[DISC], 500.0)), [(50, 300)]);
        let cut = vec![line(50.0, 190.0, 92.0)];
        let [(from, until)] = spans(&over_seals(cut, &[DISC], 500.0))[..] else { panic!("one line") };
        assert!(from == 50 && (260..280).contains(&until), "{until}");
    }

    #[test]
    fn columns_and_other_rows_stay_apart() {
        let apart = vec![line(20.0, 120.0, 92.0), line(210.0, 300.0, 92.0), line(150.0, 250.0, 130.0)];
        assert_eq!(spans(&over_seals(apart.clone(), &[], 500.0)), spans(&apart));
        let kept = over_seals(apart, &[DISC], 500.0);
        assert_eq!(kept.len(), 3);
    }
}
