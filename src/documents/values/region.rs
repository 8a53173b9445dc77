//! The first six digits of an ID number: province, prefecture, county (GB/T 2260 with its history).

use std::{collections::HashSet, sync::LazyLock};

/// Every code that ever was in force. Numbers never change when a region is renamed or dissolved, so
/// the years in the table do not matter here.
static CODES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../../../models/lists/regions.tsv")
        .lines()
        .filter_map(|line| line.split('\t').next())
        .collect()
});

/// How much of a region code is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// The county is, or once was, in the table.
    Known,
    /// The province is known, the county is not: renamed areas are missing from every table.
    UnknownCounty,
    /// There is no such province.
    UnknownProvince,
}

/// Looks up a six-digit code.
pub fn lookup(code: &str) -> Region {
    if CODES.contains(code) {
        return Region::Known;
    }
    let province = code.get(..2).map(|p| format!("{p}0000"));
    if province.is_some_and(|p| CODES.contains(p.as_str())) {
        Region::UnknownCounty
    } else {
        Region::UnknownProvince
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_codes() {
        assert_eq!(lookup("110105"), Region::Known);
        // 宣武区, dissolved in 2010.
        assert_eq!(lookup("110104"), Region::Known);
        assert_eq!(lookup("110199"), Region::UnknownCounty);
        assert_eq!(lookup("990101"), Region::UnknownProvince);
        assert_eq!(lookup(""), Region::UnknownProvince);
    }
}
