//! One kind a file: how it is recognised, its fields and its own checks.

mod checks;
mod chsi_code_check;
pub mod chsi_report;
pub mod flow;
pub mod labelled;
pub mod labels;
#[cfg(test)]
mod layout;
pub mod passage;
mod reading;
mod required;
pub mod values;

pub use reading::{DocumentReading, FieldReading, Source};
