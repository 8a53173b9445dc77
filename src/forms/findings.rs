//! What a form's entries say about the form: blanks, a missing signature or date, illegible entries.

use crate::domain::{Finding, FindingCode, Quad, Rect, Severity};

use super::{
    decode::Decoded,
    definition::{FieldDefinition, FieldType, FormDefinition},
    print_likeness::PrintLikeness,
    requirement::Facts,
};

/// One field as it was found. Places are in pixels of the sheet.
#[derive(Debug, Clone)]
pub struct EntryState {
    /// Whether something is written there.
    pub filled: bool,
    /// Whether its place is in the picture at all.
    pub visible: bool,
    /// Several boxes of a choice are marked.
    pub ambiguous: bool,
    pub place: Rect,
    /// How like a machine's its digits are, where that can be told.
    pub print: Option<PrintLikeness>,
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
    let graduated = value("graduation_status").map(|status| status == "graduated");
    Facts {
        condition: value("condition").and_then(|condition| condition.parse().ok()),
        graduated,
        college: value("school").map(is_college),
    }
}

/// Whether a school's name is one of higher education, whose students and graduates CHSI lists.
/// 技师学院 are schools for workers, 高等专科学校 are not secondary schools.
fn is_college(school: &str) -> bool {
    let higher = ["大学", "学院", "高等专科学校"].iter().any(|word| school.contains(word));
    higher && !school.contains("技师学院") && !school.contains("中专")
}

/// The findings of a form whose entries are given in the order of its fields.
pub fn judge(definition: &FormDefinition, entries: &[EntryState]) -> Vec<Finding> {
    let facts = facts(definition, entries);
    let mut found = Vec::new();
    let seen = || definition.fields.iter().zip(entries).filter(|(_, entry)| entry.visible);
    if let Some((field, _)) = definition.fields.iter().zip(entries).find(|(_, entry)| !entry.visible) {
        found.push(
            Finding::new(
                FindingCode::CropCutOff,
                Severity::Retake,
                format!("表没有拍全，“{}”在画面之外，请重拍", field.label),
                format!("The form is cut off: {} is outside of the picture", field.name),
            )
            .on_page(0)
            .about(field.name.clone()),
        );
    }
    for (field, entry) in seen().filter(|(field, _)| is_begun(definition, entries, field)) {
        if let Some(finding) = judge_entry(field, entry, &facts) {
            found.push(finding.on_page(0).at(Quad::from_rect(entry.place)).about(field.name.clone()));
        }
    }
    found.extend(not_handwritten(definition, entries));
    found
}

/// Adds the finding of the field that a reflection hides most, `burnt` giving how much of a place (mm) it hides; what
/// such fields seem to lack is no finding of its own.
pub fn settle_burnt(
    definition: &FormDefinition,
    findings: &mut Vec<Finding>,
    burnt: impl Fn(Rect) -> Option<Rect>,
) {
    let hidden: Vec<(&FieldDefinition, Rect)> =
        definition.fields.iter().filter_map(|field| Some((field, burnt(field.place)?))).collect();
    let lacks = [FindingCode::FormBlankField, FindingCode::FormUndated, FindingCode::FormUnsigned];
    findings.retain(|finding| {
        let of_hidden = || {
            hidden.iter().any(|(field, _)| finding.field.as_ref().is_some_and(|f| f.as_str() == field.name))
        };
        !lacks.contains(&finding.code) || !of_hidden()
    });
    let worst = hidden.into_iter().max_by(|a, b| a.1.area().total_cmp(&b.1.area()));
    findings.extend(worst.map(|(field, place)| {
        let label = if field.label.is_empty() { &field.name } else { &field.label };
        Finding::new(
            FindingCode::QualityGlare,
            Severity::Retake,
            format!("“{label}”处反光，看不清，请重拍"),
            format!("Glare hides {}; take the picture again", field.name),
        )
        .on_page(0)
        .at(Quad::from_rect(place))
        .about(field.name.clone())
    }));
}

/// Whether an entry of a table belongs to a row that was begun. Strokes between printed months alone are
/// rests of the print or of a line through the empty row: who works somewhere names the employer. Rows that
/// must be filled are always looked at, and so is what stands in no row.
fn is_begun(definition: &FormDefinition, entries: &[EntryState], field: &FieldDefinition) -> bool {
    let row = |name: &str| name.split_once("].").map(|(row, _)| row.to_owned());
    let Some(own) = row(&field.name) else { return true };
    let mut names_something = false;
    for (other, entry) in
        definition.fields.iter().zip(entries).filter(|(other, _)| row(&other.name) == Some(own.clone()))
    {
        if !other.required.is_never() {
            return true;
        }
        names_something |= entry.filled && other.field_type != FieldType::Month;
    }
    names_something
}

/// Irregularity up to which a single entry, with no other to bear it out, is print: photographed print reaches 0.03, the
/// neatest hand that was seen 0.036.
const LONE_IRREGULARITY: f32 = 0.03;

/// Entries that a machine printed: one finding, at the entry that shows it best. Of several entries
/// that can tell most must say so; a neat hand may pass for print once.
fn not_handwritten(definition: &FormDefinition, entries: &[EntryState]) -> Option<Finding> {
    let measured: Vec<(&FieldDefinition, &EntryState, PrintLikeness)> = definition
        .fields
        .iter()
        .zip(entries)
        .filter_map(|(field, entry)| Some((field, entry, entry.print?)))
        .collect();
    let printed = measured.iter().filter(|(_, _, likeness)| likeness.is_print()).count();
    if printed == 0 || printed * 2 < measured.len() {
        return None;
    }
    let (field, entry, likeness) =
        measured.iter().min_by(|a, b| a.2.irregularity.total_cmp(&b.2.irregularity))?;
    if printed == 1 && likeness.irregularity > LONE_IRREGULARITY {
        return None;
    }
    Some(
        Finding::new(
            FindingCode::FormNotHandwritten,
            Severity::Review,
            "表中内容不是手写的",
            "The entries are printed, not handwritten",
        )
        .on_page(0)
        .at(Quad::from_rect(entry.place))
        .about(field.name.clone())
        .with_evidence("irregularity", f64::from(likeness.irregularity))
        .with_evidence("entries", printed),
    )
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
                Severity::Review,
                "未填写签字日期",
                "The signature is not dated",
            ));
        }
        return Some(Finding::new(
            FindingCode::FormBlankField,
            Severity::Review,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DocumentKind;
    use crate::forms::FormLibrary;

    fn filled(value: &str) -> EntryState {
        EntryState {
            filled: true,
            visible: true,
            ambiguous: false,
            place: Rect::new(0.0, 0.0, 10.0, 10.0),
            print: None,
            decoded: Some(Decoded {
                value: value.to_owned(),
                text: value.to_owned(),
                probability: 0.9,
                alternatives: Vec::new(),
            }),
        }
    }

    fn blank() -> EntryState {
        EntryState { filled: false, decoded: None, ..filled("") }
    }

    /// Codes with fields of a declaration form on which only `entries` are filled.
    fn codes(entries: &[(&str, &str)]) -> Vec<(FindingCode, String)> {
        let library = FormLibrary::default();
        let definition = &library.of(DocumentKind::DeclarationForm).next().unwrap().definition;
        let states: Vec<EntryState> = definition
            .fields
            .iter()
            .map(|field| {
                let entry = entries.iter().find(|(name, _)| *name == field.name);
                entry.map_or_else(blank, |(_, value)| filled(value))
            })
            .collect();
        judge(definition, &states)
            .into_iter()
            .map(|f| (f.code, f.field.map(|name| name.to_string()).unwrap_or_default()))
            .collect()
    }

    #[test]
    fn an_empty_form_is_blank_unsigned_and_undated() {
        let found = codes(&[]);
        assert!(found.contains(&(FindingCode::FormUnsigned, "signature".to_owned())));
        assert!(found.contains(&(FindingCode::FormUndated, "signed_on".to_owned())));
        assert!(found.contains(&(FindingCode::FormBlankField, "name".to_owned())));
        // Nobody knows which condition was meant.
        assert!(!found.contains(&(FindingCode::FormBlankField, "school".to_owned())));
    }

    #[test]
    fn only_what_the_condition_needs_may_not_be_blank() {
        let blanks = |condition: &str, school: &str| -> Vec<String> {
            codes(&[("condition", condition), ("school", school)])
                .into_iter()
                .filter(|(code, _)| *code == FindingCode::FormBlankField)
                .map(|(_, field)| field)
                .collect()
        };
        assert!(blanks("1", "").contains(&"prior_certificate_number".to_owned()));
        assert!(!blanks("2", "").contains(&"prior_certificate_number".to_owned()));
        assert!(blanks("3", "北京某某大学").contains(&"chsi_code".to_owned()));
        assert!(!blanks("3", "北京某某技师学院").contains(&"chsi_code".to_owned()));
    }

    #[test]
    fn strokes_in_an_empty_row_are_no_entry() {
        let illegible = |entries: &[(&str, &str)]| {
            let library = FormLibrary::default();
            let definition = &library.of(DocumentKind::WorkCommitment).next().unwrap().definition;
            let state = |name: &str| match entries.iter().find(|(known, _)| *known == name) {
                Some((_, "")) => EntryState { decoded: None, ..filled("") },
                Some((_, value)) => filled(value),
                None => blank(),
            };
            let states: Vec<EntryState> = definition.fields.iter().map(|field| state(&field.name)).collect();
            judge(definition, &states).iter().filter(|found| found.code == FindingCode::FormIllegible).count()
        };
        assert_eq!(illegible(&[("work_history[3].from", "")]), 0);
        assert_eq!(illegible(&[("work_history[3].from", ""), ("work_history[3].employer", "甲厂")]), 1);
        assert_eq!(illegible(&[("work_history[0].from", "")]), 1);
    }

    #[test]
    fn what_is_outside_of_the_picture_is_not_blank() {
        let library = FormLibrary::default();
        let definition = &library.of(DocumentKind::WorkCommitment).next().unwrap().definition;
        let states = vec![EntryState { visible: false, ..blank() }; definition.fields.len()];
        let found: Vec<FindingCode> = judge(definition, &states).into_iter().map(|f| f.code).collect();
        assert_eq!(found, [FindingCode::CropCutOff]);
    }

    #[test]
    fn parts_of_another_condition_are_told_mildly() {
        let found = codes(&[("condition", "2"), ("prior_certificate_number", "1234567890123456")]);
        let code = FindingCode::EligibilityConditionUnclear;
        assert!(found.contains(&(code, "prior_certificate_number".to_owned())));
    }
}
