//! Resident ID card, portrait side (DOMAIN.md §1).

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{Brief, Drawn, id_style};
use crate::{
    canvas::{Canvas, TextStyle},
    draw::face::{self, Look},
    fonts::{self, Style},
    spec::{between, chance, one_of},
    truth::Truth,
    words::{dates, person},
};

/// Full-width characters in a line of the address.
const ADDRESS_LINE_EM: f32 = 11.0;

struct Printed {
    sex: &'static str,
    birth: jiff::civil::Date,
    number: String,
}

/// Draws the card; a tampered one contradicts itself in one of the ways that `id.*` names.
pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let person = brief.person;
    let mut truth = Truth::default();
    let printed = contradict(brief, &mut truth, rng);
    let mut canvas = id_style::blank(brief.split, rng);
    let font = fonts::pick(Style::Hei, brief.split, rng);
    let digits = fonts::pick(Style::Digits, brief.split, rng);
    let blue = id_style::label_colour(brief.split, rng);
    let label = TextStyle::new(&font, between(rng, 2.25, 2.55), blue);
    let weight = if chance(rng, 0.4) { between(rng, 0.01, 0.03) } else { 0.0 };
    let ink = one_of(&["#1c1c1e", "#232326", "#2d2d30", "#141416"], rng);
    let value = TextStyle::new(&font, between(rng, 2.7, 2.95), ink).bold(weight);
    // The printing shifts as a whole, and values against labels.
    let (dx, dy) = (between(rng, -0.8, 0.8), between(rng, -0.8, 0.8));
    let (vx, vy) = (15.6 + dx + between(rng, -0.7, 0.7), dy + between(rng, -0.35, 0.35));

    face::portrait(
        &mut canvas,
        53.6 + dx,
        8.6 + dy,
        between(rng, 24.0, 26.0),
        31.5,
        &Look {
            background: one_of(&["#eef1f2", "#f4f4f3", "#e7ecee"], rng),
            monochrome: chance(rng, 0.05),
            male: person.male,
            tilt: 0.0,
            turn: 0.0,
            seed: brief.face_seed,
        },
    );

    let names = [("姓名", 12.0), ("性别", 18.3), ("出生", 24.6), ("住址", 30.8)];
    for (text, y) in names {
        canvas.text_justified(6.9 + dx, y + dy, 6.2, &label, text);
    }
    canvas.text_justified(26.0 + dx, 18.3 + dy, 6.2, &label, "民族");
    canvas.text_justified(6.9 + dx, 47.4 + dy, 15.7, &label, "公民身份号码");

    let name_style = fitted(&value.clone().sized(between(rng, 3.0, 3.4)), &person.name, 35.0);
    let rect = canvas.text(vx, 12.1 + vy, &name_style, &person.name);
    canvas.field("name", rect);
    truth.field("name", &person.name);

    let rect = canvas.text(vx, 18.4 + vy, &value, printed.sex);
    canvas.field("sex", rect);
    truth.field("sex", printed.sex);
    let nation = fitted(&value, &person.nation, 17.0);
    let rect = canvas.text(vx + 18.1, 18.4 + vy, &nation, &person.nation);
    canvas.field("nation", rect);
    truth.field("nation", &person.nation);

    birth_row(&mut canvas, (vx, vy), (dx, dy), &value, &label, printed.birth);
    truth.field("birth_date", dates::iso(printed.birth));

    let pitch = between(rng, 4.3, 4.8);
    for (i, line) in wrap(&value, &person.address, ADDRESS_LINE_EM * 2.78).iter().enumerate() {
        let rect = canvas.text(
            vx,
            30.9 + vy + i as f32 * pitch,
            &value.clone().spaced(2.78 / value.size - 1.0),
            line,
        );
        canvas.field("address", rect);
    }
    truth.field("address", &person.address);

    let mut number = TextStyle::new(&digits, between(rng, 3.0, 3.4), ink).bold(weight + 0.01);
    let natural = fonts::width(&digits, &printed.number, 0.0) * number.size;
    let target = between(rng, 39.0, 41.5);
    number.spacing = (target - natural) / 17.0 / number.size;
    let rect = canvas.text(30.1 + dx + between(rng, -0.8, 0.8), 47.5 + vy, &number, &printed.number);
    canvas.field("id_number", rect);
    truth.field("id_number", &printed.number);

    id_style::stamps(&mut canvas, 73.0, 47.0, &value, rng);
    Drawn {
        canvas,
        kind: DocumentKind::IdCardFront,
        truth,
        layout: "id_front".to_owned(),
        font: format!("{}+{}", font.name, digits.name),
        text_mm: 2.6,
    }
}

/// Squeezed so that `text` is at most `width` mm wide, as long minority names are.
fn fitted(style: &TextStyle, text: &str, width: f32) -> TextStyle {
    let natural = style.width(text);
    if natural <= width { style.clone() } else { style.clone().sized(style.size * width / natural) }
}

fn birth_row(
    canvas: &mut Canvas,
    (vx, vy): (f32, f32),
    (dx, dy): (f32, f32),
    value: &TextStyle,
    label: &TextStyle,
    birth: jiff::civil::Date,
) {
    let y = 24.7 + vy;
    let rect = canvas.text(vx, y, value, &birth.year().to_string());
    canvas.field("birth_date", rect);
    for (text, x) in [("年", 25.9), ("月", 34.7), ("日", 43.6)] {
        canvas.text(x + dx, 24.6 + dy, label, text);
    }
    for (text, x) in [(birth.month().to_string(), 31.4), (birth.day().to_string(), 40.3)] {
        let rect = canvas.text_centred(x + dx, y, value, &text);
        canvas.field("birth_date", rect);
    }
}

/// Breaks the address where the line is full, as cards do.
fn wrap(style: &TextStyle, text: &str, width: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for c in text.chars() {
        let mut longer = lines.last().cloned().unwrap_or_default();
        longer.push(c);
        if style.width(&longer) > width {
            lines.push(c.to_string());
        } else if let Some(last) = lines.last_mut() {
            *last = longer;
        }
    }
    lines
}

fn contradict(brief: &Brief<'_>, truth: &mut Truth, rng: &mut ChaCha8Rng) -> Printed {
    let person = brief.person;
    let mut printed = Printed { sex: person.sex(), birth: person.birth, number: person.id_number.clone() };
    if !brief.tampered {
        return printed;
    }
    match rng.random_range(0..10) {
        0..6 => {
            printed.number = broken(&printed.number, rng);
            truth.finding("id.checksum_failed");
        }
        6..8 => {
            printed.birth = dates::day_between(
                dates::years_later(person.birth, -3),
                dates::years_later(person.birth, -1),
                rng,
            );
            truth.finding("id.birth_mismatch");
        }
        8 => {
            printed.sex = if person.male { "女" } else { "男" };
            truth.finding("id.sex_mismatch");
        }
        _ => {
            let void = one_of(&["990101", "770102", "190123", "000000", "850101"], rng);
            let body = format!("{void}{}", &printed.number[6..17]);
            printed.number = format!("{body}{}", person::check_digit(&body));
            truth.finding("id.region_unknown");
        }
    }
    printed
}

/// The number with one digit of its order or check changed, so that birth and sex still agree.
fn broken(number: &str, rng: &mut ChaCha8Rng) -> String {
    let mut chars: Vec<char> = number.chars().collect();
    let place = one_of(&[14, 15, 17, 17], rng);
    let old = chars[place];
    let new = loop {
        let new = char::from(b'0' + rng.random_range(0..10));
        if new != old {
            break new;
        }
    };
    chars[place] = new;
    chars.into_iter().collect()
}
