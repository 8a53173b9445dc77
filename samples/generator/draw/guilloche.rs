//! Security patterns of fine wavy lines.

use std::fmt::Write as _;

use rand_chacha::ChaCha8Rng;

use crate::{canvas::Canvas, spec::between};

/// Fills the page with `count` families of fine parallel waves in `colours`.
pub fn waves(canvas: &mut Canvas, colours: &[&str], spacing: f32, opacity: f32, rng: &mut ChaCha8Rng) {
    let (w, h) = (canvas.width, canvas.height);
    for colour in colours {
        let amplitude = between(rng, 0.8, 3.0) * (h / 54.0).max(1.0);
        let period = between(rng, 14.0, 40.0) * (w / 85.0).max(1.0);
        let phase = between(rng, 0.0, 6.3);
        let tilt = between(rng, -0.25, 0.25);
        let mut path = String::new();
        let mut y0 = -amplitude * 2.0 - (tilt * w).abs();
        while y0 < h + amplitude * 2.0 + (tilt * w).abs() {
            let steps = 36;
            for i in 0..=steps {
                let x = w * i as f32 / steps as f32;
                let wave = (x / period * std::f32::consts::TAU + phase + y0 * 0.07).sin() * amplitude;
                let y = y0 + wave + tilt * x;
                let _ = write!(path, "{}{x:.2} {y:.2}", if i == 0 { 'M' } else { 'L' });
            }
            y0 += spacing;
        }
        canvas.svg(&format!(
            r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="0.12" opacity="{opacity:.2}"/>"#
        ));
    }
}

/// A rosette of `petals` about (`cx`, `cy`) with radius `r`, mm.
pub fn rosette(canvas: &mut Canvas, cx: f32, cy: f32, r: f32, petals: u32, colour: &str, opacity: f32) {
    let mut path = String::new();
    for ring in 0..6 {
        let base = r * (0.35 + 0.13 * ring as f32);
        for i in 0..=160 {
            let a = i as f32 / 160.0 * std::f32::consts::TAU;
            let radius = base * (1.0 + 0.16 * (a * petals as f32 + ring as f32).sin());
            let (x, y) = (cx + radius * a.cos(), cy + radius * a.sin());
            let _ = write!(path, "{}{x:.2} {y:.2}", if i == 0 { 'M' } else { 'L' });
        }
    }
    canvas.svg(&format!(
        r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="0.13" opacity="{opacity:.2}"/>"#
    ));
}

/// An ornamental border: nested frames with a scalloped line between them.
pub fn border(canvas: &mut Canvas, inset: f32, thickness: f32, colour: &str) {
    let (w, h) = (canvas.width - 2.0 * inset, canvas.height - 2.0 * inset);
    canvas.frame(inset, inset, w, h, thickness * 0.16, colour);
    canvas.frame(
        inset + thickness,
        inset + thickness,
        w - 2.0 * thickness,
        h - 2.0 * thickness,
        thickness * 0.08,
        colour,
    );
    let mut path = String::new();
    let middle = inset + thickness / 2.0;
    let radius = thickness * 0.38;
    let (nx, ny) = ((w / thickness) as usize, (h / thickness) as usize);
    for i in 0..nx {
        let x = middle + (w - thickness) * i as f32 / (nx.max(2) - 1) as f32;
        circle(&mut path, x, middle, radius);
        circle(&mut path, x, canvas.height - middle, radius);
    }
    for i in 0..ny {
        let y = middle + (h - thickness) * i as f32 / (ny.max(2) - 1) as f32;
        circle(&mut path, middle, y, radius);
        circle(&mut path, canvas.width - middle, y, radius);
    }
    canvas.svg(&format!(
        r#"<path d="{path}" fill="{colour}" fill-opacity="0.15" stroke="{colour}" stroke-width="0.18"/>"#
    ));
}

fn circle(path: &mut String, x: f32, y: f32, r: f32) {
    let _ = write!(path, "M{:.2} {y:.2}a{r:.2} {r:.2} 0 1 0 {d:.2} 0a{r:.2} {r:.2} 0 1 0 -{d:.2} 0", x - r, d = 2.0 * r);
}
