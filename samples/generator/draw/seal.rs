//! Round red seals, with uneven ink, printed over text.

use std::f32::consts::TAU;

use rand_chacha::ChaCha8Rng;

use super::emblem::star;
use crate::{
    canvas::{Canvas, TextStyle},
    spec::{between, one_of},
};

/// Stamps the seal of `owner` about (`cx`, `cy`), radius `r` mm; `line` stands under the star.
pub fn round(canvas: &mut Canvas, cx: f32, cy: f32, r: f32, owner: &str, line: Option<&str>, style: &TextStyle, rng: &mut ChaCha8Rng) {
    let colour = one_of(&["#d8232a", "#c81e2c", "#e03a35", "#b92430"], rng);
    let opacity = between(rng, 0.55, 0.88);
    let turn = between(rng, -14.0, 14.0);
    let (mask, fade) = (canvas.fresh_id(), canvas.fresh_id());
    let (fx, fy) = (between(rng, 0.2, 0.8), between(rng, 0.2, 0.8));
    canvas.define(&format!(
        r##"<radialGradient id="{fade}" cx="{fx}" cy="{fy}" r="0.8"><stop offset="0" stop-color="#fff"/><stop offset="0.75" stop-color="#ddd"/><stop offset="1" stop-color="#777"/></radialGradient><mask id="{mask}" x="-1" y="-1" width="3" height="3"><rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" fill="url(#{fade})"/></mask>"##,
        cx - r * 1.2, cy - r * 1.2, r * 2.4, r * 2.4
    ));
    canvas.svg(&format!(r#"<g mask="url(#{mask})" opacity="{opacity:.2}"><g transform="rotate({turn:.1} {cx} {cy})">"#));
    canvas.svg(&format!(r#"<circle cx="{cx}" cy="{cy}" r="{r}" fill="none" stroke="{colour}" stroke-width="{:.2}"/>"#, r * 0.055));
    canvas.svg(&format!(r#"<path d="{}" fill="{colour}"/>"#, star(cx, cy, r * 0.28, 0.0)));
    let count = owner.chars().count().max(2) as f32;
    let span = (count * 0.36).min(TAU * 0.74);
    let size = (r * 0.3).min(r * 0.72 * span / count * 0.98);
    for (i, c) in owner.chars().enumerate() {
        let a = -span / 2.0 + span * (i as f32 + 0.5) / count;
        let (x, y) = (cx + r * 0.64 * a.sin(), cy - r * 0.64 * a.cos());
        let text = style.clone().filled(colour).sized(size).stretched(0.9);
        canvas.svg(&format!(r#"<g transform="rotate({:.1} {x:.2} {y:.2}) translate(0 0)">"#, a.to_degrees()));
        canvas.glyphs(x - size * 0.45, y, &text, &c.to_string());
        canvas.svg("</g>");
    }
    if let Some(line) = line {
        let text = style.clone().filled(colour).sized(r * 0.19);
        let width = text.width(line);
        canvas.glyphs(cx - width / 2.0, cy + r * 0.6, &text, line);
    }
    canvas.svg("</g></g>");
}
