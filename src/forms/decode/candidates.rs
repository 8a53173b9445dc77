//! Choosing among texts that a field can hold.

use std::collections::BTreeMap;

use crate::ocr::Lattice;

use super::Decoded;

/// One text that may stand in a field, with the value that it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub text: String,
    pub value: String,
    /// Natural log of how likely it is before anything was read.
    pub prior: f32,
}

impl Candidate {
    pub fn new(text: impl Into<String>, value: impl Into<String>) -> Self {
        Self { text: text.into(), value: value.into(), prior: 0.0 }
    }

    #[must_use]
    pub fn with_prior(mut self, prior: f32) -> Self {
        self.prior = prior;
        self
    }
}

/// Candidates that are scored exactly; the others cannot be likelier by their upper bound, or hardly.
const SCORED: usize = 60;
/// Other values that are kept.
const ALTERNATIVES: usize = 3;

/// What the recogniser reads with no constraint, and the natural log of its probability.
pub fn free_reading(lattice: &Lattice) -> (String, f32) {
    let text: String = lattice.greedy().iter().map(|symbol| symbol.ch).collect();
    let log_probability = lattice.log_probability(&text).unwrap_or(f32::NEG_INFINITY);
    (text, log_probability)
}

/// The likeliest value among `candidates`, with the natural log of its text's probability (its prior
/// included). The probability of the result is its share among the candidates alone. `None` when no
/// candidate can be written with the recogniser's characters.
pub fn choose(lattice: &Lattice, candidates: &[Candidate]) -> Option<(Decoded, f32)> {
    let mut ranked: Vec<(f32, &Candidate)> = candidates
        .iter()
        .map(|candidate| (lattice.upper_bound(&candidate.text) + candidate.prior, candidate))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let scored: Vec<(f32, &Candidate)> = ranked
        .into_iter()
        .take(SCORED)
        .filter_map(|(_, candidate)| {
            Some((lattice.log_probability(&candidate.text)? + candidate.prior, candidate))
        })
        .filter(|(score, _)| score.is_finite())
        .collect();
    let best = scored.iter().map(|(score, _)| *score).fold(f32::NEG_INFINITY, f32::max);
    if !best.is_finite() {
        return None;
    }
    // Probability of each value: the sum over the ways to write it.
    let mut by_value: BTreeMap<&str, (f32, f32, &str)> = BTreeMap::new();
    for (score, candidate) in &scored {
        let share = (score - best).exp();
        let entry = by_value.entry(&candidate.value).or_insert((0.0, f32::NEG_INFINITY, ""));
        entry.0 += share;
        if *score > entry.1 {
            (entry.1, entry.2) = (*score, &candidate.text);
        }
    }
    let total: f32 = by_value.values().map(|(share, _, _)| share).sum();
    let mut values: Vec<_> = by_value.into_iter().collect();
    values.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    let (value, (share, score, text)) = values.first()?;
    let decoded = Decoded {
        value: (*value).to_owned(),
        text: (*text).to_owned(),
        probability: share / total,
        alternatives: values
            .iter()
            .skip(1)
            .take(ALTERNATIVES)
            .map(|(value, (share, _, _))| ((*value).to_owned(), share / total))
            .filter(|(_, share)| *share > 1e-4)
            .collect(),
    };
    Some((decoded, *score))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::decode::testing::lattice;

    #[test]
    fn ways_to_write_a_value_add_up() {
        let l = lattice("四级", &[(0, '三', 0.3)]);
        let candidates =
            [Candidate::new("四级", "4"), Candidate::new("三级", "3"), Candidate::new("四", "4")];
        let (decoded, _) = choose(&l, &candidates).unwrap();
        assert_eq!(decoded.value, "4");
        assert_eq!(decoded.alternatives[0].0, "3");
        assert!((decoded.probability - 0.69).abs() < 0.05, "{decoded:?}");
    }

    #[test]
    fn no_candidate_no_choice() {
        assert!(choose(&lattice("四", &[]), &[]).is_none());
    }
}
