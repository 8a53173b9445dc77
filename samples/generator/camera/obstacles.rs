//! Fingers and things that lie over the document.

use rand_chacha::ChaCha8Rng;
use vouch::domain::Point;

use super::frame::Frame;
use crate::spec::{between, one_of};

/// Skin tones.
const SKINS: &[[f32; 3]] = &[
    [226.0, 178.0, 146.0],
    [204.0, 150.0, 116.0],
    [238.0, 194.0, 166.0],
    [180.0, 124.0, 92.0],
    [132.0, 88.0, 64.0],
];

/// A finger of `radius` px that comes from `from` and ends at `tip`.
pub fn finger(frame: &mut Frame, from: Point, tip: Point, radius: f32, rng: &mut ChaCha8Rng) {
    finger_of(frame, from, tip, radius, one_of(SKINS, rng));
}

/// Several fingers side by side, the middle one's tip at `tip`.
pub fn hand(frame: &mut Frame, from: Point, tip: Point, radius: f32, fingers: usize, rng: &mut ChaCha8Rng) {
    let skin = one_of(SKINS, rng);
    let length = tip.distance(from).max(1.0);
    let across = Point::new((from.y - tip.y) / length, (tip.x - from.x) / length);
    let along = Point::new((tip.x - from.x) / length, (tip.y - from.y) / length);
    for i in 0..fingers {
        let offset = (i as f32 - (fingers - 1) as f32 / 2.0) * radius * 2.05;
        let back = offset.abs() * between(rng, 0.1, 0.5);
        let shift = |p: Point, back: f32| {
            Point::new(p.x + across.x * offset - along.x * back, p.y + across.y * offset - along.y * back)
        };
        finger_of(frame, shift(from, 0.0), shift(tip, back), radius * between(rng, 0.9, 1.05), skin);
    }
}

fn finger_of(frame: &mut Frame, from: Point, tip: Point, radius: f32, skin: [f32; 3]) {
    let nail = tip.lerp(from, radius * 0.35 / tip.distance(from).max(1.0));
    let axis = (tip.y - from.y).atan2(tip.x - from.x);
    capsule(frame, from, tip, radius, |across, p| {
        // Round: darker towards the sides.
        let shade = 1.0 - 0.38 * across * across;
        let (dx, dy) = (p.x - nail.x, p.y - nail.y);
        let (a, b) = (dx * axis.cos() + dy * axis.sin(), dy * axis.cos() - dx * axis.sin());
        let on_nail = (a / (radius * 0.75)).powi(2) + (b / (radius * 0.55)).powi(2) < 1.0;
        let colour = if on_nail { [skin[0] + 8.0, skin[1] + 14.0, skin[2] + 20.0] } else { skin };
        colour.map(|v| v * shade)
    });
}

/// A pen, a strip of paper or a coin's edge: a capsule of one colour.
pub fn object(frame: &mut Frame, from: Point, to: Point, radius: f32, rng: &mut ChaCha8Rng) {
    let colour = one_of(
        &[
            [34.0, 34.0, 38.0],
            [28.0, 66.0, 150.0],
            [176.0, 36.0, 40.0],
            [196.0, 196.0, 200.0],
            [88.0, 70.0, 52.0],
            [246.0, 246.0, 244.0],
            [228.0, 196.0, 60.0],
        ],
        rng,
    );
    let shine = between(rng, 20.0, 80.0);
    capsule(frame, from, to, radius, |across, _| {
        let glint = (-((across + 0.4) * 5.0).powi(2)).exp() * shine;
        colour.map(|v: f32| v * (1.0 - 0.4 * across * across) + glint)
    });
}

/// Paints all points within `radius` of the segment; `colour` gets the place across the axis
/// (−1 to 1) and the point.
fn capsule(frame: &mut Frame, from: Point, to: Point, radius: f32, colour: impl Fn(f32, Point) -> [f32; 3]) {
    let reach = radius * 1.5;
    let x0 = (from.x.min(to.x) - reach).max(0.0) as usize;
    let y0 = (from.y.min(to.y) - reach).max(0.0) as usize;
    let x1 = ((from.x.max(to.x) + reach).max(0.0) as usize).min(frame.width);
    let y1 = ((from.y.max(to.y) + reach).max(0.0) as usize).min(frame.height);
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length2 = (dx * dx + dy * dy).max(1.0);
    for y in y0..y1 {
        for x in x0..x1 {
            let p = Point::new(x as f32, y as f32);
            let t = (((p.x - from.x) * dx + (p.y - from.y) * dy) / length2).clamp(0.0, 1.0);
            let nearest = Point::new(from.x + dx * t, from.y + dy * t);
            let distance = p.distance(nearest);
            let pixel = &mut frame.pixels[y * frame.width + x];
            if distance > radius {
                // Contact shadow.
                let shadow = (1.0 - (distance - radius) / (reach - radius)).max(0.0);
                *pixel = pixel.map(|v| v * (1.0 - 0.35 * shadow));
                continue;
            }
            let side = ((p.x - from.x) * dy - (p.y - from.y) * dx).signum();
            let edge = ((radius - distance) / 1.5).min(1.0);
            let paint = colour(side * distance / radius, p);
            for c in 0..3 {
                pixel[c] = pixel[c] * (1.0 - edge) + paint[c] * edge;
            }
        }
    }
}
