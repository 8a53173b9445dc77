//! One-inch photos: a portrait on white, 25:35.

use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{Brief, Drawn};
use crate::{
    canvas::Canvas,
    draw::face::{self, Look},
    spec::one_of,
    truth::Truth,
};

pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let mut canvas = Canvas::new(25.0, 35.0);
    let background = one_of(&["#ffffff", "#fdfdfd", "#fafafa"], rng);
    let look = Look { background, monochrome: false, male: brief.person.male, seed: brief.face_seed };
    canvas.rect(0.0, 0.0, 25.0, 35.0, background);
    face::portrait(&mut canvas, -1.0, 0.0, 27.0, 35.1, &look);
    Drawn {
        canvas,
        kind: DocumentKind::PortraitPhoto,
        truth: Truth::default(),
        layout: "portrait".to_owned(),
        font: String::new(),
        text_mm: 1.0,
    }
}
