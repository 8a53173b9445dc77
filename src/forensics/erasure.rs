//! Ink rubbed away: its ghost, roughened or smeared paper, thinned rules.

use super::traces::{Patch, Sort, Traces};

/// Probability from which a cell belongs to the patch. Lower makes its place larger.
const LOW: f32 = 0.3;
/// How many cells of a square millimetre must speak for it: their mean is the score.
const CELLS: usize = 3;

/// The alteration that the traces around an entry show, if any.
pub fn detect(traces: &Traces) -> Option<Patch> {
    traces.strongest(Sort::Erasure, LOW, CELLS)
}
