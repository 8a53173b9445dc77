//! The form bears the CHSI code where the school is one that CHSI knows.

use crate::domain::{
    CrossFinding, DocumentKind, Finding, FindingCode, FindingCode::ChsiCodeMissing as MISSING, Severity,
};

use super::{
    case::Case,
    education,
    rule::{Rule, words},
};

pub const RULE: Rule = Rule { id: "chsi-code", codes: &[MISSING], words: &[words("missing", &[])], check };

/// Whether the school, as the surest paper names it, is one that CHSI knows.
fn is_asked(case: &Case<'_>) -> Option<bool> {
    education::schooling(case)?.school.map(|school| school.chsi)
}

/// Whether `finding` is that the code was left blank which a school that CHSI does not know gives nobody: a form alone, whose
/// school was misread by a character, may say that it is asked for.
pub fn is_needless(case: &Case<'_>, finding: &Finding) -> bool {
    let is_code = finding.field.as_ref().is_some_and(|field| field.as_str() == "chsi_code");
    finding.code == FindingCode::FormBlankField && is_code && is_asked(case) == Some(false)
}

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let form = case.first(DocumentKind::DeclarationForm).filter(|_| is_asked(case) == Some(true));
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
    use super::*;

    #[test]
    fn a_blank_code_counts_for_schools_that_chsi_knows_only() {
        let blank =
            Finding::new(FindingCode::FormBlankField, Severity::Review, "", "").about("chsi_code".to_owned());
        let severity = |school: &str| {
            let builder =
                Builder::graduate().schooling(school, "电子商务").finding("declaration_form", blank.clone());
            let report = builder.judge();
            let own = report.findings.iter().find(|found| found.finding.code == FindingCode::FormBlankField);
            own.map(|found| found.finding.severity)
        };
        assert_eq!(severity("某某职业技术学院"), Some(Severity::Review));
        assert_eq!(severity("某市工业技师学院"), Some(Severity::Info));
    }

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
