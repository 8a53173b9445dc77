//! Characters that look alike in handwriting, brought to the one that a field's alphabet holds.

use crate::documents::values::text_norm;

/// Digit by the shapes that a recogniser of Chinese takes it for.
const DIGIT_SHAPES: [(char, &str); 10] = [
    ('0', "0OoDQ〇○口öòóõΟο。°"),
    ('1', "1lI|!丨亅ij丿Ⅰ︱［］[]J'’"),
    ('2', "2Zz乙ㄹƧ工"),
    ('3', "3ろヨз彡了ȝ"),
    ('4', "4чЧ屮Yy丩"),
    ('5', "5Ss丂ㄎ"),
    ('6', "6bGδЬ巳"),
    ('7', "7フ刁ㄱワ>ク丁了"),
    ('8', "8B&ß乃"),
    ('9', "9gq勹ցР"),
];

/// The digit that `ch` is or looks like.
pub fn digit(ch: char) -> Option<char> {
    let ch = match ch {
        '０'..='９' => char::from_u32(u32::from(ch) - 0xFEE0)?,
        other => other,
    };
    DIGIT_SHAPES.iter().find(|(_, shapes)| shapes.contains(ch)).map(|(digit, _)| *digit)
}

/// Digits and the X of an ID number.
pub fn id_number(ch: char) -> Option<char> {
    match ch {
        'X' | 'x' | '×' | '✕' | 'Χ' | 'Х' | '乂' | '义' | 'メ' | '㐅' | 'K' | 'χ' => Some('X'),
        _ => digit(ch),
    }
}

/// Digits and Chinese numerals; 〇 and 零 are the digit 0.
pub fn numeral(ch: char) -> Option<char> {
    match ch {
        '一' | '-' | '—' | '－' | 'ー' | '–' | '壹' => Some('一'),
        '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' => Some(ch),
        '零' => Some('0'),
        '+' | '＋' => Some('十'),
        _ => digit(ch),
    }
}

/// Numerals with what dates are parted by.
pub fn date(ch: char) -> Option<char> {
    match ch {
        '年' | '月' | '日' | '号' => Some(ch),
        '-' | '—' | '－' | '–' => Some('-'),
        '.' | '．' | '。' | '·' | '、' | ',' | '，' => Some('.'),
        '/' | '／' => Some('/'),
        _ => numeral(ch),
    }
}

/// Capitals, digits and dashes: certificate numbers.
pub fn code(ch: char) -> Option<char> {
    let folded = text_norm::fold(ch)?;
    match folded {
        '0'..='9' | 'A'..='Z' | '-' => Some(folded),
        'a'..='z' => Some(folded.to_ascii_uppercase()),
        '〇' | '○' | '口' | '。' => Some('0'),
        '丨' | '|' | '!' | '亅' => Some('1'),
        '乙' => Some('Z'),
        '×' | '乂' | 'Χ' => Some('X'),
        _ => None,
    }
}

/// Capitals and digits without I and O: verification codes of CHSI.
pub fn chsi(ch: char) -> Option<char> {
    match code(ch)? {
        'O' => Some('0'),
        'I' => Some('1'),
        '-' => None,
        other => Some(other),
    }
}

/// What names are written with.
pub fn han(ch: char) -> Option<char> {
    match text_norm::fold(ch)? {
        '·' => Some('·'),
        ch if text_norm::is_han(ch) => Some(ch),
        _ => None,
    }
}

/// What free text is written with: Chinese characters, letters, digits, brackets and a dash.
pub fn text(ch: char) -> Option<char> {
    let folded = text_norm::fold(ch)?;
    let kept = text_norm::is_han(folded)
        || folded.is_ascii_alphanumeric()
        || matches!(folded, '（' | '）' | '-' | '·' | '#' | '、' | '/' | '.');
    kept.then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_looks_like_itself() {
        for ch in '0'..='9' {
            assert_eq!(digit(ch), Some(ch));
            assert_eq!(numeral(ch), Some(ch));
            assert_eq!(chsi(ch), Some(ch));
        }
    }

    #[test]
    fn look_alikes() {
        assert_eq!(digit('O'), Some('0'));
        assert_eq!(digit('丨'), Some('1'));
        assert_eq!(numeral('—'), Some('一'));
        assert_eq!(chsi('I'), Some('1'));
        assert_eq!(id_number('×'), Some('X'));
        assert_eq!(digit('王'), None);
    }
}
