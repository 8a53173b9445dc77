//! `vouch assess`: a form held against the card and against what was declared.

use serde_json::{Value, json};

use crate::{
    schema,
    vouch::{exit_code, json_lines, run, sample, vouch},
};

/// Assesses the sample application's card and form with a declared name.
fn assessed(declared: Value) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let files = [("id_card_front", "id_front.jpg"), ("declaration_form", "declaration_form.jpg")];
    for (_, file) in files {
        std::fs::copy(sample(&format!("application/{file}")), folder.path().join(file)).unwrap();
    }
    let application = json!({
        "schema": "vouch.application/1", "id": "t", "plan": "p", "submitted_on": "2026-11-22",
        "declared": declared,
        "files": files.map(|(slot, file)| json!({"slot": slot, "file": file})),
    });
    std::fs::write(folder.path().join("application.json"), application.to_string()).unwrap();
    let output = run(vouch().args(["assess", "--json"]).arg(folder.path()));
    assert_eq!(exit_code(&output), 0);
    json_lines(&output).remove(0)
}

fn cross_codes(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap()).collect()
}

#[test]
fn a_form_is_held_against_the_card_and_what_was_declared() {
    let report = assessed(json!({"name": "麻健凯", "id_number": "130108199906166071"}));
    assert_eq!(report["schema"], "vouch.application/1");
    let documents = report["documents"].as_array().unwrap();
    let kinds: Vec<_> = documents.iter().map(|document| document["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["id_card_front", "declaration_form"]);
    let number = &documents[1]["fields"]["id_number"];
    assert_eq!(number["value"], "130108199906166071");
    assert!(number["compared"][0]["same"].as_f64().unwrap() > 0.9, "{number}");
    assert!(documents[0]["fields"]["name"].get("compared").is_none());
    assert!(!cross_codes(&report).contains(&"cross.id_number_mismatch"));

    let report = assessed(json!({"name": "欧阳志远", "id_number": "110105194912310021"}));
    assert!(cross_codes(&report).contains(&"cross.declared_mismatch"), "{:?}", cross_codes(&report));
    assert_ne!(report["outcome"], "pass");
}

/// What `vouch assess --json` says about the sample application.
fn sample_report(more: &[&str]) -> Value {
    let output = run(vouch().args(["assess", "--json"]).args(more).arg(sample("application")));
    assert_eq!(exit_code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    json_lines(&output).remove(0)
}

#[test]
fn the_sample_application_keeps_the_schema_and_is_complete() {
    let report = sample_report(&[]);
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/application-report.schema.json")).unwrap();
    assert_eq!(schema::faults(&schema, &report), Vec::<String>::new());
    assert_eq!(report["plan_applied"]["id"], "dianzishangwushi-4");
    assert_eq!(report["condition"], 3);
    let slots = report["slots"].as_array().unwrap();
    assert!(slots.iter().all(|slot| slot["satisfied"] == true), "{slots:?}");
    assert_ne!(report["outcome"], "reject");
    assert_eq!(report["eligibility"]["education"]["major"], "listed");
    let name = report["fields"].as_array().unwrap().iter().find(|row| row["field"] == "name").unwrap();
    assert_eq!(name["agreement"], "same", "{name}");
}

#[test]
fn what_keeps_no_schema_is_told() {
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/application-report.schema.json")).unwrap();
    let faults = schema::faults(&schema, &json!({"schema": "vouch.application/2", "outcome": "maybe"}));
    assert!(faults.iter().any(|fault| fault.contains("documents")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("$.outcome")));
    assert!(faults.iter().any(|fault| fault.contains("$.schema")));
}

#[test]
fn the_manual_has_every_rule_with_its_codes() {
    let page = include_str!("../../docs/APPLICATION-REPORT.md");
    for rule in ::vouch::rules::RULES {
        let line = page.lines().find(|line| line.starts_with(&format!("| `{}` |", rule.id)));
        let line = line.unwrap_or_else(|| panic!("{} is not in the manual", rule.id));
        for code in rule.codes {
            assert!(line.contains(&format!("`{code}`")), "{}: {code}", rule.id);
        }
    }
}

#[test]
fn another_plan_or_version_is_asked_for_by_name() {
    let unknown = |plan: &str| {
        let output = run(vouch().args(["assess", "--plan", plan]).arg(sample("application")));
        (exit_code(&output), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, message) = unknown("baoyushi-3");
    assert!(code == 1 && message.contains("dianzishangwushi-4"), "{message}");
    let (code, message) = unknown("dianzishangwushi-4@1999");
    assert!(code == 1 && message.contains("2026.1"), "{message}");
}

#[test]
fn plans_are_listed_shown_and_checked() {
    let list = run(vouch().args(["plans", "list", "--json"]));
    assert!(String::from_utf8_lossy(&list.stdout).contains("dianzishangwushi-4"));
    let show = run(vouch().args(["plans", "show", "dianzishangwushi-4"]));
    assert!(String::from_utf8_lossy(&show.stdout).contains("72 months of work"));
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/models/plans/dianzishangwushi-4.toml");
    let check = run(vouch().args(["plans", "check", "--json", plan]));
    assert_eq!(exit_code(&check), 0);
    assert_eq!(json_lines(&check)[0]["without_reason"], json!([]));
    let broken = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(broken.path(), "schema = \"vouch.plan/1\"\nid = 3\n").unwrap();
    let check = run(vouch().args(["plans", "check"]).arg(broken.path()));
    assert_eq!(exit_code(&check), 1);
    assert!(String::from_utf8_lossy(&check.stderr).contains("line 2"));
}

#[test]
fn a_folder_without_an_application_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit_code(&run(vouch().arg("assess").arg(folder.path()))), 1);
}
