//! Admission approval forms (招生录取审批表 and its many names): a table of labels and values.

use jiff::civil::Date;

use crate::{domain::DocumentKind, ocr::PageText};

use super::{
    checks::{all_lines, labelled_field, labelled_text, loose_field, report_missing},
    id_check,
    labelled::Labelled,
    labels::{Label, label, wrapping},
    overprint,
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    values::{Parsed, date, id_number, person_name, school, sex, text_norm},
};

/// The labels that the kind prints; some have several wordings.
pub(super) const LABELS: [Label; 60] = [
    label("name", "姓名"),
    label("name", "考生姓名"),
    label("name", "学生姓名"),
    label("sex", "性别"),
    label("id_number", "身份证号码"),
    label("id_number", "身份证号"),
    label("id_number", "公民身份号码"),
    label("id_number", "证件号码"),
    wrapping("school", "录取学校"),
    wrapping("school", "录取院校"),
    wrapping("school", "招生学校"),
    wrapping("school", "学校名称"),
    wrapping("school", "就读学校"),
    wrapping("school", "报考学校"),
    wrapping("school", "学校全称"),
    wrapping("school", "院校名称"),
    wrapping("major", "录取专业"),
    wrapping("major", "专业名称"),
    wrapping("major", "所学专业"),
    wrapping("major", "就读专业"),
    wrapping("major", "招生专业"),
    wrapping("major", "报考专业"),
    wrapping("major", "专业"),
    label("enrolled_on", "入学时间"),
    label("enrolled_on", "入学日期"),
    label("enrolled_on", "入学年月"),
    label("enrolled_on", "录取时间"),
    label("enrolled_on", "录取日期"),
    label("enrolled_on", "报到时间"),
    label("", "出生日期"),
    label("", "出生年月"),
    label("", "民族"),
    label("", "政治面貌"),
    label("", "文化程度"),
    label("", "学历层次"),
    label("", "学制"),
    label("", "层次"),
    label("", "学习形式"),
    label("", "毕业学校"),
    label("", "毕业时间"),
    label("", "原毕业学校"),
    label("", "初中毕业学校"),
    label("", "生源类别"),
    label("", "户口所在地"),
    label("", "户籍地址"),
    label("", "家庭住址"),
    label("", "家庭地址"),
    label("", "通讯地址"),
    label("", "联系电话"),
    label("", "联系方式"),
    label("", "监护人"),
    label("", "考生号"),
    label("", "准考证号"),
    label("", "学籍号"),
    label("", "学号"),
    label("", "录取批次"),
    label("", "备注"),
    label("", "学校意见"),
    label("", "招生办意见"),
    label("", "审批意见"),
];

/// Told by its form alone, no label beside it.
const LOOSE_FACTOR: f32 = 0.9;

/// The school out of the title or the seal instead of its row.
const TITLE_FACTOR: f32 = 0.85;

/// Characters of the shortest school's name (清华大学), and what a shorter one costs: its end is blurred or covered.
const SHORTEST_SCHOOL: usize = 4;
const SHORT_SCHOOL_FACTOR: f32 = 0.3;

fn doubted_if_short(mut school: FieldReading) -> FieldReading {
    if school.value.chars().count() < SHORTEST_SCHOOL {
        school.score *= SHORT_SCHOOL_FACTOR;
    }
    school
}

/// Reads a form.
pub fn read(pages: &[PageText], _today: Date) -> DocumentReading {
    let pages = &overprint::removed(pages, &[overprint::SPECIMEN])[..];
    let labelled = Labelled::read(pages, &LABELS);
    let lines = all_lines(pages);
    let mut fields: Vec<FieldReading> = Vec::new();
    fields.extend(labelled_field(pages, &labelled, "name", person_name::parse));
    fields.extend(labelled_field(pages, &labelled, "sex", sex::find));
    fields.extend(
        labelled_field(pages, &labelled, "id_number", id_number::find)
            .or_else(|| loose_field(pages, &lines, "id_number", LOOSE_FACTOR, id_number::find)),
    );
    let school = labelled_text(pages, &labelled, "school").map(doubted_if_short);
    fields.extend(school.or_else(|| school_in_title(pages, &lines)));
    fields.extend(labelled_text(pages, &labelled, "major").map(without_suffix));
    fields.extend(labelled_field(pages, &labelled, "enrolled_on", date::find));
    let mut reading = DocumentReading { fields, findings: Vec::new() };
    id_check::number(pages, &mut reading);
    id_check::sex(pages, &mut reading);
    report_missing(&mut reading, DocumentKind::EnrollmentForm);
    reading
}

/// `电子商务专业` is the major 电子商务.
fn without_suffix(mut field: FieldReading) -> FieldReading {
    if let Some(bare) = field.value.strip_suffix("专业").filter(|bare| bare.chars().count() >= 2) {
        field.value = bare.to_owned();
    }
    field
}

/// `北京某某学校2024年招生录取审批表`.
fn school_in_title(pages: &[PageText], lines: &[Passage]) -> Option<FieldReading> {
    lines.iter().find_map(|line| {
        let start = text_norm::trim(line.chars()).start;
        let len = school::name_length(line.chars().get(start..)?)?;
        let range = start..start + len;
        let value: String = line.chars()[range.clone()].iter().collect();
        let parsed = Parsed { value, range, factor: TITLE_FACTOR, alternatives: Vec::new() };
        line.field(pages, "school", &parsed)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::documents::layout::drawn;

    const FORM: &str = "\
北京市中等职业学校招生录取审批表
姓名      张三      性别      男      民族      汉
身份证号码      11010519491231002X      政治面貌      团员
毕业学校      北京某某中学      准考证号      123456
录取学校      北京某某职业学校
录取专业      电子商务专业      入学时间      2023年9月
学校意见      同意录取      审批意见      同意";

    #[test]
    fn many_layouts() {
        for drawing in [
            FORM.to_owned(),
            FORM.replace("      ", "：  "),
            FORM.replace("姓名  ", "姓|  |名  "),
            FORM.replace("录取学校", "招生学校").replace("录取专业", "专业名称"),
            FORM.replace("身份证号码      ", "身份证号码："),
            FORM.replace("入学时间      2023年9月", "入学时间  2023.09"),
        ] {
            let reading = read(&[drawn(&drawing)], date(2026, 6, 1));
            for (field, value) in [
                ("name", "张三"),
                ("sex", "男"),
                ("id_number", "11010519491231002X"),
                ("school", "北京某某职业学校"),
                ("major", "电子商务"),
                ("enrolled_on", "2023-09"),
            ] {
                assert_eq!(reading.value(field), Some(value), "{field} in\n{drawing}");
            }
        }
    }

    #[test]
    fn a_school_of_one_character_was_not_read_whole() {
        let score = |school: &str| {
            let drawing = FORM.replace("录取学校      北京某某职业学校", &format!("录取学校      {school}"));
            read(&[drawn(&drawing)], date(2026, 6, 1)).field("school").map(|field| field.score)
        };
        assert!(score("和").is_some_and(|short| short < 0.35));
        assert!(score("北京某某职业学校").is_some_and(|whole| whole > 0.8));
    }

    #[test]
    fn the_school_may_stand_in_the_title_only() {
        let form = FORM
            .replace("录取学校      北京某某职业学校\n", "")
            .replace("北京市中等职业学校", "北京某某职业学校");
        let reading = read(&[drawn(&form)], date(2026, 6, 1));
        assert_eq!(reading.value("school"), Some("北京某某职业学校"));
    }
}
