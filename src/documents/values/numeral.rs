//! Numerals as documents print them: ASCII, Chinese, financial Chinese, and what OCR makes of them.

/// What reading a look-alike (O for 0, l for 1) as a digit costs. The alphabet of a number leaves no
/// other reading, so the cost only says that the print was not clean there.
pub const LOOKALIKE_FACTOR: f32 = 0.95;

/// Numerals up to this one are strokes alone, which a seal's arc cuts or doubles.
const MOST_STROKES: u8 = 3;

/// Taking 一一 for 一: 十一 with its 十 misread is possible, too, so it must be looked at.
pub(super) const DOUBLED_FACTOR: f32 = 0.7;

/// A digit that stands for itself or is commonly read as the given character inside a number:
/// the digit and the factor that it costs.
pub fn digit(ch: char) -> Option<(u8, f32)> {
    Some(match ch {
        '0'..='9' => (ch as u8 - b'0', 1.0),
        'O' | 'o' | 'Q' | 'D' | '〇' | '○' => (0, LOOKALIKE_FACTOR),
        'I' | 'l' | '|' | '!' | 'i' => (1, LOOKALIKE_FACTOR),
        'Z' | 'z' => (2, LOOKALIKE_FACTOR),
        'S' | 's' => (5, LOOKALIKE_FACTOR),
        'B' => (8, LOOKALIKE_FACTOR),
        _ => return None,
    })
}

/// A Chinese digit, with zero in every shape that print and OCR give it.
pub fn han_digit(ch: char) -> Option<(u8, f32)> {
    Some(match ch {
        '〇' | '○' | '零' | '◯' | 'O' | 'o' | '0' | 'Ο' | 'О' => (0, 1.0),
        // What recognisers make of a lone circle between Chinese numerals.
        '口' | 'Q' | 'D' | '。' | '□' | 'C' | 'G' => (0, LOOKALIKE_FACTOR),
        '一' | '壹' => (1, 1.0),
        '-' => (1, LOOKALIKE_FACTOR),
        '二' | '贰' | '貳' | '弍' => (2, 1.0),
        '三' | '叁' | '参' => (3, 1.0),
        '四' | '肆' => (4, 1.0),
        '五' | '伍' => (5, 1.0),
        '六' | '陆' => (6, 1.0),
        '七' | '柒' => (7, 1.0),
        '八' | '捌' => (8, 1.0),
        '九' | '玖' => (9, 1.0),
        _ => return None,
    })
}

/// True for 十 and 拾.
fn is_ten(ch: char) -> bool {
    matches!(ch, '十' | '拾')
}

/// A number from 1 to 39 in Chinese numerals at the start of `chars` (三, 十二, 二十, 三十一, 廿三,
/// 〇六): its value, the characters it takes and its factor.
pub fn han_number(chars: &[char]) -> Option<(u8, usize, f32)> {
    let first = *chars.first()?;
    if matches!(first, '廿' | '卅') {
        let tens = if first == '廿' { 20 } else { 30 };
        return Some(match chars.get(1).and_then(|&c| han_digit(c)).filter(|d| d.0 > 0) {
            Some((unit, factor)) => (tens + unit, 2, factor),
            None => (tens, 1, 1.0),
        });
    }
    if is_ten(first) {
        return Some(match chars.get(1).and_then(|&c| han_digit(c)).filter(|d| d.0 > 0) {
            Some((unit, factor)) => (10 + unit, 2, factor),
            None => (10, 1, 1.0),
        });
    }
    let (lead, lead_factor) = han_digit(first)?;
    if lead == 0 {
        // Zero-padded: 〇六.
        let (unit, factor) = chars.get(1).and_then(|&c| han_digit(c)).filter(|d| d.0 > 0)?;
        return Some((unit, 2, lead_factor * factor));
    }
    if chars.get(1).is_some_and(|&c| is_ten(c)) {
        return Some(match chars.get(2).and_then(|&c| han_digit(c)).filter(|d| d.0 > 0) {
            Some((unit, factor)) => (lead * 10 + unit, 3, lead_factor * factor),
            None => (lead * 10, 2, lead_factor),
        });
    }
    // A numeral that was cut in two boxes under a seal stands in both: no number is written 一一.
    if lead <= MOST_STROKES && chars.get(1) == Some(&first) {
        return Some((lead, 2, lead_factor * DOUBLED_FACTOR));
    }
    Some((lead, 1, lead_factor))
}

/// A number of years (2, 2.5, 四, 两, 五年半 is read as 五): its normal form in ASCII and how many
/// characters it takes.
pub fn years(chars: &[char]) -> Option<(String, usize)> {
    let run = chars.iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
    if run > 0 {
        let text: String = chars[..run].iter().collect();
        let value: f32 = text.trim_end_matches('.').parse().ok()?;
        return (value > 0.0 && value < 12.0).then(|| (format_years(value), run));
    }
    let (value, taken) = match chars.first()? {
        '两' => (2, 1),
        '半' => return None,
        _ => {
            let (value, taken, _) = han_number(chars)?;
            (value, taken)
        }
    };
    // 两年半 and 二点五年 both mean 2.5.
    if chars.get(taken..taken + 2) == Some(&['年', '半']) {
        return Some((format_years(f32::from(value) + 0.5), taken + 2));
    }
    if chars.get(taken) == Some(&'点') {
        let (tenths, _) = han_digit(*chars.get(taken + 1)?)?;
        return Some((format_years(f32::from(value) + f32::from(tenths) / 10.0), taken + 2));
    }
    (value < 12).then(|| (value.to_string(), taken))
}

fn format_years(value: f32) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    /// The number in Chinese numerals, as print has it.
    fn in_han(n: u8) -> String {
        const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        let (tens, unit) = (usize::from(n / 10), usize::from(n % 10));
        match tens {
            0 => DIGITS[unit].to_owned(),
            1 => format!("十{}", DIGITS[unit]),
            _ => format!("{}十{}", DIGITS[tens], DIGITS[unit]),
        }
    }

    proptest! {
        #[test]
        fn every_day_and_month_reads_back(n in 1u8..40, tail in "[月日]") {
            let text = in_han(n);
            let (value, taken, factor) = han_number(&chars(&format!("{text}{tail}"))).unwrap();
            prop_assert_eq!((value, taken, factor), (n, text.chars().count(), 1.0));
        }

        #[test]
        fn never_panics(text in "\\PC{0,6}") {
            let _ = (han_number(&chars(&text)), years(&chars(&text)));
        }
    }

    #[test]
    fn years_in_every_script() {
        for (text, value, taken) in [
            ("四年制", "4", 1),
            ("3年", "3", 1),
            ("2.5年", "2.5", 3),
            ("两年半", "2.5", 3),
            ("二点五年", "2.5", 3),
        ] {
            assert_eq!(years(&chars(text)), Some((value.to_owned(), taken)), "{text}");
        }
        assert_eq!(years(&chars("年")), None);
    }
}
