//! One kind a file: how it is recognised, its fields and its own checks.

mod reading;
pub mod values;

pub use reading::{DocumentReading, FieldReading, Source};
