//! ID numbers, phones and plain numbers.

use crate::{
    documents::values::id_number::IdNumber,
    ocr::{Hypothesis, Lattice},
};

use super::{Candidate, Decoded, alphabet, choose, code::decoded_of};

/// How much likelier (natural log) an invalid ID number must be than the best valid one to stand as
/// written. Handwriting leaves the recogniser less sure than print (there it is 3): of ten invalid
/// readings nine are misread and one is miswritten. Higher repairs more misreadings and hides more
/// slips of the pen.
const WRITTEN_IF_LIKELIER_BY: f32 = 9.0;
/// Prefixes kept while decoding.
const BEAM: usize = 64;
const ID_LENGTH: usize = 18;
const PHONE_LENGTH: usize = 11;
/// What a value costs that breaks its own rules.
const INVALID_FACTOR: f32 = 0.3;

/// An ID number: 18 characters, a date within, a check character.
pub fn id(lattice: &Lattice) -> Option<Decoded> {
    let lattice = lattice.mapped(alphabet::id_number);
    let hypotheses = lattice.decode(BEAM, |prefix, ch| {
        let at = prefix.len();
        at < ID_LENGTH && (ch.is_ascii_digit() || at == ID_LENGTH - 1) && plausible_birth(prefix, ch)
    });
    let whole: Vec<Hypothesis> = hypotheses.into_iter().filter(|h| h.text.len() == ID_LENGTH).collect();
    let is_valid = |h: &Hypothesis| IdNumber::parse(&h.text).is_ok();
    let valid: Vec<Hypothesis> = whole.iter().filter(|h| is_valid(h)).cloned().collect();
    let written = whole.first()?;
    match valid.first() {
        Some(best) if written.log_probability - best.log_probability <= WRITTEN_IF_LIKELIER_BY => {
            // The check character leaves one of eleven readings: a valid one is taken against all that
            // the ink allows, weighted by how seldom a valid number appears by chance.
            Some(decoded_of(&valid))
        }
        _ => Some(decoded_of(&whole).times(INVALID_FACTOR)),
    }
}

/// The year, month and day within an ID number, as far as they are written: prunes the search.
fn plausible_birth(prefix: &[char], next: char) -> bool {
    let digit = next.to_digit(10).unwrap_or(0);
    match prefix.len() {
        0 => (1..=8).contains(&digit),
        6 => digit == 1 || digit == 2,
        7 => matches!((prefix[6], digit), ('1', 9) | ('2', 0)),
        10 => digit <= 1,
        11 => prefix[10] == '0' && digit > 0 || prefix[10] == '1' && digit <= 2,
        12 => digit <= 3,
        _ => true,
    }
}

/// A mobile number: eleven digits that begin with 13 to 19.
pub fn phone(lattice: &Lattice) -> Option<Decoded> {
    let lattice = lattice.mapped(alphabet::digit);
    let hypotheses = lattice.decode(BEAM, |prefix, ch| {
        prefix.len() < PHONE_LENGTH
            && match prefix.len() {
                0 => ch == '1',
                1 => ('3'..='9').contains(&ch),
                _ => true,
            }
    });
    let whole: Vec<Hypothesis> = hypotheses.into_iter().filter(|h| h.text.len() == PHONE_LENGTH).collect();
    if whole.is_empty() {
        // A landline, or a number that lost a digit: as it stands.
        let any = lattice.decode(BEAM, |prefix, _| prefix.len() < 14);
        let any: Vec<Hypothesis> = any.into_iter().filter(|h| h.text.len() >= 7).collect();
        return (!any.is_empty()).then(|| decoded_of(&any).times(INVALID_FACTOR));
    }
    Some(decoded_of(&whole))
}

/// Longest stretch of work that is stated, in years.
const MAX_YEARS: u32 = 50;

/// A number of years: whole or with a half, with or without 年.
pub fn years(lattice: &Lattice) -> Option<Decoded> {
    let lattice =
        lattice.mapped(|ch| if matches!(ch, '年' | '半' | '.') { Some(ch) } else { alphabet::numeral(ch) });
    let mut candidates = Vec::new();
    for n in 1..=MAX_YEARS {
        let value = n.to_string();
        for text in [value.clone(), format!("{n:02}"), han(n)] {
            candidates.push(Candidate::new(format!("{text}年"), value.clone()).with_prior(-1.5));
            candidates.push(Candidate::new(text, value.clone()));
        }
        let half = format!("{n}.5");
        candidates.push(Candidate::new(half.clone(), half.clone()).with_prior(-2.0));
        candidates.push(Candidate::new(format!("{n}年半"), half).with_prior(-3.0));
    }
    choose(&lattice, &candidates).map(|(decoded, _)| decoded)
}

/// 1 to 99 in Chinese: 十二, 三十.
pub fn han(n: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = ((n / 10) as usize % 10, (n % 10) as usize);
    match tens {
        0 => DIGITS[ones].to_owned(),
        1 => format!("十{}", DIGITS[ones]),
        _ => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::decode::testing::lattice;

    #[test]
    fn a_doubtful_digit_is_settled_by_the_check_character() {
        // 9 of the year read as 8 at 60 to 38.
        let l = lattice("11010518491231002X", &[(7, '9', 0.3)]);
        assert_eq!(id(&l).unwrap().value, "11010519491231002X");
    }

    #[test]
    fn a_clear_slip_of_the_pen_is_kept() {
        let l = lattice("110105194912310021", &[]);
        let decoded = id(&l).unwrap();
        assert_eq!(decoded.value, "110105194912310021");
        assert!(decoded.probability < 0.5);
    }

    #[test]
    fn phones_and_their_look_alikes() {
        let l = lattice("l38o0138000", &[]);
        assert_eq!(phone(&l).unwrap().value, "13800138000");
    }

    #[test]
    fn years_in_every_notation() {
        for (written, value) in [("6", "6"), ("六年", "6"), ("十二", "12"), ("4.5", "4.5"), ("10年", "10")]
        {
            assert_eq!(years(&lattice(written, &[])).unwrap().value, value, "{written}");
        }
    }
}
