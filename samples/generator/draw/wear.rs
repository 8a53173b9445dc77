//! What paper suffers without anybody altering it: folds, dirt, dots; and watermarks set over it.

use rand_chacha::ChaCha8Rng;
use vouch::domain::Rect;

use crate::{
    canvas::{Canvas, TextStyle},
    spec::{between, chance, one_of},
};

/// The paper was folded: a crease across the whole page, light beside dark.
pub fn fold(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let (w, h) = (canvas.width, canvas.height);
    for across in [chance(rng, 0.8), chance(rng, 0.4)] {
        let at = between(rng, 0.28, 0.72);
        let tilt = between(rng, -1.2, 1.2);
        let (x1, y1, x2, y2) =
            if across { (0.0, h * at, w, h * at + tilt) } else { (w * at, 0.0, w * at + tilt, h) };
        let (dx, dy) = if across { (0.0, 0.22) } else { (0.22, 0.0) };
        for (shift, colour, width) in [(0.0, "#7a7872", 0.3), (1.0, "#ffffff", 0.35), (2.0, "#8a8880", 0.8)] {
            canvas.svg(&format!(
                r#"<path d="M{:.2} {:.2}L{:.2} {:.2}" stroke="{colour}" stroke-width="{width}" opacity="{:.2}"/>"#,
                x1 + dx * shift,
                y1 + dy * shift,
                x2 + dx * shift,
                y2 + dy * shift,
                between(rng, 0.12, 0.5)
            ));
        }
    }
}

/// Blotches, a ring, specks and a thumb's grease.
pub fn dirt(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let (w, h) = (canvas.width, canvas.height);
    for _ in 0..8 {
        let (id, x, y) = (canvas.fresh_id(), between(rng, 0.0, w), between(rng, 0.0, h));
        let colour = one_of(&["#8c7a58", "#6e6a62", "#9a8a66", "#77797c"], rng);
        let strength = between(rng, 0.05, 0.22);
        canvas.define(&format!(
            r#"<radialGradient id="{id}"><stop offset="0" stop-color="{colour}" stop-opacity="{strength:.2}"/><stop offset="0.6" stop-color="{colour}" stop-opacity="{:.2}"/><stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>"#,
            strength * 0.7
        ));
        canvas.svg(&format!(
            r#"<ellipse cx="{x:.1}" cy="{y:.1}" rx="{:.1}" ry="{:.1}" fill="url(#{id})"/>"#,
            between(rng, 3.0, 20.0),
            between(rng, 3.0, 14.0)
        ));
    }
    if chance(rng, 0.4) {
        let (x, y, r) =
            (between(rng, 30.0, w - 30.0), between(rng, 30.0, h - 30.0), between(rng, 28.0, 38.0));
        canvas.svg(&format!(
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="{r:.1}" fill="none" stroke="#8a6a42" stroke-width="1.6" opacity="{:.2}"/>"##,
            between(rng, 0.08, 0.3)
        ));
    }
    dots(canvas, rng);
}

/// Specks of ink and toner.
pub fn dots(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    for _ in 0..one_of(&[10, 25, 60], rng) {
        let (x, y) = (between(rng, 2.0, canvas.width - 2.0), between(rng, 2.0, canvas.height - 2.0));
        let colour = one_of(&["#1c1d22", "#24357c", "#55534f"], rng);
        canvas.svg(&format!(
            r#"<circle cx="{x:.2}" cy="{y:.2}" r="{:.2}" fill="{colour}" opacity="{:.2}"/>"#,
            between(rng, 0.08, 0.5),
            between(rng, 0.4, 1.0)
        ));
    }
}

/// 仅供…使用 in slanting rows over the page.
pub fn watermark(canvas: &mut Canvas, style: &TextStyle, rng: &mut ChaCha8Rng) {
    let text = one_of(
        &[
            "仅供职业技能认定使用",
            "仅供2026年申报使用 他用无效",
            "仅供电子商务师认定报名使用",
            "仅限本次报名使用",
        ],
        rng,
    );
    let colour = one_of(&["#8f8f8f", "#c23a3a", "#5b7fc2", "#9a9a9a"], rng);
    let style = style.clone().sized(between(rng, 4.5, 8.0)).filled(colour).faded(between(rng, 0.15, 0.4));
    let turn = between(rng, -40.0, -18.0);
    let (dx, dy) = (style.width(text) * between(rng, 1.15, 1.6), between(rng, 26.0, 60.0));
    let mut y = between(rng, 10.0, 40.0);
    let mut odd = false;
    while y < canvas.height + 40.0 {
        let mut x = if odd { -dx * 0.5 } else { 0.0 };
        while x < canvas.width {
            canvas.text_turned(x, y, turn, &style, text);
            x += dx;
        }
        y += dy;
        odd = !odd;
    }
}

/// A pen that skips: slivers of paper across strokes within `ink`.
pub fn skips(canvas: &mut Canvas, ink: Rect, paper: &str, rng: &mut ChaCha8Rng) {
    for _ in 0..(ink.width() * 0.5).ceil() as usize {
        let (x, y) = (between(rng, ink.left, ink.right), between(rng, ink.top, ink.bottom));
        canvas.svg(&format!(
            r#"<path d="M{x:.2} {y:.2}l{:.2} {:.2}" stroke="{paper}" stroke-width="{:.2}" opacity="{:.2}"/>"#,
            between(rng, -0.9, 0.9),
            between(rng, -0.9, 0.9),
            between(rng, 0.08, 0.22),
            between(rng, 0.5, 0.95)
        ));
    }
}
