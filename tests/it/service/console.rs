//! The reviewer's console over HTTP, as a browser without scripts would use it.

mod numbers;

use std::process::Command;

use reqwest::{Client, Method, Response, StatusCode, redirect::Policy};
use serde_json::{Value, json};

use super::process::Service;
use crate::vouch::sample;

const PASSWORD: &str = "correct horse battery";

/// A browser: keeps the session, follows nothing.
struct Browser<'a> {
    it: &'a Service,
    client: Client,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(it: &'a Service) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { it, client, cookie: String::new() }
    }

    async fn send(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Response {
        let body: Vec<String> = form
            .iter()
            .map(|(name, value)| {
                let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
                format!("{name}={value}")
            })
            .collect();
        self.client
            .request(method, format!("{}{path}", self.it.url))
            .header("Cookie", &self.cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body.join("&"))
            .send()
            .await
            .unwrap()
    }

    async fn get(&self, path: &str) -> String {
        let response = self.send(Method::GET, path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
        response.text().await.unwrap()
    }

    async fn log_in(&mut self, password: &str) -> StatusCode {
        self.log_in_as("lin", password).await
    }

    async fn log_in_as(&mut self, name: &str, password: &str) -> StatusCode {
        let form = [("name", name), ("password", password)];
        let response = self.send(Method::POST, "/console/login", &form).await;
        if let Some(cookie) = response.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
            cookie.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        response.status()
    }
}

fn vouch(it: &Service, arguments: &[&str]) -> String {
    let data = it.data.path().join("data");
    let out = Command::new(env!("CARGO_BIN_EXE_vouch")).args(arguments).env("VOUCH_DATA", data).output();
    let out = out.unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// The path of an invitation of `lin`.
fn invite(it: &Service) -> String {
    invite_as(it, "lead")
}

fn invite_as(it: &Service, role: &str) -> String {
    vouch(it, &["accounts", "add", "lin", "--role", role]).trim().to_owned()
}

/// A person who was invited, set a password and logged in.
async fn entered<'a>(it: &'a Service, name: &str, role: &str) -> Browser<'a> {
    let mut browser = Browser::new(it);
    let setup = vouch(it, &["accounts", "add", name, "--role", role]);
    browser.send(Method::POST, setup.trim(), &[("password", PASSWORD)]).await;
    assert_eq!(browser.log_in_as(name, PASSWORD).await, StatusCode::SEE_OTHER);
    browser
}

fn csrf_of(page: &str) -> &str {
    page.split_once("name=\"csrf\" value=\"").unwrap().1.split_once('"').unwrap().0
}

fn revision_of(page: &str) -> &str {
    page.split_once("name=\"revision\" value=\"").unwrap().1.split_once('"').unwrap().0
}

#[tokio::test]
async fn a_reviewer_is_let_in_returns_an_application_and_all_of_it_is_audited() {
    let it = Service::start(&["--stub-ms", "1"]);
    let declared = json!({"name": "测试甲", "id_number": "11010519491231002X", "condition": 1});
    let application = it.application(declared).await;
    let sent = it.upload(&application, "diploma", b"x").await;
    assert_eq!(sent.status(), StatusCode::ACCEPTED);
    let path = format!("/v1/applications/{application}");
    it.wait_for(&path, |shown| shown["assessed"] == true).await;

    let mut browser = Browser::new(&it);
    let page = format!("/console/applications/{application}");
    for closed in [
        "/console/queue",
        page.as_str(),
        "/console/next",
        "/console/events",
        "/console/documents/doc_x/crop?field=a",
    ] {
        let response = browser.send(Method::GET, closed, &[]).await;
        assert_eq!(response.headers()["location"], "/console/login", "{closed}");
    }
    let setup = invite(&it);
    let set = |password| browser.send(Method::POST, &setup, password);
    assert_eq!(set(&[("password", "short")]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(set(&[("password", PASSWORD)]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        set(&[("password", "another password")]).await.status(),
        StatusCode::NOT_FOUND,
        "it opens once"
    );
    assert_eq!(browser.log_in(PASSWORD).await, StatusCode::SEE_OTHER);

    let queue = browser.get("/console/queue").await;
    assert!(queue.contains("测**") && queue.contains("待审列表"));
    assert!(!queue.contains("测试甲") && !queue.contains("11010519491231002X"));
    browser.cookie.push_str("; vouch_language=en");
    assert!(browser.get("/console/queue").await.contains("Queue"));
    let shown = browser.get(&page).await;
    assert!(shown.contains("Findings") && !shown.contains("11010519491231002X"));

    let decision = format!("{page}/decision");
    let revision = revision_of(&shown).to_owned();
    let form =
        |csrf: &'static str| [("csrf", csrf), ("decision", "reject"), ("revision", "1"), ("reasons", "x")];
    let forged = browser.send(Method::POST, &decision, &form("0")).await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    let csrf = csrf_of(&shown);
    let with = |revision, reasons| {
        [("csrf", csrf), ("decision", "reject"), ("revision", revision), ("reasons", reasons)]
    };
    let stale = browser.send(Method::POST, &decision, &with("1", "原因")).await;
    assert_eq!(stale.headers()["location"], format!("{page}?note=changed"), "it changed since revision 1");
    assert!(browser.get(&format!("{page}?note=changed")).await.contains("nothing was decided"));
    let reasonless = browser.send(Method::POST, &decision, &with(&revision, " \n")).await;
    assert_eq!(reasonless.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let done = browser.send(Method::POST, &decision, &with(&revision, "照片不清晰\n请重新上传")).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let now = it.get(&path).await;
    assert_eq!(
        (&now["status"], &now["decisions"][0]["reasons"][1]),
        (&json!("rejected"), &json!("请重新上传"))
    );
    assert!(now["decisions"][0]["decided_by"].as_str().unwrap().starts_with("acc_"));

    // Resubmitted, it is in the queue again, with its history.
    it.upload(&application, "diploma", b"y").await;
    let again = it.post(&format!("{path}/resubmission"), json!({})).await;
    assert_eq!(again.status(), StatusCode::OK);
    it.wait_for(&path, |shown| shown["assessed"] == true && shown["status"] == "reviewing").await;
    assert!(browser.get(&page).await.contains("照片不清晰"));

    // What a page asks for by itself is no new look.
    let looks = || vouch(&it, &["audit", "export"]).matches(".viewed").count();
    let before = looks();
    let live = browser.client.get(format!("{}{page}", it.url)).header("Cookie", &browser.cookie);
    assert_eq!(live.header("Vouch-Live", "1").send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(looks(), before);
    let events = browser.send(Method::GET, "/console/events?after=0", &[]).await;
    assert_eq!(events.headers()["content-type"], "text/event-stream");

    let reveal = browser.send(Method::POST, &format!("{page}/reveal"), &[("csrf", csrf)]).await;
    assert!(reveal.json::<Value>().await.unwrap().is_array());
    let out = browser.send(Method::POST, "/console/logout", &[("csrf", csrf)]).await;
    assert_eq!(out.headers()["clear-site-data"], "\"cache\"");
    let after = browser.send(Method::GET, "/console/queue", &[]).await;
    assert_eq!(after.headers()["location"], "/console/login");

    let audit = vouch(&it, &["audit", "export"]);
    for action in [
        "account.invited",
        "account.password_set",
        "account.logged_in",
        "queue.viewed",
        "application.viewed",
        "application.decided",
        "application.revealed",
    ] {
        assert!(audit.contains(action), "{action}");
    }
    assert!(!audit.contains("测试甲") && !it.log().contains("测试甲"));
    vouch(&it, &["audit", "verify"]);
}

#[tokio::test]
async fn guessing_locks_an_account_until_it_is_invited_again() {
    let it = Service::start(&["--stub-ms", "1"]);
    let mut browser = Browser::new(&it);
    let setup = invite(&it);
    browser.send(Method::POST, &setup, &[("password", PASSWORD)]).await;
    for _ in 0..5 {
        assert_eq!(browser.log_in("wrong wrong wrong").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(browser.log_in(PASSWORD).await, StatusCode::UNAUTHORIZED);
    // Nothing tells that the account is there.
    let refusal = async |name| {
        let form = [("name", name), ("password", PASSWORD)];
        let response = browser.send(Method::POST, "/console/login", &form).await;
        (response.status(), response.text().await.unwrap())
    };
    assert_eq!(refusal("lin").await, refusal("nobody").await);
    let setup = invite(&it);
    browser.send(Method::POST, &setup, &[("password", PASSWORD)]).await;
    assert_eq!(browser.log_in(PASSWORD).await, StatusCode::SEE_OTHER);
    let foreign = browser
        .client
        .post(format!("{}/console/login", it.url))
        .header("Sec-Fetch-Site", "cross-site")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("name=lin&password=x")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_a_browser_fetches_in_advance_is_no_look() {
    let it = with_readings();
    let application = it.application(json!({})).await;
    let bytes = std::fs::read(sample("application/id_front.jpg")).unwrap();
    let sent: Value = it.upload(&application, "id_card_front", &bytes).await.json().await.unwrap();
    it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
    let mut browser = Browser::new(&it);
    browser.send(Method::POST, &invite(&it), &[("password", PASSWORD)]).await;
    browser.log_in(PASSWORD).await;
    let picture = format!("/console/documents/{}/pages/0/picture", sent["id"].as_str().unwrap());
    let audited = |action| vouch(&it, &["audit", "export"]).matches(action).count();
    let request = browser.client.get(format!("{}{picture}", it.url)).header("Cookie", &browser.cookie);
    let advance = request.header("Sec-Purpose", "prefetch").send().await.unwrap();
    assert_eq!(advance.headers()["content-type"], "image/jpeg");
    assert_eq!((audited("picture.prefetched"), audited("picture.viewed")), (1, 0));
    let request = browser.client.get(format!("{}{picture}", it.url)).header("Cookie", &browser.cookie);
    let advance = request.header("Vouch-Advance", "1").send().await.unwrap();
    assert_eq!((audited("picture.prefetched"), audited("picture.viewed")), (2, 0));
    // Whoever has it asks again before it is shown: a look that sends nothing.
    assert_eq!(advance.headers()["cache-control"], "private, no-cache");
    let shown = browser.client.get(format!("{}{picture}", it.url)).header("Cookie", &browser.cookie);
    let shown = shown.header("If-None-Match", &advance.headers()["etag"]).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::NOT_MODIFIED);
    assert_eq!((audited("picture.prefetched"), audited("picture.viewed")), (2, 1));
    assert_eq!(browser.send(Method::GET, &picture, &[]).await.status(), StatusCode::OK);
    assert_eq!((audited("picture.prefetched"), audited("picture.viewed")), (2, 2));
    // Erased, it is not even shown to whoever has it.
    vouch(&it, &["purge", "application", &application]);
    let gone = browser.client.get(format!("{}{picture}", it.url)).header("Cookie", &browser.cookie);
    let gone = gone.header("If-None-Match", &advance.headers()["etag"]).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_report_that_a_token_takes_is_a_look() {
    let it = Service::start(&["--stub-ms", "1"]);
    let application = it.application(json!({})).await;
    let sent: Value = it.upload(&application, "diploma", b"x").await.json().await.unwrap();
    let document = sent["id"].as_str().unwrap();
    it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
    let looks = || -> Vec<Value> {
        let audit = vouch(&it, &["audit", "export"]);
        let entries = audit.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        entries.filter(|entry| entry["action"] == "report.viewed").collect()
    };
    assert_eq!(looks(), Vec::<Value>::new());
    it.get(&format!("/v1/documents/{document}/report")).await;
    it.get(&format!("/v1/applications/{application}/report")).await;
    let none = it.request(Method::GET, "/v1/documents/doc_none/report").send().await.unwrap();
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
    let looks = looks();
    let subjects: Vec<&str> = looks.iter().map(|entry| entry["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, [document, application.as_str()]);
    assert!(looks.iter().all(|entry| entry["actor"].as_str().unwrap().starts_with("tok_")));
}

#[tokio::test]
async fn versions_of_a_paper_stand_side_by_side_with_what_changed() {
    let it = with_readings();
    let application = it.application(json!({})).await;
    let mut ids = Vec::new();
    let mut names = Vec::new();
    for file in ["small/00055_id_card_front_phone.jpg", "application/id_front.jpg"] {
        let bytes = std::fs::read(sample(file)).unwrap();
        let sent: Value = it.upload(&application, "id_card_front", &bytes).await.json().await.unwrap();
        it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
        let id = sent["id"].as_str().unwrap().to_owned();
        let report = it.get(&format!("/v1/documents/{id}/report")).await;
        names.push(report["fields"]["name"]["value"].as_str().unwrap().to_owned());
        ids.push(id);
    }
    let browser = entered(&it, "lin", "reviewer").await;
    let page = format!("/console/applications/{application}");
    let versions = format!("{page}/versions/id_card_front");
    assert!(
        browser
            .get(&page)
            .await
            .contains(&format!("class=\"versions\" data-slot=\"id_card_front\" href=\"{versions}\""))
    );
    let shown = browser.get(&versions).await;
    let (old, new) = (&names[0], &names[1]);
    assert!(shown.contains(&format!("<del>{old}</del></td><td><ins>{new}</ins>")), "{shown}");
    assert!(shown.contains("<th scope=\"row\">性别</th><td>—</td><td><ins>"), "{shown}");
    let gone = shown.split_once("class=\"gone\"").unwrap().1;
    assert!(gone.contains("field.missing") && !shown.contains("class=\"came\""));
    assert!(ids.iter().all(|id| shown.contains(&format!("/console/documents/{id}/pages/0/picture"))));
    let report = it.get(&format!("/v1/documents/{}/report", ids[1])).await;
    assert!(!shown.contains(report["fields"]["id_number"]["value"].as_str().unwrap()), "numbers are masked");

    let back = browser.get(&format!("{versions}?from=2&to=1")).await;
    assert!(back.contains(&format!("<del>{new}</del></td><td><ins>{old}</ins>")));
    assert!(back.contains("class=\"came\"") && !back.contains("class=\"gone\""));
    let same = browser.get(&format!("{versions}?from=2&to=2")).await;
    assert!(same.contains("没有变化") && !same.contains("<ins>"));
    for none in
        [format!("{versions}?to=9"), format!("{page}/versions/diploma"), format!("{page}/versions/passport")]
    {
        assert_eq!(browser.send(Method::GET, &none, &[]).await.status(), StatusCode::NOT_FOUND, "{none}");
    }
    assert_eq!(vouch(&it, &["audit", "export"]).matches("versions.compared").count(), 3);
}

#[tokio::test]
async fn what_can_be_laid_over_a_page_is_given_out_as_a_look() {
    let it = with_readings();
    let application = it.application(json!({})).await;
    let mut ids = Vec::new();
    for (slot, file) in [("education_commitment", "education_commitment.jpg"), ("diploma", "diploma.jpg")] {
        let bytes = std::fs::read(sample(&format!("application/{file}"))).unwrap();
        let sent: Value = it.upload(&application, slot, &bytes).await.json().await.unwrap();
        ids.push(sent["id"].as_str().unwrap().to_owned());
    }
    it.wait_for(&format!("/v1/applications/{application}"), |shown| shown["assessed"] == true).await;
    let browser = entered(&it, "lin", "reviewer").await;
    let page = browser.get(&format!("/console/applications/{application}")).await;
    let path = |document: &str, layer: &str| format!("/console/documents/{document}/pages/0/layers/{layer}");
    let layer = path(&ids[0], "ink");
    assert_eq!(page.matches("class=\"layer\" hidden data-layer=\"ink\"").count(), 1);
    assert!(page.contains(&format!("data-href=\"{layer}\"")));
    let answer = browser.send(Method::GET, &layer, &[]).await;
    assert_eq!(answer.headers()["content-type"], "image/png");
    let size = async |answer: Response| {
        let picture = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
        (picture.width(), picture.height())
    };
    let picture =
        browser.send(Method::GET, &format!("/console/documents/{}/pages/0/picture", ids[0]), &[]).await;
    assert_eq!(size(answer).await, size(picture).await);
    for none in [path(&ids[0], "edits"), path(&ids[0], "none"), path(&ids[1], "ink")] {
        assert_eq!(browser.send(Method::GET, &none, &[]).await.status(), StatusCode::NOT_FOUND, "{none}");
    }
    assert_eq!(vouch(&it, &["audit", "export"]).matches("\\\"layer\\\":\\\"ink\\\"").count(), 1);
}

#[tokio::test]
async fn an_operator_sees_to_accounts_and_nobody_to_their_own() {
    let it = Service::start(&["--stub-ms", "1"]);
    let lin = entered(&it, "lin", "operator").await;
    let page = lin.get("/console/accounts").await;
    let csrf = csrf_of(&page).to_owned();
    let post = async |browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]| {
        let form: Vec<(&str, &str)> =
            [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        browser.send(Method::POST, path, &form).await
    };
    let add = async |name| post(&lin, "/console/accounts", &[("name", name), ("role", "reviewer")]).await;
    assert_eq!(add(" ").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let made = add("mei").await;
    assert_eq!(
        (made.status(), &made.headers()["cache-control"]),
        (StatusCode::OK, &"no-store".parse().unwrap())
    );
    let made = made.text().await.unwrap();
    let setup = &made[made.find("/console/setup/").unwrap()..];
    let setup = setup.split_once('"').unwrap().0;
    assert!(!lin.get("/console/accounts").await.contains("/console/setup/"), "it is shown once");
    assert_eq!(add("mei").await.status(), StatusCode::CONFLICT);
    let forged =
        lin.send(Method::POST, "/console/accounts", &[("csrf", "0"), ("name", "x"), ("role", "lead")]).await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);

    let mut mei = Browser::new(&it);
    mei.send(Method::POST, setup, &[("password", PASSWORD)]).await;
    assert_eq!(mei.log_in_as("mei", PASSWORD).await, StatusCode::SEE_OTHER);
    let outside = mei.send(Method::GET, "/console/accounts", &[]).await;
    assert_eq!(outside.headers()["location"], "/console/queue");

    let id = |name: &str| {
        let list = vouch(&it, &["accounts", "list"]);
        let line = list.lines().find(|line| line.contains(&format!(" {name} "))).unwrap().to_owned();
        line.split_whitespace().find(|word| word.starts_with("acc_")).unwrap().to_owned()
    };
    let act = async |browser: &Browser<'_>, of: &str, act: &str, role: &str| {
        let path = format!("/console/accounts/{}/{act}", id(of));
        post(browser, &path, &[("role", role)]).await.status()
    };
    assert_eq!(act(&lin, "lin", "end", "lead").await, StatusCode::CONFLICT, "nobody ends themselves");
    assert_eq!(act(&lin, "lin", "role", "lead").await, StatusCode::CONFLICT, "nor changes their role");
    assert_eq!(act(&lin, "mei", "none", "lead").await, StatusCode::NOT_FOUND);

    // Wrong passwords lock an account; its lock-out is ended.
    for _ in 0..5 {
        Browser::new(&it).log_in_as("mei", "wrong wrong wrong").await;
    }
    assert_eq!(Browser::new(&it).log_in_as("mei", PASSWORD).await, StatusCode::UNAUTHORIZED);
    assert!(lin.get("/console/accounts").await.contains("已锁定"));
    assert_eq!(act(&lin, "mei", "unlock", "lead").await, StatusCode::SEE_OTHER);
    assert_eq!(mei.log_in_as("mei", PASSWORD).await, StatusCode::SEE_OTHER);

    // An ended account is out at once, and in again only by another invitation.
    assert_eq!(act(&lin, "mei", "end", "lead").await, StatusCode::SEE_OTHER);
    assert_eq!(mei.send(Method::GET, "/console/queue", &[]).await.headers()["location"], "/console/login");
    assert_eq!(mei.log_in_as("mei", PASSWORD).await, StatusCode::UNAUTHORIZED);
    assert!(vouch(&it, &["accounts", "list"]).contains("ended"));
    let reopened =
        post(&lin, &format!("/console/accounts/{}/invite", id("mei")), &[]).await.text().await.unwrap();
    let setup = &reopened[reopened.find("/console/setup/").unwrap()..];
    mei.send(Method::POST, setup.split_once('"').unwrap().0, &[("password", PASSWORD)]).await;
    assert_eq!(act(&lin, "mei", "role", "operator").await, StatusCode::SEE_OTHER);
    assert_eq!(mei.log_in_as("mei", PASSWORD).await, StatusCode::SEE_OTHER);

    // The other operator ends the first one; then one is left, whom not even the command line ends.
    let csrf_of_mei = csrf_of(&mei.get("/console/accounts").await).to_owned();
    let path = format!("/console/accounts/{}/end", id("lin"));
    assert_eq!(
        mei.send(Method::POST, &path, &[("csrf", &csrf_of_mei)]).await.status(),
        StatusCode::SEE_OTHER
    );
    let data = it.data.path().join("data");
    for refused in [&["accounts", "end", "mei"][..], &["accounts", "role", "mei", "lead"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vouch"));
        let out = command.args(refused).env("VOUCH_DATA", &data).output().unwrap();
        assert!(!out.status.success());
        assert!(String::from_utf8_lossy(&out.stderr).contains("the last operator"), "{out:?}");
    }
    let audit = vouch(&it, &["audit", "export"]);
    for (action, count) in
        [("account.invited", 3), ("account.role_changed", 1), ("account.unlocked", 1), ("account.ended", 2)]
    {
        assert_eq!(audit.matches(action).count(), count, "{action}");
    }
    vouch(&it, &["audit", "verify"]);
}

/// A service whose readers answer what was read before.
fn with_readings() -> Service {
    let readings = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/readings.jsonl");
    Service::start(&["--stub-ms", "1", "--stub-readings", readings])
}

fn unread_of(page: &str) -> &str {
    page.split_once("id=\"unread\"").unwrap().1.split_once("</details>").unwrap().0
}

#[tokio::test]
async fn a_value_that_was_not_read_is_filled_in_and_judged_but_no_observation() {
    let it = with_readings();
    let application = it.application(json!({"sex": "女"})).await;
    let bytes = std::fs::read(sample("small/00055_id_card_front_phone.jpg")).unwrap();
    let sent: Value = it.upload(&application, "id_card_front", &bytes).await.json().await.unwrap();
    let document = sent["id"].as_str().unwrap();
    let path = format!("/v1/applications/{application}");
    it.wait_for(&path, |shown| shown["assessed"] == true).await;
    let mut browser = Browser::new(&it);
    browser.send(Method::POST, &invite(&it), &[("password", PASSWORD)]).await;
    browser.log_in(PASSWORD).await;
    let page = format!("/console/applications/{application}");
    let shown = browser.get(&page).await;
    let unread = unread_of(&shown);
    assert!(unread.contains("data-field=\"sex\"") && !unread.contains("data-field=\"name\""), "{unread}");
    assert!(shown.contains("field.missing"));

    let corrections = format!("{page}/corrections");
    let (csrf, revision) = (csrf_of(&shown).to_owned(), revision_of(&shown).to_owned());
    let sent = async |field, value: Option<&str>| {
        let fixed =
            [("csrf", csrf.as_str()), ("revision", &revision), ("document", document), ("field", field)];
        let form: Vec<(&str, &str)> = fixed.into_iter().chain(value.map(|value| ("value", value))).collect();
        browser.send(Method::POST, &corrections, &form).await.status()
    };
    assert_eq!(sent("sex", None).await, StatusCode::NOT_FOUND, "nothing was read that could be borne out");
    assert_eq!(sent("phone", Some("1")).await, StatusCode::NOT_FOUND, "cards have no phone");
    assert_eq!(sent("sex", Some("女")).await, StatusCode::SEE_OTHER);
    it.wait_for(&path, |shown| shown["assessed"] == true).await;
    let report = it.get(&format!("{path}/report")).await;
    assert_eq!(report["documents"][0]["fields"]["sex"]["value"], "女");
    assert_eq!(report["documents"][0]["fields"]["sex"]["readers"], json!(["person"]));
    let codes = report["findings"].as_array().unwrap().iter();
    let codes: Vec<&str> = codes.filter_map(|finding| finding["code"].as_str()).collect();
    assert!(!codes.contains(&"field.missing"), "{codes:?}");
    let shown = browser.get(&page).await;
    assert!(shown.contains("补录: 性别"));
    assert!(!unread_of(&shown).contains("data-unread"), "nothing is left to fill in");
    assert_eq!(vouch(&it, &["corrections", "export"]), "");
    assert_eq!(vouch(&it, &["audit", "export"]).matches("field.corrected").count(), 1);
}

#[tokio::test]
async fn no_application_is_shown_to_an_operator_and_no_job_to_a_reviewer() {
    let it = Service::start(&["--stub-ms", "1"]);
    let application = it.application(json!({"name": "测试甲"})).await;
    let mut browser = Browser::new(&it);
    browser.send(Method::POST, &invite_as(&it, "operator"), &[("password", PASSWORD)]).await;
    browser.log_in(PASSWORD).await;
    let page = format!("/console/applications/{application}");
    for (method, path) in [
        (Method::GET, "/console/queue".to_owned()),
        (Method::GET, "/console/next".to_owned()),
        (Method::GET, "/console/events".to_owned()),
        (Method::GET, page.clone()),
        (Method::POST, format!("{page}/decision")),
        (Method::POST, format!("{page}/reveal")),
        (Method::POST, format!("{page}/corrections")),
        (Method::POST, format!("{page}/hold")),
        (Method::POST, format!("{page}/release")),
        (Method::GET, "/console/documents/doc_x/pages/0/picture".to_owned()),
        (Method::GET, "/console/documents/doc_x/crop?field=name".to_owned()),
    ] {
        let response = browser.send(method, &path, &[]).await;
        assert_eq!(response.headers()["location"], "/console/operations", "{path}");
    }
    let operations = browser.get("/console/operations").await;
    assert!(operations.contains("lin") && !operations.contains("测试甲"));
    let csrf = csrf_of(&operations).to_owned();
    let retry = browser.send(Method::POST, "/console/operations/job_none/retry", &[("csrf", &csrf)]).await;
    assert_eq!(retry.status(), StatusCode::NOT_FOUND);
    // The role is looked at with every request. Another operator has to be there before it changes.
    entered(&it, "mei", "operator").await;
    invite_as(&it, "reviewer");
    for path in ["/console/operations", "/console/operations/job_none/drop"] {
        let method = if path.ends_with("drop") { Method::POST } else { Method::GET };
        let response = browser.send(method, path, &[("csrf", &csrf)]).await;
        assert_eq!(response.headers()["location"], "/console/queue", "{path}");
    }
}
