//! Online verification codes (在线验证码) of CHSI reports.

use super::Parsed;

/// What folding O to 0 or I to 1 costs: neither letter occurs in a code, so little.
const FOLD_FACTOR: f32 = 0.98;

/// Score of a reading that differs by one look-alike from what was read.
const LOOKALIKE_ALTERNATIVE: f32 = 0.02;

/// Pairs that recognisers confuse and the alphabet of codes allows both of.
const LOOKALIKES: [(char, char); 6] =
    [('0', 'Q'), ('0', 'D'), ('8', 'B'), ('5', 'S'), ('2', 'Z'), ('6', 'G')];

/// Characters of a verification code (old ones have 12 digits).
pub const LENGTH: usize = 16;

/// True for two characters that recognisers take for each other.
pub fn are_lookalikes(a: char, b: char) -> bool {
    LOOKALIKES.iter().any(|&pair| pair == (a, b) || pair == (b, a))
}

/// How well a code keeps the known format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `^A[0-9A-HJ-NP-Z]{15}$`: like every code that was seen.
    Strict,
    /// 16 letters and digits, but not like those.
    Unusual,
    /// The old kind of 12 digits.
    Legacy,
    Malformed,
}

/// The format of a code in normal form.
pub fn format(code: &str) -> Format {
    let bytes = code.as_bytes();
    let alphabet = |b: &u8| b.is_ascii_digit() || (b.is_ascii_uppercase() && !matches!(b, b'I' | b'O'));
    if bytes.len() == LENGTH && bytes[0] == b'A' && bytes.iter().all(alphabet) {
        Format::Strict
    } else if bytes.len() == LENGTH && bytes.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        Format::Unusual
    } else if bytes.len() == 12 && bytes.iter().all(u8::is_ascii_digit) {
        Format::Legacy
    } else {
        Format::Malformed
    }
}

/// Shortest run that is taken for a code with characters lost.
const MIN_RUN: usize = 10;
/// Longest one.
const MAX_RUN: usize = 20;

/// The code in `chars`: the run of letters and digits that keeps the format best.
pub fn find(chars: &[char]) -> Option<Parsed<String>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '|';
    let mut best: Option<Parsed<String>> = None;
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|&&c| is_part(c)).count();
        if (MIN_RUN..=MAX_RUN).contains(&run) {
            let parsed = normalise(&chars[at..at + run]).shifted(at);
            if best.as_ref().is_none_or(|b| rank(&parsed.value) > rank(&b.value)) {
                best = Some(parsed);
            }
        }
        at += run.max(1);
    }
    best
}

fn rank(code: &str) -> u8 {
    match format(code) {
        Format::Strict => 3,
        Format::Unusual => 2,
        Format::Legacy => 1,
        Format::Malformed => 0,
    }
}

/// A code in normal form, folded into the alphabet of codes.
pub fn normalise(chars: &[char]) -> Parsed<String> {
    let mut factor = 1.0;
    let value: String = chars
        .iter()
        .map(|ch| match ch.to_ascii_uppercase() {
            'O' => {
                factor *= FOLD_FACTOR;
                '0'
            }
            'I' | '|' => {
                factor *= FOLD_FACTOR;
                '1'
            }
            upper => upper,
        })
        .collect();
    let mut alternatives = Vec::new();
    for (at, ch) in value.char_indices().skip(1) {
        for (a, b) in LOOKALIKES {
            let other = if ch == a {
                b
            } else if ch == b {
                a
            } else {
                continue;
            };
            let mut alternative = value.clone();
            alternative.replace_range(at..at + ch.len_utf8(), other.encode_utf8(&mut [0; 4]));
            alternatives.push((alternative, factor * LOOKALIKE_ALTERNATIVE));
        }
    }
    Parsed { value, range: 0..chars.len(), factor, alternatives }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<Parsed<String>> {
        let chars: Vec<char> = text.chars().collect();
        find(&chars)
    }

    #[test]
    fn formats() {
        assert_eq!(format("ATEST23456789ABC"), Format::Strict);
        assert_eq!(format("BTEST23456789ABC"), Format::Unusual);
        assert_eq!(format("123456789012"), Format::Legacy);
        assert_eq!(format("ATEST2345678"), Format::Malformed);
    }

    #[test]
    fn folds_letters_that_codes_never_hold() {
        let parsed = read("在线验证码:ATESTO34567891BC").unwrap();
        assert_eq!(parsed.value, "ATEST034567891BC");
        assert!(parsed.factor < 1.0);
        assert!(parsed.alternatives.iter().any(|(value, _)| value == "ATESTQ34567891BC"));
    }

    proptest! {
        #[test]
        fn a_code_reads_back(code in "A[0-9A-HJ-NP-Z]{15}", lead in "[:码]{0,2}") {
            let parsed = read(&format!("{lead}{code}")).unwrap();
            prop_assert_eq!(parsed.value, code);
            prop_assert_eq!(parsed.factor, 1.0);
        }
    }
}
