//! Bytes to pages under limits; quality; page finding; rectification; orientation.

mod page;
mod page_finder;
mod rectify;

pub use page::{PageImage, PageOrigin, TextSpan};
pub use page_finder::{
    DocumentQuad, EdgeState, MAP_SIDE, PageFinderParams, PageMaps, PageNet, find_documents, metric_aspect,
};
pub use rectify::{Rectified, natural_size, rectify, rotate_clockwise};
