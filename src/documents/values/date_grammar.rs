//! Which texts begin like a printed date: the constraint for decoding a date on the lattice.

/// Whether `next` may follow `prefix` in a date that names its day: `2024年6月30日`, `2024-06-30`,
/// `2024.6.30`, `2024/06/30`, `二〇二四年六月三十日`.
pub fn allows(prefix: &[char], next: char) -> bool {
    let mut text = prefix.to_vec();
    text.push(next);
    is_prefix(&text)
}

fn is_prefix(text: &[char]) -> bool {
    match text.first() {
        Some('1' | '2') => is_arabic_prefix(text),
        Some('一' | '二') => is_han_prefix(text),
        _ => false,
    }
}

fn is_arabic_prefix(text: &[char]) -> bool {
    let mut parts: Vec<Vec<char>> = vec![Vec::new()];
    let mut marks = Vec::new();
    for &ch in text {
        if ch.is_ascii_digit() {
            if let Some(part) = parts.last_mut() {
                part.push(ch);
            }
        } else {
            marks.push(ch);
            parts.push(Vec::new());
        }
    }
    let expected: [&[char]; 4] = [&['年', '月', '日'], &['.', '.'], &['-', '-'], &['/', '/']];
    let marks_hold = expected.iter().any(|marks_of| marks_of.starts_with(&marks));
    let number = |part: &[char]| part.iter().fold(0_u32, |n, c| n * 10 + c.to_digit(10).unwrap_or(0));
    let complete = parts.len() - 1;
    marks_hold
        && parts.iter().enumerate().all(|(index, part)| {
            let done = index < complete;
            match index {
                0 => {
                    part.len() <= 4
                        && (!done || part.len() == 4)
                        && ["19", "20"].iter().any(|century| {
                            part.iter().zip(century.chars()).all(|(digit, wanted)| *digit == wanted)
                        })
                }
                1 | 2 => {
                    let most = if index == 1 { 12 } else { 31 };
                    part.len() <= 2 && number(part) <= most && (!done || number(part) > 0)
                }
                _ => part.is_empty(),
            }
        })
}

/// Numerals of a month or a day.
const HAN_NUMBERS: [&str; 31] = [
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
    "十九",
    "二十",
    "二十一",
    "二十二",
    "二十三",
    "二十四",
    "二十五",
    "二十六",
    "二十七",
    "二十八",
    "二十九",
    "三十",
    "三十一",
];

fn is_han_prefix(text: &[char]) -> bool {
    let is_digit = |ch: char| "〇○零一二三四五六七八九".contains(ch);
    let is_zero = |ch: char| matches!(ch, '〇' | '○' | '零');
    let year: Vec<char> = text.iter().copied().take_while(|&ch| is_digit(ch)).take(4).collect();
    let century_holds = match year.as_slice() {
        [_] => true,
        [a, b, ..] => (*a == '一' && *b == '九') || (*a == '二' && is_zero(*b)),
        [] => false,
    };
    if !century_holds {
        return false;
    }
    let rest = &text[year.len()..];
    if rest.is_empty() {
        return true;
    }
    if year.len() < 4 || rest[0] != '年' {
        return false;
    }
    let rest: String = rest[1..].iter().collect();
    let begins = |text: &str, count: usize, mark: char| -> bool {
        HAN_NUMBERS.iter().take(count).any(|number| format!("{number}{mark}").starts_with(text))
    };
    match rest.split_once('月') {
        None => rest.is_empty() || begins(&rest, 12, '月'),
        Some((month, day)) => {
            HAN_NUMBERS.iter().take(12).any(|number| *number == month)
                && (day.is_empty() || begins(day, 31, '日'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        (0..chars.len()).all(|at| allows(&chars[..at], chars[at]))
    }

    #[test]
    fn dates_pass_and_other_texts_do_not() {
        for text in [
            "2024年6月30日",
            "2024年06月30日",
            "2024-06-30",
            "1998.7.1",
            "2024/12/31",
            "二〇二四年六月三十日",
            "一九九八年十二月二十一日",
            "二零一零年七月十三日",
        ] {
            assert!(passes(text), "{text}");
        }
        for text in [
            "2024年13月",
            "2024年6日",
            "3024年",
            "2024年178日",
            "2024-06.",
            "二四年",
            "二〇二四年十三月",
            "二〇二四年六月四十",
            "一八九九年",
            "2024年6月30日1",
            "2024年月",
        ] {
            assert!(!passes(text), "{text}");
        }
    }
}
