//! A small session trait over the ONNX runtime, and the catalogue of model files.

mod catalogue;
mod free_dimensions;
mod onnx;
mod tensor;

pub use catalogue::{CatalogueError, ModelCatalogue, ModelFile};
pub use onnx::OnnxModel;
pub use tensor::Tensor;

use thiserror::Error;

/// Why a model could not be run.
#[derive(Debug, Error)]
pub enum InferenceError {
    #[error("the ONNX runtime at {path} could not be loaded")]
    Runtime {
        path: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("model {name} could not be loaded")]
    Load {
        name: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("model {name} failed on an input of shape {shape:?}")]
    Run {
        name: String,
        shape: Vec<usize>,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("model {name} gave an output of shape {shape:?}, which is not {expected}")]
    Shape { name: String, shape: Vec<usize>, expected: &'static str },
}

/// A loaded network with one input of 32-bit floats; most have one output.
///
/// Callers may share one from several threads; the implementation keeps as many native sessions
/// as there are calls under way at once.
pub trait Model: Send + Sync {
    /// # Errors
    /// [`InferenceError::Run`] when the runtime refuses the input.
    fn run(&self, input: &Tensor) -> Result<Tensor, InferenceError>;

    /// All outputs, for a network that has several.
    ///
    /// # Errors
    /// As [`Model::run`].
    fn run_all(&self, input: &Tensor) -> Result<Vec<Tensor>, InferenceError> {
        Ok(vec![self.run(input)?])
    }

    /// A string of the model's own metadata, e.g. a recogniser's dictionary.
    fn metadata(&self, key: &str) -> Option<String>;
}
