//! The page of numbers and who may see it.

use super::*;

#[tokio::test]
async fn a_lead_sees_the_numbers_and_takes_the_decisions_along() {
    let it = Service::start(&["--stub-ms", "1"]);
    let application = it.application(json!({"name": "测试甲"})).await;
    it.upload(&application, "diploma", b"x").await;
    let path = format!("/v1/applications/{application}");
    it.wait_for(&path, |shown| shown["assessed"] == true).await;
    let reject = json!({"decision": "reject", "reasons": ["=照片不清晰, 请重拍"]});
    assert_eq!(it.post(&format!("{path}/decision"), reject).await.status(), StatusCode::OK);

    let mut browser = Browser::new(&it);
    let setup = invite(&it);
    browser.send(Method::POST, &setup, &[("password", PASSWORD)]).await;
    browser.log_in(PASSWORD).await;
    let page = browser.get("/console/numbers?days=7").await;
    // One was filed, one decided; the stub's reading passes, papers are missing, so the machine rejects as well.
    assert!(page.contains("<dd>1</dd></div><div><dt>已决定</dt><dd>1</dd>"), "{page}");
    assert!(page.contains("一致 100.0%") && page.matches("<svg class=\"plot\"").count() == 2);
    assert!(!page.contains("测试甲") && !page.contains("style="));
    let csv = browser.send(Method::GET, "/console/numbers/decisions.csv", &[]).await;
    assert!(csv.headers()["content-disposition"].to_str().unwrap().contains("decisions.csv"));
    let csv = csv.text().await.unwrap();
    let rows: Vec<&str> = csv.lines().collect();
    assert!(rows.len() == 2 && rows[1].starts_with(&application), "{csv}");
    assert!(
        rows[1].contains(",rejected,reject,tok_") && rows[1].ends_with(",\"'=照片不清晰, 请重拍\""),
        "{csv}"
    );
    let xlsx = browser.send(Method::GET, "/console/numbers/decisions.xlsx", &[]).await;
    assert!(xlsx.bytes().await.unwrap().starts_with(b"PK"));
    assert_eq!(vouch(&it, &["audit", "export"]).matches("decisions.exported").count(), 2);
}

#[tokio::test]
async fn numbers_are_for_leads_only() {
    let it = Service::start(&["--stub-ms", "1"]);
    let mut browser = Browser::new(&it);
    let setup = invite_as(&it, "reviewer");
    browser.send(Method::POST, &setup, &[("password", PASSWORD)]).await;
    browser.log_in(PASSWORD).await;
    for path in ["/console/numbers", "/console/numbers/decisions.csv", "/console/numbers/decisions.xlsx"] {
        let response = browser.send(Method::GET, path, &[]).await;
        assert_eq!(response.headers()["location"], "/console/queue", "{path}");
    }
    assert!(!browser.get("/console/queue").await.contains("/console/numbers"));
}
