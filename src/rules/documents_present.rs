//! Every document that the plan asks for under the condition is there.

use crate::domain::{
    CrossFinding, FindingCode, FindingCode::EligibilityDocumentMissing as MISSING, Severity, SlotStatus,
};

use super::{
    case::Case,
    plan::Slot,
    rule::{Rule, words},
};

pub const RULE: Rule =
    Rule { id: "documents-present", codes: &[MISSING], words: &[words("missing", &["document"])], check };

/// The plan's slots and what is in them.
pub fn slots(case: &Case<'_>) -> Vec<SlotStatus> {
    let condition = case.condition.map(|condition| condition.number);
    case.plan.slots.iter().filter(|slot| slot.is_of(condition)).map(|slot| status(case, slot)).collect()
}

fn status(case: &Case<'_>, slot: &Slot) -> SlotStatus {
    let serves = |index: usize| {
        let Some(report) = case.documents.get(index) else { return false };
        // The document itself may lie in any slot; what is taken in its stead only in this one.
        report.kind == slot.kind || report.slot == Some(slot.kind) && slot.accepts.contains(&report.kind)
    };
    let documents: Vec<usize> = (0..case.documents.len())
        .filter(|&index| serves(index) || case.documents[index].slot == Some(slot.kind))
        .collect();
    // What was uploaded and is something else, or cannot be opened, is told at that document; it is there.
    let uploaded = documents.iter().any(|&index| {
        let own = |code| case.has_own(index, code, None);
        let swapped_side = slot.kind.is_id_card() && case.documents[index].kind.is_id_card();
        !serves(index)
            && !swapped_side
            && (own(FindingCode::KindMismatch) || own(FindingCode::KindUnrecognised))
            || case.documents[index].findings.iter().any(|f| f.code.as_str().starts_with("intake."))
                && !own(FindingCode::IntakeEmpty)
    });
    let satisfied = documents.iter().any(|&index| serves(index));
    SlotStatus {
        slot: slot.kind,
        label: slot.label.clone(),
        required: slot.required,
        satisfied: satisfied || uploaded,
        documents,
        guide: slot.guide.clone(),
    }
}

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let missing = slots(case).into_iter().filter(|slot| slot.required && !slot.satisfied);
    missing
        .map(|slot| {
            let fills = [("document", slot.label.clone())];
            let finding = RULE.found(case, "missing", (MISSING, Severity::Reject), &fills);
            finding.with_evidence("slot", slot.slot.as_str())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};
    use crate::domain::DocumentKind;

    #[test]
    fn each_condition_needs_its_own_papers() {
        for builder in [Builder::certificate(), Builder::work(2), Builder::graduate()] {
            assert!(codes(&builder.judge()).is_empty());
        }
        let cases = [
            (Builder::certificate(), "prior_certificate"),
            (Builder::certificate(), "work_commitment"),
            (Builder::work(2), "work_commitment"),
            (Builder::work(2), "portrait_photo"),
            (Builder::work(2), "id_card_back"),
            (Builder::graduate(), "education_commitment"),
            (Builder::graduate(), "diploma"),
        ];
        for (builder, paper) in cases {
            let report = builder.drop(paper).judge();
            let found: Vec<_> = report.findings.iter().filter(|f| f.rule == "documents-present").collect();
            assert_eq!(found.len(), 1, "{paper}");
            assert_eq!(found[0].finding.evidence["slot"], paper);
        }
    }

    #[test]
    fn both_sides_may_be_swapped_but_not_the_same() {
        let swapped = Builder::work(2)
            .recognised("id_card_front", DocumentKind::IdCardBack)
            .recognised("id_card_back", DocumentKind::IdCardFront);
        assert!(!codes(&swapped.judge()).contains(&"eligibility.document_missing"));
        let same = Builder::work(2).recognised("id_card_back", DocumentKind::IdCardFront);
        assert!(codes(&same.judge()).contains(&"eligibility.document_missing"));
    }
}
