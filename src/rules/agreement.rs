//! Whether two readings say the same.

use crate::{documents::values::chsi_code, domain::Field};

/// Probability of the same below which two readings contradict each other. Higher brings more pairs
/// before a person, most of them misread.
pub const DIFFERENT: f64 = 0.05;

/// The probability that two readings are of the same text, by all values that each could stand for. What
/// neither lists as a possibility is left out: it makes the answer too low by no more than both
/// readings' doubt.
pub fn same(a: &Field, b: &Field) -> f64 {
    let values = |field: &Field| -> Vec<(String, f64)> {
        let own = std::iter::once((field.value.clone(), field.confidence));
        own.chain(field.alternatives.iter().map(|other| (other.value.clone(), other.confidence))).collect()
    };
    let others = values(b);
    let shared: f64 = values(a)
        .iter()
        .flat_map(|(x, p)| others.iter().filter(move |(y, _)| agree(x, y)).map(move |(_, q)| p * q))
        .sum();
    shared.min(1.0)
}

/// Whether two normal forms say the same: a month agrees with a day within it.
pub fn agree(a: &str, b: &str) -> bool {
    let is_month = |text: &str| text.len() == 7 && text.as_bytes()[4] == b'-';
    a == b || is_month(a) && b.starts_with(a) || is_month(b) && a.starts_with(b)
}

/// Digits and letters that are written alike, beside those that recognisers confuse in print: codes of CHSI have no O and no I,
/// numbers of diplomas do, and a hand's J and L lean like a 1.
const WRITTEN_ALIKE: [(char, char); 4] = [('0', 'O'), ('1', 'I'), ('1', 'J'), ('1', 'L')];

/// Whether two codes are the same but for letters that were read as digits, or the other way round: who copies a code writes no
/// digit in the place of its letter.
pub fn are_written_alike(a: &str, b: &str) -> bool {
    let alike = |a: char, b: char| {
        chsi_code::are_lookalikes(a, b) || WRITTEN_ALIKE.iter().any(|&pair| pair == (a, b) || pair == (b, a))
    };
    a.chars().count() == b.chars().count() && a.chars().zip(b.chars()).all(|(a, b)| a == b || alike(a, b))
}

#[cfg(test)]
mod tests {
    use super::super::testing::field;
    use super::*;
    use crate::domain::Alternative;

    #[test]
    fn a_month_agrees_with_its_days() {
        assert!(agree("2020-07", "2020-07-01") && agree("2020-07-01", "2020-07"));
        assert!(!agree("2020-07", "2020-08-01") && !agree("张三", "张四"));
    }

    #[test]
    fn a_letter_that_was_read_as_a_digit_makes_no_other_code() {
        assert!(are_written_alike("JG112019831673", "16112019831673"));
        assert!(!are_written_alike("JG112019831673", "16112019831678"));
        assert!(!are_written_alike("JG112019831673", "JG11201983167"));
        assert!(!are_written_alike("16112019831673", "61112019831673"));
    }

    #[test]
    fn alternatives_count_by_their_probability() {
        let a = field("2020-01", 0.9);
        let mut b = field("2020-07", 0.6);
        assert_eq!(same(&a, &b), 0.0);
        b.alternatives = vec![Alternative { value: "2020-01".to_owned(), confidence: 0.4 }];
        assert!((same(&a, &b) - 0.36).abs() < 1e-9);
    }
}
