//! Why an upload could not be opened, for the program and for people.

use thiserror::Error;

use crate::domain::{Finding, FindingCode, Severity};

/// Why an upload could not be opened. [`IntakeError::finding`] says it to the applicant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IntakeError {
    #[error("the file is empty")]
    Empty,
    /// Bytes of a type that is not read here.
    #[error("unsupported format {guess}")]
    Unsupported {
        /// Best guess at the media type.
        guess: &'static str,
    },
    /// Bytes of a known type that cannot be decoded.
    #[error("damaged: {cause}")]
    Corrupt {
        /// The decoder's own words; for logs, not for applicants.
        cause: String,
    },
    #[error("{bytes} bytes, {max_bytes} allowed")]
    TooManyBytes { bytes: u64, max_bytes: u64 },
    #[error("{width}×{height} pixels, {max_pixels} allowed")]
    TooManyPixels { width: u32, height: u32, max_pixels: u64 },
    /// Compressed data that unpacks to more than allowed.
    #[error("unpacks to more than {max_bytes} bytes")]
    UnpacksTooLarge { max_bytes: u64 },
    #[error("protected by a password")]
    Encrypted,
    #[error("{pages} pages, {max_pages} allowed")]
    TooManyPages { pages: usize, max_pages: usize },
    #[error("not read within {max_time_ms} ms")]
    Timeout { max_time_ms: u64 },
    /// The machine could not start a worker; the upload itself may be fine.
    #[error("no worker thread could be started")]
    NoWorker,
}

impl IntakeError {
    /// Damaged bytes, with the decoder's words.
    pub(super) fn corrupt(cause: impl ToString) -> Self {
        Self::Corrupt { cause: cause.to_string() }
    }

    /// The contract's code.
    pub const fn code(&self) -> FindingCode {
        match self {
            Self::Empty => FindingCode::IntakeEmpty,
            Self::Unsupported { .. } => FindingCode::IntakeUnsupportedFormat,
            Self::Corrupt { .. } => FindingCode::IntakeCorrupt,
            Self::TooManyBytes { .. } | Self::TooManyPixels { .. } | Self::UnpacksTooLarge { .. } => {
                FindingCode::IntakeTooLarge
            }
            Self::Encrypted => FindingCode::IntakeEncrypted,
            Self::TooManyPages { .. } => FindingCode::IntakeTooManyPages,
            Self::Timeout { .. } | Self::NoWorker => FindingCode::IntakeTimeout,
        }
    }

    /// What a new upload of the same paper can mend asks for a retake; what needs another file is
    /// rejected; what may be the machine's own fault goes to a person.
    const fn severity(&self) -> Severity {
        match self {
            Self::Empty | Self::Corrupt { .. } => Severity::Retake,
            Self::Timeout { .. } | Self::NoWorker => Severity::Review,
            _ => Severity::Reject,
        }
    }

    /// What is wrong, why, and what to do about it.
    pub fn finding(&self) -> Finding {
        let (zh, en) = self.message();
        let finding = Finding::new(self.code(), self.severity(), zh, en);
        match *self {
            Self::Unsupported { guess } => finding.with_evidence("media_type", guess),
            Self::TooManyBytes { bytes, max_bytes } => {
                finding.with_evidence("bytes", bytes).with_evidence("max_bytes", max_bytes)
            }
            Self::TooManyPixels { width, height, max_pixels } => finding
                .with_evidence("width", width)
                .with_evidence("height", height)
                .with_evidence("max_pixels", max_pixels),
            Self::UnpacksTooLarge { max_bytes } => finding.with_evidence("max_unpacked_bytes", max_bytes),
            Self::TooManyPages { pages, max_pages } => {
                finding.with_evidence("pages", pages).with_evidence("max_pages", max_pages)
            }
            Self::Timeout { max_time_ms } => finding.with_evidence("max_time_ms", max_time_ms),
            _ => finding,
        }
    }

    fn message(&self) -> (String, String) {
        let mb = |bytes: u64| bytes.div_ceil(1 << 20);
        let megapixels = |pixels: u64| pixels / 1_000_000;
        match self {
            Self::Empty => (
                "文件为空（0 字节），可能上传中断，请重新上传".into(),
                "The file is empty (0 bytes), perhaps a broken upload; please upload it again".into(),
            ),
            Self::Unsupported { guess } => (
                format!("不支持的文件格式（{guess}），请上传 JPG、PNG、HEIC 图片或 PDF"),
                format!(
                    "Unsupported file format ({guess}); please upload a JPEG, PNG or HEIC picture or a PDF"
                ),
            ),
            Self::Corrupt { .. } => (
                "文件已损坏或不完整，无法打开，请重新拍摄或导出后上传".into(),
                "The file is damaged or incomplete and cannot be opened; please take or export it again"
                    .into(),
            ),
            Self::TooManyBytes { bytes, max_bytes } => (
                format!("文件过大（{} MB，上限 {} MB），请压缩后上传", mb(*bytes), mb(*max_bytes)),
                format!(
                    "The file is too large ({} MB, limit {} MB); please upload a smaller one",
                    mb(*bytes),
                    mb(*max_bytes)
                ),
            ),
            Self::TooManyPixels { width, height, max_pixels } => (
                format!(
                    "图片尺寸过大（{width}×{height}，上限约 {} 百万像素），请缩小后上传",
                    megapixels(*max_pixels)
                ),
                format!(
                    "The picture has too many pixels ({width}×{height}, limit about {} megapixels); please upload a smaller one",
                    megapixels(*max_pixels)
                ),
            ),
            Self::UnpacksTooLarge { max_bytes } => (
                format!("文件解压后过大（超过 {} MB），无法处理，请重新导出后上传", mb(*max_bytes)),
                format!("The file unpacks to more than {} MB; please export it again", mb(*max_bytes)),
            ),
            Self::Encrypted => (
                "文件已加密，需要密码才能打开，请上传未加密的文件".into(),
                "The file is protected by a password; please upload it without one".into(),
            ),
            Self::TooManyPages { pages, max_pages } => (
                format!("文件页数过多（{pages} 页，上限 {max_pages} 页），请只上传所需的页"),
                format!(
                    "The file has too many pages ({pages}, limit {max_pages}); please upload only the pages needed"
                ),
            ),
            Self::Timeout { max_time_ms } => (
                format!("文件在 {} 秒内未能读完，请重新导出或改用照片上传", max_time_ms.div_ceil(1000)),
                format!(
                    "The file could not be read within {} seconds; please export it again or upload a photo",
                    max_time_ms.div_ceil(1000)
                ),
            ),
            Self::NoWorker => (
                "系统繁忙，暂时无法读取该文件，请稍后重试".into(),
                "The system is busy and could not read the file; please try again later".into(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_causes_stay_out_of_messages() {
        let finding = IntakeError::corrupt("bad huffman code at byte 17").finding();
        assert_eq!(finding.code, FindingCode::IntakeCorrupt);
        assert!(!finding.message.en.contains("huffman"));
        assert!(!serde_json::to_string(&finding).unwrap().contains("huffman"));
    }

    #[test]
    fn sizes_are_told_in_units_people_use() {
        let error = IntakeError::TooManyBytes { bytes: 50_000_000, max_bytes: 40 << 20 };
        let finding = error.finding();
        assert!(finding.message.zh.contains("48 MB") && finding.message.zh.contains("40 MB"));
        assert_eq!(finding.evidence["bytes"], 50_000_000);
    }
}
