//! The certificate number on the form bears the level and the year that the form states beside it. The
//! certificate's own number is held against its print when it is read.

use crate::{
    documents::values::certificate_number as number,
    domain::{
        CrossFinding, DocumentKind,
        FindingCode::{CertificateDateImplausible as DATE, CertificateLevelMismatch as LEVEL},
        Severity,
    },
};

use super::{
    case::{Case, SURE},
    month::Month,
    rule::{Rule, plain, words},
};

pub const RULE: Rule = Rule {
    id: "prior-certificate-number",
    codes: &[LEVEL, DATE],
    words: &[words("level", &["number", "stated"]), words("year", &[])],
    check,
};

/// The number is given in the year of the examination; a certificate may be dated in the next.
const YEARS_LATER: i16 = 1;

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let asked = case.condition.is_some_and(|condition| condition.certificate.is_some());
    let Some(form) = case.first(DocumentKind::DeclarationForm).filter(|_| asked) else { return Vec::new() };
    let sure = |name| case.field(form, name).filter(|field| field.confidence >= SURE);
    let Some(own) = sure("prior_certificate_number") else { return Vec::new() };
    let mut found = Vec::new();
    if let (Some(level), Some(stated)) = (number::level(&own.value), sure("prior_certificate_level"))
        && stated.value != level.to_string()
    {
        let fills = [("number", plain(level)), ("stated", plain(&stated.value))];
        found.push(
            RULE.found(case, "level", (LEVEL, Severity::Review), &fills)
                .about(form)
                .at("prior_certificate_level", Some(stated))
                .with_score(own.confidence * stated.confidence),
        );
    }
    let issued = sure("prior_certificate_issued_on");
    if let (Some(year), Some(field)) = (number::year(&own.value), issued)
        && let Some(month) = Month::parse(&field.value)
    {
        let (first, last) = (Month::new(year, 1), Month::new(year + YEARS_LATER, 12));
        if month < first || month > last {
            found.push(
                RULE.found(case, "year", (DATE, Severity::Review), &[])
                    .about(form)
                    .at("prior_certificate_issued_on", Some(field))
                    .with_score(own.confidence * field.confidence),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn level_and_year_of_the_number_are_those_stated() {
        let number = |text: &str| {
            let builder = Builder::certificate()
                .set("declaration_form", "prior_certificate_number", text)
                .set("prior_certificate", "certificate_number", text);
            codes(&builder.judge()).into_iter().filter(|code| code.starts_with("certificate.")).count()
        };
        assert_eq!(number("S000011000012205000001"), 0);
        assert_eq!(number("S000011000012204000001"), 1);
        assert_eq!(number("S000011000012105000001"), 1);
    }
}
