//! Dates and the ways papers print them.

use jiff::{ToSpan, civil::Date};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// A day in `from..=to`, evenly.
pub fn day_between(from: Date, to: Date, rng: &mut ChaCha8Rng) -> Date {
    let days = from.until(to).map_or(0, |span| span.get_days()).max(0);
    from.saturating_add(rng.random_range(0..=days).days())
}

/// `2024-06-30`.
pub fn iso(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// `2024-06`.
pub fn iso_month(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// `1990年1月2日`.
pub fn zh(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// `2024.06.30`.
pub fn dotted(date: Date) -> String {
    format!("{:04}.{:02}.{:02}", date.year(), date.month(), date.day())
}

/// Digit by digit with the given zero: 2024 → 二〇二四.
pub fn year_in_han(year: i16, zero: char) -> String {
    year.to_string()
        .chars()
        .map(|c| match c {
            '0' => zero,
            '1' => '一',
            '2' => '二',
            '3' => '三',
            '4' => '四',
            '5' => '五',
            '6' => '六',
            '7' => '七',
            '8' => '八',
            _ => '九',
        })
        .collect()
}

/// 1 to 99 as a number: 30 → 三十, 12 → 十二.
pub fn number_in_han(n: i8) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = ((n / 10) as usize % 10, (n % 10) as usize);
    match tens {
        0 => DIGITS[ones].to_owned(),
        1 => format!("十{}", DIGITS[ones]),
        _ => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
    }
}

/// Completed years between two days (29 February counts on 1 March in common years).
pub fn age_on(birth: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    day.year() - birth.year() - i16::from(!had_birthday)
}

/// The same day `years` later; 29 February becomes 28 February.
pub fn years_later(date: Date, years: i16) -> Date {
    date.saturating_add(i32::from(years).years())
}

/// Months from one day's month to another's.
pub fn months_between(from: Date, to: Date) -> i32 {
    (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month())
}

/// The first day of the month after.
pub fn first_of_next_month(date: Date) -> Date {
    date.last_of_month().tomorrow().unwrap_or(date)
}
