//! What both sides of the resident ID card share: stock, ink, stamps that cover no field.

use rand_chacha::ChaCha8Rng;

use crate::{
    canvas::{Canvas, TextStyle},
    draw::guilloche,
    spec::{Split, between, chance, one_of},
};

/// Card size in mm (ISO/IEC 7810 ID-1).
pub const WIDTH: f32 = 85.6;
pub const HEIGHT: f32 = 54.0;

/// Palettes of the stock: three gradient stops and two line colours.
const STOCKS: &[[&str; 5]] = &[
    ["#dfeaf2", "#f3ecec", "#e2eee8", "#8fb0c9", "#c9a3b4"],
    ["#e6eef0", "#f6f0ea", "#e4ecf0", "#9db8b6", "#c7b49a"],
    ["#dbe6ee", "#efe9ee", "#dfe9ee", "#8aa5c4", "#b99fc0"],
    ["#e9f1ec", "#f4f1ee", "#e6edf3", "#9cc0aa", "#c0a8a0"],
    ["#e0ebf4", "#f1eef0", "#e8f0ec", "#86abc6", "#c49aa6"],
    ["#eef1f3", "#f5f2f1", "#ebf0f1", "#a9bac4", "#c4b0b0"],
];

/// Colours of the labels.
const BLUES: &[&str] = &["#2b6a9d", "#33739c", "#1f5f98", "#3a7ca8", "#26608a", "#4682a8"];

/// A blank card with its background pattern.
pub fn blank(split: Split, rng: &mut ChaCha8Rng) -> Canvas {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    canvas.corner_radius = 3.18;
    let [a, b, c, line1, line2] = split.pick(STOCKS, rng);
    let id = canvas.fresh_id();
    canvas.define(&format!(
        r#"<linearGradient id="{id}" x1="0" y1="0" x2="1" y2="0.3"><stop offset="0" stop-color="{a}"/><stop offset="0.5" stop-color="{b}"/><stop offset="1" stop-color="{c}"/></linearGradient>"#
    ));
    canvas.rect(0.0, 0.0, WIDTH, HEIGHT, &format!("url(#{id})"));
    let density = between(rng, 1.0, 1.8);
    let strength = between(rng, 0.35, 0.75);
    guilloche::waves(&mut canvas, &[line1, line2, line1], density, strength, rng);
    canvas
}

/// The colour of this card's labels.
pub fn label_colour(split: Split, rng: &mut ChaCha8Rng) -> &'static str {
    split.pick(BLUES, rng)
}

/// 样张 where no field stands, and on some cards a light watermark across the whole card.
pub fn stamps(canvas: &mut Canvas, x: f32, y: f32, style: &TextStyle, rng: &mut ChaCha8Rng) {
    if chance(rng, 0.5) {
        let stamp = style.clone().sized(4.2).filled("#c0392b").faded(0.55);
        canvas.text_turned(x, y, -12.0, &stamp, "样张");
    }
    if chance(rng, 0.1) {
        let text = one_of(&["仅供职业技能认定使用", "仅供报名审核使用", "仅限本次认定使用 他用无效"], rng);
        let style = style.clone().sized(between(rng, 2.4, 3.4)).filled("#5a6470").faded(between(rng, 0.1, 0.2));
        for row in 0..4 {
            for column in 0..3 {
                let (x, y) = (column as f32 * 38.0 - 8.0 + row as f32 * 6.0, row as f32 * 19.0 + 14.0);
                canvas.text_turned(x, y, -24.0, &style, text);
            }
        }
    }
}
