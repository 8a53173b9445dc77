//! The service with a webhook in its configuration: what it takes in is told, however often it is killed, and
//! an operator sees what was not.

use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use super::process::Service;
use crate::{
    broker::wait_until,
    webhooks::{Answer, Receiver, secret},
};

const DOCUMENTS: usize = 30;

/// A configuration file with one endpoint.
fn configuration(receiver: &Receiver, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("portal.secret");
    std::fs::write(&secret_file, secret()).unwrap();
    let text = format!(
        "[[webhooks]]\nname = 'portal'\nurl = '{}?key=sesame'\nsecret_file = '{}'\n{more}\n",
        receiver.url,
        secret_file.display()
    );
    std::fs::write(folder.path().join("vouch.toml"), text).unwrap();
    folder
}

#[tokio::test]
async fn every_event_is_told_in_order_however_often_the_service_is_killed() {
    let failures: Vec<Answer> = (0..40).map(|index| Answer::Status([200, 200, 500][index % 3])).collect();
    let receiver = Receiver::start(&failures).await;
    let folder = configuration(&receiver, "timeout_s = 1");
    let file = folder.path().join("vouch.toml").display().to_string();
    let options = ["--stub-ms", "20", "--readers", "2", "--lease-s", "2", "--config", &file];
    let mut it = Service::start(&options);
    let application = it.application(json!({"name": "欧阳娜娜", "id_number": "11010519491231002X"})).await;
    for index in 0..DOCUMENTS {
        it.upload(&application, "diploma", format!("document {index}").as_bytes()).await;
        if index % 10 == 9 {
            it.kill_and_restart(&options);
        }
    }
    let path = format!("/v1/applications/{application}");
    it.wait_for(&path, |shown| shown["assessed"] == true).await;
    let metrics = async || it.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let waiting = "vouch_webhook_waiting{endpoint=\"portal\"} 0";
    wait_until("all are told", async || metrics().await.contains(waiting)).await;

    // At least once each, and none before the one before it.
    let mut taken = receiver.taken();
    taken.dedup();
    let newest = *taken.last().unwrap();
    assert_eq!(taken, (1..=newest).collect::<Vec<_>>());
    assert_eq!(it.events(taken.len()).await.last().unwrap()["seq"], newest);
    let requests = receiver.requests();
    assert!(requests.iter().all(|request| request.is_signed));
    let bodies: Vec<String> = requests.iter().map(|request| request.event().to_string()).collect();
    for text in [metrics().await, it.log(), bodies.concat()] {
        for secret in ["欧阳", "11010519491231002X", "张三", "sesame", &secret()] {
            assert!(!text.contains(secret), "{secret} is told");
        }
    }
}

#[tokio::test]
async fn an_operator_sees_what_was_given_up_and_sends_it_again() {
    let receiver = Receiver::start(&[Answer::Status(500)]).await;
    let folder = configuration(&receiver, "tries = 1\nevents = ['application.created']");
    let file = folder.path().join("vouch.toml").display().to_string();
    let it = Service::start(&["--stub-ms", "1", "--config", &file]);
    it.application(json!({})).await;
    let webhooks = |arguments: &[&str]| -> Vec<Value> {
        let data = it.data.path().join("data");
        let mut command = Command::new(env!("CARGO_BIN_EXE_vouch"));
        let output = command.args(["webhooks", "--data"]).arg(data).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::Deserializer::from_str(&text).into_iter().map(Result::unwrap).collect()
    };
    wait_until("it is given up", async || webhooks(&["list", "--json"]).len() == 1).await;
    let dead = webhooks(&["list", "--json"]).remove(0);
    assert_eq!((&dead["endpoint"], &dead["last_error"]), (&json!("portal"), &json!("status.500")));
    assert_eq!(webhooks(&["endpoints", "--json"])[0]["dead"], 1);
    let id = dead["id"].as_str().unwrap();
    assert_eq!(webhooks(&["retry", id]), [json!(1)]);
    wait_until("it is taken", async || receiver.taken() == [1]).await;
    wait_until("it is noted", async || webhooks(&["show", id])[0]["state"] == "done").await;
}
