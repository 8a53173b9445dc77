//! One kind a file: how it is recognised, its fields and its own checks.

mod anchor_table;
pub mod anchors;
mod announced;
mod bare;
mod certificate_check;
mod checks;
mod chsi_code_check;
pub mod chsi_report;
mod corroboration;
pub mod diploma;
mod diploma_body;
mod diploma_close;
pub mod enrollment_form;
pub mod flow;
mod frames;
pub mod id_card_back;
pub mod id_card_front;
mod id_check;
pub mod labelled;
pub mod labels;
#[cfg(test)]
mod layout;
mod overprint;
pub mod passage;
pub mod portrait_photo;
pub mod prior_certificate;
mod reading;
mod required;
mod swallowed_rows;
pub mod values;
mod whole;

pub use announced::announced;
pub use bare::{BareValue, bare_values};
pub use corroboration::corroborated;
pub use reading::{DocumentReading, FieldReading, Source};
pub use required::usual as usual_fields;
pub use whole::is_whole;
