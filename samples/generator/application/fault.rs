//! Faults that are planted in an application, one at a time, each with the code that must tell it.

use jiff::{ToSpan, civil::Date};
use rand_chacha::ChaCha8Rng;
use vouch::domain::DocumentKind;

use super::{Draft, Sheet};
use crate::{
    spec::one_of,
    words::{
        address::company,
        career::{Career, prior_number},
        dates,
        education::{Education, Family},
        person::{self, Person},
    },
};

use DocumentKind::{
    ChsiReport, DeclarationForm, Diploma, EducationCommitment, IdCardBack, IdCardFront, PortraitPhoto,
    PriorCertificate, WorkCommitment,
};

/// One sort of fault.
pub struct Fault {
    pub name: &'static str,
    /// The code that must be raised.
    pub code: &'static str,
    /// Conditions under which it can be.
    pub conditions: &'static [u8],
    plant: fn(&mut Draft, &mut ChaCha8Rng),
}

impl Fault {
    pub(super) fn plant(&self, draft: &mut Draft, rng: &mut ChaCha8Rng) {
        (self.plant)(draft, rng);
    }
}

const fn fault(
    name: &'static str,
    code: &'static str,
    conditions: &'static [u8],
    plant: fn(&mut Draft, &mut ChaCha8Rng),
) -> Fault {
    Fault { name, code, conditions, plant }
}

const MISSING: &str = "eligibility.document_missing";
const IMPLAUSIBLE: &str = "eligibility.period_implausible";
const SHORT: &str = "eligibility.work_years_short";
const ANY: &[u8] = &[1, 2, 3];
const WORK: &[u8] = &[1, 2];

pub const FAULTS: &[Fault] = &[
    fault("no_id_back", MISSING, ANY, |d, _| drop(d, IdCardBack)),
    fault("no_photo", MISSING, ANY, |d, _| drop(d, PortraitPhoto)),
    fault("no_form", MISSING, ANY, |d, _| drop(d, DeclarationForm)),
    fault("no_work_commitment", MISSING, WORK, |d, _| drop(d, WorkCommitment)),
    fault("no_certificate", MISSING, &[1], |d, _| drop(d, PriorCertificate)),
    fault("no_diploma", MISSING, &[3], |d, _| drop(d, Diploma)),
    fault("no_education_commitment", MISSING, &[3], |d, _| drop(d, EducationCommitment)),
    fault("two_portrait_sides", MISSING, ANY, |d, _| sheet(d, IdCardBack).kind = IdCardFront),
    fault("wrong_document", "kind.mismatch", &[3], |d, _| sheet(d, Diploma).kind = IdCardFront),
    fault("name_on_certificate", "cross.name_mismatch", &[1], |d, rng| other_name(d, PriorCertificate, rng)),
    fault("name_on_diploma", "cross.name_mismatch", &[3], |d, rng| other_name(d, Diploma, rng)),
    fault("name_on_form", "cross.name_mismatch", ANY, |d, rng| other_name(d, DeclarationForm, rng)),
    fault("number_on_form", "cross.id_number_mismatch", ANY, other_number),
    fault("declared_name", "cross.declared_mismatch", ANY, |d, rng| {
        let other = Person::born(d.sheets[0].person.birth, d.split, rng);
        d.declared.insert("name".to_owned(), other.name.into());
    }),
    fault("sex_on_form", "cross.sex_mismatch", ANY, |d, _| {
        let person = &mut sheet(d, DeclarationForm).person;
        person.male = !person.male;
    }),
    fault("birth_on_form", "cross.birth_mismatch", ANY, |d, _| {
        let person = &mut sheet(d, DeclarationForm).person;
        person.birth = dates::years_later(person.birth, 3);
    }),
    fault("school_on_form", "cross.school_mismatch", &[3], |d, rng| {
        let other = other_education(d, rng);
        sheet(d, DeclarationForm).education.school = other.school;
    }),
    fault("major_on_form", "cross.major_mismatch", &[3], |d, _| {
        sheet(d, DeclarationForm).education.major = "旅游服务与管理".to_owned();
    }),
    fault("graduation_on_form", "cross.date_mismatch", &[3], |d, _| {
        let education = &mut sheet(d, DeclarationForm).education;
        education.graduated = education.graduated.saturating_sub(26.months());
    }),
    fault("code_on_form", "cross.code_mismatch", &[3], |d, rng| {
        let other = other_education(d, rng);
        sheet(d, DeclarationForm).education.code = other.code;
    }),
    fault("certificate_number_on_form", "cross.code_mismatch", &[1], |d, rng| {
        let sheet = sheet(d, DeclarationForm);
        sheet.career.prior.number = prior_number(&sheet.person, sheet.career.prior.issued, 5, rng);
    }),
    fault("condition_on_form", "eligibility.condition_unclear", WORK, |d, _| {
        let career = &mut sheet(d, DeclarationForm).career;
        career.condition = 3 - career.condition;
    }),
    fault("too_little_work", SHORT, WORK, |d, _| {
        careers(d, |career| {
            career.work.truncate(1);
            let row = &mut career.work[0];
            (row.until_now, row.to) = (false, row.from.saturating_add(30.months()));
            career.total();
        });
    }),
    fault("work_before_certificate", SHORT, &[1], |d, _| {
        careers(d, |career| {
            career.work.truncate(1);
            let row = &mut career.work[0];
            row.from = career.prior.issued.saturating_sub(50.months());
            (row.until_now, row.to) = (false, career.prior.issued.saturating_add(14.months()));
            career.total();
        });
    }),
    fault("unlisted_work", "eligibility.occupation_not_listed", WORK, |d, rng| {
        let other = one_of(&["保安员", "中式烹调师", "汽车维修工", "美容师", "档案数字化管理师"], rng);
        careers(d, |career| career.work[0].occupation = other.to_owned());
    }),
    fault("unlisted_major", "eligibility.major_not_listed", &[3], |d, _| {
        for sheet in &mut d.sheets {
            sheet.education.major = "土木工程".to_owned();
        }
        d.declared.insert("major".to_owned(), "土木工程".into());
    }),
    fault("overlap", "eligibility.period_overlap", WORK, |d, rng| {
        let employer = company(d.split, rng);
        careers(d, |career| {
            let end = career.work.last().map_or(career.signed, |row| row.to);
            career.work.truncate(1);
            let first = career.work[0].clone();
            let mut second = first.clone();
            second.to = end;
            second.from = first.from.saturating_add(20.months());
            second.employer.clone_from(&employer);
            (career.work[0].until_now, career.work[0].to) = (false, first.from.saturating_add(40.months()));
            career.work.push(second);
        });
    }),
    fault("after_signature", "eligibility.period_after_signature", WORK, |d, _| {
        careers(d, |career| {
            let signed = career.signed;
            if let Some(last) = career.work.last_mut() {
                (last.until_now, last.to) = (false, signed.saturating_add(5.months()));
            }
        });
    }),
    fault("too_young", IMPLAUSIBLE, &[2], |d, _| {
        let birth = d.sheets[0].person.birth;
        careers(d, |career| {
            career.work[0].from = dates::years_later(birth, 13);
            career.total();
        });
    }),
    fault("reversed", IMPLAUSIBLE, WORK, |d, _| {
        careers(d, |career| {
            let row = &mut career.work[0];
            (row.until_now, row.to) = (false, row.from.saturating_sub(14.months()));
        });
    }),
    fault("total", IMPLAUSIBLE, WORK, |d, _| careers(d, |career| career.years += 5.0)),
    fault("commitment_months", "cross.date_mismatch", WORK, |d, _| {
        let row = &mut sheet(d, WorkCommitment).career.work[0];
        row.from = row.from.saturating_sub(14.months());
    }),
    fault("commitment_employer", "cross.declared_mismatch", WORK, |d, rng| {
        let employer = loop {
            let other = company(d.split, rng);
            if other.get(..6) != sheet(d, WorkCommitment).career.work[0].employer.get(..6) {
                break other;
            }
        };
        sheet(d, WorkCommitment).career.work[0].employer = employer;
    }),
    fault("certificate_level", "certificate.level_mismatch", &[1], |d, rng| {
        let (person, issued) = (d.sheets[0].person.clone(), d.sheets[0].career.prior.issued);
        let number = prior_number(&person, issued, 4, rng);
        careers(d, |career| {
            career.prior.level = 4;
            career.prior.number.clone_from(&number);
        });
    }),
    fault("expired_card", "id.expired", ANY, |d, _| {
        // A card of a child or a youth, long since run out.
        let sheet = sheet(d, IdCardBack);
        sheet.today = dates::years_later(sheet.today, -12);
    }),
    fault("unsigned", "form.unsigned", ANY, |d, _| leave_out(d, DeclarationForm, "signature")),
    fault("undated", "form.undated", ANY, |d, _| leave_out(d, DeclarationForm, "signed_on")),
    fault("no_chsi_code", "chsi.code_missing", &[3], |d, _| leave_out(d, DeclarationForm, "chsi_code")),
    fault("photo_format", "photo.not_jpeg", ANY, |d, _| sheet(d, PortraitPhoto).png = true),
    fault("chsi_other_person", "cross.name_mismatch", &[3], |d, rng| other_name(d, ChsiReport, rng)),
];

fn sheet(draft: &mut Draft, slot: DocumentKind) -> &mut Sheet {
    let known = draft.sheets.iter_mut().find(|sheet| sheet.slot == slot);
    known.unwrap_or_else(|| panic!("an application under this condition has no {slot}"))
}

fn drop(draft: &mut Draft, slot: DocumentKind) {
    draft.sheets.retain(|sheet| sheet.slot != slot);
}

fn leave_out(draft: &mut Draft, slot: DocumentKind, entry: &str) {
    sheet(draft, slot).left_out.push(entry.to_owned());
}

/// The same change on every paper.
fn careers(draft: &mut Draft, mut change: impl FnMut(&mut Career)) {
    for sheet in &mut draft.sheets {
        change(&mut sheet.career);
    }
}

/// Another person's name on one paper.
fn other_name(draft: &mut Draft, slot: DocumentKind, rng: &mut ChaCha8Rng) {
    let split = draft.split;
    let person = &mut sheet(draft, slot).person;
    person.name = Person::born(person.birth, split, rng).name;
}

/// Another valid number of somebody born on the same day.
fn other_number(draft: &mut Draft, rng: &mut ChaCha8Rng) {
    let person = &mut sheet(draft, DeclarationForm).person;
    let region: String = person.id_number.chars().take(6).collect();
    let own = person.id_number.clone();
    while person.id_number == own {
        person.id_number = person::id_number(&region, person.birth, person.male, rng);
    }
}

fn other_education(draft: &Draft, rng: &mut ChaCha8Rng) -> Education {
    let today: Date = draft.today;
    loop {
        let other = Education::invent(Family::Regular, &draft.sheets[0].person, draft.split, today, rng);
        if other.school != draft.sheets[0].education.school {
            return other;
        }
    }
}
