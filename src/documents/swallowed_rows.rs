//! A CHSI report's school and the rows below it in one: 学校名称 may go on in the next row, so that a row whose label the
//! watermark swallowed is taken for its second line (某某学院 本科 电子商务). A level of education right behind the name of
//! a school parts them.

use std::ops::Range;

use super::values::{Parsed, lists::EDUCATION_LEVELS, school::name_length, text_norm};

/// Told by its form and its place, no label beside it.
const UNLABELLED_FACTOR: f32 = 0.9;

/// The school, where a level of education follows it.
pub fn school(chars: &[char]) -> Option<Parsed<String>> {
    part(chars, 0..level_range(chars)?.start)
}

/// The level of education that follows the school.
pub fn level(chars: &[char]) -> Option<Parsed<String>> {
    part(chars, level_range(chars)?)
}

/// What follows that level, which is the next row's major.
pub fn major(chars: &[char]) -> Option<Parsed<String>> {
    part(chars, level_range(chars)?.end..chars.len())
        .filter(|parsed| parsed.value.chars().any(text_norm::is_han))
}

fn level_range(chars: &[char]) -> Option<Range<usize>> {
    let start = name_length(chars)?;
    let rest: String = chars[start..].iter().collect();
    let levels = EDUCATION_LEVELS.iter().filter(|level| rest.starts_with(**level));
    let len = levels.map(|level| level.chars().count()).max()?;
    Some(start..start + len)
}

fn part(chars: &[char], range: Range<usize>) -> Option<Parsed<String>> {
    let value: String = chars.get(range.clone())?.iter().collect();
    Some(Parsed { value, range, factor: UNLABELLED_FACTOR, alternatives: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_parts_the_rows() {
        for (text, wanted) in [
            ("某某职业学院专科国际经济与贸易", ["某某职业学院", "专科", "国际经济与贸易"]),
            ("某某石油大学（北京）本科法学", ["某某石油大学（北京）", "本科", "法学"]),
            ("某某职业大学高职（专科）会计", ["某某职业大学", "高职（专科）", "会计"]),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let found = [school(&chars), level(&chars), major(&chars)].map(|part| part.unwrap().value);
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn a_school_alone_has_no_rows_below() {
        for text in ["某某高等专科学校", "某某学院", "某某大学继续教育学院", ""] {
            assert!(school(&text.chars().collect::<Vec<_>>()).is_none(), "{text}");
        }
    }
}
