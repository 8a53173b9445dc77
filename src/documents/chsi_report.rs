//! CHSI reports: 教育部学历证书电子注册备案表 and 教育部学籍在线验证报告.
//!
//! Fields are found by their labels. The verification code is read from the print, from a PDF's text
//! and from the QR code, and the readings are held against each other.

use jiff::civil::Date;

use crate::{
    domain::{DocumentKind, Reader},
    ocr::PageText,
};

use super::{
    checks::{all_lines, labelled_field, labelled_text, loose_field, report_missing},
    chsi_code_check,
    labelled::Labelled,
    labels::{Label, label, wrapping},
    overprint,
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    swallowed_rows,
    values::{
        Parsed, date, diploma_number, education, fuzzy,
        lists::{MAJORS, SCHOOLS},
        nation, numeral, person_name, sex, text_norm,
    },
};

/// The labels that the kind prints; some have several wordings.
pub(super) const LABELS: [Label; 52] = [
    label("name", "姓名"),
    label("sex", "性别"),
    label("birth_date", "出生日期"),
    label("birth_date", "出生年月"),
    label("nation", "民族"),
    label("", "证件号码"),
    label("", "身份证号"),
    wrapping("school", "学校名称"),
    wrapping("school", "院校名称"),
    wrapping("school", "毕业院校"),
    wrapping("school", "毕业学校"),
    wrapping("school", "院校"),
    label("education_level", "学历层次"),
    label("education_level", "培养层次"),
    label("education_level", "层次"),
    wrapping("major", "专业名称"),
    wrapping("major", "所学专业"),
    wrapping("major", "专业"),
    label("study_years", "学制"),
    label("", "学历类别"),
    label("", "办学类型"),
    label("study_form", "学习形式"),
    label("", "分院"),
    label("", "系所"),
    label("", "系（所、函授站）"),
    label("", "系（所）"),
    label("", "班级"),
    label("", "学号"),
    label("", "考生号"),
    label("enrolled_on", "入学日期"),
    label("enrolled_on", "入学时间"),
    label("enrolled_on", "入学年月"),
    label("graduated_on", "毕（结）业日期"),
    label("graduated_on", "毕业日期"),
    label("graduated_on", "毕业时间"),
    label("graduated_on", "毕结业日期"),
    label("", "毕（结）业"),
    label("", "毕结业"),
    label("certificate_number", "证书编号"),
    label("principal", "校（院）长姓名"),
    label("principal", "校长姓名"),
    label("principal", "院长姓名"),
    label("principal", "校（院）长"),
    label("student_status", "学籍状态"),
    label("expected_graduation", "预计毕业日期"),
    label("graduated_on", "离校日期"),
    label("verification_code", "在线验证码"),
    label("verification_code", "在线验证"),
    label("verification_code", "验证码"),
    label("updated_on", "更新日期"),
    label("updated_on", "更新时间"),
    label("", "注意事项"),
];

/// The two reports by their titles, without 教育部 and the qualifiers that vary.
const TITLES: [(&str, &str); 4] = [
    ("学历证书电子注册备案表", "education_registration"),
    ("电子注册备案表", "education_registration"),
    ("学籍在线验证报告", "enrolment_verification"),
    ("学籍验证报告", "enrolment_verification"),
];

/// The report's type told by its labels, its title being lost.
const TYPE_BY_LABELS_FACTOR: f32 = 0.9;

/// A date behind no label, or a code in no place: told by its form alone.
const LOOSE_FACTOR: f32 = 0.9;

/// Years between birth and enrolment at a university, at the least: the prodigies' classes take pupils
/// from ten on. Lower takes an enrolment date for a birth date.
const LEAST_AGE_ENROLLED: i16 = 10;

/// Years from enrolment to graduation: two of a shortened course, eight of medicine.
const YEARS_OF_STUDY: std::ops::RangeInclusive<i16> = 2..=8;

/// A term that its list does not have is more often a misreading than a new term.
const UNLISTED_FACTOR: f32 = 0.5;

/// What stands behind a label whose values are listed, when it is none of them and yet Chinese.
fn unlisted(pages: &[PageText], labelled: &Labelled, field: &'static str) -> Option<FieldReading> {
    let mut reading = labelled_text(pages, labelled, field)?;
    reading.score *= UNLISTED_FACTOR;
    reading.value.chars().any(text_norm::is_han).then_some(reading)
}

/// Reads a report; `today` judges its age.
pub fn read(pages: &[PageText], today: Date) -> DocumentReading {
    let pages = &overprint::removed(pages, &[overprint::CHSI, overprint::SPECIMEN])[..];
    let labelled = Labelled::read(pages, &LABELS);
    let lines = all_lines(pages);
    let mut fields: Vec<FieldReading> = Vec::new();
    fields.extend(report_type(pages, &labelled, &lines));
    fields.extend(labelled_field(pages, &labelled, "name", person_name::parse));
    fields.extend(labelled_field(pages, &labelled, "sex", sex::find));
    fields.extend(labelled_field(pages, &labelled, "birth_date", date::find));
    fields.extend(labelled_field(pages, &labelled, "nation", nation::parse));
    fields.extend(
        labelled_field(pages, &labelled, "school", swallowed_rows::school)
            .or_else(|| labelled_text(pages, &labelled, "school")),
    );
    fields.extend(
        labelled_text(pages, &labelled, "major")
            .or_else(|| of_the_school(pages, &labelled, "major", swallowed_rows::major)),
    );
    fields.extend(
        labelled_field(pages, &labelled, "education_level", education::level)
            .or_else(|| of_the_school(pages, &labelled, "education_level", swallowed_rows::level))
            .or_else(|| unlisted(pages, &labelled, "education_level")),
    );
    fields.extend(
        labelled_field(pages, &labelled, "study_form", education::study_form)
            .or_else(|| unlisted(pages, &labelled, "study_form")),
    );
    fields.extend(labelled_field(pages, &labelled, "study_years", study_years));
    for field in ["enrolled_on", "graduated_on", "expected_graduation"] {
        fields.extend(labelled_field(pages, &labelled, field, date::find));
    }
    fields.extend(labelled_field(pages, &labelled, "certificate_number", diploma_number::find));
    fields.extend(labelled_field(pages, &labelled, "principal", person_name::parse));
    fields.extend(labelled_field(pages, &labelled, "student_status", student_status));
    fields.extend(updated_on(pages, &labelled, &lines));
    add_unlabelled(pages, &labelled, &mut fields);

    let mut reading = DocumentReading { fields, findings: Vec::new() };
    chsi_code_check::run(pages, &labelled, &lines, &mut reading);
    chsi_code_check::staleness(pages, today, &mut reading);
    report_missing(&mut reading, DocumentKind::ChsiReport);
    reading
}

/// A value of the rows below the school's that were read as its going on.
fn of_the_school(
    pages: &[PageText],
    labelled: &Labelled,
    name: &'static str,
    parse: fn(&[char]) -> Option<Parsed<String>>,
) -> Option<FieldReading> {
    let mut field = labelled_field(pages, labelled, "school", parse)?;
    field.name = name.into();
    Some(field)
}

/// Values whose labels the watermark swallowed, told by what they are: a page has one sex, one nation,
/// one listed school, one listed major; only the birth date lies long before the enrolment, and a student's only
/// later date is the end.
fn add_unlabelled(pages: &[PageText], labelled: &Labelled, fields: &mut Vec<FieldReading>) {
    let loose = &labelled.loose[..];
    let enrolled: Option<i16> = fields
        .iter()
        .find(|field| field.name.as_str() == "enrolled_on")
        .and_then(|field| field.value.get(..4)?.parse().ok());
    let missing = |field: &str| !fields.iter().any(|known| known.name.as_str() == field);
    let mut found = Vec::new();
    if missing("sex") {
        found.extend(loose_field(pages, loose, "sex", LOOSE_FACTOR, sex::alone));
    }
    if missing("birth_date")
        && let Some(enrolled) = enrolled
    {
        let of_a_child = |chars: &[char]| {
            date::find(chars).filter(|parsed| enrolled - parsed.value.month().year >= LEAST_AGE_ENROLLED)
        };
        found.extend(loose_field(pages, loose, "birth_date", LOOSE_FACTOR, of_a_child));
    }
    if !missing("student_status")
        && missing("expected_graduation")
        && let Some(enrolled) = enrolled
    {
        let at_the_end = |chars: &[char]| {
            date::find(chars)
                .filter(|parsed| YEARS_OF_STUDY.contains(&(parsed.value.month().year - enrolled)))
        };
        found.extend(loose_field(pages, loose, "expected_graduation", LOOSE_FACTOR, at_the_end));
    }
    if missing("school") {
        let listed = |chars: &[char]| {
            let name: String = chars.iter().collect();
            let known = SCHOOLS.iter().any(|&(_, school)| school == name);
            known.then(|| Parsed::certain(name, 0..chars.len()))
        };
        found.extend(loose_field(pages, loose, "school", LOOSE_FACTOR, listed));
    }
    if missing("major") {
        let listed = |chars: &[char]| {
            let name: String = chars.iter().collect();
            MAJORS.contains(&name.as_str()).then(|| Parsed::certain(name, 0..chars.len()))
        };
        found.extend(loose_field(pages, loose, "major", LOOSE_FACTOR, listed));
    }
    if missing("nation") {
        let listed = |chars: &[char]| {
            let parsed = nation::parse(chars).filter(|parsed| nation::is_listed(&parsed.value))?;
            (chars.last() == Some(&'族') && parsed.range.len() == chars.len()).then_some(parsed)
        };
        found.extend(loose_field(pages, loose, "nation", LOOSE_FACTOR, listed));
    }
    fields.extend(found);
}

fn report_type(pages: &[PageText], labelled: &Labelled, lines: &[Passage]) -> Option<FieldReading> {
    let title = TITLES.iter().find_map(|(title, kind)| {
        let pattern: Vec<char> = title.chars().collect();
        lines.iter().find_map(|line| {
            let found = fuzzy::search(line.chars(), &pattern, pattern.len() / 5)?;
            let factor = 1.0 - 0.02 * found.edits as f32;
            let parsed =
                Parsed { value: *kind, range: found.start..found.end, factor, alternatives: Vec::new() };
            line.field(pages, "report_type", &parsed)
        })
    });
    title.or_else(|| {
        let by = |fields: &[&str]| labelled.entries.iter().find(|e| fields.contains(&e.label.field)).cloned();
        let (kind, entry) = by(&["student_status", "expected_graduation"])
            .map(|entry| ("enrolment_verification", entry))
            .or_else(|| {
                by(&["certificate_number", "principal"]).map(|entry| ("education_registration", entry))
            })?;
        let glyphs = &entry.label_glyphs;
        let parsed = Parsed {
            value: kind,
            range: 0..glyphs.len(),
            factor: TYPE_BY_LABELS_FACTOR * entry.factor,
            alternatives: Vec::new(),
        };
        glyphs.field(pages, "report_type", &parsed)
    })
}

/// `4年`, `4`, `四年`: the number of years.
fn study_years(chars: &[char]) -> Option<Parsed<String>> {
    let (value, taken) = numeral::years(chars)?;
    Some(Parsed::certain(value, 0..taken))
}

/// `在籍（注册学籍）`: the words, brackets and what stands in them.
fn student_status(chars: &[char]) -> Option<Parsed<String>> {
    let len = chars.iter().take_while(|&&c| text_norm::is_han(c) || matches!(c, '（' | '）')).count();
    (len > 0).then(|| Parsed::certain(chars[..len].iter().collect(), 0..len))
}

/// By its label, else the only date of a PDF's or print's line that names it loosely.
fn updated_on(pages: &[PageText], labelled: &Labelled, lines: &[Passage]) -> Option<FieldReading> {
    labelled_field(pages, labelled, "updated_on", date::find_day).or_else(|| {
        lines.iter().find_map(|line| {
            let text = line.text();
            // 更新日期 with half of it lost.
            if !(text.contains("更新") || text.contains("新日期")) {
                return None;
            }
            let mut parsed = date::find_day(line.chars())?;
            parsed.factor *= LOOSE_FACTOR;
            line.field(pages, "updated_on", &parsed)
        })
    })
}

/// True for a reading off a PDF's text layer.
pub(super) fn is_pdf_text(field: &FieldReading) -> bool {
    field.readers.contains(&Reader::PdfText)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        documents::layout::{drawn, with_code},
        domain::FindingCode,
    };

    const TODAY: Date = date(2026, 6, 1);
    const CODE: &str = "ATEST23456789ABC";

    const REGISTRATION: &str = "\
教育部学历证书电子注册备案表
更新日期：2026年3月2日
姓名      张三
性别      女        出生日期      1999年08月12日
入学日期  2018年09月01日      毕（结）业日期  2021年07月01日
学历类别  普通高等教育      层次      专科
学校名称  北京某某职业学院      学制      3年
专业      电子商务      学习形式  普通全日制
证书编号  1099 9120 2106 0012 34      毕（结）业  毕业
校（院）长姓名  李四
在线验证码  ATEST23456789ABC
注意事项：";

    const ENROLMENT: &str = "\
教育部学籍在线验证报告
更新日期：2026年5月20日
姓名          张三
性别          男
出生日期      2004年02月29日
民族          汉族
证件号码      110101200402290011
学校名称      北京某某职业技术大学
层次          高职（专科）
专业          跨境电子商务
学制          3年
学历类别      普通高等教育
学习形式      普通全日制
分院          经济管理学院
系所          商务系
入学日期      2023年09月01日
学籍状态      在籍（注册学籍）
预计毕业日期  2026年07月01日
在线验证码    A T E S T 2 3 4 5 6 7 8 9 A B C
注意事项：";

    fn read_one(page: PageText) -> DocumentReading {
        read(&[page], TODAY)
    }

    fn has(reading: &DocumentReading, code: FindingCode) -> bool {
        reading.findings.iter().any(|finding| finding.code == code)
    }

    fn link(code: &str) -> String {
        format!("https://www.chsi.com.cn/xlcx/bg.do?vcode={code}&srcid=bgcx")
    }

    #[test]
    fn a_registration_form() {
        let reading = read_one(with_code(drawn(REGISTRATION), &link(CODE)));
        for (field, value) in [
            ("report_type", "education_registration"),
            ("name", "张三"),
            ("sex", "女"),
            ("birth_date", "1999-08-12"),
            ("enrolled_on", "2018-09-01"),
            ("graduated_on", "2021-07-01"),
            ("education_level", "专科"),
            ("school", "北京某某职业学院"),
            ("study_years", "3"),
            ("major", "电子商务"),
            ("study_form", "普通全日制"),
            ("certificate_number", "109991202106001234"),
            ("principal", "李四"),
            ("verification_code", CODE),
            ("updated_on", "2026-03-02"),
        ] {
            assert_eq!(reading.value(field), Some(value), "{field}");
        }
        assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    }

    #[test]
    fn an_enrolment_report() {
        let reading = read_one(with_code(drawn(ENROLMENT), &link(CODE)));
        for (field, value) in [
            ("report_type", "enrolment_verification"),
            ("birth_date", "2004-02-29"),
            ("nation", "汉"),
            ("school", "北京某某职业技术大学"),
            ("education_level", "高职（专科）"),
            ("major", "跨境电子商务"),
            ("student_status", "在籍（注册学籍）"),
            ("expected_graduation", "2026-07-01"),
            ("verification_code", CODE),
        ] {
            assert_eq!(reading.value(field), Some(value), "{field}");
        }
        assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    }

    #[test]
    fn values_whose_labels_are_lost() {
        let lost = ENROLMENT
            .replace("性别  ", "      ")
            .replace("出生日期  ", "          ")
            .replace("民族  ", "      ")
            .replace("学校名称  ", "          ")
            .replace("预计毕业日期  ", "              ")
            .replace("北京某某职业技术大学", "北京大学");
        let reading = read_one(drawn(&lost));
        for (field, value) in [
            ("sex", "男"),
            ("birth_date", "2004-02-29"),
            ("nation", "汉"),
            ("school", "北京大学"),
            ("expected_graduation", "2026-07-01"),
        ] {
            assert_eq!(reading.value(field), Some(value), "{field}");
        }
    }

    #[test]
    fn rows_below_the_school_whose_labels_are_lost() {
        let lost = ENROLMENT.replace("层次          ", "              ");
        for (drawing, major) in [
            (lost.clone(), "跨境电子商务"),
            (lost.replace("专业          ", "              "), "跨境电子商务"),
            (ENROLMENT.replace("专业          跨境电子商务", "              电子商务"), "电子商务"),
        ] {
            let reading = read_one(drawn(&drawing));
            for (field, value) in
                [("school", "北京某某职业技术大学"), ("education_level", "高职（专科）"), ("major", major)]
            {
                assert_eq!(reading.value(field), Some(value), "{field} in\n{drawing}");
            }
        }
    }

    /// A telephone's narrow page: labels above their values, the code in groups of four.
    #[test]
    fn one_narrow_column() {
        let column = "\
教育部学籍在线验证报告
更新日期：2026年5月20日
姓名
张三
性别
男
学校名称
北京某某职业技术大学
层次
高职（专科）
专业
跨境电子商务
入学日期
2023年09月01日
在线验证码
ATES T234 5678 9ABC";
        let reading = read_one(drawn(column));
        for (field, value) in [
            ("name", "张三"),
            ("sex", "男"),
            ("school", "北京某某职业技术大学"),
            ("education_level", "高职（专科）"),
            ("major", "跨境电子商务"),
            ("enrolled_on", "2023-09-01"),
            ("verification_code", CODE),
        ] {
            assert_eq!(reading.value(field), Some(value), "{field}");
        }
    }

    #[test]
    fn other_layouts() {
        // Colons, cut labels, glued values, values below their labels, two columns in one box.
        let variants = [
            REGISTRATION.replace("      ", "：  "),
            REGISTRATION.replace("姓名  ", "姓|  |名  ").replace("性别  ", "性|  |别  "),
            REGISTRATION.replace("专业      ", "专业：").replace("层次      ", "层次："),
            REGISTRATION.replace("学制      ", "学  制  "),
            REGISTRATION.replace("学习形式  ", "学习形式："),
            REGISTRATION.replace("证书编号  ", "证书编号 "),
        ];
        for drawing in variants {
            let reading = read_one(drawn(&drawing));
            for (field, value) in [
                ("name", "张三"),
                ("sex", "女"),
                ("major", "电子商务"),
                ("education_level", "专科"),
                ("study_years", "3"),
                ("study_form", "普通全日制"),
                ("certificate_number", "109991202106001234"),
            ] {
                assert_eq!(reading.value(field), Some(value), "{field} in\n{drawing}");
            }
        }
    }

    #[test]
    fn print_and_qr_are_held_against_each_other() {
        let other = read_one(with_code(drawn(REGISTRATION), &link("ATEST23456789XYZ")));
        assert!(has(&other, FindingCode::ChsiQrMismatch));
        assert_eq!(other.value("verification_code"), Some(CODE));

        let misread = drawn(&REGISTRATION.replace(CODE, "ATEST234567B9ABC"));
        let agreed = read_one(with_code(misread, &link(CODE)));
        assert!(!has(&agreed, FindingCode::ChsiQrMismatch));
        assert_eq!(agreed.value("verification_code"), Some(CODE));

        let foreign = read_one(with_code(drawn(REGISTRATION), "https://chsi.example.com/xlcx/bg.do?vcode=A"));
        assert!(has(&foreign, FindingCode::ChsiQrForeignHost));

        let without = read_one(drawn(&REGISTRATION.replace(CODE, "")));
        assert!(has(&without, FindingCode::ChsiCodeMissing));

        let malformed = read_one(drawn(&REGISTRATION.replace(CODE, "ATEST23456789")));
        assert!(has(&malformed, FindingCode::ChsiCodeMalformed));
    }

    #[test]
    fn age_is_judged_by_the_given_day() {
        let page = || [drawn(REGISTRATION)];
        assert!(!has(&read(&page(), date(2026, 9, 2)), FindingCode::ChsiStale));
        assert!(has(&read(&page(), date(2026, 9, 3)), FindingCode::ChsiStale));
    }

    proptest! {
        /// Noise in the fixed words may lose a value, but never makes another one of it.
        #[test]
        fn noise_in_labels_never_changes_a_value(row in 0usize..12, at in 0usize..4, drop in any::<bool>()) {
            let mut rows: Vec<Vec<char>> = REGISTRATION.lines().map(|l| l.chars().collect()).collect();
            let label_len = rows[row].iter().take_while(|c| !c.is_whitespace() && **c != '：').count();
            prop_assume!(at < label_len);
            if drop { rows[row].remove(at); } else { rows[row][at] = '丙'; }
            let drawing: Vec<String> = rows.into_iter().map(|r| r.into_iter().collect()).collect();
            let clean = read_one(drawn(REGISTRATION));
            let noisy = read_one(drawn(&drawing.join("\n")));
            for field in ["name", "sex", "birth_date", "certificate_number", "verification_code", "school"] {
                prop_assert!(noisy.value(field).is_none() || noisy.value(field) == clean.value(field), "{} {:?}", field, noisy.value(field));
            }
        }
    }
}
