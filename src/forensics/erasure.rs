//! Ink rubbed away: its ghost, roughened or smeared paper, thinned rules.

use super::traces::{Patch, Sort, Traces};

/// Probability from which a cell belongs to the patch. Lower makes its place larger.
const LOW: f32 = 0.3;
/// Mean of the [`CELLS`] strongest cells from which there is an alteration. Set by false alarms on pages
/// without alterations; lower finds more and alarms more often.
const PEAK: f32 = 0.6;
/// How many cells of a square millimetre must speak for it.
const CELLS: usize = 3;

/// The alteration that the traces around an entry show, if any.
pub fn detect(traces: &Traces) -> Option<Patch> {
    traces.strongest(Sort::Erasure, LOW, PEAK, CELLS)
}
