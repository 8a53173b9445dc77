//! The networks of a model folder, ready to read.

use std::sync::Arc;

use thiserror::Error;

use crate::inference::{CatalogueError, InferenceError, Model, ModelCatalogue, OnnxModel};

use super::{
    detector::{DetectorParams, TextDetector},
    page_reader::{CascadeParams, PageReader, Recognisers},
    recogniser::Recogniser,
};

/// Why the networks could not be opened.
#[derive(Debug, Error)]
pub enum EngineError {
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Inference(#[from] InferenceError),
    #[error("dictionary {path} could not be read")]
    Dictionary {
        path: String,
        #[source]
        source: std::io::Error,
    },
}

/// Opens a network of the catalogue by its manifest name.
///
/// # Errors
/// When the file or the runtime is missing. The network itself is opened at its first run.
pub fn open_model(catalogue: &ModelCatalogue, name: &str) -> Result<Arc<dyn Model>, CatalogueError> {
    Ok(Arc::new(network(catalogue, name)?))
}

/// The same for a network that is asked once a page or for few of its lines: one session serves four threads.
///
/// # Errors
/// As [`open_model`].
pub fn open_seldom(catalogue: &ModelCatalogue, name: &str) -> Result<Arc<dyn Model>, CatalogueError> {
    Ok(Arc::new(network(catalogue, name)?.one_for(4)))
}

fn network(catalogue: &ModelCatalogue, name: &str) -> Result<OnnxModel, CatalogueError> {
    Ok(OnnxModel::new(&catalogue.path("libonnxruntime.so")?, &catalogue.path(name)?))
}

/// The accurate recogniser with an extension of ours; without the file, as it was fetched. Each extension has one
/// output, by its own name.
fn extended(catalogue: &ModelCatalogue, name: &str) -> Result<OnnxModel, CatalogueError> {
    let extension = catalogue.trained(&format!("{name}.onnx"));
    let network = network(catalogue, "rec_small.onnx")?;
    Ok(if extension.is_file() { network.extended(&extension, name) } else { network })
}

impl PageReader {
    /// The page reader on a catalogue's networks, with default parameters.
    ///
    /// # Errors
    /// When a file is missing or not what it should be.
    pub fn open(catalogue: &ModelCatalogue) -> Result<Self, EngineError> {
        let dictionary_path = catalogue.path("rec_tiny.txt")?;
        let dictionary = std::fs::read_to_string(&dictionary_path).map_err(|source| {
            EngineError::Dictionary { path: dictionary_path.display().to_string(), source }
        })?;
        let accurate = Recogniser::with_own_dictionary(open_model(catalogue, "rec_small.onnx")?)?;
        let recognisers = Recognisers {
            fast: Recogniser::with_dictionary(open_model(catalogue, "rec_tiny.onnx")?, &dictionary),
            other: Recogniser::with_own_dictionary(open_seldom(catalogue, "rec_other.onnx")?)?,
            hand: accurate.with_model(Arc::new(extended(catalogue, "hands")?.one_for(2))),
            names: accurate.with_model(Arc::new(extended(catalogue, "names")?.one_for(4))),
            accurate,
        };
        let detector = TextDetector::new(open_model(catalogue, "det_tiny.onnx")?, DetectorParams::default());
        Ok(Self::new(detector, recognisers, CascadeParams::default()))
    }
}
