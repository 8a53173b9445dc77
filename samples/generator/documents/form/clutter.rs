//! Controls: what happens to forms that nobody altered.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::Rect;

use crate::{
    canvas::{Canvas, TextStyle},
    draw::{seal, wear},
    hand::Hand,
    spec::{between, chance, one_of},
};

/// What looks like an alteration and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clutter {
    Seal,
    Underlined,
    DashesInBlanks,
    PenSkips,
    Fold,
    Watermark,
    Dots,
    Dirt,
    Ticks,
}

impl Clutter {
    pub fn roll(rng: &mut ChaCha8Rng) -> Self {
        one_of(
            &[
                Self::Seal,
                Self::Underlined,
                Self::DashesInBlanks,
                Self::PenSkips,
                Self::Fold,
                Self::Watermark,
                Self::Dots,
                Self::Dirt,
                Self::Ticks,
            ],
            rng,
        )
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seal => "control:seal",
            Self::Underlined => "control:underlined",
            Self::DashesInBlanks => "control:dashes",
            Self::PenSkips => "control:skips",
            Self::Fold => "control:fold",
            Self::Watermark => "control:watermark",
            Self::Dots => "control:dots",
            Self::Dirt => "control:dirt",
            Self::Ticks => "control:ticks",
        }
    }

    /// Draws it over the filled page. `blanks` are places of fields that nobody filled.
    pub fn draw(
        self,
        canvas: &mut Canvas,
        hand: &mut Hand,
        blanks: &[Rect],
        (paper, style): (&str, &TextStyle),
        rng: &mut ChaCha8Rng,
    ) {
        let entries: Vec<Rect> = canvas.fields.iter().map(|field| field.rect).collect();
        let some = |rng: &mut ChaCha8Rng| entries[rng.random_range(0..entries.len())];
        match self {
            Self::Seal => {
                let at = some(rng).center();
                let r = between(rng, 15.0, 21.0);
                seal::round(canvas, (at.x, at.y, r), "某某职业技能培训学校", None, style, rng);
            }
            Self::Underlined => {
                for _ in 0..rng.random_range(1..4) {
                    let ink = some(rng);
                    let y = ink.bottom + between(rng, -0.3, 0.5);
                    hand.line(canvas, &[(ink.left, y), (ink.center().x, y + 0.1), (ink.right, y - 0.1)]);
                }
            }
            Self::DashesInBlanks => {
                for place in blanks {
                    if !chance(rng, 0.6) {
                        continue;
                    }
                    let (c, w) = (place.center(), (place.width() * 0.4).min(14.0));
                    if chance(rng, 0.5) {
                        hand.line(canvas, &[(c.x - w, c.y), (c.x, c.y + 0.1), (c.x + w, c.y)]);
                    } else {
                        let h = place.height() * 0.35;
                        hand.line(canvas, &[(c.x + h, c.y - h), (c.x - h, c.y + h)]);
                    }
                }
            }
            Self::PenSkips => {
                for &ink in &entries {
                    wear::skips(canvas, ink, paper, rng);
                }
            }
            Self::Fold => wear::fold(canvas, rng),
            Self::Watermark => wear::watermark(canvas, style, rng),
            Self::Dots => wear::dots(canvas, rng),
            Self::Dirt => wear::dirt(canvas, rng),
            Self::Ticks => {
                // A clerk's ticks beside what was checked.
                for _ in 0..rng.random_range(2..7) {
                    let ink = some(rng);
                    let (x, y) = (ink.right + between(rng, 0.5, 2.5), ink.center().y);
                    hand.line(canvas, &[(x, y), (x + 0.8, y + 1.4), (x + 3.2, y - 2.4)]);
                }
            }
        }
    }
}
