//! How a paper came to be a picture, other than being photographed itself: copied, shown on a screen, captured from one.

use rand_chacha::ChaCha8Rng;

use crate::{
    camera::{settings::Settings, warp::Surface},
    spec::{Level, between, one_of},
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

    /// Changes the settings of a camera that takes a screen `width_mm` of page wide.
    pub fn set(self, settings: &mut Settings, width_mm: f32, rng: &mut ChaCha8Rng) {
        if self == Self::ScreenRecapture {
            settings.surface = Surface {
                screen: between(rng, 0.14, 0.4),
                // 4 to 11 screen pixels a mm of paper: a card fills a phone's or half of a monitor's width.
                screen_pixels: width_mm * between(rng, 4.0, 11.0),
                ..Surface::default()
            };
            // Screens are bluish beside room light.
            settings.light.colour =
                [between(rng, 0.86, 0.97), between(rng, 0.95, 1.0), between(rng, 1.0, 1.08)];
        }
    }
}
