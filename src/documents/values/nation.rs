//! Nations (民族), as cards and reports print them.

use super::{Parsed, fuzzy, lists::NATIONS, text_norm::is_han};

/// Taking the only listed nation that is one character away: likely, but not what was read.
const NEAREST_FACTOR: f32 = 0.7;

/// A nation that is in no list: kept as read.
const UNLISTED_FACTOR: f32 = 0.5;

/// Names of 民族 that cards print though they are not among the 56; a person should look.
pub const NEEDS_REVIEW: [&str; 2] = ["穿青人", "革家人"];

/// The nation that `chars` begin with, without 族.
pub fn parse(chars: &[char]) -> Option<Parsed<String>> {
    let start = chars.iter().position(|&c| is_han(c))?;
    let run = chars[start..].iter().take_while(|&&c| is_han(c)).count();
    let text = &chars[start..start + run];
    // The longest listed name that the text begins with: 土家 before 土.
    let listed =
        NATIONS.iter().filter(|name| starts_with(text, name)).max_by_key(|name| name.chars().count());
    if let Some(name) = listed {
        let len = name.chars().count();
        let rest = &text[len..];
        if rest.is_empty() || rest == ['族'] {
            return Some(Parsed::certain((*name).to_owned(), start..start + run));
        }
    }
    let bare = text.strip_suffix(&['族']).unwrap_or(text);
    if bare.is_empty() {
        return None;
    }
    // One character is never enough to guess from: every other one-character nation is as near.
    if bare.len() >= 2
        && let Some((name, _)) = fuzzy::nearest(bare, NATIONS.iter().copied(), 1)
    {
        return Some(Parsed {
            value: name.to_owned(),
            range: start..start + run,
            factor: NEAREST_FACTOR,
            alternatives: vec![(bare.iter().collect(), UNLISTED_FACTOR)],
        });
    }
    Some(Parsed {
        value: bare.iter().collect(),
        range: start..start + run,
        factor: UNLISTED_FACTOR,
        alternatives: Vec::new(),
    })
}

/// Whether cards print this nation's name.
pub fn is_listed(name: &str) -> bool {
    NATIONS.contains(&name)
}

/// Nations of two characters and more that differ from `name` by one character in the same place.
pub fn near(name: &str) -> impl Iterator<Item = &'static str> {
    let read: Vec<char> = name.chars().collect();
    NATIONS.iter().copied().filter(move |nation| {
        read.len() >= 2
            && nation.chars().count() == read.len()
            && nation.chars().zip(&read).filter(|(a, b)| a != *b).count() == 1
    })
}

fn starts_with(text: &[char], name: &str) -> bool {
    let mut at = 0;
    name.chars().all(|c| {
        let same = text.get(at) == Some(&c);
        at += 1;
        same
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, f32)> {
        let chars: Vec<char> = text.chars().collect();
        parse(&chars).map(|p| (p.value, p.factor))
    }

    #[test]
    fn every_nation_reads_back_with_and_without_its_suffix() {
        for nation in NATIONS.iter() {
            assert_eq!(read(nation), Some(((*nation).to_owned(), 1.0)));
            assert_eq!(read(&format!("{nation}族")), Some(((*nation).to_owned(), 1.0)));
        }
    }

    #[test]
    fn a_misread_nation_costs() {
        assert_eq!(read("维吾示"), Some(("维吾尔".to_owned(), NEAREST_FACTOR)));
        assert_eq!(read("没"), Some(("没".to_owned(), UNLISTED_FACTOR)));
        assert_eq!(read("12"), None);
    }
}
