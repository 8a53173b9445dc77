//! What a worker and a reader say to each other.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Confinement, Drill};
use crate::{
    domain::{Application, DocumentKind, DocumentReport},
    imaging::{Fingerprint, LayerKind},
};

/// A document to be read; a second frame has its bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadRequest {
    /// The file's name as it was uploaded.
    pub name: String,
    pub slot: Option<DocumentKind>,
    /// The day that validity is judged by.
    pub today: Date,
    /// What was declared, for entries of forms to be held against.
    #[serde(default)]
    pub application: Application,
    /// Reports about papers of the same application that were read before.
    #[serde(default)]
    pub papers: Vec<DocumentReport>,
    /// Answer with pictures of the pages as well.
    #[serde(default)]
    pub pictures: bool,
    /// Misbehaviour on purpose; refused unless the reader was started for it.
    #[serde(default)]
    pub drill: Option<Drill>,
}

/// What the bytes of a picture that follow are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureSize {
    /// The page, from 0.
    pub page: usize,
    /// Pixels.
    pub width: u32,
    pub height: u32,
    /// What the page is found again by.
    #[serde(default)]
    pub print: Option<Fingerprint>,
}

/// What the bytes of a layer that follow are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerSize {
    /// The page, from 0.
    pub page: usize,
    pub kind: LayerKind,
    /// Pixels.
    pub width: u32,
    pub height: u32,
}

/// What a reader says first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Version of its pipeline.
    pub pipeline: String,
    pub confinement: Confinement,
}

/// What a reader answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Ready(Ready),
    Report(Box<DocumentReport>),
    /// A report, and one more frame for each of these pictures and layers, in this order.
    Pictured(Box<DocumentReport>, Vec<PictureSize>, Vec<LayerSize>),
    /// Something is wrong with the installation or the request, not with the document; a code for logs.
    Failed(String),
}
