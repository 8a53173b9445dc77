//! The contract's types: what a document is, where things stand on it and what was found.
//!
//! Nothing here does I/O or analysis; every other room speaks these types.

mod application;
mod digest;
mod document;
mod field;
mod finding;
mod geometry;
mod report;

pub use application::{APPLICATION_SCHEMA, Application, ApplicationReport, CrossFinding, UploadedFile};
pub use digest::hex;
pub use document::{DocumentKind, MediaType, UnknownKind};
pub use field::{Alternative, Comparison, Field, FieldName, Reader};
pub use finding::{Finding, FindingCode, Message, Severity, UnknownFindingCode};
pub use geometry::{Homography, Point, Quad, Rect};
pub use report::{DocumentReport, Outcome, PageReport, QualityMeasures, SCHEMA};
