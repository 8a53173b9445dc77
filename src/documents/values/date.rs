//! Dates and months as documents print them.

use std::fmt;

use jiff::civil::Date;

use super::{
    Parsed,
    numeral::{digit, han_digit, han_number},
};

/// Years that a document can speak of; anything else is a misread number.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Reading some other character where 年 or 月 must stand (牛, 午, 日): the structure around it leaves
/// little doubt, but the print was not clean.
const MISREAD_SEPARATOR_FACTOR: f32 = 0.85;

/// Supplying the 〇 of 二〇二四 where the recogniser dropped it: a guess, so it must be looked at.
const LOST_ZERO_FACTOR: f32 = 0.6;

/// Years of births and certificates of people alive, for guesses.
const LIVELY_YEARS: std::ops::RangeInclusive<i16> = 1930..=2049;

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearMonth {
    pub year: i16,
    pub month: i8,
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl From<Date> for YearMonth {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: date.month() }
    }
}

/// A date that names its day, or only its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Day(Date),
    Month(YearMonth),
}

impl Moment {
    pub fn month(self) -> YearMonth {
        match self {
            Self::Day(date) => date.into(),
            Self::Month(month) => month,
        }
    }

    pub fn day(self) -> Option<Date> {
        match self {
            Self::Day(date) => Some(date),
            Self::Month(_) => None,
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Month(month) => month.fmt(f),
        }
    }
}

/// Every date or month in `chars`, left to right, not overlapping. Each is a real civil date.
pub fn find_all(chars: &[char]) -> Vec<Parsed<Moment>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match moment_at(chars, at) {
            Some(parsed) => {
                at = parsed.range.end;
                found.push(parsed);
            }
            None => at += 1,
        }
    }
    found
}

/// The first date that names its day.
pub fn find_day(chars: &[char]) -> Option<Parsed<Date>> {
    find_all(chars).into_iter().find_map(|parsed| {
        let day = parsed.value.day()?;
        Some(parsed.map(|_| day))
    })
}

/// The first date or month.
pub fn find(chars: &[char]) -> Option<Parsed<Moment>> {
    find_all(chars).into_iter().next()
}

/// The first month, of a full date or by itself.
pub fn find_month(chars: &[char]) -> Option<Parsed<YearMonth>> {
    find(chars).map(|parsed| parsed.map(Moment::month))
}

fn moment_at(chars: &[char], at: usize) -> Option<Parsed<Moment>> {
    // A date never begins inside a longer number.
    if at > 0 && chars[at - 1].is_ascii_digit() && chars[at].is_ascii_digit() {
        return None;
    }
    compact_at(chars, at).or_else(|| arabic_at(chars, at)).or_else(|| han_at(chars, at))
}

/// `20240630`, with no digit beside it.
fn compact_at(chars: &[char], at: usize) -> Option<Parsed<Moment>> {
    let run = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
    if run != 8 {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        chars[range].iter().fold(0_i16, |n, c| n * 10 + (*c as u8 - b'0') as i16)
    };
    let date = civil(number(at..at + 4), number(at + 4..at + 6) as i8, number(at + 6..at + 8) as i8)?;
    Some(Parsed::certain(Moment::Day(date), at..at + 8))
}

/// `2024年6月30日`, `2024.06.30`, `2024-6`, `2024/06/30`.
fn arabic_at(chars: &[char], at: usize) -> Option<Parsed<Moment>> {
    let (year, mut factor) = arabic_number(chars, at, 4)?;
    // A date does not begin with a letter that merely looks like a digit.
    if !chars[at].is_ascii_digit() {
        return None;
    }
    let rest = after_year(chars, at + 4, factor, |chars, at| {
        [2, 1].into_iter().find_map(|len| {
            let (n, f) = arabic_number(chars, at, len)?;
            // Two digits first, unless they overrun what a month or a day can be.
            (1..=31).contains(&n).then_some((n as i8, len, f))
        })
    })?;
    factor = rest.factor;
    finish(year, rest, at, factor)
}

/// `二〇二四年六月三十日`.
fn han_at(chars: &[char], at: usize) -> Option<Parsed<Moment>> {
    // The first numeral of a year is 一 or 二 (壹 or 贰), never a look-alike.
    let begins_whole = matches!(chars[at], '一' | '二' | '壹' | '贰' | '貳');
    let follows_numeral = at > 0 && han_digit(chars[at - 1]).is_some();
    // Where the beginning is lost, a plain numeral stands first.
    let begins_plain = "〇○零三四五六七八九".contains(chars[at]);
    if !begins_whole && (follows_numeral || !begins_plain) {
        return None;
    }
    let digits: Vec<(u8, f32)> = chars[at..].iter().take(4).map_while(|&c| han_digit(c)).collect();
    let cost: f32 = digits.iter().map(|(_, cost)| cost).product();
    let numerals: Vec<u8> = digits.iter().map(|(numeral, _)| *numeral).collect();
    let (year, factor) = match numerals.as_slice() {
        [_, _, _, _] if begins_whole => (year_of(&numerals), cost),
        [_, _] | [_, _, _] if chars.get(at + numerals.len()) == Some(&'年') => {
            let with_zeros = if begins_whole { year_with_lost_zeros(&numerals) } else { None };
            (with_zeros.or_else(|| year_with_lost_head(&numerals))?, LOST_ZERO_FACTOR * cost)
        }
        _ => return None,
    };
    let taken = numerals.len();
    let rest = after_year(chars, at + taken, factor, |chars, at| {
        let (n, taken, f) = han_number(chars.get(at..)?)?;
        Some((n as i8, taken, f))
    })?;
    let factor = rest.factor;
    finish(year, rest, at, factor)
}

fn year_of(numerals: &[u8]) -> i16 {
    numerals.iter().fold(0, |year, numeral| year * 10 + i16::from(*numeral))
}

/// The year that numerals make when only circles (〇) between them were dropped; of two possible ones
/// (二二: 2002, 2020) the earlier, since its two circles stand side by side and merge.
fn year_with_lost_zeros(numerals: &[u8]) -> Option<i16> {
    years_with_lost_zeros(numerals).next()
}

/// The years that a date in Chinese numerals may have been written with which begins `text` and lost circles (〇) of its
/// year, earliest first; none for one that lost none.
pub fn years_of_short(text: &str) -> Vec<i16> {
    let mut chars = text.chars();
    let numerals: Vec<u8> =
        chars.by_ref().map_while(|ch| han_digit(ch).map(|(numeral, _)| numeral)).take(4).collect();
    if matches!(numerals.len(), 2 | 3) { years_with_lost_zeros(&numerals).collect() } else { Vec::new() }
}

/// The years that numerals make when only circles between them were dropped, earliest first.
fn years_with_lost_zeros(numerals: &[u8]) -> impl Iterator<Item = i16> {
    LIVELY_YEARS.filter(move |year| {
        let digits = [year / 1000, year / 100 % 10, year / 10 % 10, year % 10].map(|digit| digit as u8);
        let lost: Vec<usize> = (0..4).filter(|&i| digits[i] == 0).collect();
        // Each way to drop as many circles as are missing.
        (0..1_u8 << lost.len()).any(|dropped| {
            let kept: Vec<u8> = (0..4)
                .filter(|i| lost.iter().position(|l| l == i).is_none_or(|bit| dropped >> bit & 1 == 0))
                .map(|i| digits[i])
                .collect();
            kept == numerals
        })
    })
}

/// The year whose last numerals these are: 〇一七年 and 一四年 lost their beginning under a seal. Of two possible ones
/// (三五: 1935, 2035) the earlier, since papers speak of what was.
fn year_with_lost_head(numerals: &[u8]) -> Option<i16> {
    LIVELY_YEARS.into_iter().find(|year| {
        let digits = [year / 1000, year / 100 % 10, year / 10 % 10, year % 10].map(|digit| digit as u8);
        digits.ends_with(numerals)
    })
}

struct Rest {
    month: i8,
    month_end: usize,
    day: Option<(i8, usize)>,
    factor: f32,
    month_factor: f32,
}

/// Month and day after a year that ends at `at`.
fn after_year(
    chars: &[char],
    at: usize,
    factor: f32,
    number: impl Fn(&[char], usize) -> Option<(i8, usize, f32)>,
) -> Option<Rest> {
    let mark = *chars.get(at)?;
    let plain = matches!(mark, '.' | '-' | '/' | '．' | '、' | ',' | '，');
    let mut factor = factor;
    let mut at = at + 1;
    if !plain && mark != '年' {
        // Some other character where 年 must stand: only when 月 follows the month.
        let (_, taken, _) = number(chars, at)?;
        if mark.is_ascii_alphanumeric() || chars.get(at + taken) != Some(&'月') {
            return None;
        }
        factor *= MISREAD_SEPARATOR_FACTOR;
    }
    // 2024年.6月: a speck after the mark.
    if mark == '年' && chars.get(at).is_some_and(|c| matches!(c, '.' | '·' | '_')) {
        at += 1;
    }
    let (month, taken, month_cost) = number(chars, at)?;
    if !(1..=12).contains(&month) {
        return None;
    }
    factor *= month_cost;
    at += taken;
    let month_factor = factor;
    let after = chars.get(at).copied();
    let (month_end, day_at, misread) = match after {
        Some('月') => (at + 1, at + 1, false),
        Some(c) if plain && c == mark => (at, at + 1, false),
        Some(c) if plain && matches!(c, '.' | '-' | '/' | ',') => (at, at + 1, true),
        // 2024年6日30日, 2024年6A30日: 月 misread, provable only by the 日 after the day.
        Some(c) if mark == '年' && !c.is_ascii_digit() => (at, at + 1, true),
        _ if plain => (at, at, false),
        _ => return None,
    };
    let misread_month = misread && mark == '年';
    let day = (day_at > at)
        .then(|| number(chars, day_at))
        .flatten()
        .map(|(day, taken, cost)| (day, day_at + taken, cost))
        .filter(|&(_, end, _)| !misread_month || matches!(chars.get(end), Some('日' | '号')));
    if misread_month && day.is_none() {
        return None;
    }
    let day = day.map(|(day, end, cost)| {
        factor *= cost;
        if misread {
            factor *= MISREAD_SEPARATOR_FACTOR;
        }
        (day, if matches!(chars.get(end), Some('日' | '号' | '曰')) { end + 1 } else { end })
    });
    Some(Rest { month, month_end, day, factor, month_factor })
}

fn finish(year: i16, rest: Rest, start: usize, factor: f32) -> Option<Parsed<Moment>> {
    if !YEARS.contains(&year) {
        return None;
    }
    if let Some((day, end)) = rest.day
        && let Some(date) = civil(year, rest.month, day)
    {
        return Some(Parsed {
            value: Moment::Day(date),
            range: start..end,
            factor,
            alternatives: Vec::new(),
        });
    }
    Some(Parsed {
        value: Moment::Month(YearMonth { year, month: rest.month }),
        range: start..rest.month_end,
        factor: rest.month_factor,
        alternatives: Vec::new(),
    })
}

/// `len` digits at `at`, look-alikes folded: the number and its factor.
fn arabic_number(chars: &[char], at: usize, len: usize) -> Option<(i16, f32)> {
    let mut number = 0_i16;
    let mut factor = 1.0;
    for &ch in chars.get(at..at + len)? {
        let (value, cost) = digit(ch)?;
        number = number * 10 + i16::from(value);
        factor *= cost;
    }
    Some((number, factor))
}

fn civil(year: i16, month: i8, day: i8) -> Option<Date> {
    YEARS.contains(&year).then(|| Date::new(year, month, day).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        find(&chars).map(|parsed| parsed.value.to_string())
    }

    #[test]
    fn printed_forms() {
        for (text, value) in [
            ("1990年1月2日", "1990-01-02"),
            ("生于2024.06.30。", "2024-06-30"),
            ("2024-06-30", "2024-06-30"),
            ("2024/6/30", "2024-06-30"),
            ("20240630", "2024-06-30"),
            ("2020年9月", "2020-09"),
            ("2020年09月至2024年06月", "2020-09"),
            ("二〇二四年六月三十日", "2024-06-30"),
            ("二○二四年十二月二十一日", "2024-12-21"),
            ("二O二四年六月", "2024-06"),
            ("贰零贰肆年陆月叁拾日", "2024-06-30"),
            ("一九九八年七月一日", "1998-07-01"),
            ("二口二四年六月廿三日", "2024-06-23"),
            ("2O24年O6月30日", "2024-06-30"),
            ("2024牛6月30日", "2024-06-30"),
            ("2024.06", "2024-06"),
        ] {
            assert_eq!(first(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in ["2024", "13800138000", "110105194912310021", "二级", "2024年13月1日", "3024年1月1日"]
        {
            assert_eq!(first(text), None, "{text}");
        }
        // The day does not exist: the month is what can be said.
        assert_eq!(first("2023年2月30日").as_deref(), Some("2023-02"));
    }

    #[test]
    fn a_short_year_may_be_several() {
        assert_eq!(years_of_short("二二年九月"), [2002, 2020]);
        assert_eq!(years_of_short("二〇二年九月"), [2002, 2020]);
        assert_eq!(years_of_short("二一八年九月"), [2018]);
        for whole in ["二〇二〇年九月", "2020年9月", "九月", ""] {
            assert_eq!(years_of_short(whole), [0_i16; 0], "{whole}");
        }
    }

    #[test]
    fn a_lost_zero_is_a_guess() {
        for (text, value) in [
            ("二二四年六月三十日", "2024-06-30"),
            ("二七年七月七日", "2007-07-07"),
            ("二九年六月", "2009-06"),
            ("二〇九年六月", "2009-06"),
            ("一九九年五月二日", "1990-05-02"),
            ("二一年九月", "2001-09"),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let parsed = find(&chars).unwrap();
            assert_eq!(parsed.value.to_string(), value);
            assert!(parsed.factor <= LOST_ZERO_FACTOR);
        }
    }

    #[test]
    fn a_lost_beginning_is_a_guess() {
        for (text, wanted) in [
            ("〇一七年一月二十八日", "2017-01-28"),
            ("一四年六月七日", "2014-06-07"),
            ("一五年六月", "2015-06"),
            ("九八年六月七日", "1998-06-07"),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let found = find(&chars).unwrap();
            assert_eq!(found.value.to_string(), wanted, "{text}");
            assert!(found.factor <= LOST_ZERO_FACTOR, "{text}");
        }
        assert!(find(&"学习。三年五月".chars().collect::<Vec<_>>()).is_none());
    }

    #[test]
    fn a_doubled_stroke_is_a_guess() {
        let chars: Vec<char> = "二〇一七年一一月二十八日".chars().collect();
        let found = find(&chars).unwrap();
        assert_eq!(found.value.to_string(), "2017-01-28");
        assert!(found.factor <= super::super::numeral::DOUBLED_FACTOR);
    }

    #[test]
    fn two_dates_in_a_row() {
        let chars: Vec<char> = "于2020年9月1日至2024年6月30日在".chars().collect();
        let found = find_all(&chars);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].range, 11..21);
    }

    prop_compose! {
        fn any_day()(year in 1901i16..2100, month in 1i8..=12, day in 1i8..=28) -> Date {
            Date::constant(year, month, day)
        }
    }

    proptest! {
        #[test]
        fn every_format_reads_back(date in any_day(), format in 0usize..6, lead in "[，:于]?", tail in "[，。至生]?") {
            let (y, m, d) = (date.year(), date.month(), date.day());
            let text = match format {
                0 => format!("{y}年{m}月{d}日"),
                1 => format!("{y}年{m:02}月{d:02}日"),
                2 => format!("{y}.{m:02}.{d:02}"),
                3 => format!("{y}-{m}-{d}"),
                4 => format!("{y}/{m:02}/{d:02}"),
                _ => format!("{y}{m:02}{d:02}"),
            };
            let whole: Vec<char> = format!("{lead}{text}{tail}").chars().collect();
            let parsed = find_day(&whole).unwrap();
            prop_assert_eq!(parsed.value, date);
            prop_assert_eq!(parsed.range.len(), text.chars().count());
        }

        #[test]
        fn noise_never_panics_and_ranges_hold(text in "[0-9OIl年月日牛.一二〇十口-]{0,24}") {
            let chars: Vec<char> = text.chars().collect();
            for parsed in find_all(&chars) {
                prop_assert!(parsed.range.end <= chars.len() && !parsed.range.is_empty());
                prop_assert!(parsed.factor > 0.0 && parsed.factor <= 1.0);
            }
        }
    }
}
