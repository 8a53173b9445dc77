//! The phrases that tell the kinds apart.
//!
//! Weights are in nats (natural log of the odds that a page with the phrase is of the kind rather than
//! of another): 1 for a word that several kinds print, 2–3 for a characteristic label or clause, 6 and
//! more for a title. They were set by what the phrases mean, not fitted to samples.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::DocumentKind::{self, *};

use super::values::text_norm::fold_text;

/// Where a phrase must stand to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Anywhere in a row.
    Anywhere,
    /// In a row with little else in it: titles, which other documents also mention in their text.
    Title,
}

/// One phrase of one kind.
#[derive(Debug, Clone)]
pub struct Anchor {
    pub kind: DocumentKind,
    pub phrase: Vec<char>,
    pub weight: f64,
    pub scope: Scope,
}

/// Every anchor.
pub static ANCHORS: LazyLock<Vec<Anchor>> = LazyLock::new(|| {
    let anchor = |kind, phrase: &str, weight, scope| Anchor {
        kind,
        phrase: fold_text(phrase).chars().collect(),
        weight,
        scope,
    };
    let printed = TITLES.iter().map(|&(kind, phrase, weight)| anchor(kind, phrase, weight, Scope::Title));
    let phrases = PHRASES.iter().map(|&(kind, phrase, weight)| anchor(kind, phrase, weight, Scope::Anywhere));
    let forms = FORMS.iter().flat_map(|&(kind, json)| form_anchors(kind, json));
    printed.chain(phrases).chain(forms).collect()
});

const TITLES: [(DocumentKind, &str, f64); 39] = [
    (IdCardBack, "居民身份证", 4.0),
    (IdCardBack, "中华人民共和国居民身份证", 5.0),
    (PriorCertificate, "职业技能等级证书", 8.0),
    (PriorCertificate, "国家职业资格证书", 8.0),
    (PriorCertificate, "职业资格证书", 6.0),
    (PriorCertificate, "OccupationalQualificationCertificate", 5.0),
    (Diploma, "毕业证书", 6.0),
    (Diploma, "普通高等学校毕业证书", 4.0),
    (Diploma, "成人高等教育毕业证书", 4.0),
    (Diploma, "中等职业学校毕业证书", 4.0),
    (Diploma, "自学考试毕业证书", 4.0),
    (EnrollmentForm, "录取审批表", 8.0),
    (EnrollmentForm, "招生审批表", 8.0),
    (EnrollmentForm, "招生录取审批表", 4.0),
    (EnrollmentForm, "录取登记表", 6.0),
    (EnrollmentForm, "招生录取表", 6.0),
    (EnrollmentForm, "新生录取表", 6.0),
    (ChsiReport, "学历证书电子注册备案表", 10.0),
    (ChsiReport, "学籍在线验证报告", 10.0),
    (Other, "学位证书", 20.0),
    (Other, "结业证书", 24.0),
    (Other, "肄业证书", 24.0),
    (Other, "普通高中毕业证书", 30.0),
    (Other, "普通高级中学毕业证书", 30.0),
    (Other, "初中毕业证书", 30.0),
    (Other, "写实性", 10.0),
    (Other, "学位在线验证报告", 30.0),
    (Other, "学历认证报告", 30.0),
    (Other, "高等教育学历认证报告", 30.0),
    (Other, "成绩验证报告", 30.0),
    (Other, "成绩单", 10.0),
    (Other, "机动车驾驶证", 14.0),
    (Other, "营业执照", 14.0),
    (Other, "居民户口簿", 14.0),
    (Other, "社会保障卡", 12.0),
    (Other, "教师资格证", 12.0),
    (Other, "录取通知书", 10.0),
    (Other, "专业技术资格", 8.0),
    (Other, "培训合格证", 10.0),
];

const PHRASES: [(DocumentKind, &str, f64); 78] = [
    (IdCardFront, "公民身份号码", 6.0),
    (IdCardFront, "住址", 4.0),
    (IdCardFront, "民族", 1.5),
    (IdCardFront, "出生", 1.0),
    (IdCardFront, "姓名", 0.5),
    (IdCardFront, "性别", 0.5),
    (IdCardBack, "签发机关", 5.0),
    (IdCardBack, "有效期限", 4.0),
    (IdCardBack, "公安局", 2.0),
    (IdCardBack, "中华人民共和国", 0.7),
    (Other, "港澳居民居住证", 14.0),
    (Other, "台湾居民居住证", 14.0),
    (Other, "通行证号码", 8.0),
    (Other, "永久居留身份证", 14.0),
    (PriorCertificate, "职业名称", 2.5),
    (PriorCertificate, "职业技能等级", 2.5),
    (PriorCertificate, "职业方向", 2.5),
    (PriorCertificate, "证书编号", 0.7),
    (PriorCertificate, "证件类型", 1.0),
    (PriorCertificate, "证件号码", 0.7),
    (PriorCertificate, "发证日期", 2.5),
    (PriorCertificate, "评价机构", 2.5),
    (PriorCertificate, "职业及等级", 3.0),
    (PriorCertificate, "SkillLevel", 2.0),
    (PriorCertificate, "CertificateNo", 1.5),
    (PriorCertificate, "理论知识考试成绩", 3.0),
    (PriorCertificate, "操作技能考核成绩", 3.0),
    (PriorCertificate, "评定成绩", 2.0),
    (PriorCertificate, "osta.org.cn", 4.0),
    (PriorCertificate, "经职业技能等级认定", 3.0),
    (PriorCertificate, "职业技能鉴定", 2.5),
    (Diploma, "准予毕业", 5.0),
    (Diploma, "成绩合格", 2.5),
    (Diploma, "修完", 2.0),
    (Diploma, "教学计划规定", 3.0),
    (Diploma, "全部课程", 2.0),
    (Diploma, "在本校", 2.0),
    (Diploma, "在我校", 2.0),
    (Diploma, "年制", 1.0),
    (Diploma, "校（院）长", 1.0),
    (Diploma, "高等教育自学考试", 2.5),
    (Diploma, "毕业证书", 1.5),
    (Diploma, "学生", 0.5),
    (EnrollmentForm, "审批表", 2.0),
    (EnrollmentForm, "录取专业", 2.5),
    (EnrollmentForm, "录取学校", 2.5),
    (EnrollmentForm, "招生", 1.5),
    (EnrollmentForm, "录取", 1.5),
    (EnrollmentForm, "审批意见", 2.5),
    (EnrollmentForm, "招生办", 2.0),
    (EnrollmentForm, "学校意见", 2.0),
    (EnrollmentForm, "毕业学校", 1.0),
    (EnrollmentForm, "监护人", 1.5),
    (EnrollmentForm, "家庭住址", 1.0),
    (EnrollmentForm, "准考证号", 1.0),
    (ChsiReport, "学信网", 3.0),
    (ChsiReport, "chsi.com.cn", 4.0),
    (ChsiReport, "在线验证码", 4.0),
    (ChsiReport, "在线验证", 2.0),
    (ChsiReport, "更新日期", 3.0),
    (ChsiReport, "学籍状态", 3.0),
    (ChsiReport, "学历类别", 2.5),
    (ChsiReport, "学习形式", 1.0),
    (ChsiReport, "层次", 1.0),
    (ChsiReport, "学制", 0.7),
    (ChsiReport, "预计毕业日期", 2.0),
    (ChsiReport, "入学日期", 1.0),
    (ChsiReport, "校（院）长姓名", 2.0),
    (ChsiReport, "注意事项", 1.0),
    (ChsiReport, "教育部", 1.5),
    (Other, "结业", 1.5),
    (Other, "肄业", 3.0),
    (Other, "准予结业", 10.0),
    (Other, "学士学位", 6.0),
    (Other, "准驾车型", 8.0),
    (Other, "学位评定委员会", 8.0),
    (Other, "统一社会信用代码", 8.0),
    (Other, "学位证书编号", 6.0),
];

/// The handwritten forms by their definitions.
const FORMS: [(DocumentKind, &str); 3] = [
    (DeclarationForm, include_str!("../../models/forms/declaration_form.json")),
    (WorkCommitment, include_str!("../../models/forms/work_commitment.json")),
    (EducationCommitment, include_str!("../../models/forms/education_commitment.json")),
];

/// Weight of a form's title.
const FORM_TITLE: f64 = 8.0;
/// Weight of a printed text of a form by its length: a sentence is nobody else's, a short label may be.
const FORM_TEXT_PER_CHARACTER: f64 = 0.25;
const FORM_TEXT_MAX: f64 = 4.0;
/// Shorter texts of a form are too common to tell anything.
const FORM_TEXT_MIN_LEN: usize = 4;

#[derive(Deserialize)]
struct FormDefinition {
    title: String,
    title_alternatives: Vec<String>,
    anchors: Vec<FormAnchor>,
}

#[derive(Deserialize)]
struct FormAnchor {
    text: String,
}

fn form_anchors(kind: DocumentKind, json: &str) -> Vec<Anchor> {
    // The definitions are part of the program; a broken one yields no anchors and fails the test below.
    let Ok(form) = serde_json::from_str::<FormDefinition>(json) else { return Vec::new() };
    let titles = std::iter::once(&form.title).chain(&form.title_alternatives).map(|title| Anchor {
        kind,
        phrase: fold_text(title).chars().collect(),
        weight: FORM_TITLE,
        scope: Scope::Title,
    });
    let mut seen = std::collections::HashSet::new();
    let texts = form.anchors.iter().filter_map(|anchor| {
        let phrase: Vec<char> = fold_text(&anchor.text)
            .trim_matches(super::values::text_norm::is_edge_punctuation)
            .chars()
            // The first characters of a sentence are enough, and cheaper to seek.
            .take(20)
            .collect();
        let new = phrase.len() >= FORM_TEXT_MIN_LEN && seen.insert(phrase.clone());
        new.then(|| Anchor {
            kind,
            weight: (phrase.len() as f64 * FORM_TEXT_PER_CHARACTER).min(FORM_TEXT_MAX),
            phrase,
            scope: Scope::Anywhere,
        })
    });
    titles.chain(texts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_definition_yields_anchors() {
        for (kind, json) in FORMS {
            let anchors = form_anchors(kind, json);
            assert!(anchors.len() > 8, "{kind}: {}", anchors.len());
            assert_eq!(anchors[0].scope, Scope::Title);
        }
    }
}
