//! What the photo's file must be like before anybody looks at it.

use crate::domain::{Finding, FindingCode, MediaType, Severity};

/// The usual one-inch photo. A plan's own limits count over a whole application (`rules::photo_file`); these serve a
/// single check and are those of the first plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhotoFileParams {
    pub minimum_bytes: u64,
    pub maximum_bytes: u64,
    /// Width ÷ height: 25 by 35 mm.
    pub aspect: f64,
    /// Relative deviation of it: cropping by hand leaves 5 %.
    pub aspect_tolerance: f64,
    /// Pixels across: 25 mm at 200 dpi are 197.
    pub min_width_px: u32,
}

impl Default for PhotoFileParams {
    fn default() -> Self {
        Self {
            minimum_bytes: 40_000,
            maximum_bytes: 81_920,
            aspect: 25.0 / 35.0,
            aspect_tolerance: 0.05,
            min_width_px: 190,
        }
    }
}

/// Judges a file of that type, size in bytes and size in pixels.
pub fn judge(
    media: MediaType,
    bytes: u64,
    (width, height): (u32, u32),
    params: &PhotoFileParams,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if media != MediaType::Jpeg {
        let finding = Finding::new(
            FindingCode::PhotoNotJpeg,
            Severity::Reject,
            "证件照须为 JPG 格式",
            "The photo must be a JPEG",
        );
        found.push(finding.with_evidence("media_type", media.as_str()));
    }
    // Another format has to be saved anew in any case, and with another size.
    if media == MediaType::Jpeg && !(params.minimum_bytes..=params.maximum_bytes).contains(&bytes) {
        let (low, high) = (params.minimum_bytes / 1000, params.maximum_bytes / 1024);
        let finding = Finding::new(
            FindingCode::PhotoFileSize,
            Severity::Review,
            format!("证件照文件大小须在 {low}–{high} KB 之间"),
            format!("The photo's file must have {low} to {high} KB"),
        );
        found.push(finding.with_evidence("bytes", bytes));
    }
    let aspect = f64::from(width) / f64::from(height.max(1));
    if (aspect / params.aspect - 1.0).abs() > params.aspect_tolerance {
        let finding = Finding::new(
            FindingCode::PhotoProportions,
            Severity::Review,
            "证件照宽高比例不是一寸照（25:35）",
            "The picture has not the proportions of a one-inch photo (25:35)",
        );
        found.push(finding.with_evidence("aspect", aspect));
    }
    if width < params.min_width_px {
        let finding = Finding::new(
            FindingCode::QualityLowResolution,
            Severity::Review,
            "证件照像素过少",
            "The photo has too few pixels",
        );
        found.push(finding.with_evidence("width_px", width));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_its_finding() {
        let codes = |media, bytes, size| -> Vec<FindingCode> {
            judge(media, bytes, size, &PhotoFileParams::default()).into_iter().map(|f| f.code).collect()
        };
        assert_eq!(codes(MediaType::Jpeg, 40_000, (250, 350)), []);
        assert_eq!(codes(MediaType::Jpeg, 81_920, (358, 500)), []);
        assert_eq!(codes(MediaType::Png, 60_000, (250, 350)), [FindingCode::PhotoNotJpeg]);
        assert_eq!(codes(MediaType::Jpeg, 39_999, (250, 350)), [FindingCode::PhotoFileSize]);
        assert_eq!(codes(MediaType::Jpeg, 60_000, (300, 350)), [FindingCode::PhotoProportions]);
        assert_eq!(codes(MediaType::Jpeg, 60_000, (100, 140)), [FindingCode::QualityLowResolution]);
    }
}
