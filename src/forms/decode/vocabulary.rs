//! Entries out of a word list, with an explicit "none of these".

use std::sync::LazyLock;

use crate::{
    documents::values::{fuzzy, lists},
    forms::definition::Vocabulary,
    ocr::Lattice,
};

use super::{Candidate, Decoded, alphabet, choose, free, free_reading};

/// How much less likely (natural log, a character) than the free reading a word of the list may be
/// and still be what was written: a misread character costs 2 to 8, spread over the word. Higher
/// calls more foreign words by the list's, lower leaves more misreadings as they are.
const NONE_OF_THESE: f32 = 2.2;
/// The same for lists outside of which next to nothing is written (levels, sex, nations).
const CLOSED_NONE_OF_THESE: f32 = 5.0;
/// Of so many characters one may be misread beyond recognition: in 电子商务师 one, in 商务策划专业人员 two.
/// Fewer make neighbours in the list one (数字化管理师 and 档案数字化管理师 are two characters apart).
const MATCHING_CHARACTERS: usize = 4;
/// What a word costs that is the list's but for a misread character.
const NEARLY_FACTOR: f32 = 0.85;
/// Characters of the shortest word that one misread character leaves recognisable where no other of the list differs
/// from what was read by one: 采烨员 can only be 采购员.
const ONLY_NEIGHBOUR_CHARACTERS: usize = 3;
/// What such a word costs. How often another was meant was not measured: it is below the 0.8 from which nobody looks.
const ONLY_NEIGHBOUR_FACTOR: f32 = 0.75;
/// How much rarer a word is that only the national list of occupations has (natural log).
const NOT_OF_A_PLAN: f32 = -5.0;

/// A short list of what the papers of this trade name.
static PLAN_OCCUPATIONS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| words(include_str!("../../../models/lists/plan_occupations.txt")));

fn words(text: &'static str) -> Vec<&'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn candidates(vocabulary: Vocabulary) -> Vec<Candidate> {
    let plain = |words: &[&str]| words.iter().map(|word| Candidate::new(*word, *word)).collect::<Vec<_>>();
    match vocabulary {
        Vocabulary::Sex => plain(&["男", "女"]),
        Vocabulary::Levels => levels(),
        Vocabulary::Nations => lists::NATIONS
            .iter()
            .flat_map(|&nation| {
                // Han is nine in ten.
                let prior = if nation == "汉" { 0.0 } else { -4.0 };
                [
                    Candidate::new(nation, nation).with_prior(prior),
                    Candidate::new(format!("{nation}族"), nation).with_prior(prior),
                ]
            })
            .collect(),
        Vocabulary::EducationLevels => plain(&lists::EDUCATION_LEVELS),
        Vocabulary::Majors => lists::MAJORS
            .iter()
            .flat_map(|&major| {
                [Candidate::new(major, major), Candidate::new(format!("{major}专业"), major).with_prior(-3.0)]
            })
            .collect(),
        Vocabulary::Occupations => {
            let rare = lists::OCCUPATIONS.iter().filter(|word| !PLAN_OCCUPATIONS.contains(word));
            plain(&PLAN_OCCUPATIONS)
                .into_iter()
                .chain(rare.map(|word| Candidate::new(*word, *word).with_prior(NOT_OF_A_PLAN)))
                .collect()
        }
    }
}

/// 四级, 四级/中级工, 中级工（四级）, 4级, 中级 …
fn levels() -> Vec<Candidate> {
    const NAMES: [(&str, &str); 5] =
        [("一", "高级技师"), ("二", "技师"), ("三", "高级工"), ("四", "中级工"), ("五", "初级工")];
    let mut all = Vec::new();
    for (i, (number, name)) in NAMES.iter().enumerate() {
        let value = (i + 1).to_string();
        let mut add = |text: String, prior: f32| {
            all.push(Candidate::new(text, value.clone()).with_prior(prior));
        };
        for head in [format!("{number}级"), format!("{}级", i + 1)] {
            for tail in [format!("/{name}"), format!("（{name}）"), (*name).to_owned(), format!("、{name}")]
            {
                add(format!("{head}{tail}"), -1.0);
            }
            add(head, 0.0);
        }
        add((*name).to_owned(), 0.0);
        add(format!("{name}（{number}级）"), -1.0);
        add(format!("{name}/{number}级"), -1.0);
        add((*number).to_owned(), -2.0);
        add((i + 1).to_string(), -2.0);
        if let Some(short) = name.strip_suffix('工') {
            add(short.to_owned(), -1.0);
        }
    }
    all
}

/// Whether nearly everything written in such a field is of the list.
fn is_closed(vocabulary: Vocabulary) -> bool {
    !matches!(vocabulary, Vocabulary::Occupations | Vocabulary::Majors)
}

/// The only word of `words` that differs from what was `read` by one character in the same place, if there is one such word.
fn only_neighbour<'a>(read: &[char], words: &'a [Candidate]) -> Option<&'a Candidate> {
    let differs_by_one = |word: &&Candidate| {
        word.text.chars().count() == read.len()
            && word.text.chars().zip(read).filter(|(a, b)| a != *b).count() == 1
    };
    let mut neighbours = words.iter().filter(differs_by_one);
    let first = neighbours.next().filter(|_| read.len() >= ONLY_NEIGHBOUR_CHARACTERS)?;
    neighbours.next().is_none().then_some(first)
}

/// The word of the list that was written, or else what stands there.
pub fn decode(lattice: &Lattice, vocabulary: Vocabulary) -> Option<Decoded> {
    let folded = lattice.mapped(alphabet::text);
    let (free, free_score) = free_reading(&folded);
    let words = candidates(vocabulary);
    let chosen = choose(&folded, &words);
    let margin = if is_closed(vocabulary) { CLOSED_NONE_OF_THESE } else { NONE_OF_THESE };
    match chosen {
        Some((decoded, score)) => {
            let length = decoded.text.chars().count().max(free.chars().count()).max(1) as f32;
            let loss = ((free_score - score) / length).max(0.0);
            // A stroke too many makes one character another; the others say which word it is.
            let (read, word): (Vec<char>, Vec<char>) =
                (free.chars().collect(), decoded.text.chars().collect());
            let nearly = fuzzy::distance(&read, &word) * MATCHING_CHARACTERS <= word.len();
            if loss <= margin {
                // A loss near the limit means that it is hardly told from a word of no list.
                let of_list = 1.0 / (1.0 + ((loss - margin * 0.75) * length.min(4.0)).exp());
                return Some(decoded.times(of_list));
            }
            if nearly {
                return Some(decoded.times(NEARLY_FACTOR));
            }
            if let Some((decoded, _)) =
                only_neighbour(&read, &words).and_then(|word| choose(&folded, std::slice::from_ref(word)))
            {
                return Some(decoded.times(ONLY_NEIGHBOUR_FACTOR));
            }
            free::text(std::slice::from_ref(lattice))
        }
        None => free::text(std::slice::from_ref(lattice)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::decode::testing::lattice;

    #[test]
    fn levels_in_every_notation() {
        for written in ["四级", "四级/中级工", "四级（中级工）", "中级工", "4级", "中级"]
        {
            assert_eq!(decode(&lattice(written, &[]), Vocabulary::Levels).unwrap().value, "4", "{written}");
        }
    }

    #[test]
    fn a_misread_word_is_found_in_the_list() {
        // 电子高务师 with 商 at 2 %.
        let l = lattice("电子高务师", &[(2, '商', 0.02)]);
        assert_eq!(decode(&l, Vocabulary::Occupations).unwrap().value, "电子商务师");
    }

    #[test]
    fn one_character_in_four_may_be_beyond_recognition() {
        assert_eq!(decode(&lattice("电子多务师", &[]), Vocabulary::Occupations).unwrap().value, "电子商务师");
    }

    #[test]
    fn a_short_word_with_one_neighbour_in_the_list_is_that() {
        assert_eq!(
            decode(&lattice("采烨员", &[(1, '购', 1e-4)]), Vocabulary::Occupations).unwrap().value,
            "采购员"
        );
        // 保安员, 保管员, 保洁员 and others: one misread character leaves open which it was.
        assert_eq!(
            decode(&lattice("保烨员", &[(1, '安', 1e-4), (1, '洁', 1e-4)]), Vocabulary::Occupations)
                .unwrap()
                .value,
            "保烨员"
        );
    }

    #[test]
    fn a_word_of_no_list_stays_as_it_is() {
        let decoded = decode(&lattice("张三李四", &[]), Vocabulary::Majors).unwrap();
        assert_eq!(decoded.value, "张三李四");
    }

    #[test]
    fn nations_with_and_without_suffix() {
        assert_eq!(decode(&lattice("汉族", &[]), Vocabulary::Nations).unwrap().value, "汉");
        assert_eq!(decode(&lattice("满", &[]), Vocabulary::Nations).unwrap().value, "满");
    }
}
