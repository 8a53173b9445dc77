//! Pictures changed in an editor after they were taken, and the honest ways that pictures go.
//!
//! An edit is made on what the camera's file decodes to, in whole pixels as an editor has them, so that the first file's
//! blocks and the sensor's noise lie under it and around it. The whole is then saved once, or sent by a messenger, too.

mod plain;
mod sheet;
mod tools;

use std::collections::BTreeMap;

use image::{RgbImage, imageops, imageops::FilterType};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::{Point, Quad};

pub use sheet::Sheet;

use crate::{
    camera::{
        encode::{self, Exif},
        frame::Frame,
    },
    history,
    spec::{Split, between, chance, one_of},
    truth::AlteredLine,
};

/// Height of field text that a sent picture still has, px an em.
const SENT_EM_PX: f32 = 14.0;
/// Tries to find a place that a tool can work on.
const TRIES: usize = 12;

/// A file that was edited, or only handed on.
pub struct Edited {
    /// `altered:…` or `control:…`.
    pub name: &'static str,
    pub bytes: Vec<u8>,
    /// Pixels of it for one of what came in.
    pub factor: f32,
    pub altered: Option<AlteredLine>,
    /// Where the print of each field stands in it, px.
    pub places: BTreeMap<String, Quad>,
}

/// How a picture goes on after the edit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Saved by the editor.
    Saved,
    /// Saved and sent by a messenger, which makes it smaller.
    Sent,
}

/// Edits one field of the picture in `bytes`, or hands it on unedited, each in half of the cases.
pub fn apply(bytes: &[u8], exif: Option<&Exif>, sheet: &Sheet, split: Split, rng: &mut ChaCha8Rng) -> Edited {
    let mut edited = made(bytes, exif, sheet, split, rng);
    let factor = edited.factor;
    let printed = sheet.canvas.fields.iter();
    edited.places =
        printed.map(|field| (field.name.clone(), scaled(sheet.onto(field.rect), factor))).collect();
    edited
}

/// A place in a picture that is smaller by `factor`.
pub fn scaled(quad: Quad, factor: f32) -> Quad {
    quad.map(|p| Point::new(p.x * factor, p.y * factor))
}

fn made(bytes: &[u8], exif: Option<&Exif>, sheet: &Sheet, split: Split, rng: &mut ChaCha8Rng) -> Edited {
    let picture = history::upright(bytes);
    if chance(rng, 0.5) {
        for _ in 0..TRIES {
            let mut frame = Frame::from_image(&picture);
            let tool = one_of(&tools::ALL, rng);
            let Some(change) = tool.apply(&mut frame, sheet, split, rng) else { continue };
            let way = if chance(rng, 0.5) { Way::Saved } else { Way::Sent };
            let saved = save(&frame.to_image(), exif, rng);
            let (bytes, factor) = match way {
                Way::Saved => (saved, 1.0),
                Way::Sent => send(&saved, sheet, rng),
            };
            return Edited {
                name: tool.name(way),
                bytes,
                factor,
                altered: Some(AlteredLine {
                    code: tool.code(),
                    field: change.field,
                    variant: tool.as_str(),
                    place: change.place,
                    quad: Some(scaled(change.quad, factor)),
                }),
                places: BTreeMap::new(),
            };
        }
    }
    plain::apply(bytes, &picture, exif, sheet, rng)
}

/// What a tool did.
struct Change {
    field: String,
    /// mm on the page: left, top, width, height.
    place: [f32; 4],
    /// Pixels of the picture.
    quad: Quad,
}

/// The editor's file. Half of the editors keep what the camera wrote into it, and half keep all of the colour.
fn save(picture: &RgbImage, exif: Option<&Exif>, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let quality = rng.random_range(80..=95);
    let exif = exif.filter(|_| chance(rng, 0.5));
    if chance(rng, 0.5) {
        encode::jpeg(picture, quality, exif)
    } else {
        encode::phone_jpeg(picture, quality, exif)
    }
}

/// What arrives of a sent file, and how much smaller it is; its text stays readable.
fn send(bytes: &[u8], sheet: &Sheet, rng: &mut ChaCha8Rng) -> (Vec<u8>, f32) {
    let picture = history::upright(bytes);
    let factor = between(rng, 0.6, 0.9).max((SENT_EM_PX / sheet.em).min(1.0));
    (encode::phone_jpeg(&resized(&picture, factor), rng.random_range(68..=75), None), factor)
}

fn resized(picture: &RgbImage, factor: f32) -> RgbImage {
    let side = |length: u32| ((length as f32 * factor) as u32).max(1);
    imageops::resize(picture, side(picture.width()), side(picture.height()), FilterType::Triangle)
}

/// The picture without the rows and columns beyond its last whole block: sensors are that large, and a quarter turn
/// then keeps the blocks where they are.
pub fn whole_blocks(picture: &RgbImage) -> RgbImage {
    let side = |length: u32| (length / 16 * 16).max(16).min(length);
    imageops::crop_imm(picture, 0, 0, side(picture.width()), side(picture.height())).to_image()
}
