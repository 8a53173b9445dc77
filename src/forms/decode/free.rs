//! Names and free text.

use crate::{
    documents::values::{lists, text_norm},
    ocr::{Hypothesis, Lattice},
};

use super::{
    Candidate, Decoded, alphabet, choose,
    code::decoded_of,
    free_reading,
    language::{NAMES, TEXTS},
};

/// Prefixes kept while decoding.
const BEAM: usize = 24;
/// Longest name without a dot; minority names with one are longer.
const LONGEST_NAME: usize = 4;
/// How much the language of names counts against the ink. Names are free: more than this turns rare
/// names into common ones.
const NAME_WEIGHT: f32 = 0.45;
/// The same for employers, schools and addresses, whose words repeat.
const TEXT_WEIGHT: f32 = 0.8;
/// A name of one character, or of five and more without a dot (natural log).
const ODD_LENGTH: f32 = -4.0;
/// How much less likely (natural log, a character) than the free reading a school of the national
/// list may be and still be what was written.
const SCHOOL_LOSS: f32 = 1.6;

/// How much a second look at the same ink counts: two looks err alike half of the time.
pub(super) const LOOK_SHARE: f32 = 0.7;

/// The likeliest texts by all looks at an entry together. `extend` is the language (see
/// [`Lattice::search`]); every text that any look finds likely is scored on all of them.
fn agreed(looks: &[Lattice], extend: impl Fn(&[char], char) -> Option<f32>) -> Vec<Hypothesis> {
    let mut found: Vec<Hypothesis> = Vec::new();
    for look in looks {
        for hypothesis in look.search(BEAM, &extend) {
            if !hypothesis.text.is_empty() && !found.iter().any(|known| known.text == hypothesis.text) {
                found.push(hypothesis);
            }
        }
    }
    if looks.len() > 1 {
        for hypothesis in &mut found {
            let ink: f32 = looks
                .iter()
                .map(|look| look.log_probability(&hypothesis.text).unwrap_or(f32::NEG_INFINITY))
                .sum();
            let chars: Vec<char> = hypothesis.text.chars().collect();
            let language: f32 = (0..chars.len()).map(|i| extend(&chars[..i], chars[i]).unwrap_or(0.0)).sum();
            hypothesis.log_probability = LOOK_SHARE * ink + language;
        }
    }
    found.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    found
}

fn mapped(looks: &[Lattice], alphabet: impl Fn(char) -> Option<char>) -> Vec<Lattice> {
    looks.iter().map(|look| look.mapped(&alphabet)).collect()
}

/// A person's name.
pub fn name(looks: &[Lattice]) -> Option<Decoded> {
    let hypotheses = agreed(&mapped(looks, alphabet::han), |prefix, next| {
        (prefix.len() < 16).then(|| NAME_WEIGHT * NAMES.bonus(prefix, next))
    });
    let mut hypotheses: Vec<Hypothesis> = hypotheses
        .into_iter()
        .map(|h| Hypothesis { log_probability: h.log_probability + length_prior(&h.text), ..h })
        .collect();
    hypotheses.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    (!hypotheses.is_empty()).then(|| decoded_of(&hypotheses))
}

/// How much likelier (natural log) a text is as a name than as any text.
pub(super) fn bonus_of_name(name: &str) -> f32 {
    let chars: Vec<char> = name.chars().collect();
    let language: f32 = (0..chars.len()).map(|i| NAMES.bonus(&chars[..i], chars[i])).sum();
    language + length_prior(name)
}

fn length_prior(name: &str) -> f32 {
    let usual = (2..=LONGEST_NAME).contains(&name.chars().count()) || name.contains('·');
    if usual { 0.0 } else { ODD_LENGTH }
}

/// Free text: employers, addresses.
pub fn text(looks: &[Lattice]) -> Option<Decoded> {
    let hypotheses = agreed(&mapped(looks, alphabet::text), |prefix, next| {
        (prefix.len() < 60).then(|| TEXT_WEIGHT * TEXTS.bonus(prefix, next))
    });
    (!hypotheses.is_empty()).then(|| decoded_of(&hypotheses))
}

/// A school: one of the national list of higher education when the ink allows it, or else free text.
pub fn school(looks: &[Lattice]) -> Option<Decoded> {
    if let Some(first) = looks.first() {
        let folded = first.mapped(alphabet::text);
        let (free, free_score) = free_reading(&folded);
        let listed: Vec<Candidate> =
            lists::SCHOOLS.iter().map(|&(_, name)| Candidate::new(name, name)).collect();
        if let Some((decoded, score)) = choose(&folded, &listed) {
            let length = free.chars().count().max(decoded.text.chars().count()).max(1) as f32;
            if (free_score - score) / length <= SCHOOL_LOSS {
                return Some(decoded);
            }
        }
    }
    text(looks)
}

/// A witness: a name, then a telephone number.
pub fn witness(looks: &[Lattice]) -> Option<Decoded> {
    let folded = mapped(looks, |ch| {
        let latin = ch.is_ascii() || matches!(ch, '０'..='９' | '〇' | '○' | '丨');
        if latin { alphabet::digit(ch) } else { alphabet::han(ch) }
    });
    let hypotheses = agreed(&folded, |prefix, next| {
        let in_number = prefix.last().is_some_and(char::is_ascii_digit);
        if text_norm::is_han(next) || next == '·' {
            // No character follows a digit.
            return (!in_number).then(|| NAME_WEIGHT * NAMES.bonus(prefix, next));
        }
        (prefix.len() < 24).then_some(0.0)
    });
    (!hypotheses.is_empty()).then(|| decoded_of(&hypotheses))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::decode::testing::lattice;

    #[test]
    fn a_known_surname_decides_between_equals() {
        let l = lattice("弓三", &[(0, '张', 0.48)]);
        assert_eq!(name(&[l]).unwrap().value, "张三");
    }

    #[test]
    fn a_second_look_settles_a_doubt() {
        let looks = [lattice("张三", &[(1, '四', 0.49)]), lattice("张四", &[])];
        assert_eq!(name(&looks).unwrap().value, "张四");
    }

    #[test]
    fn brackets_are_normal() {
        assert_eq!(text(&[lattice("电子（电子）", &[])]).unwrap().value, "电子（电子）");
    }
}
