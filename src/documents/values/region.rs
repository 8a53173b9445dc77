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

/// Names of counties and districts, without those that many places have.
static COUNTIES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../../../models/lists/regions.tsv")
        .lines()
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?))
        })
        .filter(|(code, name)| !code.ends_with("00") && name.chars().count() > 2)
        .map(|(_, name)| name)
        .filter(|name| *name != "市辖区")
        .collect()
});

/// Whether a county or district that is, or once was, stands in a text. An address without one has
/// none (some cities have no counties) or has its name misread.
pub fn names_county(text: &str) -> bool {
    COUNTIES.iter().any(|county| text.contains(county))
}

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
    fn counties_in_addresses() {
        assert!(names_county("河北省石家庄市井陉县迎宾大道21号"));
        assert!(!names_county("河北省石家庄市井隆县迎宾大道21号"));
    }

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
