//! How a paper came to be a picture, other than by a lens that looked at it: copied, shown on a screen, captured from one.
//!
//! One detector a file. Each yields a [`Verdict`]: what was measured beside its threshold, or why nothing could be.

pub mod photocopy;
pub mod recapture;
pub mod screenshot;

/// What a detector makes of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// It lacks what it needs; the reason is a stable name.
    NotJudged(&'static str),
    /// Nothing was found. `measure` and `threshold` are shares, 0 to 1, of what the detector's file says.
    Clear { measure: f32, threshold: f32 },
    /// The measure is on the finding side of the threshold.
    Found { measure: f32, threshold: f32 },
}

impl Verdict {
    pub(in crate::forensics) const fn measured(measure: f32, is_found: bool, threshold: f32) -> Self {
        if is_found { Self::Found { measure, threshold } } else { Self::Clear { measure, threshold } }
    }
}
