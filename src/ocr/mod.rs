//! Reading text: detection of lines, recognition into lattices, decoding under constraints.

mod lattice;
mod text;

pub use lattice::{Charset, Lattice, Step};
pub use text::{Code, PageText, Symbol, TextLine};
