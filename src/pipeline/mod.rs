//! Joins the analysis rooms: bytes in, a document report out. Synchronous and pure but for reading
//! the model files; the day is an argument.

mod assess;
mod body_prior;
mod calibration;
mod card_frame;
mod check;
mod constrained;
mod corrected;
mod cross;
mod date_lines;
mod digital;
mod fields;
mod forms;
mod full_size;
mod hidden;
mod history;
mod kind;
mod layers;
mod name_prior;
mod opinions;
mod pieces;
mod plain;
mod portrait;
mod proof;
mod quality;
mod second_look;
mod source;
mod upright;

use std::sync::Arc;

use jiff::civil::Date;
use thiserror::Error;

use crate::{
    domain::DocumentKind,
    forensics::TraceNet,
    forms::{FormLibrary, TemplateError},
    imaging::{Limits, PageFinderParams, PageNet, quality::LegibilityNet},
    inference::{CatalogueError, Model, ModelCatalogue, OnnxModel, Tensor},
    ocr::{EngineError, OrientationClassifier, PageReader, SecondReader, TesseractReader, open_seldom},
    portrait::FaceDetector,
};

pub use assess::judge;
pub use calibration::{Agreement, Calibration, CalibrationError, Evidence, Observation};
pub use check::Checked;
pub use corrected::correct;
pub use plain::{PlainLine, PlainReading};
pub use proof::{PROVEN, Statement};

/// Why the pipeline could not be opened.
#[derive(Debug, Error)]
pub enum PipelineError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Form(#[from] TemplateError),
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
}

/// What a check is told besides the bytes.
#[derive(Debug, Clone, Copy)]
pub struct CheckOptions {
    /// The slot that the upload was made to; without one the kind is recognised and nothing more.
    pub slot: Option<DocumentKind>,
    /// The day that validity is judged by.
    pub today: Date,
}

/// Everything that is needed to read documents. Share one between threads.
pub struct Pipeline {
    reader: PageReader,
    second: Box<dyn SecondReader>,
    orientation: OrientationClassifier,
    page_net: Option<PageNetwork>,
    legibility: Option<LegibilityNet>,
    traces: Option<TraceNet>,
    faces: FaceDetector,
    finder: PageFinderParams,
    limits: Limits,
    calibration: Calibration,
    forms: FormLibrary,
    version: String,
}

/// Program and model versions, as reports carry them.
pub fn version(catalogue: &ModelCatalogue) -> String {
    format!("vouch {} models {}", env!("CARGO_PKG_VERSION"), catalogue.version())
}

impl Pipeline {
    /// # Errors
    /// When a model file is missing or the built-in data is broken.
    pub fn open(catalogue: &ModelCatalogue, limits: Limits) -> Result<Self, PipelineError> {
        Ok(Self {
            reader: PageReader::open(catalogue)?,
            second: Box::new(TesseractReader::default()),
            orientation: OrientationClassifier::new(open_seldom(catalogue, "orientation.onnx")?),
            page_net: PageNetwork::open(catalogue)?,
            legibility: legibility(catalogue)?,
            traces: trained(catalogue, "traces.onnx")?.map(TraceNet::new),
            faces: FaceDetector::new(face_model(catalogue)?),
            finder: PageFinderParams::default(),
            limits,
            calibration: Calibration::load(&catalogue.calibration())?,
            forms: FormLibrary::with_folder(&catalogue.forms())?,
            version: version(catalogue),
        })
    }

    /// The same pipeline with another calibration, e.g. none while fitting one.
    #[must_use]
    pub fn with_calibration(self, calibration: Calibration) -> Self {
        Self { calibration, ..self }
    }

    /// Program and model versions, as reports carry them.
    pub fn version(&self) -> &str {
        &self.version
    }

    fn page_net(&self) -> Option<&dyn PageNet> {
        self.page_net.as_ref().map(|net| net as &dyn PageNet)
    }
}

/// The page finder's own network on the ONNX runtime.
struct PageNetwork(Arc<dyn Model>);

impl PageNetwork {
    /// `None` when the network is not installed: the finder then works by colour statistics.
    fn open(catalogue: &ModelCatalogue) -> Result<Option<Self>, CatalogueError> {
        Ok(trained(catalogue, "page_finder.onnx")?.map(Self))
    }
}

fn face_model(catalogue: &ModelCatalogue) -> Result<Arc<dyn Model>, CatalogueError> {
    let network = OnnxModel::new(&catalogue.path("libonnxruntime.so")?, &catalogue.path("face.onnx")?);
    Ok(Arc::new(network.for_any_size().one_for(4)))
}

/// The legibility networks; without the fine one everything is looked at coarsely.
fn legibility(catalogue: &ModelCatalogue) -> Result<Option<LegibilityNet>, CatalogueError> {
    let Some(coarse) = trained(catalogue, "legibility.onnx")? else { return Ok(None) };
    let fine =
        own(catalogue, "legibility_fine.onnx")?.map(|fine| Arc::new(fine.for_any_size()) as Arc<dyn Model>);
    Ok(Some(LegibilityNet::new(coarse, fine)))
}

/// One of our own networks; `None` when it is not installed.
fn own(catalogue: &ModelCatalogue, name: &str) -> Result<Option<OnnxModel>, CatalogueError> {
    let path = catalogue.trained(name);
    let open = || Ok(OnnxModel::new(&catalogue.path("libonnxruntime.so")?, &path));
    path.is_file().then(open).transpose()
}

fn trained(catalogue: &ModelCatalogue, name: &str) -> Result<Option<Arc<dyn Model>>, CatalogueError> {
    Ok(own(catalogue, name)?.map(|network| Arc::new(network) as Arc<dyn Model>))
}

impl PageNet for PageNetwork {
    fn run(&self, input: &[f32], shape: [usize; 4]) -> Option<Vec<f32>> {
        self.0.run(&Tensor::new(shape.to_vec(), input.to_vec())).ok().map(|output| output.values)
    }
}
