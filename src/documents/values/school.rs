//! Names of schools.

use super::{lists::SCHOOLS, text_norm::is_han};

/// How names of schools end, longest first.
const ENDINGS: [&str; 28] = [
    "高等专科学校",
    "中等专业学校",
    "职业技术学院",
    "高级技工学校",
    "职业高级中学",
    "职业教育中心",
    "广播电视大学",
    "开放大学",
    "技师学院",
    "技工学校",
    "职业学校",
    "职业高中",
    "职业中专",
    "职业中学",
    "中专学校",
    "中专部",
    "卫校",
    "技校",
    "职高",
    "职中",
    "职教中心",
    "教育中心",
    "培训学院",
    "研究院",
    "大学",
    "学院",
    "学校",
    "分校",
];

/// Words that end like a school and name none.
const NOT_SCHOOLS: [&str; 27] = [
    "本校",
    "我校",
    "该校",
    "就读学校",
    "所在学校",
    "毕业学校",
    "招生学校",
    "录取学校",
    "主考学校",
    "高等学校",
    "普通高等学校",
    "成人高等学校",
    "普通高等职业学校",
    "职业学校",
    "中等职业学校",
    "高等职业学校",
    "中等专业学校",
    "普通中等专业学校",
    "职业技术学院",
    "技工学校",
    "高级技工学校",
    "技师学院",
    "中等职业技术学校",
    "技工院校",
    "职业中专",
    "普通中专",
    "成人中专",
];

/// The length of the longest part of `chars` from its start that reads like a school's name.
pub fn name_length(chars: &[char]) -> Option<usize> {
    let run = chars.iter().take_while(|&&c| is_han(c) || matches!(c, '（' | '）' | '·')).count();
    let text = &chars[..run];
    let ends = |end: usize| {
        ENDINGS.iter().any(|ending| {
            let pattern: Vec<char> = ending.chars().collect();
            end > pattern.len() && text[..end].ends_with(&pattern)
        })
    };
    let end = (1..=run).rev().find(|&end| ends(end))?;
    // A place in brackets belongs to the name: 中国石油大学（北京）.
    let end = match text[end..].first() {
        Some('（') => text[end..].iter().position(|&c| c == '）').map_or(end, |close| end + close + 1),
        _ => end,
    };
    let whole: String = text[..end].iter().collect();
    let is_word = NOT_SCHOOLS
        .iter()
        .any(|word| whole == *word || (whole.ends_with(word) && end <= word.chars().count() + 1));
    (end >= 4 && !is_word).then_some(end)
}

/// The listed name of a school code.
pub fn name_of(code: &str) -> Option<&'static str> {
    SCHOOLS.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

/// True for a name in the national list.
pub fn is_listed(name: &str) -> bool {
    SCHOOLS.iter().any(|(_, known)| *known == name)
}

/// True when a listed name begins with `head`.
pub fn begins_listed(head: &str) -> bool {
    SCHOOLS.iter().any(|(_, known)| known.starts_with(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        name_length(&chars).map(|len| chars[..len].iter().collect())
    }

    #[test]
    fn names_end_like_schools() {
        assert_eq!(name("北京某某职业技术学院"), Some("北京某某职业技术学院".to_owned()));
        assert_eq!(name("中国石油大学（北京）"), Some("中国石油大学（北京）".to_owned()));
        assert_eq!(name("某市第一技工学校盖章"), Some("某市第一技工学校".to_owned()));
        assert_eq!(name("在本校"), None);
        assert_eq!(name("大学"), None);
    }

    #[test]
    fn the_list_answers_both_ways() {
        assert_eq!(name_of("10001"), Some("北京大学"));
        assert!(is_listed("清华大学"));
    }
}
