//! The contract's types: what a document is, where things stand on it and what was found.
//!
//! Nothing here does I/O or analysis; every other room speaks these types.

mod application;
mod application_report;
mod digest;
mod document;
mod field;
mod field_list;
mod finding;
mod geometry;
mod report;

pub use application::{Application, UploadedFile};
pub use application_report::{
    APPLICATION_SCHEMA, Agreement, ApplicationReport, CrossFinding, DraftReason, EducationStanding,
    Eligibility, FieldRow, Listing, PaperValue, PlanReference, SlotStatus, Stretch, Verdict, WorkArithmetic,
    WorkPaper, WorkRowCount,
};
pub use digest::hex;
pub use document::{DocumentKind, MediaType, UnknownKind};
pub use field::{Alternative, Comparison, Field, FieldName, Reader};
pub use finding::{Finding, FindingCode, Message, Severity, UnknownFindingCode};
pub use geometry::{Homography, Point, Quad, Rect};
pub use report::{
    DetectorReport, DetectorState, DocumentReport, Outcome, PageReport, QualityMeasures, SCHEMA, SchemaName,
};
