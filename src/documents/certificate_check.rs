//! Checks of a vocational certificate: its number, level, date and occupation held together.

use jiff::civil::Date;

use crate::{
    domain::{Finding, FindingCode, Severity},
    ocr::PageText,
};

use super::{
    checks::about,
    reading::DocumentReading,
    values::{
        certificate_number::{self as number, Format},
        id_number,
        lists::OCCUPATIONS,
        validity,
    },
};

/// The vocational certificate system began in 1994 (劳动法): no certificate is older.
const FIRST_YEAR: i16 = 1994;

/// Nobody is examined younger than this (completed years): 就业准入 begins at 16, students somewhat before.
const MIN_AGE: i16 = 14;

/// What a printed number costs that the QR code contradicts: a misreading is as likely as an alteration.
const QR_DIFFERS_FACTOR: f32 = 0.5;

/// Adds every `certificate.*` finding.
pub fn run(pages: &[PageText], today: Date, reading: &mut DocumentReading) {
    let mut findings = Vec::new();
    findings.extend(number_format(pages, reading));
    findings.extend(level(pages, reading));
    findings.extend(date(pages, today, reading));
    findings.extend(occupation(pages, reading));
    reading.findings.extend(findings);
    coded_number(pages, reading);
}

/// Printed number and QR code: where they differ, one was altered or misread, and both are shown. What the QR codes of
/// other systems hold is no number of this format and says nothing.
fn coded_number(pages: &[PageText], reading: &mut DocumentReading) {
    let coded = pages
        .iter()
        .flat_map(|page| &page.codes)
        .flat_map(|code| code.text.split(|ch: char| !ch.is_ascii_alphanumeric()))
        .find(|text| number::format(text) == Format::SkillLevel);
    let printed = reading.fields.iter_mut().find(|field| field.name.as_str() == "certificate_number");
    let (Some(coded), Some(printed)) = (coded, printed) else { return };
    if printed.value == coded {
        return;
    }
    let finding = Finding::new(
        FindingCode::CertificateQrMismatch,
        Severity::Review,
        "印刷的证书编号与二维码中的不一致",
        "The printed certificate number differs from the QR code's",
    );
    let finding = about(finding, printed, pages);
    printed.alternatives.retain(|(value, _)| value != coded);
    printed.alternatives.insert(0, (coded.to_owned(), 1.0 - QR_DIFFERS_FACTOR));
    printed.score *= QR_DIFFERS_FACTOR;
    reading.findings.push(finding);
}

fn number_format(pages: &[PageText], reading: &DocumentReading) -> Option<Finding> {
    let field = reading.field("certificate_number")?;
    let (zh, en) = match number::format(&field.value) {
        Format::SkillLevel | Format::Qualification => return None,
        Format::SkillLevelOtherLetter => {
            ("证书编号首字母不常见", "The certificate number has an unusual first letter")
        }
        Format::OldQualification => {
            ("证书编号为旧版13位", "The certificate number is of the old 13-digit kind")
        }
        Format::Malformed => ("证书编号格式不正确", "The certificate number is malformed"),
    };
    let finding = Finding::new(FindingCode::CertificateNumberMalformed, Severity::Review, zh, en)
        .with_evidence("length", field.value.chars().count());
    Some(about(finding, field, pages))
}

fn level(pages: &[PageText], reading: &DocumentReading) -> Option<Finding> {
    let stated = number::level(reading.value("certificate_number")?)?;
    let field = reading.field("level")?;
    let printed: u8 = field.value.parse().ok()?;
    if stated == printed {
        return None;
    }
    let finding = Finding::new(
        FindingCode::CertificateLevelMismatch,
        Severity::Review,
        "证书编号中的等级与证书等级不一致",
        "The level in the certificate number differs from the printed level",
    )
    .with_evidence("number_level", stated)
    .with_evidence("printed_level", printed);
    Some(about(finding, field, pages))
}

fn date(pages: &[PageText], today: Date, reading: &DocumentReading) -> Option<Finding> {
    let field = reading.field("issued_on")?;
    let issued: Date = field.value.parse().ok()?;
    let birth = reading
        .value("birth_date")
        .and_then(|value| value.parse().ok())
        .or_else(|| id_number::birth_date(reading.value("id_number")?));
    let number_year = reading.value("certificate_number").and_then(number::year);
    let finding = |zh: &str, en: &str| {
        Finding::new(FindingCode::CertificateDateImplausible, Severity::Review, zh, en)
            .with_evidence("issued_year", issued.year())
    };
    let finding = if issued > today {
        finding("发证日期晚于今天", "The date of issue lies in the future")
    } else if issued.year() < FIRST_YEAR {
        finding("发证日期过早", "The date of issue is before certificates existed")
    } else if let Some(year) = number_year.filter(|&year| !fits(year, issued.year())) {
        finding("发证日期与证书编号中的年份不一致", "The date of issue differs from the year in the number")
            .with_evidence("number_year", year)
    } else if let Some(age) = birth.map(|birth| validity::age_on(birth, issued)).filter(|&age| age < MIN_AGE)
    {
        finding("发证时年龄过小", "The holder was too young when it was issued").with_evidence("age", age)
    } else {
        return None;
    };
    Some(about(finding, field, pages))
}

/// The number is given in the year of the examination; the certificate may be dated early in the next.
fn fits(number_year: i16, issued_year: i16) -> bool {
    (0..=1).contains(&(issued_year - number_year))
}

fn occupation(pages: &[PageText], reading: &DocumentReading) -> Option<Finding> {
    let field = reading.field("occupation")?;
    if OCCUPATIONS.contains(field.value.as_str()) {
        return None;
    }
    let finding = Finding::new(
        FindingCode::CertificateOccupationNotListed,
        Severity::Review,
        "职业名称不在职业分类大典中",
        "The occupation is not in the national classification",
    );
    Some(about(finding, field, pages))
}
