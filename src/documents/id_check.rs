//! Checks of what stands on an ID card, or of an ID number on another paper.
//!
//! Nothing here changes a value: a number that breaks its rules is reported as it stands.

use jiff::civil::Date;

use crate::{
    domain::{Finding, FindingCode, Severity},
    ocr::PageText,
};

use super::{
    checks::about,
    reading::DocumentReading,
    values::{
        id_number::{self, Fault, IdNumber},
        region::{self, Region},
        validity::{self, Until},
    },
};

/// `id.checksum_failed` and `id.region_unknown`. A masked number (with stars) says nothing.
pub fn number(pages: &[PageText], reading: &mut DocumentReading) {
    let Some(field) = reading.field("id_number").filter(|field| !field.value.contains('*')) else { return };
    let mut findings = Vec::new();
    let fault = IdNumber::parse(&field.value).err().filter(|_| !only_the_region_is_wrong(&field.value));
    if let Some(fault) = fault {
        let (zh, en) = match fault {
            Fault::Length(_) => ("身份证号码位数不正确", "The ID number does not have 18 characters"),
            Fault::Alphabet => {
                ("身份证号码含有不应出现的字符", "The ID number holds a character out of place")
            }
            Fault::BirthDate => {
                ("身份证号码中的出生日期不存在", "The birth date in the ID number does not exist")
            }
            Fault::CheckCharacter => {
                ("身份证号码校验位不正确", "The ID number's check character does not fit")
            }
        };
        let finding = Finding::new(FindingCode::IdChecksumFailed, Severity::Review, zh, en)
            .with_evidence("length", field.value.chars().count())
            .with_evidence("reading_score", f64::from(field.score));
        findings.push(about(finding, field, pages));
    }
    let code: String = field.value.chars().take(6).collect();
    let (score, zh, en) = match region::lookup(&code) {
        Region::Known => (0.0, "", ""),
        Region::UnknownCounty => {
            (0.4, "身份证号码前六位对应的区县未收录", "The county in the ID number is not in the table")
        }
        Region::UnknownProvince => (1.0, "身份证号码前两位不是省级代码", "The ID number names no province"),
    };
    if score > 0.0 {
        // An unknown county only informs: renamed and dissolved areas are missing from every table.
        let severity = if score < 1.0 { Severity::Info } else { Severity::Review };
        let finding = Finding::new(FindingCode::IdRegionUnknown, severity, zh, en).with_score(score);
        findings.push(about(finding, field, pages));
    }
    reading.findings.extend(findings);
}

/// True for a number that keeps every rule but begins with no province (0 or 9): that is what
/// `id.region_unknown` says; its check character fits.
fn only_the_region_is_wrong(number: &str) -> bool {
    number.chars().count() == 18
        && number.starts_with(['0', '9'])
        && id_number::birth_date(number).is_some()
        && id_number::check_character(number) == number.chars().last()
}

/// `id.birth_mismatch`: the birth row against the number.
pub fn birth(pages: &[PageText], reading: &mut DocumentReading) {
    let Some(field) = reading.field("birth_date") else { return };
    let Some(in_number) = reading.value("id_number").and_then(id_number::birth_date) else { return };
    let Ok(printed) = field.value.parse::<Date>() else { return };
    if printed == in_number {
        return;
    }
    let finding = Finding::new(
        FindingCode::IdBirthMismatch,
        Severity::Review,
        "出生日期与身份证号码不一致",
        "The birth date differs from the ID number's",
    )
    .with_evidence("reading_score", f64::from(field.score));
    let finding = about(finding, field, pages);
    reading.findings.push(finding);
}

/// `id.sex_mismatch`: the sex row against the number's 17th digit.
pub fn sex(pages: &[PageText], reading: &mut DocumentReading) {
    let Some(field) = reading.field("sex") else { return };
    // The 17th digit is only where it belongs in a number of full length.
    let number = reading.value("id_number").filter(|number| number.chars().count() == 18);
    let Some(in_number) = number.and_then(id_number::sex) else { return };
    if field.value == in_number.as_str() {
        return;
    }
    let finding = Finding::new(
        FindingCode::IdSexMismatch,
        Severity::Review,
        "性别与身份证号码不一致",
        "The sex differs from the ID number's",
    )
    .with_evidence("reading_score", f64::from(field.score));
    let finding = about(finding, field, pages);
    reading.findings.push(finding);
}

/// `id.expired` and `id.validity_inconsistent`.
pub fn validity(pages: &[PageText], today: Date, reading: &mut DocumentReading) {
    let Some(until_field) = reading.field("valid_until") else { return };
    let until = if until_field.value == Until::LongTerm.to_string() {
        Until::LongTerm
    } else {
        match until_field.value.parse() {
            Ok(day) => Until::Day(day),
            Err(_) => return,
        }
    };
    let from: Option<Date> = reading.value("valid_from").and_then(|value| value.parse().ok());
    let mut findings = Vec::new();
    if let Until::Day(day) = until
        && day < today
    {
        let days = day.until(today).map_or(0, |span| span.get_days());
        let finding = Finding::new(
            FindingCode::IdExpired,
            Severity::Reject,
            "身份证已过有效期",
            "The ID card has expired",
        )
        .with_evidence("days", days);
        findings.push(about(finding, until_field, pages));
    }
    if let Some(from) = from
        && (!validity::is_consistent(from, until, None) || from > today)
    {
        let finding = Finding::new(
            FindingCode::IdValidityInconsistent,
            Severity::Review,
            "有效期限的起止日期不符合规定的年限",
            "The validity dates span no lawful period",
        )
        .with_evidence("from_year", from.year());
        findings.push(about(finding, until_field, pages));
    }
    reading.findings.extend(findings);
}
