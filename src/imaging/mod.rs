//! Bytes to pages under limits; quality; page finding; rectification; orientation.

mod page;

pub use page::{PageImage, PageOrigin, TextSpan};
