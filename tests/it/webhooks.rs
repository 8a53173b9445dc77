//! Webhooks over every store: what a receiver is told, in which order and how often, when it fails, is slow,
//! or the sender is stopped.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio_util::sync::CancellationToken;
use vouch::{
    domain::DocumentKind,
    queue::{
        Backoff,
        webhooks::{Carrier, Endpoint, Secrets, WebhookMeters},
    },
    store::{DeliveryChoice, DeliveryState, EventKind},
    worker::now,
};

use crate::{
    broker::wait_until,
    schema::{faults, schema},
    store::{Fixture, on_every_store},
};

const SECRET: &[u8; 32] = b"a secret of thirty-two bytes ...";

/// What a receiver does with a request.
#[derive(Clone, Copy)]
pub enum Answer {
    Status(u16),
    /// To another place of the same receiver.
    Redirect,
    /// None, ever.
    Silence,
}

/// A request that came.
#[derive(Clone)]
pub struct Request {
    pub path: String,
    pub id: String,
    pub body: Bytes,
    pub is_signed: bool,
    /// It was answered with 200.
    pub is_taken: bool,
}

impl Request {
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// An HTTP server that answers as it is told, then 200, and remembers what came.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    pub async fn start(answers: &[Answer]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hook", listener.local_addr().unwrap()),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            requests: Arc::default(),
        };
        let app = Router::new().fallback(any(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        receiver
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Numbers of the events that it took, in the order in which they came.
    pub fn taken(&self) -> Vec<i64> {
        let taken = self.requests().into_iter().filter(|request| request.is_taken);
        taken.map(|request| request.event()["seq"].as_i64().unwrap()).collect()
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = receiver.answers.lock().unwrap().pop_front().unwrap_or(Answer::Status(200));
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    // As a receiver would: its own computation, and a timestamp of now.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(&body);
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let age = now() / 1000 - timestamp.parse::<i64>().unwrap();
    receiver.requests.lock().unwrap().push(Request {
        path: uri.path().to_owned(),
        id,
        body,
        is_signed: header("webhook-signature") == signature && (0..300).contains(&age),
        is_taken: matches!(answer, Answer::Status(200)),
    });
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
        Answer::Silence => std::future::pending().await,
    }
}

/// The secret as the settings have it.
pub fn secret() -> String {
    format!("whsec_{}", STANDARD.encode(SECRET))
}

fn endpoint(receiver: &Receiver) -> Endpoint {
    Endpoint {
        name: "portal".to_owned(),
        url: receiver.url.parse().unwrap(),
        secrets: Secrets::parse(&secret()).unwrap(),
        kinds: EventKind::ALL.to_vec(),
        timeout: Duration::from_secs(10),
        tries: 10,
        backoff: Backoff { first: Duration::from_millis(20), longest: Duration::from_millis(100) },
        poll: Duration::from_millis(20),
    }
}

/// A carrier that works until it is dropped.
struct Carrying(CancellationToken, tokio::task::JoinHandle<()>);

impl Carrying {
    fn start(it: &Fixture, endpoint: Endpoint) -> Self {
        let stop = CancellationToken::new();
        let carrier = Carrier::new(it.store.clone(), endpoint, WebhookMeters::default(), now).unwrap();
        let running = tokio::spawn(carrier.run(stop.clone()));
        Self(stop, running)
    }

    /// Breaks it off wherever it is, as a killed process would be.
    fn kill(self) {
        self.1.abort();
    }
}

impl Drop for Carrying {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn in_state(it: &Fixture, state: DeliveryState) -> usize {
    it.store.deliveries(Some("portal"), state, 1000).await.unwrap().len()
}

/// The example of the specification and of its libraries.
#[test]
fn the_specifications_example_is_signed_as_it_says() {
    let secrets = Secrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let body = br#"{"test": 2432232314}"#;
    let signature = secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[tokio::test]
async fn an_event_is_signed_and_sent_until_it_is_taken() {
    on_every_store(async |it: Fixture| {
        let receiver = Receiver::start(&[Answer::Status(500), Answer::Status(500)]).await;
        it.store.add_webhook("portal").await.unwrap();
        let application = it.application().await;
        it.upload(&application, DocumentKind::Diploma, b"one", None).await.unwrap();
        let carrying = Carrying::start(&it, endpoint(&receiver));
        wait_until("both are taken", async || receiver.taken() == [1, 2]).await;
        wait_until("both are noted", async || in_state(&it, DeliveryState::Done).await == 2).await;
        drop(carrying);
        let requests = receiver.requests();
        assert_eq!(requests.len(), 4);
        assert!(requests.iter().all(|request| request.is_signed && request.path == "/hook"));
        // The same event in the same words under the same identifier.
        assert!(requests[..3].iter().all(|request| request.id == requests[0].id));
        assert!(requests[..3].iter().all(|request| request.body == requests[0].body));
        assert_ne!(requests[3].id, requests[0].id);
        for request in &requests {
            assert_eq!(faults(&schema("event"), &request.event()), [""; 0]);
            assert_eq!(request.id, format!("{}_portal", request.event()["id"].as_str().unwrap()));
        }
        let first = it.store.delivery(&requests[0].id).await.unwrap();
        assert_eq!((first.attempts, first.last_error), (2, None));
        let row = it.store.webhooks().await.unwrap().remove(0);
        assert_eq!(
            (row.name.as_str(), row.position, row.behind, row.queued, row.dead),
            ("portal", 2, 0, 0, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn events_come_in_their_order_however_often_one_fails() {
    on_every_store(async |it: Fixture| {
        let failures: Vec<Answer> =
            (0..30).map(|index| Answer::Status([200, 503, 200, 429, 400][index % 5])).collect();
        let receiver = Receiver::start(&failures).await;
        it.store.add_webhook("portal").await.unwrap();
        let _carrying = Carrying::start(&it, endpoint(&receiver));
        let application = it.application().await;
        for index in 0..11 {
            let bytes = format!("{index}");
            it.upload(&application, DocumentKind::Diploma, bytes.as_bytes(), None).await.unwrap();
        }
        wait_until("all are taken", async || receiver.taken().len() == 12).await;
        assert_eq!(receiver.taken(), (1..=12).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn who_does_not_answer_is_given_up_and_told_again_when_an_operator_says_so() {
    on_every_store(async |it: Fixture| {
        let receiver = Receiver::start(&[Answer::Silence, Answer::Silence]).await;
        it.store.add_webhook("portal").await.unwrap();
        let application = it.application().await;
        it.upload(&application, DocumentKind::Diploma, b"one", None).await.unwrap();
        let timeout = Duration::from_millis(300);
        let _carrying = Carrying::start(&it, Endpoint { timeout, tries: 2, ..endpoint(&receiver) });
        // What cannot be told does not hold the rest up for ever.
        wait_until("the second is taken", async || receiver.taken() == [2]).await;
        let dead = it.store.deliveries(None, DeliveryState::Dead, 10).await.unwrap();
        assert_eq!((dead.len(), dead[0].event_seq, dead[0].attempts), (1, 1, 2));
        assert_eq!(dead[0].last_error.as_deref(), Some("timeout"));
        assert_eq!(it.store.webhooks().await.unwrap()[0].dead, 1);

        let none = it.store.retry_deliveries(&DeliveryChoice::One("none".to_owned()), "ops", now()).await;
        assert!(none.is_err());
        let all = DeliveryChoice::AllOf("portal".to_owned());
        assert_eq!(it.store.retry_deliveries(&all, "ops", now()).await.unwrap(), 1);
        wait_until("the first is taken", async || receiver.taken() == [2, 1]).await;
        wait_until("it is noted", async || in_state(&it, DeliveryState::Done).await == 2).await;
        assert!(it.store.forget_deliveries(now() + 1).await.unwrap() == 2);
        assert!(it.store.verify_audit().await.unwrap().is_ok());
    })
    .await;
}

#[tokio::test]
async fn nothing_but_the_url_of_the_settings_is_called() {
    on_every_store(async |it: Fixture| {
        let receiver = Receiver::start(&[Answer::Redirect]).await;
        it.store.add_webhook("portal").await.unwrap();
        it.application().await;
        let _carrying = Carrying::start(&it, Endpoint { tries: 1, ..endpoint(&receiver) });
        wait_until("it is given up", async || in_state(&it, DeliveryState::Dead).await == 1).await;
        let dead = it.store.deliveries(None, DeliveryState::Dead, 10).await.unwrap();
        assert_eq!(dead[0].last_error.as_deref(), Some("status.302"));
        let paths: Vec<String> = receiver.requests().into_iter().map(|request| request.path).collect();
        assert_eq!(paths, ["/hook"]);
    })
    .await;
}

#[tokio::test]
async fn a_carrier_that_is_killed_loses_nothing_and_the_next_goes_on_in_order() {
    on_every_store(async |it: Fixture| {
        let receiver = Receiver::start(&[Answer::Status(200), Answer::Status(500), Answer::Silence]).await;
        it.store.add_webhook("portal").await.unwrap();
        let application = it.application().await;
        for index in 0..9 {
            let bytes = format!("{index}");
            it.upload(&application, DocumentKind::Diploma, bytes.as_bytes(), None).await.unwrap();
        }
        // A second of patience, so that the killed one's term ends soon.
        let endpoint = Endpoint { timeout: Duration::from_secs(1), ..endpoint(&receiver) };
        let first = Carrying::start(&it, endpoint.clone());
        // In the middle of the second event: sent twice, the last time without an answer yet.
        wait_until("it waits for an answer", async || receiver.requests().len() >= 3).await;
        first.kill();
        let _second = Carrying::start(&it, endpoint);
        wait_until("all are taken", async || receiver.taken().len() == 10).await;
        assert_eq!(receiver.taken(), (1..=10).collect::<Vec<_>>());
        assert_eq!(receiver.requests()[3].id, receiver.requests()[2].id);
    })
    .await;
}

#[tokio::test]
async fn of_two_carriers_one_sends() {
    on_every_store(async |it: Fixture| {
        let receiver = Receiver::start(&[]).await;
        it.store.add_webhook("portal").await.unwrap();
        let _carrying = [(); 2].map(|()| Carrying::start(&it, endpoint(&receiver)));
        let application = it.application().await;
        for index in 0..19 {
            let bytes = format!("{index}");
            it.upload(&application, DocumentKind::Diploma, bytes.as_bytes(), None).await.unwrap();
        }
        wait_until("all are noted", async || in_state(&it, DeliveryState::Done).await == 20).await;
        assert_eq!(receiver.taken(), (1..=20).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_is_told_the_kinds_that_it_wants_from_its_first_start_on() {
    on_every_store(async |it: Fixture| {
        let receiver = Receiver::start(&[]).await;
        let application = it.application().await;
        it.upload(&application, DocumentKind::Diploma, b"before", None).await.unwrap();
        it.store.add_webhook("portal").await.unwrap();
        it.upload(&application, DocumentKind::Diploma, b"after", None).await.unwrap();
        it.application().await;
        // Known already, it goes on where it is.
        it.store.add_webhook("portal").await.unwrap();
        let kinds = vec![EventKind::DocumentReceived];
        let carrying = Carrying::start(&it, Endpoint { kinds, ..endpoint(&receiver) });
        let passed = async || it.store.webhooks().await.unwrap()[0].position == 4;
        wait_until("all are passed", passed).await;
        wait_until("one is taken", async || receiver.taken() == [3]).await;
        drop(carrying);
        it.store.forget_webhook("portal", "ops", now()).await.unwrap();
        assert!(it.store.webhooks().await.unwrap().is_empty());
        assert!(it.store.forget_webhook("portal", "ops", now()).await.is_err());
        // The broker's relay is none of them.
        assert_eq!(it.store.relay_backlog(now()).await.unwrap().events, 4);
    })
    .await;
}
