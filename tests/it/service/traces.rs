//! Traces: what a collector is sent, and what it is never sent.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, routing::post};
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use super::process::Service;
use crate::broker::wait_until;

/// All that came, as it came. Names and values stand as they are in the binary form.
type Sent = Arc<Mutex<Vec<u8>>>;

async fn collector() -> (String, Sent) {
    let sent = Sent::default();
    let kept = Arc::clone(&sent);
    let take = post(async move |body: Bytes| kept.lock().unwrap().extend_from_slice(&body));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().route("/v1/traces", take);
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (url, sent)
}

fn holds(sent: &Sent, wanted: &[u8]) -> bool {
    memchr::memmem::find(&sent.lock().unwrap(), wanted).is_some()
}

#[tokio::test]
async fn a_collector_is_told_of_requests_and_jobs_and_of_nobody() {
    let (url, sent) = collector().await;
    let mut it = Service::start_traced(&url, &["--stub-ms", "1", "--readers", "1"]);
    let application = it.application(json!({"name": "李四光"})).await;
    let path = format!("/v1/applications/{application}/documents/diploma");
    let upload = it.request(Method::POST, &path).header("File-Name", "%E5%BC%A0%E4%B8%89.jpg");
    let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer = upload.header("traceparent", caller).body("a picture").send().await.unwrap();
    assert_eq!(answer.status(), reqwest::StatusCode::ACCEPTED);
    it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
    // A verdict can be seen before the span of its job ends, on a machine that has other things to do some time before.
    wait_until("it goes out by itself", async || holds(&sent, b"job read") && holds(&sent, b"job assess"))
        .await;
    assert!(it.terminate().success());
    let told = [
        "vouch",
        "POST /v1/applications/{application}/documents/{slot}",
        "wait for a reader",
        "job read",
        "job assess",
        &application,
    ];
    for text in told {
        assert!(holds(&sent, text.as_bytes()), "{text} is not in the traces");
    }
    let trace = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes();
    assert!(holds(&sent, &trace), "the caller's trace goes on");
    for secret in ["李四光", "张三", "%E5%BC%A0", it.token.as_str()] {
        assert!(!holds(&sent, secret.as_bytes()), "{secret} is in the traces");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_costs_nothing() {
    let mut it = Service::start_traced("http://127.0.0.1:9", &["--stub-ms", "1", "--readers", "1"]);
    let application = it.application(json!({})).await;
    it.upload(&application, "diploma", b"a picture").await;
    it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
    assert!(it.terminate().success());
}
