//! Uploads, errors, scopes and limits, over readers that read nothing.

use std::{collections::BTreeSet, process::Command};

use reqwest::{Method, StatusCode, multipart};
use serde_json::{Value, json};

use super::process::Service;

const STUB: [&str; 2] = ["--stub-ms", "1"];

async fn problem(response: reqwest::Response, status: StatusCode) -> Value {
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["status"], status.as_u16());
    problem
}

#[tokio::test]
async fn uploads_are_kept_once_for_a_key_and_versioned_otherwise() {
    let it = Service::start(&STUB);
    let application = it.application(json!({})).await;
    let path = format!("/v1/applications/{application}/documents/diploma");
    let keyed = |bytes: &'static [u8]| {
        it.request(Method::POST, &path).header("Idempotency-Key", "k1").body(bytes).send()
    };
    let first = keyed(b"one").await.unwrap();
    assert_eq!(first.status(), StatusCode::ACCEPTED);
    let first: Value = first.json().await.unwrap();
    let digest = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
    assert_eq!((&first["sha256"], &first["version"]), (&json!(digest), &json!(1)));
    let again = keyed(b"one").await.unwrap();
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.json::<Value>().await.unwrap()["id"], first["id"]);
    let reused = problem(keyed(b"two").await.unwrap(), StatusCode::CONFLICT).await;
    assert_eq!(reused["code"], "idempotency.reused");

    let part = multipart::Part::bytes(b"three".to_vec()).file_name("x.jpg");
    let form = multipart::Form::new().text("note", "before the file").part("file", part);
    let second = it.request(Method::POST, &path).multipart(form).send().await.unwrap();
    assert_eq!(second.status(), StatusCode::ACCEPTED);
    let second: Value = second.json().await.unwrap();
    assert_eq!((&second["version"], &second["bytes"]), (&json!(2), &json!(5)));
    let form = multipart::Form::new().text("note", "no file");
    let none = it.request(Method::POST, &path).multipart(form).send().await.unwrap();
    assert_eq!(problem(none, StatusCode::BAD_REQUEST).await["code"], "form.malformed");

    let id = second["id"].as_str().unwrap();
    it.wait_for(&format!("/v1/documents/{id}"), |document| document["state"] == "read").await;
    let report = it.get(&format!("/v1/documents/{id}/report")).await;
    assert_eq!((&report["schema"], &report["file"]), (&json!("vouch.document/1"), &json!("x.jpg")));
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_leaves_nothing() {
    let it = Service::start(&["--stub-ms", "1", "--max-upload-mib", "1"]);
    let application = it.application(json!({})).await;
    for path in [format!("/v1/applications/{application}/documents/diploma"), "/v1/check".to_owned()] {
        let body = vec![0_u8; (1 << 20) + 1];
        let refused = it.request(Method::POST, &path).body(body).send().await.unwrap();
        assert_eq!(problem(refused, StatusCode::PAYLOAD_TOO_LARGE).await["code"], "upload.too_large");
    }
    let shown = it.get(&format!("/v1/applications/{application}")).await;
    assert_eq!(shown["documents"], json!([]));
    let blobs = it.data.path().join("data/blobs");
    let left = crate::files(&blobs);
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
}

/// Whether an operation needs no token.
fn is_open(operation: &str) -> bool {
    ["GET /healthz", "GET /readyz"].contains(&operation)
}

/// Every operation of the OpenAPI document, as `METHOD path`.
fn operations() -> Vec<String> {
    let document = serde_json::to_value(::vouch::server::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

/// Calls every operation of the OpenAPI document; path parameters are names of nothing.
async fn call_all(it: &Service, token: Option<&str>) -> Vec<(String, reqwest::Response)> {
    let mut answers = Vec::new();
    for operation in operations() {
        let (method, path) = operation.split_once(' ').unwrap();
        let concrete = path
            .replace("{slot}", "diploma")
            .replace("{application}", "app_none")
            .replace("{document}", "doc_none")
            .replace("{page}", "0")
            .replace("{plan}", "none")
            .replace("{token}", "tok_none");
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = it.anonymous(method, &concrete).json(&json!({}));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        answers.push((operation, request.send().await.unwrap()));
    }
    assert!(answers.len() >= 18, "{}", answers.len());
    answers
}

#[tokio::test]
async fn nothing_but_health_answers_without_a_token() {
    let it = Service::start(&STUB);
    let wrong = format!("{}0", it.token);
    for token in [None, Some("x"), Some(wrong.as_str()), Some("vch_a_b")] {
        for (name, response) in call_all(&it, token).await {
            if is_open(&name) {
                assert!(response.status() != StatusCode::UNAUTHORIZED, "{name}");
            } else {
                assert_eq!(response.headers().get("www-authenticate").unwrap(), "Bearer", "{name}");
                problem(response, StatusCode::UNAUTHORIZED).await;
            }
        }
    }
    assert!(!it.log().contains(&it.token));
}

#[tokio::test]
async fn a_token_does_what_its_scopes_allow_and_no_more() {
    let it = Service::start(&STUB);
    let allowed = |scope: &str| -> Vec<&str> {
        match scope {
            "portal" => vec![
                "POST /v1/applications",
                "GET /v1/applications/{application}",
                "POST /v1/applications/{application}/documents/{slot}",
                "POST /v1/applications/{application}/resubmission",
                "POST /v1/applications/{application}/link",
                "GET /v1/applications/{application}/declared",
                "PATCH /v1/applications/{application}/declared",
                "GET /v1/applications/{application}/report",
                "GET /v1/documents/{document}",
                "GET /v1/documents/{document}/report",
                "GET /v1/events",
                "GET /v1/plans",
                "GET /v1/plans/{plan}",
                "POST /v1/check",
            ],
            "reviewer" => vec![
                "GET /v1/applications",
                "GET /v1/applications/{application}",
                "GET /v1/applications/{application}/report",
                "POST /v1/applications/{application}/decision",
                "GET /v1/applications/{application}/declared",
                "GET /v1/documents/{document}",
                "GET /v1/documents/{document}/report",
                "GET /v1/documents/{document}/pages/{page}/picture",
                "GET /v1/documents/{document}/crop",
                "GET /v1/events",
                "GET /v1/plans",
                "GET /v1/plans/{plan}",
                "POST /v1/check",
            ],
            _ => vec![
                "GET /v1/tokens",
                "POST /v1/tokens",
                "DELETE /v1/tokens/{token}",
                "GET /metrics",
                "GET /v1/plans",
                "GET /v1/plans/{plan}",
            ],
        }
    };
    // Every route is somebody's, and the table has none that is not there.
    let all: BTreeSet<String> = operations().into_iter().filter(|name| !is_open(name)).collect();
    let table = ["portal", "reviewer", "operator"].into_iter().flat_map(allowed).map(ToOwned::to_owned);
    assert_eq!(table.collect::<BTreeSet<String>>(), all);
    for scope in ["portal", "reviewer", "operator"] {
        let made = it.post("/v1/tokens", json!({"name": scope, "scopes": [scope], "days": 1})).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let made: Value = made.json().await.unwrap();
        for (name, response) in call_all(&it, made["token"].as_str()).await {
            let forbidden = response.status() == StatusCode::FORBIDDEN;
            let open = is_open(&name);
            assert!(response.status().as_u16() < 500 || open, "{name}: {}", response.status());
            // A body that is not as described may be told of before the scope is looked at.
            let told_first = response.status() == StatusCode::UNPROCESSABLE_ENTITY;
            let may = open || allowed(scope).contains(&name.as_str());
            assert!(forbidden != may || told_first && !may, "{scope}: {name}: {}", response.status());
        }
        let revoked =
            it.request(Method::DELETE, &format!("/v1/tokens/{}", made["id"].as_str().unwrap())).send().await;
        assert_eq!(revoked.unwrap().status(), StatusCode::NO_CONTENT);
        let token = made["token"].as_str().unwrap();
        let late = it.anonymous(Method::GET, "/v1/plans").bearer_auth(token).send().await.unwrap();
        assert_eq!(late.status(), StatusCode::UNAUTHORIZED);
    }
    let tokens = it.get("/v1/tokens").await;
    assert!(!tokens.to_string().contains("digest") && !tokens.to_string().contains("vch_"));
}

#[tokio::test]
async fn bad_requests_are_told_as_problems() {
    let it = Service::start(&STUB);
    let application = it.application(json!({})).await;
    let get = async |path: &str| it.request(Method::GET, path).send().await.unwrap();
    for path in
        ["/v1/nothing", "/v1/applications/app_none", "/v1/applications/%00", "/v1/documents/..%2f..", "/"]
    {
        problem(get(path).await, StatusCode::NOT_FOUND).await;
    }
    for path in ["/v1/applications?limit=x", "/v1/applications?term=name", "/v1/applications?after=%00"] {
        problem(get(path).await, StatusCode::BAD_REQUEST).await;
    }
    let wrong = it.request(Method::PUT, "/v1/applications").send().await.unwrap();
    problem(wrong, StatusCode::METHOD_NOT_ALLOWED).await;
    let slot = it.upload(&application, "passport", b"x").await;
    problem(slot, StatusCode::NOT_FOUND).await;
    let key = it
        .request(Method::POST, &format!("/v1/applications/{application}/documents/diploma"))
        .header("Idempotency-Key", "k".repeat(201))
        .body("x");
    problem(key.send().await.unwrap(), StatusCode::BAD_REQUEST).await;
    for (path, body, status) in [
        ("/v1/applications", json!({"plan": "no such plan"}), StatusCode::UNPROCESSABLE_ENTITY),
        (
            "/v1/applications",
            json!({"plan": "dianzishangwushi-4", "submitted_on": "2026-02-30"}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("/v1/applications", json!({"plan": 3}), StatusCode::UNPROCESSABLE_ENTITY),
        ("/v1/tokens", json!({"name": "x", "scopes": []}), StatusCode::UNPROCESSABLE_ENTITY),
        ("/v1/tokens", json!({"name": "a\u{0}b", "scopes": ["portal"]}), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        problem(it.post(path, body).await, status).await;
    }
    let large = it.request(Method::POST, "/v1/applications").header("content-type", "application/json");
    let large = large.body(vec![b' '; 300 << 10]).send().await.unwrap();
    problem(large, StatusCode::PAYLOAD_TOO_LARGE).await;
    let decision = format!("/v1/applications/{application}/decision");
    let reasonless = it.post(&decision, json!({"decision": "reject"})).await;
    assert_eq!(problem(reasonless, StatusCode::UNPROCESSABLE_ENTITY).await["code"], "reasons.missing");
    let stale = it.post(&decision, json!({"decision": "approve", "revision": 99})).await;
    assert_eq!(problem(stale, StatusCode::CONFLICT).await["code"], "application.changed");
}

#[tokio::test]
async fn too_much_is_told_to_come_again() {
    let it = Service::start(&["--stub-ms", "600", "--readers", "1", "--max-backlog", "3"]);
    let application = it.application(json!({})).await;
    // Until the backlog was counted and is too deep; some seconds' worth of uploads.
    let mut refused = None;
    for _ in 0..200 {
        let response = it.upload(&application, "diploma", b"x").await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(response);
            break;
        }
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let refused = refused.expect("the queue is full");
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(problem(refused, StatusCode::TOO_MANY_REQUESTS).await["code"], "queue.full");

    let it = Service::start(&["--stub-ms", "1", "--requests-per-second", "1"]);
    // The burst is a thousand; after it, one a second.
    let mut limited = None;
    for _ in 0..1100 {
        let response = it.request(Method::GET, "/v1/plans/none").send().await.unwrap();
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            limited = Some(response);
            break;
        }
    }
    let limited = limited.expect("the rate is limited");
    assert_eq!(problem(limited, StatusCode::TOO_MANY_REQUESTS).await["code"], "rate.limited");
}

#[tokio::test]
async fn health_readiness_and_metrics() {
    let it = Service::start(&STUB);
    let health = it.anonymous(Method::GET, "/healthz").send().await.unwrap();
    assert_eq!(health.headers()["x-content-type-options"], "nosniff");
    assert_eq!(health.headers()["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    assert_eq!(health.text().await.unwrap(), "ok");
    let ready = it.wait_for("/readyz", |readiness| readiness["ready"] == true).await;
    // As a container's probe asks.
    let probe =
        |url: String| Command::new(env!("CARGO_BIN_EXE_vouch")).args(["health", &url]).output().unwrap();
    assert!(probe(format!("{}/readyz", it.url)).status.success());
    let nobody = probe(format!("{}/nothing", it.url));
    assert_eq!(nobody.status.code(), Some(1), "{}", String::from_utf8_lossy(&nobody.stderr));
    assert_eq!(ready["sandbox"], json!({"landlock": true, "seccomp": true}));
    let application = it.application(json!({"name": "欧阳娜娜", "id_number": "11010519491231002X"})).await;
    it.upload(&application, "diploma", b"x").await;
    let path = format!("/v1/applications/{application}");
    it.wait_for(&path, |application| application["assessed"] == true).await;
    let metrics = it.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for name in [
        "vouch_documents_total{code=\"pass\"} 1",
        "vouch_jobs_open 0",
        "vouch_jobs_stuck 0",
        "vouch_http_seconds_bucket",
    ] {
        assert!(metrics.contains(name), "{name} is not in\n{metrics}");
    }
    for text in [metrics, it.log()] {
        for secret in ["欧阳", "11010519491231002X", "张三", "%E5", &application] {
            assert!(!text.contains(secret), "{secret} is told");
        }
    }
}

#[tokio::test]
async fn what_was_declared_is_corrected_until_it_is_approved_and_assessed_anew() {
    let it = Service::start(&STUB);
    let application = it.application(json!({"name": "欧阳娜娜", "phone": "13800138000"})).await;
    let path = format!("/v1/applications/{application}");
    it.upload(&application, "diploma", b"one").await;
    let before = it.wait_for(&path, |shown| shown["assessed"] == true).await;
    let patch = async |body: Value| {
        it.request(Method::PATCH, &format!("{path}/declared")).json(&body).send().await.unwrap()
    };
    let changes =
        json!({"changes": {"name": "欧阳娜", "phone": null, "condition": 3}, "revision": before["revision"]});
    let corrected = patch(changes.clone()).await;
    assert_eq!(corrected.status(), StatusCode::OK);
    let corrected: Value = corrected.json().await.unwrap();
    assert_eq!(corrected["revision"], before["revision"].as_i64().unwrap() + 1);
    let stale = patch(changes).await;
    assert_eq!(problem(stale, StatusCode::CONFLICT).await["code"], "application.changed");
    // Nothing is another, so nothing is written.
    let same: Value = patch(json!({"changes": {"condition": 3}})).await.json().await.unwrap();
    assert_eq!(same["revision"], corrected["revision"]);

    let after = it.wait_for(&path, |shown| shown["assessed"] == true).await;
    assert_eq!(after["revision"], corrected["revision"]);
    let declared = it.get(&format!("{path}/declared")).await;
    assert_eq!(declared["declared"], json!({"name": "欧阳娜", "condition": 3}));
    assert_eq!(declared["earlier"].as_array().unwrap().len(), 1);
    let earlier = &declared["earlier"][0];
    assert_eq!(earlier["declared"], json!({"name": "欧阳娜娜", "phone": "13800138000"}));
    assert_eq!(earlier["until_revision"], corrected["revision"]);
    let found = it.get("/v1/applications?term=name&q=%E6%AC%A7%E9%98%B3%E5%A8%9C").await;
    assert_eq!(found["applications"][0]["id"], application.as_str());

    let events = it.events(6).await;
    let kinds: Vec<&str> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[4..], ["application.corrected", "application.assessed"]);
    assert_eq!(events[4]["payload"], json!({"revision": corrected["revision"], "fields": 3}));
    it.post(&format!("{path}/decision"), json!({"decision": "approve"})).await;
    let late = patch(json!({"changes": {"name": "欧阳"}})).await;
    assert_eq!(problem(late, StatusCode::CONFLICT).await["code"], "application.decided");
    assert!(!it.log().contains("欧阳"));
}

#[tokio::test]
async fn decisions_travel_as_events() {
    let it = Service::start(&STUB);
    let application = it.application(json!({"name": "欧阳娜娜"})).await;
    let path = format!("/v1/applications/{application}");
    let rejected = it
        .post(&format!("{path}/decision"), json!({"decision": "reject", "reasons": ["身份证照片模糊"]}))
        .await;
    assert_eq!(rejected.json::<Value>().await.unwrap()["status"], "rejected");
    let again = it.post(&format!("{path}/decision"), json!({"decision": "approve"})).await;
    assert_eq!(problem(again, StatusCode::CONFLICT).await["code"], "application.decided");
    it.upload(&application, "diploma", b"better").await;
    it.wait_for(&path, |application| application["assessed"] == true).await;
    let opened = it.post(&format!("{path}/resubmission"), json!({})).await;
    assert_eq!(opened.json::<Value>().await.unwrap()["status"], "reviewing");
    it.wait_for(&path, |application| application["assessed"] == true).await;
    let approved = it.post(&format!("{path}/decision"), json!({"decision": "approve"})).await;
    assert_eq!(approved.status(), StatusCode::OK);
    let closed = it.upload(&application, "diploma", b"late").await;
    assert_eq!(problem(closed, StatusCode::CONFLICT).await["code"], "application.decided");

    let events = it.events(8).await;
    let kinds: Vec<&str> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "application.created",
            "application.decided",
            "document.received",
            "document.read",
            "application.assessed",
            "application.resubmitted",
            "application.assessed",
            "application.decided"
        ]
    );
    assert!(!serde_json::to_string(&events).unwrap().contains("模糊"));
    let found = it.get("/v1/applications?term=name&q=%E6%AC%A7%E9%98%B3%E5%A8%9C%E5%A8%9C").await;
    assert_eq!(found["applications"][0]["id"], application.as_str());
    let shown = it.get(&path).await;
    assert_eq!(shown["decisions"][0]["reasons"], json!(["身份证照片模糊"]));
}
