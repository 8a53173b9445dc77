//! Exactly one condition of application, the same on the form and in the portal.

use crate::domain::{
    Application, CrossFinding, DocumentKind, DocumentReport,
    FindingCode::EligibilityConditionUnclear as UNCLEAR, Severity,
};

use super::{
    case::{Case, LIKELY, field_of},
    rule::{Rule, plain, words},
};

pub const RULE: Rule = Rule {
    id: "condition-stated",
    codes: &[UNCLEAR],
    words: &[
        words("none", &[]),
        words("blank", &[]),
        words("differs", &["form", "declared"]),
        words("unknown", &["condition"]),
    ],
    check,
};

const FORM: DocumentKind = DocumentKind::DeclarationForm;

/// What is said about the condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stated {
    /// Index of the declaration form and the number ticked on it, where that was read.
    pub form: Option<(usize, u8)>,
    pub declared: Option<u8>,
}

impl Stated {
    /// The condition that the application is judged by: what the applicant chose in the portal, which
    /// is typed and not read, before what is ticked.
    pub fn effective(self) -> Option<u8> {
        self.declared.or(self.form.map(|(_, number)| number))
    }
}

pub fn stated(application: &Application, documents: &[DocumentReport]) -> Stated {
    let form =
        documents.iter().enumerate().filter(|(_, report)| report.kind == FORM).find_map(|(index, report)| {
            let field = field_of(report, "condition").filter(|field| field.confidence >= LIKELY)?;
            Some((index, field.value.parse().ok()?))
        });
    let declared = application.declared("condition").and_then(|text| text.parse().ok());
    Stated { form, declared }
}

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(effective) = case.stated.effective() else {
        return vec![RULE.found(case, "none", (UNCLEAR, Severity::Review), &[])];
    };
    let mut found = Vec::new();
    if case.condition.is_none() {
        found.push(RULE.found(
            case,
            "unknown",
            (UNCLEAR, Severity::Reject),
            &[("condition", plain(effective))],
        ));
    }
    match (case.stated.form, case.stated.declared) {
        (Some((form, ticked)), Some(declared)) if ticked != declared => {
            let field = case.field(form, "condition");
            let fills = [("form", plain(ticked)), ("declared", plain(declared))];
            found.push(
                RULE.found(case, "differs", (UNCLEAR, Severity::Review), &fills)
                    .about(form)
                    .at("condition", field)
                    .with_score(field.map_or(1.0, |field| field.confidence)),
            );
        }
        (None, _) => {
            // Two ticks are the form's own finding; a tick that was not read for certain is shown as such.
            let blank = case.first(FORM).filter(|&form| {
                case.field(form, "condition").is_none() && !case.has_own(form, UNCLEAR, Some("condition"))
            });
            found.extend(blank.map(|form| {
                RULE.found(case, "blank", (UNCLEAR, Severity::Review), &[]).about(form).at("condition", None)
            }));
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn the_form_and_the_portal_must_choose_the_same() {
        assert!(codes(&Builder::work(2).judge()).is_empty());
        let other = Builder::work(2).set("declaration_form", "condition", "1");
        assert_eq!(codes(&other.judge()), ["eligibility.condition_unclear"]);
    }

    #[test]
    fn no_choice_and_no_tick_are_told() {
        let none = Builder::work(2).undeclared("condition").without("declaration_form", "condition");
        assert!(codes(&none.judge()).contains(&"eligibility.condition_unclear"));
        let blank = Builder::work(2).without("declaration_form", "condition");
        assert_eq!(codes(&blank.judge()), ["eligibility.condition_unclear"]);
        assert!(
            codes(&Builder::work(2).declared("condition", "9").judge())
                .contains(&"eligibility.condition_unclear")
        );
    }
}
