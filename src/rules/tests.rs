//! Every sentence of the plan's rules (DOMAIN.md §6) as a row, and a second plan that decides otherwise.

use std::collections::BTreeSet;

use crate::domain::{DocumentKind, FindingCode, MediaType, Verdict};

use super::{
    Plan, RULES,
    testing::{Builder, codes},
};

/// A sentence, an application that keeps it, the same broken, and the code that says so.
struct Row {
    sentence: &'static str,
    kept: Builder,
    broken: Builder,
    code: &'static str,
}

fn row(sentence: &'static str, kept: Builder, broken: Builder, code: &'static str) -> Row {
    Row { sentence, kept, broken, code }
}

fn on_both(builder: Builder, field: &str, value: &str) -> Builder {
    builder.set("declaration_form", field, value).set("work_commitment", field, value)
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let (one, two, three, student) = (Builder::certificate, || Builder::work(2), Builder::graduate, Builder::student);
    let work = |rows: &[(&str, &str, &str)]| Builder::work(2).rows(rows);
    let (form, commitment, letter) = ("declaration_form", "work_commitment", "education_commitment");
    vec![
        row("1 exactly one condition", two(), two().without(form, "condition"), "eligibility.condition_unclear"),
        row("1 the same on the form and in the application", two(), two().set(form, "condition", "1"), "eligibility.condition_unclear"),
        row("2 a level-5 certificate", one(), one().set("prior_certificate", "level", "4"), "certificate.level_mismatch"),
        row("2 of a listed occupation", one().set("prior_certificate", "occupation", "营销员"), one().set("prior_certificate", "occupation", "保育师"), "eligibility.occupation_not_listed"),
        row("2 then 48 months of listed work", one().rows(&[("2020-06", "2024-06", "营销员")]), one().rows(&[("2020-06", "2022-06", "营销员")]), "eligibility.work_years_short"),
        row("2 after its issue date", one().rows(&[("2020-06", "2024-06", "营销员")]), one().rows(&[("2015-01", "2022-06", "营销员")]), "eligibility.work_years_short"),
        row("3 72 months of listed work", work(&[("2018-01", "2024-01", "摊商")]), work(&[("2020-01", "2024-01", "摊商")]), "eligibility.work_years_short"),
        row("4 技工学校: majors ③", three().schooling("某市技工学校", "工商企业管理"), three().schooling("某市技工学校", "移动商务"), "eligibility.major_not_listed"),
        row("4 中等及以上职业学校: majors ④", three().schooling("某市职业学校", "移动商务"), three().schooling("某市职业学校", "工商企业管理"), "eligibility.major_not_listed"),
        row("4 graduates or final-year students", student(), student().graduation("2029-07"), "eligibility.condition_unclear"),
        row("5 always the ID portrait side", two(), two().drop("id_card_front"), "eligibility.document_missing"),
        row("5 always the emblem side", two(), two().drop("id_card_back"), "eligibility.document_missing"),
        row("5 always the photo", two(), two().drop("portrait_photo"), "eligibility.document_missing"),
        row("5 always the declaration form", two(), two().drop(form), "eligibility.document_missing"),
        row("5 C1: the prior certificate", one(), one().drop("prior_certificate"), "eligibility.document_missing"),
        row("5 C1: the work commitment", one(), one().drop(commitment), "eligibility.document_missing"),
        row("5 C2: the work commitment", two(), two().drop(commitment), "eligibility.document_missing"),
        row("5 C3: the diploma", three(), three().drop("diploma"), "eligibility.document_missing"),
        row("5 C3: the education commitment", three(), three().drop(letter), "eligibility.document_missing"),
        row("5 students of 专科 and above: the CHSI enrolment report", student(), student().set("chsi_report", "report_type", "education_registration"), "eligibility.document_missing"),
        row("5 students of 中职 and 技工: the enrolment form",
            student().schooling("某市技工学校", "电子商务").recognised("chsi_report", DocumentKind::EnrollmentForm),
            student().schooling("某市技工学校", "电子商务"), "eligibility.document_missing"),
        row("7 occupations of rows are listed", work(&[("2010-01", "2024-01", "易货师")]), work(&[("2010-01", "2024-01", "保安员")]), "eligibility.occupation_not_listed"),
        row("7 whole names are compared", work(&[("2010-01", "2024-01", "数字化管理师")]), work(&[("2010-01", "2024-01", "档案数字化管理师")]), "eligibility.occupation_not_listed"),
        row("7 employers in full", on_both(two(), "work_history[0].employer", "某某厂"), on_both(two(), "work_history[0].employer", "某某"), "eligibility.period_implausible"),
        row("8 each period in its own row: nothing left out", two(), two().without(commitment, "work_history[0].to"), "form.blank_field"),
        row("8 rows of form = rows of commitment: months", two(), two().set(commitment, "work_history[0].from", "2013-01"), "cross.date_mismatch"),
        row("8 rows of form = rows of commitment: employers", two(), two().set(commitment, "work_history[0].employer", "甲厂"), "cross.declared_mismatch"),
        row("8 start ≤ end", two(), work(&[("2012-01", "2022-01", "营销员"), ("2023-05", "2023-02", "营销员")]), "eligibility.period_implausible"),
        row("8 end ≤ signature date", work(&[("2012-01", "2026-11", "营销员")]), work(&[("2012-01", "2026-12", "营销员")]), "eligibility.period_after_signature"),
        row("8 至今 = signature month", work(&[("2012-01", "至今", "营销员")]), on_both(work(&[("2022-01", "至今", "营销员")]), "signed_on", "2025-01-05"), "eligibility.work_years_short"),
        row("8 not before age 16", work(&[("2006-12", "2024-01", "营销员")]), work(&[("2005-01", "2024-01", "营销员")]), "eligibility.period_implausible"),
        row("8 overlaps are flagged", two(), work(&[("2012-01", "2020-01", "营销员"), ("2018-01", "2024-01", "摊商")]), "eligibility.period_overlap"),
        row("8 overlaps are counted once", two(), work(&[("2019-01", "2021-12", "营销员"), ("2019-01", "2021-12", "摊商")]), "eligibility.work_years_short"),
        row("9 C3 with 高职 and above: the CHSI code", three(), three().without(form, "chsi_code"), "chsi.code_missing"),
        row("9 students: status 在籍", student(), student().set("chsi_report", "student_status", "休学"), "eligibility.condition_unclear"),
        row("10 a JPEG", two(), two().photo(MediaType::Png, 60_000, (250, 350)), "photo.not_jpeg"),
        row("10 40 to 80 KB", two(), two().photo(MediaType::Jpeg, 90_000, (250, 350)), "photo.file_size"),
        row("10 25:35 ± 5 %", two(), two().photo(MediaType::Jpeg, 60_000, (350, 350)), "photo.proportions"),
        row("11 within validity", two(), two().set("id_card_back", "valid_until", "2026-01-01"), "id.expired"),
        row("month arithmetic: the inclusive edge goes to a person", two(), work(&[("2018-01", "2023-12", "营销员")]), "eligibility.work_years_short"),
        row("month arithmetic: the stated total is the sum", two(), on_both(two(), "work_years", "20"), "eligibility.period_implausible"),
    ]
}

#[test]
fn every_sentence_of_the_plan() {
    for Row { sentence, kept, broken, code } in rows() {
        assert_eq!(codes(&kept.judge()), Vec::<&str>::new(), "{sentence}: kept");
        assert!(codes(&broken.judge()).contains(&code), "{sentence}: {:?}", codes(&broken.judge()));
    }
}

#[test]
fn a_fault_leaves_no_other_trace_than_it_must() {
    // A missing month also breaks the arithmetic; everything else is one code.
    for Row { sentence, broken, code, .. } in rows() {
        let found: BTreeSet<&str> = codes(&broken.judge()).into_iter().collect();
        assert!(found.len() <= 2, "{sentence}: {code} came with {found:?}");
    }
}

#[test]
fn rules_raise_only_their_own_codes_and_are_named_once() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for Row { broken, .. } in rows() {
        for found in broken.judge().findings {
            let rule = RULES.iter().find(|rule| rule.id == found.rule).unwrap();
            assert!(rule.codes.contains(&found.finding.code), "{} raised {}", rule.id, found.finding.code);
        }
    }
}

#[test]
fn no_message_bears_what_was_read() {
    for Row { sentence, broken, .. } in rows() {
        for found in broken.judge().findings {
            let text = format!("{} {}", found.finding.message.zh, found.finding.message.en);
            let evidence = serde_json::to_string(&found.finding.evidence).unwrap();
            for value in ["张三", "110105", "某某", "ATEST"] {
                assert!(!text.contains(value) && !evidence.contains(value), "{sentence}: {text} {evidence}");
            }
            assert!(!text.contains(['{', '}']), "{sentence}: {text}");
        }
    }
}

/// A plan of another trade: other conditions, lists, thresholds, documents and words.
fn other_plan() -> Plan {
    let mut text = String::from(
        r#"
schema = "vouch.plan/1"
id = "baoyushi-3"
version = "7"
valid_from = "2026-01-01"
title = { zh = "保育师（三级）", en = "Childcare worker, level 3" }
occupation = "保育师"
applied = "care"
level = 3
[thresholds]
minimum_working_age_years = 18
edge_months = 0
total_tolerance_months = 3
final_year_months = 6
[thresholds.photo]
minimum_bytes = 10000
maximum_bytes = 20000
aspect = 1.0
aspect_tolerance = 0.01
[list.care]
title = { zh = "保育", en = "care" }
guide = "甲"
items = ["保育师", "婴幼儿发展引导员"]
[list.majors]
title = { zh = "专业", en = "majors" }
guide = "乙"
items = ["学前教育"]
[[condition]]
number = 2
title = { zh = "工作十年", en = "ten years" }
guide = "丙"
work = { months = 120, lists = ["care"] }
[[condition]]
number = 3
title = { zh = "毕业", en = "graduate" }
guide = "丁"
[[condition.education.school]]
title = { zh = "学校", en = "school" }
words = []
majors = "majors"
guide = "戊"
[[slot]]
kind = "declaration_form"
label = { zh = "申请书", en = "application" }
guide = "己"
[[slot]]
kind = "diploma"
label = { zh = "毕业证", en = "diploma" }
conditions = [3]
guide = "庚"
"#,
    );
    for rule in RULES {
        text += &format!("[message.{}]\n", rule.id);
        for word in rule.words {
            text += &format!("{} = {{ zh = \"{}！\", en = \"{}!\" }}\n", word.id, word.id, word.id);
        }
    }
    Plan::parse(&text).unwrap()
}

#[test]
fn another_plan_decides_otherwise() {
    let plan = other_plan();
    let base = Builder::work(2).photo(MediaType::Jpeg, 15_000, (300, 300));
    let base = ["declaration_form", "work_commitment"]
        .iter()
        .fold(base, |builder, form| builder.set(form, "occupation", "保育师").set(form, "level", "3"));
    let base = base.declared("occupation", "保育师").declared("level", "3");
    let rows =
        |builder: &Builder, rows: &[(&str, &str, &str)]| builder.clone().rows(rows).under(&plan).judge();
    // Ten years of its own occupation, from the age of 18, pass; the work commitment is not asked for.
    let passed = rows(&base.clone().drop("work_commitment"), &[("2008-12", "2019-01", "保育师")]);
    assert_eq!(codes(&passed), Vec::<&str>::new());
    assert_eq!(passed.eligibility.unwrap().verdict, Verdict::Met);
    assert_eq!(passed.plan_applied.unwrap().id, "baoyushi-3");
    // Twelve years of what the first plan lists do not; its list is closed, so it rejects.
    let listed_elsewhere = rows(&base, &[("2009-01", "2024-01", "营销员")]);
    let found: BTreeSet<&str> = codes(&listed_elsewhere).into_iter().collect();
    assert!(found.contains("eligibility.occupation_not_listed"), "{found:?}");
    assert!(!found.contains("eligibility.document_missing"));
    // No month of grace: 119 are short of 120 and sure.
    let short = rows(&base, &[("2009-01", "2018-11", "保育师")]);
    assert_eq!(short.eligibility.unwrap().verdict, Verdict::NotMet);
    // Seventeen is too young here.
    assert!(
        codes(&rows(&base, &[("2008-01", "2024-01", "保育师")])).contains(&"eligibility.period_implausible")
    );
    // And what the first plan's papers say is said in this plan's words.
    let none = base.clone().drop("declaration_form").under(&plan).judge();
    let missing =
        none.findings.iter().find(|f| f.finding.code == FindingCode::EligibilityDocumentMissing).unwrap();
    assert_eq!(missing.finding.message.zh, "missing！");
    // The first plan rejects the same photo.
    assert!(codes(&base.judge()).contains(&"photo.file_size"));
}

#[test]
fn students_are_a_matter_of_the_plan() {
    let plan = other_plan();
    let report = Builder::student().schooling("某某职业技术学院", "学前教育").under(&plan).judge();
    assert!(
        report
            .findings
            .iter()
            .any(|found| found.rule == "student" && found.finding.message.zh == "not_accepted！")
    );
}
