//! What names are made of.
//!
//! The recognisers have learnt running text, where 溴 is commoner than 淏; in a name it is the other way
//! round. The prior of names is added to what the ink says (Bayes: log-probabilities add up).

use crate::documents::values::lists::NAME_PRIOR;

/// A prior from a dictionary of common names says little about one person. It is cut to these ranges: a
/// character that is no name's counts against a reading; a common one hardly counts for it, else every
/// rare name would become the common one beside it (仉 → 仇, 翚 → 翠).
const FAMILY: std::ops::RangeInclusive<f32> = -3.0..=0.5;
const GIVEN: std::ops::RangeInclusive<f32> = -3.0..=1.5;

/// Natural log of how much likelier `name` is as a name than as a run of text.
pub(super) fn log_odds(name: &str) -> f32 {
    name.chars()
        .enumerate()
        .map(|(at, ch)| {
            let [family, given] = NAME_PRIOR.get(&ch).copied().unwrap_or_default();
            let (odds, range) = if at == 0 { (family, FAMILY) } else { (given, GIVEN) };
            odds.clamp(*range.start(), *range.end())
        })
        .sum()
}
