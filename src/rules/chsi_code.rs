//! The form bears the CHSI code where the school is one that CHSI knows.

use crate::domain::{
    CrossFinding, DocumentKind, FindingCode, FindingCode::ChsiCodeMissing as MISSING, Severity,
};

use super::{
    case::Case,
    education,
    rule::{Rule, words},
};

pub const RULE: Rule = Rule { id: "chsi-code", codes: &[MISSING], words: &[words("missing", &[])], check };

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let asked =
        education::schooling(case).and_then(|schooling| schooling.school).is_some_and(|school| school.chsi);
    let form = case.first(DocumentKind::DeclarationForm).filter(|_| asked);
    // What could not be read is there all the same.
    let missing = form.filter(|&form| {
        case.field(form, "chsi_code").is_none()
            && !case.has_own(form, FindingCode::FormIllegible, Some("chsi_code"))
            && !case.has_own(form, FindingCode::CropCutOff, None)
    });
    let told = missing.map(|form| {
        RULE.found(case, "missing", (MISSING, Severity::Review), &[]).about(form).at("chsi_code", None)
    });
    told.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn only_schools_that_chsi_knows_need_a_code() {
        let without = |school: &str| {
            let builder =
                Builder::graduate().schooling(school, "电子商务").without("declaration_form", "chsi_code");
            codes(&builder.judge()).contains(&"chsi.code_missing")
        };
        assert!(without("某某职业技术学院"));
        assert!(!without("某市商务技工学校") && !without("某市财贸职业学校"));
        assert!(codes(&Builder::graduate().judge()).is_empty());
    }
}
