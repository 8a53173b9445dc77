//! The word lists of `models/lists/`, built into the program.
//!
//! They are knowledge for reading (is this plausible? what was misread?); which occupations and majors
//! a plan accepts is the plan's own data and is not decided here.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// Nations by the names that cards print, without 族; the last two are not among the 56.
pub static NATIONS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../../models/lists/nations.txt")));

/// Names of education levels, most specific first.
pub static EDUCATION_LEVELS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../../models/lists/education_levels.txt")));

/// Forms of study, most specific first.
pub static STUDY_FORMS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../../models/lists/study_forms.txt")));

/// Occupations of 职业大典 2022 and those that plans name beside them.
pub static OCCUPATIONS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    lines(include_str!("../../../models/lists/occupations.txt"))
        .into_iter()
        .chain(lines(include_str!("../../../models/lists/plan_occupations.txt")))
        .collect()
});

/// Majors of the catalogues of higher and vocational education.
pub static MAJORS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| lines(include_str!("../../../models/lists/majors.txt")));

/// School codes and names of 全国高等学校名单: (five digits, name).
pub static SCHOOLS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("../../../models/lists/schools.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect()
});

/// How much likelier (natural log) a character is as the first of a person's name, and as another of its
/// characters, than in text; absent: as likely.
pub static NAME_PRIOR: LazyLock<HashMap<char, [f32; 2]>> = LazyLock::new(|| {
    include_str!("../../../models/lists/name_prior.tsv")
        .lines()
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let character = columns.next()?.chars().next()?;
            Some((character, [columns.next()?.parse().ok()?, columns.next()?.parse().ok()?]))
        })
        .collect()
});

fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_filled() {
        assert_eq!(NATIONS.len(), 58);
        assert!(OCCUPATIONS.contains("电子商务师") && OCCUPATIONS.len() > 1500);
        assert!(SCHOOLS.iter().any(|&(code, name)| code == "10001" && name == "北京大学"));
        assert!(NAME_PRIOR[&'溴'][1] < -2.0 && NAME_PRIOR[&'昝'][0] > 1.0);
        assert!(EDUCATION_LEVELS.contains(&"高职（专科）") && STUDY_FORMS.contains(&"函授"));
    }
}
