//! Numbers of graduation certificates.

use super::{Parsed, numeral};

/// Which format a number keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 高等教育: school 5, type 1, year 4, level 2, serial 5 or 6.
    HigherEducation,
    /// 中职 and 技工: no national format.
    Free,
    Malformed,
}

/// The format of a number in normal form.
pub fn format(number: &str) -> Format {
    let bytes = number.as_bytes();
    let digits = bytes.iter().all(u8::is_ascii_digit);
    let known_level = matches!(number.get(10..12), Some("01" | "02" | "04" | "05" | "06"));
    if digits
        && matches!(bytes.len(), 17 | 18)
        && matches!(bytes.get(5), Some(b'1' | b'5' | b'6' | b'7'))
        && known_level
        && matches!(number.get(6..8), Some("19" | "20"))
    {
        return Format::HigherEducation;
    }
    let allowed = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase() || *b == b'-';
    if (6..=24).contains(&bytes.len()) && bytes.iter().all(allowed) {
        Format::Free
    } else {
        Format::Malformed
    }
}

/// The school code of a number of higher education.
pub fn school_code(number: &str) -> Option<&str> {
    (format(number) == Format::HigherEducation).then(|| number.get(..5)).flatten()
}

/// The graduation year of a number of higher education.
pub fn year(number: &str) -> Option<i16> {
    (format(number) == Format::HigherEducation).then(|| number.get(6..10)?.parse().ok()).flatten()
}

/// The level code of a number of higher education (`05` 本科, `06` 专科).
pub fn level_code(number: &str) -> Option<&str> {
    (format(number) == Format::HigherEducation).then(|| number.get(10..12)).flatten()
}

/// The number that `chars` hold: the longest run of letters, digits and dashes with digits in it.
pub fn find(chars: &[char]) -> Option<Parsed<String>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut best: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|&&c| is_part(c)).count();
        let digits = chars[at..at + run].iter().filter(|c| c.is_ascii_digit()).count();
        if digits >= 5 && best.is_none_or(|(_, len)| run > len) {
            best = Some((at, run));
        }
        at += run.max(1);
    }
    let (mut at, mut run) = best?;
    while run > 0 && chars[at] == '-' {
        (at, run) = (at + 1, run - 1);
    }
    while run > 0 && chars[at + run - 1] == '-' {
        run -= 1;
    }
    let raw: String = chars[at..at + run].iter().collect::<String>().to_ascii_uppercase();
    // Only a number that is all digits but for look-alikes, and as long as the national ones, has
    // an alphabet that tells how to fold; a free number may hold letters.
    let folded: Option<Vec<(u8, f32)>> = matches!(run, 17 | 18)
        .then(|| chars[at..at + run].iter().map(|&c| numeral::digit(c)).collect())
        .flatten();
    if let Some(folded) = folded {
        let value: String = folded.iter().map(|&(digit, _)| char::from(b'0' + digit)).collect();
        if format(&value) == Format::HigherEducation {
            let factor = folded.iter().map(|&(_, cost)| cost).product();
            return Some(Parsed { value, range: at..at + run, factor, alternatives: Vec::new() });
        }
    }
    Some(Parsed::certain(raw, at..at + run))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        find(&chars).map(|p| p.value)
    }

    #[test]
    fn parts_of_a_number() {
        let number = "100011202406000123";
        assert_eq!(format(number), Format::HigherEducation);
        assert_eq!(
            (school_code(number), year(number), level_code(number)),
            (Some("10001"), Some(2024), Some("06"))
        );
        assert_eq!(format("ZJ-2024001234"), Format::Free);
        assert_eq!(format("1234"), Format::Malformed);
    }

    #[test]
    fn look_alikes_fold_only_in_national_numbers() {
        assert_eq!(read("证书编号:1000l12O2406000123").as_deref(), Some("100011202406000123"));
        assert_eq!(read("编号ZJ2024001O34").as_deref(), Some("ZJ2024001O34"));
        assert_eq!(read("编号:"), None);
    }

    proptest! {
        #[test]
        fn a_number_reads_back(school in 10001u32..14999, kind in "[1567]", year in 2003u32..2026, level in "0[1-6]", serial in "[0-9]{6}") {
            let number = format!("{school}{kind}{year}{level}{serial}");
            prop_assert_eq!(read(&format!("编号:{number}")), Some(number));
        }
    }
}
