//! Files with a past: saved by editors, patched PDFs, and the plain histories that every honest upload has.

mod pdf;
mod picture;
mod signature;

pub use picture::upright;
use rand_chacha::ChaCha8Rng;

use crate::spec::{chance, one_of};

/// Gives a file a past: an edit's in half of the cases. Returns its name (`control:…` for plain ones) and the file.
pub fn apply(bytes: Vec<u8>, extension: &'static str, rng: &mut ChaCha8Rng) -> Aged {
    let forged = chance(rng, 0.5);
    match (extension, forged) {
        ("pdf", true) => one_of(pdf::FORGED, rng).age(&bytes, "pdf", rng),
        ("pdf", false) => one_of(pdf::PLAIN, rng).age(&bytes, "pdf", rng),
        (_, true) => one_of(picture::FORGED, rng).age(&bytes, extension, rng),
        (_, false) => one_of(picture::PLAIN, rng).age(&bytes, extension, rng),
    }
}

/// A file with its past.
pub struct Aged {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub extension: &'static str,
}

impl Aged {
    /// Must `alteration.editor_metadata` be raised?
    pub fn is_forged(&self) -> bool {
        !self.name.starts_with("control:")
    }
}

/// One sort of past: its name and how a file comes by it.
#[derive(Clone, Copy)]
pub struct Past {
    name: &'static str,
    /// Extension of the files that it needs; pictures are saved anew for it.
    needs: &'static str,
    make: fn(&[u8], &mut ChaCha8Rng) -> Vec<u8>,
}

impl Past {
    fn age(self, bytes: &[u8], extension: &'static str, rng: &mut ChaCha8Rng) -> Aged {
        let needed = if self.needs.is_empty() { extension } else { self.needs };
        let bytes = picture::converted(bytes, extension, needed, rng);
        Aged { name: self.name, bytes: (self.make)(&bytes, rng), extension: needed }
    }
}
