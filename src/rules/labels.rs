//! What people call fields.

use crate::domain::Message;

const LABELS: &[(&str, &str, &str)] = &[
    ("name", "姓名", "name"),
    ("sex", "性别", "sex"),
    ("nation", "民族", "nation"),
    ("birth_date", "出生日期", "date of birth"),
    ("address", "地址", "address"),
    ("id_number", "证件号码", "ID number"),
    ("issuing_authority", "签发机关", "issuing authority"),
    ("valid_from", "有效期起", "first day of validity"),
    ("valid_until", "有效期止", "last day of validity"),
    ("phone", "联系电话", "phone"),
    ("occupation", "职业（工种）", "occupation"),
    ("specialty", "职业方向（工种）", "trade"),
    ("level", "等级", "level"),
    ("condition", "申报条件", "condition of application"),
    ("certificate_number", "证书编号", "certificate number"),
    ("issuer", "发证机构", "issuer"),
    ("issued_on", "发证日期", "date of issue"),
    ("school", "学校", "school"),
    ("major", "专业", "major"),
    ("education_level", "文化程度（学历层次）", "level of education"),
    ("study_form", "学习形式", "form of study"),
    ("study_years", "学制", "years of study"),
    ("enrolled_on", "入学时间", "month of enrolment"),
    ("graduated_on", "毕业时间", "month of graduation"),
    ("expected_graduation", "预计毕业时间", "expected graduation"),
    ("graduation_status", "毕业情况", "graduation status"),
    ("principal", "校（院）长", "principal"),
    ("report_type", "报告类型", "type of report"),
    ("student_status", "学籍状态", "student status"),
    ("verification_code", "在线验证码", "verification code"),
    ("updated_on", "更新日期", "day of update"),
    ("qr_url", "二维码网址", "QR address"),
    ("prior_certificate_occupation", "原证书职业名称", "occupation of the prior certificate"),
    ("prior_certificate_level", "原证书等级", "level of the prior certificate"),
    ("prior_certificate_number", "原证书编号", "number of the prior certificate"),
    ("prior_certificate_issued_on", "原证书发证日期", "date of the prior certificate"),
    ("chsi_code", "学信网验证码", "CHSI code"),
    ("diploma_number", "毕业证书编号", "diploma number"),
    ("work_years", "累计工作年限", "years of work"),
    ("employer", "工作单位", "employer"),
    ("witness", "证明人及电话", "witness"),
    ("from", "起始年月", "first month"),
    ("to", "终止年月", "last month"),
    ("signature", "签字", "signature"),
    ("signed_on", "签字日期", "date of signature"),
];

/// The label of a field by its contract name; a row of work says which row. A name without a label is
/// its own.
pub fn of(name: &str) -> Message {
    if let Some((index, part)) = name.strip_prefix("work_history[").and_then(|rest| rest.split_once("].")) {
        let row = index.parse::<usize>().map_or(0, |index| index + 1);
        let part = of(part);
        return Message {
            zh: format!("第{row}行工作经历的{}", part.zh),
            en: format!("{} in row {row} of work", part.en),
        };
    }
    let label = LABELS.iter().find(|(known, _, _)| *known == name);
    let (zh, en) = label.map_or((name, name), |(_, zh, en)| (*zh, *en));
    Message { zh: zh.to_owned(), en: en.to_owned() }
}

/// What was typed into the portal.
pub fn portal() -> Message {
    Message { zh: "网上填报信息".to_owned(), en: "what was declared online".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_every_kind_has_a_label() {
        use crate::domain::DocumentKind;
        for kind in DocumentKind::ALL {
            for name in kind.fields().iter().chain(kind.row_fields()) {
                assert!(LABELS.iter().any(|(known, _, _)| known == name), "{kind}: {name}");
            }
        }
    }

    #[test]
    fn rows_are_counted_from_one() {
        assert_eq!(of("work_history[1].employer").zh, "第2行工作经历的工作单位");
        assert_eq!(of("id_number").en, "ID number");
    }
}
