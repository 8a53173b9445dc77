//! The major is on the plan's list for that kind of school.

use crate::domain::{CrossFinding, FindingCode::EligibilityMajorNotListed as NOT_LISTED, Listing, Severity};

use super::{
    case::{Case, LIKELY},
    education,
    rule::{Rule, words},
};

pub const RULE: Rule =
    Rule { id: "major-listed", codes: &[NOT_LISTED], words: &[words("unlisted", &["list"])], check };

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(schooling) = education::schooling(case) else { return Vec::new() };
    let (Some(school), Some(major)) = (schooling.school, schooling.major) else { return Vec::new() };
    if major.field.confidence < LIKELY || education::major_listing(case, &schooling) != Listing::Unlisted {
        return Vec::new();
    }
    let Some(list) = case.plan.lists.get(&school.majors) else { return Vec::new() };
    let severity = if list.open { Severity::Review } else { Severity::Reject };
    let finding = RULE
        .found(case, "unlisted", (NOT_LISTED, severity), &[("list", list.title.clone())])
        .about(major.document)
        .at(major.name, Some(major.field))
        .with_score(major.field.confidence);
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    fn of(school: &str, major: &str) -> bool {
        codes(&Builder::graduate().schooling(school, major).judge()).contains(&"eligibility.major_not_listed")
    }

    #[test]
    fn each_kind_of_school_has_its_own_list() {
        // 国际贸易 is on the list of technical schools only, 计算机应用 on that of the others.
        assert!(!of("某市商务技工学校", "国际贸易") && of("某市财贸职业学校", "国际贸易"));
        assert!(!of("某市财贸职业学校", "计算机应用") && of("某市商务技工学校", "计算机应用"));
        assert!(of("某某大学", "土木工程"));
    }
}
