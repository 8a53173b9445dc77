//! Graduation certificates: running text, read by its language rather than by places.
//!
//! The text is joined in reading order and each value is sought between the short fixed words around
//! it. Every value has several such frames, so that a misread fixed word costs one frame, not the value.

use jiff::civil::Date;

use crate::{
    domain::{DocumentKind, Finding, FindingCode, Severity},
    ocr::PageText,
};

use super::{
    checks::{about, report_missing},
    corroboration::{is_study_time, months},
    diploma_body as body, diploma_close as close, flow,
    labels::{Label, label},
    overprint,
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    values::{date, diploma_number},
};

/// Labels of values whose place is known by them: the principal's name stands beside its own.
pub(super) const LABELS: [Label; 5] = [
    label("principal", "校（院）长"),
    label("principal", "院（校）长"),
    label("principal", "校长"),
    label("principal", "院长"),
    label("certificate_number", "证书编号"),
];

/// Reads a graduation certificate.
pub fn read(pages: &[PageText], _today: Date) -> DocumentReading {
    let pages = &overprint::removed(pages, &[overprint::SPECIMEN])[..];
    let text = flow::join(pages);
    let rows: Vec<Passage> = (0..pages.len()).flat_map(|page| flow::rows(pages, page)).collect();
    let mut fields: Vec<FieldReading> = Vec::new();
    fields.extend(body::name(pages, &text, &rows));
    fields.extend(body::sex(pages, &text));
    fields.extend(body::birth_date(pages, &text));
    fields.extend(body::period(pages, &text));
    fields.extend(body::major(pages, &text));
    fields.extend(body::education_level(pages, &text));
    fields.extend(body::study_form(pages, &text));
    fields.extend(body::study_years(pages, &text));
    fields.extend(close::certificate_number(pages, &rows));
    fields.extend(close::principal(pages, &rows));
    fields.extend(close::issued_on(pages, &rows));
    let number = fields.iter().find(|f| f.name.as_str() == "certificate_number").map(|f| f.value.clone());
    fields.extend(close::school(pages, &rows, number.as_deref()));
    without_schools_beginning(&mut fields);
    corroborate_graduation(&mut fields);
    settle_enrolment(&mut fields);
    let findings = doubt_number(pages, &mut fields).into_iter().collect();
    let mut reading = DocumentReading { fields, findings };
    report_missing(&mut reading, DocumentKind::Diploma);
    reading
}

/// Takes away a principal's name that is how the school's begins: where a signature is hidden, the school is what
/// stands next on its row.
fn without_schools_beginning(fields: &mut Vec<FieldReading>) {
    let school = fields.iter().find(|field| field.name.as_str() == "school").map(|field| field.value.clone());
    let begins = |value: &str| school.as_ref().is_some_and(|school| school.starts_with(value));
    fields.retain(|field| field.name.as_str() != "principal" || !begins(&field.value));
}

/// What a number costs that is not of the only format that its kind of certificate has: most often a part of it is
/// blurred or covered.
const MALFORMED_FACTOR: f32 = 0.3;

/// Certificates of 专科 and above have numbers of 17 or 18 digits since 2001 (DOMAIN.md §3); any other is an old one, or
/// was not read whole.
fn doubt_number(pages: &[PageText], fields: &mut [FieldReading]) -> Option<Finding> {
    let is_higher = fields.iter().any(|field| field.name.as_str() == "education_level");
    let number = fields.iter_mut().find(|field| field.name.as_str() == "certificate_number")?;
    if !is_higher || diploma_number::format(&number.value) == diploma_number::Format::HigherEducation {
        return None;
    }
    number.score *= MALFORMED_FACTOR;
    let finding = Finding::new(
        FindingCode::CertificateNumberMalformed,
        Severity::Review,
        "毕业证书编号不是17或18位的统一格式",
        "The number of the graduation certificate is not of the national format of 17 or 18 digits",
    );
    Some(about(finding.with_evidence("length", number.value.chars().count()), number, pages))
}

/// Least score of a graduation month that another reading on the same paper bears out.
const CORROBORATED_SCORE: f32 = 0.95;

/// A graduation month that had to be guessed (the circle of 二〇二一 was lost) is sure again when the
/// certificate is dated in that year, or its number states it.
fn corroborate_graduation(fields: &mut [FieldReading]) {
    let year_of = |name: &str| -> Option<String> {
        let field = fields.iter().find(|field| field.name.as_str() == name)?;
        match name {
            "certificate_number" => diploma_number::year(&field.value).map(|year| year.to_string()),
            _ => field.value.get(..4).map(str::to_owned),
        }
    };
    let witnesses = [year_of("certificate_number"), year_of("issued_on")];
    let Some(graduated) = fields.iter_mut().find(|field| field.name.as_str() == "graduated_on") else {
        return;
    };
    let year = graduated.value.get(..4).map(str::to_owned);
    if year.is_some() && witnesses.contains(&year) {
        graduated.score = graduated.score.max(CORROBORATED_SCORE);
    }
}

/// Of the years that an enrolment may have been in whose circles were lost (二二: 2002, 2020), takes the one that lies the
/// years of study before graduation. What was taken before stays as an alternative.
fn settle_enrolment(fields: &mut [FieldReading]) {
    let value = |name: &str| fields.iter().find(|f| f.name.as_str() == name).map(|f| f.value.as_str());
    let Some((until, years)) = value("graduated_on").and_then(months).zip(value("study_years")) else {
        return;
    };
    let Ok(years) = years.parse::<f32>() else { return };
    let Some(enrolled) = fields.iter_mut().find(|field| field.name.as_str() == "enrolled_on") else { return };
    let fitting = date::years_of_short(&enrolled.text).into_iter().find_map(|year| {
        let whole = format!("{year:04}{}", enrolled.value.get(4..)?);
        is_study_time(months(&whole)?, until, years).then_some(whole)
    });
    if let Some(whole) = fitting.filter(|whole| *whole != enrolled.value) {
        let before = std::mem::replace(&mut enrolled.value, whole);
        enrolled.alternatives.insert(0, (before, 1.0 - enrolled.score));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::documents::layout::drawn;

    const TODAY: Date = date(2026, 6, 1);

    #[test]
    fn an_enrolment_without_its_circles_lies_the_years_of_study_before_graduation() {
        let enrolled = |written: &str, years: &str| {
            let drawing = REGULAR
                .replace("二〇一八\n年", &format!("{written}\n年"))
                .replace("二〇二一年六月在", "二〇二三年六月在")
                .replace("三年制", years);
            read(&[drawn(&drawing)], TODAY).value("enrolled_on").map(str::to_owned)
        };
        assert_eq!(enrolled("二二", "三年制").as_deref(), Some("2020-09"));
        assert_eq!(enrolled("二〇二", "三年制").as_deref(), Some("2020-09"));
        // Where neither fits, nothing is made up.
        assert_eq!(enrolled("二二", "两年制").as_deref(), Some("2002-09"));
    }

    #[test]
    fn part_of_a_number_is_doubted_and_told() {
        let whole = read(&[drawn(REGULAR)], TODAY);
        assert!(whole.findings.iter().all(|f| f.code != FindingCode::CertificateNumberMalformed));
        let part = read(&[drawn(&REGULAR.replace("109991202106001234", "10999120"))], TODAY);
        assert!(part.findings.iter().any(|f| f.code == FindingCode::CertificateNumberMalformed));
        let score = |reading: &DocumentReading| reading.field("certificate_number").map(|f| f.score);
        assert!(score(&part) < score(&whole).map(|score| 0.5 * score));
    }

    const REGULAR: &str = "\
普通高等学校
毕业证书
学生 张三 性别 男，一九九九年八月十二日生，于二〇一八
年九月至二〇二一年六月在本校电子商务专业普通全日制
学习，修完三年制专科教学计划规定的全部课程，成绩合格，
准予毕业。
校名：北京某某职业学院      校（院）长：李四
证书编号：109991202106001234      二〇二一年六月三十日";

    const SELF_TAUGHT: &str = "\
高等教育自学考试毕业证书
张三，性别女，1995年3月4日生，参加市场营销专业
本科高等教育自学考试，全部课程成绩合格，经审定，准予毕业。
主考学校：北京某某大学
证书编号：65110123456789
2020年6月30日";

    const SECONDARY: &str = "\
中等职业学校毕业证书
学生 张三 性别 女，2003年5月生，于2018年9月至
2021年7月在本校电子商务专业学习，修完三年制教学计划
规定的全部课程，成绩合格，准予毕业。
校长：李四      学校：北京某某职业学校
证书编号：ZJ2021001234      2021年7月1日";

    const TECHNICAL: &str = "\
北京某某技师学院
毕业证书
学生 张三 性别 男，证件号码11010519491231002X，于2019
年9月至2022年7月在我校电子商务专业学习，学制三年，
修完教学计划规定的全部课程，成绩合格，准予毕业。
院长：李四
编号：JG20220012345      2022年7月8日";

    fn check(drawing: &str, wanted: &[(&str, &str)]) {
        let reading = read(&[drawn(drawing)], TODAY);
        for (field, value) in wanted {
            assert_eq!(reading.value(field), Some(*value), "{field} in\n{drawing}");
        }
    }

    #[test]
    fn a_schools_beginning_is_no_principal() {
        let text = "中等专业学校毕业证书\n学生 张三 性别 男，于二〇一八年九月至二〇二一年七月在本校电子商务专业学习，\n修完三年制教学计划规定的全部课程，成绩合格，准予毕业。\n校长：|  |天津市信息工程学校";
        let reading = read(&[drawn(text)], TODAY);
        assert_eq!(reading.value("school"), Some("天津市信息工程学校"));
        assert_eq!(reading.value("principal"), None);
    }

    #[test]
    fn a_regular_diploma() {
        check(
            REGULAR,
            &[
                ("name", "张三"),
                ("sex", "男"),
                ("birth_date", "1999-08-12"),
                ("enrolled_on", "2018-09"),
                ("graduated_on", "2021-06"),
                ("major", "电子商务"),
                ("study_form", "普通全日制"),
                ("study_years", "3"),
                ("education_level", "专科"),
                ("school", "北京某某职业学院"),
                ("principal", "李四"),
                ("certificate_number", "109991202106001234"),
                ("issued_on", "2021-06-30"),
            ],
        );
    }

    #[test]
    fn the_other_kinds() {
        check(
            SELF_TAUGHT,
            &[
                ("name", "张三"),
                ("sex", "女"),
                ("birth_date", "1995-03-04"),
                ("major", "市场营销"),
                ("education_level", "本科"),
                ("school", "北京某某大学"),
                ("certificate_number", "65110123456789"),
                ("issued_on", "2020-06-30"),
            ],
        );
        check(
            SECONDARY,
            &[
                ("name", "张三"),
                ("birth_date", "2003-05"),
                ("enrolled_on", "2018-09"),
                ("graduated_on", "2021-07"),
                ("major", "电子商务"),
                ("study_years", "3"),
                ("school", "北京某某职业学校"),
                ("principal", "李四"),
                ("certificate_number", "ZJ2021001234"),
            ],
        );
        check(
            TECHNICAL,
            &[
                ("name", "张三"),
                ("sex", "男"),
                ("enrolled_on", "2019-09"),
                ("graduated_on", "2022-07"),
                ("major", "电子商务"),
                ("study_years", "3"),
                ("school", "北京某某技师学院"),
                ("certificate_number", "JG20220012345"),
                ("issued_on", "2022-07-08"),
            ],
        );
    }

    #[test]
    fn a_title_that_lost_its_end() {
        let name = [("name", "张三")];
        check(&SELF_TAUGHT.replace("高等教育自学考试毕业证书", "高等教育自学考试毕业"), &name);
        check(&SELF_TAUGHT.replace("高等教育自学考试毕业证书\n", ""), &name);
        check(&REGULAR.replace("毕业证书\n学生 ", "毕业证\n"), &name);
    }

    #[test]
    fn fixed_words_misread() {
        let values = [("name", "张三"), ("sex", "男"), ("major", "电子商务"), ("graduated_on", "2021-06")];
        for (right, wrong) in [
            ("学生", "学主"),
            ("性别", "性剐"),
            ("在本校", "在木校"),
            ("二〇二一年六月在", "二O二一年六月在"),
            ("，于", ",干"),
            ("准予毕业", "准子毕业"),
        ] {
            check(&REGULAR.replace(right, wrong), &values);
        }
    }

    proptest! {
        #[test]
        fn noise_in_fixed_words_never_makes_another_value(row in 2usize..6, at in 0usize..28, drop in any::<bool>()) {
            let mut rows: Vec<Vec<char>> = REGULAR.lines().map(|l| l.chars().collect()).collect();
            prop_assume!(at < rows[row].len());
            // Only the fixed words: values are changed by noise, of course.
            prop_assume!("学生性别于在本校专业修完教学计划规定的全部课程成绩合格准予毕业，。".contains(rows[row][at]));
            if drop { rows[row].remove(at); } else { rows[row][at] = '丙'; }
            let drawing: Vec<String> = rows.into_iter().map(|r| r.into_iter().collect()).collect();
            let noisy = read(&[drawn(&drawing.join("\n"))], TODAY);
            for (field, value) in [("name", "张三"), ("sex", "男"), ("birth_date", "1999-08-12"), ("certificate_number", "109991202106001234")] {
                // Right, absent, or plainly unsure.
                prop_assert!(
                    noisy.field(field).is_none_or(|f| f.value == value || f.score < 0.6),
                    "{} {:?}", field, noisy.field(field)
                );
            }
        }
    }
}
