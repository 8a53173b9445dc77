//! Numbers of vocational certificates.

use std::collections::BTreeSet;

use super::{Parsed, numeral};

/// The first letter of a skill-level certificate read as a digit that looks like it.
const LEADING_LETTER_FACTOR: f32 = 0.8;

/// Which national format a number keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 职业技能等级证书: letter, 21 digits (人社鉴发〔2019〕2号).
    SkillLevel,
    /// The same with another letter than Y or S: formats grow, so a person should look.
    SkillLevelOtherLetter,
    /// 国家职业资格证书: 16 digits.
    Qualification,
    /// Its predecessor with 13 digits: a person should look.
    OldQualification,
    Malformed,
}

/// Characters of a 职业技能等级证书's number.
pub const SKILL_LEVEL_LENGTH: usize = 22;

/// The format of a number in normal form.
pub fn format(number: &str) -> Format {
    let bytes = number.as_bytes();
    let level_at = |at: usize| matches!(bytes.get(at), Some(b'1'..=b'5'));
    let digits = |from: usize| bytes.get(from..).is_some_and(|rest| rest.iter().all(u8::is_ascii_digit));
    match bytes.len() {
        SKILL_LEVEL_LENGTH if digits(1) && level_at(15) => match bytes[0] {
            b'Y' | b'S' => Format::SkillLevel,
            b'A'..=b'Z' => Format::SkillLevelOtherLetter,
            _ => Format::Malformed,
        },
        16 if digits(0) && level_at(10) => Format::Qualification,
        13 if digits(0) => Format::OldQualification,
        _ => Format::Malformed,
    }
}

/// The level that a number states, 1 to 5.
pub fn level(number: &str) -> Option<u8> {
    let at = match format(number) {
        Format::SkillLevel | Format::SkillLevelOtherLetter => 15,
        Format::Qualification => 10,
        Format::OldQualification | Format::Malformed => return None,
    };
    number.as_bytes().get(at).map(|b| b - b'0')
}

/// The year that a number states, of this or the last century by its two digits.
pub fn year(number: &str) -> Option<i16> {
    let range = match format(number) {
        Format::SkillLevel | Format::SkillLevelOtherLetter => 13..15,
        Format::Qualification => 0..2,
        Format::OldQualification | Format::Malformed => return None,
    };
    let two: i16 = number.get(range)?.parse().ok()?;
    // The certificate system began in 1994.
    Some(if two >= 94 { 1900 + two } else { 2000 + two })
}

/// Shortest run of letters and digits that is taken for a number behind its label.
const MIN_RUN: usize = 8;

/// Fewest different characters of a number. Letter, body, year, level and serial of one differ; a border of rings or
/// dots behind the label is read as many times the same.
const MIN_DIFFERENT: usize = 3;

/// A number in no known format was more likely misread than printed so.
const MALFORMED_FACTOR: f32 = 0.6;

/// The number that `chars` hold, in normal form.
pub fn find(chars: &[char]) -> Option<Parsed<String>> {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let mut best: Option<Parsed<String>> = None;
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|&&c| is_part(c)).count();
        let word = &chars[at..at + run];
        let digits = word.iter().filter(|c| c.is_ascii_digit()).count();
        if run >= MIN_RUN && digits * 2 > run && word.iter().collect::<BTreeSet<_>>().len() >= MIN_DIFFERENT {
            // What follows a whole number is the line below it.
            for length in [run, run.min(SKILL_LEVEL_LENGTH)] {
                let parsed = normalise(chars, at, length);
                if best.as_ref().is_none_or(|b| rank(&parsed) > rank(b)) {
                    best = Some(parsed);
                }
            }
        }
        at += run.max(1);
    }
    best
}

/// Well-formed numbers first, then longer ones.
fn rank(parsed: &Parsed<String>) -> (bool, usize) {
    (format(&parsed.value) != Format::Malformed, parsed.range.len())
}

fn normalise(chars: &[char], at: usize, run: usize) -> Parsed<String> {
    let mut factor = 1.0;
    let mut value = String::with_capacity(run);
    for (i, &ch) in chars[at..at + run].iter().enumerate() {
        // A letter may only stand first.
        let folded = if i == 0 && ch.is_ascii_alphabetic() && run == SKILL_LEVEL_LENGTH {
            None
        } else {
            numeral::digit(ch)
        };
        match folded {
            Some((digit, cost)) => {
                value.push(char::from(b'0' + digit));
                factor *= cost;
            }
            None => value.push(ch.to_ascii_uppercase()),
        }
    }
    let mut alternatives = Vec::new();
    // So many characters can only be a skill-level number, and its first is a letter.
    if run == SKILL_LEVEL_LENGTH && format(&value) == Format::Malformed {
        let letter = match value.chars().next() {
            Some('5' | '8' | '9') => Some('S'),
            Some('7' | '4' | 'V') => Some('Y'),
            _ => None,
        };
        if let Some(letter) = letter {
            let lettered: String = std::iter::once(letter).chain(value.chars().skip(1)).collect();
            if format(&lettered) == Format::SkillLevel {
                factor *= LEADING_LETTER_FACTOR;
                alternatives
                    .push((std::mem::replace(&mut value, lettered), factor * (1.0 - LEADING_LETTER_FACTOR)));
            }
        }
    }
    if format(&value) == Format::Malformed {
        factor *= MALFORMED_FACTOR;
    }
    Parsed { value, range: at..at + run, factor, alternatives }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(String, f32)> {
        let chars: Vec<char> = text.chars().collect();
        find(&chars).map(|p| (p.value, p.factor))
    }

    #[test]
    fn formats_levels_and_years() {
        let skill = "S000011000012255000001";
        assert_eq!((format(skill), level(skill), year(skill)), (Format::SkillLevel, Some(5), Some(2025)));
        let old = "1901003000400123";
        assert_eq!((format(old), level(old), year(old)), (Format::Qualification, Some(4), Some(2019)));
        assert_eq!(format("0123456789012"), Format::OldQualification);
        assert_eq!(format("Z000011000012255000001"), Format::SkillLevelOtherLetter);
        assert_eq!(format("S000011000012295000001"), Format::SkillLevel);
        assert_eq!(format("S000011000012260000001"), Format::Malformed);
    }

    #[test]
    fn look_alikes_cost() {
        let (value, factor) = read("证书编号:S00001100O012255000001").unwrap();
        assert_eq!(value, "S000011000012255000001");
        assert!(factor < 1.0);
        let chars: Vec<char> = "5000011000012255000001".chars().collect();
        let parsed = find(&chars).unwrap();
        assert_eq!(parsed.value, "S000011000012255000001");
        assert_eq!(parsed.alternatives[0].0, "5000011000012255000001");
    }

    #[test]
    fn digits_below_a_whole_number_are_not_its_own() {
        assert_eq!(read("S0000110000122550000012023").unwrap().0, "S000011000012255000001");
        assert_eq!(read("S00001100001225500000").map(|r| r.0.len()), Some(21));
    }

    #[test]
    fn a_border_is_no_number() {
        assert_eq!(read(&format!("证书编号:{}", "0".repeat(50))), None);
        assert_eq!(read(&"10".repeat(11)), None);
    }

    proptest! {
        #[test]
        fn a_number_reads_back(letter in "[YS]", body in "[0-9]{14}", level in 1u8..=5, serial in "[0-9]{6}", lead in "[:编号]{0,2}") {
            let number = format!("{letter}{body}{level}{serial}");
            prop_assert_eq!(read(&format!("{lead}{number}")), Some((number.clone(), 1.0)));
            prop_assert_eq!(super::level(&number), Some(level));
        }
    }
}
