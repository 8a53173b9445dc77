//! The built-in plan is whole; what is wrong with a file is said with its line.

use jiff::civil::date;

use crate::domain::{DocumentKind, FindingCode};

use super::*;

const TEXT: &str = include_str!("../../../models/plans/dianzishangwushi-4.toml");

fn plan() -> Plan {
    Plan::parse(TEXT).unwrap()
}

#[test]
fn the_built_in_plan_is_what_the_guide_says() {
    let plan = plan();
    let work: Vec<_> =
        plan.conditions.iter().map(|c| c.work.as_ref().map(|w| (w.months, w.after_certificate))).collect();
    assert_eq!(work, [Some((48, true)), Some((72, false)), None]);
    let sizes: Vec<usize> =
        ["own_occupations", "related_occupations", "majors_technical", "majors_vocational"]
            .map(|l| plan.lists[l].items.len())
            .into();
    assert_eq!(sizes, [3, 17, 7, 12]);
    let needed = |condition: u8| -> Vec<DocumentKind> {
        let slots = plan.slots.iter().filter(|slot| slot.required && slot.is_of(Some(condition)));
        slots.map(|slot| slot.kind).filter(|kind| !kind.is_id_card()).collect()
    };
    use DocumentKind::{
        DeclarationForm, Diploma, EducationCommitment, PortraitPhoto, PriorCertificate, WorkCommitment,
    };
    assert_eq!(needed(1), [PortraitPhoto, DeclarationForm, PriorCertificate, WorkCommitment]);
    assert_eq!(needed(2), [PortraitPhoto, DeclarationForm, WorkCommitment]);
    assert_eq!(needed(3), [PortraitPhoto, DeclarationForm, Diploma, EducationCommitment]);
}

#[test]
fn the_form_s_own_sentences_are_quoted_word_for_word() {
    let form = include_str!("../../../models/forms/declaration_form.json");
    for condition in plan().conditions {
        let sentence = condition.guide.strip_prefix("申报表：").unwrap();
        assert!(form.contains(sentence), "{sentence}");
    }
}

#[test]
fn there_are_words_for_every_code() {
    let plan = plan();
    for &code in FindingCode::ALL {
        if code != FindingCode::IntakeExtensionMismatch {
            assert!(plan.reason(code, None).is_some(), "{code}");
        }
    }
}

/// The faults of the built-in file with one text replaced: their lines, what is wrong, and what to do.
fn faults(from: &str, to: &str) -> Vec<PlanFault> {
    assert!(TEXT.contains(from), "{from}");
    Plan::parse(&TEXT.replacen(from, to, 1)).unwrap_err().0
}

fn line(text: &str) -> usize {
    1 + TEXT.lines().position(|line| line.contains(text)).unwrap()
}

#[test]
fn faults_are_told_with_line_what_why_and_fix() {
    for (from, to, place, what) in [
        ("level = 4", "level = 6", "level = 4", "level is none of 1 to 5"),
        ("applied = \"own_occupations\"", "applied = \"mine\"", "applied =", "there is no list \"mine\""),
        (
            "majors = \"majors_technical\"",
            "majors = \"x\"",
            "majors = \"majors_technical\"",
            "there is no list \"x\"",
        ),
        ("valid_from = \"2026-01-01\"", "valid_from = \"soon\"", "valid_from", "\"soon\" is no date"),
        (
            "kind = \"portrait_photo\"",
            "kind = \"passport\"",
            "kind = \"portrait_photo\"",
            "is no kind of document",
        ),
        ("kind = \"portrait_photo\"", "kind = \"id_card_back\"", "kind = \"portrait_photo\"", "stands twice"),
        ("conditions = [1]\n", "conditions = [4]\n", "conditions = [1]", "there is no condition 4"),
        ("\"商品营业员\", \"摊商\"", "\"营销员\", \"摊商\"", "\"商品营业员\", \"摊商\"", "stands twice"),
        (
            "codes = [\"kind.mismatch\"]",
            "codes = [\"kind.unheard\"]",
            "codes = [\"kind.mismatch\"]",
            "is no finding code",
        ),
        ("第{row}行与第{other}行", "第{row}行与第{more}行", "overlap = ", "nothing is known as {more}"),
        ("缺少{document}", "缺少{document", "missing = { zh = \"缺少", "an opening brace has no end"),
        (
            "reversed = { zh = \"毕业",
            "turned = { zh = \"毕业",
            "[message.study-dates]",
            "message.study-dates.reversed is missing",
        ),
        ("[message.chsi-code]", "[message.chsi-cod]", "", "there is no rule \"chsi-cod\""),
        ("minimum_bytes = 40000", "minimum_bytes = 90000", "minimum_bytes", "is not below"),
        (
            "work = { months = 72, lists",
            "work = { months = 72, after_certificate = true, lists",
            "work = { months = 72",
            "after_certificate without",
        ),
        ("edge_months = 1", "edge_month = 1", "edge_months = 1", "unknown field `edge_month`"),
        ("words = []", "words = [\"校\"]", "number = 3", "does not take all others"),
    ] {
        let found = faults(from, to);
        let fault = found.iter().find(|fault| fault.what.contains(what));
        let fault = fault.unwrap_or_else(|| panic!("{what}: {found:?}"));
        assert!(!fault.why.is_empty() && !fault.fix.is_empty());
        // A whole table missing has no line of its own.
        if !place.is_empty() && !what.ends_with("missing") {
            assert_eq!(fault.line, Some(line(place)), "{what}");
        }
    }
}

#[test]
fn all_faults_are_told_at_once_in_order() {
    let text = TEXT.replacen("level = 4", "level = 9", 1).replacen("kind = \"diploma\"", "kind = \"x\"", 1);
    let found = Plan::parse(&text).unwrap_err();
    assert_eq!(found.0.len(), 2);
    assert!(found.0.windows(2).all(|pair| pair[0].line <= pair[1].line));
    assert!(found.to_string().starts_with("line "));
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let found = Plan::parse("schema = \"vouch.plan/1\"\nid = \n").unwrap_err();
    assert_eq!(found.0[0].line, Some(2));
    assert!(Plan::parse("").is_err());
}

#[test]
fn an_application_is_bound_to_the_version_of_its_day() {
    let mut library = PlanLibrary::built_in().unwrap();
    let later = TEXT.replacen("version = \"2026.1\"", "version = \"2027.1\"", 1).replacen(
        "valid_from = \"2026-01-01\"",
        "valid_from = \"2027-01-01\"",
        1,
    );
    library.add(Plan::parse(&later).unwrap());
    let version = |named: Option<&str>, day| {
        library.find("ecommerce-operator-level-4", named, day).unwrap().version.clone()
    };
    assert_eq!(version(None, date(2026, 11, 24)), "2026.1");
    assert_eq!(version(None, date(2027, 1, 1)), "2027.1");
    assert_eq!(version(Some("2026.1"), date(2027, 5, 1)), "2026.1");
    assert_eq!(library.get("dianzishangwushi-4").unwrap().version, "2027.1");
    assert_eq!(library.only(), Some("dianzishangwushi-4"));
    assert!(matches!(library.find("x", None, date(2027, 1, 1)), Err(PlanError::Unknown { .. })));
    let unknown = library.find("dianzishangwushi-4", Some("1999"), date(2027, 1, 1));
    assert!(matches!(unknown, Err(PlanError::UnknownVersion { .. })));
}

#[test]
fn a_folder_s_plan_takes_the_place_of_the_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(PlanLibrary::with_folder(&folder.path().join("absent")).unwrap().all().len(), 1);
    std::fs::write(folder.path().join("a.toml"), TEXT.replacen("level = 4", "level = 3", 1)).unwrap();
    let library = PlanLibrary::with_folder(folder.path()).unwrap();
    assert_eq!((library.all().len(), library.all()[0].level), (1, 3));
    std::fs::write(folder.path().join("b.toml"), TEXT).unwrap();
    assert!(matches!(PlanLibrary::with_folder(folder.path()), Err(PlanError::Twice { .. })));
    std::fs::write(folder.path().join("b.toml"), "x").unwrap();
    assert!(matches!(PlanLibrary::with_folder(folder.path()), Err(PlanError::Faulty { .. })));
}
