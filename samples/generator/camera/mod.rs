//! The camera: puts rendered pages on a background and takes a picture of them.
//!
//! The order follows the light: page and background → shadows and light → things in the way →
//! lens (defocus, motion) → sensor noise and demosaicing → exposure clipping → sharpening → file.

pub mod background;
pub mod bayer;
pub mod cover;
pub mod effect;
pub mod encode;
pub mod frame;
pub mod light;
pub mod local;
pub mod obstacles;
pub mod panel;
pub mod pose;
pub mod recapture;
pub mod scene;
pub mod screenshot;
pub mod sensor;
pub mod settings;
pub mod visibility;
pub mod warp;
