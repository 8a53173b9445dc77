//! Lattices out of texts, for tests.

use std::{collections::BTreeSet, sync::Arc};

use crate::domain::{Quad, Reader, Rect};

use super::{
    lattice::{BLANK, Charset, Lattice, Step},
    text::TextLine,
};

/// Log-probabilities do not go below this, as with a real network.
const REST: f32 = 1e-9;

/// A lattice that says `text`; each of `doubts` gives the ink at a position another character with a
/// probability. A `_` is ink that says nothing.
pub fn lattice(text: &str, doubts: &[(usize, char, f32)]) -> Lattice {
    let characters: BTreeSet<String> = ('0'..='9')
        .chain('A'..='Z')
        .chain(text.chars())
        .chain(doubts.iter().map(|doubt| doubt.1))
        .map(String::from)
        .collect();
    let charset = Arc::new(Charset::new(characters.iter().map(String::as_str)));
    let class = |ch: char| charset.class_of(ch).map_or(usize::from(BLANK), usize::from);
    let mut steps = Vec::new();
    for (position, ch) in text.chars().enumerate() {
        let mut row = vec![REST; charset.len()];
        let said = if ch == '_' { usize::from(BLANK) } else { class(ch) };
        row[said] = 1.0;
        for &(_, other, p) in doubts.iter().filter(|doubt| doubt.0 == position) {
            row[class(other)] = p;
            row[said] -= p;
        }
        let mut blank = vec![REST; charset.len()];
        blank[usize::from(BLANK)] = 1.0;
        steps.extend([row, blank].map(|row| Step::from_distribution(&row, &[], charset.canonical())));
    }
    let used_steps = steps.len() as f32;
    Lattice { charset, steps, used_steps }
}

/// A line that was read off [`lattice`].
pub fn line(text: &str, doubts: &[(usize, char, f32)]) -> TextLine {
    let lattice = lattice(text, doubts);
    TextLine {
        quad: Quad::from_rect(Rect::new(0.0, 0.0, 400.0, 30.0)),
        symbols: lattice.greedy(),
        lattice: Some(Arc::new(lattice)),
        reader: Reader::Ppocr,
    }
}
