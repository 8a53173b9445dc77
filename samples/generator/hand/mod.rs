//! Handwriting: a writer with a face, a pen and habits, drawn character by character.
//!
//! A face is a handwriting font whose outlines are bent anew for every character, or the stroke
//! order data of `hanzi-writer-data` drawn with a pen model. `scripts/install-handwriting` fetches
//! both; without them an upright script stands in.

mod digits;
mod mend;
mod pen;
mod strokes;

use std::sync::Arc;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vouch::domain::Rect;

pub use mend::Strike;

use crate::{
    canvas::Canvas,
    fonts::{self, Font, Glyph, Style},
    spec::{Split, between, chance, one_of},
};

/// What a writer's Chinese characters are made of.
enum Face {
    Font(Arc<Font>),
    Strokes,
}

/// Where a writer takes digits from.
enum Digits {
    Face,
    Latin,
    Pen,
}

/// One writer. Lengths are in em unless they say mm.
pub struct Hand {
    face: Face,
    digits: Digits,
    latin: Option<Arc<Font>>,
    /// Em in mm of an unhurried character.
    pub size_mm: f32,
    ink: String,
    /// Width of the pen's line in mm.
    pen_mm: f32,
    slant: f32,
    spacing: f32,
    /// How unsteady size, place and shape are; 0 is print, 1 is hasty.
    wobble: f32,
    /// How far a line of writing climbs over its length (mm a mm).
    drift: f32,
    /// How often a stroke runs on into the next.
    joins: f64,
    rng: ChaCha8Rng,
}

/// Where to write, in mm.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub x: f32,
    /// Baseline of a single line.
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Narrowest that a writer squeezes characters before writing over the edge.
const SQUEEZED: f32 = 0.6;

impl Hand {
    /// A writer of the split.
    pub fn invent(split: Split, rng: &mut ChaCha8Rng) -> Self {
        let own = ChaCha8Rng::seed_from_u64(rng.random());
        let strokes = strokes::installed() && chance(rng, 0.45);
        let font = fonts::try_pick(Style::Hand, split, rng);
        let face = match font {
            Some(font) if !strokes => Face::Font(font),
            None if !strokes => Face::Font(fonts::pick(Style::Kai, split, rng)),
            _ => Face::Strokes,
        };
        let digits = match (&face, rng.random_range(0..10)) {
            (Face::Strokes, 0..=7) | (Face::Font(_), 0..=4) => Digits::Pen,
            (Face::Font(_), 5..=7) => Digits::Face,
            _ => Digits::Latin,
        };
        Self {
            face,
            digits,
            latin: fonts::try_pick(Style::HandLatin, split, rng),
            size_mm: between(rng, 4.1, 5.9),
            ink: one_of(&["#16161b", "#1f2026", "#26272d", "#1b2a63", "#24357c", "#2c42a0", "#14203f"], rng)
                .to_owned(),
            pen_mm: between(rng, 0.26, 0.55),
            slant: between(rng, -0.04, 0.22),
            spacing: between(rng, -0.06, 0.12),
            wobble: between(rng, 0.25, 1.0),
            drift: between(rng, -0.015, 0.03),
            joins: f64::from(between(rng, 0.0, 0.3)),
            rng: own,
        }
    }

    /// The name of the face, for the truth.
    pub fn name(&self) -> &'static str {
        match &self.face {
            Face::Font(font) => font.name,
            Face::Strokes => "strokes",
        }
    }

    /// Writes in one line; returns the box of the ink.
    pub fn write(&mut self, canvas: &mut Canvas, place: Place, text: &str) -> Rect {
        let size = self.size_mm.min(place.height * 0.82);
        let natural = self.width(text) * size;
        let squeeze = (place.width * 0.97 / natural.max(0.1)).clamp(SQUEEZED, 1.0);
        let size = size * squeeze.sqrt().max(0.8);
        let stretch = (squeeze / squeeze.sqrt().max(0.8)).min(1.0);
        let slack = (place.width - natural * squeeze).max(0.0);
        let x = place.x + self.rng.random_range(0.0..=(slack * 0.3).min(4.0));
        self.run(canvas, (x, place.y), size, stretch, text)
    }

    /// Writes into a tall cell, in two lines when one would be too tight; returns the box of the ink.
    pub fn write_cell(&mut self, canvas: &mut Canvas, place: Place, text: &str) -> Rect {
        let size = self.size_mm.min(place.height * 0.42);
        let wide = self.width(text) * size > place.width * 0.95;
        let chars: Vec<char> = text.chars().collect();
        if !wide {
            let middle = place.y + place.height * 0.5 + size * 0.35;
            return self.write(canvas, Place { y: middle, height: size / 0.82, ..place }, text);
        }
        // As many characters as fit, the rest below.
        let mut first = chars.len().div_ceil(2);
        while first < chars.len() {
            let head: String = chars[..=first].iter().collect();
            if self.width(&head) * size > place.width * 0.93 {
                break;
            }
            first += 1;
        }
        let (head, tail): (String, String) =
            (chars[..first].iter().collect(), chars[first..].iter().collect());
        let line = |share: f32| Place {
            y: place.y + place.height * share + size * 0.35,
            height: size / 0.82,
            ..place
        };
        let top = self.write(canvas, line(0.28), &head);
        if tail.is_empty() { top } else { top.union(self.write(canvas, line(0.74), &tail)) }
    }

    /// Marks a box in one of the ways people do.
    pub fn tick(&mut self, canvas: &mut Canvas, square: Rect) {
        let (w, h) = (square.width(), square.height());
        let at = |u: f32, v: f32| (square.left + u * w, square.top + v * h);
        let strokes: Vec<Vec<(f32, f32)>> = match self.rng.random_range(0..10) {
            0..=6 => {
                let reach = self.rng.random_range(1.0..1.7);
                vec![vec![at(0.1, 0.45), at(0.4, 0.95), at(0.75, 0.3), at(reach, 0.1 - reach * 0.35)]]
            }
            7 => vec![vec![at(0.05, 0.1), at(0.95, 0.95)], vec![at(0.95, 0.05), at(0.1, 0.95)]],
            _ => {
                let rows = 5;
                let zigzag = (0..=rows * 2).map(|i| {
                    at(if i % 2 == 0 { 0.12 } else { 0.88 }, 0.1 + 0.8 * i as f32 / (rows * 2) as f32)
                });
                vec![zigzag.collect()]
            }
        };
        for stroke in strokes {
            let points: Vec<_> = stroke.into_iter().map(|p| self.shaken(p, 0.12)).collect();
            pen::stroke(canvas, &points, self.pen_mm, &self.ink, &mut self.rng);
        }
    }

    /// A point (mm) where an unsteady hand puts it.
    fn shaken(&mut self, (x, y): (f32, f32), by_mm: f32) -> (f32, f32) {
        let by = by_mm * self.wobble;
        (x + self.rng.random_range(-by..=by), y + self.rng.random_range(-by..=by))
    }

    /// Width in em without squeezing.
    fn width(&self, text: &str) -> f32 {
        text.chars().map(|c| self.advance(c)).sum()
    }

    fn advance(&self, c: char) -> f32 {
        let own = match (&self.face, self.glyph(c)) {
            (_, Some((_, glyph))) => glyph.advance,
            _ if digits::has(c) => 0.56,
            _ if c.is_ascii() => 0.5,
            _ => 1.0,
        };
        // Nobody lets digits run into each other as characters do.
        let gap = if c.is_ascii_alphanumeric() { 0.07 } else { 0.0 };
        (own + gap + self.spacing).max(0.3)
    }

    /// The outline that `c` is drawn from; `None` when the pen draws it.
    fn glyph(&self, c: char) -> Option<(Arc<Font>, Arc<Glyph>)> {
        if c.is_ascii_alphanumeric() {
            let latin = || self.latin.as_ref().and_then(|font| Some((font.clone(), font.glyph(c)?)));
            let own = match (&self.digits, &self.face) {
                (Digits::Pen, _) if digits::has(c) => return None,
                (Digits::Face, Face::Font(font)) => font.glyph(c).map(|glyph| (font.clone(), glyph)),
                _ => None,
            };
            return own.or_else(latin).or_else(|| fonts::glyph_of(&fonts::named("wenkai-light")?, c));
        }
        match &self.face {
            Face::Font(font) => font.glyph(c).map(|glyph| (font.clone(), glyph)),
            Face::Strokes if strokes::of(c).is_some() => None,
            Face::Strokes => fonts::pick_named(&["ma-shan-zheng", "wenkai-light"])
                .and_then(|font| Some((font.clone(), font.glyph(c)?))),
        }
        .or_else(|| {
            if strokes::of(c).is_some() { None } else { fonts::glyph_of(&fonts::named("wenkai-light")?, c) }
        })
    }

    fn run(&mut self, canvas: &mut Canvas, (x, y): (f32, f32), size: f32, stretch: f32, text: &str) -> Rect {
        let mut at = x;
        let mut ink = Rect::new(x, y - size * 0.8, x, y + size * 0.1);
        let mut lean = 0.0_f32;
        for c in text.chars() {
            let advance = self.advance(c) * size * stretch;
            lean = lean * 0.8 + self.rng.random_range(-0.02..=0.02) * self.wobble;
            let grow = 1.0 + self.rng.random_range(-0.09..=0.09) * self.wobble;
            let shift = self.rng.random_range(-0.06..=0.06) * self.wobble * size;
            let turn = self.rng.random_range(-0.05..=0.05) * self.wobble + lean;
            let base = y - (at - x) * self.drift + shift;
            let em = size * grow;
            if c != ' ' {
                self.character(canvas, (at, base), (em * stretch, em), turn, c);
            }
            ink = ink.union(Rect::new(at, base - em * 0.82, at + advance, base + em * 0.12));
            at += advance * (1.0 + self.rng.random_range(-0.05..=0.08) * self.wobble);
        }
        ink
    }

    /// Draws one character with its origin at `at`; `em` is its width and height in mm.
    fn character(&mut self, canvas: &mut Canvas, at: (f32, f32), em: (f32, f32), turn: f32, c: char) {
        let slant = self.slant + self.rng.random_range(-0.03..=0.03) * self.wobble;
        let bend = pen::Bend::random(self.wobble, &mut self.rng);
        // From em units (x right, y up) to mm on the page.
        let place = move |x: f32, y: f32| {
            let (x, y) = bend.apply(x, y);
            let (x, y) = (x + y * slant, y);
            let (x, y) = (x - y * turn, y + x * turn);
            (at.0 + x * em.0, at.1 - y * em.1)
        };
        if let Some((_, glyph)) = self.glyph(c) {
            let path = pen::bent_path(&glyph.path, |x, y| place(x / fonts::EM, -y / fonts::EM));
            let opacity = self.rng.random_range(0.86..=1.0);
            canvas.svg(&format!(
                r#"<path d="{path}" fill="{}" stroke="{}" stroke-width="{:.3}" opacity="{opacity:.2}"/>"#,
                self.ink,
                self.ink,
                (self.pen_mm - 0.3).max(0.02)
            ));
            return;
        }
        let strokes = match digits::strokes(c, &mut self.rng) {
            Some(strokes) => strokes,
            None => strokes::of(c).unwrap_or_default(),
        };
        let mut last: Option<(f32, f32)> = None;
        for stroke in &strokes {
            let points: Vec<_> = stroke
                .iter()
                .map(|&(x, y)| {
                    let p = place(x, y);
                    self.shaken(p, 0.045 * em.1)
                })
                .collect();
            if let (Some(from), Some(&to)) = (last, points.first())
                && self.rng.random_bool(self.joins)
            {
                pen::stroke(canvas, &[from, to], self.pen_mm * 0.45, &self.ink, &mut self.rng);
            }
            pen::stroke(canvas, &points, self.pen_mm, &self.ink, &mut self.rng);
            last = points.last().copied();
        }
    }
}
