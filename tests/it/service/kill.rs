//! Killed again and again, the service loses nothing and doubles nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::process::Service;

const DOCUMENTS: usize = 120;
const KILLS: usize = 8;
/// A short lease, so that what a killed process held is taken up soon.
const OPTIONS: [&str; 6] = ["--stub-ms", "40", "--readers", "2", "--lease-s", "2"];

#[tokio::test]
async fn every_upload_has_one_report_and_one_event_however_often_it_is_killed() {
    let mut it = Service::start(&OPTIONS);
    let mut applications = Vec::new();
    let mut documents = Vec::new();
    for index in 0..DOCUMENTS {
        if index % 6 == 0 {
            applications.push(it.application(json!({"id_number": "11010519491231002X"})).await);
        }
        let slot = ["id_card_front", "id_card_back", "diploma"][index % 3];
        let application = applications.last().unwrap();
        let answer = it.upload(application, slot, format!("document {index}").as_bytes()).await;
        let view: Value = answer.json().await.unwrap();
        documents.push(view["id"].as_str().unwrap().to_owned());
        // While documents are in hand, at a different moment of the work each time.
        if index % (DOCUMENTS / KILLS) == DOCUMENTS / KILLS - 1 {
            tokio::time::sleep(Duration::from_millis(37 * (index as u64 % 7))).await;
            it.kill_and_restart(&OPTIONS);
        }
    }
    for application in &applications {
        it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
    }
    let read = it.readings().await;
    assert_eq!(read.len(), DOCUMENTS);
    for document in &documents {
        assert_eq!(read.get(document), Some(&1), "{document}");
        let report = it.get(&format!("/v1/documents/{document}/report")).await;
        assert_eq!(report["outcome"], "pass");
    }
    let metrics = it.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("vouch_jobs_open 0") && metrics.contains("vouch_jobs_dead 0"), "{metrics}");
    assert!(!it.log().contains("11010519491231002X"));
}
