//! Folding of characters: what CONTRACT.md calls the normal form of text.

/// The folded form of one character; `None` when it carries no meaning (spaces, zero-width marks).
///
/// Full-width digits, letters and punctuation become half-width, brackets become full-width `（）`,
/// dashes become `-`, the dots of minority names become `·`.
pub fn fold(ch: char) -> Option<char> {
    let folded = match ch {
        c if c.is_whitespace() => return None,
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' => return None,
        '(' | '（' | '﹙' | '〔' | '［' | '[' => '（',
        ')' | '）' | '﹚' | '〕' | '］' | ']' => '）',
        '·' | '•' | '・' | '‧' | '∙' | '⋅' | '●' | '᛫' | '･' => '·',
        '－' | '—' | '–' | '―' | '‐' | '‑' | '−' | '﹣' | '─' | '━' => '-',
        '～' | '〜' => '~',
        '＊' | '∗' | '﹡' => '*',
        '：' | '﹕' | '∶' => ':',
        // The rest of the full-width forms of ASCII stand at a fixed distance.
        '！'..='～' => char::from_u32(u32::from(ch) - 0xFEE0).unwrap_or(ch),
        other => other,
    };
    Some(folded)
}

/// A whole string, folded.
pub fn fold_text(text: &str) -> String {
    text.chars().filter_map(fold).collect()
}

/// A Chinese character (the unified ideographs with their extensions, and 〇).
pub fn is_han(ch: char) -> bool {
    matches!(u32::from(ch),
        0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF)
}

/// Punctuation that may stand around a value and never belongs to it.
pub fn is_edge_punctuation(ch: char) -> bool {
    matches!(
        ch,
        ':' | ';' | ',' | '，' | '。' | '.' | '、' | '_' | '|' | '·' | '\'' | '"' | '`' | '^' | '~' | '｜'
    )
}

/// The range of `chars` without punctuation at its ends.
pub fn trim(chars: &[char]) -> std::ops::Range<usize> {
    let start = chars.iter().position(|&c| !is_edge_punctuation(c)).unwrap_or(chars.len());
    let end = chars.iter().rposition(|&c| !is_edge_punctuation(c)).map_or(start, |last| last + 1);
    start..end.max(start)
}

/// True for the marks that stand for "none": `--`, `***`, `/`, `无`.
pub fn means_none(chars: &[char]) -> bool {
    chars.iter().all(|c| matches!(c, '-' | '*' | '/' | '一' | '_' | '.' | '=')) || chars == ['无']
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_widths_brackets_and_dots() {
        assert_eq!(fold_text("ＡＢ１２（高职) 买买提•艾力"), "AB12（高职）买买提·艾力");
        assert_eq!(fold_text("姓　　名：张 三"), "姓名:张三");
        assert_eq!(fold_text("２０２４－０６"), "2024-06");
    }

    #[test]
    fn trims_punctuation_only_at_the_ends() {
        let chars: Vec<char> = ":北京,市。".chars().collect();
        assert_eq!(trim(&chars), 1..5);
        assert_eq!(trim(&['.', ':']), 2..2);
    }

    #[test]
    fn dashes_and_stars_mean_none() {
        assert!(means_none(&['-', '-']));
        assert!(means_none(&['*']));
        assert!(!means_none(&['网', '商']));
    }

    proptest! {
        #[test]
        fn folding_is_idempotent(text in "\\PC{0,40}") {
            let once = fold_text(&text);
            prop_assert_eq!(fold_text(&once), once);
        }

        #[test]
        fn digits_and_letters_survive(text in "[0-9A-Za-z]{0,30}") {
            prop_assert_eq!(fold_text(&text), text);
        }
    }
}
