//! Characters of names decided with what names are made of.
//!
//! The recogniser has learnt running text, where 溴 is commoner than 淏; in a name it is the other way
//! round. Where the ink leaves both open, the prior of names speaks (Bayes: log-probabilities add up).

use crate::{
    documents::{Source, values::lists::NAME_PRIOR},
    ocr::{Symbol, TextLine},
};

use super::upright::Upright;

/// A prior from a dictionary of common names says little about one person. It is cut to these ranges: a
/// character that is no name's counts against a reading; a common one hardly counts for it, else every
/// rare name would become the common one beside it (仉 → 仇, 翚 → 翠).
const FAMILY: std::ops::RangeInclusive<f32> = -3.0..=0.5;
const GIVEN: std::ops::RangeInclusive<f32> = -3.0..=1.5;
/// How much better (natural log) another character must be; two to one.
const MARGIN: f32 = 0.7;
/// Characters that the ink makes less likely than this against the best (e⁻⁴) are not considered.
const INK_GAP: f32 = 4.0;

/// Decides the characters of one name, of one line or several; true when any changed.
pub(super) fn decide(sources: &[Source], documents: &mut [Upright]) -> bool {
    let mut changed = false;
    let mut place = Place::Family;
    for source in sources {
        let Some(line) =
            documents.get_mut(source.page).and_then(|document| document.text.lines.get_mut(source.line))
        else {
            continue;
        };
        for at in source.symbols.clone() {
            if let Some(better) = decided(line, at, place) {
                line.symbols[at] = better;
                changed = true;
            }
            place = Place::Given;
        }
    }
    changed
}

/// Where in a name a character stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Family,
    Given,
}

fn prior(ch: char, place: Place) -> f32 {
    let [family, given] = NAME_PRIOR.get(&ch).copied().unwrap_or_default();
    let (odds, range) = match place {
        Place::Family => (family, FAMILY),
        Place::Given => (given, GIVEN),
    };
    odds.clamp(*range.start(), *range.end())
}

/// The character that the symbol at `at` should be, when it is another one.
fn decided(line: &TextLine, at: usize, place: Place) -> Option<Symbol> {
    let symbol = *line.symbols.get(at)?;
    let lattice = line.lattice.as_ref()?;
    let class = lattice.charset.class_of(symbol.ch)?;
    let part = lattice.slice(symbol.start, symbol.end);
    // The step where the symbol stands clearest; a rival stands in the same place.
    let step =
        part.steps.iter().max_by(|a, b| a.log_probability(class).total_cmp(&b.log_probability(class)))?;
    let own_ink = step.log_probability(class);
    let rivals: Vec<(char, f32)> = step
        .alternatives()
        .filter(|(_, ink)| own_ink - ink < INK_GAP)
        .map(|(class, ink)| (lattice.charset.char_of(class), ink))
        .filter(|(ch, _)| crate::documents::values::text_norm::is_han(*ch))
        .map(|(ch, ink)| (ch, ink + prior(ch, place)))
        .collect();
    let (ch, score) = rivals.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let own = own_ink + prior(symbol.ch, place);
    if ch == symbol.ch || score - own < MARGIN {
        return None;
    }
    let total: f32 = rivals.iter().map(|(_, other)| (other - score).exp()).sum();
    Some(Symbol { ch, probability: 1.0 / total, ..symbol })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::testing;

    /// A line of one character that the ink gives as 溴, or with probability `p` as 淏.
    fn line(p: f32) -> TextLine {
        testing::line("溴", &[(0, '淏', p)])
    }

    #[test]
    fn the_prior_speaks_where_the_ink_is_open_and_not_else() {
        let better = decided(&line(0.2), 0, Place::Given).unwrap();
        assert_eq!(better.ch, '淏');
        assert!(better.probability < 0.99);
        assert!(decided(&line(0.001), 0, Place::Given).is_none());
    }
}
