//! Tells the broker which jobs are due, and carries events out. Every process with a broker has a relay: rows
//! go to whoever marks them first, events to whoever holds the term.

use std::sync::{Arc, atomic::AtomicBool};

use lapin::{
    BasicProperties, Channel, Confirmation,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    types::ShortString,
};
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    BrokerError, JobMessage, Link,
    events::EventCarrier,
    link::{Session, Sessions},
};
use crate::store::{Handover, Lane, Store, StoreError};

/// Delivery mode of a message that survives a restart of the broker.
const PERSISTENT: u8 = 2;

/// Carries rows of one store to one broker.
pub struct Relay {
    store: Store,
    link: Link,
    sessions: Sessions,
    bell: Arc<Notify>,
    events: EventCarrier,
    /// The clock, milliseconds since 1970.
    now: fn() -> i64,
}

impl Relay {
    /// `bell` tells it that there is something new.
    pub fn new(store: Store, link: Link, bell: Arc<Notify>, now: fn() -> i64) -> Self {
        let sessions = link.sessions("relay");
        let events = EventCarrier::new(store.clone(), link.clone(), now);
        Self { store, link, sessions, bell, events, now }
    }

    /// Whether the broker answers; it changes as it does.
    pub fn up(&self) -> Arc<AtomicBool> {
        self.sessions.up()
    }

    /// Relays until `stop` is cancelled.
    pub async fn run(mut self, stop: CancellationToken) {
        while let Some(session) = self.sessions.next(&stop).await {
            let relayed = tokio::select! {
                relayed = self.relay(&session) => relayed,
                () = stop.cancelled() => Ok(()),
            };
            self.sessions.end(&session, relayed).await;
        }
    }

    /// Works on one connection until it is lost.
    async fn relay(&self, session: &Session) -> Result<(), BrokerError> {
        let channel = session.connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let mut forget = session.is_new;
        loop {
            if !session.connection.status().connected() {
                return Err(BrokerError::Lost);
            }
            let turn = async {
                if forget {
                    let jobs = self.store.forget_handovers().await?;
                    tracing::info!(jobs, "the broker has no queues of ours; all that waits is told again");
                    forget = false;
                }
                let jobs = self.jobs(&channel).await?;
                Ok(self.events.carry(&channel).await? || jobs)
            };
            match turn.await {
                // There may be more.
                Ok(true) => {}
                Ok(false) => self.rest().await,
                // The broker is not to blame; the next turn tries again.
                Err(BrokerError::Store(StoreError::Fenced)) => self.rest().await,
                Err(BrokerError::Store(error)) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "nothing can be relayed");
                    self.rest().await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn rest(&self) {
        // Running out is the other reason to look.
        let _ = timeout(self.link.settings.poll, self.bell.notified()).await;
    }

    /// Publishes the jobs that are due. True: there were some.
    async fn jobs(&self, channel: &Channel) -> Result<bool, BrokerError> {
        let settings = &self.link.settings;
        let mut some = false;
        for lane in Lane::ALL {
            let now = (self.now)();
            let lost_after = i64::try_from(settings.lost_after.as_millis()).unwrap_or(i64::MAX);
            let how = Handover { window: settings.window, lost_before: now - lost_after, now };
            let jobs = self.store.hand_over(*lane, &how).await?;
            let queue = self.link.topology.jobs(*lane);
            let message = |job: &String| Message {
                key: queue.clone(),
                body: serde_json::to_vec(&JobMessage::new(job.clone())).unwrap_or_default(),
                properties: properties(job, JobMessage::SCHEMA),
            };
            let messages = jobs.iter().map(message).collect();
            let direct = ShortString::default();
            if let Err(error) = publish(channel, &direct, true, messages, settings.patience).await {
                // Told again at once when there is a broker; where this fails, too, when the mark is old.
                let _ = self.store.take_back(&jobs).await;
                return Err(error);
            }
            self.link.meters.published("job", jobs.len());
            some |= !jobs.is_empty();
        }
        Ok(some)
    }
}

/// One message to be published.
pub(super) struct Message {
    pub key: ShortString,
    pub body: Vec<u8>,
    pub properties: BasicProperties,
}

/// Properties of a JSON message that survives a restart.
pub(super) fn properties(id: &str, schema: &str) -> BasicProperties {
    BasicProperties::default()
        .with_content_type("application/json".into())
        .with_delivery_mode(PERSISTENT)
        .with_message_id(id.into())
        .with_type(schema.into())
}

/// Publishes messages in their order and waits until the broker has all of them. `routed`: one that no queue
/// takes is a failure.
pub(super) async fn publish(
    channel: &Channel,
    exchange: &ShortString,
    routed: bool,
    messages: Vec<Message>,
    patience: std::time::Duration,
) -> Result<(), BrokerError> {
    let options = BasicPublishOptions { mandatory: routed, immediate: false };
    let publishing = async {
        let mut confirmations = Vec::with_capacity(messages.len());
        for Message { key, body, properties } in messages {
            let sent = channel.basic_publish(exchange.clone(), key, options, &body, properties).await?;
            confirmations.push(sent);
        }
        for confirmation in confirmations {
            match confirmation.await? {
                Confirmation::Ack(None) => {}
                Confirmation::Ack(Some(_)) | Confirmation::Nack(_) | Confirmation::NotRequested => {
                    return Err(BrokerError::NotTaken);
                }
            }
        }
        Ok(())
    };
    timeout(patience, publishing).await.map_err(|_| BrokerError::TimedOut)?
}
