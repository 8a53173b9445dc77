//! The picture elements of a display: where red, green and blue shine within a screen pixel.

use rand_chacha::ChaCha8Rng;

use crate::spec::{Split, chance};

/// How the colours of a pixel lie beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Red, green, blue from left to right: monitors, laptops, older phones.
    Stripe,
    /// Blue, green, red.
    Reversed,
    /// A green dot in every pixel, red and blue in every other: phones with OLED.
    Diamond,
}

/// Layouts with the dark share of a stripe's width and of a row's height, both of which differ by maker.
const PANELS: &[(Layout, f32, f32)] = &[
    (Layout::Stripe, 0.12, 0.12),
    (Layout::Diamond, 0.45, 0.4),
    (Layout::Stripe, 0.2, 0.3),
    (Layout::Reversed, 0.15, 0.2),
    (Layout::Stripe, 0.08, 0.08),
    (Layout::Diamond, 0.5, 0.5),
    (Layout::Diamond, 0.35, 0.3),
    (Layout::Stripe, 0.25, 0.15),
    (Layout::Reversed, 0.1, 0.25),
];

/// One display.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    layout: Layout,
    gap_across: f32,
    gap_along: f32,
    /// The stripes lie across the picture: a phone or tablet in the other hold.
    turned: bool,
}

impl Panel {
    pub fn roll(split: Split, rng: &mut ChaCha8Rng) -> Self {
        let (layout, gap_across, gap_along) = split.pick(PANELS, rng);
        Self { layout, gap_across, gap_along, turned: chance(rng, 0.3) }
    }

    /// Light of each colour at `at`, averaged over a box of `size`, both in screen pixels; 1 on the average.
    pub fn light(&self, at: (f32, f32), size: (f32, f32)) -> [f32; 3] {
        let ((u, v), (du, dv)) = if self.turned { ((at.1, at.0), (size.1, size.0)) } else { (at, size) };
        let lit = |x: f32, d: f32, centre: f32, gap: f32, width: f32, period: f32| {
            Slit { centre, width: width * (1.0 - gap), period }.mean(x, d)
        };
        match self.layout {
            Layout::Stripe | Layout::Reversed => {
                let row = lit(v, dv, 0.5, self.gap_along, 1.0, 1.0);
                std::array::from_fn(|c| {
                    let stripe = if self.layout == Layout::Stripe { c } else { 2 - c };
                    row * lit(u, du, (stripe as f32 + 0.5) / 3.0, self.gap_across, 1.0 / 3.0, 1.0)
                })
            }
            Layout::Diamond => {
                let across = |centre, period| lit(u, du, centre, self.gap_across, 0.7, period);
                let along = |centre, period| lit(v, dv, centre, self.gap_along, 0.9, period);
                let (even, odd) = (across(0.75, 2.0), across(1.75, 2.0));
                let (upper, lower) = (along(0.5, 2.0), along(1.5, 2.0));
                [
                    0.5 * (even * upper + odd * lower),
                    across(0.25, 1.0) * along(0.5, 1.0),
                    0.5 * (odd * upper + even * lower),
                ]
            }
        }
    }
}

/// Light through slits that repeat.
struct Slit {
    centre: f32,
    width: f32,
    period: f32,
}

impl Slit {
    /// Its mean over `size` about `at`, relative to its mean over all.
    fn mean(&self, at: f32, size: f32) -> f32 {
        let size = size.max(1e-3);
        (self.up_to(at + size / 2.0) - self.up_to(at - size / 2.0)) / size * self.period / self.width
    }

    /// Light from the origin to `x`.
    fn up_to(&self, x: f32) -> f32 {
        let (turns, rest) = ((x / self.period).floor(), x.rem_euclid(self.period));
        turns * self.width + (rest - (self.centre - self.width / 2.0)).clamp(0.0, self.width)
    }
}
