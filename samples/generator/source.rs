//! How a paper came to be a picture, other than being photographed itself: copied, shown on a screen, captured from one.

use rand_chacha::ChaCha8Rng;

use crate::{
    camera::settings::Settings,
    spec::{Level, between, chance, one_of},
};

/// What stands between the paper and the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A black-and-white copy was photographed or scanned.
    Photocopy,
    /// A picture of the paper on a screen was photographed.
    ScreenRecapture,
    /// A picture of the paper on a screen was captured by the device itself.
    Screenshot,
}

impl Source {
    pub fn roll(rng: &mut ChaCha8Rng) -> Self {
        one_of(&[Self::Photocopy, Self::ScreenRecapture, Self::Screenshot], rng)
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Photocopy => "source.photocopy",
            Self::ScreenRecapture => "source.screen_recapture",
            Self::Screenshot => "source.screenshot",
        }
    }

    /// The level at which such a picture is taken.
    pub const fn level(self, level: Level) -> Level {
        match (self, level) {
            (Self::Screenshot, _) => Level::Screenshot,
            (Self::Photocopy, Level::Scan | Level::Phone | Level::Hard) => level,
            _ => Level::Phone,
        }
    }
}

/// Gives a picture of a set about sources what honest pictures have that resembles a screen: print in dots, and the
/// false colours of a sensor's filter.
pub fn resemble(settings: &mut Settings, width_mm: f32, rng: &mut ChaCha8Rng) {
    settings.bayer = settings.bed.is_none() && chance(rng, 0.4);
    if chance(rng, 0.12) {
        // 85 to 200 lines an inch.
        settings.surface.dots = width_mm * between(rng, 3.3, 7.9);
    }
}
