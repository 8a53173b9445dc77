//! Words printed across a page that belong to no field: a watermark (学信网 CHSI), a specimen's mark (样张).

use crate::ocr::{PageText, TextLine};

/// The watermark of CHSI reports.
pub const CHSI: &str = "学信网CHSI";

/// The mark of a specimen.
pub const SPECIMEN: &str = "样张";

/// Least part of a mark that is removed from within a line, in characters. Two characters (学信) occur
/// in values (医学信息); a shorter mark is removed only whole.
const MIN_PART: usize = 3;

/// The pages with every part of `marks` made blank; lines and symbols keep their indices.
pub fn removed(pages: &[PageText], marks: &[&str]) -> Vec<PageText> {
    let mut pages = pages.to_vec();
    for mark in marks {
        let mark: Vec<char> = mark.chars().collect();
        for line in pages.iter_mut().flat_map(|page| &mut page.lines) {
            blank(line, &mark);
        }
    }
    pages
}

fn blank(line: &mut TextLine, mark: &[char]) {
    let places: Vec<usize> =
        line.symbols.iter().enumerate().filter(|(_, s)| !s.ch.is_whitespace()).map(|(i, _)| i).collect();
    let chars: Vec<char> = places.iter().filter_map(|&i| Some(line.symbols.get(i)?.ch)).collect();
    let is_part = |run: &[char]| mark.windows(run.len().max(1)).any(|window| window == run);
    // A line that is nothing but a part of it; one Chinese character may be a cut label's (学|制).
    let whole = is_part(&chars) && (chars.len() > 1 || chars.iter().all(char::is_ascii));
    let mut at = 0;
    while at < chars.len() {
        let part = if whole {
            Some(chars.len())
        } else {
            (MIN_PART.min(mark.len())..=mark.len()).rev().find(|&len| {
                // Latin letters alone may be a code's.
                chars.get(at..at + len).is_some_and(|run| is_part(run) && !run.iter().all(char::is_ascii))
            })
        };
        for &place in places.iter().skip(at).take(part.unwrap_or(0)) {
            if let Some(symbol) = line.symbols.get_mut(place) {
                symbol.ch = ' ';
            }
        }
        at += part.unwrap_or(1).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{layout::drawn, passage::Passage};

    fn left(text: &str) -> String {
        let pages = removed(&[drawn(text)], &[CHSI, SPECIMEN]);
        Passage::of_line(&pages[0].lines[0], 0, 0).text()
    }

    #[test]
    fn marks_go_and_values_stay() {
        assert_eq!(left("市场营销信网CHSI"), "市场营销");
        assert_eq!(left("何祥鹏样张"), "何祥鹏");
        assert_eq!(left("HSI"), "");
        for value in ["医学信息工程", "学", "ATEST2CHSI6789AB"] {
            assert_eq!(left(value), value);
        }
    }
}
