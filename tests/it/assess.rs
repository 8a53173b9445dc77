//! `vouch assess`: a form held against the card and against what was declared.

use serde_json::{Value, json};

use crate::vouch::{exit_code, json_lines, run, sample, vouch};

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
    assert_eq!(report["schema"], "vouch.application_report/1");
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

#[test]
fn a_folder_without_an_application_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit_code(&run(vouch().arg("assess").arg(folder.path()))), 1);
}
