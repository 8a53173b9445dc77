//! Resident ID numbers (GB 11643-1999).

use std::ops::Range;

use jiff::civil::Date;
use thiserror::Error;

use super::{Parsed, numeral, sex::Sex};

/// GB 11643: weights of the first 17 digits, `2^(18 - i) mod 11`.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// GB 11643: check character by the weighted sum mod 11.
const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Why a string is no valid number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    #[error("{0} characters instead of 18")]
    Length(usize),
    #[error("a character that cannot stand at its place")]
    Alphabet,
    #[error("its birth date is no date")]
    BirthDate,
    #[error("its check character does not fit")]
    CheckCharacter,
}

/// Characters of a number (those of 15 are void since 2013).
pub const LENGTH: usize = 18;

/// A number that keeps every rule of GB 11643.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdNumber(String);

impl IdNumber {
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let chars: Vec<char> = text.chars().collect();
        let [digits @ .., last] = chars.as_slice() else { return Err(Fault::Length(0)) };
        if chars.len() != 18 {
            return Err(Fault::Length(chars.len()));
        }
        if !digits.iter().all(char::is_ascii_digit)
            || !(last.is_ascii_digit() || *last == 'X')
            || !matches!(digits.first(), Some('1'..='8'))
        {
            return Err(Fault::Alphabet);
        }
        birth_date(text).ok_or(Fault::BirthDate)?;
        if check_character(text) != Some(*last) {
            return Err(Fault::CheckCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The check character that belongs to the first 17 digits of `text`.
pub fn check_character(text: &str) -> Option<char> {
    let digits: Vec<u32> = text.chars().take(17).map_while(|c| c.to_digit(10)).collect();
    if digits.len() != 17 {
        return None;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(d, w)| d * w).sum();
    CHECK.get((sum % 11) as usize).copied()
}

/// The birth date in a number of 18 characters, whatever its check character.
pub fn birth_date(text: &str) -> Option<Date> {
    let part = |range: Range<usize>| text.get(range)?.parse::<i16>().ok();
    let year = part(6..10)?;
    let (month, day) = (part(10..12)? as i8, part(12..14)? as i8);
    (1800..=2100).contains(&year).then(|| Date::new(year, month, day).ok()).flatten()
}

/// The sex in a number of 18 characters: its 17th digit is odd for men.
pub fn sex(text: &str) -> Option<Sex> {
    let digit = text.chars().nth(16)?.to_digit(10)?;
    Some(if digit % 2 == 1 { Sex::Male } else { Sex::Female })
}

/// Shortest run of number characters that is taken for an ID number with digits lost.
const MIN_RUN: usize = 15;
/// Longest one, with something glued to it.
const MAX_RUN: usize = 20;

/// What a run of another length than 18 costs: it is kept as it stands, for a person to look at.
const LENGTH_FACTOR: f32 = 0.5;

/// The number in `chars` as it stands there. Look-alikes of digits are folded, since the alphabet of
/// the number leaves no other reading; nothing is made to fit the check character.
pub fn find(chars: &[char]) -> Option<Parsed<String>> {
    let mut best: Option<Parsed<String>> = None;
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|&&c| symbol(c).is_some()).count();
        if (MIN_RUN..=MAX_RUN).contains(&run) {
            let parsed = glued(chars, at..at + run).unwrap_or_else(|| read_run(chars, at..at + run));
            if best.as_ref().is_none_or(|b| parsed.factor > b.factor) {
                best = Some(parsed);
            }
        }
        at += run.max(1);
    }
    best
}

/// A run that is longer than a number and begins or ends with a valid one: something beside it was taken along, since
/// no paper prints more characters. As unsure as any run of a wrong length.
fn glued(chars: &[char], run: Range<usize>) -> Option<Parsed<String>> {
    let ends = [run.start..run.start + LENGTH, run.end.checked_sub(LENGTH)?..run.end];
    let number = (run.len() > LENGTH).then(|| {
        ends.into_iter().map(|end| read_run(chars, end)).find(|p| IdNumber::parse(&p.value).is_ok())
    })??;
    Some(Parsed { factor: number.factor * LENGTH_FACTOR, ..number })
}

fn read_run(chars: &[char], range: Range<usize>) -> Parsed<String> {
    let mut value = String::with_capacity(18);
    let mut factor = 1.0;
    for &ch in &chars[range.clone()] {
        if let Some((ch, cost)) = symbol(ch) {
            value.push(ch);
            factor *= cost;
        }
    }
    let len = value.chars().count();
    if len != 18 {
        factor *= LENGTH_FACTOR;
    }
    Parsed { value, range, factor, alternatives: Vec::new() }
}

/// A character of a number: digits, X, and the stars of a masked one.
fn symbol(ch: char) -> Option<(char, f32)> {
    match ch {
        'X' | 'x' | '×' | '✕' | 'Χ' | 'Х' => Some(('X', 1.0)),
        '*' => Some(('*', 1.0)),
        _ => numeral::digit(ch).map(|(value, cost)| (char::from(b'0' + value), cost)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_examples() {
        for valid in ["11010519491231002X", "440524188001010014", "110105200002290013"] {
            assert!(IdNumber::parse(valid).is_ok(), "{valid}");
        }
        assert_eq!(IdNumber::parse("110105194912310021"), Err(Fault::CheckCharacter));
        assert_eq!(IdNumber::parse("11010519491331002X"), Err(Fault::BirthDate));
        assert_eq!(IdNumber::parse("11010519491231002"), Err(Fault::Length(17)));
        assert_eq!(IdNumber::parse("91010519491231002X"), Err(Fault::Alphabet));
    }

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn a_broken_number_is_kept_as_it_stands() {
        let parsed = find(&chars("公民身份号码110105194912310021")).unwrap();
        assert_eq!(parsed.value, "110105194912310021");
        assert_eq!(parsed.range, 6..24);
        let short = find(&chars("11010519491231002")).unwrap();
        assert_eq!((short.value.len(), short.factor), (17, LENGTH_FACTOR));
    }

    #[test]
    fn what_is_glued_to_a_valid_number_is_no_part_of_it() {
        let after = find(&chars("5303221998080741172")).unwrap();
        assert_eq!((after.value.as_str(), after.range), ("530322199808074117", 0..18));
        assert_eq!(find(&chars("111010519491231002X")).unwrap().value, "11010519491231002X");
        let neither = find(&chars("1110105194912310021")).unwrap();
        assert_eq!(neither.value.len(), 19);
    }

    prop_compose! {
        fn any_number()(region in 110_000u32..830_000, y in 1900u32..2026, m in 1u32..=12, d in 1u32..=28, order in 0u32..1000) -> String {
            let body = format!("{region}{y:04}{m:02}{d:02}{order:03}");
            let check = check_character(&body).unwrap();
            format!("{body}{check}")
        }
    }

    proptest! {
        #[test]
        fn a_made_number_is_valid_and_found(number in any_number(), lead in "[:：号]{0,2}") {
            prop_assert!(IdNumber::parse(&number).is_ok());
            let parsed = find(&chars(&format!("{lead}{number}"))).unwrap();
            prop_assert_eq!(&parsed.value, &number);
            prop_assert_eq!(parsed.factor, 1.0);
        }

        /// The check character catches every single wrong digit; reading never hides it.
        #[test]
        fn one_wrong_digit_is_always_noticed(number in any_number(), at in 0usize..17, by in 1u8..10) {
            let mut bytes = number.into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(bytes).unwrap();
            prop_assert!(IdNumber::parse(&wrong).is_err());
            prop_assert_eq!(find(&chars(&wrong)).unwrap().value, wrong);
        }
    }
}
