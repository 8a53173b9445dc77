//! What is done to a picture on purpose: defects that must be found, and near misses that must not.

use rand_chacha::ChaCha8Rng;

use crate::spec::{chance, one_of};

/// A defect (has a code) or a control (has none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    Blurred,
    MotionBlurred,
    GlareOverField,
    Underexposed,
    Overexposed,
    LowResolution,
    FingerOverField,
    ObjectOverField,
    CutOff,
    SecondDocument,
    Stained,
    // Controls.
    GlareBeside,
    FingerOnEdge,
    MildBlur,
    DeepShadow,
    CornerCut,
}

const DEFECTS: &[Effect] = &[
    Effect::Blurred,
    Effect::MotionBlurred,
    Effect::GlareOverField,
    Effect::GlareOverField,
    Effect::Underexposed,
    Effect::Overexposed,
    Effect::LowResolution,
    Effect::FingerOverField,
    Effect::FingerOverField,
    Effect::ObjectOverField,
    Effect::CutOff,
    Effect::CutOff,
    Effect::SecondDocument,
    Effect::Stained,
];
const CONTROLS: &[Effect] =
    &[Effect::GlareBeside, Effect::FingerOnEdge, Effect::MildBlur, Effect::DeepShadow, Effect::CornerCut];

impl Effect {
    /// Two thirds defects, one third controls.
    pub fn roll(rng: &mut ChaCha8Rng) -> Self {
        if chance(rng, 0.67) { one_of(DEFECTS, rng) } else { one_of(CONTROLS, rng) }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blurred => "blurred",
            Self::MotionBlurred => "motion_blurred",
            Self::GlareOverField => "glare_over_field",
            Self::Underexposed => "underexposed",
            Self::Overexposed => "overexposed",
            Self::LowResolution => "low_resolution",
            Self::FingerOverField => "finger_over_field",
            Self::ObjectOverField => "object_over_field",
            Self::CutOff => "cut_off",
            Self::SecondDocument => "second_document",
            Self::Stained => "stained",
            Self::GlareBeside => "control:glare_beside",
            Self::FingerOnEdge => "control:finger_on_edge",
            Self::MildBlur => "control:mild_blur",
            Self::DeepShadow => "control:deep_shadow",
            Self::CornerCut => "control:corner_cut",
        }
    }

    /// The finding that must be raised.
    pub const fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Blurred | Self::MotionBlurred => "quality.blurred",
            Self::GlareOverField => "quality.glare",
            Self::Underexposed => "quality.underexposed",
            Self::Overexposed => "quality.overexposed",
            Self::LowResolution => "quality.low_resolution",
            Self::FingerOverField | Self::ObjectOverField => "quality.occluded",
            Self::CutOff => "crop.cut_off",
            Self::SecondDocument => "crop.several_documents",
            Self::Stained => "quality.stained",
            _ => return None,
        })
    }

    /// Is at least one field lost, so that the picture must be taken again?
    pub const fn loses_a_field(self) -> bool {
        !matches!(self, Self::SecondDocument) && self.code().is_some()
    }

    /// Does nothing of the document stay readable?
    pub const fn loses_every_field(self) -> bool {
        matches!(
            self,
            Self::Blurred | Self::MotionBlurred | Self::Underexposed | Self::Overexposed | Self::LowResolution
        )
    }
}
