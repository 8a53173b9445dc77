//! Bytes to pages under limits; quality; page finding; rectification; orientation.

mod deadline;
mod decode;
mod error;
mod fingerprint;
mod intake;
mod layer;
mod limits;
mod metadata;
mod page;
mod page_finder;
mod picture;
pub mod quality;
mod rectify;
mod sampler;
mod shrink;
mod sniff;

pub use error::IntakeError;
pub use fingerprint::{Fingerprint, PrintHash, Probe, SAME_PICTURE};
pub use intake::{Opened, open};
pub use layer::{LayerCanvas, LayerKind, PageLayer};
pub use limits::{DecodeScale, Limits};
pub use metadata::{JpegCoding, Metadata};
pub use page::{Overlay, OverlaySort, PageImage, PageOrigin, TextSpan};
pub use page_finder::{
    DocumentQuad, EdgeState, MAP_SIDE, PageFinderParams, PageMaps, PageNet, find_documents, fit_document,
    metric_aspect,
};
pub use picture::{PICTURE_SIDE, PagePicture, Pictures, jpeg_of, picture_of};
pub use rectify::{Rectified, natural_size, rectify, rotate_clockwise};
pub(crate) use sampler::Bilinear;
pub use shrink::shrink;
pub use sniff::{extension_mismatch, sniff};
