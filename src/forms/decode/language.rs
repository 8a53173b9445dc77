//! A little language: which character follows which in names of people, of companies and schools,
//! and in addresses. It tips the scales between look-alikes and never adds what the ink lacks.

use std::{collections::HashMap, sync::LazyLock};

use crate::documents::values::{lists, text_norm};

/// Characters that a recogniser of Chinese tells apart in practice: what an unknown text has for each.
const CHARACTERS: f32 = 7000.0;
/// Shares of pairs, of single characters and of the unknown in a character's probability.
const PAIR_SHARE: f32 = 0.7;
const SINGLE_SHARE: f32 = 0.2;

/// How characters follow each other.
#[derive(Debug, Default)]
pub struct Language {
    pairs: HashMap<(char, char), f32>,
    singles: HashMap<char, f32>,
    /// Sum of the pairs that begin with a character; '^' begins a text.
    begun: HashMap<char, f32>,
    total: f32,
}

/// What stands before a text's first character.
const START: char = '^';

impl Language {
    fn learn(&mut self, text: &str, weight: f32, whole: bool) {
        let mut previous = whole.then_some(START);
        for ch in text.chars().filter_map(text_norm::fold) {
            *self.singles.entry(ch).or_default() += weight;
            self.total += weight;
            if let Some(previous) = previous {
                *self.pairs.entry((previous, ch)).or_default() += weight;
                *self.begun.entry(previous).or_default() += weight;
            }
            previous = Some(ch);
        }
    }

    /// How much likelier (natural log) `next` is after `prefix` than in an unknown text; never
    /// negative, since what the language does not know may stand there all the same.
    pub fn bonus(&self, prefix: &[char], next: char) -> f32 {
        let previous = prefix.last().copied().unwrap_or(START);
        let pair = match self.begun.get(&previous) {
            // Counts of one or two say little: half a count is kept for the unseen.
            Some(begun) => self.pairs.get(&(previous, next)).map_or(0.0, |n| n / (begun + 0.5)),
            None => 0.0,
        };
        let single = self.singles.get(&next).map_or(0.0, |n| n / self.total.max(1.0));
        let unknown = 1.0 / CHARACTERS;
        let p = PAIR_SHARE * pair + SINGLE_SHARE * single + (1.0 - PAIR_SHARE - SINGLE_SHARE) * unknown;
        (p / unknown).ln().max(0.0)
    }
}

fn weighted(text: &'static str) -> impl Iterator<Item = (&'static str, f32)> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let (word, weight) = line.split_once('\t').unwrap_or((line, "1"));
        (word, weight.trim().parse().unwrap_or(1.0))
    })
}

/// Names of employers and schools, and addresses.
pub static TEXTS: LazyLock<Language> = LazyLock::new(|| {
    let mut language = Language::default();
    for (word, weight) in weighted(include_str!("../../../models/lists/company_words.txt")) {
        language.learn(word, weight * weight, false);
    }
    for (word, weight) in weighted(include_str!("../../../models/lists/words.tsv")) {
        language.learn(word, weight, false);
    }
    for (_, school) in lists::SCHOOLS.iter() {
        language.learn(school, 1.0, true);
    }
    for occupation in lists::OCCUPATIONS.iter() {
        language.learn(occupation, 0.3, false);
    }
    for line in include_str!("../../../models/lists/regions.tsv").lines() {
        if let Some(name) = line.split('\t').nth(1) {
            language.learn(name, 0.7, true);
        }
    }
    language
});

/// Names of people.
pub static NAMES: LazyLock<Language> = LazyLock::new(|| {
    let mut language = Language::default();
    for (surname, weight) in weighted(include_str!("../../../models/lists/surnames.tsv")) {
        language.learn(surname, weight, true);
    }
    // Given names by single characters: pairs of them are too many to be known.
    for (given, weight) in weighted(include_str!("../../../models/lists/given_names.tsv")) {
        language.learn(given, weight * 0.5, false);
    }
    language
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_is_no_workshop() {
        let before: Vec<char> = "科技有限".chars().collect();
        assert!(TEXTS.bonus(&before, '公') > TEXTS.bonus(&before, '工') + 2.0);
    }

    #[test]
    fn words_of_the_language_stand_in_names_of_companies() {
        assert!(TEXTS.bonus(&['世'], '界') > TEXTS.bonus(&['世'], '居') + 1.0);
    }

    #[test]
    fn common_surnames_begin_names() {
        assert!(NAMES.bonus(&[], '张') > NAMES.bonus(&[], '弓') + 2.0);
        assert!(NAMES.bonus(&['诸'], '葛') > NAMES.bonus(&['诸'], '茗') + 2.0);
    }

    #[test]
    fn what_is_not_known_costs_nothing() {
        assert_eq!(TEXTS.bonus(&['龘'], '龘'), 0.0);
    }
}
