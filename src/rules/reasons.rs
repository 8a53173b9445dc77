//! Drafts of what the applicant is told (驳回原因), in the plan's words.

use crate::domain::{CrossFinding, DocumentReport, DraftReason, Message, Severity};

use super::{
    labels,
    plan::Plan,
    rule::{fill, plain},
};

/// A reason for each thing that somebody has to do something about, worst first: findings of one code
/// about one document are one reason.
pub fn draft(
    plan: Option<&Plan>,
    documents: &[DocumentReport],
    findings: &[CrossFinding],
) -> Vec<DraftReason> {
    let mut drafted: Vec<DraftReason> = Vec::new();
    for (index, found) in findings.iter().enumerate() {
        let finding = &found.finding;
        if finding.severity == Severity::Info {
            continue;
        }
        let reason = worded(plan, documents, found);
        let known = drafted.iter_mut().find(|draft| {
            draft.code == finding.code && draft.document == found.document && draft.text == reason.text
        });
        match known {
            Some(draft) => {
                draft.findings.push(index);
                draft.severity = draft.severity.max(finding.severity);
                draft.proposed |= reason.proposed;
            }
            None => drafted.push(DraftReason { findings: vec![index], ..reason }),
        }
    }
    drafted.sort_by_key(|draft| std::cmp::Reverse((draft.proposed, draft.severity)));
    drafted
}

fn worded(plan: Option<&Plan>, documents: &[DocumentReport], found: &CrossFinding) -> DraftReason {
    let finding = &found.finding;
    let report = found.document.and_then(|index| documents.get(index));
    // The slot that it was uploaded to is how the applicant knows it.
    let kind = report.map(|report| report.slot.unwrap_or(report.kind));
    let reason = plan.and_then(|plan| plan.reason(finding.code, kind));
    let document = match (plan, kind) {
        (Some(plan), Some(kind)) => plan.label(kind),
        (None, Some(kind)) => Message { zh: kind.label_zh().to_owned(), en: kind.label_en().to_owned() },
        (_, None) => labels::portal(),
    };
    let field = finding.field.as_ref().map_or_else(
        || Message { zh: "相关内容".to_owned(), en: "the entry".to_owned() },
        |name| labels::of(name.as_str()),
    );
    let fills = [("document", document), ("field", field), ("message", finding.message.clone())];
    let (text, action, guide) = match reason {
        Some(reason) => (fill(&reason.text, &fills), fill(&reason.action, &fills), reason.guide.clone()),
        None => (finding.message.clone(), plain(""), String::new()),
    };
    DraftReason {
        code: finding.code,
        severity: finding.severity,
        proposed: finding.severity >= Severity::Retake,
        findings: Vec::new(),
        document: found.document,
        text,
        action,
        guide,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Builder;

    #[test]
    fn a_reason_says_what_is_wrong_and_what_to_do() {
        let report = Builder::work(2).drop("work_commitment").judge();
        let reason = &report.reasons[0];
        assert!(reason.proposed && reason.text.zh.contains("工作经历承诺书"), "{}", reason.text.zh);
        assert!(!reason.action.zh.is_empty() && !reason.action.en.is_empty() && !reason.guide.is_empty());
    }

    #[test]
    fn what_a_person_must_confirm_is_not_proposed() {
        let report = Builder::work(2).rows(&[("2018-01", "2023-12", "营销员")]).judge();
        assert!(report.reasons.iter().all(|reason| !reason.proposed));
        assert!(!report.reasons.is_empty());
        assert!(Builder::work(2).judge().reasons.is_empty());
    }

    #[test]
    fn no_hole_is_left_open() {
        for builder in [Builder::certificate(), Builder::work(2), Builder::graduate()] {
            for paper in builder.papers() {
                for reason in builder.clone().drop(&paper).judge().reasons {
                    for text in [&reason.text.zh, &reason.text.en, &reason.action.zh, &reason.action.en] {
                        assert!(!text.contains(['{', '}']), "{text}");
                    }
                }
            }
        }
    }
}
