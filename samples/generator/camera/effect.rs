//! What is done to a picture on purpose: defects that must be found, and near misses that must not.
//!
//! An effect says what was tried. Whether a field is lost is measured on the picture (`visibility`).

use rand_chacha::ChaCha8Rng;

use crate::spec::{chance, one_of};

/// A defect (has a code) or a control (has none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    Blurred,
    MotionBlurred,
    LocalBlur,
    GlareOverField,
    GlareStreak,
    Underexposed,
    Overexposed,
    LowResolution,
    FingerOverField,
    HandOverField,
    ObjectOverField,
    CardOverField,
    NoteOverField,
    ClothOverField,
    MugOverField,
    CutOff,
    SecondDocument,
    Stained,
    SpilledOver,
    // Controls.
    GlareBeside,
    SoftGlare,
    FingerOnEdge,
    ObjectBeside,
    StainBeside,
    PaleStain,
    MildBlur,
    DeepShadow,
    TintedShadow,
    CornerCut,
    Fold,
    Watermark,
    SmallPicture,
}

const DEFECTS: &[Effect] = &[
    Effect::Blurred,
    Effect::MotionBlurred,
    Effect::LocalBlur,
    Effect::GlareOverField,
    Effect::GlareOverField,
    Effect::GlareStreak,
    Effect::Underexposed,
    Effect::Overexposed,
    Effect::LowResolution,
    Effect::FingerOverField,
    Effect::HandOverField,
    Effect::ObjectOverField,
    Effect::CardOverField,
    Effect::NoteOverField,
    Effect::ClothOverField,
    Effect::MugOverField,
    Effect::CutOff,
    Effect::CutOff,
    Effect::SecondDocument,
    Effect::Stained,
    Effect::SpilledOver,
];
const CONTROLS: &[Effect] = &[
    Effect::GlareBeside,
    Effect::SoftGlare,
    Effect::FingerOnEdge,
    Effect::ObjectBeside,
    Effect::StainBeside,
    Effect::PaleStain,
    Effect::MildBlur,
    Effect::DeepShadow,
    Effect::TintedShadow,
    Effect::CornerCut,
    Effect::Fold,
    Effect::Watermark,
    Effect::SmallPicture,
];

impl Effect {
    /// Half defects, half controls.
    pub fn roll(rng: &mut ChaCha8Rng) -> Self {
        if chance(rng, 0.55) { one_of(DEFECTS, rng) } else { one_of(CONTROLS, rng) }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blurred => "blurred",
            Self::MotionBlurred => "motion_blurred",
            Self::LocalBlur => "local_blur",
            Self::GlareOverField => "glare_over_field",
            Self::GlareStreak => "glare_streak",
            Self::Underexposed => "underexposed",
            Self::Overexposed => "overexposed",
            Self::LowResolution => "low_resolution",
            Self::FingerOverField => "finger_over_field",
            Self::HandOverField => "hand_over_field",
            Self::ObjectOverField => "object_over_field",
            Self::CardOverField => "card_over_field",
            Self::NoteOverField => "note_over_field",
            Self::ClothOverField => "cloth_over_field",
            Self::MugOverField => "mug_over_field",
            Self::CutOff => "cut_off",
            Self::SecondDocument => "second_document",
            Self::Stained => "stained",
            Self::SpilledOver => "spilled_over",
            Self::GlareBeside => "control:glare_beside",
            Self::SoftGlare => "control:soft_glare",
            Self::FingerOnEdge => "control:finger_on_edge",
            Self::ObjectBeside => "control:object_beside",
            Self::StainBeside => "control:stain_beside",
            Self::PaleStain => "control:pale_stain",
            Self::MildBlur => "control:mild_blur",
            Self::DeepShadow => "control:deep_shadow",
            Self::TintedShadow => "control:tinted_shadow",
            Self::CornerCut => "control:corner_cut",
            Self::Fold => "control:fold",
            Self::Watermark => "control:watermark",
            Self::SmallPicture => "control:small_picture",
        }
    }

    /// The finding that must be raised where a field is lost.
    pub const fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Blurred | Self::MotionBlurred | Self::LocalBlur => "quality.blurred",
            Self::GlareOverField | Self::GlareStreak => "quality.glare",
            Self::Underexposed => "quality.underexposed",
            Self::Overexposed => "quality.overexposed",
            Self::LowResolution => "quality.low_resolution",
            Self::FingerOverField
            | Self::HandOverField
            | Self::ObjectOverField
            | Self::CardOverField
            | Self::NoteOverField
            | Self::ClothOverField
            | Self::MugOverField => "quality.occluded",
            Self::CutOff => "crop.cut_off",
            Self::SecondDocument => "crop.several_documents",
            Self::Stained | Self::SpilledOver => "quality.stained",
            _ => return None,
        })
    }

    /// Is it meant to cost at least one field?
    pub const fn aims_at_a_field(self) -> bool {
        !matches!(self, Self::SecondDocument) && self.code().is_some()
    }
}
