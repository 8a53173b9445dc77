//! Handwritten forms: what an applicant wrote on a blank that is known.
//!
//! A page is brought onto its blank ([`registration`]), its ink is told from its print ([`ink`]),
//! each entry is read under what its field must hold ([`decode`]). Forms are data ([`definition`],
//! [`template`]).

mod anchoring;
mod burnt_print;
mod choice;
pub mod decode;
pub mod definition;
mod findings;
mod homography;
pub mod ink;
mod matching;
pub mod normalise;
mod print_likeness;
mod reading;
pub mod registration;
mod requirement;
pub mod sheet;
mod slots;
mod template;

pub use decode::claim::{Weight, Writing};
pub use reading::{Claim, FormReading, Laid, Outcome, WrittenField, lay_out, read};
pub use slots::Look;
pub use template::{FormLibrary, Template, TemplateError};
