//! Findings: judgements with a code, a severity and the evidence that led to them.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{field::FieldName, geometry::Quad};

macro_rules! finding_codes {
    ($($variant:ident = $code:literal,)*) => {
        /// Every code of the contract. The variant is the code in camel case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FindingCode { $(#[doc = $code] $variant,)* }

        impl FindingCode {
            /// Every code, in the contract's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as the contract spells it, e.g. `quality.glare`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

finding_codes! {
    IntakeEmpty = "intake.empty",
    IntakeUnsupportedFormat = "intake.unsupported_format",
    IntakeCorrupt = "intake.corrupt",
    IntakeTooLarge = "intake.too_large",
    IntakeEncrypted = "intake.encrypted",
    IntakeTooManyPages = "intake.too_many_pages",
    IntakeTimeout = "intake.timeout",
    IntakeExtensionMismatch = "intake.extension_mismatch",
    KindMismatch = "kind.mismatch",
    KindWrongSide = "kind.wrong_side",
    KindUnrecognised = "kind.unrecognised",
    QualityBlurred = "quality.blurred",
    QualityGlare = "quality.glare",
    QualityUnderexposed = "quality.underexposed",
    QualityOverexposed = "quality.overexposed",
    QualityLowResolution = "quality.low_resolution",
    QualityOccluded = "quality.occluded",
    QualityStained = "quality.stained",
    CropCutOff = "crop.cut_off",
    CropNotFound = "crop.not_found",
    CropSeveralDocuments = "crop.several_documents",
    SourcePhotocopy = "source.photocopy",
    SourceScreenRecapture = "source.screen_recapture",
    SourceScreenshot = "source.screenshot",
    AlterationStrikeout = "alteration.strikeout",
    AlterationCorrectionFluid = "alteration.correction_fluid",
    AlterationOverwriting = "alteration.overwriting",
    AlterationErasure = "alteration.erasure",
    AlterationDigitalEdit = "alteration.digital_edit",
    AlterationCopyMove = "alteration.copy_move",
    AlterationEditorMetadata = "alteration.editor_metadata",
    AlterationGlyphMismatch = "alteration.glyph_mismatch",
    FormNotHandwritten = "form.not_handwritten",
    FormBlankField = "form.blank_field",
    FormUnsigned = "form.unsigned",
    FormUndated = "form.undated",
    FormIllegible = "form.illegible",
    FormWrongTemplate = "form.wrong_template",
    IdChecksumFailed = "id.checksum_failed",
    IdBirthMismatch = "id.birth_mismatch",
    IdSexMismatch = "id.sex_mismatch",
    IdRegionUnknown = "id.region_unknown",
    IdExpired = "id.expired",
    IdValidityInconsistent = "id.validity_inconsistent",
    IdTemporary = "id.temporary",
    PhotoNotJpeg = "photo.not_jpeg",
    PhotoFileSize = "photo.file_size",
    PhotoBackground = "photo.background",
    PhotoProportions = "photo.proportions",
    PhotoNoFace = "photo.no_face",
    PhotoSeveralFaces = "photo.several_faces",
    PhotoFacePose = "photo.face_pose",
    PhotoRephotographed = "photo.rephotographed",
    PhotoRetouched = "photo.retouched",
    CertificateNumberMalformed = "certificate.number_malformed",
    CertificateLevelMismatch = "certificate.level_mismatch",
    CertificateOccupationNotListed = "certificate.occupation_not_listed",
    CertificateDateImplausible = "certificate.date_implausible",
    CertificateQrMismatch = "certificate.qr_mismatch",
    ChsiCodeMissing = "chsi.code_missing",
    ChsiCodeMalformed = "chsi.code_malformed",
    ChsiQrMismatch = "chsi.qr_mismatch",
    ChsiQrForeignHost = "chsi.qr_foreign_host",
    ChsiStale = "chsi.stale",
    FieldMissing = "field.missing",
    FieldLowConfidence = "field.low_confidence",
    CrossNameMismatch = "cross.name_mismatch",
    CrossIdNumberMismatch = "cross.id_number_mismatch",
    CrossBirthMismatch = "cross.birth_mismatch",
    CrossSexMismatch = "cross.sex_mismatch",
    CrossFaceMismatch = "cross.face_mismatch",
    CrossSchoolMismatch = "cross.school_mismatch",
    CrossMajorMismatch = "cross.major_mismatch",
    CrossDateMismatch = "cross.date_mismatch",
    CrossCodeMismatch = "cross.code_mismatch",
    CrossDeclaredMismatch = "cross.declared_mismatch",
    EligibilityDocumentMissing = "eligibility.document_missing",
    EligibilityWorkYearsShort = "eligibility.work_years_short",
    EligibilityOccupationNotListed = "eligibility.occupation_not_listed",
    EligibilityMajorNotListed = "eligibility.major_not_listed",
    EligibilityPeriodOverlap = "eligibility.period_overlap",
    EligibilityPeriodAfterSignature = "eligibility.period_after_signature",
    EligibilityPeriodImplausible = "eligibility.period_implausible",
    EligibilityConditionUnclear = "eligibility.condition_unclear",
    ReuseSameFile = "reuse.same_file",
    ReuseSameImage = "reuse.same_image",
    ReuseSameHandwriting = "reuse.same_handwriting",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A string that is no finding code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown finding code {0:?}")]
pub struct UnknownFindingCode(pub String);

impl FromStr for FindingCode {
    type Err = UnknownFindingCode;

    fn from_str(code: &str) -> Result<Self, UnknownFindingCode> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == code)
            .ok_or_else(|| UnknownFindingCode(code.to_owned()))
    }
}

impl Serialize for FindingCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FindingCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a finding asks for, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know; nobody has to act.
    Info,
    /// A person should look at it.
    Review,
    /// The applicant should take the picture again.
    Retake,
    /// It cannot be accepted as it is.
    Reject,
}

impl Severity {
    /// The contract's name, e.g. `retake`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Review => "review",
            Self::Retake => "retake",
            Self::Reject => "reject",
        }
    }
}

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub zh: String,
    pub en: String,
}

/// A judgement about a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    /// How strongly the evidence speaks for it, 0 to 1.
    pub score: f64,
    /// Index of the page it is about.
    pub page: Option<usize>,
    /// Where, in page pixels.
    pub quad: Option<Quad>,
    /// The field that it hurts.
    pub field: Option<FieldName>,
    pub message: Message,
    /// The numbers that led to it. Never a value read off the document.
    pub evidence: BTreeMap<String, serde_json::Value>,
}

impl Finding {
    /// A finding with full score and no place; add what is known with the `with_…` methods.
    pub fn new(code: FindingCode, severity: Severity, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            score: 1.0,
            page: None,
            quad: None,
            field: None,
            message: Message { zh: zh.into(), en: en.into() },
            evidence: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn with_score(mut self, score: f64) -> Self {
        self.score = score;
        self
    }

    #[must_use]
    pub fn on_page(mut self, page: usize) -> Self {
        self.page = Some(page);
        self
    }

    #[must_use]
    pub fn at(mut self, quad: Quad) -> Self {
        self.quad = Some(quad);
        self
    }

    #[must_use]
    pub fn about(mut self, field: impl Into<FieldName>) -> Self {
        self.field = Some(field.into());
        self
    }

    #[must_use]
    pub fn with_evidence(mut self, key: &str, value: impl Into<serde_json::Value>) -> Self {
        self.evidence.insert(key.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_parses_from_its_own_name() {
        for &code in FindingCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(code));
        }
        assert!("quality.unheard_of".parse::<FindingCode>().is_err());
    }
}
