//! Certificate numbers and verification codes.

use crate::ocr::{Hypothesis, Lattice};

use super::{Decoded, alphabet};

/// Prefixes kept while decoding.
const BEAM: usize = 48;
/// How many times as likely a code of a known form is before anything was read as one of none
/// (natural log). Higher repairs more misreadings and hides more slips of the pen.
const KNOWN_FORM: f32 = 6.0;
/// How much likelier (natural log) a letter is behind a letter, and rarer behind a digit.
const LETTERS_TOGETHER: f32 = 2.0;
/// What schools whose numbers have no national form begin them with, by habit: 技工, 中职 and 中专 by their initials.
const INITIALS: [[char; 2]; 3] = [['J', 'G'], ['Z', 'Z'], ['Z', 'X']];
/// How much likelier (natural log) such a second letter is behind the first: with [`LETTERS_TOGETHER`] a G needs a
/// ninetieth of what the ink gives to a 6. It changed none of 31 codes of running hands that it was tried on.
const KNOWN_INITIALS: f32 = 2.5;
/// What a code costs that has no known form.
const UNKNOWN_FORM_FACTOR: f32 = 0.6;
const CHSI_LENGTH: usize = 16;

/// Which forms a code may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeForm {
    /// 学信网 verification code (DOMAIN.md §4).
    Chsi,
    /// Number of a vocational certificate (DOMAIN.md §2).
    Certificate,
    /// Number of a graduation certificate (DOMAIN.md §3).
    Diploma,
}

impl CodeForm {
    /// The form of the code that a field of the contract holds.
    pub fn of_field(name: &str) -> Self {
        if name.contains("chsi") {
            Self::Chsi
        } else if name.starts_with("prior_certificate") {
            Self::Certificate
        } else {
            Self::Diploma
        }
    }
}

/// Decodes a code of that form.
pub fn decode(lattice: &Lattice, form: CodeForm) -> Option<Decoded> {
    match form {
        CodeForm::Chsi => chsi(lattice),
        CodeForm::Certificate => digits(lattice, is_certificate),
        CodeForm::Diploma => diploma(lattice),
    }
}

fn chsi(lattice: &Lattice) -> Option<Decoded> {
    let strict = lattice.mapped(alphabet::chsi);
    let whole: Vec<Hypothesis> = strict
        .decode(BEAM, |prefix, ch| prefix.len() < CHSI_LENGTH && (!prefix.is_empty() || ch == 'A'))
        .into_iter()
        .filter(|h| h.text.len() == CHSI_LENGTH)
        .collect();
    let legacy: Vec<Hypothesis> = lattice
        .mapped(alphabet::digit)
        .decode(BEAM, |prefix, _| prefix.len() < 12)
        .into_iter()
        .filter(|h| h.text.len() == 12)
        .map(|h| Hypothesis { log_probability: h.log_probability - KNOWN_FORM, ..h })
        .collect();
    let mut all = whole;
    all.extend(legacy);
    all.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    if all.is_empty() {
        return any(&strict);
    }
    Some(decoded_of(&all))
}

/// `S` or `Y` and 21 digits, or 16 digits; the level stands at its place.
fn is_certificate(text: &str) -> bool {
    let level_at = |i: usize| text.as_bytes().get(i).is_some_and(|b| (b'1'..=b'5').contains(b));
    match text.len() {
        22 => text.starts_with(['S', 'Y']) && level_at(15),
        16 => text.bytes().all(|b| b.is_ascii_digit()) && level_at(10),
        _ => false,
    }
}

/// A long number, perhaps led by a letter; `fits` says which of its readings have a known form.
fn digits(lattice: &Lattice, fits: impl Fn(&str) -> bool) -> Option<Decoded> {
    // A leading S is no 5, though it looks like one: both are tried.
    let led = lattice.mapped(|ch| match ch {
        'S' | 's' | 'Y' | 'y' => Some(ch.to_ascii_uppercase()),
        other => alphabet::digit(other),
    });
    let plain = lattice.mapped(alphabet::digit);
    let mut all = led.decode(BEAM, |prefix, ch| {
        prefix.len() < 24 && if prefix.is_empty() { matches!(ch, 'S' | 'Y') } else { ch.is_ascii_digit() }
    });
    // Inside the number the letter's shape is a digit after all.
    if let Some(first) = all.first().cloned() {
        let lead = first.text.chars().next().unwrap_or('S');
        let folded = plain.decode(BEAM, |prefix, ch| prefix.len() < 24 && ch.is_ascii_digit());
        let looks_like = if lead == 'S' { '5' } else { '4' };
        all.extend(folded.iter().filter(|h| h.text.starts_with(looks_like)).map(|h| Hypothesis {
            text: format!("{lead}{}", &h.text[1..]),
            log_probability: h.log_probability - 1.0,
        }));
        all.extend(folded);
    } else {
        all.extend(plain.decode(BEAM, |prefix, _| prefix.len() < 24));
    }
    best(all, fits)
}

/// 18 digits for higher education; other schools have their own forms of 6 to 24 characters.
fn diploma(lattice: &Lattice) -> Option<Decoded> {
    let is_national = |text: &str| {
        text.len() == 18
            && matches!(text.as_bytes()[5], b'1' | b'5' | b'6' | b'7')
            && matches!(&text[6..8], "19" | "20")
            && matches!(&text[10..12], "01" | "02" | "04" | "05" | "06")
    };
    let numbers = lattice.mapped(alphabet::digit).decode(BEAM, |prefix, _| prefix.len() < 24);
    if let Some(national) = best(numbers.clone(), is_national)
        && is_national(&national.value)
    {
        return Some(national);
    }
    let mut all = lattice.mapped(alphabet::code).search(BEAM, |prefix, next| {
        // Letters stand together, mostly in front: after one of them a G is likelier than a 6.
        let after_letter = prefix.last().is_some_and(char::is_ascii_uppercase);
        let bonus = match (after_letter, next.is_ascii_uppercase()) {
            (true, true) if prefix.len() == 1 && INITIALS.contains(&[prefix[0], next]) => {
                LETTERS_TOGETHER + KNOWN_INITIALS
            }
            (true, true) if prefix.len() <= 2 => LETTERS_TOGETHER,
            (false, true) if !prefix.is_empty() => -LETTERS_TOGETHER,
            _ => 0.0,
        };
        (prefix.len() < 24).then_some(bonus)
    });
    // A number without any letter is the rule among those with none known.
    all.extend(numbers.into_iter().map(|h| Hypothesis { log_probability: h.log_probability - 1.0, ..h }));
    best(all, |text| text.len() >= 6 && text.bytes().any(|b| b.is_ascii_digit()))
}

fn any(lattice: &Lattice) -> Option<Decoded> {
    let all = lattice.decode(BEAM, |prefix, _| prefix.len() < 24);
    best(all, |_| false)
}

/// The likeliest of hypotheses, those that `fits` holds for preferred.
fn best(hypotheses: Vec<Hypothesis>, fits: impl Fn(&str) -> bool) -> Option<Decoded> {
    let mut known = false;
    let mut weighted: Vec<Hypothesis> = hypotheses
        .into_iter()
        .filter(|h| h.text.len() >= 4)
        .map(|h| {
            let bonus = if fits(&h.text) { KNOWN_FORM } else { 0.0 };
            known |= bonus > 0.0;
            Hypothesis { log_probability: h.log_probability + bonus, ..h }
        })
        .collect();
    weighted.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    weighted.dedup_by(|a, b| a.text == b.text);
    let first = weighted.first()?;
    let factor = if fits(&first.text) { 1.0 } else { UNKNOWN_FORM_FACTOR };
    Some(decoded_of(&weighted).times(factor))
}

/// The likeliest of hypotheses (likeliest first, not empty) with its share among them.
pub fn decoded_of(hypotheses: &[Hypothesis]) -> Decoded {
    let shares = shares(hypotheses);
    Decoded {
        value: hypotheses.first().map(|h| h.text.clone()).unwrap_or_default(),
        text: hypotheses.first().map(|h| h.text.clone()).unwrap_or_default(),
        probability: shares.first().copied().unwrap_or(0.0),
        alternatives: hypotheses
            .iter()
            .zip(&shares)
            .skip(1)
            .take(3)
            .filter(|(_, share)| **share > 1e-4)
            .map(|(h, share)| (h.text.clone(), *share))
            .collect(),
    }
}

/// Probabilities of hypotheses when one of them is right.
fn shares(hypotheses: &[Hypothesis]) -> Vec<f32> {
    let best = hypotheses.iter().map(|h| h.log_probability).fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = hypotheses.iter().map(|h| (h.log_probability - best).exp()).collect();
    let total: f32 = weights.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    weights.into_iter().map(|w| w / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::decode::testing::lattice;

    #[test]
    fn chsi_codes_have_no_o_and_no_i() {
        let decoded = decode(&lattice("ATESO23456789ABC", &[]), CodeForm::Chsi).unwrap();
        assert_eq!(decoded.value, "ATES023456789ABC");
    }

    #[test]
    fn certificate_numbers_keep_their_letter() {
        let number = "S000011000012255000001";
        assert_eq!(decode(&lattice(number, &[]), CodeForm::Certificate).unwrap().value, number);
        // The letter read as a digit.
        let read = "5000011000012255000001";
        assert_eq!(decode(&lattice(read, &[(0, 'S', 0.2)]), CodeForm::Certificate).unwrap().value, number);
    }

    #[test]
    fn diploma_numbers_of_either_kind() {
        let national = "100011201905001234";
        assert_eq!(decode(&lattice(national, &[]), CodeForm::Diploma).unwrap().value, national);
        assert_eq!(decode(&lattice("ZZ2019-0123", &[]), CodeForm::Diploma).unwrap().value, "ZZ2019-0123");
        // A G that looks like a 6.
        let read = lattice("J6112004119214", &[(1, 'G', 0.03)]);
        assert_eq!(decode(&read, CodeForm::Diploma).unwrap().value, "JG112004119214");
    }
}
