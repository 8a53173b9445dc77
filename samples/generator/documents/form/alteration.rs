//! What an applicant did to an entry after writing it, and what only looks like it.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::Rect;

use super::entries::Entries;
use crate::{
    canvas::Canvas,
    draw::correction,
    hand::{Hand, Place, Strike},
    spec::{between, chance, one_of},
    truth::{Altered, Truth},
};

/// Where the right text stands when the wrong one was struck out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instead {
    Beside,
    Above,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Struck(Strike, Instead),
    Fluid,
    Tape,
    Overwritten,
    Erased,
}

/// An alteration of one entry.
#[derive(Debug, Clone)]
pub struct Alteration {
    means: Means,
    pub field: String,
    /// Which of the field's parts (year, month, day) is altered.
    pub part: usize,
}

/// The mean characters of wrong entries.
const STRAY: &str = "李张王刘陈杨赵黄周吴公司中心电子商务师店厂年级北京市区路国学院技术管理员";

impl Alteration {
    /// One for a form with those entries.
    pub fn roll(entries: &Entries, rng: &mut ChaCha8Rng) -> Option<Self> {
        let means = match rng.random_range(0..10) {
            0..=3 => {
                let style = one_of(&[Strike::Single, Strike::Double, Strike::Scribble, Strike::Cross], rng);
                Means::Struck(style, if chance(rng, 0.7) { Instead::Beside } else { Instead::Above })
            }
            4 => Means::Fluid,
            5 => Means::Tape,
            6 | 7 => Means::Overwritten,
            _ => Means::Erased,
        };
        // Mostly digits are made into others, now and then a character.
        let any_character = chance(rng, 0.2);
        let fits = |text: &str| {
            means != Means::Overwritten || any_character || text.chars().any(|c| c.is_ascii_digit())
        };
        let candidates: Vec<(&str, usize)> = entries
            .iter()
            .filter(|(field, _)| !matches!(field.as_str(), "signature" | "condition" | "graduation_status"))
            .flat_map(|(field, entry)| {
                let parts = entry.written.iter().enumerate();
                parts.filter(|(_, text)| fits(text)).map(move |(part, _)| (field.as_str(), part))
            })
            .collect();
        if candidates.is_empty() {
            return None;
        }
        let (field, part) = candidates[rng.random_range(0..candidates.len())];
        Some(Self { means, field: field.to_owned(), part })
    }

    const fn code(&self) -> &'static str {
        match self.means {
            Means::Struck(..) => "alteration.strikeout",
            Means::Fluid | Means::Tape => "alteration.correction_fluid",
            Means::Overwritten => "alteration.overwriting",
            Means::Erased => "alteration.erasure",
        }
    }

    const fn variant(&self) -> &'static str {
        match self.means {
            Means::Struck(Strike::Single, _) => "single",
            Means::Struck(Strike::Double, _) => "double",
            Means::Struck(Strike::Scribble, _) => "scribble",
            Means::Struck(Strike::Cross, _) => "cross",
            Means::Fluid => "fluid",
            Means::Tape => "tape",
            Means::Overwritten => "digit",
            Means::Erased => "rubbed",
        }
    }

    /// Writes the entry with its alteration; returns the box of its ink.
    pub fn write(
        &self,
        canvas: &mut Canvas,
        hand: &mut Hand,
        (place, tall): (Place, bool),
        text: &str,
        (paper, truth): (&str, &mut Truth),
        rng: &mut ChaCha8Rng,
    ) -> Rect {
        // A tall cell is written in one line here: its middle, or its lower half below a struck one.
        let single = if tall { Place { y: place.y + place.height * 0.6, ..place } } else { place };
        let (ink, altered) = match self.means {
            Means::Struck(style, Instead::Beside) => {
                let (before, wrong, after) = broken_off(text, rng);
                let boxes = hand.write_parts(canvas, single, &[&before, &wrong, &after]);
                let struck = hand.strike(canvas, boxes[1], style);
                (boxes.into_iter().reduce(Rect::union).unwrap_or(struck), struck)
            }
            Means::Struck(style, Instead::Above) => {
                let below = Place { y: single.y + single.height * 0.12, ..single };
                let wrong = hand.write_parts(canvas, below, &[&mistaken(text, rng)])[0];
                let struck = hand.strike(canvas, wrong, style);
                let height = if tall { place.height * 0.45 } else { place.height * 0.6 };
                let above = Place { y: wrong.top + 0.6, height, ..place };
                (hand.write_parts(canvas, above, &[text])[0].union(wrong), struck)
            }
            Means::Fluid | Means::Tape => {
                let wrong = hand.write_parts(canvas, single, &[&mistaken(text, rng)])[0];
                let covered = self.cover(canvas, wrong, rng);
                // Most write the right text upon it.
                let ink = hand.write_parts(canvas, single, &[text])[0];
                (ink.union(wrong), covered)
            }
            Means::Overwritten => {
                let digits: Vec<usize> =
                    text.chars().enumerate().filter(|(_, c)| c.is_ascii_digit()).map(|(i, _)| i).collect();
                let digits = if digits.is_empty() { (0..text.chars().count()).collect() } else { digits };
                let at = digits[rng.random_range(0..digits.len())];
                let right = text.chars().nth(at).unwrap_or('0');
                hand.write_over(canvas, single, text, (at, other(right, rng)))
            }
            Means::Erased => {
                let ghost = between(rng, 0.2, 0.5);
                canvas.svg(&format!(r#"<g opacity="{ghost:.2}">"#));
                let wrong = hand.write_parts(canvas, single, &[&mistaken(text, rng)])[0];
                canvas.svg("</g>");
                correction::rubbed(canvas, wrong, paper, rng);
                let ink = hand.write_parts(canvas, single, &[text])[0];
                (ink.union(wrong), wrong.inflate(0.6, 0.6))
            }
        };
        truth.finding(self.code());
        truth.alterations.push(Altered {
            code: self.code(),
            field: self.field.clone(),
            variant: self.variant(),
            place: altered,
        });
        ink
    }

    /// Covers what is wrong: closely, or generously over printed lines.
    fn cover(&self, canvas: &mut Canvas, wrong: Rect, rng: &mut ChaCha8Rng) -> Rect {
        let rect = if chance(rng, 0.4) {
            wrong.inflate(between(rng, 0.8, 2.5), between(rng, 1.2, 2.6))
        } else {
            wrong.inflate(between(rng, 0.3, 1.2), between(rng, 0.0, 0.7))
        };
        if self.means == Means::Tape {
            // Tapes are 4 to 6 mm wide.
            let middle = rect.center().y;
            let half = between(rng, 2.0, 3.0).max(wrong.height() * 0.45);
            let strip = Rect::new(rect.left, middle - half, rect.right, middle + half);
            correction::tape(canvas, strip, rng);
            strip
        } else {
            correction::fluid(canvas, rect, rng);
            rect
        }
    }
}

/// A text like `text` that is wrong in one or two characters.
fn mistaken(text: &str, rng: &mut ChaCha8Rng) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..rng.random_range(1..=2) {
        let at = rng.random_range(0..chars.len());
        chars[at] = other(chars[at], rng);
    }
    chars.into_iter().collect()
}

fn other(c: char, rng: &mut ChaCha8Rng) -> char {
    if c.is_ascii_digit() {
        other_digit(c, rng)
    } else {
        STRAY.chars().nth(rng.random_range(0..STRAY.chars().count())).unwrap_or('中')
    }
}

fn other_digit(c: char, rng: &mut ChaCha8Rng) -> char {
    loop {
        let digit = char::from(b'0' + rng.random_range(0..10));
        if digit != c {
            return digit;
        }
    }
}

/// What was written when the mistake was seen: right so far, wrong, and what is left to write. Either
/// the last characters were wrong, or all of it.
fn broken_off(text: &str, rng: &mut ChaCha8Rng) -> (String, String, String) {
    let chars: Vec<char> = text.chars().collect();
    let whole = chars.len() <= 4 && chance(rng, 0.6);
    if whole {
        return (String::new(), mistaken(text, rng), text.to_owned());
    }
    let at = rng.random_range(0..chars.len());
    let count = rng.random_range(1..=3.min(chars.len() - at));
    let head: String = chars[..at].iter().collect();
    let wrong: String = chars[at..at + count].iter().map(|&c| other(c, rng)).collect();
    (head, wrong, chars[at..].iter().collect())
}
