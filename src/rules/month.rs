//! Months and inclusive periods of months.

use std::fmt;

use jiff::civil::Date;

use crate::domain::Stretch;

/// A month of a year, as a count of months: it can be added to and subtracted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// `month` is 1 to 12.
    pub fn new(year: i16, month: i8) -> Self {
        Self(i32::from(year) * 12 + i32::from(month) - 1)
    }

    /// Of `YYYY-MM` or `YYYY-MM-DD`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let year: i16 = text.get(..4)?.parse().ok()?;
        let month: i8 = text.get(5..7)?.parse().ok()?;
        let marks =
            text.as_bytes().get(4) == Some(&b'-') && matches!(text.as_bytes().get(7), None | Some(b'-'));
        (marks && year >= 0 && (1..=12).contains(&month)).then(|| Self::new(year, month))
    }

    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// Months from `earlier` to this one; negative when this one is the earlier.
    pub fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<Date> for Month {
    fn from(date: Date) -> Self {
        Self::new(date.year(), date.month())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// Months from one to another, both included; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: Month,
    to: Month,
}

impl Period {
    /// `None` when it would end before it begins.
    pub fn new(from: Month, to: Month) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    pub fn from(self) -> Month {
        self.from
    }

    pub fn to(self) -> Month {
        self.to
    }

    /// 2020-03 to 2021-02 are 12.
    pub fn months(self) -> u32 {
        u32::try_from(self.to.since(self.from)).map_or(0, |months| months + 1)
    }

    /// The months that both have.
    pub fn shared(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }

    /// What is left from `earliest` on and up to `latest`.
    pub fn within(self, earliest: Option<Month>, latest: Month) -> Option<Self> {
        Self::new(self.from.max(earliest.unwrap_or(self.from)), self.to.min(latest))
    }

    pub fn stretch(self) -> Stretch {
        Stretch { from: self.from.to_string(), to: self.to.to_string(), months: self.months() }
    }
}

/// The same months as `periods` in as few periods as can be, in order: those that overlap or follow each
/// other without a gap become one.
pub fn union(periods: &[Period]) -> Vec<Period> {
    let mut sorted = periods.to_vec();
    sorted.sort_by_key(|period| (period.from, period.to));
    let mut merged: Vec<Period> = Vec::new();
    for period in sorted {
        match merged.last_mut() {
            Some(last) if period.from <= last.to.plus(1) => last.to = last.to.max(period.to),
            _ => merged.push(period),
        }
    }
    merged
}

/// Months of a union: with the first and last month of each stretch.
pub fn inclusive(union: &[Period]) -> u32 {
    union.iter().map(|period| period.months()).sum()
}

/// Months of a union counted as the difference of dates: one less for each stretch.
pub fn exclusive(union: &[Period]) -> u32 {
    union.iter().map(|period| period.months() - 1).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period::new(Month::parse(from).unwrap(), Month::parse(to).unwrap()).unwrap()
    }

    #[test]
    fn the_guide_s_example() {
        let year = union(&[period("2020-03", "2021-02")]);
        assert_eq!((inclusive(&year), exclusive(&year)), (12, 11));
    }

    #[test]
    fn months_are_read_and_written() {
        assert_eq!(Month::parse("2020-07-31"), Month::parse("2020-07"));
        assert_eq!(Month::parse("2020-07").unwrap().to_string(), "2020-07");
        assert_eq!(Month::parse("2019-12").unwrap().plus(1).to_string(), "2020-01");
        for text in ["2020-13", "2020-00", "2020", "2020-7", "2020/07", "至今", "２０２０-07", "2020-071"]
        {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn rows_that_follow_each_other_are_one_stretch() {
        let merged = union(&[period("2021-03", "2022-02"), period("2020-03", "2021-02")]);
        assert_eq!(merged, [period("2020-03", "2022-02")]);
        assert_eq!(union(&[period("2020-01", "2020-02"), period("2020-04", "2020-05")]).len(), 2);
    }

    prop_compose! {
        fn any_period()(from in 23_500i32..24_500, length in 0i32..90) -> Period {
            Period { from: Month(from), to: Month(from + length) }
        }
    }

    fn set(periods: &[Period]) -> BTreeSet<i32> {
        periods.iter().flat_map(|period| period.from.0..=period.to.0).collect()
    }

    proptest! {
        #[test]
        fn every_month_is_counted_once(periods in prop::collection::vec(any_period(), 0..8)) {
            let merged = union(&periods);
            prop_assert_eq!(set(&merged), set(&periods));
            prop_assert_eq!(inclusive(&merged) as usize, set(&periods).len());
            prop_assert_eq!(exclusive(&merged) as usize, set(&periods).len() - merged.len());
        }

        #[test]
        fn stretches_are_ordered_and_apart(periods in prop::collection::vec(any_period(), 0..8)) {
            let merged = union(&periods);
            prop_assert!(merged.windows(2).all(|pair| pair[0].to.plus(1) < pair[1].from));
            prop_assert_eq!(union(&merged), merged);
        }

        #[test]
        fn the_order_of_rows_does_not_matter(periods in prop::collection::vec(any_period(), 0..6)) {
            let mut turned = periods.clone();
            turned.reverse();
            prop_assert_eq!(union(&turned), union(&periods));
        }

        #[test]
        fn more_rows_never_count_less(periods in prop::collection::vec(any_period(), 1..6)) {
            prop_assert!(inclusive(&union(&periods)) >= inclusive(&union(&periods[1..])));
            let sum: u32 = periods.iter().map(|period| period.months()).sum();
            prop_assert!(inclusive(&union(&periods)) <= sum);
        }

        #[test]
        fn clipping_leaves_what_lies_within(period in any_period(), a in 23_500i32..24_500, b in 23_500i32..24_500) {
            let (low, high) = (a.min(b), a.max(b));
            let kept = period.within(Some(Month(low)), Month(high));
            let expected: BTreeSet<i32> = set(&[period]).into_iter().filter(|m| (low..=high).contains(m)).collect();
            prop_assert_eq!(kept.map(|p| set(&[p])).unwrap_or_default(), expected);
        }

        #[test]
        fn months_read_back(year in 0i16..9999, month in 1i8..=12) {
            let month = Month::new(year, month);
            prop_assert_eq!(Month::parse(&month.to_string()), Some(month));
        }
    }
}
