//! The ID card is valid on the day of submission. The card's own check knows the day on which it was
//! read; an application may be judged again on another.

use jiff::civil::Date;

use crate::domain::{CrossFinding, DocumentKind, FindingCode::IdExpired as EXPIRED, Severity};

use super::{
    case::{Case, SURE},
    rule::{Rule, words},
};

pub const RULE: Rule = Rule { id: "id-validity", codes: &[EXPIRED], words: &[words("expired", &[])], check };

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let Some(back) = case.first(DocumentKind::IdCardBack) else { return Vec::new() };
    let Some(field) = case.field(back, "valid_until") else { return Vec::new() };
    // 长期 is no date, and never ends.
    let expired = field.value.parse::<Date>().is_ok_and(|until| until < case.today);
    if !expired || case.has_own(back, EXPIRED, None) {
        return Vec::new();
    }
    let severity = if field.confidence >= SURE { Severity::Reject } else { Severity::Review };
    let finding = RULE
        .found(case, "expired", (EXPIRED, severity), &[])
        .about(back)
        .at("valid_until", Some(field))
        .with_score(field.confidence);
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn the_day_of_submission_is_the_last_that_counts() {
        let until =
            |day: &str| codes(&Builder::work(2).set("id_card_back", "valid_until", day).judge()).len();
        assert_eq!(until("2026-11-24"), 0);
        assert_eq!(until("长期"), 0);
        assert_eq!(until("2026-11-23"), 1);
    }
}
