//! ID numbers decoded on the lattice, with no silent repair (DOMAIN.md §1).

use jiff::civil::Date;

use crate::{
    documents::{
        FieldReading,
        values::{certificate_number, id_number, nation, region},
    },
    ocr::{Hypothesis, Lattice, PageText},
};

/// How much likelier (natural log) the free reading must be for an invalid number to stand as
/// written. ln 20: when the ink says the invalid number twenty times as clearly, it is what stands
/// there; below that the network merely hesitates between two digits and validity decides.
/// Higher repairs more misreadings and risks repairing an altered number.
const WRITTEN_IF_LIKELIER_BY: f32 = 3.0;

/// Prefixes kept while decoding: more than ten confusable digits in one number do not occur.
const BEAM: usize = 48;

/// Decides between what the ink says and the likeliest valid number: replaces an invalid reading by
/// a valid one only when the ink hardly tells them apart, and keeps the other as an alternative.
pub(super) fn decide_id_number(field: &mut FieldReading, pages: &[PageText], birth: Option<Date>) {
    if id_number::IdNumber::parse(&field.value).is_ok() {
        return;
    }
    let Some(lattice) = lattice_of(field, pages) else { return };
    let hypotheses: Vec<Hypothesis> = lattice
        .decode(BEAM, |prefix, ch| {
            prefix.len() < id_number::LENGTH
                && (ch.is_ascii_digit() || (ch == 'X' && prefix.len() == id_number::LENGTH - 1))
        })
        .into_iter()
        // A printed number has 18 characters: one with more or fewer was misread, not altered.
        .filter(|hypothesis| hypothesis.text.len() == id_number::LENGTH)
        .collect();
    let Some(free) = hypotheses.first() else { return };
    let valid = hypotheses.iter().find(|h| {
        id_number::IdNumber::parse(&h.text).is_ok()
            && birth.is_none_or(|birth| id_number::birth_date(&h.text) == Some(birth))
    });
    let written = field.value.len() == id_number::LENGTH;
    match valid {
        Some(valid) if free.log_probability - valid.log_probability <= WRITTEN_IF_LIKELIER_BY => {
            settle(field, valid, probability_against(valid, free));
        }
        _ if !written => settle(field, free, MISREAD_LENGTH_FACTOR),
        _ => {}
    }
}

/// Lengths of a misread 22-character certificate number: repeats are merged, a stroke is read twice. Shorter
/// ones are a part of a number, or one of another format.
const NEARLY_SKILL_LEVEL: std::ops::RangeInclusive<usize> = 18..=24;

/// Puts a certificate number right that has nearly the 22 characters of its format: the likeliest reading
/// of the ink that keeps the format. A number of the right length is never touched.
pub(super) fn decide_certificate_number(field: &mut FieldReading, pages: &[PageText]) {
    let length = field.value.chars().count();
    if certificate_number::format(&field.value) != certificate_number::Format::Malformed
        || !NEARLY_SKILL_LEVEL.contains(&length)
        || length == certificate_number::SKILL_LEVEL_LENGTH
    {
        return;
    }
    let Some(lattice) = lattice_of(field, pages) else { return };
    let best = lattice
        .decode(BEAM, |prefix, ch| match prefix.len() {
            0 => matches!(ch, 'S' | 'Y'),
            at => at < certificate_number::SKILL_LEVEL_LENGTH && ch.is_ascii_digit(),
        })
        .into_iter()
        .find(|h| certificate_number::format(&h.text) == certificate_number::Format::SkillLevel);
    if let Some(best) = best {
        settle(field, &best, MISREAD_LENGTH_FACTOR);
    }
}

/// How much likelier (natural log) the ink may make a place that there is not than the one that is taken in its stead:
/// a hundred times. Two counties whose names differ by one character look alike only where that character does.
const PLACE_IF_WITHIN: f32 = 4.6;

/// What a name costs whose place was put as the table of regions has it.
const NEAREST_PLACE_FACTOR: f32 = 0.8;

/// Puts one character of an authority's place right when no such place is known: a rare character (颍, 鄄) comes out
/// as a commoner one of its shape. What was read stays as an alternative.
pub(super) fn decide_authority(field: &mut FieldReading, pages: &[PageText]) {
    if region::names_place(&field.value) {
        return;
    }
    let Some(lattice) = lattice_of(field, pages) else { return };
    let Some(read) = lattice.log_probability(&field.value) else { return };
    let best = region::near_places(&field.value)
        .into_iter()
        .filter_map(|text| Some(Hypothesis { log_probability: lattice.log_probability(&text)?, text }))
        .max_by(|a, b| a.log_probability.total_cmp(&b.log_probability));
    if let Some(best) = best.filter(|best| read - best.log_probability <= PLACE_IF_WITHIN) {
        settle(field, &best, NEAREST_PLACE_FACTOR);
    }
}

/// How much likelier (natural log) the ink must make a nation than the next one that differs as little from what was read:
/// e times, since 仫佬 and 仡佬 are told by one character of few strokes.
const NATION_BY: f32 = 1.0;

/// What a nation costs that was taken for what was read, as `values::nation` has it for the only one that is near.
const NEAREST_NATION_FACTOR: f32 = 0.7;

/// Takes the nation that the ink makes likeliest of those that differ by one character from what was read, which is none:
/// there are 56 and no more.
pub(super) fn decide_nation(field: &mut FieldReading, pages: &[PageText]) {
    if nation::is_listed(&field.value) {
        return;
    }
    let Some(lattice) = lattice_of(field, pages) else { return };
    let mut ranked: Vec<Hypothesis> = nation::near(&field.value)
        .filter_map(|name| {
            let log_probability = lattice.log_probability(name)?;
            Some(Hypothesis { text: name.to_owned(), log_probability })
        })
        .collect();
    ranked.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    let next = ranked.get(1).map_or(f32::NEG_INFINITY, |next| next.log_probability);
    if let Some(best) = ranked.first().filter(|best| best.log_probability - next >= NATION_BY) {
        settle(field, best, NEAREST_NATION_FACTOR);
    }
}

/// What a number costs whose length had to be put right and that is not valid even so.
const MISREAD_LENGTH_FACTOR: f32 = 0.5;

/// Takes `choice` for the value and keeps what stood there as an alternative.
fn settle(field: &mut FieldReading, choice: &Hypothesis, share: f32) {
    let before = std::mem::replace(&mut field.value, choice.text.clone());
    field.alternatives.insert(0, (before, 1.0 - share));
    field.score *= share;
}

/// Probability of `a` when only `a` and `b` are possible.
fn probability_against(a: &Hypothesis, b: &Hypothesis) -> f32 {
    1.0 / (1.0 + (b.log_probability - a.log_probability).exp())
}

/// The lattice under a field that stands in one line.
fn lattice_of(field: &FieldReading, pages: &[PageText]) -> Option<Lattice> {
    let [source] = field.sources.as_slice() else { return None };
    let line = pages.get(source.page)?.lines.get(source.line)?;
    let first = line.symbols.get(source.symbols.start)?;
    let last = line.symbols.get(source.symbols.end.checked_sub(1)?)?;
    Some(line.lattice.as_ref()?.slice(first.start, last.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{documents::Source, domain::Reader, ocr::testing};

    const VALID: &str = "11010519491231002X";

    fn page(text: &str, position: usize, other: char, p: f32) -> Vec<PageText> {
        let line = testing::line(text, &[(position, other, p)]);
        vec![PageText { lines: vec![line], ..PageText::default() }]
    }

    fn field(pages: &[PageText]) -> FieldReading {
        let text = pages[0].lines[0].text();
        let symbols = 0..pages[0].lines[0].symbols.len();
        FieldReading {
            name: "id_number".into(),
            value: text.clone(),
            text,
            sources: vec![Source { page: 0, line: 0, symbols }],
            quad: None,
            page: 0,
            score: 0.99,
            readers: vec![Reader::Ppocr],
            alternatives: Vec::new(),
        }
    }

    #[test]
    fn what_the_ink_clearly_says_is_kept_though_invalid() {
        let pages = page("110105194912310028", 3, '2', 0.01);
        let mut reading = field(&pages);
        decide_id_number(&mut reading, &pages, None);
        assert_eq!(reading.value, "110105194912310028");
        assert!(reading.alternatives.is_empty());
    }

    #[test]
    fn a_certificate_number_that_lost_a_repeat_gets_it_back() {
        // The blank between the two 2s is all but sure, so the free reading merged them elsewhere.
        let pages = page("S000033001357243008722", 0, '5', 0.6);
        let mut reading = field(&pages);
        reading.name = "certificate_number".into();
        reading.value = "500003300135724300872".to_owned();
        decide_certificate_number(&mut reading, &pages);
        assert_eq!(reading.value, "S000033001357243008722");
        assert!(reading.score < 0.6 && reading.alternatives.len() == 1);
        // As long as it should be: what is written stays.
        reading.value = "5000033001357243008722".to_owned();
        decide_certificate_number(&mut reading, &pages);
        assert_eq!(reading.value, "5000033001357243008722");
    }

    #[test]
    fn a_place_that_there_is_not_becomes_the_one_that_looks_like_it() {
        let decided = |read: &str, at, other, p| {
            let pages = page(read, at, other, p);
            let mut reading = field(&pages);
            reading.name = "issuing_authority".into();
            decide_authority(&mut reading, &pages);
            (reading.value, reading.alternatives.len())
        };
        assert_eq!(decided("临颖县公安局", 1, '颍', 0.2), ("临颍县公安局".to_owned(), 1));
        // The ink says it clearly, or the place is one: nothing is touched.
        assert_eq!(decided("临颖县公安局", 1, '颍', 0.001), ("临颖县公安局".to_owned(), 0));
        assert_eq!(decided("临城县公安局", 1, '颍', 0.4), ("临城县公安局".to_owned(), 0));
    }

    #[test]
    fn what_is_no_nation_becomes_the_one_that_the_ink_makes_likelier() {
        let decided = |p| {
            let line = testing::line("仏佬", &[(0, '仫', p), (0, '仡', 0.01)]);
            let pages = [PageText { lines: vec![line], ..PageText::default() }];
            let mut reading = field(&pages);
            reading.name = "nation".into();
            decide_nation(&mut reading, &pages);
            (reading.value, reading.alternatives.len())
        };
        assert_eq!(decided(0.2), ("仫佬".to_owned(), 1));
        // Between two that are as likely nothing is chosen.
        assert_eq!(decided(0.01), ("仏佬".to_owned(), 0));
    }

    #[test]
    fn a_hesitation_is_settled_by_the_check_digit_and_both_are_kept() {
        // The free reading has 8 for the 9 of the year, at 60 to 40.
        let mut written: Vec<char> = VALID.chars().collect();
        written[8] = '8';
        let pages = page(&written.iter().collect::<String>(), 8, '4', 0.4);
        let mut reading = field(&pages);
        assert_ne!(reading.value, VALID);
        decide_id_number(&mut reading, &pages, None);
        assert_eq!(reading.value, VALID);
        assert_eq!(reading.alternatives.len(), 1);
        assert!(reading.score < 0.5);
    }
}
