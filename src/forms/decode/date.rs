//! Dates and months: by parts, each in its own gap of the form, or in one piece.

use jiff::civil::Date;

use crate::ocr::Lattice;

use super::{Candidate, Decoded, alphabet, choose, free_reading, number::han};

/// Years that a form can speak of: from the oldest applicant's birth to a student's graduation.
const YEARS: std::ops::RangeInclusive<i16> = 1930..=2035;
/// What a month with a leading zero or in Chinese costs before anything was read (natural log).
const RARER: f32 = -0.7;
/// Prefixes kept while decoding a date in one piece.
const BEAM: usize = 48;

/// A year as it is written: 2019, 二〇一九, 19.
pub fn year(lattice: &Lattice) -> Option<(Decoded, f32)> {
    let candidates: Vec<Candidate> = YEARS
        .flat_map(|year| {
            let digits = year.to_string();
            let chinese: String = digits.chars().map(han_digit).collect();
            [
                Candidate::new(digits.clone(), digits.clone()),
                Candidate::new(format!("{digits}年"), digits.clone()).with_prior(-2.0),
                Candidate::new(chinese, digits.clone()).with_prior(RARER),
                // Two digits, where the century is printed or left out.
                Candidate::new(digits.chars().skip(2).collect::<String>(), digits).with_prior(-6.0),
            ]
        })
        .collect();
    choose(&lattice.mapped(alphabet::date), &candidates)
}

/// A month from 1 to 12 or a day from 1 to 31, as it is written: 9, 09, 九.
pub fn small(lattice: &Lattice, last: u32) -> Option<(Decoded, f32)> {
    let candidates: Vec<Candidate> = (1..=last)
        .flat_map(|n| {
            let value = n.to_string();
            let mut ways = vec![
                Candidate::new(value.clone(), value.clone()),
                Candidate::new(format!("{value}月"), value.clone()).with_prior(-3.0),
                Candidate::new(han(n), value.clone()).with_prior(RARER),
            ];
            if n < 10 {
                ways.push(Candidate::new(format!("0{n}"), value).with_prior(RARER));
            }
            ways
        })
        .collect();
    choose(&lattice.mapped(alphabet::date), &candidates)
}

/// 〇 is folded to 0 by the alphabet.
fn han_digit(digit: char) -> char {
    match digit {
        '1' => '一',
        '2' => '二',
        '3' => '三',
        '4' => '四',
        '5' => '五',
        '6' => '六',
        '7' => '七',
        '8' => '八',
        '9' => '九',
        _ => '0',
    }
}

/// Year, month and perhaps day put together; `None` when there is no such day.
pub fn joined(year: &Decoded, month: &Decoded, day: Option<&Decoded>) -> Option<Decoded> {
    let mut probability = year.probability * month.probability;
    let mut text = format!("{}年{}月", year.text, month.text);
    if let Some(day) = day {
        probability *= day.probability;
        text = format!("{text}{}日", day.text);
    }
    let value = day_or_month(&year.value, &month.value, day.map(|day| day.value.as_str()))?;
    Some(Decoded { value, text, probability, alternatives: other_dates(year, month, day, probability) })
}

/// Other dates that are kept.
const ALTERNATIVES: usize = 3;

/// Dates with one part read otherwise, likeliest first. Two parts misread at once are not looked for.
fn other_dates(
    year: &Decoded,
    month: &Decoded,
    day: Option<&Decoded>,
    probability: f32,
) -> Vec<(String, f32)> {
    let mut found: Vec<(String, f32)> = Vec::new();
    let parts = [Some(year), Some(month), day];
    for (index, part) in parts.iter().enumerate().filter_map(|(index, part)| Some((index, (*part)?))) {
        for (value, share) in &part.alternatives {
            let read =
                |at: usize, part: &Decoded| if at == index { value.clone() } else { part.value.clone() };
            let other = day_or_month(&read(0, year), &read(1, month), day.map(|day| read(2, day)).as_deref());
            found.extend(other.map(|date| (date, probability * share / part.probability.max(f32::EPSILON))));
        }
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found.truncate(ALTERNATIVES);
    found
}

/// The normal form of a date or a month; `None` when there is no such day.
fn day_or_month(year: &str, month: &str, day: Option<&str>) -> Option<String> {
    let (y, m) = (year.parse::<i16>().ok()?, month.parse::<i8>().ok()?);
    match day {
        Some(day) => {
            let d = day.parse::<i8>().ok()?;
            Date::new(y, m, d).ok()?;
            Some(format!("{y:04}-{m:02}-{d:02}"))
        }
        None => Some(format!("{y:04}-{m:02}")),
    }
}

/// How much less likely (natural log, a character) than the free reading 至今 may be and still be
/// what was written across a month's gaps.
const UNTIL_NOW_LOSS: f32 = 3.0;

/// Whether a line says 至今.
pub fn says_until_now(lattice: &Lattice) -> bool {
    let (_, free) = free_reading(lattice);
    ["至今", "今", "现在"].iter().any(|text| {
        lattice
            .log_probability(text)
            .is_some_and(|score| (free - score) / text.chars().count() as f32 <= UNTIL_NOW_LOSS)
    })
}

/// A date in one piece: 1999年3月5日, 1999.3.5, 1999-03-05, 19990305; or a month without a day.
pub fn whole(lattice: &Lattice, with_day: bool) -> Option<Decoded> {
    let hypotheses = lattice.mapped(alphabet::date).decode(BEAM, |prefix, ch| {
        prefix.len() < 14 && (prefix.len() >= 4 || ch.is_ascii_digit() || "一二三四五六七八九".contains(ch))
    });
    let best = hypotheses.first()?.log_probability;
    let mut total = 0.0;
    let mut values: Vec<(String, String, f32)> = Vec::new();
    for hypothesis in &hypotheses {
        let share = (hypothesis.log_probability - best).exp();
        // What is no date counts against those that are: a date is not made out of something else.
        total += share;
        let Some(value) = parse(&hypothesis.text, with_day) else { continue };
        match values.iter_mut().find(|(known, ..)| *known == value) {
            Some(entry) => entry.2 += share,
            None => values.push((value, hypothesis.text.clone(), share)),
        }
    }
    values.sort_by(|a, b| b.2.total_cmp(&a.2));
    let (value, text, share) = values.first()?.clone();
    Some(Decoded {
        value,
        text,
        probability: share / total,
        alternatives: values.iter().skip(1).take(3).map(|(v, _, s)| (v.clone(), s / total)).collect(),
    })
}

/// The normal form of a date in any notation, if it is one.
fn parse(text: &str, with_day: bool) -> Option<String> {
    let digits: String = text.chars().map(arabic).collect();
    let mut numbers: Vec<&str> =
        digits.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
    if numbers.len() == 1 && numbers[0].len() == 8 && with_day {
        let all = numbers[0];
        numbers = vec![&all[..4], &all[4..6], &all[6..]];
    }
    let year: i16 = numbers.first().filter(|n| n.len() == 4)?.parse().ok()?;
    let month: i8 = numbers.get(1)?.parse().ok()?;
    if !YEARS.contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    if !with_day {
        return (numbers.len() == 2).then(|| format!("{year:04}-{month:02}"));
    }
    let day: i8 = numbers.get(2)?.parse().ok()?;
    Date::new(year, month, day).ok()?;
    (numbers.len() == 3).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Chinese digits one by one; numbers above nine are written in Arabic where a date stands in one
/// piece, or else not read here.
fn arabic(ch: char) -> char {
    "一二三四五六七八九".chars().position(|h| h == ch).map_or(ch, |i| char::from(b'1' + i as u8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::decode::testing::lattice;

    #[test]
    fn years_in_both_numerals() {
        assert_eq!(year(&lattice("2019", &[])).unwrap().0.value, "2019");
        assert_eq!(year(&lattice("二〇一九", &[])).unwrap().0.value, "2019");
        assert_eq!(year(&lattice("20l9", &[])).unwrap().0.value, "2019");
    }

    #[test]
    fn months_and_days() {
        for (written, value) in [("9", "9"), ("09", "9"), ("九", "9"), ("十二", "12"), ("l2", "12")] {
            assert_eq!(small(&lattice(written, &[]), 12).unwrap().0.value, value, "{written}");
        }
        assert_eq!(small(&lattice("三十一", &[]), 31).unwrap().0.value, "31");
    }

    #[test]
    fn dates_in_one_piece() {
        for written in ["1999年3月5日", "1999.3.5", "1999-03-05", "19990305", "1999/3/5"] {
            assert_eq!(whole(&lattice(written, &[]), true).unwrap().value, "1999-03-05", "{written}");
        }
        assert_eq!(whole(&lattice("2019.9", &[]), false).unwrap().value, "2019-09");
        let forced = whole(&lattice("1999.13.5", &[]), true);
        assert!(forced.is_none_or(|decoded| decoded.probability < 0.01));
    }

    #[test]
    fn a_doubtful_part_leaves_other_dates() {
        let part = |value: &str, probability: f32, other: Option<(&str, f32)>| Decoded {
            value: value.to_owned(),
            text: value.to_owned(),
            probability,
            alternatives: other.map(|(value, share)| (value.to_owned(), share)).into_iter().collect(),
        };
        let (year, month) = (part("2020", 1.0, None), part("1", 0.8, Some(("7", 0.2))));
        let month_only = joined(&year, &month, None).unwrap();
        assert_eq!(month_only.alternatives[0].0, "2020-07");
        assert!((month_only.alternatives[0].1 - 0.2).abs() < 1e-5);
        // 30 February is no other reading of 30 January.
        let with_day =
            joined(&year, &part("1", 0.8, Some(("2", 0.2))), Some(&part("30", 1.0, None))).unwrap();
        assert!(with_day.alternatives.is_empty());
    }

    #[test]
    fn there_is_no_thirtieth_of_february() {
        let part = |value: &str| Decoded {
            value: value.to_owned(),
            text: value.to_owned(),
            probability: 1.0,
            alternatives: Vec::new(),
        };
        assert!(joined(&part("2021"), &part("2"), Some(&part("30"))).is_none());
        assert_eq!(joined(&part("2021"), &part("2"), None).unwrap().value, "2021-02");
    }
}
