//! Printed texts of a form found among the lines that were read: where each place of the blank
//! lies on the page, roughly.

use std::collections::HashMap;

use crate::{documents::values::text_norm, domain::Point, ocr::TextLine};

use super::{definition::FormDefinition, homography::Pair};

/// Texts of fewer characters stand in too many places.
const MIN_CHARS: usize = 2;
/// From this length on one character may be misread, and one more for every [`CHARS_PER_ERROR`].
const FUZZY_FROM: usize = 4;
const CHARS_PER_ERROR: usize = 6;
/// Texts of this length pin down both of their ends rather than their middle only.
const LONG: usize = 6;

/// Every anchor with every place where it was read: mm of the blank → pixels of the page.
pub fn correspondences(definition: &FormDefinition, lines: &[TextLine]) -> Vec<Pair> {
    let mut texts: HashMap<Vec<char>, Vec<usize>> = HashMap::new();
    for (index, anchor) in definition.anchors.iter().enumerate() {
        let text: Vec<char> = text_norm::fold_text(&anchor.text).chars().collect();
        if text.len() >= MIN_CHARS {
            texts.entry(text).or_default().push(index);
        }
    }
    let mut pairs = Vec::new();
    for line in lines {
        let read: Vec<(char, usize)> = line
            .symbols
            .iter()
            .enumerate()
            .filter_map(|(index, symbol)| Some((text_norm::fold(symbol.ch)?, index)))
            .collect();
        if read.len() < MIN_CHARS {
            continue;
        }
        let chars: Vec<char> = read.iter().map(|(ch, _)| *ch).collect();
        for (text, anchors) in &texts {
            for (from, to) in occurrences(&chars, text) {
                let quad = line.quad_of(read[from].1..read[to - 1].1 + 1);
                let [tl, tr, br, bl] = quad.0;
                let (left, right) = (tl.lerp(bl, 0.5), tr.lerp(br, 0.5));
                for &index in anchors {
                    let place = definition.anchors[index].place;
                    let middle = f32::midpoint(place.top, place.bottom);
                    if text.len() >= LONG {
                        pairs.push(Pair { mm: Point::new(place.left, middle), px: left });
                        pairs.push(Pair { mm: Point::new(place.right, middle), px: right });
                    } else {
                        pairs.push(Pair { mm: place.center(), px: left.lerp(right, 0.5) });
                    }
                }
            }
        }
    }
    pairs
}

/// Ranges of `line` that say `text`, allowing for a misread character in a long text. Fuzzy matches
/// have the text's own length, so that both ends stay where they are.
fn occurrences(line: &[char], text: &[char]) -> Vec<(usize, usize)> {
    let allowed = if text.len() < FUZZY_FROM { 0 } else { 1 + (text.len() - FUZZY_FROM) / CHARS_PER_ERROR };
    let mut found = Vec::new();
    let mut at = 0;
    while at + text.len() <= line.len() {
        let errors = line[at..at + text.len()].iter().zip(text).filter(|(a, b)| a != b).count();
        if errors <= allowed {
            found.push((at, at + text.len()));
            at += text.len();
        } else {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn a_long_text_is_found_with_a_character_misread() {
        assert_eq!(occurrences(&chars("x证件号码y"), &chars("证件号码")), [(1, 5)]);
        assert_eq!(occurrences(&chars("证伴号码"), &chars("证件号码")), [(0, 4)]);
        assert_eq!(occurrences(&chars("姓明"), &chars("姓名")), []);
    }

    #[test]
    fn repeated_texts_are_found_each_time() {
        assert_eq!(occurrences(&chars("从事x从事"), &chars("从事")), [(0, 2), (3, 5)]);
    }
}
