//! Ornaments that papers carry: security patterns, portraits, seals, emblems, codes.

pub mod correction;
pub mod emblem;
pub mod face;
pub mod guilloche;
pub mod qr;
pub mod seal;
pub mod wear;
