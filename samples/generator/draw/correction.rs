//! What covers or takes away ink: correction fluid, correction tape, a rubber.

use std::fmt::Write as _;

use rand_chacha::ChaCha8Rng;
use vouch::domain::Rect;

use crate::{
    canvas::Canvas,
    spec::{between, chance, one_of},
};

/// Whites of fluids and tapes; paper is seldom quite the same.
const WHITES: &[&str] =
    &["#ffffff", "#fdfeff", "#fbfdff", "#fffefa", "#f6f8fa", "#f4f4f0", "#eef1f4", "#fbf8ee"];

/// A blob of dried fluid over `rect`, with brush marks and a raised edge.
pub fn fluid(canvas: &mut Canvas, rect: Rect, rng: &mut ChaCha8Rng) {
    let white = one_of(WHITES, rng);
    let path = if chance(rng, 0.25) {
        // Dabbed in one or two strokes of the brush.
        format!(
            "M{:.2} {:.2}L{:.2} {:.2}L{:.2} {:.2}L{:.2} {:.2}Z",
            rect.left + between(rng, -0.5, 0.5),
            rect.top + between(rng, -0.4, 0.4),
            rect.right + between(rng, -0.5, 0.5),
            rect.top + between(rng, -0.4, 0.4),
            rect.right + between(rng, -0.5, 0.5),
            rect.bottom + between(rng, -0.4, 0.4),
            rect.left + between(rng, -0.5, 0.5),
            rect.bottom + between(rng, -0.4, 0.4)
        )
    } else {
        blob(rect, between(rng, 0.0, 0.16), rng)
    };
    let edge = if chance(rng, 0.3) { 0.0 } else { between(rng, 0.1, 0.45) };
    let (dx, dy) = (between(rng, -0.16, 0.16), between(rng, 0.02, 0.2));
    // The shadow that its thickness throws.
    canvas.svg(&format!(
        r##"<path d="{path}" transform="translate({dx:.2} {dy:.2})" fill="#5c5a55" opacity="{edge:.2}"/>"##
    ));
    let opacity = if chance(rng, 0.75) { 1.0 } else { between(rng, 0.88, 0.97) };
    canvas.svg(&format!(r#"<path d="{path}" fill="{white}" opacity="{opacity:.2}"/>"#));
    let marks = if chance(rng, 0.3) { 0.0 } else { 0.5 };
    for _ in 0..(rect.area() * marks) as usize {
        let (x, y) = (between(rng, rect.left, rect.right), between(rng, rect.top, rect.bottom));
        let (rx, ry) = (between(rng, 0.3, 1.6), between(rng, 0.08, 0.3));
        let shade = one_of(&["#d9d9d6", "#ffffff", "#e8e6e0"], rng);
        let opacity = between(rng, 0.04, 0.3);
        canvas.svg(&format!(
            r#"<ellipse cx="{x:.2}" cy="{y:.2}" rx="{rx:.2}" ry="{ry:.2}" fill="{shade}" opacity="{opacity:.2}"/>"#
        ));
    }
}

/// A strip of tape over `rect`: straight sides, torn ends.
pub fn tape(canvas: &mut Canvas, rect: Rect, rng: &mut ChaCha8Rng) {
    let white = one_of(WHITES, rng);
    let tilt = between(rng, -1.6, 1.6);
    let centre = rect.center();
    let mut path = format!("M{:.2} {:.2}L{:.2} {:.2}", rect.left, rect.top, rect.right, rect.top);
    for i in 1..6 {
        let y = rect.top + rect.height() * i as f32 / 6.0;
        let _ = write!(path, "L{:.2} {y:.2}", rect.right + between(rng, -0.35, 0.35));
    }
    let _ = write!(path, "L{:.2} {:.2}L{:.2} {:.2}Z", rect.right, rect.bottom, rect.left, rect.bottom);
    let edge = between(rng, 0.0, 0.4);
    let (dx, dy) = (between(rng, -0.1, 0.1), between(rng, 0.02, 0.14));
    canvas.svg(&format!(
        r##"<g transform="rotate({tilt:.2} {:.2} {:.2})"><path d="{path}" transform="translate({dx:.2} {dy:.2})" fill="#55534e" opacity="{edge:.2}"/><path d="{path}" fill="{white}"/>"##,
        centre.x, centre.y
    ));
    if chance(rng, 0.4) {
        // A wrinkle across it.
        let x = between(rng, rect.left, rect.right);
        canvas.svg(&format!(
            r##"<path d="M{x:.2} {:.2}L{:.2} {:.2}" stroke="#b9b7b0" stroke-width="0.12" opacity="0.6"/>"##,
            rect.top,
            x + between(rng, -0.5, 0.5),
            rect.bottom
        ));
    }
    canvas.svg("</g>");
}

/// Paper that was rubbed: what stood there is pale, printed rules are thin, fibres stand up.
pub fn rubbed(canvas: &mut Canvas, rect: Rect, paper: &str, rng: &mut ChaCha8Rng) {
    let (id, centre) = (canvas.fresh_id(), rect.center());
    let strength = between(rng, 0.2, 0.6);
    canvas.define(&format!(
        r#"<radialGradient id="{id}"><stop offset="0" stop-color="{paper}" stop-opacity="{strength:.2}"/><stop offset="0.75" stop-color="{paper}" stop-opacity="{strength:.2}"/><stop offset="1" stop-color="{paper}" stop-opacity="0"/></radialGradient>"#
    ));
    let (rx, ry) = (rect.width() * 0.62 + 0.6, rect.height() * 0.62 + 0.4);
    canvas.svg(&format!(
        r#"<ellipse cx="{:.2}" cy="{:.2}" rx="{rx:.2}" ry="{ry:.2}" fill="url(#{id})"/>"#,
        centre.x, centre.y
    ));
    // Grey of the rubber and of smeared ink.
    let smear = canvas.fresh_id();
    let grey = between(rng, 0.03, 0.16);
    canvas.define(&format!(
        r##"<radialGradient id="{smear}"><stop offset="0" stop-color="#6d6c72" stop-opacity="{grey:.2}"/><stop offset="0.7" stop-color="#6d6c72" stop-opacity="{:.2}"/><stop offset="1" stop-color="#6d6c72" stop-opacity="0"/></radialGradient>"##,
        grey * 0.8
    ));
    let (rx, ry) = (rect.width() * 0.58 + 0.8, rect.height() * 0.6 + 0.5);
    canvas.svg(&format!(
        r#"<ellipse cx="{:.2}" cy="{:.2}" rx="{rx:.2}" ry="{ry:.2}" fill="url(#{smear})"/>"#,
        centre.x + between(rng, -0.8, 0.8),
        centre.y + between(rng, -0.4, 0.4)
    ));
    let slope = between(rng, -0.5, 0.5);
    for _ in 0..(rect.area() * 1.2) as usize {
        let (x, y) = (between(rng, rect.left, rect.right), between(rng, rect.top, rect.bottom));
        let length = between(rng, 0.2, 1.4);
        let shade = one_of(&["#ffffff", "#8d8c8a", "#a5a39f", "#fdfdfb"], rng);
        canvas.svg(&format!(
            r#"<path d="M{x:.2} {y:.2}l{length:.2} {:.2}" stroke="{shade}" stroke-width="{:.2}" opacity="{:.2}"/>"#,
            length * slope,
            between(rng, 0.05, 0.14),
            between(rng, 0.1, 0.45)
        ));
    }
}

/// A closed, lobed outline around `rect`.
fn blob(rect: Rect, lobes: f32, rng: &mut ChaCha8Rng) -> String {
    let centre = rect.center();
    let phase: [f32; 3] = std::array::from_fn(|_| between(rng, 0.0, 6.3));
    let mut path = String::new();
    for i in 0..72 {
        let a = i as f32 / 72.0 * std::f32::consts::TAU;
        let r = 1.0
            + lobes
                * ((3.0 * a + phase[0]).sin() * 0.5
                    + (5.0 * a + phase[1]).sin() * 0.3
                    + (9.0 * a + phase[2]).sin() * 0.2);
        // Between an ellipse and its box.
        let (c, s) = (a.cos(), a.sin());
        let square = 1.0 / (c.abs().powi(4) + s.abs().powi(4)).powf(0.25);
        let (x, y) =
            (centre.x + rect.width() * 0.5 * c * square * r, centre.y + rect.height() * 0.5 * s * square * r);
        let _ = write!(path, "{}{x:.2} {y:.2}", if i == 0 { 'M' } else { 'L' });
    }
    path + "Z"
}
