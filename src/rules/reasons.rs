//! Drafts of what the applicant is told (驳回原因), in the plan's words.

use crate::domain::{
    CrossFinding, DocumentKind, DocumentReport, DraftReason, FindingCode, Message, Severity,
};

use super::{
    labels,
    plan::Plan,
    rule::{fill, plain},
};

/// A reason for each thing that somebody has to do something about, worst first: findings of one code
/// about one document are one reason that names all their fields.
pub fn draft(
    plan: Option<&Plan>,
    documents: &[DocumentReport],
    findings: &[CrossFinding],
) -> Vec<DraftReason> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, found) in findings.iter().enumerate() {
        if found.finding.severity == Severity::Info || is_said_better(found, findings) {
            continue;
        }
        let same = |group: &Vec<usize>| {
            let first = &findings[group[0]];
            first.document == found.document && is_one_reason(plan, documents, first, found)
        };
        match groups.iter_mut().find(|group| same(group)) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    let mut drafted: Vec<DraftReason> =
        groups.into_iter().map(|group| worded(plan, documents, findings, group)).collect();
    drafted.sort_by_key(|draft| std::cmp::Reverse((draft.proposed, draft.severity)));
    drafted
}

/// A blank that a rule has more to say about.
fn is_said_better(found: &CrossFinding, findings: &[CrossFinding]) -> bool {
    let blank = FindingCode::FormBlankField;
    found.finding.code == blank
        && findings.iter().any(|other| {
            other.finding.code != blank
                && other.document == found.document
                && other.finding.field == found.finding.field
                && other.finding.severity >= found.finding.severity
        })
}

/// Findings to which the plan has the same words; without such words, of the same code.
fn is_one_reason(
    plan: Option<&Plan>,
    documents: &[DocumentReport],
    a: &CrossFinding,
    b: &CrossFinding,
) -> bool {
    let reason = |found: &CrossFinding| plan?.reason(found.finding.code, kind_of(documents, found));
    match (reason(a), reason(b)) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        (None, None) => a.finding.code == b.finding.code,
        _ => false,
    }
}

/// The slot that it was uploaded to is how the applicant knows a document.
fn kind_of(documents: &[DocumentReport], found: &CrossFinding) -> Option<DocumentKind> {
    let report = documents.get(found.document?)?;
    Some(report.slot.unwrap_or(report.kind))
}

/// The reason for findings that belong together; there is at least one.
fn worded(
    plan: Option<&Plan>,
    documents: &[DocumentReport],
    findings: &[CrossFinding],
    group: Vec<usize>,
) -> DraftReason {
    let all = || group.iter().map(|&index| &findings[index]);
    let first = &findings[group[0]];
    let kind = kind_of(documents, first);
    let document = match (plan, kind) {
        (Some(plan), Some(kind)) => plan.label(kind),
        (None, Some(kind)) => Message { zh: kind.label_zh().to_owned(), en: kind.label_en().to_owned() },
        (_, None) => labels::portal(),
    };
    let fields = joined(
        all().filter_map(|found| Some(labels::of(found.finding.field.as_ref()?.as_str()))),
        "、",
        ", ",
    );
    let field = fields.unwrap_or_else(|| Message { zh: "相关内容".to_owned(), en: "entry".to_owned() });
    let message =
        joined(all().map(|found| found.finding.message.clone()), "；", "; ").unwrap_or_else(|| plain(""));
    let fills = [("document", document), ("field", field), ("message", message.clone())];
    let (text, action, guide) = match plan.and_then(|plan| plan.reason(first.finding.code, kind)) {
        Some(reason) => (fill(&reason.text, &fills), fill(&reason.action, &fills), reason.guide.clone()),
        None => (message, plain(""), String::new()),
    };
    let severity = all().map(|found| found.finding.severity).max().unwrap_or(Severity::Info);
    DraftReason {
        code: first.finding.code,
        severity,
        proposed: severity >= Severity::Retake,
        document: first.document,
        findings: group,
        text,
        action,
        guide,
    }
}

/// Texts in a row, each once.
fn joined(texts: impl Iterator<Item = Message>, zh: &str, en: &str) -> Option<Message> {
    let mut known: Vec<Message> = Vec::new();
    for text in texts {
        if !known.contains(&text) {
            known.push(text);
        }
    }
    known.into_iter().reduce(|all, next| Message {
        zh: format!("{}{zh}{}", all.zh, next.zh),
        en: format!("{}{en}{}", all.en, next.en),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Builder;
    use crate::domain::{Finding, FindingCode, Severity};

    #[test]
    fn a_reason_says_what_is_wrong_and_what_to_do() {
        let report = Builder::work(2).drop("work_commitment").judge();
        let reason = &report.reasons[0];
        assert!(reason.proposed && reason.text.zh.contains("工作经历承诺书"), "{}", reason.text.zh);
        assert!(!reason.action.zh.is_empty() && !reason.action.en.is_empty() && !reason.guide.is_empty());
    }

    #[test]
    fn blanks_of_one_paper_are_one_reason_that_names_them() {
        let blank = |field: &'static str| {
            Finding::new(FindingCode::FormBlankField, Severity::Review, "未填写", "Blank").about(field)
        };
        let form = "declaration_form";
        let builder = Builder::work(2).without(form, "condition").without(form, "phone");
        let builder =
            ["condition", "phone", "level"].into_iter().fold(builder, |b, f| b.finding(form, blank(f)));
        let report = builder.judge();
        let blanks: Vec<_> =
            report.reasons.iter().filter(|r| r.code == FindingCode::FormBlankField).collect();
        assert_eq!(blanks.len(), 1);
        // The condition has a reason of its own.
        assert!(blanks[0].text.zh.contains("联系电话、等级"), "{}", blanks[0].text.zh);
        assert!(report.reasons.iter().any(|r| r.code == FindingCode::EligibilityConditionUnclear));
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
