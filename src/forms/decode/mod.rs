//! Handwriting decoded on the recogniser's lattice under what the field must be.
//!
//! Every decoder scores texts by the CTC forward sum, in an alphabet in which look-alikes are one,
//! and says how probable its choice is among all that it could have been. What the ink clearly says
//! against the field's type is kept as an alternative and lowers the probability; nothing is made
//! up.

pub mod alphabet;
mod candidates;
pub mod claim;
pub mod code;
pub mod date;
pub mod free;
mod language;
pub mod number;
pub mod vocabulary;

pub use candidates::{Candidate, choose, free_reading};

/// A decoded entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Normal form.
    pub value: String,
    /// What is written, as far as the decoder knows.
    pub text: String,
    /// Probability of the value among all that the decoder considered, 0 to 1; not calibrated.
    pub probability: f32,
    /// Other values with their probabilities, best first.
    pub alternatives: Vec<(String, f32)>,
}

impl Decoded {
    /// The same, surer or less sure.
    #[must_use]
    pub fn times(mut self, factor: f32) -> Self {
        self.probability *= factor;
        self
    }
}

#[cfg(test)]
pub(super) mod testing {
    use std::sync::Arc;

    use crate::ocr::{Charset, Lattice, Step};

    /// A lattice that says `text`; each of `doubts` gives a position another character with a
    /// probability.
    pub fn lattice(text: &str, doubts: &[(usize, char, f32)]) -> Lattice {
        let mut characters: Vec<String> = ('0'..='9').chain('A'..='Z').map(String::from).collect();
        let more = "一二三四五六七八九十〇零年月日至今级初中高工技师男女汉族满电子商务互联网营销客户服务管理员张三李四口lzo|.-/（）";
        characters.extend(more.chars().map(String::from));
        characters.extend(text.chars().chain(doubts.iter().map(|d| d.1)).map(String::from));
        let mut seen = std::collections::HashSet::new();
        characters.retain(|c| seen.insert(c.clone()));
        let charset = Arc::new(Charset::new(characters.iter().map(String::as_str)));
        let mut steps = Vec::new();
        for (i, ch) in text.chars().enumerate() {
            let mut row = vec![1e-6; charset.len()];
            let class = |c| usize::from(charset.class_of(c).unwrap());
            row[class(ch)] = 0.98;
            for &(_, other, p) in doubts.iter().filter(|d| d.0 == i) {
                row[class(other)] = p;
                row[class(ch)] = 0.98 - p;
            }
            steps.push(Step::from_distribution(&row, &[], &[]));
            let mut blank = vec![1e-6; charset.len()];
            blank[0] = 0.99;
            steps.push(Step::from_distribution(&blank, &[], &[]));
        }
        let used_steps = steps.len() as f32;
        Lattice { charset, steps, used_steps }
    }
}
