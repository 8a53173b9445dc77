//! Reads every line of an upright page: detection, then recognition by a cascade of two networks.

use std::sync::Arc;

use image::RgbImage;

use crate::{
    domain::{Quad, Reader},
    inference::InferenceError,
};

use super::{
    detector::TextDetector, lattice::Lattice, levels, line_ends::carried_on, line_picture::cut_line,
    recogniser::Recogniser, seal::remove_seal, text::TextLine,
};

/// When a line that the fast network read is read again by the accurate one.
#[derive(Debug, Clone, Copy)]
pub struct CascadeParams {
    /// A line goes to the accurate network when any of its symbols is less likely than this.
    /// Higher reads more lines twice (5 × the time of the first reading each).
    pub unsure_below: f32,
}

impl Default for CascadeParams {
    fn default() -> Self {
        Self { unsure_below: 0.90 }
    }
}

/// What of a coloured picture is taken for ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The seal's density is taken off the ink's below it, where there is a seal.
    Unmixed,
    /// All as it looks in red light, in which a red seal is as pale as the paper.
    RedLight,
}

/// Detector, fast recogniser, accurate recogniser, and another one that was trained apart from them.
pub struct PageReader {
    detector: TextDetector,
    fast: Recogniser,
    accurate: Recogniser,
    /// As accurate as the accurate one on print and wrong at other places: their opinions multiply.
    other: Recogniser,
    cascade: CascadeParams,
}

impl PageReader {
    pub fn new(
        detector: TextDetector,
        fast: Recogniser,
        accurate: Recogniser,
        other: Recogniser,
        cascade: CascadeParams,
    ) -> Self {
        Self { detector, fast, accurate, other, cascade }
    }

    /// Finds and reads all lines of an upright page, in reading order. The detector looks at a copy
    /// with `detection_side_px` on its longer side.
    ///
    /// # Errors
    /// When a network fails.
    pub fn read_page(
        &self,
        page: &RgbImage,
        detection_side_px: u32,
    ) -> Result<Vec<TextLine>, InferenceError> {
        let found: Vec<Quad> =
            self.detector.detect(page, detection_side_px)?.into_iter().map(|found| found.quad).collect();
        found
            .iter()
            .map(|quad| self.read_line(page, carried_on(page, quad, &found)))
            .filter(|line| line.as_ref().map_or(true, |line| !is_noise(line)))
            .collect()
    }

    /// Reads the line under `quad` by the cascade.
    ///
    /// # Errors
    /// When a network fails.
    pub fn read_line(&self, page: &RgbImage, quad: Quad) -> Result<TextLine, InferenceError> {
        let mut picture = lit_line(page, &quad);
        remove_seal(&mut picture);
        let line = read(&self.fast, &picture, quad)?;
        let unsure = line.symbols.iter().any(|symbol| symbol.probability < self.cascade.unsure_below);
        if unsure { read(&self.accurate, &picture, quad) } else { Ok(line) }
    }

    /// True when the accurate network has not yet seen a line.
    pub fn is_fast_reading(&self, line: &TextLine) -> bool {
        line.lattice.as_ref().is_some_and(|lattice| Arc::ptr_eq(&lattice.charset, self.fast.charset()))
    }

    /// What the accurate network sees in the picture of one line.
    ///
    /// # Errors
    /// When the network fails.
    pub fn recognise(&self, line: &RgbImage) -> Result<Lattice, InferenceError> {
        self.accurate.read(line)
    }

    /// What two independent networks see under `quad`.
    ///
    /// # Errors
    /// When a network fails.
    pub fn opinions(&self, page: &RgbImage, quad: &Quad, ink: Ink) -> Result<[Lattice; 2], InferenceError> {
        let mut picture = lit_line(page, quad);
        match ink {
            Ink::Unmixed => remove_seal(&mut picture),
            Ink::RedLight => picture.pixels_mut().for_each(|pixel| pixel.0 = [pixel.0[0]; 3]),
        }
        Ok([self.accurate.read(&picture)?, self.other.read(&picture)?])
    }

    /// Reads the line under `quad` by the accurate network, for fields that deserve it.
    ///
    /// # Errors
    /// When the network fails.
    pub fn read_line_accurately(&self, page: &RgbImage, quad: Quad) -> Result<TextLine, InferenceError> {
        let mut picture = lit_line(page, &quad);
        remove_seal(&mut picture);
        read(&self.accurate, &picture, quad)
    }
}

/// A box with a single symbol that is less likely than this holds guilloche, grain or the rim of a seal. The
/// faintest true one (an address line's last 号 under a shadow) was read with 0.55.
const LONE_SYMBOL: f32 = 0.35;

fn is_noise(line: &TextLine) -> bool {
    match line.symbols.as_slice() {
        [] => true,
        [symbol] => symbol.probability < LONE_SYMBOL,
        _ => false,
    }
}

fn lit_line(page: &RgbImage, quad: &Quad) -> RgbImage {
    let mut picture = cut_line(page, quad);
    levels::lift_line(&mut picture);
    picture
}

fn read(recogniser: &Recogniser, picture: &RgbImage, quad: Quad) -> Result<TextLine, InferenceError> {
    let lattice = recogniser.read(picture)?;
    Ok(TextLine { quad, symbols: lattice.greedy(), lattice: Some(Arc::new(lattice)), reader: Reader::Ppocr })
}
