//! ID numbers decoded on the lattice, with no silent repair (DOMAIN.md §1).

use jiff::civil::Date;

use crate::{
    documents::{FieldReading, values::id_number},
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
