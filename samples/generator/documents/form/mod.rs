//! The official blanks of `models/forms`, filled by hand.

mod alteration;
mod blank;
mod clutter;
mod entries;
mod flaw;

use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use vouch::domain::{DocumentKind, Rect};

use self::{alteration::Alteration, clutter::Clutter, entries::Entry, flaw::Flaw};
use super::{Brief, Drawn, paper};
use crate::{
    canvas::{Canvas, TextStyle},
    fonts::{self, Style},
    hand::{Hand, Place},
    spec::{between, chance, one_of},
    truth::Truth,
};

const DECLARATION: (&str, &str) = (
    include_str!("../../../../models/forms/declaration_form.svg"),
    include_str!("../../../../models/forms/declaration_form.json"),
);
const WORK: (&str, &str) = (
    include_str!("../../../../models/forms/work_commitment.svg"),
    include_str!("../../../../models/forms/work_commitment.json"),
);
const EDUCATION: (&str, &str) = (
    include_str!("../../../../models/forms/education_commitment.svg"),
    include_str!("../../../../models/forms/education_commitment.json"),
);

/// Colours of paper; the first is the usual one.
const PAPERS: &[&str] = &["#fdfdfc", "#faf9f5", "#f5f3ec", "#f7f8fa", "#f3f3f1", "#efece2"];

/// The older title of the declaration form.
const TITLES: (&str, &str) = ("北京市职业技能等级认定申报表", "北京市职业技能认定申报表");

/// Who fills the form: a hand, or a computer.
enum Filler {
    Hand(Box<Hand>),
    Computer(TextStyle),
}

impl Filler {
    fn write(&mut self, canvas: &mut Canvas, place: Place, tall: bool, text: &str) -> Rect {
        match self {
            Self::Hand(hand) if tall => hand.write_cell(canvas, place, text),
            Self::Hand(hand) => hand.write(canvas, place, text),
            Self::Computer(style) => {
                let style =
                    style.clone().sized(style.size * (place.width / style.width(text).max(0.1)).min(1.0));
                let y = if tall { place.y + place.height * 0.6 } else { place.y };
                canvas.text(place.x, y, &style, text)
            }
        }
    }
}

/// Draws the form of that kind.
pub fn draw(kind: DocumentKind, brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let (svg, definition) = match kind {
        DocumentKind::WorkCommitment => WORK,
        DocumentKind::EducationCommitment => EDUCATION,
        _ => DECLARATION,
    };
    let (w, h) = paper::A4;
    let mut canvas = Canvas::new(w, h);
    let paper_colour = if brief.altered > 0 { one_of(PAPERS, rng) } else { PAPERS[0] };
    canvas.rect(0.0, 0.0, w, h, paper_colour);
    let font = fonts::pick(Style::Song, brief.split, rng);
    let title = chance(rng, 0.3).then_some(TITLES);
    let flaw = brief.tampered.then(|| Flaw::roll(rng));
    let bulge = if flaw == Some(Flaw::OtherEdition) { between(rng, 9.0, 16.0) } else { 0.0 };
    // Another edition: rows of other heights, so that no change of view makes it the official one.
    let phase = between(rng, 0.0, 6.0);
    let lower = move |y: f32| y + bulge * ((y / 30.0 + phase).sin() - phase.sin()) * 0.6;
    blank::draw(&mut canvas, svg, title, &TextStyle::new(&font, 4.0, "#111"), &lower);

    let mut filler = if flaw == Some(Flaw::Printed) {
        let style = one_of(&[Style::Song, Style::Kai, Style::Hei], rng);
        Filler::Computer(TextStyle::new(&fonts::pick(style, brief.split, rng), 3.8, "#141416"))
    } else {
        Filler::Hand(Box::new(Hand::invent(brief.split, rng)))
    };
    let mut truth = Truth::default();
    let mut entries = entries::compose(kind, brief, rng);
    if let Some(flaw) = flaw {
        flaw.apply(&mut entries, &mut truth, rng);
    }
    let mut alterations: Vec<Alteration> = Vec::new();
    let mut clutter = Vec::new();
    if brief.altered > 0 {
        if chance(rng, 0.62) {
            for _ in 0..brief.altered {
                alterations.extend(Alteration::roll(&entries, rng));
            }
        }
        // Pages with many alterations are for training: there a network has to see many near misses, too.
        let most = if brief.altered > 1 { 3 } else { 1 };
        for turn in 0..most {
            if (turn == 0 && alterations.is_empty()) || chance(rng, 0.35) {
                clutter.push(Clutter::roll(rng));
            }
        }
    }
    let mut blanks = Vec::new();
    let definition: Value = serde_json::from_str(definition).expect("form definitions are JSON");
    for field in definition["fields"].as_array().into_iter().flatten() {
        let name = field["field"].as_str().unwrap_or_default();
        let Some(entry) = entries.get(name) else {
            if field["type"] != "choice" {
                blanks.push(rect_of(field, &lower));
            }
            continue;
        };
        let altered = alterations.iter().find(|altered| altered.field == name);
        fill(&mut canvas, &mut filler, (field, entry), altered, (paper_colour, &mut truth), &lower, rng);
        if flaw != Some(Flaw::OtherEdition) && field["contract"] == true && !entry.normal.is_empty() {
            truth.field(name, entry.normal.clone());
        }
    }
    if let Filler::Hand(hand) = &mut filler {
        for sort in &clutter {
            sort.draw(&mut canvas, hand, &blanks, (paper_colour, &TextStyle::new(&font, 4.0, "#111")), rng);
            truth.control = Some(sort.as_str());
        }
    }
    let font = match &filler {
        Filler::Hand(hand) => hand.name().to_owned(),
        Filler::Computer(style) => style.font.name.to_owned(),
    };
    Drawn { canvas, kind, truth, layout: kind.as_str().to_owned(), font, text_mm: 3.4 }
}

fn rect_of(value: &Value, lower: &dyn Fn(f32) -> f32) -> Rect {
    let at = |i: usize| value["box"][i].as_f64().unwrap_or_default() as f32;
    let top = lower(at(1));
    Rect::new(at(0), top, at(0) + at(2), top + at(3))
}

fn fill(
    canvas: &mut Canvas,
    filler: &mut Filler,
    (field, entry): (&Value, &Entry),
    altered: Option<&Alteration>,
    (paper_colour, truth): (&str, &mut Truth),
    lower: &dyn Fn(f32) -> f32,
    rng: &mut ChaCha8Rng,
) {
    let name = field["field"].as_str().unwrap_or_default();
    if field["type"] == "choice" {
        let options = field["options"].as_array().into_iter().flatten();
        let wanted = &entry.normal;
        for option in options {
            let value = option["value"].as_str().map_or_else(|| option["value"].to_string(), str::to_owned);
            if value == *wanted {
                let square = rect_of(option, lower);
                match filler {
                    Filler::Hand(hand) => canvas.as_ink(|canvas| hand.tick(canvas, square)),
                    Filler::Computer(style) => {
                        let style = style.clone().sized(square.height() * 1.1);
                        canvas.text(square.left, square.bottom - 0.2, &style, "√");
                    }
                }
                canvas.field(name, square);
            }
        }
        return;
    }
    let whole = rect_of(field, lower);
    let parts: Vec<Rect> =
        field["parts"].as_array().into_iter().flatten().map(|part| rect_of(part, lower)).collect();
    let on_line = field["shape"] == "line";
    let tall = field["multiline"] == true;
    let boxes =
        if entry.written.len() > 1 && parts.len() == entry.written.len() { parts } else { vec![whole] };
    for (part, (text, place)) in entry.written.iter().zip(boxes).enumerate() {
        // Writing on a line stands on it or a little above, now and then below; in a cell in its middle.
        let y = if tall {
            place.top
        } else if on_line {
            place.bottom - between(rng, 0.7, 1.9)
        } else {
            place.top + place.height() * between(rng, 0.66, 0.78)
        };
        let inset = (place.width() * 0.04).min(1.0);
        let height = if on_line { place.height() * 1.05 } else { place.height() };
        let place = Place { x: place.left + inset, y, width: place.width() - inset, height };
        let ink =
            canvas.as_ink(|canvas| match (altered.filter(|altered| altered.part == part), &mut *filler) {
                (Some(altered), Filler::Hand(hand)) => {
                    altered.write(canvas, hand, (place, tall), text, (paper_colour, truth), rng)
                }
                _ => filler.write(canvas, place, tall, text),
            });
        canvas.field(name, ink);
    }
}
