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

/// Code and name of every region.
fn table() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../../../models/lists/regions.tsv").lines().filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?, columns.next()?))
    })
}

/// Names of the provinces, autonomous regions and municipalities.
pub fn provinces() -> impl Iterator<Item = &'static str> {
    table().filter(|(code, _)| code.ends_with("0000")).map(|(_, name)| name)
}

/// Shortest name that tells a county: two characters (赵县) occur in other words.
const MIN_COUNTY_LEN: usize = 3;

/// Codes and names of counties and districts, without names that prefectures have, too (河池市 was a
/// county once).
static COUNTIES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let prefectures: HashSet<&str> =
        table().filter(|(code, _)| code.ends_with("00")).map(|(_, name)| name).collect();
    table()
        .filter(|(code, _)| !code.ends_with("00"))
        .filter(|(_, name)| name.chars().count() >= MIN_COUNTY_LEN && !prefectures.contains(name))
        .collect()
});

/// Whether a county or district that is, or once was, stands in a text. An address without one has
/// none (some cities have no counties) or has its name misread.
pub fn names_county(text: &str) -> bool {
    COUNTIES.iter().any(|(_, county)| text.contains(county))
}

/// Longer names are those of autonomous counties, which people call by their first two characters.
const LONGEST_PLAIN_NAME: usize = 5;

/// What places are called without what they are: 华蓥 for 华蓥市, 罗城 for 罗城仫佬族自治县; 赵县 stays whole. 市 and 县,
/// which stand in the table for a municipality's districts and counties taken together, call no place.
static CALLED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    table()
        .filter_map(|(_, name)| {
            let count = name.chars().count();
            let len = if count > LONGEST_PLAIN_NAME { 2 } else { count.saturating_sub(1).max(2) };
            let end = name.char_indices().nth(len).map_or(name.len(), |(at, _)| at);
            (count >= 2).then(|| &name[..end])
        })
        .collect()
});

/// Whether the name of an authority holds a place of the table, with or without what it is (广州 in 广州铁路公安局).
pub fn names_place(authority: &str) -> bool {
    let text = before_bureau(authority);
    CALLED.iter().any(|name| text.contains(name))
}

/// What stands before the last 公安, which is that of 公安局 or 公安分局 and not the county of that name.
fn before_bureau(authority: &str) -> &str {
    authority.rfind("公安").map_or(authority, |at| &authority[..at])
}

/// An authority's name with one character of its place put as the table has it, in each way that there is. The last
/// character of a place says what it is (县, 区, 市, 旗) and is never what was misread.
pub fn near_places(authority: &str) -> Vec<String> {
    let text: Vec<char> = before_bureau(authority).chars().collect();
    let rest: String = authority.chars().skip(text.len()).collect();
    let mut found: Vec<String> = table()
        .flat_map(|(_, name)| {
            let name: Vec<char> = name.chars().collect();
            let count = name.len().max(MIN_COUNTY_LEN);
            let fits = |window: &[char]| {
                window.last() == name.last() && window.iter().zip(&name).filter(|(a, b)| a != b).count() == 1
            };
            let places = text.windows(count).enumerate().filter(|(_, window)| fits(window));
            let with =
                |at: usize| -> String { text[..at].iter().chain(&name).chain(&text[at + count..]).collect() };
            places.map(|(at, _)| with(at) + &rest).collect::<Vec<_>>()
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Where a county stands in an address with one character misread, and its name: one of the prefecture
/// or else the province that the address names. Of several that fit it is the one with the `code` of the
/// person's number, which most people live in; without one there is no telling.
pub fn nearest_county(address: &[char], code: Option<&str>) -> Option<(usize, &'static str)> {
    let text: String = address.iter().collect();
    let province =
        table().find(|(code, name)| code.ends_with("0000") && text.starts_with(name))?.0.get(..2)?;
    let prefecture = table().find(|(code, name)| {
        code.starts_with(province)
            && code.ends_with("00")
            && !code.ends_with("0000")
            && name.chars().count() >= MIN_COUNTY_LEN
            && text.contains(name)
    });
    let within = prefecture.and_then(|(code, _)| code.get(..4)).unwrap_or(province);
    let mut found = None;
    let mut several = false;
    for (own, county) in COUNTIES.iter().filter(|(code, _)| code.starts_with(within)) {
        let name: Vec<char> = county.chars().collect();
        let fits = |window: &[char]| {
            // The last character says what it is (县, 区, 市, 旗) and is never what was misread.
            window.last() == name.last() && window.iter().zip(&name).filter(|(a, b)| a != b).count() == 1
        };
        for at in address.windows(name.len()).enumerate().filter(|(_, w)| fits(w)).map(|(at, _)| at) {
            if Some(*own) == code {
                return Some((at, county));
            }
            several |= found.is_some_and(|(_, known)| known != *county);
            found = Some((at, *county));
        }
    }
    found.filter(|_| !several)
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
        assert!(!names_county("广西壮族自治区河池市罗城么佬族自治县"));
        let nearest = |text: &str| nearest_county(&text.chars().collect::<Vec<_>>(), None);
        assert_eq!(nearest("河北省石家庄市井隆县迎宾大道21号"), Some((7, "井陉县")));
        assert_eq!(nearest("广西壮族自治区河池市罗城么佬族自治县"), Some((10, "罗城仫佬族自治县")));
        // 井陉县 and 兴隆县 are as near, and no prefecture decides.
        assert_eq!(nearest("河北省井隆县"), None);
        assert_eq!(nearest("某省井隆县"), None);
        // 峄城区 and 薛城区 are as near; the number's first digits decide.
        let address: Vec<char> = "山东省枣庄市峰城区黄河路52号".chars().collect();
        assert_eq!(nearest_county(&address, None), None);
        assert_eq!(nearest_county(&address, Some("370404")), Some((6, "峄城区")));
    }

    #[test]
    fn places_in_names_of_authorities() {
        for text in ["华蓥市公安局", "上海市公安局浦东分局", "罗城县公安局", "赵县公安局", "公安县公安局"]
        {
            assert!(names_place(text), "{text}");
        }
        for text in ["华市公安局", "临颖县公安局", "临颖县公安分局"] {
            assert!(!names_place(text), "{text}");
        }
    }

    #[test]
    fn places_that_differ_from_a_name_by_one_character() {
        let near = near_places("临颖县公安分局");
        assert!(near.contains(&"临颍县公安分局".to_owned()) && near.contains(&"临城县公安分局".to_owned()));
        assert!(near_places("赵县公安局").is_empty() && near_places("公安局").is_empty());
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
