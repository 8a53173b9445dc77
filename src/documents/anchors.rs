//! Which kind of document a page's text speaks of.

use crate::{domain::DocumentKind, ocr::PageText};

use super::{
    anchor_table::{ANCHORS, Anchor, Scope},
    flow, id_card_front,
    passage::Passage,
    values::fuzzy,
};

/// Log odds of a kind before anything is read: without its own phrases a page is something else.
const PRIOR: f64 = -5.0;

/// Each edit within a phrase takes this share of its weight.
const EDIT_COST: f64 = 0.25;

/// A title's row may hold this many more characters (a school's or a province's name before it).
const TITLE_SLACK: usize = 16;

/// Characters that may follow a title in its row (a bracket, a number).
const TITLE_TAIL: usize = 3;

/// A kind's evidence counts up to this much: beyond it more phrases are no news, and a single other
/// title must still be able to overrule a kind's common labels.
const MAX_EVIDENCE: f64 = 30.0;

/// Weight of an ID number and other values that stand where a card has them: as much as a title.
const CARD_LAYOUT: f64 = 8.0;

/// Every kind that text can tell with its probability, likeliest first; the probabilities sum to 1 and
/// `other` stands for none of them. A portrait photo has no text and is not told here.
pub fn recognise(pages: &[PageText]) -> Vec<(DocumentKind, f64)> {
    let rows: Vec<Row> = (0..pages.len())
        .flat_map(|page| flow::rows(pages, page))
        .chain(super::checks::all_lines(pages))
        .map(Row::new)
        .collect();
    let mut scores: Vec<(DocumentKind, f64)> = DocumentKind::ALL
        .into_iter()
        .filter(|&kind| kind != DocumentKind::PortraitPhoto)
        .map(|kind| (kind, if kind == DocumentKind::Other { 0.0 } else { PRIOR }))
        .collect();
    for (kind, score) in &mut scores {
        let evidence: f64 = ANCHORS.iter().filter(|a| a.kind == *kind).map(|a| weigh(a, &rows)).sum();
        let is_laid_out = *kind == DocumentKind::IdCardFront && id_card_front::is_laid_out_like_one(pages);
        *score += (evidence + if is_laid_out { CARD_LAYOUT } else { 0.0 }).min(MAX_EVIDENCE);
    }
    // Softmax over log odds.
    let top = scores.iter().map(|&(_, score)| score).fold(f64::MIN, f64::max);
    let total: f64 = scores.iter().map(|&(_, score)| (score - top).exp()).sum();
    for (_, score) in &mut scores {
        *score = (*score - top).exp() / total;
    }
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores
}

/// The anchor's weight by its best occurrence; 0 without one.
fn weigh(anchor: &Anchor, rows: &[Row]) -> f64 {
    let best = rows.iter().filter_map(|row| edits_in(anchor, row)).min();
    best.map_or(0.0, |edits| anchor.weight * (1.0 - EDIT_COST * edits as f64))
}

/// A row with the fewest edits that any title has in it.
struct Row {
    passage: Passage,
    title_edits: usize,
}

impl Row {
    fn new(passage: Passage) -> Self {
        let titles = ANCHORS.iter().filter(|anchor| anchor.scope == Scope::Title);
        let title_edits = titles.filter_map(|title| occurrence(title, &passage)).min().unwrap_or(0);
        Self { passage, title_edits }
    }
}

/// The edits of the anchor's occurrence in a row. A title that was misread for another one counts only
/// when that other one does not stand there more exactly (学籍…报告, 学位…报告).
fn edits_in(anchor: &Anchor, row: &Row) -> Option<usize> {
    occurrence(anchor, &row.passage)
        .filter(|&edits| anchor.scope == Scope::Anywhere || edits <= row.title_edits)
}

fn occurrence(anchor: &Anchor, row: &Passage) -> Option<usize> {
    let len = anchor.phrase.len();
    if anchor.scope == Scope::Title && row.len() > len + TITLE_SLACK {
        return None;
    }
    let found = fuzzy::search(row.chars(), &anchor.phrase, max_edits(len))?;
    // A title ends its row; within a sentence it is only mentioned.
    (anchor.scope == Scope::Anywhere || found.end + TITLE_TAIL >= row.len()).then_some(found.edits)
}

/// Edits that a phrase of `len` characters may have. Short phrases differ from each other by one
/// character (毕业证书, 肄业证书, 学位证书), so they must be exact.
fn max_edits(len: usize) -> usize {
    match len {
        ..=5 => 0,
        6..=9 => 1,
        10..=14 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::layout::drawn;

    const PAGES: [(DocumentKind, &str); 10] = [
        (
            DocumentKind::IdCardFront,
            "姓名  张三\n性别  男  民族  汉\n出生  1990年1月2日\n住址  北京市\n公民身份号码  110105",
        ),
        (
            DocumentKind::IdCardBack,
            "中华人民共和国\n居民身份证\n签发机关  北京市公安局朝阳分局\n有效期限  2016.05.18-2036.05.18",
        ),
        (
            DocumentKind::PriorCertificate,
            "职业技能等级证书\n姓名：张三\n证件类型：居民身份证\n证件号码：1\n职业名称：电子商务师\n职业技能等级：五级\n证书编号：S\n发证日期：2025年\n评价机构：某中心",
        ),
        (
            DocumentKind::Diploma,
            "毕业证书\n学生张三性别男，于2018年9月至2021年6月在本校电子商务\n专业学习，修完三年制专科教学计划规定的全部课程，\n成绩合格，准予毕业。\n校长：李四\n证书编号：1",
        ),
        (
            DocumentKind::EnrollmentForm,
            "某校招生录取审批表\n姓名  张三\n录取学校  某校\n录取专业  电子商务\n学校意见  同意\n审批意见  同意",
        ),
        (
            DocumentKind::ChsiReport,
            "教育部学籍在线验证报告\n更新日期：2026年5月20日\n姓名  张三\n层次  专科\n学习形式  全日制\n学籍状态  在籍\n在线验证码  A",
        ),
        (
            DocumentKind::DeclarationForm,
            "北京市职业技能认定申报表\n姓名  性别  出生日期\n证件类型  居民身份证  证件号码\n申报职业  申报等级\n申报条件\n毕业证书编号  学信网学历验证码（学籍验证码）\n申报人签字：",
        ),
        (
            DocumentKind::WorkCommitment,
            "工作经历承诺书\n本人张三，身份证号1，现申请\n从事本职业或相关职业工作共5年，工作经历如下：\n起止时间  工作单位（全称）  从事职业（工种）  证明人及电话\n承诺人（签字）：",
        ),
        (
            DocumentKind::EducationCommitment,
            "个人学历承诺书\n本人张三，身份证号1\n月就读于某校（学校），所学专业电子商务，学历层次专科\n系尚未取得毕业证书的在校应届毕业生。\n承诺人（签字）：",
        ),
        (DocumentKind::Other, "超市购物小票\n合计 12.50\n谢谢惠顾"),
    ];

    #[test]
    fn every_kind_is_told_with_and_without_its_title() {
        for (kind, drawing) in PAGES {
            let told = recognise(&[drawn(drawing)]);
            assert_eq!(told[0].0, kind, "{told:?}");
            assert!(told[0].1 > 0.9, "{told:?}");
            let total: f64 = told.iter().map(|t| t.1).sum();
            assert!((total - 1.0).abs() < 1e-9);
            if kind != DocumentKind::IdCardBack {
                let untitled: Vec<&str> = drawing.lines().skip(1).collect();
                assert_eq!(recognise(&[drawn(&untitled.join("\n"))])[0].0, kind, "{untitled:?}");
            }
        }
    }

    #[test]
    fn every_second_line_is_enough_for_long_pages() {
        for (kind, drawing) in PAGES.iter().filter(|(kind, _)| *kind != DocumentKind::IdCardBack) {
            for parity in 0..2 {
                let half: Vec<&str> =
                    drawing.lines().enumerate().filter(|(i, _)| i % 2 == parity).map(|l| l.1).collect();
                assert_eq!(recognise(&[drawn(&half.join("\n"))])[0].0, *kind, "{half:?}");
            }
        }
    }

    #[test]
    fn look_alikes_are_other() {
        let diploma = PAGES[3].1;
        for other in [
            diploma.replace("毕业证书", "结业证书").replace("准予毕业", "准予结业"),
            diploma.replace("毕业证书", "肄业证书").replace("准予毕业", "肄业"),
            diploma.replace("毕业证书", "学士学位证书").replace("准予毕业", "授予管理学学士学位"),
            diploma.replace("毕业证书", "普通高中毕业证书").replace("电子商务", ""),
            PAGES[5].1.replace("教育部学籍在线验证报告", "教育部学位在线验证报告"),
            PAGES[5].1.replace("教育部学籍在线验证报告", "中国高等教育学历认证报告"),
        ] {
            assert_eq!(recognise(&[drawn(&other)])[0].0, DocumentKind::Other, "{other}");
        }
    }

    #[test]
    fn a_blank_page_is_other() {
        assert_eq!(recognise(&[])[0].0, DocumentKind::Other);
    }
}
