//! What a form's entries say about the form: blanks, a missing signature or date, illegible entries.

use crate::domain::{Finding, FindingCode, Quad, Rect, Severity};

use super::{
    decode::Decoded,
    definition::{FieldDefinition, FieldType, FormDefinition},
    reading::{holds_education_level, is_college},
    requirement::Facts,
};

/// One field as it was found. Places are in pixels of the sheet.
#[derive(Debug, Clone)]
pub struct EntryState {
    /// Whether something is written there.
    pub filled: bool,
    /// Several boxes of a choice are marked.
    pub ambiguous: bool,
    pub place: Rect,
    pub decoded: Option<Decoded>,
}

/// Probability of a decoded entry below which nobody could be expected to read it. Calibrated values
/// are not known here; the decoders' own stay above a tenth on every entry that a person can read.
const ILLEGIBLE: f32 = 0.02;

/// What the entries say about the applicant.
fn facts(definition: &FormDefinition, entries: &[EntryState]) -> Facts {
    let value = |name: &str| {
        let index = definition.fields.iter().position(|field| field.name == name)?;
        entries.get(index)?.decoded.as_ref().map(|decoded| decoded.value.as_str())
    };
    let education = definition.fields.iter().find(|field| holds_education_level(field));
    let graduated = value("graduation_status").map(|status| status == "graduated");
    Facts {
        condition: value("condition").and_then(|condition| condition.parse().ok()),
        graduated,
        // Only a level that was read says so; the school's name alone does not.
        college: education.and_then(|field| value(&field.name)).map(is_college),
    }
}

/// The findings of a form whose entries are given in the order of its fields.
pub fn judge(definition: &FormDefinition, entries: &[EntryState]) -> Vec<Finding> {
    let facts = facts(definition, entries);
    let mut found = Vec::new();
    for (field, entry) in definition.fields.iter().zip(entries) {
        if let Some(finding) = judge_entry(field, entry, &facts) {
            found.push(finding.on_page(0).at(Quad::from_rect(entry.place)).about(field.name.clone()));
        }
    }
    found
}

fn judge_entry(field: &FieldDefinition, entry: &EntryState, facts: &Facts) -> Option<Finding> {
    let label = if field.label.is_empty() { &field.name } else { &field.label };
    if field.field_type == FieldType::Signature {
        return (!entry.filled && field.required.holds(facts)).then(|| {
            Finding::new(FindingCode::FormUnsigned, Severity::Reject, "未签名", "The form is not signed")
        });
    }
    if !entry.filled {
        if !field.required.holds(facts) {
            return None;
        }
        if field.name == "signed_on" {
            return Some(Finding::new(
                FindingCode::FormUndated,
                Severity::Reject,
                "未填写签字日期",
                "The signature is not dated",
            ));
        }
        return Some(Finding::new(
            FindingCode::FormBlankField,
            Severity::Reject,
            format!("“{label}”未填写"),
            format!("{} is not filled in", field.name),
        ));
    }
    if entry.ambiguous {
        // Two conditions of application leave open which one is meant; two boxes of another choice
        // cannot be read.
        let code = if field.name == "condition" {
            FindingCode::EligibilityConditionUnclear
        } else {
            FindingCode::FormIllegible
        };
        return Some(Finding::new(
            code,
            Severity::Review,
            format!("“{label}”勾选了不止一项"),
            format!("More than one box of {} is marked", field.name),
        ));
    }
    if entry.decoded.as_ref().is_none_or(|decoded| decoded.probability < ILLEGIBLE) {
        return Some(Finding::new(
            FindingCode::FormIllegible,
            Severity::Review,
            format!("“{label}”处字迹无法辨认"),
            format!("The entry of {} cannot be made out", field.name),
        ));
    }
    (field.required.is_of_other_condition(facts)).then(|| {
        Finding::new(
            FindingCode::EligibilityConditionUnclear,
            Severity::Info,
            format!("所选申报条件不需要填写“{label}”"),
            format!("The chosen condition does not need {}", field.name),
        )
    })
}
