//! Coffee, ink and dirt on the paper.

use rand_chacha::ChaCha8Rng;
use vouch::domain::Rect;

use crate::{
    canvas::Canvas,
    spec::{between, one_of},
};

/// An opaque blotch over `rect`, so that its text cannot be read.
pub fn over(canvas: &mut Canvas, rect: Rect, rng: &mut ChaCha8Rng) {
    let colour = one_of(&["#3a2413", "#1b2340", "#4a2f1a", "#22201e"], rng);
    let centre = rect.center();
    let (rx, ry) = ((rect.width() * 0.45).clamp(4.0, 16.0), (rect.height() * 0.75).clamp(2.5, 9.0));
    let mut path = String::new();
    let (p1, p2) = (between(rng, 0.0, 6.0), between(rng, 0.0, 6.0));
    for i in 0..=72 {
        let a = i as f32 / 72.0 * std::f32::consts::TAU;
        let r = 1.0 + 0.13 * (3.0 * a + p1).sin() + 0.07 * (7.0 * a + p2).sin();
        let (x, y) = (centre.x + rx * r * a.cos(), centre.y + ry * r * a.sin());
        path += &format!("{}{x:.2} {y:.2}", if i == 0 { 'M' } else { 'L' });
    }
    canvas.svg(&format!(
        r#"<path d="{path}Z" fill="{colour}" opacity="0.97" stroke="{colour}" stroke-opacity="0.5" stroke-width="0.8"/>"#
    ));
    for _ in 0..5 {
        let (x, y, r) = (centre.x + between(rng, -1.6, 1.6) * rx, centre.y + between(rng, -1.8, 1.8) * ry, between(rng, 0.2, 0.6));
        canvas.svg(&format!(r#"<circle cx="{x:.2}" cy="{y:.2}" r="{r:.2}" fill="{colour}" opacity="0.8"/>"#));
    }
}
