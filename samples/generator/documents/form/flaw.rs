//! What may be wrong with a filled form.

use rand_chacha::ChaCha8Rng;

use super::entries::Entries;
use crate::{spec::one_of, truth::Truth};

/// A deliberate fault of the form itself, not of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Unsigned,
    Undated,
    Blank,
    /// Filled with a computer.
    Printed,
    /// The right form in an edition that nobody knows.
    OtherEdition,
}

impl Flaw {
    pub fn roll(rng: &mut ChaCha8Rng) -> Self {
        one_of(&[Self::Unsigned, Self::Undated, Self::Blank, Self::Printed, Self::OtherEdition], rng)
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Unsigned => "form.unsigned",
            Self::Undated => "form.undated",
            Self::Blank => "form.blank_field",
            Self::Printed => "form.not_handwritten",
            Self::OtherEdition => "form.wrong_template",
        }
    }

    /// Takes out what must be missing and writes down what must be found.
    pub fn apply(self, entries: &mut Entries, truth: &mut Truth, rng: &mut ChaCha8Rng) {
        match self {
            Self::Unsigned => _ = entries.remove("signature"),
            Self::Undated => {
                entries.remove("signed_on");
                // 至今 means the month of the signature, which there is none of.
                for entry in entries.values_mut().filter(|entry| entry.written == ["至今"]) {
                    entry.normal.clear();
                }
            }
            Self::Blank => {
                let candidates: Vec<&str> =
                    ["name", "id_number", "occupation", "phone", "level", "school", "major"]
                        .into_iter()
                        .filter(|field| entries.contains_key(*field))
                        .collect();
                entries.remove(one_of(&candidates, rng));
            }
            Self::Printed | Self::OtherEdition => {}
        }
        truth.finding(self.code());
    }
}
