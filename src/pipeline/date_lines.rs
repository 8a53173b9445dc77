//! Dates decoded on the lattice where the free reading is none: `2024年178日`, `二〇一七年六月\日`.

use crate::{
    documents::{
        passage::Passage,
        values::{date, date_grammar},
    },
    ocr::{Symbol, TextLine},
};

use super::upright::Upright;

/// Prefixes kept while decoding. Dates have at most 12 symbols with few alternatives each.
const BEAM: usize = 64;
/// How much likelier (natural log) the free reading may be than the date that replaces it. A symbol that
/// a seal's stroke hides is some e⁻⁸ likely; texts that are no dates at all are below e⁻²⁰.
const FREE_LIKELIER_BY: f32 = 12.0;
/// How many printed dates are none (2024年13月1日): what keeps a mended date unsure where the ink clearly
/// says something else, so that an altered date is not put right unseen.
pub(super) const IMPOSSIBLE_DATES: f32 = 0.001;
/// Symbols of a text that may be a misread date, without its label: `2024-6-30` less one, and
/// `二〇二四年十二月三十一日` with two too many.
const LENGTHS: std::ops::RangeInclusive<usize> = 6..=14;
/// Least share of its symbols that occur in dates.
const DATE_SYMBOLS: f32 = 0.7;

/// Replaces the readings of lines that must be dates and are not.
pub(super) fn mend(documents: &mut [Upright]) {
    for line in documents.iter_mut().flat_map(|document| &mut document.text.lines) {
        if let Some(symbols) = mended(line) {
            line.symbols = symbols;
        }
    }
}

/// Characters that a printed day begins with: years from 1000 to 2999.
pub(super) fn begins_dates(ch: char) -> bool {
    matches!(ch, '1' | '2' | '一' | '二')
}

/// Characters that printed dates are made of.
pub(super) fn occurs_in_dates(ch: char) -> bool {
    ch.is_ascii_digit() || "年月日〇○零一二三四五六七八九十.-/".contains(ch)
}

/// Whether all of `text` is one day's date.
pub(super) fn is_day(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    date::find_day(&chars).is_some_and(|day| day.range.len() == chars.len())
}

fn mended(line: &TextLine) -> Option<Vec<Symbol>> {
    let lattice = line.lattice.as_ref()?;
    let text = Passage::of_line(line, 0, 0);
    let chars = text.chars();
    let start = chars.iter().position(|&ch| begins_dates(ch))?;
    let end = chars.iter().rposition(|&ch| occurs_in_dates(ch))? + 1;
    let suspect = chars.get(start..end)?;
    let marks = suspect.iter().filter(|ch| matches!(ch, '年' | '月' | '日')).count();
    let dates = suspect.iter().filter(|&&ch| occurs_in_dates(ch)).count();
    if !LENGTHS.contains(&suspect.len())
        || marks == 0
        || (dates as f32) < DATE_SYMBOLS * suspect.len() as f32
        || date::find_day(suspect).is_some()
        || date::find(suspect).is_some_and(|month| month.range.len() == suspect.len())
    {
        return None;
    }
    let first = text.glyphs.get(start)?.symbol;
    let last = text.glyphs.get(end - 1)?.symbol;
    let (from, until) = (line.symbols.get(first)?.start, line.symbols.get(last)?.end);
    let part = lattice.slice(from, until);
    let free = part.decode(1, |_, _| true).into_iter().next()?;
    let found: Vec<_> =
        part.decode(BEAM, date_grammar::allows).into_iter().filter(|h| is_day(&h.text)).collect();
    let best = found.first().filter(|best| free.log_probability - best.log_probability < FREE_LIKELIER_BY)?;
    // Against the other dates that it could be, and against what stands there being no date.
    let against_best = |other: f32| (other - best.log_probability).exp();
    let total = found.iter().map(|h| against_best(h.log_probability)).sum::<f32>()
        + IMPOSSIBLE_DATES * against_best(free.log_probability);
    let count = best.text.chars().count();
    let probability = (1.0 / total).powf(1.0 / count as f32);
    let place = |index: usize| from + (until - from) * index as f32 / count as f32;
    let date = best.text.chars().enumerate().map(|(index, ch)| Symbol {
        ch,
        probability,
        start: place(index),
        end: place(index + 1),
    });
    let before = line.symbols.get(..first)?;
    let after = line.symbols.get(last + 1..)?;
    Some(before.iter().copied().chain(date).chain(after.iter().copied()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::testing::line;

    fn text(symbols: &[Symbol]) -> String {
        symbols.iter().map(|symbol| symbol.ch).collect()
    }

    #[test]
    fn a_symbol_misread_or_lost() {
        let misread = line("二〇一七年六月\\日", &[(7, '八', 0.001)]);
        assert_eq!(text(&mended(&misread).unwrap()), "二〇一七年六月八日");
        let lost = line("日期:2026年_月6日", &[(8, '7', 0.01)]);
        assert_eq!(text(&mended(&lost).unwrap()), "日期:2026年7月6日");
    }

    #[test]
    fn a_clearly_printed_impossible_date_is_never_sure() {
        let symbols = mended(&line("2024年13月1日", &[(6, '2', 1e-4)])).unwrap();
        let certainty: f32 = symbols.iter().map(|symbol| symbol.probability).product();
        assert!(certainty < 0.2, "{certainty}");
    }

    #[test]
    fn what_the_ink_does_not_bear_out_stands() {
        assert!(mended(&line("二〇一七年六月\\日", &[])).is_none());
        assert!(mended(&line("2026年7月6日", &[])).is_none());
        assert!(mended(&line("2026年7月", &[])).is_none());
        assert!(mended(&line("1267812", &[])).is_none());
    }
}
