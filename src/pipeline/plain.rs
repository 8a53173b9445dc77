//! Plain OCR of any picture: no kinds, no rules.

use serde::Serialize;

use crate::{
    barcode::find_codes,
    domain::Quad,
    imaging::{DecodeScale, IntakeError, PageImage, open},
    inference::InferenceError,
};

use super::Pipeline;

/// Detector input for a picture of unknown content.
const DETECTION_PX: u32 = 1280;

/// A line of text that was read.
#[derive(Debug, Clone, Serialize)]
pub struct PlainLine {
    pub text: String,
    pub confidence: f32,
    pub quad: Quad,
}

/// A code that was read.
#[derive(Debug, Clone, Serialize)]
pub struct PlainCode {
    pub text: String,
    pub symbology: &'static str,
    pub quad: Quad,
}

/// All text and codes of a file, page after page; quads in the pixels of the page as it is shown.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlainReading {
    pub lines: Vec<PlainLine>,
    pub codes: Vec<PlainCode>,
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PlainError {
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(transparent)]
    Inference(#[from] InferenceError),
}

impl Pipeline {
    /// Reads every line and code of a file. With `single_line` each page is one line of text.
    ///
    /// # Errors
    /// When the file cannot be opened or a network fails.
    pub fn read_plain(
        &self,
        name: &str,
        bytes: &[u8],
        single_line: bool,
    ) -> Result<PlainReading, PlainError> {
        let opened = open(name, bytes, &self.limits, DecodeScale::READING)?;
        let mut reading = PlainReading::default();
        for page in &opened.pages {
            let lines = if single_line {
                vec![self.reader.read_single(&page.pixels)?]
            } else {
                self.read_upright(page)?
            };
            reading.lines.extend(lines.iter().map(|line| PlainLine {
                text: line.text(),
                confidence: line.confidence(),
                quad: page.to_original(&line.quad),
            }));
            reading.codes.extend(find_codes(&page.pixels).into_iter().map(|code| PlainCode {
                text: code.text,
                symbology: code.symbology,
                quad: page.to_original(&code.quad),
            }));
        }
        Ok(reading)
    }

    /// Lines of the page the likeliest way up, with their places on the page as it is.
    fn read_upright(&self, page: &PageImage) -> Result<Vec<crate::ocr::TextLine>, InferenceError> {
        use crate::imaging::rotate_clockwise;
        let turns = self.orientation.classify(&page.pixels)?.ranked()[0];
        if turns == 0 {
            return self.reader.read_page(&page.pixels, DETECTION_PX);
        }
        let (w, h) = (page.pixels.width() as f32, page.pixels.height() as f32);
        let turned = rotate_clockwise(page.pixels.clone(), turns);
        let mut lines = self.reader.read_page(&turned, DETECTION_PX)?;
        for line in &mut lines {
            line.quad = line.quad.map(|p| match turns {
                1 => crate::domain::Point::new(p.y, h - p.x),
                2 => crate::domain::Point::new(w - p.x, h - p.y),
                _ => crate::domain::Point::new(w - p.y, p.x),
            });
        }
        Ok(lines)
    }
}
