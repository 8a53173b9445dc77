//! Bytes to pages under limits; quality; page finding; rectification; orientation.

mod deadline;
mod decode;
mod error;
mod intake;
mod limits;
mod metadata;
mod page;
mod sniff;

pub use error::IntakeError;
pub use intake::{Opened, open};
pub use limits::{DecodeScale, Limits};
pub use metadata::{JpegCoding, Metadata};
pub use page::{PageImage, PageOrigin, TextSpan};
pub use sniff::{extension_mismatch, sniff};
