//! Resident ID card, emblem side (DOMAIN.md §1).

use jiff::civil::Date;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{Brief, Drawn, id_style};
use crate::{
    canvas::{Canvas, TextStyle},
    draw::emblem,
    fonts::{self, Style},
    spec::{between, chance, one_of},
    truth::Truth,
    words::{address, dates, person},
};

struct Validity {
    from: Date,
    /// `None` = 长期.
    until: Option<Date>,
}

/// Draws the card; a tampered one has expired or spans what no age is given.
pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let mut truth = Truth::default();
    let validity = validity(brief, &mut truth, rng);
    let mut canvas = id_style::blank(brief.split, rng);
    great_wall(&mut canvas, rng);
    let font = fonts::pick(Style::Hei, brief.split, rng);
    let digits = if chance(rng, 0.6) { font.clone() } else { fonts::pick(Style::Digits, brief.split, rng) };
    let ink = one_of(&["#1c1c1e", "#232326", "#2d2d30", "#141416"], rng);
    let weight = if chance(rng, 0.4) { between(rng, 0.01, 0.03) } else { 0.0 };
    let (dx, dy) = (between(rng, -0.8, 0.8), between(rng, -0.8, 0.8));
    emblem::emblem(&mut canvas, 13.9 + dx, 13.6 + dy, between(rng, 7.8, 8.4));
    let title_font = if chance(rng, 0.5) { font.clone() } else { fonts::pick(Style::Song, brief.split, rng) };
    let title = TextStyle::new(&title_font, 5.2, ink).bold(0.03);
    canvas.text_justified(30.2 + dx, 11.2 + dy, 45.0, &title, "中华人民共和国");
    canvas.text_justified(26.4 + dx, 21.4 + dy, 52.2, &title.clone().sized(7.2), "居民身份证");

    let label = TextStyle::new(&font, between(rng, 2.3, 2.6), one_of(&["#1c1c1e", "#26262a"], rng)).bold(weight);
    canvas.text_justified(20.5 + dx, 41.0 + dy, 11.1, &label, "签发机关");
    canvas.text_justified(20.5 + dx, 47.6 + dy, 11.1, &label, "有效期限");
    let value = TextStyle::new(&font, between(rng, 2.6, 2.9), ink).bold(weight);
    let (vx, vy) = (34.8 + dx + between(rng, -0.6, 0.6), dy + between(rng, -0.3, 0.3));
    let authority = address::authority(&brief.person.region, rng);
    let style = if value.width(&authority) > 44.0 { value.clone().sized(value.size * 44.0 / value.width(&authority)) } else { value };
    let rect = canvas.text(vx, 41.1 + vy, &style, &authority);
    canvas.field("issuing_authority", rect);
    truth.field("issuing_authority", &authority);

    let until = validity.until.map_or_else(|| "长期".to_owned(), dates::dotted);
    let line = format!("{}-{until}", dates::dotted(validity.from));
    let style = TextStyle::new(&digits, between(rng, 2.5, 2.8), ink).bold(weight);
    let rect = canvas.text(vx, 47.6 + vy, &style, &line);
    canvas.field("valid_from", rect);
    canvas.field("valid_until", rect);
    truth.field("valid_from", dates::iso(validity.from));
    truth.field("valid_until", validity.until.map_or_else(|| "长期".to_owned(), dates::iso));
    id_style::stamps(&mut canvas, 6.0, 47.0, &style, rng);
    Drawn {
        canvas,
        kind: DocumentKind::IdCardBack,
        truth,
        layout: "id_back".to_owned(),
        font: format!("{}+{}", font.name, digits.name),
        text_mm: 2.6,
    }
}

/// Years of validity by age at issue; `None` = 长期.
fn term(age: i16) -> Option<i16> {
    match age {
        ..16 => Some(5),
        16..=25 => Some(10),
        26..=45 => Some(20),
        _ => None,
    }
}

fn validity(brief: &Brief<'_>, truth: &mut Truth, rng: &mut ChaCha8Rng) -> Validity {
    let birth = brief.person.birth;
    let expired = brief.tampered && chance(rng, 0.5);
    // A card that is still valid was issued at most its own term ago.
    for _ in 0..200 {
        let from = dates::day_between(person::FIRST_CARDS.max(birth), brief.today, rng);
        let until = term(dates::age_on(birth, from)).map(|years| dates::years_later(from, years));
        let over = until.is_some_and(|day| day < brief.today);
        if over != expired {
            continue;
        }
        if expired {
            truth.finding("id.expired");
        } else if brief.tampered {
            let wrong = one_of(&[3, 7, 12, 15, 25, 30], rng);
            let until = dates::years_later(from, wrong);
            if until < brief.today {
                continue;
            }
            truth.finding("id.validity_inconsistent");
            return Validity { from, until: Some(until) };
        }
        return Validity { from, until };
    }
    // Nobody old enough to have let a card expire: a long-term card, or one of five years ago.
    let from = brief.today.saturating_sub(jiff::Span::new().years(11).days(rng.random_range(0..300)));
    if expired {
        truth.finding("id.expired");
        truth.finding("id.validity_inconsistent");
        return Validity { from, until: Some(dates::years_later(from, 8)) };
    }
    Validity { from, until: None }
}

/// The wall on its hills, faint, across the middle of the card.
fn great_wall(canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
    let mut path = String::from("M0 40");
    let phase = between(rng, 0.0, 6.0);
    for i in 0..=60 {
        let x = id_style::WIDTH * i as f32 / 60.0;
        let y = 31.0 + 3.2 * (x * 0.13 + phase).sin() + 1.6 * (x * 0.37).sin();
        path += &format!("L{x:.2} {y:.2}v-0.9h0.7v0.9");
    }
    let tint = one_of(&["#a9bfae", "#b5b9c9", "#c2b5a8"], rng);
    canvas.svg(&format!(r#"<path d="{path}L{} 40" fill="none" stroke="{tint}" stroke-width="0.5" opacity="0.5"/>"#, id_style::WIDTH));
    canvas.svg(&format!(r#"<path d="{path}L{} 54L0 54Z" fill="{tint}" opacity="0.12"/>"#, id_style::WIDTH));
}
