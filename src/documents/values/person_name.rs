//! Names of persons: two to four characters, or longer with `·` between the parts.

use super::{Parsed, text_norm::is_han};

/// Longest name that is printed on a card (minority names in transcription).
pub const MAX_LEN: usize = 20;

/// One character is no name: the rest was lost.
const TOO_SHORT_FACTOR: f32 = 0.4;

/// Most characters of a name without a dot; minority names that are printed without one stay below it.
/// Longer runs are titles and sentences.
const MAX_WITHOUT_DOT: usize = 8;

/// Words that stand in titles and never in names.
const NO_NAME: [&str; 8] = ["报告", "备案", "审批", "证书", "教育部", "学院", "学校", "登记表"];

/// First characters that are no surname, and the surname that they are misread from.
const SURNAME_FOLDS: [(char, char); 2] = [('洗', '冼'), ('也', '乜')];

/// What folding the surname costs: the character was not read as it stands.
const FOLDED_SURNAME_FACTOR: f32 = 0.8;

/// Five and more characters without a dot: possible, but more often something was glued to the name.
const LONG_WITHOUT_DOT_FACTOR: f32 = 0.8;

/// The name that `chars` begin with, dots of every shape as `·`.
pub fn parse(chars: &[char]) -> Option<Parsed<String>> {
    let start = chars.iter().position(|&c| is_han(c))?;
    let mut value = String::new();
    let mut end = start;
    while end < chars.len() && end - start < MAX_LEN {
        let ch = chars[end];
        let between = end > start && chars.get(end + 1).is_some_and(|&c| is_han(c));
        if is_han(ch) {
            value.push(ch);
        } else if between
            && matches!(ch, '·' | '.' | '。' | '、' | '-' | '\'' | ',')
            && value.chars().last().is_some_and(is_han)
        {
            value.push('·');
        } else {
            break;
        }
        end += 1;
    }
    let len = value.chars().count();
    if (len > MAX_WITHOUT_DOT && !value.contains('·')) || NO_NAME.iter().any(|word| value.contains(word)) {
        return None;
    }
    let read = value.clone();
    let folded = value.chars().next().and_then(|first| {
        let (_, surname) = SURNAME_FOLDS.iter().find(|(other, _)| *other == first)?;
        Some(std::iter::once(*surname).chain(value.chars().skip(1)).collect::<String>())
    });
    let (value, surname_factor, alternatives) = match folded {
        Some(folded) if len > 1 => (folded, FOLDED_SURNAME_FACTOR, vec![(read, 1.0 - FOLDED_SURNAME_FACTOR)]),
        _ => (value, 1.0, Vec::new()),
    };
    let factor = match len {
        0 => return None,
        1 => TOO_SHORT_FACTOR,
        2..=4 => 1.0,
        _ if value.contains('·') => 1.0,
        _ => LONG_WITHOUT_DOT_FACTOR,
    };
    Some(Parsed { value, range: start..end, factor: factor * surname_factor, alternatives })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(String, f32)> {
        let chars: Vec<char> = text.chars().collect();
        parse(&chars).map(|p| (p.value, p.factor))
    }

    #[test]
    fn plain_and_minority_names() {
        assert_eq!(read("张三"), Some(("张三".to_owned(), 1.0)));
        assert_eq!(read(":买买提.艾力"), Some(("买买提·艾力".to_owned(), 1.0)));
        assert_eq!(read("䶮文"), Some(("䶮文".to_owned(), 1.0)));
        assert_eq!(read("张"), Some(("张".to_owned(), TOO_SHORT_FACTOR)));
        assert_eq!(read("洗桂"), Some(("冼桂".to_owned(), FOLDED_SURNAME_FACTOR)));
        assert_eq!(read("冼文川"), Some(("冼文川".to_owned(), 1.0)));
        assert_eq!(read("123"), None);
        assert_eq!(read("教育部学籍在线验证报告"), None);
        assert_eq!(read("某某外语学院新生"), None);
    }

    proptest! {
        #[test]
        fn a_name_reads_back(name in "[王李张陈赵]{1}[\u{4e00}-\u{9fa5}]{1,3}", tail in "[0-9:A-Z]?") {
            prop_assert_eq!(read(&format!("{name}{tail}")).map(|r| r.0), Some(name));
        }
    }
}
