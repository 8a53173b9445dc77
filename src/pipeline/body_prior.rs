//! What names of schools and of bodies that issue certificates are made of.

use crate::documents::values::{fuzzy, lists::SCHOOLS, organisation, region, school};

/// Natural log of the odds that a school is in the national list rather than any other name as near to the ink:
/// all but a few per cent of schools are, and hardly any misreading is.
const LISTED: f32 = 4.0;
/// What each character adds that belongs to a word of such names (e^0.6 is two to one).
const KNOWN_WORD: f32 = 0.6;
/// A list's name is a candidate when at most this part of its characters differs from what was read.
const MOST_DIFFERENT: f32 = 0.25;
/// Words of issuing bodies, longest first, so that a longer one is taken before its part.
const WORDS: [&str; 16] = [
    "职业技能鉴定",
    "职业技能等级认定",
    "职业技能评价",
    "人力资源和社会保障",
    "职业鉴定",
    "（指导）中心",
    "指导中心",
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "供应链管理",
    "文化传播",
    "信息技术",
    "电子商务",
    "教育科技",
    "行业协会",
];
/// The bodies of the provinces, behind the province's name.
const PROVINCIAL: [&str; 5] = [
    "职业技能鉴定指导中心",
    "职业技能鉴定（指导）中心",
    "职业技能鉴定中心",
    "人力资源和社会保障厅",
    "人力资源社会保障厅",
];

/// Natural log of how much likelier `name` is as an issuer's than as a run of text.
pub(super) fn issuer_odds(name: &str) -> f32 {
    let mut rest = name.to_owned();
    let mut known = 0;
    for word in WORDS {
        if rest.contains(word) {
            known += word.chars().count();
            rest = rest.replace(word, "|");
        }
    }
    if let Some(province) = region::provinces().find(|province| name.starts_with(province)) {
        known += province.chars().count();
    }
    let whole = organisation::has_ending(name);
    KNOWN_WORD * known as f32 + if whole { KNOWN_WORD } else { -KNOWN_WORD }
}

/// Natural log of how much likelier `name` is as a school's than as a run of text.
pub(super) fn school_odds(name: &str) -> f32 {
    if school::is_listed(name) { LISTED } else { 0.0 }
}

/// Bodies of provinces that `read` may be a misreading of.
pub(super) fn issuers_like(read: &str) -> Vec<String> {
    region::provinces()
        .flat_map(|province| PROVINCIAL.iter().map(move |body| format!("{province}{body}")))
        .filter(|name| is_like(name, read))
        .collect()
}

/// Listed schools that `read` may be a misreading of.
pub(super) fn schools_like(read: &str) -> Vec<String> {
    SCHOOLS.iter().filter(|(_, name)| is_like(name, read)).map(|(_, name)| (*name).to_owned()).collect()
}

fn is_like(name: &str, read: &str) -> bool {
    let (name, read): (Vec<char>, Vec<char>) = (name.chars().collect(), read.chars().collect());
    let most = (MOST_DIFFERENT * name.len() as f32) as usize;
    name.len().abs_diff(read.len()) <= most && fuzzy::distance(&name, &read) <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_with_a_lost_character_is_thought_of() {
        let like = issuers_like("新维吾尔自治区职业技监定指导中心");
        assert!(like.contains(&"新疆维吾尔自治区职业技能鉴定指导中心".to_owned()), "{like:?}");
        assert!(schools_like("海第二工业大学").contains(&"上海第二工业大学".to_owned()));
        assert!(issuers_like("杭州盛世电子商务有限公司").is_empty());
    }

    #[test]
    fn known_words_weigh_more_than_runs_of_text() {
        assert!(issuer_odds("四川省职业技能鉴定（指导）中心") > issuer_odds("四川省职业技能鉴定（指导）心"));
        assert!(issuer_odds("郑州锦程教育科技股份有限公司") > issuer_odds("郑州锦程教育科技股份有限公查询"));
    }
}
