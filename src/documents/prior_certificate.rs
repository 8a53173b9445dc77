//! Vocational certificates: 职业技能等级证书 and its predecessor 国家职业资格证书, in any layout.

use jiff::civil::Date;

use crate::{domain::DocumentKind, ocr::PageText};

use super::{
    certificate_check,
    checks::{all_lines, labelled_field, labelled_text, loose_field, report_missing},
    flow,
    labelled::Labelled,
    labels::{Label, label, wrapping},
    overprint,
    passage::Passage,
    reading::{DocumentReading, FieldReading},
    values::{
        Parsed, certificate_number, date, id_number, level, lists::OCCUPATIONS, organisation, person_name,
        sex, text_norm,
    },
};

/// The labels that the kind prints; some have several wordings.
pub(super) const LABELS: [Label; 98] = [
    label("name", "姓名"),
    label("name", "持证人姓名"),
    label("name", "持证人"),
    label("name", "Name"),
    label("name", "FullName"),
    label("sex", "性别"),
    label("sex", "Sex"),
    label("sex", "Gender"),
    label("birth_date", "出生日期"),
    label("birth_date", "出生年月"),
    label("birth_date", "出生年月日"),
    label("birth_date", "BirthDate"),
    label("birth_date", "DateofBirth"),
    label("id_number", "证件号码"),
    label("id_number", "身份证号码"),
    label("id_number", "身份证号"),
    label("id_number", "公民身份号码"),
    label("id_number", "公民身份证号码"),
    label("id_number", "身份证件号码"),
    label("id_number", "有效证件号码"),
    label("id_number", "证件编号"),
    label("id_number", "证件号"),
    label("id_number", "IDNo."),
    label("id_number", "IDNo"),
    label("id_number", "IDNumber"),
    label("", "证件类型"),
    label("", "证件类别"),
    label("", "IDType"),
    wrapping("occupation", "职业名称"),
    wrapping("occupation", "职业"),
    wrapping("occupation", "职业工种"),
    wrapping("occupation", "职业/工种"),
    wrapping("occupation", "评价职业"),
    wrapping("occupation", "认定职业"),
    wrapping("occupation", "鉴定职业"),
    wrapping("occupation", "职业（工种）"),
    wrapping("occupation", "职业（工种）名称"),
    wrapping("occupation", "Occupation"),
    wrapping("occupation_and_level", "职业及等级"),
    wrapping("occupation_and_level", "职业（工种）等级"),
    wrapping("occupation_and_level", "职业与等级"),
    wrapping("occupation_and_level", "职业等级名称"),
    wrapping("occupation_and_level", "职业（工种）及等级"),
    wrapping("occupation_and_level", "职业资格及等级"),
    wrapping("occupation_and_level", "Occupation&SkillLevel"),
    wrapping("specialty", "工种/职业方向"),
    wrapping("specialty", "职业方向/工种"),
    wrapping("specialty", "工种（职业方向）"),
    wrapping("specialty", "职业方向"),
    wrapping("specialty", "专业方向"),
    wrapping("specialty", "工种名称"),
    wrapping("specialty", "工种"),
    wrapping("specialty", "JobDirection"),
    label("level", "职业技能等级"),
    label("level", "技能等级"),
    label("level", "职业等级"),
    label("level", "资格等级"),
    label("level", "职业资格等级"),
    label("level", "技能级别"),
    label("level", "级别"),
    label("level", "等级"),
    label("level", "SkillLevel"),
    wrapping("certificate_number", "证书编号"),
    wrapping("certificate_number", "证书号码"),
    wrapping("certificate_number", "证书号"),
    label("certificate_number", "编号"),
    label("certificate_number", "CertificateNo."),
    label("certificate_number", "CertificateNo"),
    label("issued_on", "发证日期"),
    label("issued_on", "颁发日期"),
    label("issued_on", "发证时间"),
    label("issued_on", "颁证日期"),
    label("issued_on", "签发日期"),
    label("issued_on", "批准日期"),
    label("issued_on", "发证年月日"),
    label("issued_on", "IssueDate"),
    label("issued_on", "DateofIssue"),
    wrapping("issuer", "评价机构"),
    wrapping("issuer", "评价机构（盖章）"),
    wrapping("issuer", "评价机构（印章）"),
    wrapping("issuer", "评价机构名称"),
    wrapping("issuer", "发证机构（盖章）"),
    wrapping("issuer", "发证机构（印章）"),
    wrapping("issuer", "发证机关（盖章）"),
    wrapping("issuer", "发证机关（印章）"),
    wrapping("issuer", "发证单位"),
    wrapping("issuer", "发证单位（盖章）"),
    wrapping("issuer", "颁证机构"),
    wrapping("issuer", "认定机构"),
    wrapping("issuer", "鉴定机构"),
    wrapping("issuer", "发证机关"),
    wrapping("issuer", "发证机构"),
    wrapping("issuer", "颁发机构"),
    label("", "文化程度"),
    label("", "理论知识考试成绩"),
    label("", "操作技能考核成绩"),
    label("", "评定成绩"),
    label("", "查询网址"),
];

/// An occupation that the national list does not have: a new one, or one misread.
const UNLISTED_FACTOR: f32 = 0.8;

/// Told by its form alone, no label beside it.
const LOOSE_FACTOR: f32 = 0.95;

/// The lowest date of the page taken for the date of issue.
const LOOSE_DATE_FACTOR: f32 = 0.85;

/// The line that ends like an issuer taken for it.
const LOOSE_ISSUER_FACTOR: f32 = 0.8;

/// Fewer characters are a word that ends like a name (学校, 指导中心).
const MIN_ISSUER_LEN: usize = 6;

/// Reads a certificate; `today` judges its date.
pub fn read(pages: &[PageText], today: Date) -> DocumentReading {
    let pages = &overprint::removed(pages, &[overprint::SPECIMEN])[..];
    let labelled = Labelled::read(pages, &LABELS);
    let lines = all_lines(pages);
    let mut fields: Vec<FieldReading> = Vec::new();
    fields.extend(labelled_field(pages, &labelled, "name", person_name::parse));
    fields.extend(
        labelled_field(pages, &labelled, "sex", sex::find)
            .or_else(|| loose_field(pages, &labelled.loose, "sex", LOOSE_FACTOR, sex::alone)),
    );
    fields.extend(labelled_field(pages, &labelled, "birth_date", date::find_day));
    fields.extend(
        labelled_field(pages, &labelled, "id_number", id_number::find)
            .or_else(|| loose_field(pages, &lines, "id_number", LOOSE_FACTOR, valid_id)),
    );
    fields.extend(occupation(pages, &labelled));
    fields.extend(
        labelled_text(pages, &labelled, "specialty").filter(|f| f.value.chars().any(text_norm::is_han)),
    );
    fields.extend(skill_level(pages, &labelled, &lines));
    fields.extend(
        labelled_field(pages, &labelled, "certificate_number", certificate_number::find)
            .or_else(|| loose_field(pages, &lines, "certificate_number", LOOSE_FACTOR, well_formed_number)),
    );
    fields.extend(issuer(pages, &labelled));
    fields.extend(
        labelled_field(pages, &labelled, "issued_on", date::find_day).or_else(|| last_date(pages, &labelled)),
    );
    let mut reading = DocumentReading { fields, findings: Vec::new() };
    certificate_check::run(pages, today, &mut reading);
    report_missing(&mut reading, DocumentKind::PriorCertificate);
    reading
}

fn valid_id(chars: &[char]) -> Option<Parsed<String>> {
    id_number::find(chars).filter(|parsed| id_number::IdNumber::parse(&parsed.value).is_ok())
}

fn well_formed_number(chars: &[char]) -> Option<Parsed<String>> {
    certificate_number::find(chars)
        .filter(|parsed| certificate_number::format(&parsed.value) == certificate_number::Format::SkillLevel)
}

/// The occupation behind its own label, or before the level behind the old certificate's joint one.
fn occupation(pages: &[PageText], labelled: &Labelled) -> Option<FieldReading> {
    labelled_field(pages, labelled, "occupation", |chars| {
        occupation_before_level(chars).or_else(|| plain(chars))
    })
    .or_else(|| labelled_field(pages, labelled, "occupation_and_level", occupation_before_level))
    .map(|mut field| {
        field.name = "occupation".into();
        field
    })
    // A line that is a listed occupation and nothing else, its label not read.
    .or_else(|| {
        let listed =
            |chars: &[char]| plain(chars).filter(|parsed| OCCUPATIONS.contains(parsed.value.as_str()));
        loose_field(pages, &labelled.loose, "occupation", LOOSE_FACTOR, listed)
    })
}

fn plain(chars: &[char]) -> Option<Parsed<String>> {
    let range = text_norm::trim(chars);
    let text = &chars[range.clone()];
    // An occupation has a Chinese name: what follows Occupation in English is a label's rest.
    if !text.iter().any(|&c| text_norm::is_han(c)) || text_norm::means_none(text) {
        return None;
    }
    let value: String = text.iter().collect();
    // The title on the height of the label is none.
    if value.contains("证书") {
        return None;
    }
    // What follows 职业 in a body's name (职业技能鉴定指导中心).
    if organisation::has_ending(&value) {
        return None;
    }
    let factor = if OCCUPATIONS.contains(value.as_str()) { 1.0 } else { UNLISTED_FACTOR };
    Some(Parsed { value, range, factor, alternatives: Vec::new() })
}

/// `电子商务师四级`, `电子商务师 四级/中级工`: what stands before the level.
fn occupation_before_level(chars: &[char]) -> Option<Parsed<String>> {
    let level = level::find(chars)?;
    let trimmed = text_norm::trim(&chars[..level.range.start]);
    let text = &chars[trimmed.clone()];
    // Separators between the two.
    let end = text.iter().rposition(|c| !matches!(c, '/' | '-' | '（' | '国')).map_or(0, |last| last + 1);
    let value: String = text[..end].iter().collect();
    let whole: String = chars.iter().collect();
    // 高级 within a listed name (高级秘书) is no level.
    (value.chars().count() >= 2 && !OCCUPATIONS.contains(whole.as_str()))
        .then(|| Parsed::certain(value, trimmed.start..trimmed.start + end))
}

fn skill_level(pages: &[PageText], labelled: &Labelled, lines: &[Passage]) -> Option<FieldReading> {
    labelled_field(pages, labelled, "level", level::find)
        .or_else(|| labelled_field(pages, labelled, "occupation_and_level", level::find))
        .or_else(|| labelled_field(pages, labelled, "occupation", level::find))
        // Some layouts print 五级/初级工 in large type without a label; rank and name together.
        .or_else(|| {
            loose_field(pages, lines, "level", LOOSE_FACTOR, |chars| {
                level::find(chars).filter(|p| p.factor >= 1.0 && p.range.len() >= 4 && chars.contains(&'级'))
            })
        })
        .map(|mut field| {
            field.name = "level".into();
            field
        })
}

fn issuer(pages: &[PageText], labelled: &Labelled) -> Option<FieldReading> {
    labelled_field(pages, labelled, "issuer", organisation::find).or_else(|| {
        // The lowest row that is nothing but such a name, in one box or several, or else the lowest part of one: a
        // name may begin like a label (职业技能鉴定指导中心).
        let rows = (0..pages.len()).flat_map(|page| flow::rows(pages, page)).collect::<Vec<_>>();
        rows.iter().rev().chain(labelled.loose.iter().rev()).find_map(|passage| {
            let passage = passage.trimmed();
            let mut parsed = organisation::find(passage.chars())?;
            let is_all = parsed.range.len() == passage.len();
            if !is_all || parsed.range.len() < MIN_ISSUER_LEN || !organisation::has_ending(&parsed.value) {
                return None;
            }
            parsed.factor *= LOOSE_ISSUER_FACTOR;
            passage.field(pages, "issuer", &parsed)
        })
    })
}

/// The lowest date on the page that no other label claims.
fn last_date(pages: &[PageText], labelled: &Labelled) -> Option<FieldReading> {
    let claimed = labelled.of("birth_date").flat_map(|e| e.value.sources()).collect::<Vec<_>>();
    let rows: Vec<Passage> = (0..pages.len()).flat_map(|page| flow::rows(pages, page)).collect();
    rows.iter().rev().find_map(|row| {
        let mut parsed = date::find_day(row.chars())?;
        parsed.factor *= LOOSE_DATE_FACTOR;
        let field = row.field(pages, "issued_on", &parsed)?;
        let is_claimed = field.sources.iter().any(|s| {
            claimed.iter().any(|c| c.page == s.page && c.line == s.line && c.symbols.start <= s.symbols.start)
        });
        (!is_claimed).then_some(field)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        documents::layout::drawn,
        domain::{FindingCode, Quad, Rect},
        ocr::Code,
    };

    const TODAY: Date = date(2026, 6, 1);

    const SKILL: &str = "\
职业技能等级证书
姓    名：张三
证件类型：居民身份证
证件号码：11010519491231002X
职业名称：电子商务师
工种/职业方向：跨境电子商务师
职业技能等级：五级/初级工
证书编号：S000011000012255000001
发证日期：2025年06月18日
评价机构：北京某某职业技能评价中心
查询网址：jndj.osta.org.cn";

    const QUALIFICATION: &str = "\
国家职业资格证书
姓名 Name      张三
性别 Sex      男      出生日期 Birth Date      1990年1月2日
文化程度      大专
证件号码 ID No.      11010519491231002X
职业及等级      电子商务师 四级
理论知识考试成绩      85
操作技能考核成绩      90
评定成绩      合格
证书编号      1901003000400123
发证日期      2019年7月15日";

    fn values(drawing: &str) -> DocumentReading {
        read(&[drawn(drawing)], TODAY)
    }

    fn check(drawing: &str, wanted: &[(&str, &str)]) {
        let reading = values(drawing);
        for (field, value) in wanted {
            assert_eq!(reading.value(field), Some(*value), "{field} in\n{drawing}");
        }
    }

    const SKILL_VALUES: [(&str, &str); 8] = [
        ("name", "张三"),
        ("id_number", "11010519491231002X"),
        ("occupation", "电子商务师"),
        ("specialty", "跨境电子商务师"),
        ("level", "5"),
        ("certificate_number", "S000011000012255000001"),
        ("issued_on", "2025-06-18"),
        ("issuer", "北京某某职业技能评价中心"),
    ];

    #[test]
    fn the_qr_code_bears_out_the_number_or_makes_it_doubtful() {
        let number = |code: &str| {
            let mut page = drawn(SKILL);
            let quad = Quad::from_rect(Rect::new(0.0, 0.0, 40.0, 40.0));
            page.codes.push(Code { text: code.to_owned(), symbology: "QRCode", quad });
            let reading = read(&[page], TODAY);
            let differs = reading.findings.iter().any(|f| f.code == FindingCode::CertificateQrMismatch);
            let field = reading.field("certificate_number").expect("a number");
            (differs, field.value.clone(), field.alternatives.first().map(|(value, _)| value.clone()))
        };
        let printed = "S000011000012255000001".to_owned();
        for code in ["http://jndj.osta.org.cn/cert?no=S000011000012255000001", "http://jndj.osta.org.cn", ""]
        {
            assert_eq!(number(code), (false, printed.clone(), None), "{code}");
        }
        let other = "S000011000012255000011".to_owned();
        assert_eq!(
            number(&format!("http://jndj.osta.org.cn/cert?no={other}&v=1")),
            (true, printed, Some(other))
        );
    }

    #[test]
    fn a_skill_level_certificate_in_many_layouts() {
        for drawing in [
            SKILL.to_owned(),
            SKILL.replace('：', "    "),
            SKILL.replace('：', ""),
            SKILL.replace("姓    名", "姓|  |名"),
            SKILL.replace('：', ":"),
            SKILL.replace("职业技能等级", "职业技能寺级"),
            SKILL.replace("查询网址：jndj.osta.org.cn", "（盖章）"),
        ] {
            check(&drawing, &SKILL_VALUES);
        }
        assert!(values(SKILL).findings.is_empty(), "{:?}", values(SKILL).findings);
    }

    #[test]
    fn no_specialty_is_no_field() {
        let reading = values(&SKILL.replace("跨境电子商务师", "--"));
        assert_eq!(reading.value("specialty"), None);
        assert!(reading.findings.is_empty());
    }

    #[test]
    fn a_number_in_a_narrow_column_goes_on_below() {
        let drawing = SKILL.replace("S000011000012255000001", "S0000110000122550000\n          01");
        check(&drawing, &SKILL_VALUES);
    }

    #[test]
    fn an_issuer_without_a_label_that_begins_like_one() {
        let drawing = QUALIFICATION.to_owned() + "\n天津市  职业技能鉴定指导中心";
        check(&drawing, &[("issuer", "天津市职业技能鉴定指导中心"), ("occupation", "电子商务师")]);
    }

    #[test]
    fn an_occupation_without_its_label_is_told_by_the_list() {
        check(&SKILL.replace("职业名称：", ""), &[("occupation", "电子商务师")]);
    }

    #[test]
    fn a_qualification_certificate() {
        check(
            QUALIFICATION,
            &[
                ("name", "张三"),
                ("sex", "男"),
                ("birth_date", "1990-01-02"),
                ("id_number", "11010519491231002X"),
                ("occupation", "电子商务师"),
                ("level", "4"),
                ("certificate_number", "1901003000400123"),
                ("issued_on", "2019-07-15"),
            ],
        );
    }

    #[test]
    fn a_misread_english_label_is_no_occupation() {
        let drawing = QUALIFICATION.replace("理论知识考试成绩", "Occupation &Ski11Level\n理论知识考试成绩");
        check(&drawing, &[("occupation", "电子商务师"), ("level", "4")]);
    }

    #[test]
    fn number_level_and_date_are_held_together() {
        let codes = |drawing: &str| -> Vec<FindingCode> {
            values(drawing).findings.into_iter().map(|finding| finding.code).collect()
        };
        assert_eq!(
            codes(&SKILL.replace("五级/初级工", "三级/高级工")),
            [FindingCode::CertificateLevelMismatch]
        );
        assert_eq!(codes(&SKILL.replace("2025年06", "2023年06")), [FindingCode::CertificateDateImplausible]);
        assert_eq!(
            codes(&SKILL.replace("S00001100001225", "S0000110000122")),
            [FindingCode::CertificateNumberMalformed]
        );
        assert_eq!(
            codes(&SKILL.replace("电子商务师\n", "捏造师\n").replace("跨境捏造师", "--")),
            [FindingCode::CertificateOccupationNotListed]
        );
        assert_eq!(codes(&SKILL.replace("职业名称：电子商务师\n", "")), [FindingCode::FieldMissing]);
    }
}
