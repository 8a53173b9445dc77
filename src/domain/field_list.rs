//! Which fields papers of each kind have (CONTRACT.md, "Field names and normal forms").

use super::DocumentKind;

/// Rows of work that a form may have. The official forms have four and five; a form of more rows than this has a page of
/// its own for them, which none has been seen to have.
const MAX_ROWS: usize = 20;

/// What each row of work states.
const ROW: [&str; 4] = ["from", "to", "employer", "occupation"];
/// The commitment asks for somebody who can be called as well.
const WITNESSED_ROW: [&str; 5] = ["from", "to", "employer", "occupation", "witness"];

const ID_CARD_FRONT: [&str; 6] = ["name", "sex", "nation", "birth_date", "address", "id_number"];
const ID_CARD_BACK: [&str; 3] = ["issuing_authority", "valid_from", "valid_until"];
const PRIOR_CERTIFICATE: [&str; 10] = [
    "name",
    "sex",
    "birth_date",
    "id_number",
    "occupation",
    "specialty",
    "level",
    "certificate_number",
    "issuer",
    "issued_on",
];
const DIPLOMA: [&str; 13] = [
    "name",
    "sex",
    "birth_date",
    "school",
    "major",
    "education_level",
    "study_form",
    "study_years",
    "enrolled_on",
    "graduated_on",
    "certificate_number",
    "issued_on",
    "principal",
];
const ENROLLMENT_FORM: [&str; 6] = ["name", "sex", "id_number", "school", "major", "enrolled_on"];
const CHSI_REPORT: [&str; 19] = [
    "report_type",
    "name",
    "sex",
    "birth_date",
    "nation",
    "school",
    "major",
    "education_level",
    "study_form",
    "study_years",
    "enrolled_on",
    "graduated_on",
    "expected_graduation",
    "certificate_number",
    "principal",
    "student_status",
    "verification_code",
    "updated_on",
    "qr_url",
];
const DECLARATION_FORM: [&str; 25] = [
    "name",
    "sex",
    "id_number",
    "phone",
    "occupation",
    "level",
    "condition",
    "prior_certificate_occupation",
    "prior_certificate_level",
    "prior_certificate_number",
    "prior_certificate_issued_on",
    "chsi_code",
    "school",
    "major",
    "graduated_on",
    "signature",
    "signed_on",
    "birth_date",
    "education_level",
    "nation",
    "address",
    "employer",
    "work_years",
    "enrolled_on",
    "diploma_number",
];
const WORK_COMMITMENT: [&str; 7] =
    ["name", "id_number", "occupation", "level", "work_years", "signature", "signed_on"];
const EDUCATION_COMMITMENT: [&str; 13] = [
    "name",
    "id_number",
    "school",
    "major",
    "graduated_on",
    "education_level",
    "signature",
    "signed_on",
    "enrolled_on",
    "certificate_number",
    "occupation",
    "level",
    "graduation_status",
];

impl DocumentKind {
    /// Names of the fields that papers of this kind have, rows of work apart, in the contract's order.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::IdCardFront => &ID_CARD_FRONT,
            Self::IdCardBack => &ID_CARD_BACK,
            Self::PriorCertificate => &PRIOR_CERTIFICATE,
            Self::Diploma => &DIPLOMA,
            Self::EnrollmentForm => &ENROLLMENT_FORM,
            Self::ChsiReport => &CHSI_REPORT,
            Self::DeclarationForm => &DECLARATION_FORM,
            Self::WorkCommitment => &WORK_COMMITMENT,
            Self::EducationCommitment => &EDUCATION_COMMITMENT,
            Self::PortraitPhoto | Self::Other => &[],
        }
    }

    /// What each row of work on papers of this kind states; nothing where there are no rows.
    pub const fn row_fields(self) -> &'static [&'static str] {
        match self {
            Self::DeclarationForm => &ROW,
            Self::WorkCommitment => &WITNESSED_ROW,
            _ => &[],
        }
    }

    /// Whether papers of this kind have a field of this name, a row of work's (`work_history[0].from`) among them.
    pub fn has_field(self, name: &str) -> bool {
        let row = || {
            let (index, part) = name.strip_prefix("work_history[")?.split_once("].")?;
            let index: usize = index.parse().ok().filter(|row| *row < MAX_ROWS)?;
            // As it is written, so that one field has one name.
            (format!("work_history[{index}].{part}") == name).then_some(part)
        };
        self.fields().contains(&name) || row().is_some_and(|part| self.row_fields().contains(&part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_work_are_on_the_forms_that_have_them() {
        for (kind, name, has) in [
            (DocumentKind::WorkCommitment, "work_history[4].witness", true),
            (DocumentKind::DeclarationForm, "work_history[0].from", true),
            (DocumentKind::DeclarationForm, "work_history[0].witness", false),
            (DocumentKind::WorkCommitment, "work_history[20].from", false),
            (DocumentKind::WorkCommitment, "work_history[01].from", false),
            (DocumentKind::WorkCommitment, "work_history[0].", false),
            (DocumentKind::EducationCommitment, "work_history[0].from", false),
            (DocumentKind::Diploma, "school", true),
            (DocumentKind::Diploma, "phone", false),
            (DocumentKind::Other, "name", false),
        ] {
            assert_eq!(kind.has_field(name), has, "{kind} {name}");
        }
    }
}
