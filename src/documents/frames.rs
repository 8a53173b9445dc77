//! Values framed by fixed words in running text, by regular expressions over folded text.

use std::ops::Range;

use regex::Regex;

use crate::{domain::FieldName, ocr::PageText};

use super::{passage::Passage, reading::FieldReading, values::Parsed};

/// One way to find a value: an expression whose group `v` is the value's text, and what it costs when
/// the value was found this way.
pub struct Frame {
    pub expression: Regex,
    pub factor: f32,
}

impl Frame {
    /// # Panics
    /// On an invalid expression: they are constants of this program, compiled once by tests.
    pub fn new(expression: &str, factor: f32) -> Self {
        Self { expression: Regex::new(expression).expect("a constant expression"), factor }
    }
}

/// The first frame, in order of preference, whose group parses.
pub fn read<T: ToString>(
    pages: &[PageText],
    text: &Passage,
    name: impl Into<FieldName>,
    frames: &[Frame],
    parse: impl Fn(&[char]) -> Option<Parsed<T>>,
) -> Option<FieldReading> {
    let folded = text.text();
    let parsed = find(&folded, text.chars(), frames, parse)?;
    text.field(pages, name, &parsed)
}

/// Where the value of the first frame that fits begins, in characters, and the frame's factor.
pub fn locate(text: &Passage, frames: &[Frame]) -> Option<(usize, f32)> {
    let folded = text.text();
    frames.iter().find_map(|frame| {
        let group = frame.expression.captures(&folded)?.name("v")?.range();
        Some((char_range(&folded, group).start, frame.factor))
    })
}

fn find<T>(
    folded: &str,
    chars: &[char],
    frames: &[Frame],
    parse: impl Fn(&[char]) -> Option<Parsed<T>>,
) -> Option<Parsed<T>> {
    frames.iter().find_map(|frame| {
        frame.expression.captures_iter(folded).find_map(|captures| {
            let group = captures.name("v")?;
            let range = char_range(folded, group.range());
            let mut parsed = parse(chars.get(range.clone())?)?.shifted(range.start);
            parsed.factor *= frame.factor;
            Some(parsed)
        })
    })
}

/// A byte range of `text` counted in characters.
pub fn char_range(text: &str, bytes: Range<usize>) -> Range<usize> {
    let count = |end: usize| text.get(..end).map_or(0, |part| part.chars().count());
    count(bytes.start)..count(bytes.end)
}
