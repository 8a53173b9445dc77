//! Parsers and normal forms of the values that stand on documents: pure functions over folded text.
//!
//! Every parser takes the characters of a [`Passage`](super::passage::Passage) and says which of them
//! it used, so that a value keeps its place on the page. None of them repairs a value silently: where
//! a parser chose between readings it lowers `factor` and keeps the other in `alternatives`.

pub mod certificate_number;
pub mod chsi_code;
pub mod chsi_qr;
pub mod date;
pub mod date_grammar;
pub mod diploma_number;
pub mod education;
pub mod fuzzy;
pub mod id_number;
pub mod level;
pub mod lists;
pub mod nation;
pub mod numeral;
pub mod organisation;
pub mod person_name;
pub mod region;
pub mod school;
pub mod sex;
pub mod text_norm;
pub mod validity;

use std::ops::Range;

/// A value that a parser found in a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<T> {
    pub value: T,
    /// Which characters of the passage it was read from.
    pub range: Range<usize>,
    /// What the parser's own guesses cost, 0 to 1; the reader multiplies the symbols' confidence by it.
    pub factor: f32,
    /// Other values that the same characters could stand for, each with its own factor, best first.
    pub alternatives: Vec<(T, f32)>,
}

impl<T> Parsed<T> {
    /// A value that was read without any guess.
    pub fn certain(value: T, range: Range<usize>) -> Self {
        Self { value, range, factor: 1.0, alternatives: Vec::new() }
    }

    /// The same place and factors with another form of the value.
    pub fn map<U>(self, mut map: impl FnMut(T) -> U) -> Parsed<U> {
        Parsed {
            value: map(self.value),
            range: self.range,
            factor: self.factor,
            alternatives: self.alternatives.into_iter().map(|(value, factor)| (map(value), factor)).collect(),
        }
    }

    /// The same value `by` characters further to the right.
    #[must_use]
    pub fn shifted(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        self
    }
}
