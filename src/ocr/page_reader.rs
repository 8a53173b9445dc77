//! Reads every line of an upright page: detection, then recognition by a cascade of two networks.

use std::sync::Arc;

use image::RgbImage;

use crate::{
    domain::{Quad, Reader, Rect},
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

/// Finds lines and reads them.
pub struct PageReader {
    detector: TextDetector,
    recognisers: Recognisers,
    cascade: CascadeParams,
}

/// The networks that [`PageReader`] reads lines with.
pub struct Recognisers {
    pub fast: Recogniser,
    pub accurate: Recogniser,
    /// Trained apart from the accurate one: as accurate on print and wrong at other places, so that their opinions multiply.
    pub other: Recogniser,
    /// The accurate one with what generated hands taught it.
    pub hand: Recogniser,
    /// The accurate one with what generated lines of print taught it about rare characters.
    pub names: Recogniser,
}

impl PageReader {
    pub fn new(detector: TextDetector, recognisers: Recognisers, cascade: CascadeParams) -> Self {
        Self { detector, recognisers, cascade }
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
        let line = read(&self.recognisers.fast, &picture, quad)?;
        let unsure = line.symbols.iter().any(|symbol| symbol.probability < self.cascade.unsure_below);
        if unsure { read(&self.recognisers.accurate, &picture, quad) } else { Ok(line) }
    }

    /// True when the accurate network has not yet seen a line.
    pub fn is_fast_reading(&self, line: &TextLine) -> bool {
        line.lattice
            .as_ref()
            .is_some_and(|lattice| Arc::ptr_eq(&lattice.charset, self.recognisers.fast.charset()))
    }

    /// What stands in the picture of one line of handwriting.
    ///
    /// # Errors
    /// When the network fails.
    pub fn read_hand(&self, line: &RgbImage) -> Result<Lattice, InferenceError> {
        self.recognisers.hand.read(line)
    }

    /// What two independent networks see under `quad`; `of_person` asks the one that knows rare characters.
    ///
    /// # Errors
    /// When a network fails.
    pub fn opinions(
        &self,
        page: &RgbImage,
        quad: &Quad,
        ink: Ink,
        of_person: bool,
    ) -> Result<[Lattice; 2], InferenceError> {
        let mut picture = lit_line(page, quad);
        match ink {
            Ink::Unmixed => remove_seal(&mut picture),
            Ink::RedLight => picture.pixels_mut().for_each(|pixel| pixel.0 = [pixel.0[0]; 3]),
        }
        let first = if of_person { &self.recognisers.names } else { &self.recognisers.accurate };
        Ok([first.read(&picture)?, self.recognisers.other.read(&picture)?])
    }

    /// Reads a picture that is one line of print or of handwriting: by the accurate network, and where that leaves a
    /// doubt by the one for handwriting, if it is surer.
    ///
    /// # Errors
    /// When a network fails.
    pub fn read_single(&self, picture: &RgbImage) -> Result<TextLine, InferenceError> {
        let (width, height) = picture.dimensions();
        let quad = Quad::from_rect(Rect::new(0.0, 0.0, width as f32, height as f32));
        let line = self.read_line_accurately(picture, quad)?;
        if line.symbols.iter().all(|symbol| symbol.probability >= self.cascade.unsure_below) {
            return Ok(line);
        }
        let written = read(&self.recognisers.hand, &lit_line(picture, &quad), quad)?;
        Ok(if written.confidence() > line.confidence() { written } else { line })
    }

    /// Reads the line under `quad` by the accurate network, for fields that deserve it.
    ///
    /// # Errors
    /// When the network fails.
    pub fn read_line_accurately(&self, page: &RgbImage, quad: Quad) -> Result<TextLine, InferenceError> {
        let mut picture = lit_line(page, &quad);
        remove_seal(&mut picture);
        read(&self.recognisers.accurate, &picture, quad)
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
