//! Reading text: detection of lines, recognition into lattices, decoding under constraints.

mod bridge;
mod detector;
mod engines;
mod lattice;
mod levels;
mod line_ends;
mod line_picture;
mod orientation;
mod page_reader;
mod recogniser;
mod ring_search;
mod seal;
mod tesseract;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod variants;

pub use detector::{DetectedLine, DetectorParams, TextDetector};
pub use engines::{EngineError, open_model, open_seldom};
pub use lattice::{BLANK, Charset, Hypothesis, Lattice, Step};
pub use orientation::{Orientation, OrientationClassifier};
pub use page_reader::{CascadeParams, Ink, PageReader};
pub use recogniser::{LINE_HEIGHT_PX, Recogniser};
pub use seal::find_seals;
pub use tesseract::{Script, SecondReader, SecondReaderError, TesseractReader};
pub use text::{Code, PageText, Symbol, TextLine};
