//! A whole application through the service, with real readers.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::process::Service;
use crate::{
    schema,
    vouch::{codes, sample},
};

#[tokio::test]
async fn the_sample_application_is_read_judged_and_told_of() {
    let mut it = Service::start(&["--readers", "2", "--document-timeout-s", "600"]);
    let text = std::fs::read_to_string(sample("application/application.json")).unwrap();
    let input: Value = serde_json::from_str(&text).unwrap();
    let application = it.application(input["declared"].clone()).await;
    let files = input["files"].as_array().unwrap();
    for file in files {
        let bytes =
            std::fs::read(sample(&format!("application/{}", file["file"].as_str().unwrap()))).unwrap();
        let response = it.upload(&application, file["slot"].as_str().unwrap(), &bytes).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED);
    }
    let path = format!("/v1/applications/{application}");
    let shown = it.wait_for(&path, |shown| shown["assessed"] == true).await;
    assert!(shown["documents"].as_array().unwrap().iter().all(|document| document["state"] == "read"));
    let report = it.get(&format!("{path}/report")).await;
    let wanted: Value =
        serde_json::from_str(include_str!("../../../docs/application-report.schema.json")).unwrap();
    assert_eq!(schema::faults(&wanted, &report), Vec::<String>::new());
    assert_eq!(report["documents"].as_array().unwrap().len(), files.len());
    let unsatisfied: Vec<&Value> =
        report["slots"].as_array().unwrap().iter().filter(|slot| slot["satisfied"] != true).collect();
    assert!(unsatisfied.is_empty(), "{unsatisfied:?}");
    assert_ne!(report["outcome"], "reject");

    // One received, one read for each document; one judgement at least, the last about all of them.
    let events = it.events(2 * files.len() + 2).await;
    for kind in ["document.received", "document.read"] {
        let mut of: Vec<&str> = events
            .iter()
            .filter(|event| event["kind"] == kind)
            .map(|event| event["document_id"].as_str().unwrap())
            .collect();
        of.sort_unstable();
        of.dedup();
        assert_eq!(of.len(), files.len(), "{kind}");
    }

    let before = shown["revision"].as_u64().unwrap();
    // A better picture is the next version, and the verdict follows it.
    let blurred = std::fs::read(sample("application/photo.jpg")).unwrap();
    let wrong = it.upload(&application, "id_card_front", &blurred).await;
    assert_eq!(wrong.json::<Value>().await.unwrap()["version"], 2);
    it.wait_for(&path, |shown| shown["assessed"] == true && shown["revision"].as_u64() > Some(before)).await;
    let report = it.get(&format!("{path}/report")).await;
    assert!(codes(&report).contains(&"kind.mismatch"), "{:?}", codes(&report));

    // The fast lane, and a file that is none.
    let bytes = std::fs::read(sample("application/id_front.jpg")).unwrap();
    let checked = it.request(Method::POST, "/v1/check?slot=id_card_front").body(bytes).send().await.unwrap();
    let checked: Value = checked.json().await.unwrap();
    assert_eq!(checked["kind"], "id_card_front");
    let unreadable = it.request(Method::POST, "/v1/check").body("no picture").send().await.unwrap();
    assert_eq!(codes(&unreadable.json::<Value>().await.unwrap()), ["intake.unsupported_format"]);

    // Nothing of it is in the log, and it ends when it is told to.
    assert!(it.terminate().success());
    let log = it.log();
    let declared = input["declared"].as_object().unwrap();
    for name in ["name", "id_number", "phone", "chsi_code", "school"] {
        assert!(!log.contains(declared[name].as_str().unwrap()), "{name} is logged");
    }
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{log}");
    assert!(log.contains("stopping"), "{log}");
}
