//! Which field of which paper says the same thing: what a form's entries are held against.

use crate::domain::DocumentKind;

use DocumentKind::{ChsiReport, Diploma, EnrollmentForm, IdCardFront, PriorCertificate};

/// A form's field: where other papers have it, best first, and whether the portal asks for it by the
/// same name.
#[derive(Debug)]
pub struct Correspondence {
    pub field: &'static str,
    pub papers: &'static [(DocumentKind, &'static str)],
    pub declared: Option<&'static str>,
}

/// Every correspondence, in the order in which reports list fields.
pub const CORRESPONDENCES: &[Correspondence] = &[
    Correspondence {
        field: "name",
        papers: &[
            (IdCardFront, "name"),
            (PriorCertificate, "name"),
            (Diploma, "name"),
            (ChsiReport, "name"),
            (EnrollmentForm, "name"),
        ],
        declared: Some("name"),
    },
    Correspondence {
        field: "id_number",
        papers: &[(IdCardFront, "id_number"), (PriorCertificate, "id_number"), (EnrollmentForm, "id_number")],
        declared: Some("id_number"),
    },
    Correspondence {
        field: "sex",
        papers: &[
            (IdCardFront, "sex"),
            (PriorCertificate, "sex"),
            (Diploma, "sex"),
            (ChsiReport, "sex"),
            (EnrollmentForm, "sex"),
        ],
        declared: Some("sex"),
    },
    Correspondence {
        field: "birth_date",
        papers: &[
            (IdCardFront, "birth_date"),
            (PriorCertificate, "birth_date"),
            (Diploma, "birth_date"),
            (ChsiReport, "birth_date"),
        ],
        declared: Some("birth_date"),
    },
    Correspondence {
        field: "nation",
        papers: &[(IdCardFront, "nation"), (ChsiReport, "nation")],
        declared: None,
    },
    Correspondence { field: "phone", papers: &[], declared: Some("phone") },
    Correspondence { field: "occupation", papers: &[], declared: Some("occupation") },
    Correspondence { field: "level", papers: &[], declared: Some("level") },
    Correspondence { field: "condition", papers: &[], declared: Some("condition") },
    Correspondence {
        field: "prior_certificate_number",
        papers: &[(PriorCertificate, "certificate_number")],
        declared: None,
    },
    Correspondence {
        field: "prior_certificate_level",
        papers: &[(PriorCertificate, "level")],
        declared: None,
    },
    Correspondence {
        field: "prior_certificate_occupation",
        papers: &[(PriorCertificate, "occupation")],
        declared: None,
    },
    Correspondence {
        field: "prior_certificate_issued_on",
        papers: &[(PriorCertificate, "issued_on")],
        declared: None,
    },
    Correspondence {
        field: "chsi_code",
        papers: &[(ChsiReport, "verification_code")],
        declared: Some("chsi_code"),
    },
    Correspondence {
        field: "school",
        papers: &[(Diploma, "school"), (ChsiReport, "school"), (EnrollmentForm, "school")],
        declared: Some("school"),
    },
    Correspondence {
        field: "major",
        papers: &[(Diploma, "major"), (ChsiReport, "major"), (EnrollmentForm, "major")],
        declared: Some("major"),
    },
    Correspondence {
        field: "enrolled_on",
        papers: &[(Diploma, "enrolled_on"), (ChsiReport, "enrolled_on"), (EnrollmentForm, "enrolled_on")],
        declared: None,
    },
    Correspondence {
        field: "graduated_on",
        papers: &[(Diploma, "graduated_on"), (ChsiReport, "graduated_on")],
        declared: Some("graduated_on"),
    },
    Correspondence { field: "diploma_number", papers: &DIPLOMA_NUMBER, declared: None },
    Correspondence { field: "certificate_number", papers: &DIPLOMA_NUMBER, declared: None },
];

const DIPLOMA_NUMBER: [(DocumentKind, &str); 2] =
    [(Diploma, "certificate_number"), (ChsiReport, "certificate_number")];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_field_stands_once() {
        let names: BTreeSet<&str> = CORRESPONDENCES.iter().map(|row| row.field).collect();
        assert_eq!(names.len(), CORRESPONDENCES.len());
        assert!(CORRESPONDENCES.iter().all(|row| !row.papers.is_empty() || row.declared.is_some()));
    }
}
