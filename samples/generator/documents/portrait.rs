//! One-inch photos: a portrait on white, 25:35.

use image::RgbImage;
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{Brief, Drawn, portrait_flaw::Flaw};
use crate::{
    camera::encode,
    canvas::Canvas,
    draw::face::{self, Look},
    spec::{between, one_of},
    truth::Truth,
};

pub fn draw(brief: &Brief<'_>, rng: &mut ChaCha8Rng) -> Drawn {
    let mut canvas = Canvas::new(25.0, 35.0);
    let white = one_of(&["#ffffff", "#fdfdfd", "#fafafa"], rng);
    let flaw = brief.tampered.then(|| Flaw::roll(rng));
    let background = match flaw {
        Some(Flaw::BlueGround) => one_of(&["#4a8fd6", "#9cc3ea", "#c9def2"], rng),
        Some(Flaw::RedGround) => one_of(&["#c8342e", "#e07a70"], rng),
        Some(Flaw::GreyGround) => one_of(&["#cfcfcf", "#b9bcc0", "#d4d0c6"], rng),
        Some(Flaw::OffWhite) => one_of(&["#f6f6f6", "#f4f4f2", "#f8f6f3"], rng),
        _ => white,
    };
    let either =
        |rng: &mut ChaCha8Rng, low: f32, high: f32| between(rng, low, high) * one_of(&[-1.0_f32, 1.0], rng);
    let (mut tilt, mut turn) = (0.0, 0.0);
    match flaw {
        Some(Flaw::Tilted) => tilt = either(rng, 13.0, 25.0),
        Some(Flaw::SlightTilt) => tilt = either(rng, 0.5, 3.0),
        Some(Flaw::Turned) => turn = either(rng, 0.34, 0.46),
        Some(Flaw::SlightTurn) => turn = either(rng, 0.01, 0.05),
        _ => {}
    }
    let look =
        Look { background, monochrome: false, male: brief.person.male, tilt, turn, seed: brief.face_seed };
    canvas.rect(0.0, 0.0, 25.0, 35.0, background);
    match flaw {
        Some(Flaw::NoFace) => back_of_a_head(&mut canvas),
        Some(Flaw::TwoFaces) => {
            let other = Look { seed: look.seed ^ 1, ..look.clone() };
            face::portrait(&mut canvas, -1.5, 6.0, 14.5, 19.0, &look);
            face::portrait(&mut canvas, 12.0, 6.0, 14.5, 19.0, &other);
        }
        Some(Flaw::SmallHead) => face::portrait(&mut canvas, 5.8, 17.0, 13.4, 18.0, &look),
        Some(Flaw::LargeHead) => face::portrait(&mut canvas, -12.0, -14.0, 49.0, 64.0, &look),
        Some(Flaw::OffCentre) => {
            face::portrait(&mut canvas, either(rng, 5.6, 7.5) - 1.0, 0.0, 27.0, 35.1, &look)
        }
        _ => face::portrait(&mut canvas, -1.0, 0.0, 27.0, 35.1, &look),
    }
    let mut truth = Truth { control: flaw.map(Flaw::as_str), ..Truth::default() };
    for code in flaw.map_or(&[][..], Flaw::codes) {
        truth.finding(code);
    }
    Drawn {
        canvas,
        kind: DocumentKind::PortraitPhoto,
        truth,
        layout: "portrait".to_owned(),
        font: String::new(),
        text_mm: 1.0,
    }
}

fn back_of_a_head(canvas: &mut Canvas) {
    canvas.svg(
        r##"<path d="M1 35C3 28 8 27 10 26L15 26C17 27 22 28 24 35Z" fill="#3a3a3e"/><ellipse cx="12.5" cy="15" rx="6.6" ry="9.4" fill="#1b1613"/><path d="M10 22h5v5h-5Z" fill="#b98a68"/>"##,
    );
}

/// A JPEG of at most 80,000 bytes, as the plan asks for.
pub fn sized(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    for quality in [98, 96, 94, 92, 90, 86, 82, 76, 70, 60] {
        bytes = encode::jpeg(image, quality, None);
        if bytes.len() <= 80_000 {
            break;
        }
    }
    bytes
}
