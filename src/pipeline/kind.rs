//! What a document is, against what it was uploaded as.

use crate::{
    documents::anchors,
    domain::{DocumentKind, Finding, FindingCode, Severity},
    ocr::PageText,
};

/// Below this probability of the likeliest kind, a person should say what it is.
const UNRECOGNISED_BELOW: f64 = 0.5;
/// From this probability on, another kind than the slot's is a fact rather than a suspicion.
const MISMATCH_CERTAIN: f64 = 0.9;

/// The likeliest kind of a text and its probability.
pub(super) fn recognise(pages: &[PageText]) -> (DocumentKind, f64) {
    anchors::recognise(pages).first().copied().unwrap_or((DocumentKind::Other, 0.0))
}

/// Probability by its text alone from which a document of no sure kind is taken for the one that its slot asks for: with
/// nine uploads in ten in their own slots it is that in four of five cases. What is missing then is told, and why.
const BORNE_OUT_BY_SLOT: f64 = 0.3;

/// The probability that a text is of the kind that `slot` asks for, if the slot bears that out.
pub(super) fn borne_out_by(slot: Option<DocumentKind>, pages: &[PageText]) -> Option<(DocumentKind, f64)> {
    let of_slot = |found: &(DocumentKind, f64)| Some(found.0) == slot && found.0 != DocumentKind::Other;
    anchors::recognise(pages).into_iter().find(of_slot).filter(|found| found.1 >= BORNE_OUT_BY_SLOT)
}

/// Whether a slot takes a kind. The diploma slot also takes what students have instead of a diploma
/// (DOMAIN.md §6 rule 5).
fn accepts(slot: DocumentKind, kind: DocumentKind) -> bool {
    slot == kind
        || (slot == DocumentKind::Diploma
            && matches!(kind, DocumentKind::EnrollmentForm | DocumentKind::ChsiReport))
}

/// Symbols read with [`CLEAR`] confidence that every document in question has at least: the emblem
/// side of an ID card, the shortest, has some 40.
const MIN_CLEAR_SYMBOLS: usize = 14;
/// Confidence of a line that was clearly read.
const CLEAR: f32 = 0.8;

/// True when next to nothing could be read, so that the kind cannot be told from the text.
pub(super) fn is_illegible(pages: &[PageText]) -> bool {
    let clear = pages.iter().flat_map(|page| &page.lines).filter(|line| line.confidence() >= CLEAR);
    clear.map(|line| line.symbols.len()).sum::<usize>() < MIN_CLEAR_SYMBOLS
}

/// The `kind.*` finding that a slot and a recognised kind give rise to.
pub(super) fn judge(
    slot: Option<DocumentKind>,
    kind: DocumentKind,
    confidence: f64,
    illegible: bool,
) -> Option<Finding> {
    let Some(slot) = slot else {
        return (confidence < UNRECOGNISED_BELOW).then(|| {
            Finding::new(
                FindingCode::KindUnrecognised,
                Severity::Review,
                "无法判断这是哪种材料，请人工确认",
                "It could not be told what kind of document this is; please look",
            )
            .with_score(1.0 - confidence)
        });
    };
    if accepts(slot, kind) {
        return None;
    }
    if slot.is_id_card() && kind.is_id_card() {
        // Applicants call the portrait side the front, the standard calls it the back: both are
        // accepted in either slot (DOMAIN.md, first trap).
        return Some(
            Finding::new(
                FindingCode::KindWrongSide,
                Severity::Info,
                format!("上传的是{}，将按实际的面处理", kind.label_zh()),
                format!("This is the {}; it is taken as the side that it is", kind.label_en()),
            )
            .with_score(confidence),
        );
    }
    if kind == DocumentKind::Other && illegible && slot != DocumentKind::PortraitPhoto {
        return Some(Finding::new(
            FindingCode::KindUnrecognised,
            Severity::Retake,
            format!("图片上几乎认不出文字，请把{}重拍清楚", slot.label_zh()),
            format!("Hardly any text can be made out; take a clear picture of the {}", slot.label_en()),
        ));
    }
    if kind == DocumentKind::Other && confidence < MISMATCH_CERTAIN {
        return Some(
            Finding::new(
                FindingCode::KindUnrecognised,
                Severity::Review,
                format!("看不出这是{}，请人工确认", slot.label_zh()),
                format!("This could not be recognised as the {}; please look", slot.label_en()),
            )
            .with_score(1.0 - confidence),
        );
    }
    let severity = match kind {
        // A picture without text that is made like a portrait: its proportions and its background say so, no more.
        DocumentKind::PortraitPhoto => Severity::Retake,
        _ if confidence >= MISMATCH_CERTAIN => Severity::Reject,
        _ => Severity::Review,
    };
    Some(
        Finding::new(
            FindingCode::KindMismatch,
            severity,
            format!("此处应上传{}，收到的是{}", slot.label_zh(), kind.label_zh()),
            format!("The {} is wanted here, this is the {}", slot.label_en(), kind.label_en()),
        )
        .with_score(confidence)
        .with_evidence("wanted", slot.as_str())
        .with_evidence("found", kind.as_str()),
    )
}

/// Where a slot asks for a paper, next to nothing of one is recognised, and an edge lies beyond the frame, what would tell it is
/// outside: the picture is taken again, and nobody has to look at half a card first.
pub(super) fn blame_cut(findings: &mut [Finding], slot: Option<DocumentKind>, kind: DocumentKind) {
    let wants_paper = slot.is_some_and(|slot| slot != DocumentKind::PortraitPhoto);
    if wants_paper && kind == DocumentKind::Other {
        for finding in findings.iter_mut().filter(|finding| finding.code == FindingCode::CropCutOff) {
            finding.severity = finding.severity.max(Severity::Retake);
        }
    }
}

/// A picture that has to be taken again proves no other kind: what would tell it may be what is lost. It is not
/// rejected, then.
pub(super) fn doubt_mismatch(findings: &mut [Finding]) {
    let is_fault = |finding: &Finding| {
        let code = finding.code.as_str();
        finding.severity == Severity::Retake && (code.starts_with("quality.") || code.starts_with("crop."))
    };
    if findings.iter().any(is_fault) {
        for finding in findings.iter_mut().filter(|finding| finding.code == FindingCode::KindMismatch) {
            finding.severity = finding.severity.min(Severity::Retake);
        }
    }
}

/// A known form in another form's slot is the wrong form as well (CONTRACT.md, last note).
pub(super) fn wrong_template(
    slot: Option<DocumentKind>,
    kind: DocumentKind,
    confidence: f64,
) -> Option<Finding> {
    let slot =
        slot.filter(|slot| slot.is_handwritten_form() && kind.is_handwritten_form() && *slot != kind)?;
    Some(
        Finding::new(
            FindingCode::FormWrongTemplate,
            Severity::Reject,
            format!("用错了表：应为{}", slot.label_zh()),
            format!("The wrong form: the {} is wanted", slot.label_en()),
        )
        .with_score(confidence),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::testing;

    fn code(slot: DocumentKind, kind: DocumentKind, confidence: f64) -> Option<(FindingCode, Severity)> {
        judge(Some(slot), kind, confidence, false).map(|finding| (finding.code, finding.severity))
    }

    #[test]
    fn the_sides_of_a_card_may_be_swapped() {
        use DocumentKind::{IdCardBack, IdCardFront};
        assert_eq!(code(IdCardFront, IdCardBack, 1.0), Some((FindingCode::KindWrongSide, Severity::Info)));
        assert_eq!(code(IdCardFront, IdCardFront, 0.6), None);
    }

    #[test]
    fn a_clear_mismatch_is_rejected_and_a_doubtful_one_reviewed() {
        use DocumentKind::{Diploma, IdCardFront, Other};
        assert_eq!(code(Diploma, IdCardFront, 0.99), Some((FindingCode::KindMismatch, Severity::Reject)));
        assert_eq!(code(Diploma, IdCardFront, 0.7), Some((FindingCode::KindMismatch, Severity::Review)));
        assert_eq!(code(Diploma, Other, 0.7), Some((FindingCode::KindUnrecognised, Severity::Review)));
    }

    #[test]
    fn a_picture_without_legible_text_is_taken_again_rather_than_called_a_mismatch() {
        let finding = judge(Some(DocumentKind::IdCardFront), DocumentKind::Other, 0.99, true).unwrap();
        assert_eq!((finding.code, finding.severity), (FindingCode::KindUnrecognised, Severity::Retake));
        assert!(is_illegible(&[PageText::default()]));
    }

    #[test]
    fn the_slot_bears_out_what_is_half_covered_and_nothing_else() {
        use DocumentKind::{Diploma, IdCardBack, Other};
        let page = |text: &str| PageText { lines: vec![testing::line(text, &[])], ..PageText::default() };
        let half = ["中华人民共和国", "居民身份证"].map(page);
        assert_eq!(recognise(&half).0, Other);
        let borne_out = borne_out_by(Some(IdCardBack), &half);
        assert!(borne_out.is_some_and(|(kind, p)| kind == IdCardBack && p < 0.5), "{borne_out:?}");
        assert_eq!(borne_out_by(Some(Diploma), &half), None);
        assert_eq!(borne_out_by(None, &half), None);
        assert_eq!(borne_out_by(Some(IdCardBack), &[page("今日天气很好")]), None);
    }

    #[test]
    fn the_diploma_slot_takes_what_students_have() {
        assert_eq!(code(DocumentKind::Diploma, DocumentKind::ChsiReport, 0.99), None);
        assert!(code(DocumentKind::ChsiReport, DocumentKind::Diploma, 0.99).is_some());
    }

    #[test]
    fn a_picture_to_be_taken_again_is_no_proof_of_another_kind() {
        let mismatch = judge(Some(DocumentKind::IdCardFront), DocumentKind::Other, 0.95, false).unwrap();
        assert_eq!(mismatch.severity, Severity::Reject);
        let mut alone = [mismatch.clone()];
        doubt_mismatch(&mut alone);
        assert_eq!(alone[0].severity, Severity::Reject);
        let blurred = Finding::new(FindingCode::QualityBlurred, Severity::Retake, "模糊", "blurred");
        let mut both = [mismatch, blurred];
        doubt_mismatch(&mut both);
        assert_eq!(both[0].severity, Severity::Retake);
    }

    #[test]
    fn a_paper_cut_beyond_recognition_is_taken_again_and_a_known_one_is_not() {
        use DocumentKind::{IdCardFront, Other, PortraitPhoto};
        let severity = |slot, kind| {
            let mut found = [Finding::new(FindingCode::CropCutOff, Severity::Review, "缺", "cut off")];
            blame_cut(&mut found, slot, kind);
            found[0].severity
        };
        assert_eq!(severity(Some(IdCardFront), Other), Severity::Retake);
        assert_eq!(severity(Some(IdCardFront), IdCardFront), Severity::Review);
        assert_eq!(severity(Some(PortraitPhoto), Other), Severity::Review);
        assert_eq!(severity(None, Other), Severity::Review);
    }

    #[test]
    fn another_form_is_also_the_wrong_template() {
        use DocumentKind::{DeclarationForm, IdCardBack, WorkCommitment};
        assert!(wrong_template(Some(DeclarationForm), WorkCommitment, 0.9).is_some());
        assert!(wrong_template(Some(DeclarationForm), DeclarationForm, 0.9).is_none());
        assert!(wrong_template(Some(DeclarationForm), IdCardBack, 0.9).is_none());
    }
}
