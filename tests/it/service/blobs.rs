//! A blob store that is away or full: uploads are refused and say why, what was kept stays, nothing is half-written.

use std::{io::Write, path::Path, time::Duration};

use bytes::Bytes;
use reqwest::{Body, Method, Response, StatusCode};
use serde_json::{Value, json};

use super::process::Service;
use crate::{files, s3};

/// Documents wait while the store is away, so that it is the worker that misses it.
const OPTIONS: [&str; 6] = ["--stub-ms", "400", "--readers", "1", "--lease-s", "3"];

async fn refused(response: Response, status: StatusCode, code: &str) {
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(response.json::<Value>().await.unwrap()["code"], code);
}

/// Waits until every document of an application is read; how many there are.
async fn all_read(it: &Service, application: &str) -> usize {
    let path = format!("/v1/applications/{application}");
    let shown = it.wait_for(&path, |shown| shown["assessed"] == true).await;
    let documents = shown["documents"].as_array().unwrap();
    assert!(documents.iter().all(|document| document["state"] == "read" && document["outcome"] == "pass"));
    documents.len()
}

#[tokio::test]
async fn a_service_outlives_its_bucket() {
    let Some(mut store) = s3::Server::start().await else { return };
    let options = store.options();
    let options: Vec<&str> = OPTIONS.into_iter().chain(options.iter().map(String::as_str)).collect();
    let mut it = Service::start(&options);
    let application = it.application(json!({})).await;
    it.wait_for("/readyz", |readiness| readiness["ready"] == true).await;
    for (slot, text) in [("diploma", b"one"), ("id_card_front", b"two"), ("id_card_back", b"six")] {
        assert_eq!(it.upload(&application, slot, text).await.status(), StatusCode::ACCEPTED);
    }

    // Away: what waits goes on waiting, what comes is refused.
    store.kill();
    let readiness = it.wait_for("/readyz", |readiness| readiness["ready"] == false).await;
    assert_eq!((&readiness["blobs"], &readiness["database"]), (&json!(false), &json!(true)));
    let away = it.upload(&application, "portrait_photo", b"three").await;
    refused(away, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    store.restart().await;
    it.wait_for("/readyz", |readiness| readiness["ready"] == true).await;
    assert_eq!(all_read(&it, &application).await, 3);
    assert_eq!(store.objects().len(), 3);

    // Killed while an upload comes in.
    let path = format!("/v1/applications/{application}/documents/diploma");
    // The first has more than one part, the second fits into what the service reads on without an answer.
    let (first, second) = (vec![7_u8; 6 << 20], vec![8_u8; 1 << 20]);
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(1);
    let body = futures_util::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|piece| (Ok::<_, std::io::Error>(piece), receiver))
    });
    let sending = it.request(Method::POST, &path).body(Body::wrap_stream(body)).send();
    let (answer, ()) = tokio::join!(sending, async {
        sender.send(first.clone().into()).await.unwrap();
        // The first part is on its way or there.
        tokio::time::sleep(Duration::from_millis(300)).await;
        store.kill();
        sender.send(second.clone().into()).await.unwrap();
        drop(sender);
    });
    refused(answer.unwrap(), StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    store.restart().await;
    let whole = [first, second].concat();
    assert_eq!(it.upload(&application, "diploma", &whole).await.status(), StatusCode::ACCEPTED);
    assert_eq!(all_read(&it, &application).await, 4);

    // Stopped: connections stay open, nothing is answered.
    store.stop();
    let stopped = it.upload(&application, "portrait_photo", b"three").await;
    refused(stopped, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    store.go_on();
    assert_eq!(it.upload(&application, "portrait_photo", b"three").await.status(), StatusCode::ACCEPTED);
    assert_eq!(all_read(&it, &application).await, 5);

    // Killed itself, it finds everything again.
    it.kill_and_restart(&options);
    let shown = it.get(&format!("/v1/applications/{application}")).await;
    assert_eq!(shown["documents"].as_array().unwrap().len(), 5);
    let metrics = it.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("vouch_jobs_open 0") && metrics.contains("vouch_jobs_dead 0"), "{metrics}");
    let log = it.log();
    assert!(!log.contains(s3::SECRET) && !log.contains("Authorization"), "{log}");
}

/// Writes until there is no room left.
fn fill(file: &Path) {
    let mut file = std::fs::File::create(file).unwrap();
    // Also what a smaller piece would still find room for.
    for size in [64 << 10, 4 << 10, 1] {
        let full = loop {
            if let Err(error) = file.write_all(&vec![1; size]) {
                break error;
            }
        };
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }
}

#[tokio::test]
async fn a_full_disk_refuses_uploads_and_keeps_what_there_is() {
    let Some(it) = Service::start_on_small_disk(24, &["--stub-ms", "1", "--readers", "1"]) else { return };
    let application = it.application(json!({})).await;
    assert_eq!(it.upload(&application, "diploma", &vec![1; 100_000]).await.status(), StatusCode::ACCEPTED);
    assert_eq!(all_read(&it, &application).await, 1);

    let (blobs, filler) = (it.data_folder().join("blobs"), it.data_folder().join("filler"));
    fill(&filler);
    // In one request, in parts, and a small one.
    for length in [1 << 20, 12 << 20, 10_000] {
        let full = it.upload(&application, "id_card_front", &vec![2; length]).await;
        refused(full, StatusCode::INSUFFICIENT_STORAGE, "storage.full").await;
        assert_eq!(files(&blobs).len(), 1, "{length}");
    }
    let shown = it.get(&format!("/v1/applications/{application}")).await;
    assert_eq!(shown["documents"].as_array().unwrap().len(), 1);
    // A look at a report that cannot be recorded is not given.
    let report = format!("/v1/documents/{}/report", shown["documents"][0]["id"].as_str().unwrap());
    let full = it.request(Method::GET, &report).send().await.unwrap();
    refused(full, StatusCode::INSUFFICIENT_STORAGE, "storage.full").await;

    std::fs::remove_file(filler).unwrap();
    assert_eq!(it.get(&report).await["outcome"], "pass");
    assert_eq!(
        it.upload(&application, "id_card_front", &vec![2; 1 << 20]).await.status(),
        StatusCode::ACCEPTED
    );
    assert_eq!(all_read(&it, &application).await, 2);
    assert_eq!(files(&blobs).len(), 2);
}
