//! Employers are named in full.

use crate::domain::{CrossFinding, FindingCode::EligibilityPeriodImplausible as IMPLAUSIBLE, Severity};

use super::{
    case::{Case, SURE},
    rule::{Rule, plain, words},
    work,
};

pub const RULE: Rule =
    Rule { id: "work-employers", codes: &[IMPLAUSIBLE], words: &[words("not_full", &["row"])], check };

/// What the full name of an employer holds one of: legal forms of companies, of trades and of public
/// bodies (企业名称登记管理规定; 事业单位 and 社会组织 by their usual endings).
const FORMS: &[&str] = &[
    "公司",
    "厂",
    "店",
    "中心",
    "合作社",
    "工作室",
    "商行",
    "集团",
    "学校",
    "学院",
    "大学",
    "医院",
    "局",
    "委员会",
    "协会",
    "学会",
    "联合会",
    "事务所",
    "研究所",
    "研究院",
    "部",
    "超市",
    "商场",
    "商城",
    "市场",
    "馆",
    "社",
    "站",
    "院",
    "所",
    "行",
    "队",
    "坊",
    "场",
    "园",
    "铺",
    "酒楼",
    "酒店",
    "宾馆",
    "个体",
    "经营户",
    "企业",
    "银行",
    "基金会",
    "幼儿园",
    "政府",
    "处",
    "室",
    "城",
    "庄",
    "屋",
    "吧",
    "档",
    "摊",
];

fn check(case: &Case<'_>) -> Vec<CrossFinding> {
    let mut found = Vec::new();
    for (document, rows) in work::papers(case) {
        for row in rows {
            // A name that is doubtful lacks its ending more often by the reading than by the writer.
            let Some(field) = row.employer.filter(|field| field.confidence >= SURE) else { continue };
            // 有限公司 whose end lies outside of the cell.
            let is_cut_off = ["有限", "有限公", "有"].iter().any(|end| field.value.ends_with(end));
            if is_cut_off || FORMS.iter().any(|form| field.value.contains(form)) {
                continue;
            }
            found.push(
                RULE.found(
                    case,
                    "not_full",
                    (IMPLAUSIBLE, Severity::Review),
                    &[("row", plain(row.index + 1))],
                )
                .about(document)
                .at(&row.name("employer"), Some(field))
                .with_score(field.confidence),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Builder, codes};

    #[test]
    fn a_short_name_goes_to_a_person() {
        let named =
            |employer: &str| {
                let builder = Builder::work(2)
                    .set("declaration_form", "work_history[0].employer", employer)
                    .set("work_commitment", "work_history[0].employer", employer);
                codes(&builder.judge()).contains(&"eligibility.period_implausible")
            };
        assert!(!named("北京某某商贸有限公司") && !named("某某县城关镇小吃店"));
        assert!(named("某某科技"));
    }
}
