//! Kinds of documents (the contract's slots) and media types.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A document kind; the same names serve as slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Resident ID card, portrait side (what applicants call the front; GA 448 calls it the back).
    IdCardFront,
    /// Resident ID card, emblem side.
    IdCardBack,
    /// One-inch photo on a white background.
    PortraitPhoto,
    /// 北京市职业技能认定申报表.
    DeclarationForm,
    /// 工作经历承诺书.
    WorkCommitment,
    /// 个人学历承诺书.
    EducationCommitment,
    /// Lower-level vocational certificate.
    PriorCertificate,
    /// Graduation certificate.
    Diploma,
    /// Admission approval form (招生录取审批表).
    EnrollmentForm,
    /// CHSI registration form or enrolment verification report.
    ChsiReport,
    /// Anything else; only ever recognised, never asked for.
    Other,
}

impl DocumentKind {
    /// Every kind, in the contract's order.
    pub const ALL: [Self; 11] = [
        Self::IdCardFront,
        Self::IdCardBack,
        Self::PortraitPhoto,
        Self::DeclarationForm,
        Self::WorkCommitment,
        Self::EducationCommitment,
        Self::PriorCertificate,
        Self::Diploma,
        Self::EnrollmentForm,
        Self::ChsiReport,
        Self::Other,
    ];

    /// The contract's name, e.g. `id_card_front`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdCardFront => "id_card_front",
            Self::IdCardBack => "id_card_back",
            Self::PortraitPhoto => "portrait_photo",
            Self::DeclarationForm => "declaration_form",
            Self::WorkCommitment => "work_commitment",
            Self::EducationCommitment => "education_commitment",
            Self::PriorCertificate => "prior_certificate",
            Self::Diploma => "diploma",
            Self::EnrollmentForm => "enrollment_form",
            Self::ChsiReport => "chsi_report",
            Self::Other => "other",
        }
    }

    /// What a person calls it, in Chinese.
    pub const fn label_zh(self) -> &'static str {
        match self {
            Self::IdCardFront => "身份证人像面",
            Self::IdCardBack => "身份证国徽面",
            Self::PortraitPhoto => "白底一寸照片",
            Self::DeclarationForm => "申报表",
            Self::WorkCommitment => "工作经历承诺书",
            Self::EducationCommitment => "个人学历承诺书",
            Self::PriorCertificate => "上一级别证书",
            Self::Diploma => "毕业证书",
            Self::EnrollmentForm => "招生录取审批表",
            Self::ChsiReport => "学信网报告",
            Self::Other => "其他材料",
        }
    }

    /// What a person calls it, in English.
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::IdCardFront => "ID card (portrait side)",
            Self::IdCardBack => "ID card (emblem side)",
            Self::PortraitPhoto => "one-inch photo",
            Self::DeclarationForm => "declaration form",
            Self::WorkCommitment => "work history commitment",
            Self::EducationCommitment => "education commitment",
            Self::PriorCertificate => "prior certificate",
            Self::Diploma => "graduation certificate",
            Self::EnrollmentForm => "admission approval form",
            Self::ChsiReport => "CHSI report",
            Self::Other => "other document",
        }
    }

    /// Either side of the resident ID card.
    pub const fn is_id_card(self) -> bool {
        matches!(self, Self::IdCardFront | Self::IdCardBack)
    }

    /// One of the official forms that are filled by hand.
    pub const fn is_handwritten_form(self) -> bool {
        matches!(self, Self::DeclarationForm | Self::WorkCommitment | Self::EducationCommitment)
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no document kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown document kind {0:?}")]
pub struct UnknownKind(pub String);

impl FromStr for DocumentKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// What the bytes are, by their magic, never by the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    Jpeg,
    Png,
    WebP,
    Gif,
    Tiff,
    Bmp,
    Heic,
    Avif,
    Pdf,
    /// Nothing that can be read; the string is the best guess at its type.
    Unsupported(&'static str),
}

impl MediaType {
    /// The IANA media type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
            Self::Bmp => "image/bmp",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
            Self::Pdf => "application/pdf",
            Self::Unsupported(guess) => guess,
        }
    }

    /// The type of that name: reports are read back. A name that is not known stands for bytes that
    /// nothing is known of.
    pub fn of_name(name: &str) -> Self {
        let known = Self::READABLE.into_iter().find(|known| known.as_str() == name);
        let unsupported = || UNSUPPORTED_NAMES.iter().find(|known| **known == name);
        known.unwrap_or_else(|| Self::Unsupported(unsupported().copied().unwrap_or(OCTETS)))
    }

    /// Types that can be read.
    pub const READABLE: [Self; 9] = [
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Gif,
        Self::Tiff,
        Self::Bmp,
        Self::Heic,
        Self::Avif,
        Self::Pdf,
    ];
}

/// Bytes that nothing is known of.
const OCTETS: &str = "application/octet-stream";

/// Names that `imaging::sniff` gives to what it cannot read; a test there holds the two together.
const UNSUPPORTED_NAMES: &[&str] = &[
    "application/gzip",
    "application/msword",
    "application/ofd",
    "application/postscript",
    "application/rtf",
    "application/vnd.microsoft.portable-executable",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-executable",
    "application/x-ole-storage",
    "application/xml",
    "application/zip",
    "audio/amr",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "image/jp2",
    "image/jxl",
    "image/svg+xml",
    "image/vnd.adobe.photoshop",
    "image/vnd.djvu",
    "image/vnd.microsoft.icon",
    "text/html",
    "text/plain",
    "text/x-data-uri",
    "video/3gpp",
    "video/mp4",
    "video/mpeg",
    "video/quicktime",
    "video/webm",
    "video/x-flv",
    "video/x-ms-wmv",
    "video/x-msvideo",
];

impl Serialize for MediaType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for MediaType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::of_name(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_parses_from_its_own_name() {
        for kind in DocumentKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
