//! Which fields other print on the same paper bears out.
//!
//! A number whose check digit holds, a birth date that the number repeats, a validity that has a legal
//! span: a misreading would have to hit both places alike. Calibration counts such fields apart, since
//! the recogniser's own certainty says little about them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::{FieldName, Reader};

use super::{
    reading::{DocumentReading, FieldReading},
    values::{
        certificate_number, diploma_number,
        id_number::{self, IdNumber},
        lists::{NATIONS, OCCUPATIONS},
        school, validity,
    },
};

/// Months that the end of the studies may lie before full years (September to June or July), or after.
const STUDY_MONTHS: std::ops::RangeInclusive<i32> = -4..=1;

/// Names of the fields of `reading` that are borne out.
pub fn corroborated(reading: &DocumentReading) -> BTreeSet<FieldName> {
    let mut names: BTreeSet<&'static str> = BTreeSet::new();
    names.extend(by_id_number(reading));
    names.extend(by_certificate_number(reading));
    names.extend(by_diploma_number(reading));
    names.extend(by_span_of_validity(reading));
    names.extend(by_years_of_study(reading));
    names.extend(by_code(reading));
    names.extend(by_lists(reading));
    reading
        .fields
        .iter()
        .filter(|field| names.contains(field.name.as_str()) || is_text_layer(field))
        .map(|field| field.name.clone())
        .collect()
}

/// A PDF's text layer is data, not print.
fn is_text_layer(field: &FieldReading) -> bool {
    !field.readers.is_empty() && field.readers.iter().all(|reader| *reader == Reader::PdfText)
}

/// Check digit (one misread digit never keeps it), birth date and sex.
fn by_id_number(reading: &DocumentReading) -> Vec<&'static str> {
    let Some(number) = reading.value("id_number").filter(|number| IdNumber::parse(number).is_ok()) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let birth = reading.value("birth_date");
    let repeats_birth = birth
        .map(|birth| id_number::birth_date(number).is_some_and(|date| date.to_string().starts_with(birth)));
    if repeats_birth != Some(false) {
        names.push("id_number");
    }
    if repeats_birth == Some(true) {
        names.push("birth_date");
    }
    if reading.value("sex").is_some_and(|sex| id_number::sex(number).is_some_and(|s| s.to_string() == sex)) {
        names.push("sex");
    }
    names
}

/// The number repeats the level and the year.
fn by_certificate_number(reading: &DocumentReading) -> Vec<&'static str> {
    let Some(number) = reading.value("certificate_number") else { return Vec::new() };
    let level = certificate_number::level(number).map(|level| level.to_string());
    let year = certificate_number::year(number);
    let same_level = level.is_some() && level.as_deref() == reading.value("level");
    let same_year = year.is_some() && year == year_of(reading, "issued_on");
    match (same_level, same_year) {
        (true, true) => vec!["certificate_number", "level"],
        (true, false) => vec!["level"],
        _ => Vec::new(),
    }
}

/// The number repeats the graduation year and the school.
fn by_diploma_number(reading: &DocumentReading) -> Vec<&'static str> {
    let Some(number) = reading.value("certificate_number") else { return Vec::new() };
    let mut names = Vec::new();
    let year = diploma_number::year(number);
    let same_year =
        year.is_some() && (year == year_of(reading, "graduated_on") || year == year_of(reading, "issued_on"));
    let school = diploma_number::school_code(number).and_then(school::name_of);
    let same_school = school.is_some() && school == reading.value("school");
    if same_year && same_school {
        names.push("certificate_number");
    }
    if same_school {
        names.push("school");
    }
    let level = match diploma_number::level_code(number) {
        Some("05") => "本科",
        Some("06") => "专科",
        _ => return names,
    };
    if reading.value("education_level").is_some_and(|value| value.contains(level)) {
        names.push("education_level");
    }
    names
}

/// Five, ten or twenty years to the day, as the law has it.
fn by_span_of_validity(reading: &DocumentReading) -> Vec<&'static str> {
    let from = reading.value("valid_from").and_then(|from| from.parse::<Date>().ok());
    let until = reading.value("valid_until").and_then(|until| until.parse::<Date>().ok());
    match (from, until) {
        (Some(from), Some(until)) if validity::is_consistent(from, validity::Until::Day(until), None) => {
            vec!["valid_from", "valid_until"]
        }
        _ => Vec::new(),
    }
}

/// Months since the year 0 of a value that names at least its month.
pub(super) fn months(value: &str) -> Option<i32> {
    let year: i32 = value.get(..4)?.parse().ok()?;
    let month: i32 = value.get(5..7)?.parse().ok()?;
    Some(year * 12 + month)
}

/// Whether studies of `years` may last from one month to the other.
pub(super) fn is_study_time(from: i32, until: i32, years: f32) -> bool {
    STUDY_MONTHS.contains(&(until - from - (years * 12.0) as i32))
}

/// From enrolment to graduation it is as many years as the paper says.
fn by_years_of_study(reading: &DocumentReading) -> Vec<&'static str> {
    let month_of = |name: &str| reading.value(name).and_then(months);
    let years = reading.value("study_years").and_then(|years| years.parse::<f32>().ok());
    let end =
        ["graduated_on", "expected_graduation"].into_iter().find_map(|name| Some((name, month_of(name)?)));
    match (month_of("enrolled_on"), end, years) {
        (Some(from), Some((name, until)), Some(years)) if is_study_time(from, until, years) => {
            vec!["enrolled_on", name, "study_years"]
        }
        _ => Vec::new(),
    }
}

/// The QR code repeats the printed verification code.
fn by_code(reading: &DocumentReading) -> Vec<&'static str> {
    let same = match (reading.value("verification_code"), reading.value("qr_url")) {
        (Some(code), Some(url)) => url.contains(code),
        _ => false,
    };
    if same { vec!["verification_code"] } else { Vec::new() }
}

/// A value that is one of a known list, letter for letter.
fn by_lists(reading: &DocumentReading) -> Vec<&'static str> {
    let listed = |name: &'static str, is_listed: &dyn Fn(&str) -> bool| {
        reading.value(name).is_some_and(is_listed).then_some(name)
    };
    [
        listed("nation", &|value| NATIONS.contains(&value)),
        listed("occupation", &|value| OCCUPATIONS.contains(value)),
        listed("school", &school::is_listed),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn year_of(reading: &DocumentReading, name: &str) -> Option<i16> {
    reading.value(name)?.get(..4)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(values: &[(&'static str, &str)]) -> DocumentReading {
        let fields = values
            .iter()
            .map(|&(name, value)| FieldReading {
                name: name.into(),
                value: value.to_owned(),
                text: value.to_owned(),
                sources: Vec::new(),
                quad: None,
                page: 0,
                score: 0.9,
                readers: vec![Reader::Ppocr],
                alternatives: Vec::new(),
            })
            .collect();
        DocumentReading { fields, findings: Vec::new() }
    }

    fn names(values: &[(&'static str, &str)]) -> Vec<String> {
        corroborated(&reading(values)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_id_number_bears_out_birth_and_sex() {
        let number = ("id_number", "11010519491231002X");
        assert_eq!(
            names(&[number, ("birth_date", "1949-12-31"), ("sex", "女"), ("name", "张三")]),
            ["birth_date", "id_number", "sex"]
        );
        assert_eq!(names(&[number, ("birth_date", "1949-12-30"), ("sex", "男")]), [""; 0]);
        assert_eq!(names(&[("id_number", "110105194912310021"), ("birth_date", "1949-12-31")]), [""; 0]);
    }

    #[test]
    fn numbers_of_certificates_bear_out_level_year_and_school() {
        let number = ("certificate_number", "S000011000012255000001");
        assert_eq!(
            names(&[number, ("level", "5"), ("issued_on", "2025-06-18")]),
            ["certificate_number", "level"]
        );
        assert_eq!(names(&[number, ("level", "4"), ("issued_on", "2025-06-18")]), [""; 0]);
        let number = ("certificate_number", "100011202406001234");
        assert_eq!(
            names(&[
                number,
                ("school", "北京大学"),
                ("graduated_on", "2024-06"),
                ("education_level", "专科")
            ]),
            ["certificate_number", "education_level", "school"]
        );
    }

    #[test]
    fn spans_of_time() {
        assert_eq!(
            names(&[("valid_from", "2020-03-05"), ("valid_until", "2030-03-05")]),
            ["valid_from", "valid_until"]
        );
        assert_eq!(names(&[("valid_from", "2020-03-05"), ("valid_until", "2031-03-05")]), [""; 0]);
        let studies = [("enrolled_on", "2018-09"), ("graduated_on", "2021-07"), ("study_years", "3")];
        assert_eq!(names(&studies), ["enrolled_on", "graduated_on", "study_years"]);
        assert_eq!(names(&[studies[0], ("graduated_on", "2022-07"), studies[2]]), [""; 0]);
    }

    #[test]
    fn lists_and_codes() {
        assert_eq!(names(&[("nation", "汉"), ("occupation", "电子商务师")]), ["nation", "occupation"]);
        assert_eq!(names(&[("nation", "汊"), ("occupation", "电予商务师")]), [""; 0]);
        let url = ("qr_url", "https://www.chsi.com.cn/xlcx/bg.do?vcode=ATEST23456789ABC&srcid=bgcx");
        assert_eq!(names(&[("verification_code", "ATEST23456789ABC"), url]), ["verification_code"]);
        assert_eq!(names(&[("verification_code", "ATEST23456789ABD"), url]), [""; 0]);
    }
}
