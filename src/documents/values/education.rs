//! Education levels (层次) and forms of study (学习形式).

use super::{
    Parsed, fuzzy,
    lists::{EDUCATION_LEVELS, STUDY_FORMS},
};

/// A listed term that is one character away from what was read.
const NEAREST_FACTOR: f32 = 0.8;

/// The education level that `chars` are or contain.
pub fn level(chars: &[char]) -> Option<Parsed<String>> {
    term(chars, &EDUCATION_LEVELS)
}

/// The form of study that `chars` are or contain.
pub fn study_form(chars: &[char]) -> Option<Parsed<String>> {
    term(chars, &STUDY_FORMS)
}

/// The longest listed term within `chars`; else the one that all of `chars` nearly are.
fn term(chars: &[char], list: &[&'static str]) -> Option<Parsed<String>> {
    let exact = list
        .iter()
        .filter_map(|entry| {
            let pattern: Vec<char> = entry.chars().collect();
            let at = chars.windows(pattern.len()).position(|window| window == pattern)?;
            Some((pattern.len(), at, *entry))
        })
        .max_by_key(|&(len, at, _)| (len, std::cmp::Reverse(at)));
    // A whole text that is nearly a longer term beats a short term within it: 高职（专料） is not 高职.
    let nearly = (chars.len() >= 3).then(|| fuzzy::nearest(chars, list.iter().copied(), 1)).flatten();
    if let Some((len, at, entry)) = exact
        && nearly.is_none_or(|(nearest, edits)| edits == 0 || nearest.chars().count() <= len + 1)
    {
        return Some(Parsed::certain(entry.to_owned(), at..at + len));
    }
    let (entry, _) = nearly?;
    Some(Parsed {
        value: entry.to_owned(),
        range: 0..chars.len(),
        factor: NEAREST_FACTOR,
        alternatives: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn the_longest_term_wins() {
        for (text, value) in [
            ("高职（专科）", "高职（专科）"),
            ("大学本科", "大学本科"),
            ("专科", "专科"),
            ("硕士研究生", "硕士研究生"),
        ] {
            assert_eq!(level(&chars(text)).unwrap().value, value);
        }
        assert_eq!(study_form(&chars("普通全日制")).unwrap().value, "普通全日制");
        assert_eq!(study_form(&chars("非全日制")).unwrap().value, "非全日制");
    }

    #[test]
    fn a_misread_term_costs() {
        let parsed = level(&chars("高职（专料）")).unwrap();
        assert_eq!((parsed.value.as_str(), parsed.factor), ("高职（专科）", NEAREST_FACTOR));
        assert!(study_form(&chars("某种")).is_none());
    }
}
