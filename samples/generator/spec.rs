//! What one sample is to be: the choices that the command line and the dice make before drawing.

use clap::ValueEnum;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Which half of the fonts, layouts, backgrounds and cameras a set may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Split {
    /// For building and tuning.
    Dev,
    /// For fair judgement: nothing of it ever appears in `dev`.
    Holdout,
}

impl Split {
    /// One of the items that this split may use; every third is set aside for `holdout`.
    pub fn pick<T: Copy>(self, items: &[T], rng: &mut ChaCha8Rng) -> T {
        let mine: Vec<T> =
            items.iter().enumerate().filter(|(i, _)| self.owns(*i)).map(|(_, item)| *item).collect();
        if mine.is_empty() { items[0] } else { mine[rng.random_range(0..mine.len())] }
    }

    /// Does the item with this index belong to the split?
    pub fn owns(self, index: usize) -> bool {
        (index % 3 == 2) == (self == Self::Holdout)
    }
}

/// How the document was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Level {
    /// Flatbed: the document fills the frame or has a thin border.
    Scan,
    /// What a careful applicant takes with a phone.
    Phone,
    /// Low light, blur, noise, strong JPEG, tilt; a person still reads it.
    Hard,
    /// A screen's own picture of itself.
    Screenshot,
    /// A PDF, with a text layer or of images only.
    Pdf,
    /// All of the above in a realistic share.
    Mixed,
}

impl Level {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Phone => "phone",
            Self::Hard => "hard",
            Self::Screenshot => "screenshot",
            Self::Pdf => "pdf",
            Self::Mixed => "mixed",
        }
    }
}

/// True with probability `p`.
pub fn chance(rng: &mut ChaCha8Rng, p: f64) -> bool {
    rng.random_bool(p.clamp(0.0, 1.0))
}

/// One of `items`, evenly.
pub fn one_of<T: Copy>(items: &[T], rng: &mut ChaCha8Rng) -> T {
    items[rng.random_range(0..items.len())]
}

/// A number in `low..=high`.
pub fn between(rng: &mut ChaCha8Rng, low: f32, high: f32) -> f32 {
    if high > low { rng.random_range(low..=high) } else { low }
}
