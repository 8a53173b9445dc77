//! The one-inch photo is a JPEG of the plan's size and proportions.

use crate::domain::{
    CrossFinding, DocumentKind, FindingCode,
    FindingCode::{PhotoFileSize, PhotoNotJpeg, PhotoProportions},
    MediaType, Severity,
};

use super::{
    case::Case,
    rule::{Rule, plain, words},
};

pub const RULE: Rule = Rule {
    id: "photo-file",
    codes: &[PhotoNotJpeg, PhotoFileSize, PhotoProportions],
    words: &[
        words("not_jpeg", &[]),
        words("file_size", &["kilobytes", "minimum", "maximum"]),
        words("proportions", &[]),
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let photo = DocumentKind::PortraitPhoto;
    // The slot says what it is meant to be: a photo may be taken for something else.
    let Some((index, report)) = case
        .documents
        .iter()
        .enumerate()
        .find(|(_, report)| report.slot == Some(photo) || report.slot.is_none() && report.kind == photo)
    else {
        return Vec::new();
    };
    let limits = &case.plan.thresholds.photo;
    let mut found = Vec::new();
    let mut add =
        |code: FindingCode, severity, word, fills: &[(&str, _)], evidence: (&str, serde_json::Value)| {
            if !case.has_own(index, code, None) && report.bytes > 0 {
                let finding = RULE.found(case, word, (code, severity), fills).about(index);
                found.push(finding.with_evidence(evidence.0, evidence.1));
            }
        };
    if report.media_type != MediaType::Jpeg {
        add(
            PhotoNotJpeg,
            Severity::Reject,
            "not_jpeg",
            &[],
            ("media_type", report.media_type.as_str().into()),
        );
    }
    if !(limits.minimum_bytes..=limits.maximum_bytes).contains(&report.bytes) {
        let kilobytes = |bytes: u64| plain(bytes.div_ceil(1024));
        let fills = [
            ("kilobytes", kilobytes(report.bytes)),
            ("minimum", kilobytes(limits.minimum_bytes)),
            ("maximum", kilobytes(limits.maximum_bytes)),
        ];
        add(PhotoFileSize, Severity::Review, "file_size", &fills, ("bytes", report.bytes.into()));
    }
    if let Some(page) = report.pages.first().filter(|page| page.height > 0) {
        let aspect = f64::from(page.width) / f64::from(page.height);
        if (aspect / limits.aspect - 1.0).abs() > limits.aspect_tolerance {
            add(PhotoProportions, Severity::Review, "proportions", &[], ("aspect", aspect.into()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};
    use crate::domain::MediaType;

    #[test]
    fn format_size_and_proportions_are_the_plan_s() {
        let photo = |media, bytes, size| codes(&Builder::work(2).photo(media, bytes, size).judge());
        assert!(photo(MediaType::Jpeg, 40_000, (250, 350)).is_empty());
        assert!(photo(MediaType::Jpeg, 81_920, (358, 500)).is_empty());
        assert_eq!(photo(MediaType::Png, 60_000, (250, 350)), ["photo.not_jpeg"]);
        assert_eq!(photo(MediaType::Jpeg, 39_999, (250, 350)), ["photo.file_size"]);
        assert_eq!(photo(MediaType::Jpeg, 81_921, (250, 350)), ["photo.file_size"]);
        assert_eq!(photo(MediaType::Jpeg, 60_000, (300, 350)), ["photo.proportions"]);
    }
}
