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
    checks::{all_lines, labelled_field, labelled_text, report_missing},
    chsi_code_check,
    labelled::Labelled,
    labels::{Label, label, wrapping},
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    values::{Parsed, date, diploma_number, education, fuzzy, nation, numeral, person_name, sex, text_norm},
};

const LABELS: [Label; 52] = [
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

/// Reads a report; `today` judges its age.
pub fn read(pages: &[PageText], today: Date) -> DocumentReading {
    let labelled = Labelled::read(pages, &LABELS);
    let lines = all_lines(pages);
    let mut fields: Vec<FieldReading> = Vec::new();
    fields.extend(report_type(pages, &labelled, &lines));
    fields.extend(labelled_field(pages, &labelled, "name", person_name::parse));
    fields.extend(labelled_field(pages, &labelled, "sex", sex::find));
    fields.extend(labelled_field(pages, &labelled, "birth_date", date::find));
    fields.extend(labelled_field(pages, &labelled, "nation", nation::parse));
    fields.extend(labelled_text(pages, &labelled, "school"));
    fields.extend(labelled_text(pages, &labelled, "major"));
    fields.extend(
        labelled_field(pages, &labelled, "education_level", education::level)
            .or_else(|| labelled_text(pages, &labelled, "education_level")),
    );
    fields.extend(
        labelled_field(pages, &labelled, "study_form", education::study_form)
            .or_else(|| labelled_text(pages, &labelled, "study_form")),
    );
    fields.extend(labelled_field(pages, &labelled, "study_years", study_years));
    for field in ["enrolled_on", "graduated_on", "expected_graduation"] {
        fields.extend(labelled_field(pages, &labelled, field, date::find));
    }
    fields.extend(labelled_field(pages, &labelled, "certificate_number", diploma_number::find));
    fields.extend(labelled_field(pages, &labelled, "principal", person_name::parse));
    fields.extend(labelled_field(pages, &labelled, "student_status", student_status));
    fields.extend(updated_on(pages, &labelled, &lines));

    let mut reading = DocumentReading { fields, findings: Vec::new() };
    chsi_code_check::run(pages, &labelled, &lines, &mut reading);
    chsi_code_check::staleness(pages, today, &mut reading);
    report_missing(&mut reading, DocumentKind::ChsiReport);
    reading
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
            .or_else(|| by(&["certificate_number", "principal"]).map(|entry| ("education_registration", entry)))?;
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
