//! The official blanks of `models/forms`, filled in a font that resembles handwriting. Enough to
//! know the kind and to judge quality and crop; real hands are a later matter.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{Brief, Drawn, paper};
use crate::{
    canvas::{Canvas, TextStyle},
    fonts::{self, Style},
    spec::{between, one_of},
    truth::Truth,
    words::dates,
};

const DECLARATION: (&str, &str) = (include_str!("../../../models/forms/declaration_form.svg"), include_str!("../../../models/forms/declaration_form.json"));
const WORK: (&str, &str) = (include_str!("../../../models/forms/work_commitment.svg"), include_str!("../../../models/forms/work_commitment.json"));
const EDUCATION: (&str, &str) = (include_str!("../../../models/forms/education_commitment.svg"), include_str!("../../../models/forms/education_commitment.json"));

/// Draws the form of that kind.
pub fn draw(kind: DocumentKind, brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let (svg, definition) = match kind {
        DocumentKind::WorkCommitment => WORK,
        DocumentKind::EducationCommitment => EDUCATION,
        _ => DECLARATION,
    };
    let (w, h) = paper::A4;
    let mut canvas = Canvas::new(w, h);
    canvas.rect(0.0, 0.0, w, h, "#fdfdfc");
    let font = fonts::pick(Style::Song, brief.split, rng);
    blank(&mut canvas, svg, &TextStyle::new(&font, 4.0, "#111"));
    let hand = fonts::pick(Style::Hand, brief.split, rng);
    let pen = TextStyle::new(&hand, 4.6, one_of(&["#1b1b20", "#1d2b66", "#202024"], rng)).bold(0.02);
    let mut truth = Truth::default();
    let person = brief.person;
    let definition: serde_json::Value = serde_json::from_str(definition).expect("form definitions are JSON");
    for field in definition["fields"].as_array().into_iter().flatten() {
        let name = field["field"].as_str().unwrap_or_default();
        let (text, normal) = match name {
            "name" => (person.name.clone(), person.name.clone()),
            "sex" => (person.sex().to_owned(), person.sex().to_owned()),
            "birth_date" => (dates::zh(person.birth), dates::iso(person.birth)),
            "id_number" => (person.id_number.clone(), person.id_number.clone()),
            "nation" => (person.nation.clone(), person.nation.clone()),
            "phone" => (person.phone.clone(), person.phone.clone()),
            "address" => (person.address.clone(), person.address.clone()),
            "occupation" => ("电子商务师".to_owned(), "电子商务师".to_owned()),
            "school" | "major" => {
                let Some(education) = brief.education else { continue };
                let text = if name == "school" { &education.school } else { &education.major };
                (text.clone(), text.clone())
            }
            "signature" => (person.name.clone(), "present".to_owned()),
            _ => continue,
        };
        let at = |i: usize| field["box"][i].as_f64().unwrap_or_default() as f32;
        let (x, y, bw, bh) = (at(0), at(1), at(2), at(3));
        let style = pen.clone().sized(pen.size * ((bw - 2.0) / pen.width(&text).max(1.0)).min(1.0));
        let line = y + bh * 0.7 + between(rng, -0.4, 0.4);
        let slack = (bw - style.width(&text)).max(1.5) * 0.4;
        let rect = canvas.text(x + rng.random_range(0.5..=slack.max(0.6)), line, &style, &text);
        canvas.field(name, rect);
        truth.field(name, normal);
    }
    Drawn { canvas, kind, truth, layout: kind.as_str().to_owned(), font: hand.name.to_owned(), text_mm: 3.4 }
}

/// The blank's lines as they are, its text set in an installed font.
fn blank(canvas: &mut Canvas, svg: &str, style: &TextStyle) {
    canvas.svg(r##"<g stroke="#000" stroke-linecap="square">"##);
    for line in svg.lines().map(str::trim).filter(|l| l.starts_with("<line") || l.starts_with("<path")) {
        canvas.svg(line);
    }
    canvas.svg("</g>");
    for line in svg.lines().map(str::trim).filter(|l| l.starts_with("<text")) {
        let number = |name: &str| attribute(line, name).and_then(|v| v.parse::<f32>().ok());
        let (Some(x), Some(y), Some(size)) = (number("x"), number("y"), number("font-size")) else { continue };
        let Some(text) = line.split_once('>').and_then(|(_, rest)| rest.split_once("</text>")).map(|(text, _)| text) else { continue };
        let bold = if attribute(line, "font-weight").is_some() { 0.035 } else { 0.0 };
        let spacing = number("letter-spacing").unwrap_or(0.0) / size;
        canvas.text(x, y, &style.clone().sized(size).bold(bold).spaced(spacing), text);
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}
