//! Which way up a page is.

use std::sync::Arc;

use image::{RgbImage, imageops};

use crate::inference::{InferenceError, Model, Tensor};

/// Probabilities that a picture must be turned clockwise by 0, 90, 180 and 270 degrees to be upright.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orientation(pub [f32; 4]);

impl Orientation {
    /// Quarter turns clockwise that make the picture upright, likeliest first.
    pub fn ranked(&self) -> [usize; 4] {
        let mut turns = [0, 1, 2, 3];
        turns.sort_by(|&a, &b| self.0[b].total_cmp(&self.0[a]));
        turns
    }
}

/// PP-LCNet page orientation classifier (MODELS.md), 224 × 224 input.
pub struct OrientationClassifier {
    model: Arc<dyn Model>,
}

const SIDE: u32 = 224;
/// Shorter side before the centre crop, as in training.
const SHORT_SIDE: u32 = 256;
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const STD: [f32; 3] = [0.229, 0.224, 0.225];

impl OrientationClassifier {
    pub fn new(model: Arc<dyn Model>) -> Self {
        Self { model }
    }

    /// # Errors
    /// When the network fails.
    pub fn classify(&self, picture: &RgbImage) -> Result<Orientation, InferenceError> {
        let output = self.model.run(&input(picture))?;
        let &[p0, p90, p180, p270] = output.values.as_slice() else {
            return Err(InferenceError::Shape {
                name: "orientation".to_owned(),
                shape: output.shape,
                expected: "four classes",
            });
        };
        // The classes say how far the page *was* turned counter-clockwise … clockwise: class 90
        // means that its top points to the right, so 270 more degrees bring it upright.
        Ok(Orientation(softmax([p0, p270, p180, p90])))
    }
}

/// The network may end in logits or probabilities; both come out as probabilities.
fn softmax(values: [f32; 4]) -> [f32; 4] {
    let sum: f32 = values.iter().sum();
    if values.iter().all(|v| (0.0..=1.0).contains(v)) && (sum - 1.0).abs() < 1e-3 {
        return values;
    }
    let max = values.iter().copied().fold(f32::MIN, f32::max);
    let exp = values.map(|v| (v - max).exp());
    let total: f32 = exp.iter().sum();
    exp.map(|e| e / total)
}

fn input(picture: &RgbImage) -> Tensor {
    let (w, h) = picture.dimensions();
    let scale = SHORT_SIDE as f32 / w.min(h).max(1) as f32;
    let fit = |v: u32| ((v as f32 * scale).round() as u32).max(SIDE);
    let resized = imageops::thumbnail(picture, fit(w), fit(h));
    let (left, top) = ((resized.width() - SIDE) / 2, (resized.height() - SIDE) / 2);
    let plane = (SIDE * SIDE) as usize;
    let mut values = vec![0.0; 3 * plane];
    for y in 0..SIDE {
        for x in 0..SIDE {
            let pixel = resized.get_pixel(left + x, top + y).0;
            for (channel, &value) in pixel.iter().rev().enumerate() {
                values[channel * plane + (y * SIDE + x) as usize] =
                    (f32::from(value) / 255.0 - MEAN[channel]) / STD[channel];
            }
        }
    }
    Tensor::new(vec![1, 3, SIDE as usize, SIDE as usize], values)
}
