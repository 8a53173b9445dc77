//! The service with a broker: what it takes and says, and what is left of it when the broker dies and loses its
//! disk.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vouch::domain::hex;

use super::process::{PATIENCE, Service};
use crate::broker::{Client, Node, PASSWORD, shared, wait_until};

const DOCUMENTS: usize = 90;
/// Between two uploads of a portal that is not in a hurry.
const PACE: Duration = Duration::from_millis(100);
/// Messages about jobs that the broker has confirmed.
const PUBLISHED: &str = "vouch_relay_published_total{code=\"job\"}";

fn options(url: &str) -> [&str; 8] {
    ["--stub-ms", "20", "--readers", "2", "--lease-s", "2", "--amqp", url]
}

async fn metric(it: &Service, name: &str) -> i64 {
    let answer = it.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let line = answer.lines().find_map(|line| line.strip_prefix(name)).unwrap_or(" 0").to_owned();
    line.trim().parse().unwrap()
}

#[tokio::test]
async fn a_broker_that_is_killed_and_loses_its_disk_costs_nothing() {
    // Without the server there is nothing to kill.
    if shared().is_none() {
        return;
    }
    let mut node = Node::start();
    // The service starts while its broker does not answer yet.
    let url = format!("{}/%2f?heartbeat=2", node.url());
    let it = Service::start(&options(&url));
    let mut documents = Vec::new();
    let mut applications = Vec::new();
    for index in 0..DOCUMENTS {
        if index % 6 == 0 {
            applications.push(it.application(json!({})).await);
        }
        // In the middle of a third each: killed, wiped and away for a while, and back with empty queues.
        match index {
            10 => node.wait_until_up().await,
            40 => node.kill(),
            50 => {
                node.wipe();
                node.restart();
            }
            55 => node.wait_until_up().await,
            70 => {
                node.kill();
                node.restart();
            }
            _ => {}
        }
        let slot = ["id_card_front", "id_card_back", "diploma"][index % 3];
        let answer = it.upload(applications.last().unwrap(), slot, format!("{index}").as_bytes()).await;
        let view: Value = answer.json().await.unwrap();
        documents.push(view["id"].as_str().unwrap().to_owned());
    }
    // Through the broker that came back, not past it.
    node.wait_until_up().await;
    it.wait_for("/readyz", |ready| ready["broker"] == true).await;
    let (start, before) = (Instant::now(), metric(&it, PUBLISHED).await);
    while metric(&it, PUBLISHED).await == before {
        assert!(start.elapsed() < PATIENCE, "no job travels by the broker");
        // The relay may still be waiting to connect again. As fast as it goes, a token's allowance would be used
        // up before it does.
        tokio::time::sleep(PACE).await;
        let bytes = format!("more {}", documents.len());
        let answer = it.upload(applications.last().unwrap(), "portrait_photo", bytes.as_bytes()).await;
        let view: Value = answer.json().await.unwrap();
        documents.push(view["id"].as_str().unwrap().to_owned());
    }
    for application in &applications {
        it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
    }
    let read = it.readings().await;
    assert_eq!(read.len(), documents.len());
    assert!(documents.iter().all(|document| read.get(document) == Some(&1)), "{read:?}");
    // All of it went out.
    wait_until("no event waits", async || metric(&it, "vouch_relay_events_waiting").await == 0).await;
    wait_until("no job waits", async || metric(&it, "vouch_jobs_open").await == 0).await;
    assert!(metric(&it, "vouch_broker_connections_lost_total{code=\"relay\"}").await > 0);
    assert!(!it.log().contains(PASSWORD));
    let ready = it.wait_for("/readyz", |ready| ready["broker"] == true).await;
    assert_eq!(ready["ready"], true);
}

#[tokio::test]
async fn a_portal_uploads_by_messages_and_hears_events() {
    let Some(url) = shared() else { return };
    let prefix = vouch::store::new_id("test");
    let folder = tempfile::tempdir().unwrap();
    let shared_folder = folder.path().to_str().unwrap().to_owned();
    let it = Service::start(
        &[&options(&url)[..], &["--amqp-prefix", &prefix, "--amqp-uploads", &shared_folder]].concat(),
    );
    let client = Client::connect(&url).await;
    it.wait_for("/readyz", |ready| ready["broker"] == true).await;
    let events = client.follow(&format!("{prefix}.events")).await;
    let application = it.application(json!({})).await;
    let bytes = b"a picture";
    std::fs::write(folder.path().join("front.jpg"), bytes).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.jpg")).unwrap();
    let queue = format!("{prefix}.uploads");
    let message = |file: &str, application: &str, sha256: &str| {
        json!({"schema": "vouch.upload/1", "application": application, "slot": "id_card_front", "name": "张三.jpg",
            "idempotency_key": "k1", "blob": {"file": file, "sha256": sha256}})
    };
    let digest = hex(&Sha256::digest(bytes));
    let good = message("front.jpg", &application, &digest);
    let nobody = format!("app_{}", "0".repeat(32));
    let refused = [
        message("../front.jpg", &application, &digest),
        message("link.jpg", &application, &digest),
        message("none.jpg", &application, &digest),
        message("front.jpg", &application, &"0".repeat(64)),
        message("front.jpg", &nobody, &digest),
        json!({"schema": "vouch.upload/2"}),
    ];
    // The good one twice: its key adds it once.
    for message in refused.iter().chain([&good, &good]) {
        client.publish(&queue, message.to_string().as_bytes()).await;
    }
    for message in &refused {
        let (dead, _) = client.next(&format!("{prefix}.dead")).await;
        assert_eq!(&dead, message);
    }
    let shown =
        it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
    assert_eq!(shown["documents"].as_array().unwrap().len(), 1, "{shown}");
    let mut kinds = Vec::new();
    while kinds.last().is_none_or(|kind| kind != "application.assessed") {
        let (event, _) = client.next(&events).await;
        kinds.push(event["kind"].as_str().unwrap().to_owned());
    }
    let told = ["application.created", "document.received", "document.read", "application.assessed"];
    assert_eq!(kinds, told);
    wait_until("both were taken", async || {
        metric(&it, "vouch_broker_uploads_total{code=\"taken\"}").await == 2
    })
    .await;
    assert!(!it.log().contains("张三"));
}
