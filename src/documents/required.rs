//! Which fields a document of each kind must show. Fields that some lawful layouts leave out (specialty,
//! principal, nation …) are not here: their absence says nothing.

use crate::domain::DocumentKind;

/// A field that every document of its kind carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Required {
    pub field: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

const fn required(field: &'static str, zh: &'static str, en: &'static str) -> Required {
    Required { field, zh, en }
}

const NAME: Required = required("name", "姓名", "name");
const SEX: Required = required("sex", "性别", "sex");
const ID_NUMBER: Required = required("id_number", "身份证号码", "ID number");
const BIRTH_DATE: Required = required("birth_date", "出生日期", "birth date");
const SCHOOL: Required = required("school", "学校名称", "school");
const MAJOR: Required = required("major", "专业", "major");
const CERTIFICATE_NUMBER: Required = required("certificate_number", "证书编号", "certificate number");

/// GA 461: six items on the portrait side.
const ID_CARD_FRONT: [Required; 6] = [
    NAME,
    SEX,
    required("nation", "民族", "nation"),
    BIRTH_DATE,
    required("address", "住址", "address"),
    ID_NUMBER,
];

const ID_CARD_BACK: [Required; 3] = [
    required("issuing_authority", "签发机关", "issuing authority"),
    required("valid_from", "有效期起始日期", "start of validity"),
    required("valid_until", "有效期截止日期", "end of validity"),
];

/// Both certificate types print these; sex, birth date and issuer only one of them.
const PRIOR_CERTIFICATE: [Required; 5] = [
    NAME,
    required("occupation", "职业名称", "occupation"),
    required("level", "职业技能等级", "skill level"),
    CERTIFICATE_NUMBER,
    required("issued_on", "发证日期", "date of issue"),
];

/// What identifies a graduation and what the plan's rules need; 自考 has no sex or period in some years.
const DIPLOMA: [Required; 4] = [NAME, SCHOOL, MAJOR, CERTIFICATE_NUMBER];

const ENROLLMENT_FORM: [Required; 3] = [NAME, SCHOOL, MAJOR];

/// Both report types; the code has findings of its own.
const CHSI_REPORT: [Required; 9] = [
    NAME,
    SCHOOL,
    MAJOR,
    SEX,
    BIRTH_DATE,
    required("education_level", "层次", "education level"),
    required("study_form", "学习形式", "form of study"),
    required("enrolled_on", "入学日期", "date of enrolment"),
    required("updated_on", "更新日期", "update date"),
];

/// The fields that a document of `kind` must show.
pub const fn of(kind: DocumentKind) -> &'static [Required] {
    match kind {
        DocumentKind::IdCardFront => &ID_CARD_FRONT,
        DocumentKind::IdCardBack => &ID_CARD_BACK,
        DocumentKind::PriorCertificate => &PRIOR_CERTIFICATE,
        DocumentKind::Diploma => &DIPLOMA,
        DocumentKind::EnrollmentForm => &ENROLLMENT_FORM,
        DocumentKind::ChsiReport => &CHSI_REPORT,
        // Handwritten forms have their own required table in their form definitions.
        DocumentKind::PortraitPhoto
        | DocumentKind::DeclarationForm
        | DocumentKind::WorkCommitment
        | DocumentKind::EducationCommitment
        | DocumentKind::Other => &[],
    }
}

/// The names of the fields that nearly every paper of `kind` shows: the required ones, and some that no finding is
/// raised for. Where a picture shows a fault, their absence says what it hides.
pub fn usual(kind: DocumentKind) -> impl Iterator<Item = &'static str> {
    let more: &[&str] = match kind {
        DocumentKind::PriorCertificate => &["id_number"],
        DocumentKind::EnrollmentForm => &["sex", "id_number", "enrolled_on"],
        _ => &[],
    };
    of(kind).iter().map(|wanted| wanted.field).chain(more.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_kind_must_show_is_in_the_contract() {
        for kind in DocumentKind::ALL {
            for name in usual(kind) {
                assert!(kind.has_field(name), "{kind}: {name}");
            }
        }
    }
}
