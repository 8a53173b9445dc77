//! Carries events to one endpoint. Every process that has the endpoint in its settings has a carrier; one of
//! them at a time holds the endpoint's relay.

use std::time::Duration;

use reqwest::{Client, header, redirect};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::{Endpoint, WebhookMeters};
use crate::{
    queue::broker::EventMessage,
    store::{Delivery, Event, Store, StoreError, new_id, webhook_relay},
};

/// Deliveries that are written at once.
const BATCH: u32 = 200;
/// For a connection; the endpoint is on the same network.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read, so that its connection can be used again; what it says is of no interest.
const MAX_ANSWER_BYTES: usize = 16 << 10;
/// Wait after the database failed.
const PAUSE: Duration = Duration::from_secs(2);
/// How long deliveries that were taken are kept for people who look, milliseconds.
const KEPT_MS: i64 = 7 * 86_400_000;
/// How often older ones are deleted, milliseconds.
const FORGET_EVERY_MS: i64 = 3_600_000;

/// No request can be made at all.
#[derive(Debug, Error)]
#[error("the HTTP client cannot be made")]
pub struct WebhookError(#[from] reqwest::Error);

/// Carries the events of one store to one endpoint.
pub struct Carrier {
    store: Store,
    endpoint: Endpoint,
    client: Client,
    meters: WebhookMeters,
    owner: String,
    /// Until when the relay is held.
    held_until: i64,
    forgotten_at: i64,
    /// The clock, milliseconds since 1970.
    now: fn() -> i64,
}

impl Carrier {
    /// # Errors
    /// When there is no client, for want of the system's certificates.
    pub fn new(
        store: Store,
        endpoint: Endpoint,
        meters: WebhookMeters,
        now: fn() -> i64,
    ) -> Result<Self, WebhookError> {
        let client = Client::builder()
            // Only what the settings name is called: no redirect is followed, no proxy of the environment used.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(endpoint.timeout)
            .user_agent(concat!("vouch/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            store,
            endpoint,
            client,
            meters,
            owner: new_id("rly"),
            held_until: 0,
            forgotten_at: 0,
            now,
        })
    }

    /// Carries until `stop` is cancelled. A request that is on its way then is broken off and made again by
    /// whoever comes next.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let turn = tokio::select! {
                turn = self.turn() => turn,
                () = stop.cancelled() => return,
            };
            let rest = match turn {
                Ok(true) => continue,
                // Another process carries, or there is nothing to be done now.
                Ok(false) | Err(StoreError::Fenced) => self.endpoint.poll,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(endpoint = self.endpoint.name, error, "no webhook can be sent");
                    PAUSE
                }
            };
            tokio::select! { () = tokio::time::sleep(rest) => {}, () = stop.cancelled() => return }
        }
    }

    /// Sends the next delivery, if it is due, or writes the next ones. True: there may be more.
    async fn turn(&mut self) -> Result<bool, StoreError> {
        let name = self.endpoint.name.clone();
        if !self.store.webhook_is_due(&name, (self.now)()).await? || !self.hold().await? {
            return Ok(false);
        }
        self.forget().await?;
        match self.store.next_delivery(&name).await? {
            Some((delivery, event)) if delivery.due_at <= (self.now)() => {
                self.send(&delivery, &event).await?;
                Ok(true)
            }
            // It holds those behind it up: that is what keeps their order.
            Some(_) => Ok(false),
            None => {
                let kinds = &self.endpoint.kinds;
                self.store.write_deliveries(&name, &self.owner, kinds, BATCH, (self.now)()).await
            }
        }
    }

    /// Holds the relay for another request at least. False: another process has it.
    async fn hold(&mut self) -> Result<bool, StoreError> {
        let now = (self.now)();
        let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        if self.held_until - now > ms(self.endpoint.timeout) {
            return Ok(true);
        }
        let until = now + ms(self.endpoint.term());
        let relay = webhook_relay(&self.endpoint.name);
        let held = self.store.hold_relay(&relay, &self.owner, now, until).await?.is_some();
        self.held_until = if held { until } else { 0 };
        Ok(held)
    }

    async fn forget(&mut self) -> Result<(), StoreError> {
        let now = (self.now)();
        if now - self.forgotten_at > FORGET_EVERY_MS {
            self.store.forget_deliveries(now - KEPT_MS).await?;
            self.forgotten_at = now;
        }
        Ok(())
    }

    /// Sends a delivery once and writes what became of it.
    async fn send(&self, delivery: &Delivery, event: &Event) -> Result<(), StoreError> {
        let sent = self.post(delivery, event).await;
        let now = (self.now)();
        let Err(code) = sent else {
            self.meters.sent(&self.endpoint.name, "taken");
            return self.store.delivered(delivery, now).await;
        };
        self.meters.sent(&self.endpoint.name, &code);
        let attempts = delivery.attempts + 1;
        let due_at = (attempts < self.endpoint.tries).then(|| now + self.endpoint.backoff.draw_ms(attempts));
        tracing::warn!(
            endpoint = self.endpoint.name,
            delivery = delivery.id,
            attempts,
            code,
            given_up = due_at.is_none(),
            "a webhook was not taken"
        );
        self.store.not_delivered(delivery, &code, due_at, now).await
    }

    /// One request; a code of what went wrong.
    async fn post(&self, delivery: &Delivery, event: &Event) -> Result<(), String> {
        let body = serde_json::to_vec(&EventMessage::new(event)).map_err(|_| "event".to_owned())?;
        let timestamp = (self.now)() / 1000;
        let signature = self.endpoint.secrets.sign(&delivery.id, timestamp, &body);
        let request = self
            .client
            .post(self.endpoint.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &delivery.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(body);
        let mut response = request.send().await.map_err(|error| code_of(&error).to_owned())?;
        let status = response.status();
        if !status.is_success() {
            return Err(format!("status.{}", status.as_u16()));
        }
        let mut read = 0;
        // It is taken, whatever becomes of the rest of the answer.
        while let Ok(Some(chunk)) = response.chunk().await {
            read += chunk.len();
            if read > MAX_ANSWER_BYTES {
                break;
            }
        }
        Ok(())
    }
}

/// What an error is in one word; its text would have the URL.
fn code_of(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else {
        "transport"
    }
}
