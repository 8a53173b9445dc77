//! Tesseract as the second reader of critical printed fields.

use std::sync::{Mutex, PoisonError};

use image::RgbImage;
use tesseract::{OcrEngineMode, PageSegMode, Tesseract};
use thiserror::Error;

use crate::domain::Quad;

use super::line_picture::cut_line;

/// Why the second reader has no opinion.
#[derive(Debug, Error)]
#[error("Tesseract could not read: {0}")]
pub struct SecondReaderError(String);

/// Which characters a field may have: Tesseract reads numbers much better with its Latin model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Digits and capital Latin letters.
    Code,
    /// Chinese text.
    Chinese,
}

/// An independent reader of one line. Implementations are shared between threads.
pub trait SecondReader: Send + Sync {
    /// The text of the line under `quad` of an upright page, spaces removed.
    ///
    /// # Errors
    /// When the engine is not installed or fails.
    fn read(&self, page: &RgbImage, quad: &Quad, script: Script) -> Result<String, SecondReaderError>;
}

/// Tesseract's LSTM engine; one native instance a script for each call under way at once.
#[derive(Default)]
pub struct TesseractReader {
    idle: Mutex<Vec<(Script, Tesseract)>>,
}

/// White border in pixels around the line: Tesseract misses glyphs that touch the edge.
const BORDER_PX: u32 = 12;

impl TesseractReader {
    fn open(script: Script) -> Result<Tesseract, SecondReaderError> {
        let language = match script {
            Script::Code => "eng",
            Script::Chinese => "chi_sim",
        };
        let failed = |e: &dyn std::fmt::Display| SecondReaderError(e.to_string());
        let mut engine = Tesseract::new_with_oem(None, Some(language), OcrEngineMode::LstmOnly).map_err(|e| failed(&e))?;
        engine.set_page_seg_mode(PageSegMode::PsmSingleLine);
        if script == Script::Code {
            engine = engine
                .set_variable("tessedit_char_whitelist", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.")
                .map_err(|e| failed(&e))?;
        }
        Ok(engine)
    }

    fn take(&self, script: Script) -> Result<Tesseract, SecondReaderError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        match idle.iter().position(|(s, _)| *s == script) {
            Some(at) => Ok(idle.swap_remove(at).1),
            None => {
                drop(idle);
                Self::open(script)
            }
        }
    }
}

impl SecondReader for TesseractReader {
    fn read(&self, page: &RgbImage, quad: &Quad, script: Script) -> Result<String, SecondReaderError> {
        let line = with_border(&cut_line(page, quad));
        let (width, height) = line.dimensions();
        let size = |v: u32| i32::try_from(v).map_err(|e| SecondReaderError(e.to_string()));
        let (width, height) = (size(width)?, size(height)?);
        let mut engine = self
            .take(script)?
            .set_frame(line.as_raw(), width, height, 3, width * 3)
            .map_err(|e| SecondReaderError(e.to_string()))?
            .set_source_resolution(300);
        let text = engine.get_text().map_err(|e| SecondReaderError(e.to_string()))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((script, engine));
        Ok(text.chars().filter(|c| !c.is_whitespace()).collect())
    }
}

fn with_border(line: &RgbImage) -> RgbImage {
    let mut framed = RgbImage::from_pixel(
        line.width() + 2 * BORDER_PX,
        line.height() + 2 * BORDER_PX,
        // The border has the paper's colour: a jump to pure white would look like a box.
        *line.get_pixel_checked(line.width() / 2, 0).unwrap_or(&image::Rgb([255; 3])),
    );
    image::imageops::overlay(&mut framed, line, i64::from(BORDER_PX), i64::from(BORDER_PX));
    framed
}
