//! A row of work that was begun has both months, the employer and the occupation.

use crate::domain::{CrossFinding, FindingCode, FindingCode::FormBlankField as BLANK, Severity};

use super::{
    case::Case,
    labels,
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule = Rule {
    id: "work-rows-complete",
    codes: &[BLANK],
    words: &[words("incomplete", &["row", "field"])],
    check,
};

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        for row in rows {
            for (part, field) in row.parts() {
                let name = row.name(part);
                // An entry that was not read, or is told as blank already, is no news.
                let told = [FindingCode::FormIllegible, BLANK]
                    .into_iter()
                    .any(|code| case.has_own(document, code, Some(&name)));
                if field.is_some() || told {
                    continue;
                }
                let fills = [("row", plain(row.index + 1)), ("field", labels::of(part))];
                found.push(
                    RULE.found(case, "incomplete", (BLANK, Severity::Review), &fills)
                        .about(document)
                        .at(&name, None),
                );
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn a_gap_in_a_row_is_told() {
        let builder = Builder::work(2).rows(&[("2015-01", "2024-01", "营销员")]);
        assert!(codes(&builder.judge()).is_empty());
        let gap = builder.without("work_commitment", "work_history[0].employer");
        assert!(codes(&gap.judge()).contains(&"form.blank_field"));
    }
}
