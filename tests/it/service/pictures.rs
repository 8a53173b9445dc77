//! Pictures of pages, made by real readers.

use std::process::Command;

use image::DynamicImage;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{AnyPool, any::install_default_drivers};

use super::process::Service;
use crate::vouch::sample;

async fn picture(it: &Service, path: &str) -> DynamicImage {
    let response = it.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert!(response.headers()["cache-control"].to_str().unwrap().starts_with("private"));
    image::load_from_memory(&response.bytes().await.unwrap()).unwrap()
}

async fn refused(it: &Service, path: &str) -> (u16, String) {
    let response = it.request(Method::GET, path).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json::<Value>().await.unwrap()["code"].as_str().unwrap().to_owned())
}

async fn uploaded(it: &Service, application: &str, bytes: &[u8]) -> String {
    uploaded_to(it, application, "id_card_front", bytes).await
}

async fn uploaded_to(it: &Service, application: &str, slot: &str, bytes: &[u8]) -> String {
    let sent = it.upload(application, slot, bytes).await;
    let id = sent.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    it.wait_for(&format!("/v1/documents/{id}"), |document| document["state"] == "read").await;
    id
}

async fn open_tables(it: &Service) -> AnyPool {
    install_default_drivers();
    let file = it.data.path().join("data/vouch.db");
    AnyPool::connect(&format!("sqlite://{}", file.display())).await.unwrap()
}

#[tokio::test]
async fn pages_that_were_read_have_pictures_and_cuts_until_they_are_erased() {
    let it = Service::start(&["--readers", "1", "--document-timeout-s", "600"]);
    let application = it.application(json!({})).await;
    let bytes = std::fs::read(sample("small/00000_id_card_front_scan.jpg")).unwrap();
    let id = uploaded(&it, &application, &bytes).await;
    let report = it.get(&format!("/v1/documents/{id}/report")).await;
    let whole = picture(&it, &format!("/v1/documents/{id}/pages/0/picture")).await;
    let side = |name: &str| report["pages"][0][name].as_f64().unwrap();
    let proportions = |width: f64, height: f64| (width / height * 100.0).round();
    assert!(whole.width().max(whole.height()) <= 2000);
    assert_eq!(
        proportions(whole.width().into(), whole.height().into()),
        proportions(side("width"), side("height"))
    );
    let cut = picture(&it, &format!("/v1/documents/{id}/crop?field=id_number")).await;
    assert!(cut.width() > 3 * cut.height(), "a line of print: {}x{}", cut.width(), cut.height());
    let quad = report["fields"]["id_number"]["quad"].as_array().unwrap();
    let numbers: Vec<String> =
        quad.iter().flat_map(|p| p.as_array().unwrap()).map(ToString::to_string).collect();
    let place = format!("/v1/documents/{id}/crop?page=0&quad={}", numbers.join(","));
    assert_eq!(picture(&it, &place).await, cut);

    for (path, status, code) in [
        ("pages/7/picture", 404, "picture.none"),
        ("crop?field=none", 404, "not_found"),
        ("crop?page=0&quad=1,2", 400, "part.invalid"),
        ("crop", 400, "part.invalid"),
        ("crop?page=9&quad=0,0,9,0,9,9,0,9", 404, "not_found"),
    ] {
        assert_eq!(refused(&it, &format!("/v1/documents/{id}/{path}")).await, (status, code.to_owned()));
    }
    // What stands on a form beyond its print can be laid over its page.
    let form = std::fs::read(sample("application/education_commitment.jpg")).unwrap();
    let form = uploaded_to(&it, &application, "education_commitment", &form).await;
    let table = open_tables(&it).await;
    let layers: Vec<String> = sqlx::query_scalar("SELECT document_id || ' ' || kind FROM page_layers")
        .fetch_all(&table)
        .await
        .unwrap();
    assert!(layers.contains(&format!("{form} ink")), "{layers:?}");
    // What cannot be opened has a report and no picture.
    let broken = uploaded(&it, &application, b"no picture").await;
    let none = refused(&it, &format!("/v1/documents/{broken}/pages/0/picture")).await;
    assert_eq!(none, (404, "picture.none".to_owned()));

    let data = it.data.path().join("data");
    let vouch = |arguments: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_vouch")).args(arguments).env("VOUCH_DATA", &data).output();
        let out = out.unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let looks = vouch(&["audit", "export"]).matches("picture.viewed").count();
    assert_eq!(looks, 3);
    vouch(&["purge", "application", &application]);
    assert_eq!(refused(&it, &format!("/v1/documents/{id}/pages/0/picture")).await.0, 404);
    let tables = open_tables(&it).await;
    for table in ["blobs", "page_pictures", "page_layers"] {
        let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&tables)
            .await
            .unwrap();
        assert_eq!(left, 0, "{table}");
    }
}
