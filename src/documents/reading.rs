//! What a document reader returns, before calibration and before places are mapped to page pixels.

use std::ops::Range;

use crate::domain::{FieldName, Finding, Quad, Reader};

/// Which symbols of which line a value was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Index into the slice of pages that the reader was given.
    pub page: usize,
    /// Index into that page's lines.
    pub line: usize,
    /// Indices into that line's symbols.
    pub symbols: Range<usize>,
}

/// One field as its reader understood it.
#[derive(Debug, Clone)]
pub struct FieldReading {
    pub name: FieldName,
    /// Normal form.
    pub value: String,
    /// What stands on the paper.
    pub text: String,
    /// Where it was read; several for a value over several lines; empty for a code's payload.
    pub sources: Vec<Source>,
    /// In the pixels of the upright page image.
    pub quad: Option<Quad>,
    /// Index into the slice of pages.
    pub page: usize,
    /// The recogniser's own score, 0 to 1, before calibration: geometric mean of the symbols'
    /// probabilities, lowered by what the reader knows (a fuzzy label, a value out of its list).
    pub score: f32,
    pub readers: Vec<Reader>,
    /// Other values with their scores, best first.
    pub alternatives: Vec<(String, f32)>,
}

/// Everything that one reader made of a document.
#[derive(Debug, Clone, Default)]
pub struct DocumentReading {
    pub fields: Vec<FieldReading>,
    /// Quads in these are in the pixels of the upright page image, too.
    pub findings: Vec<Finding>,
}

impl DocumentReading {
    pub fn field(&self, name: &str) -> Option<&FieldReading> {
        self.fields.iter().find(|field| field.name.as_str() == name)
    }

    /// The value of a field, when it was read.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.field(name).map(|field| field.value.as_str())
    }
}
