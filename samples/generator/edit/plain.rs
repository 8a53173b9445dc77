//! What happens to honest pictures between the camera and us.

use std::collections::BTreeMap;

use image::RgbImage;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::{Quad, Rect};

use super::{Edited, Sheet, resized, save, send};
use crate::{
    camera::{
        encode::Exif,
        frame::Frame,
        scene, sensor,
        warp::{self, Surface},
    },
    canvas::Canvas,
    spec::{between, chance},
};

/// Hands the picture on without a change of what it says.
pub fn apply(
    bytes: &[u8],
    picture: &RgbImage,
    exif: Option<&Exif>,
    sheet: &Sheet,
    rng: &mut ChaCha8Rng,
) -> Edited {
    let (name, bytes, factor) = match rng.random_range(0..100) {
        0..15 => ("control:untouched", bytes.to_vec(), 1.0),
        15..40 => ("control:saved", save(picture, exif, rng), 1.0),
        40..65 => {
            let (sent, factor) = send(&save(picture, exif, rng), sheet, rng);
            ("control:sent", sent, factor)
        }
        65..75 => {
            let factor = between(rng, 0.7, 0.95);
            ("control:resized", save(&resized(picture, factor), None, rng), factor)
        }
        75..88 => ("control:filtered", save(&filtered(picture, rng), exif, rng), 1.0),
        _ => ("control:watermarked", save(&watermarked(picture, rng), exif, rng), 1.0),
    };
    Edited { name, bytes, factor, altered: None, places: BTreeMap::new() }
}

/// Brighter, more contrast, softened or sharpened: the whole picture.
fn filtered(picture: &RgbImage, rng: &mut ChaCha8Rng) -> RgbImage {
    let mut frame = Frame::from_image(picture);
    let (gain, lift) = (between(rng, 0.9, 1.2), between(rng, -8.0, 18.0));
    for pixel in &mut frame.pixels {
        *pixel = pixel.map(|v| ((v - 128.0) * gain + 128.0 + lift).clamp(0.0, 255.0));
    }
    if chance(rng, 0.3) {
        sensor::gaussian(&mut frame, between(rng, 0.5, 0.9));
    } else if chance(rng, 0.4) {
        sensor::sharpen(&mut frame, 1.0, between(rng, 0.3, 0.9));
    }
    frame.to_image()
}

/// 仅供…使用 laid over the picture by an app.
fn watermarked(picture: &RgbImage, rng: &mut ChaCha8Rng) -> RgbImage {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    // Any unit will do: as many as a page has mm.
    let scale = 200.0 / width.max(height);
    let mut canvas = Canvas::new(width * scale, height * scale);
    scene::watermark(&mut canvas, rng);
    let mut frame = Frame::from_image(picture);
    let place = Quad::from_rect(Rect::new(0.0, 0.0, width, height));
    warp::place(&mut frame, &canvas.render(1.0 / scale), &place, Surface::default());
    frame.to_image()
}
