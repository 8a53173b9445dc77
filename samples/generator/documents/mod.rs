//! One document kind, one file: what it prints, where, and the truth about it.

pub mod id_back;
pub mod id_front;
pub mod id_style;

use jiff::civil::Date;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use crate::{canvas::Canvas, spec::{Level, Split}, truth::Truth, words::person::Person};

/// A drawn document with the truth about it.
pub struct Drawn {
    pub canvas: Canvas,
    pub kind: DocumentKind,
    pub truth: Truth,
    pub layout: String,
    pub font: String,
    /// Em of the smallest field text, mm.
    pub text_mm: f32,
}

/// What documents are drawn from.
pub struct Brief<'a> {
    pub person: &'a Person,
    pub split: Split,
    /// The day that validity is judged by.
    pub today: Date,
    /// A deliberate contradiction in what is printed (altered numbers, wrong spans, …).
    pub tampered: bool,
}

/// Kinds that can be drawn.
pub const DRAWN: &[DocumentKind] = &[DocumentKind::IdCardFront, DocumentKind::IdCardBack];

/// How such a document usually arrives.
pub fn level(_kind: DocumentKind, rng: &mut ChaCha8Rng) -> Level {
    match rng.random_range(0..100) {
        0..20 => Level::Scan,
        20..80 => Level::Phone,
        _ => Level::Hard,
    }
}

/// Draws a document of that kind.
pub fn draw(kind: DocumentKind, brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    match kind {
        DocumentKind::IdCardBack => id_back::draw(brief, rng),
        _ => id_front::draw(brief, rng),
    }
}
