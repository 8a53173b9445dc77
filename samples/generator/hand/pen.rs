//! The pen: a stroke with pressure, and shapes bent by an unsteady hand.

use std::fmt::Write as _;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::canvas::Canvas;

/// Draws a smooth stroke through points in mm; the line swells at its start and thins at its end.
pub fn stroke(canvas: &mut Canvas, points: &[(f32, f32)], width_mm: f32, ink: &str, rng: &mut ChaCha8Rng) {
    let smooth = smoothed(points);
    let third = smooth.len().div_ceil(3).max(1);
    let pressure = rng.random_range(0.85..=1.15);
    for (i, share) in [1.05, 1.0, 0.72].into_iter().enumerate() {
        let (from, to) = (i * third, ((i + 1) * third + 1).min(smooth.len()));
        let Some(part) = smooth.get(from..to).filter(|part| !part.is_empty()) else { continue };
        let mut path = String::new();
        for (k, (x, y)) in part.iter().enumerate() {
            let _ = write!(path, "{}{x:.3} {y:.3}", if k == 0 { 'M' } else { 'L' });
        }
        if part.len() == 1 {
            path.push_str("l0.01 0");
        }
        canvas.svg(&format!(
            r#"<path d="{path}" fill="none" stroke="{ink}" stroke-width="{:.3}" stroke-linecap="round" stroke-linejoin="round"/>"#,
            width_mm * share * pressure
        ));
    }
}

/// Catmull–Rom through the points.
fn smoothed(points: &[(f32, f32)]) -> Vec<(f32, f32)> {
    const STEPS: usize = 5;
    if points.len() < 3 {
        return points.to_vec();
    }
    let at = |i: isize| points[i.clamp(0, points.len() as isize - 1) as usize];
    let mut out = Vec::with_capacity(points.len() * STEPS);
    for i in 0..points.len() as isize - 1 {
        let (a, b, c, d) = (at(i - 1), at(i), at(i + 1), at(i + 2));
        for s in 0..STEPS {
            let t = s as f32 / STEPS as f32;
            let blend = |a: f32, b: f32, c: f32, d: f32| {
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            out.push((blend(a.0, b.0, c.0, d.0), blend(a.1, b.1, c.1, d.1)));
        }
    }
    out.push(points[points.len() - 1]);
    out
}

/// A slow wave over a character, in em.
#[derive(Debug, Clone, Copy)]
pub struct Bend {
    amplitude: f32,
    phase: [f32; 4],
    pitch: [f32; 2],
}

impl Bend {
    pub fn random(wobble: f32, rng: &mut ChaCha8Rng) -> Self {
        Self {
            amplitude: 0.028 * wobble,
            phase: std::array::from_fn(|_| rng.random_range(0.0..6.3)),
            pitch: std::array::from_fn(|_| rng.random_range(3.0..7.0)),
        }
    }

    pub fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        let wave = |a: f32, b: f32, i: usize| {
            (a * self.pitch[0] + self.phase[i]).sin() + (b * self.pitch[1] + self.phase[i + 1]).sin()
        };
        (x + self.amplitude * wave(x, y, 0), y + self.amplitude * wave(y, x, 2))
    }
}

/// SVG path data with every coordinate pair sent through `map`; only absolute M, L, Q, C and Z.
pub fn bent_path(path: &str, map: impl Fn(f32, f32) -> (f32, f32)) -> String {
    let mut out = String::with_capacity(path.len() * 2);
    let mut rest = path;
    while let Some(command) = rest.chars().next() {
        let body = &rest[command.len_utf8()..];
        let end = body.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(body.len());
        out.push(command);
        let numbers: Vec<f32> = body[..end].split_whitespace().filter_map(|n| n.parse().ok()).collect();
        for pair in numbers.chunks_exact(2) {
            let (x, y) = map(pair[0], pair[1]);
            let _ = write!(out, "{x:.3} {y:.3} ");
        }
        rest = &body[end..];
    }
    out
}
