//! What the source of a picture means for the upload: `source.*`, by the slot it is meant for.

use crate::{
    domain::{DetectorReport, DetectorState, DocumentKind, Finding, FindingCode, Quad, Rect, Severity},
    forensics::source::{Verdict, photocopy, recapture, screenshot},
    imaging::{Opened, PageImage, PageOrigin},
};

use super::{
    full_size::FullSize,
    upright::{Upright, is_text_layer},
};

/// Kinds whose originals have colour: an emblem, a seal, a portrait on a ground.
const COLOURED: [DocumentKind; 5] = [
    DocumentKind::IdCardFront,
    DocumentKind::IdCardBack,
    DocumentKind::PriorCertificate,
    DocumentKind::Diploma,
    DocumentKind::EnrollmentForm,
];

/// Every detector's state, and a finding for each that found something.
pub(super) fn examine(
    kind: DocumentKind,
    opened: &Opened,
    uprights: &[Upright],
    full: &FullSize<'_>,
) -> (Vec<DetectorReport>, Vec<Finding>) {
    let shot = shot(opened);
    let displayed = match shot {
        Verdict::Found { .. } => Verdict::NotJudged("is_a_screenshot"),
        // Those of prints and displays are `photo.rephotographed`.
        _ if kind == DocumentKind::PortraitPhoto => Verdict::NotJudged("is_a_portrait"),
        _ => displayed(kind, opened, uprights, full),
    };
    let verdicts = [
        (FindingCode::SourcePhotocopy, copy(kind, uprights)),
        (FindingCode::SourceScreenRecapture, displayed),
        (FindingCode::SourceScreenshot, shot),
    ];
    let reports = verdicts.iter().map(|(code, verdict)| report(*code, *verdict)).collect();
    let findings = verdicts.iter().filter_map(|(code, verdict)| finding(*code, *verdict, kind)).collect();
    (reports, findings)
}

/// Whether the picture is a screen's own: nothing burns out on it, nothing lies over it, and its edges are those
/// of a window.
pub(super) fn is_screen(detectors: &[DetectorReport]) -> bool {
    detectors
        .iter()
        .any(|report| report.code == FindingCode::SourceScreenshot && report.state == DetectorState::Found)
}

fn copy(kind: DocumentKind, uprights: &[Upright]) -> Verdict {
    match uprights.first() {
        _ if !COLOURED.contains(&kind) => Verdict::NotJudged("original_may_be_black_and_white"),
        Some(upright) if !is_text_layer(upright) => photocopy::judge(&upright.pixels),
        _ => Verdict::NotJudged("not_a_picture"),
    }
}

fn shot(opened: &Opened) -> Verdict {
    match opened.pages.as_slice() {
        [page @ PageImage { origin: PageOrigin::Picture, .. }] => {
            screenshot::judge(&page.pixels, (page.width, page.height), &opened.metadata)
        }
        _ => Verdict::NotJudged("not_a_picture"),
    }
}

fn displayed(kind: DocumentKind, opened: &Opened, uprights: &[Upright], full: &FullSize<'_>) -> Verdict {
    let [page] = opened.pages.as_slice() else { return Verdict::NotJudged("not_a_picture") };
    let document = uprights
        .first()
        .filter(|upright| upright.located)
        .map_or_else(|| whole(page), |upright| page.to_original(&upright.quad()));
    match full.page() {
        Ok(full) => recapture::judge(&full.pixels, &document, kind == DocumentKind::IdCardBack),
        Err(reason) => Verdict::NotJudged(reason),
    }
}

fn whole(page: &PageImage) -> Quad {
    Quad::from_rect(Rect::new(0.0, 0.0, page.width as f32, page.height as f32))
}

pub(super) fn report(code: FindingCode, verdict: Verdict) -> DetectorReport {
    let (state, reason, measured) = match verdict {
        Verdict::NotJudged(reason) => (DetectorState::NotJudged, Some(reason.into()), None),
        Verdict::Clear { measure, threshold } => (DetectorState::Clear, None, Some((measure, threshold))),
        Verdict::Found { measure, threshold } => (DetectorState::Found, None, Some((measure, threshold))),
    };
    DetectorReport {
        code,
        state,
        reason,
        measure: measured.map(|(measure, _)| measure),
        threshold: measured.map(|(_, threshold)| threshold),
    }
}

fn finding(code: FindingCode, verdict: Verdict, kind: DocumentKind) -> Option<Finding> {
    let Verdict::Found { measure, threshold } = verdict else { return None };
    let (severity, zh, en) = match (code, kind) {
        (FindingCode::SourcePhotocopy, _) => (
            Severity::Review,
            "看起来是黑白复印件，请上传原件照片",
            "This looks like a black-and-white copy; the original is wanted",
        ),
        // Its original is a page on a screen.
        (FindingCode::SourceScreenRecapture, DocumentKind::ChsiReport) => {
            (Severity::Info, "翻拍的屏幕", "A photo of a screen")
        }
        (FindingCode::SourceScreenRecapture, _) => (
            Severity::Review,
            "这是翻拍屏幕的照片，请拍摄纸质原件",
            "This is a photo of a screen; a photo of the paper itself is wanted",
        ),
        (_, DocumentKind::ChsiReport) => (Severity::Info, "屏幕截图", "A screenshot"),
        _ => (
            Severity::Review,
            "这是屏幕截图，请拍摄纸质原件",
            "This is a screenshot; a photo of the paper itself is wanted",
        ),
    };
    Some(
        Finding::new(code, severity, zh, en)
            .on_page(0)
            .with_evidence("measure", measure)
            .with_evidence("threshold", threshold),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: Verdict = Verdict::Found { measure: 0.9, threshold: 0.5 };

    #[test]
    fn a_screen_is_welcome_of_a_report_only() {
        for code in [FindingCode::SourceScreenshot, FindingCode::SourceScreenRecapture] {
            let severity = |kind| finding(code, FOUND, kind).unwrap().severity;
            assert_eq!(severity(DocumentKind::ChsiReport), Severity::Info);
            assert_eq!(severity(DocumentKind::IdCardFront), Severity::Review);
        }
    }

    #[test]
    fn what_was_not_judged_raises_nothing_and_says_so() {
        let verdict = copy(DocumentKind::ChsiReport, &[]);
        assert!(finding(FindingCode::SourcePhotocopy, verdict, DocumentKind::ChsiReport).is_none());
        let report = report(FindingCode::SourcePhotocopy, verdict);
        assert_eq!((report.state, report.measure), (DetectorState::NotJudged, None));
        assert_eq!(report.reason.as_deref(), Some("original_may_be_black_and_white"));
    }
}
