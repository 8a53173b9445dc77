//! What is known about the applicant's schooling: the school's kind, the major, and whether one is still
//! a student.

use crate::domain::{DocumentKind, EducationStanding, Listing, Verdict};

use super::{
    case::{Case, LIKELY, Placed},
    listing::listing,
    month::Month,
    plan::{EducationRequirement, SchoolKind},
};

use DocumentKind::{ChsiReport, DeclarationForm, Diploma, EducationCommitment, EnrollmentForm};

const SCHOOLS: [(DocumentKind, &str); 5] = [
    (Diploma, "school"),
    (ChsiReport, "school"),
    (EnrollmentForm, "school"),
    (DeclarationForm, "school"),
    (EducationCommitment, "school"),
];
const MAJORS: [(DocumentKind, &str); 5] = [
    (Diploma, "major"),
    (ChsiReport, "major"),
    (EnrollmentForm, "major"),
    (DeclarationForm, "major"),
    (EducationCommitment, "major"),
];
const GRADUATIONS: [(DocumentKind, &str); 5] = [
    (Diploma, "graduated_on"),
    (ChsiReport, "expected_graduation"),
    (ChsiReport, "graduated_on"),
    (DeclarationForm, "graduated_on"),
    (EducationCommitment, "graduated_on"),
];

/// Schooling under a condition that asks for it.
pub struct Schooling<'a> {
    pub requirement: &'a EducationRequirement,
    /// The plan's kind of the school; `None`: no school was read.
    pub school: Option<&'a SchoolKind>,
    pub major: Option<Placed<'a>>,
    pub graduation: Option<Month>,
    /// `None`: it could not be told.
    pub student: Option<bool>,
}

/// `None` when the condition asks for no schooling.
pub fn schooling<'a>(case: &Case<'a>) -> Option<Schooling<'a>> {
    let requirement = case.condition?.education.as_ref()?;
    let read = case.surest(&SCHOOLS).map(|placed| placed.field.value.clone());
    let name = read.or_else(|| case.application.declared("school"));
    let school = name.and_then(|name| school_kind(requirement, &name));
    let graduation = case
        .surest(&GRADUATIONS)
        .filter(|placed| placed.field.confidence >= LIKELY)
        .map(|placed| placed.field.value.clone())
        .or_else(|| case.application.declared("graduated_on"))
        .and_then(|text| Month::parse(&text));
    let ticked = case
        .surest(&[(EducationCommitment, "graduation_status")])
        .filter(|placed| placed.field.confidence >= LIKELY)
        .map(|placed| placed.field.value == "student");
    let by_date = graduation.map(|month| month > Month::from(case.today));
    // A diploma says more than a tick.
    let has_diploma = case.first(Diploma).is_some();
    let student = if has_diploma { by_date.or(ticked) } else { ticked.or(by_date) };
    Some(Schooling { requirement, school, major: case.surest(&MAJORS), graduation, student })
}

/// The first kind whose words the name bears; one without words takes all others.
fn school_kind<'a>(requirement: &'a EducationRequirement, name: &str) -> Option<&'a SchoolKind> {
    requirement
        .schools
        .iter()
        .find(|kind| kind.words.is_empty() || kind.words.iter().any(|word| name.contains(word)))
}

/// The standing of the case's schooling.
pub fn standing(case: &Case<'_>) -> Option<EducationStanding> {
    let schooling = schooling(case)?;
    let school = schooling.school?;
    let major = major_listing(case, &schooling);
    let verdict = match major {
        Listing::Listed => Verdict::Met,
        Listing::Unlisted if !case.plan.lists.get(&school.majors).is_some_and(|list| list.open) => {
            Verdict::NotMet
        }
        _ => Verdict::Unclear,
    };
    let majors = case.plan.lists.get(&school.majors).map(|list| list.title.clone())?;
    Some(EducationStanding {
        verdict,
        school_kind: school.title.clone(),
        majors,
        major,
        student: schooling.student,
    })
}

/// Whether the major is on the list of the school's kind.
pub fn major_listing(case: &Case<'_>, schooling: &Schooling<'_>) -> Listing {
    let Some(school) = schooling.school else { return Listing::Unknown };
    listing(case.plan, std::slice::from_ref(&school.majors), schooling.major.map(|placed| placed.field))
}

#[cfg(test)]
mod tests {
    use super::super::plan::PlanLibrary;
    use super::*;

    #[test]
    fn schools_are_told_by_their_names() {
        let library = PlanLibrary::built_in().unwrap();
        let plan = library.get("dianzishangwushi-4").unwrap();
        let requirement = plan.condition(3).unwrap().education.as_ref().unwrap();
        for (name, majors, chsi) in [
            ("某市商务技工学校", "majors_technical", false),
            ("某某技师学院", "majors_technical", false),
            ("某市第一职业高级中学", "majors_vocational", false),
            ("某某职业技术学院", "majors_vocational", true),
            ("某某大学", "majors_vocational", true),
            ("某某高等专科学校", "majors_vocational", true),
            ("某某学院附属中等专业学校", "majors_vocational", false),
            ("某市财贸职业学校", "majors_vocational", false),
        ] {
            let kind = school_kind(requirement, name).unwrap();
            assert_eq!((kind.majors.as_str(), kind.chsi), (majors, chsi), "{name}");
        }
    }
}
