//! What was read on a page: lines of symbols with their places.

use std::{ops::Range, sync::Arc};

use crate::domain::{Quad, Reader, Rect};

use super::lattice::Lattice;

/// One character of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Symbol {
    pub ch: char,
    /// The recogniser's probability for it, 0 to 1 (not calibrated).
    pub probability: f32,
    /// Where it begins and ends along the line, as a share of the line's width (0 = left edge).
    pub start: f32,
    pub end: f32,
}

/// One line of text in an upright page image.
#[derive(Debug, Clone)]
pub struct TextLine {
    /// Corners in pixels of the upright page image that the line was read from.
    pub quad: Quad,
    pub symbols: Vec<Symbol>,
    /// The recogniser's whole output, for decoding under constraints; `None` for a PDF's text layer.
    pub lattice: Option<Arc<Lattice>>,
    pub reader: Reader,
}

impl TextLine {
    /// A line of evenly spaced symbols with one probability: a PDF's text layer, or a test's line.
    pub fn plain(text: &str, quad: Quad, probability: f32, reader: Reader) -> Self {
        // Full-width characters take twice the room of ASCII.
        let units = |c: char| if c.is_ascii() { 1.0_f32 } else { 2.0 };
        let total = text.chars().map(units).sum::<f32>().max(1.0);
        let mut at = 0.0;
        let symbols = text
            .chars()
            .map(|ch| {
                let start = at / total;
                at += units(ch);
                Symbol { ch, probability, start, end: at / total }
            })
            .collect();
        Self { quad, symbols, lattice: None, reader }
    }

    pub fn text(&self) -> String {
        self.symbols.iter().map(|symbol| symbol.ch).collect()
    }

    /// Geometric mean of the symbols' probabilities; 0 for an empty line.
    pub fn confidence(&self) -> f32 {
        span_confidence(&self.symbols)
    }

    /// Place of the symbols in `range` (indices into `symbols`), in the same pixels as `quad`.
    pub fn quad_of(&self, range: Range<usize>) -> Quad {
        let (Some(first), Some(last)) =
            (self.symbols.get(range.start), self.symbols.get(range.end.wrapping_sub(1)))
        else {
            return self.quad;
        };
        self.quad.between(first.start, last.end)
    }

    pub fn bounds(&self) -> Rect {
        self.quad.bounds()
    }
}

fn span_confidence(symbols: &[Symbol]) -> f32 {
    if symbols.is_empty() {
        return 0.0;
    }
    let log_sum: f32 = symbols.iter().map(|symbol| symbol.probability.max(1e-6).ln()).sum();
    (log_sum / symbols.len() as f32).exp()
}

/// A QR code or barcode.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    pub text: String,
    /// The symbology's name, e.g. `QRCode`.
    pub symbology: &'static str,
    /// Corners in the same pixels as the lines of its page.
    pub quad: Quad,
}

/// Everything that was read on one upright page.
#[derive(Debug, Clone, Default)]
pub struct PageText {
    /// Index of the page in its file.
    pub page: usize,
    /// Size of the upright page image in pixels; all quads are in these.
    pub width: f32,
    pub height: f32,
    /// In reading order: top to bottom, then left to right.
    pub lines: Vec<TextLine>,
    pub codes: Vec<Code>,
}

impl PageText {
    /// Mean height of the lines in pixels, for tolerances that scale with the print.
    pub fn line_height(&self) -> f32 {
        if self.lines.is_empty() {
            return 0.0;
        }
        self.lines.iter().map(|line| line.quad.height()).sum::<f32>() / self.lines.len() as f32
    }
}
