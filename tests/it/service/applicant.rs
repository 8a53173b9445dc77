//! The applicant's page over HTTP, as a browser without scripts would use it.

use reqwest::{Client, Method, Response, StatusCode, multipart, redirect::Policy};
use serde_json::{Value, json};

use super::process::Service;
use crate::vouch::sample;

/// Readings of the sample application, and of a card on which something lies.
fn service() -> Service {
    let readings = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/readings.jsonl");
    Service::start(&["--stub-ms", "1", "--stub-readings", readings])
}

/// Somebody with a link.
struct Applicant {
    client: Client,
    home: String,
}

impl Applicant {
    async fn of(it: &Service, application: &str) -> Self {
        let made = it.post(&format!("/v1/applications/{application}/link"), json!({})).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let made: Value = made.json().await.unwrap();
        let home = format!("{}{}", it.url, made["url"].as_str().unwrap());
        Self { client: Client::builder().redirect(Policy::none()).build().unwrap(), home }
    }

    async fn page(&self) -> String {
        let response = self.client.get(&self.home).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        response.text().await.unwrap()
    }

    async fn choose(&self, condition: &str) -> Response {
        let body = format!("condition={condition}");
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        let request = self.client.post(format!("{}/condition", self.home)).header(form.0, form.1);
        request.body(body).send().await.unwrap()
    }

    async fn send(&self, slot: &str, bytes: Vec<u8>, headers: &[(&str, &str)]) -> Response {
        let part = multipart::Part::bytes(bytes).file_name("photo.jpg");
        let form = multipart::Form::new().part("file", part);
        let request = self.client.post(format!("{}/documents/{slot}", self.home)).multipart(form);
        let with =
            |request: reqwest::RequestBuilder, (name, value): &(&str, &str)| request.header(*name, *value);
        headers.iter().fold(request, with).send().await.unwrap()
    }
}

async fn documents(it: &Service, application: &str) -> Vec<Value> {
    it.get(&format!("/v1/applications/{application}")).await["documents"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_applicant_chooses_uploads_is_returned_and_sends_in_again() {
    let it = service();
    let application = it.application(json!({"name": "测试甲", "id_number": "11010519491231002X"})).await;
    let path = format!("/v1/applications/{application}");
    let applicant = Applicant::of(&it, &application).await;
    let page = applicant.page().await;
    assert!(page.contains("选择申报条件") && !page.contains("documents/diploma"), "nothing is asked for yet");
    assert!(!page.contains("测试甲") && !page.contains("11010519491231002X"));
    assert_eq!(applicant.choose("9").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(applicant.choose("2").await.status(), StatusCode::SEE_OTHER);
    let page = applicant.page().await;
    assert!(page.contains("documents/work_commitment") && !page.contains("documents/diploma\""));
    assert_eq!(it.get(&format!("{path}/declared")).await["declared"]["condition"], 2);

    // However often it arrives, it is added once.
    for _ in 0..2 {
        let kept = applicant.send("work_commitment", b"paper".to_vec(), &[("Idempotency-Key", "k")]).await;
        assert_eq!(kept.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(documents(&it, &application).await.len(), 1);
    assert!(applicant.page().await.contains("✓ 已收到"));
    it.wait_for(&path, |shown| shown["assessed"] == true).await;

    let reject = json!({"decision": "reject", "reasons": ["工作经历<未写全>"]});
    assert_eq!(it.post(&format!("{path}/decision"), reject).await.status(), StatusCode::OK);
    let page = applicant.page().await;
    assert!(page.contains("审核未通过") && page.contains("工作经历&#60;未写全&#62;"), "{page}");
    let again = applicant.client.post(format!("{}/resubmission", applicant.home)).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::SEE_OTHER);
    assert!(!applicant.page().await.contains("审核未通过"));
    it.wait_for(&path, |shown| shown["assessed"] == true && shown["status"] == "reviewing").await;

    it.post(&format!("{path}/decision"), json!({"decision": "approve"})).await;
    assert!(applicant.page().await.contains("审核已通过"));
    let late = applicant.send("work_commitment", b"more".to_vec(), &[]).await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    assert!(!it.log().contains(applicant.home.rsplit('/').next().unwrap()), "links are in no log");
}

#[tokio::test]
async fn a_photo_that_will_not_do_is_told_with_its_place_and_not_kept() {
    let it = service();
    let application = it.application(json!({"condition": 1})).await;
    let applicant = Applicant::of(&it, &application).await;
    let photo = std::fs::read(sample("small/00055_id_card_front_phone.jpg")).unwrap();
    let told = applicant.send("id_card_front", photo.clone(), &[]).await;
    assert_eq!(told.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told = told.text().await.unwrap();
    assert!(told.contains("有物品遮挡文字") && told.contains("data:image/jpeg;base64,"));
    assert!(told.contains("<polygon points=\"284,485 "), "{told}");
    assert_eq!(documents(&it, &application).await.len(), 0);
    let good = std::fs::read(sample("application/id_front.jpg")).unwrap();
    assert_eq!(applicant.send("id_card_front", good, &[]).await.status(), StatusCode::SEE_OTHER);

    let kept = applicant.send("id_card_front?anyway=true", photo, &[]).await;
    assert_eq!(kept.status(), StatusCode::SEE_OTHER);
    assert_eq!(documents(&it, &application).await.len(), 2);
    let path = format!("/v1/applications/{application}");
    it.wait_for(&path, |shown| shown["assessed"] == true).await;
    assert!(applicant.page().await.contains("有物品遮挡文字"));
}

#[tokio::test]
async fn nobody_gets_in_without_a_link_of_ours_or_from_another_site() {
    let it = service();
    let application = it.application(json!({})).await;
    let applicant = Applicant::of(&it, &application).await;
    let other = format!("{}/apply/{application}.99999999999999.{}", it.url, "0".repeat(32));
    let refused = applicant.client.get(other).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::GONE);
    assert!(refused.text().await.unwrap().contains("链接已失效"));
    let foreign = [("Sec-Fetch-Site", "cross-site")];
    let refused = applicant.send("diploma", b"x".to_vec(), &foreign).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let path = format!("/v1/applications/{application}/link");
    for (body, status) in [
        (json!({"minutes": 0}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"minutes": 1441}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"minutes": 1}), StatusCode::CREATED),
    ] {
        assert_eq!(it.post(&path, body).await.status(), status);
    }
    let english = applicant.client.get(format!("{}/language/en", applicant.home)).send().await.unwrap();
    assert!(english.headers()["set-cookie"].to_str().unwrap().contains("vouch_language=en; Path=/apply"));
    let page = applicant.client.get(&applicant.home).header("Cookie", "vouch_language=en").send().await;
    assert!(page.unwrap().text().await.unwrap().contains("Upload your papers"));
    for file in ["applicant.css", "applicant.js", "diploma.jpg", "chsi_report.jpg"] {
        let file = it.request(Method::GET, &format!("/applicant-files/{file}")).send().await.unwrap();
        assert_eq!(file.status(), StatusCode::OK);
    }
}
