//! How a writer takes back what was written: striking out, writing over.

use rand::Rng;
use vouch::domain::Rect;

use super::{Hand, Place, SQUEEZED, pen};
use crate::canvas::Canvas;

/// How an entry is struck out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    Single,
    Double,
    Scribble,
    Cross,
}

impl Hand {
    /// Writes texts one after the other in one line, each with its own box of ink.
    pub fn write_parts(&mut self, canvas: &mut Canvas, place: Place, parts: &[&str]) -> Vec<Rect> {
        let (size, stretch) = self.fitted(place, &parts.concat());
        let gap = self.rng.random_range(0.05..0.25) * size;
        let mut at = place.x;
        let mut boxes = Vec::new();
        for part in parts {
            let ink = self.run(canvas, (at, place.y), size, stretch, part);
            if !part.is_empty() {
                at = ink.right + gap;
            }
            boxes.push(ink);
        }
        boxes
    }

    /// Writes `text` after `wrong` had stood in the place of its character `at`; returns the box of the
    /// line and that of the character.
    pub fn write_over(
        &mut self,
        canvas: &mut Canvas,
        place: Place,
        text: &str,
        (at, wrong): (usize, char),
    ) -> (Rect, Rect) {
        let (size, stretch) = self.fitted(place, text);
        let chars: Vec<char> = text.chars().collect();
        let (before, after): (String, String) =
            (chars[..at].iter().collect(), chars[at + 1..].iter().collect());
        let head = self.run(canvas, (place.x, place.y), size, stretch, &before);
        let at_x = if before.is_empty() { place.x } else { head.right };
        let under = self.run(canvas, (at_x, place.y), size, stretch, &wrong.to_string());
        let usual = self.pen_mm;
        // Pressed harder, and often gone over twice.
        self.pen_mm = usual * self.rng.random_range(1.05..1.6);
        let (dx, dy) = (self.rng.random_range(-0.08..0.08) * size, self.rng.random_range(-0.06..0.06) * size);
        let right = chars[at].to_string();
        let mut over = self.run(canvas, (at_x + dx, place.y + dy), size, stretch, &right);
        if self.rng.random_bool(0.35) {
            over = over.union(self.run(canvas, (at_x + dx, place.y + dy), size, stretch, &right));
        }
        self.pen_mm = usual;
        let touched = under.union(over);
        let tail = self.run(canvas, (under.right.max(over.right - dx), place.y), size, stretch, &after);
        let whole = head.union(touched);
        (if after.is_empty() { whole } else { whole.union(tail) }, touched)
    }

    /// Size and stretch at which `text` fits.
    fn fitted(&self, place: Place, text: &str) -> (f32, f32) {
        let size = self.size_mm.min(place.height * 0.82);
        let natural = self.width(text) * size * 1.06;
        let squeeze = (place.width * 0.97 / natural.max(0.1)).clamp(SQUEEZED, 1.0);
        (size * squeeze.sqrt(), squeeze.sqrt())
    }

    /// Strikes out what stands in `ink`; returns the box of the strokes.
    pub fn strike(&mut self, canvas: &mut Canvas, ink: Rect, style: Strike) -> Rect {
        let (w, h) = (ink.width(), ink.height());
        let over = self.rng.random_range(0.2..0.9);
        let (left, right) = (ink.left - over * 0.7, ink.right + over);
        let wave = |hand: &mut Self, share: f32, tilt: f32| -> Vec<(f32, f32)> {
            let n = ((w / 3.0) as usize).clamp(3, 9);
            (0..=n)
                .map(|i| {
                    let t = i as f32 / n as f32;
                    let y = ink.top + h * share + (t - 0.5) * tilt * w;
                    hand.shaken((left + (right - left) * t, y), 0.25)
                })
                .collect()
        };
        let tilt = self.rng.random_range(-0.05..0.05);
        let middle = self.rng.random_range(0.42..0.68);
        let strokes: Vec<Vec<(f32, f32)>> = match style {
            Strike::Single => vec![wave(self, middle, tilt)],
            Strike::Double => {
                let apart = self.rng.random_range(0.14..0.3);
                vec![wave(self, middle - apart * 0.5, tilt), wave(self, middle + apart * 0.5, tilt)]
            }
            Strike::Scribble => {
                let pitch = self.rng.random_range(0.45..1.1);
                let n = ((w / pitch) as usize).clamp(6, 60);
                let lean = self.rng.random_range(-0.6..0.6);
                let zigzag = (0..=n)
                    .map(|i| {
                        let t = i as f32 / n as f32;
                        let up = i % 2 == 0;
                        let y = ink.top + h * if up { 0.12 } else { 0.92 };
                        let x = ink.left + w * t + if up { lean } else { -lean };
                        self.shaken((x, y), 0.5)
                    })
                    .collect();
                vec![zigzag]
            }
            Strike::Cross => {
                // One over all, or one a character.
                let n = if w > h * 2.6 && self.rng.random_bool(0.5) { (w / h).round().max(1.0) } else { 1.0 };
                let step = w / n;
                (0..n as usize)
                    .flat_map(|i| {
                        let x = ink.left + step * i as f32;
                        [
                            vec![
                                self.shaken((x, ink.top + h * 0.08), 0.4),
                                self.shaken((x + step, ink.bottom), 0.4),
                            ],
                            vec![
                                self.shaken((x + step, ink.top + h * 0.08), 0.4),
                                self.shaken((x, ink.bottom), 0.4),
                            ],
                        ]
                    })
                    .collect()
            }
        };
        let width = self.pen_mm * self.rng.random_range(0.9..1.3);
        let mut touched = ink;
        for stroke in &strokes {
            pen::stroke(canvas, stroke, width, &self.ink, &mut self.rng);
            for &(x, y) in stroke {
                touched = touched.union(Rect::new(x, y, x, y));
            }
        }
        touched
    }

    /// A line of the pen through points in mm: underlines, dashes, dots.
    pub fn line(&mut self, canvas: &mut Canvas, points: &[(f32, f32)]) {
        let shaken: Vec<_> = points.iter().map(|&p| self.shaken(p, 0.15)).collect();
        pen::stroke(canvas, &shaken, self.pen_mm, &self.ink, &mut self.rng);
    }
}
