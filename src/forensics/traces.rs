//! The traces network: for every millimetre around an entry, how much it looks altered in each way
//! (`models/training/alterations`).

use std::sync::Arc;

use crate::{
    domain::Rect,
    inference::{InferenceError, Model},
};

use super::strip::{Evened, Strip};

/// Side of a cell of the network's maps in pixels of the sheet: 1 mm.
const CELL: usize = 8;

/// The network's maps, in its order.
#[derive(Debug, Clone, Copy)]
pub enum Sort {
    Strikeout,
    CorrectionFluid,
    Overwriting,
    Erasure,
}

const SORTS: usize = 4;

/// Score of a patch from which there is an alteration, by sort, when the network's own metadata has none.
/// Lower finds more and alarms more often.
const PEAKS: [f32; SORTS] = [0.95; SORTS];

/// The network.
pub struct TraceNet {
    model: Arc<dyn Model>,
    peaks: [f32; SORTS],
}

/// What the network says about a strip.
#[derive(Debug)]
pub struct Traces {
    strip: Strip,
    columns: usize,
    rows: usize,
    /// Probabilities by sort, row, column.
    values: Vec<f32>,
    /// Score from which a patch counts, by sort.
    peaks: [f32; SORTS],
}

/// A connected group of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patch {
    /// 0 to 1.
    pub score: f32,
    /// Pixels of the sheet.
    pub place: Rect,
}

impl TraceNet {
    pub fn new(model: Arc<dyn Model>) -> Self {
        // They belong to the weights: set by false alarms on pages set aside, once it was trained.
        let own = model.metadata("peaks").and_then(|text| {
            let peaks: Vec<f32> =
                text.split(',').map(|peak| peak.trim().parse().ok()).collect::<Option<_>>()?;
            peaks.try_into().ok()
        });
        Self { model, peaks: own.unwrap_or(PEAKS) }
    }

    /// # Errors
    /// When the network fails or is another one.
    pub fn look_at(&self, evened: &Evened, strip: Strip) -> Result<Traces, InferenceError> {
        let output = self.model.run(&evened.tensor(strip))?;
        let (columns, rows) = (strip.width as usize / CELL, strip.height as usize / CELL);
        if output.shape != [1, SORTS, rows, columns] {
            return Err(InferenceError::Shape {
                name: "traces".to_owned(),
                shape: output.shape,
                expected: "[1, 4, height / 8, width / 8]",
            });
        }
        Ok(Traces { strip, columns, rows, values: output.values, peaks: self.peaks })
    }
}

impl Traces {
    /// The strongest group of cells of that sort: cells of at least `low` around a peak, which is
    /// the mean of the `cells` highest in the group.
    pub fn strongest(&self, sort: Sort, low: f32, cells: usize) -> Option<Patch> {
        let size = self.columns * self.rows;
        let map = &self.values[sort as usize * size..][..size];
        let mut seen = vec![false; size];
        let mut best: Option<Patch> = None;
        for start in 0..size {
            if seen[start] || map[start] < low {
                continue;
            }
            seen[start] = true;
            let (mut stack, mut group) = (vec![start], Vec::new());
            while let Some(i) = stack.pop() {
                group.push(i);
                let (x, y) = (i % self.columns, i / self.columns);
                for ny in y.saturating_sub(1)..=(y + 1).min(self.rows - 1) {
                    for nx in x.saturating_sub(1)..=(x + 1).min(self.columns - 1) {
                        let n = ny * self.columns + nx;
                        if !seen[n] && map[n] >= low {
                            seen[n] = true;
                            stack.push(n);
                        }
                    }
                }
            }
            let patch = self.patch(map, &group, cells);
            if patch.score >= self.peaks[sort as usize] && best.is_none_or(|best| patch.score > best.score) {
                best = Some(patch);
            }
        }
        best
    }

    fn patch(&self, map: &[f32], group: &[usize], cells: usize) -> Patch {
        let mut highest: Vec<f32> = group.iter().map(|&i| map[i]).collect();
        highest.sort_unstable_by(|a, b| b.total_cmp(a));
        let score = highest.iter().take(cells).sum::<f32>() / cells.max(1) as f32;
        let corner = |i: usize| {
            let (x, y) = ((i % self.columns * CELL) as f32, (i / self.columns * CELL) as f32);
            let (x, y) = (x + self.strip.x as f32, y + self.strip.y as f32);
            Rect::new(x, y, x + CELL as f32, y + CELL as f32)
        };
        let place = group.iter().map(|&i| corner(i)).reduce(Rect::union);
        Patch { score, place: place.unwrap_or(Rect::new(0.0, 0.0, 0.0, 0.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_group_is_found_with_its_place() {
        let (columns, rows) = (6, 4);
        let mut values = vec![0.0; SORTS * columns * rows];
        let at = |x: usize, y: usize| 3 * columns * rows + y * columns + x;
        values[at(1, 1)] = 0.5;
        values[at(4, 2)] = 0.9;
        values[at(4, 3)] = 0.7;
        let strip = Strip { x: 100, y: 200, width: 48, height: 32 };
        let traces = Traces { strip, columns, rows, values, peaks: [0.6; SORTS] };
        let patch = traces.strongest(Sort::Erasure, 0.3, 2).unwrap();
        assert_eq!(patch.place, Rect::new(132.0, 216.0, 140.0, 232.0));
        assert!((patch.score - 0.8).abs() < 1e-6);
        assert!(traces.strongest(Sort::Strikeout, 0.3, 2).is_none());
    }
}
