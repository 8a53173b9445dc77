//! The one-inch photo: its file, its background, the face on it.
//!
//! Measures only: a portrait has no fields. What is asked of it stands in parameters of their own, one file each.

mod background;
mod face;
mod file;
mod framing;
mod texture;

use image::RgbImage;

use crate::{domain::Finding, inference::InferenceError};

pub use background::{Background, BackgroundParams};
pub use face::{Face, FaceDetector, FaceParams, Landmarks};
pub use file::{PhotoFileParams, judge as judge_file};
pub use framing::{FramingParams, judge as judge_framing};
pub use texture::{Texture, TextureParams};

/// Judges what the picture of a portrait shows; places in its pixels.
///
/// # Errors
/// When the face network fails.
pub fn examine(picture: &RgbImage, detector: &FaceDetector) -> Result<Vec<Finding>, InferenceError> {
    let faces = detector.find(picture)?;
    let size = (picture.width() as f32, picture.height() as f32);
    let mut found = judge_framing(&faces, size, &FramingParams::default());
    let face = faces.first().map(|face| face.place);
    let background = Background::measure(picture, face);
    found.extend(background.and_then(|background| background.judge(&BackgroundParams::default())));
    if let Some(face) = face {
        found.extend(Texture::measure(picture, face).judge(&TextureParams::default()));
    }
    Ok(found)
}
