//! Traces of alterations: on paper, by what lies on it, and in the file, by what it tells about its history.
//!
//! One detector a file. A detector yields a [`Signal`] with a place, a score and the field it is about;
//! what a signal means for the upload is judged by the pipeline.

mod correction_fluid;
pub mod digital;
mod erasure;
pub mod file_history;
mod overwriting;
pub mod source;
mod strikeout;
pub mod strip;
mod traces;

use crate::{
    domain::{FindingCode, Rect},
    forms::{WrittenField, sheet::Sheet},
    inference::InferenceError,
};

use self::{strip::Evened, traces::Traces};

pub use traces::TraceNet;

/// A measurement of one detector.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    pub code: FindingCode,
    /// 0 to 1.
    pub score: f32,
    /// Pixels of the sheet.
    pub place: Rect,
    /// Index of the field among those that were examined.
    pub field: usize,
}

/// What a detector makes of the traces around one entry.
type Detector = fn(&Traces) -> Option<traces::Patch>;

const DETECTORS: [(FindingCode, Detector); 4] = [
    (FindingCode::AlterationStrikeout, strikeout::detect),
    (FindingCode::AlterationCorrectionFluid, correction_fluid::detect),
    (FindingCode::AlterationOverwriting, overwriting::detect),
    (FindingCode::AlterationErasure, erasure::detect),
];

/// How far outside of its field an alteration may lie, in mm: the right text is written above or beside.
const OUTSIDE_MM: f32 = 2.0;

/// Looks for alterations of the entries of a form. `blank` is how dark its blank is at each pixel of the
/// sheet, 0 to 1.
///
/// # Errors
/// When the network fails.
pub fn examine(
    sheet: &Sheet,
    blank: &[f32],
    entries: &[WrittenField],
    net: &TraceNet,
) -> Result<Vec<Signal>, InferenceError> {
    let evened = Evened::new(sheet, blank);
    let mut signals: Vec<Signal> = Vec::new();
    for (field, entry) in entries.iter().enumerate() {
        let Some(strip) = evened.strip(entry.place) else { continue };
        let traces = net.look_at(&evened, strip)?;
        let reach = entry.place.inflate(OUTSIDE_MM * sheet.px_per_mm, OUTSIDE_MM * sheet.px_per_mm);
        for (code, detect) in DETECTORS {
            let Some(patch) = detect(&traces) else { continue };
            let centre = patch.place.center();
            // Strips overlap: what lies in another entry's field is that entry's.
            let is_others =
                !entry.place.contains(centre) && entries.iter().any(|other| other.place.contains(centre));
            if reach.contains(centre) && !is_others {
                signals.push(Signal { code, score: patch.score, place: patch.place, field });
            }
        }
    }
    Ok(strongest(signals))
}

/// One place has one alteration: of signals that overlap the strongest stands.
fn strongest(mut signals: Vec<Signal>) -> Vec<Signal> {
    signals.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Signal> = Vec::new();
    for signal in signals {
        let overlaps = |other: &Signal| {
            let meet = other.place.intersection(signal.place);
            meet.width() > 0.0 && meet.height() > 0.0
        };
        if !kept.iter().any(overlaps) {
            kept.push(signal);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_overlapping_signals_the_strongest_stands() {
        let signal = |code, score, left| Signal {
            code,
            score,
            place: Rect::new(left, 0.0, left + 20.0, 20.0),
            field: 0,
        };
        let kept = strongest(vec![
            signal(FindingCode::AlterationOverwriting, 0.7, 0.0),
            signal(FindingCode::AlterationStrikeout, 0.9, 10.0),
            signal(FindingCode::AlterationErasure, 0.6, 100.0),
        ]);
        let codes: Vec<FindingCode> = kept.iter().map(|signal| signal.code).collect();
        assert_eq!(codes, [FindingCode::AlterationStrikeout, FindingCode::AlterationErasure]);
    }
}
