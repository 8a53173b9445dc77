//! Connected spots of a property on a coarse grid of the document.

use crate::domain::{Quad, Rect};

/// Cells along the document's longer side. A fingertip on a card covers about eight of them.
pub(super) const GRID: u32 = 96;

/// A connected set of cells with its bounds in pixels of the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spot {
    pub bounds: Rect,
    pub cells: Vec<Rect>,
    /// Share of the document's area.
    pub share: f32,
    /// True when it reaches the document's edge.
    pub at_edge: bool,
}

impl Spot {
    /// Share of `quad`'s bounding box that the spot covers.
    pub fn share_of(&self, quad: &Quad) -> f32 {
        let bounds = quad.bounds();
        let covered: f32 = self.cells.iter().map(|cell| cell.intersection(bounds).area()).sum();
        if bounds.area() > 0.0 { covered / bounds.area() } else { 0.0 }
    }
}

/// Spots of the cells for which `is` holds, largest first. `is` gets a cell's place in pixels.
pub(super) fn spots(width: u32, height: u32, is: impl Fn(&Rect) -> bool) -> Vec<Spot> {
    let cell = (width.max(height) as f32 / GRID as f32).max(1.0);
    let (columns, rows) = ((width as f32 / cell) as usize, (height as f32 / cell) as usize);
    let place = |i: usize| {
        let (x, y) = ((i % columns) as f32 * cell, (i / columns) as f32 * cell);
        Rect::new(x, y, x + cell, y + cell)
    };
    let mut open: Vec<bool> = (0..columns * rows).map(|i| is(&place(i))).collect();
    let mut found = Vec::new();
    for start in 0..open.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let mut stack = vec![start];
        let mut members = Vec::new();
        let mut at_edge = false;
        while let Some(i) = stack.pop() {
            members.push(place(i));
            let (x, y) = (i % columns, i / columns);
            at_edge |= x == 0 || y == 0 || x + 1 == columns || y + 1 == rows;
            let around = [
                (x > 0).then(|| i - 1),
                (x + 1 < columns).then(|| i + 1),
                (y > 0).then(|| i - columns),
                (y + 1 < rows).then(|| i + columns),
            ];
            for next in around.into_iter().flatten() {
                if std::mem::take(&mut open[next]) {
                    stack.push(next);
                }
            }
        }
        let bounds = members.iter().copied().reduce(Rect::union).unwrap_or_default();
        let share = members.len() as f32 / (columns * rows) as f32;
        found.push(Spot { bounds, cells: members, share, at_edge });
    }
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    found
}
