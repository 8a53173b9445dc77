//! The validity line of an ID card, and the rule that ties its span to the holder's age.

use std::fmt;

use jiff::{ToSpan, civil::Date};

use super::{Parsed, date};

/// Supplying marks that the recogniser dropped (`20150630-2035.06.30`).
const DROPPED_MARKS_FACTOR: f32 = 0.85;

/// Until when a card is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    Day(Date),
    /// 长期.
    LongTerm,
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::LongTerm => f.write_str("长期"),
        }
    }
}

/// Both ends of a validity line.
#[derive(Debug, Clone, PartialEq)]
pub struct Validity {
    pub from: Parsed<Date>,
    pub until: Option<Parsed<Until>>,
}

/// Reads `2015.06.30-2035.06.30` or `2015.06.30-长期`.
pub fn parse(chars: &[char]) -> Option<Validity> {
    let long_term = find_long_term(chars);
    let days: Vec<Parsed<Date>> = date::find_all(chars)
        .into_iter()
        .filter_map(|parsed| {
            let day = parsed.value.day()?;
            Some(parsed.map(|_| day))
        })
        .collect();
    let wanted = if long_term.is_some() { 1 } else { 2 };
    if days.len() >= wanted {
        let mut days = days.into_iter();
        let from = days.next()?;
        let until = long_term.or_else(|| days.next().map(|day| day.map(Until::Day)));
        return Some(Validity { from, until });
    }
    without_marks(chars, long_term.clone()).or_else(|| {
        let from = days.into_iter().next()?;
        Some(Validity { from, until: long_term })
    })
}

/// 长期, also with one of its characters misread after the dash.
fn find_long_term(chars: &[char]) -> Option<Parsed<Until>> {
    if let Some(at) = chars.windows(2).position(|pair| pair == ['长', '期'] || pair == ['長', '期']) {
        return Some(Parsed::certain(Until::LongTerm, at..at + 2));
    }
    let len = chars.len();
    let tail = chars.get(len.checked_sub(2)?..)?;
    (len > 8 && (tail[0] == '长' || tail[1] == '期')).then(|| Parsed {
        value: Until::LongTerm,
        range: len - 2..len,
        factor: DROPPED_MARKS_FACTOR,
        alternatives: Vec::new(),
    })
}

/// Dates by their digits alone: eight for each end.
fn without_marks(chars: &[char], long_term: Option<Parsed<Until>>) -> Option<Validity> {
    let digits: Vec<usize> = (0..chars.len()).filter(|&i| chars[i].is_ascii_digit()).collect();
    let wanted = if long_term.is_some() { 8 } else { 16 };
    if digits.len() != wanted {
        return None;
    }
    let day = |places: &[usize]| {
        let text: Vec<char> = places.iter().map(|&i| chars[i]).collect();
        let parsed = date::find_day(&text)?;
        Some(Parsed {
            value: parsed.value,
            range: *places.first()?..*places.last()? + 1,
            factor: DROPPED_MARKS_FACTOR,
            alternatives: Vec::new(),
        })
    };
    let from = day(&digits[..8])?;
    let until = match long_term {
        Some(until) => until,
        None => day(&digits[8..])?.map(Until::Day),
    };
    Some(Validity { from, until: Some(until) })
}

/// First day that a second-generation card can have been issued.
pub const FIRST_ISSUE: Date = Date::constant(2004, 1, 1);

/// Spans in years that the law knows; `None` is 长期.
const SPANS: [Option<i16>; 4] = [Some(5), Some(10), Some(20), None];

/// Both dates of a card do not stand a lawful span apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no span of validity that the law knows")]
struct UnlawfulSpan;

/// The span that a card printed with these two dates has; `Err` when it is none that the law knows.
/// One day of tolerance either way: some offices print the last valid day.
fn span(from: Date, until: Until) -> Result<Option<i16>, UnlawfulSpan> {
    let Until::Day(until) = until else { return Ok(None) };
    SPANS
        .into_iter()
        .flatten()
        .find(|&years| near(add_years(from, years), until))
        .map(Some)
        .ok_or(UnlawfulSpan)
}

/// `date` moved by `years`; 29 February becomes 28 February in a common year.
fn add_years(date: Date, years: i16) -> Date {
    date.checked_add(i64::from(years).years()).unwrap_or(date)
}

/// At most a day apart; 1 March stands for 29 February, too, by the same tolerance.
fn near(a: Date, b: Date) -> bool {
    a.until(b).is_ok_and(|gap| gap.get_days().abs() <= 1)
}

/// Completed years of life on `day`.
pub fn age_on(birth: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    day.year() - birth.year() - i16::from(!had_birthday)
}

/// The span that the law gives a holder of `age` completed years.
fn lawful_span(age: i16) -> Option<i16> {
    match age {
        ..16 => Some(5),
        16..=25 => Some(10),
        26..=45 => Some(20),
        _ => None,
    }
}

/// Whether a card of one who was born on `birth` may carry these dates. Without a birth date only the
/// span itself is judged.
pub fn is_consistent(from: Date, until: Until, birth: Option<Date>) -> bool {
    if from < FIRST_ISSUE {
        return false;
    }
    let Ok(span) = span(from, until) else { return false };
    let Some(birth) = birth else { return true };
    // A card issued around a birthday may be dated a day off: both ages are lawful then.
    [from.yesterday(), Ok(from), from.tomorrow()]
        .into_iter()
        .flatten()
        .any(|day| lawful_span(age_on(birth, day)) == span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(String, Option<String>)> {
        let chars: Vec<char> = text.chars().collect();
        parse(&chars).map(|v| (v.from.value.to_string(), v.until.map(|u| u.value.to_string())))
    }

    #[test]
    fn printed_forms() {
        let both = Some(("2015-06-30".to_owned(), Some("2035-06-30".to_owned())));
        assert_eq!(read("有效期限2015.06.30-2035.06.30"), both);
        assert_eq!(read("2015.06.302035.06.30"), both);
        assert_eq!(read("20150630-20350630"), both);
        assert_eq!(read("2015.0630-2035.06.30"), both);
        assert_eq!(read("2015.06.30-长期"), Some(("2015-06-30".to_owned(), Some("长期".to_owned()))));
        assert_eq!(read("2015.06.30-"), Some(("2015-06-30".to_owned(), None)));
        assert_eq!(read("有效期限"), None);
    }

    #[test]
    fn spans_follow_the_age() {
        let birth = date(1990, 5, 17);
        let day = |y, m, d| Until::Day(date(y, m, d));
        assert!(is_consistent(date(2015, 5, 16), day(2025, 5, 16), Some(birth)));
        assert!(!is_consistent(date(2015, 3, 1), day(2035, 3, 1), Some(birth)));
        assert!(is_consistent(date(2017, 3, 1), day(2037, 3, 1), Some(birth)));
        assert!(is_consistent(date(2036, 6, 1), Until::LongTerm, Some(birth)));
        assert!(!is_consistent(date(2017, 3, 1), Until::LongTerm, Some(birth)));
        assert!(!is_consistent(date(2017, 3, 1), day(2030, 3, 1), None));
        assert!(!is_consistent(date(2003, 12, 31), day(2023, 12, 31), None));
        assert!(is_consistent(date(2016, 2, 29), day(2026, 3, 1), None));
        assert!(is_consistent(date(2016, 2, 29), day(2026, 2, 28), None));
    }

    proptest! {
        #[test]
        fn every_lawful_card_is_consistent(y in 1930i16..2010, m in 1i8..=12, d in 1i8..=28, issue_year in 2005i16..2026, im in 1i8..=12, id in 1i8..=28) {
            let birth = date(y, m, d);
            let from = date(issue_year, im, id);
            prop_assume!(from > birth);
            let until = match lawful_span(age_on(birth, from)) {
                Some(years) => Until::Day(add_years(from, years)),
                None => Until::LongTerm,
            };
            prop_assert!(is_consistent(from, until, Some(birth)));
            let text = match until {
                Until::Day(day) => format!("{}.{:02}.{:02}-{}.{:02}.{:02}", from.year(), from.month(), from.day(), day.year(), day.month(), day.day()),
                Until::LongTerm => format!("{}.{:02}.{:02}-长期", from.year(), from.month(), from.day()),
            };
            prop_assert_eq!(read(&text), Some((from.to_string(), Some(until.to_string()))));
        }
    }
}
