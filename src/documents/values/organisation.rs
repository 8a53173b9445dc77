//! Names of bodies that issue certificates.

use super::{Parsed, text_norm::is_han};

/// How such names end.
const ENDINGS: [&str; 14] = [
    "中心",
    "公司",
    "协会",
    "学会",
    "联合会",
    "学院",
    "学校",
    "大学",
    "局",
    "研究院",
    "委员会",
    "集团",
    "厅",
    "工厂",
];

/// Words beside the name that are not part of it.
const NOTES: [&str; 5] = ["（盖章）", "（印章）", "（公章）", "（章）", "盖章"];

/// A name with a speck of the seal read as punctuation within.
const SPECK_FACTOR: f32 = 0.9;

/// A name that was mended.
const BROKEN_FACTOR: f32 = 0.9;

/// Names of centres whose last character the seal swallowed: no other word goes on so.
const CUT_ENDINGS: [&str; 5] = ["指导中", "鉴定中", "评价中", "服务中", "考试中"];

/// Readings of names under a seal that no name holds, and what is meant.
const BROKEN: [(&str, &str); 7] = [
    ("（（", "（"),
    ("））", "）"),
    ("鉴定指导）中心", "鉴定（指导）中心"),
    ("鉴定（指导中心", "鉴定（指导）中心"),
    ("鉴定导）中心", "鉴定（指导）中心"),
    ("鉴定指中心", "鉴定指导中心"),
    ("股分有限公司", "股份有限公司"),
];

/// What such names are made of, long enough that a run of text with one other character in it can mean nothing else.
const PHRASES: [&str; 7] = [
    "职业技能鉴定",
    "职业技能等级认定",
    "职业技能评价",
    "人力资源和社会保障",
    "人力资源社会保障",
    "股份有限公司",
    "有限责任公司",
];

/// More of them, too short for that: with one character read twice they are nothing else.
const SHORT_PHRASES: [&str; 3] = ["有限公司", "指导中心", "供应链管理"];

/// Characters at the beginning of a name that tell the end of a phrase: what stood before it was lost. Two may begin
/// another word (技能, 公司).
const LEAST_CUT_START: usize = 3;

/// Supplying that character.
const CUT_ENDING_FACTOR: f32 = 0.8;

/// A bracket that is closed and was never opened, or the other way round, or a name that begins within a word: something
/// lay on the name, and what it hid is not known. Below every bar that a reading passes unseen; a person reads the rest.
const INCOMPLETE_FACTOR: f32 = 0.3;

/// The name that `chars` hold: from the first Chinese character, less notes of the seal, to the last
/// ending of an organisation's name before anything that is not Chinese.
pub fn find(chars: &[char]) -> Option<Parsed<String>> {
    let start = skip_notes(chars);
    let mut kept: Vec<(usize, char)> = Vec::new();
    let mut specks = 0;
    for (at, &ch) in chars.iter().enumerate().skip(start) {
        if is_han(ch) || matches!(ch, '（' | '）') {
            kept.push((at, ch));
        } else if ch.is_ascii_alphanumeric() {
            break;
        } else {
            specks += 1;
        }
    }
    let text: Vec<char> = kept.iter().map(|(_, ch)| *ch).collect();
    let ends_here = |end: usize| {
        ENDINGS.iter().any(|ending| {
            let pattern: Vec<char> = ending.chars().collect();
            end > pattern.len() + 1 && text[..end].ends_with(&pattern)
        })
    };
    let end = (1..=text.len()).rev().find(|&end| ends_here(end)).unwrap_or(text.len());
    if end < 4 {
        return None;
    }
    let (first, last) = (kept.first()?.0, kept.get(end - 1)?.0);
    let inner_specks = if specks > 0 { last + 1 - first > end } else { false };
    let mut value: String = text[..end].iter().collect();
    let mut factor = if inner_specks { SPECK_FACTOR } else { 1.0 };
    for (broken, meant) in BROKEN {
        if value.contains(broken) {
            value = value.replace(broken, meant);
            factor *= BROKEN_FACTOR;
        }
    }
    if let Some(whole) = CUT_ENDINGS.iter().find(|cut| value.ends_with(*cut)).map(|_| format!("{value}心")) {
        (value, factor) = (whole, factor * CUT_ENDING_FACTOR);
    }
    if let Some(mended) = with_phrases_mended(&value) {
        (value, factor) = (mended, factor * BROKEN_FACTOR);
    }
    if !has_paired_brackets(&value) || begins_within_phrase(&value) {
        factor *= INCOMPLETE_FACTOR;
    }
    Some(Parsed { value, range: first..last + 1, factor, alternatives: Vec::new() })
}

/// `name` with one other or one doubled character put right in each phrase that it is made of; `None` when there is
/// nothing to mend.
fn with_phrases_mended(name: &str) -> Option<String> {
    let mut chars: Vec<char> = without_doubled(name).chars().collect();
    let mut is_mended = chars.len() < name.chars().count();
    for phrase in PHRASES {
        let phrase: Vec<char> = phrase.chars().collect();
        for at in 0..(chars.len() + 1).saturating_sub(phrase.len()) {
            let window = &mut chars[at..at + phrase.len()];
            if window.iter().zip(&phrase).filter(|(a, b)| a != b).count() == 1 {
                window.copy_from_slice(&phrase);
                is_mended = true;
            }
        }
    }
    is_mended.then(|| chars.into_iter().collect())
}

/// `name` with each phrase in which one character was read twice put right.
fn without_doubled(name: &str) -> String {
    let mut name = name.to_owned();
    for phrase in PHRASES.iter().chain(&SHORT_PHRASES) {
        for (at, ch) in phrase.char_indices() {
            let doubled = format!("{}{ch}{}", &phrase[..at], &phrase[at..]);
            name = name.replace(&doubled, phrase);
        }
    }
    name
}

/// Whether the beginning of `name` is the end of a phrase whose own beginning is not there.
pub fn begins_within_phrase(name: &str) -> bool {
    PHRASES.iter().any(|phrase| {
        let starts = phrase.char_indices().map(|(at, _)| at).skip(1);
        starts
            .map(|at| &phrase[at..])
            .any(|end| end.chars().count() >= LEAST_CUT_START && name.starts_with(end))
    })
}

/// Whether every bracket is closed, and none before it was opened.
fn has_paired_brackets(name: &str) -> bool {
    let mut open = 0_i32;
    for ch in name.chars() {
        open += match ch {
            '（' => 1,
            '）' => -1,
            _ => 0,
        };
        if open < 0 {
            return false;
        }
    }
    open == 0
}

/// Whether `name` ends like an organisation's.
pub fn has_ending(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Where the name begins behind notes and punctuation.
fn skip_notes(chars: &[char]) -> usize {
    let mut start = 0;
    loop {
        let rest = chars.get(start..).unwrap_or_default();
        let skipped = NOTES
            .iter()
            .map(|note| note.chars().collect::<Vec<_>>())
            .find(|note| rest.starts_with(note))
            .map(|note| note.len())
            // （盖章: with its bracket lost.
            .or_else(|| rest.starts_with(&['（', '盖', '章']).then_some(3))
            .or_else(|| rest.first().is_some_and(|&ch| !is_han(ch) && ch != '（').then_some(1));
        match skipped {
            Some(len) => start += len,
            None => return start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<String> {
        find(&text.chars().collect::<Vec<_>>()).map(|parsed| parsed.value)
    }

    #[test]
    fn what_stands_beside_the_name_is_left_out() {
        for text in [
            "北京某某职业技能评价中心",
            "（盖章）:北京某某职业技能评价中心",
            "（盖章:北京某某职业技能评价中心",
            "北京某某职业技能评价中心（盖章）",
            "北京某某职业技能评价中心扫码查询jndj.osta.org.cn",
            "北京某某职业:技能评价中心v.osta.org",
        ] {
            assert_eq!(name(text).as_deref(), Some("北京某某职业技能评价中心"), "{text}");
        }
        assert_eq!(name("天成（郑州）科技有限公司").as_deref(), Some("天成（郑州）科技有限公司"));
        assert_eq!(name("河北省职业支能鉴定指导中心").as_deref(), Some("河北省职业技能鉴定指导中心"));
        assert_eq!(name("河北省职业技能鉴定定指导中心").as_deref(), Some("河北省职业技能鉴定指导中心"));
        assert_eq!(name("成都市星辰物流有有限公司").as_deref(), Some("成都市星辰物流有限公司"));
        assert_eq!(name("星辰（青岛））文化传播有限公司").as_deref(), Some("星辰（青岛）文化传播有限公司"));
        assert_eq!(name("河北省职业技能鉴定指导）中心").as_deref(), Some("河北省职业技能鉴定（指导）中心"));
        assert_eq!(name("福建省职业技能鉴定导）中心").as_deref(), Some("福建省职业技能鉴定（指导）中心"));
        assert_eq!(name("河南省职业技能鉴定指中心").as_deref(), Some("河南省职业技能鉴定指导中心"));
        assert_eq!(name("苏州某某股分有限公司").as_deref(), Some("苏州某某股份有限公司"));
        assert_eq!(name("天津市职业技能鉴定指导中").as_deref(), Some("天津市职业技能鉴定指导中心"));
        assert_eq!(name("2022年6月2日"), None);
    }

    #[test]
    fn what_shows_that_a_part_is_lost_makes_a_name_doubtful() {
        let factor = |text: &str| find(&text.chars().collect::<Vec<_>>()).map(|parsed| parsed.factor);
        assert_eq!(factor("天成（郑州）科技有限公司"), Some(1.0));
        for torn in ["浙江省职业导）中", "天成（郑州科技有限公司", "天成）郑州（科技有限公司"]
        {
            assert!(factor(torn).is_some_and(|factor| factor <= INCOMPLETE_FACTOR), "{torn}");
        }
    }
}
