//! Folded text that remembers which symbol of which line every character came from.

use std::ops::Range;

use crate::{
    domain::{FieldName, Point, Quad, Rect},
    ocr::{PageText, TextLine},
};

use super::{
    reading::{FieldReading, Source},
    values::{Parsed, text_norm},
};

/// One folded character with its origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    pub ch: char,
    pub probability: f32,
    pub page: usize,
    pub line: usize,
    pub symbol: usize,
    /// Free room before it, in line heights: a dropped space or a column's gap. The first glyph of a
    /// line has [`LINE_START_GAP`].
    pub gap: f32,
}

/// The gap of a line's first glyph: wider than any space within a line.
pub const LINE_START_GAP: f32 = 10.0;

/// Room that a space symbol stands for when the recogniser gives no better measure, in line heights.
const SPACE_GAP: f32 = 0.5;

/// A run of glyphs, from one line or joined from several.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passage {
    pub glyphs: Vec<Glyph>,
    chars: Vec<char>,
}

impl Passage {
    pub fn new(glyphs: Vec<Glyph>) -> Self {
        let chars = glyphs.iter().map(|glyph| glyph.ch).collect();
        Self { glyphs, chars }
    }

    /// A line's symbols, folded; spaces become gaps.
    pub fn of_line(line: &TextLine, page: usize, index: usize) -> Self {
        let height = line.quad.height().max(1.0);
        let width = line.quad.width();
        let mut glyphs: Vec<Glyph> = Vec::with_capacity(line.symbols.len());
        let mut last_end: Option<f32> = None;
        let mut spaced = false;
        for (symbol, s) in line.symbols.iter().enumerate() {
            let Some(ch) = text_norm::fold(s.ch) else {
                spaced = true;
                continue;
            };
            let gap = match last_end {
                None => LINE_START_GAP,
                Some(end) => {
                    let measured = (s.start - end) * width / height;
                    if spaced { measured.max(SPACE_GAP) } else { measured }
                }
            };
            glyphs.push(Glyph { ch, probability: s.probability, page, line: index, symbol, gap });
            last_end = Some(s.end);
            spaced = false;
        }
        Self::new(glyphs)
    }

    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }

    pub fn len(&self) -> usize {
        self.glyphs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.glyphs.is_empty()
    }

    /// The part in `range`; an empty passage when the range does not fit.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self::new(self.glyphs.get(range).unwrap_or_default().to_vec())
    }

    pub fn append(&mut self, other: &Self) {
        self.glyphs.extend_from_slice(&other.glyphs);
        self.chars.extend_from_slice(&other.chars);
    }

    /// Without punctuation at its ends.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        self.slice(text_norm::trim(&self.chars))
    }

    /// Geometric mean of the glyphs' probabilities; 0 when empty.
    pub fn confidence(&self) -> f32 {
        if self.glyphs.is_empty() {
            return 0.0;
        }
        let log_sum: f32 = self.glyphs.iter().map(|glyph| glyph.probability.max(1e-6).ln()).sum();
        (log_sum / self.glyphs.len() as f32).exp()
    }

    /// Runs of symbols, one a line, in order.
    pub fn sources(&self) -> Vec<Source> {
        let mut sources: Vec<Source> = Vec::new();
        for glyph in &self.glyphs {
            match sources.last_mut() {
                Some(last) if last.page == glyph.page && last.line == glyph.line => {
                    last.symbols.start = last.symbols.start.min(glyph.symbol);
                    last.symbols.end = last.symbols.end.max(glyph.symbol + 1);
                }
                _ => sources.push(Source {
                    page: glyph.page,
                    line: glyph.line,
                    symbols: glyph.symbol..glyph.symbol + 1,
                }),
            }
        }
        sources
    }

    /// A field read from the glyphs of `parsed.range`.
    pub fn field<T: ToString>(
        &self,
        pages: &[PageText],
        name: impl Into<FieldName>,
        parsed: &Parsed<T>,
    ) -> Option<FieldReading> {
        let part = self.slice(parsed.range.clone());
        let sources = part.sources();
        let first = sources.first()?;
        let score = part.confidence() * parsed.factor;
        let base = part.confidence();
        let mut readers: Vec<_> = sources.iter().filter_map(|s| Some(line_of(pages, s)?.reader)).collect();
        readers.dedup();
        Some(FieldReading {
            name: name.into(),
            value: parsed.value.to_string(),
            text: raw_text(pages, &sources),
            quad: quad_of(pages, &sources),
            page: first.page,
            score,
            readers,
            alternatives: parsed
                .alternatives
                .iter()
                .map(|(v, factor)| (v.to_string(), base * factor))
                .collect(),
            sources,
        })
    }

    /// A field whose value is the passage's text as it stands, trimmed.
    pub fn text_field(
        &self,
        pages: &[PageText],
        name: impl Into<FieldName>,
        factor: f32,
    ) -> Option<FieldReading> {
        let range = text_norm::trim(&self.chars);
        let value: String = self.chars.get(range.clone())?.iter().collect();
        if value.is_empty() {
            return None;
        }
        self.field(pages, name, &Parsed { value, range, factor, alternatives: Vec::new() })
    }
}

fn line_of<'a>(pages: &'a [PageText], source: &Source) -> Option<&'a TextLine> {
    pages.get(source.page)?.lines.get(source.line)
}

/// What stands on the paper at `sources`, unfolded.
fn raw_text(pages: &[PageText], sources: &[Source]) -> String {
    sources
        .iter()
        .filter_map(|source| line_of(pages, source)?.symbols.get(source.symbols.clone()))
        .flatten()
        .map(|symbol| symbol.ch)
        .collect()
}

/// Where `sources` stand: the symbols' own quad on one line, the box around them on several. Only the
/// sources on the first one's page count.
pub fn quad_of(pages: &[PageText], sources: &[Source]) -> Option<Quad> {
    let first = sources.first()?;
    let quads: Vec<Quad> = sources
        .iter()
        .filter(|source| source.page == first.page)
        .filter_map(|source| Some(line_of(pages, source)?.quad_of(source.symbols.clone())))
        .collect();
    match quads.as_slice() {
        [] => None,
        [one] => Some(*one),
        many => {
            let union = many.iter().map(Quad::bounds).reduce(Rect::union)?;
            let corner = Point::new;
            Some(Quad([
                corner(union.left, union.top),
                corner(union.right, union.top),
                corner(union.right, union.bottom),
                corner(union.left, union.bottom),
            ]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::layout::page;

    #[test]
    fn spaces_become_gaps_and_symbols_keep_their_index() {
        let pages = [page(&[(10.0, 10.0, "姓　名： 张三")])];
        let passage = Passage::of_line(&pages[0].lines[0], 0, 0);
        assert_eq!(passage.text(), "姓名:张三");
        assert_eq!(passage.glyphs[3].symbol, 5);
        assert!(passage.glyphs[1].gap >= SPACE_GAP);
        let field = passage.field(&pages, "name", &Parsed::certain("张三".to_owned(), 3..5)).unwrap();
        assert_eq!((field.text.as_str(), field.sources[0].symbols.clone()), ("张三", 5..7));
    }
}
