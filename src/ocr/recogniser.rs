//! Text-line recognition: a picture of one line becomes a CTC lattice.

use std::sync::Arc;

use image::{RgbImage, imageops};

use crate::inference::{InferenceError, Model, Tensor};

use super::lattice::{Charset, Lattice, Step};

/// Height of the network's input in pixels.
pub const LINE_HEIGHT_PX: u32 = 48;

/// Pixels of input a time step of the network covers.
const STEP_PX: u32 = 8;

/// Narrowest input in pixels. The network was trained on inputs padded to 320; narrower ones are
/// read as well in our measurements and cost in proportion, down to this.
const MIN_WIDTH_PX: u32 = 64;

/// Widest input in pixels; a longer line is squeezed into it. 3,200 px are some 70 full-width
/// characters: no line of a known document is longer, and time and memory grow with the width.
const MAX_WIDTH_PX: u32 = 3200;

/// A recognition network with its character set.
pub struct Recogniser {
    model: Arc<dyn Model>,
    charset: Arc<Charset>,
    /// Classes that every step keeps: constrained decoding asks for digits and capitals.
    always: Vec<u16>,
}

impl Recogniser {
    /// A network whose dictionary is in a file of its own, one entry a line.
    pub fn with_dictionary(model: Arc<dyn Model>, dictionary: &str) -> Self {
        // Lines are not trimmed beyond their end: the first entry may be a full-width space.
        let entries = dictionary.strip_suffix('\n').unwrap_or(dictionary).split('\n');
        Self::new(model, Charset::new(entries.map(|line| line.strip_suffix('\r').unwrap_or(line))))
    }

    /// A network that carries its dictionary in its metadata key `character`.
    ///
    /// # Errors
    /// [`InferenceError::Shape`] when it has none.
    pub fn with_own_dictionary(model: Arc<dyn Model>) -> Result<Self, InferenceError> {
        let dictionary = model.metadata("character").ok_or_else(|| InferenceError::Shape {
            name: "recogniser".to_owned(),
            shape: Vec::new(),
            expected: "a model with a `character` dictionary",
        })?;
        Ok(Self::with_dictionary(model, &dictionary))
    }

    /// Another network with the same classes.
    #[must_use]
    pub fn with_model(&self, model: Arc<dyn Model>) -> Self {
        Self { model, charset: Arc::clone(&self.charset), always: self.always.clone() }
    }

    fn new(model: Arc<dyn Model>, charset: Charset) -> Self {
        let always = ('0'..='9').chain('A'..='Z').filter_map(|ch| charset.class_of(ch)).collect();
        Self { model, charset: Arc::new(charset), always }
    }

    pub fn charset(&self) -> &Arc<Charset> {
        &self.charset
    }

    /// Reads one upright line. `line` may have any size; it is scaled to the network's height.
    ///
    /// # Errors
    /// When the network fails.
    pub fn read(&self, line: &RgbImage) -> Result<Lattice, InferenceError> {
        let (width, height) = line.dimensions();
        let scaled_width = (width as f32 * LINE_HEIGHT_PX as f32 / height.max(1) as f32)
            .round()
            .clamp(8.0, MAX_WIDTH_PX as f32) as u32;
        let scaled;
        let line = if height == LINE_HEIGHT_PX && width == scaled_width {
            line
        } else {
            scaled = imageops::resize(line, scaled_width, LINE_HEIGHT_PX, imageops::FilterType::Triangle);
            &scaled
        };
        let padded = scaled_width.max(MIN_WIDTH_PX).next_multiple_of(STEP_PX);
        let output = self.model.run(&self.input(line, padded as usize))?;
        let &[_, steps, classes] = output.shape.as_slice() else {
            return Err(self.bad_shape(output.shape, "[1, steps, classes]"));
        };
        if classes != self.charset.len() {
            return Err(self.bad_shape(output.shape, "as many classes as the dictionary has"));
        }
        let used_steps = scaled_width as f32 / STEP_PX as f32;
        let steps = output
            .values
            .chunks_exact(classes)
            .take(steps)
            .map(|distribution| Step::from_distribution(distribution, &self.always, self.charset.canonical()))
            .collect();
        Ok(Lattice { charset: Arc::clone(&self.charset), steps, used_steps })
    }

    /// BGR planes scaled to −1…1; the padding is mid-grey, as in training.
    fn input(&self, line: &RgbImage, padded_width: usize) -> Tensor {
        let height = LINE_HEIGHT_PX as usize;
        let plane = height * padded_width;
        let mut values = vec![0.0; 3 * plane];
        for (x, y, pixel) in line.enumerate_pixels() {
            let at = y as usize * padded_width + x as usize;
            for (channel, &value) in pixel.0.iter().rev().enumerate() {
                values[channel * plane + at] = f32::from(value) / 127.5 - 1.0;
            }
        }
        Tensor::new(vec![1, 3, height, padded_width], values)
    }

    fn bad_shape(&self, shape: Vec<usize>, expected: &'static str) -> InferenceError {
        InferenceError::Shape { name: "recogniser".to_owned(), shape, expected }
    }
}
