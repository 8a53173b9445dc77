//! Events on their way out: in their order, each at least once, its number as the message's identifier, so
//! that a consumer who remembers the last number passes over what comes twice.

use lapin::Channel;

use super::{
    BrokerError, EventMessage, Link,
    relay::{Message, properties, publish},
};
use crate::store::{Store, new_id};

/// Name of the row that says how far it is.
const RELAY: &str = "events";
/// Events published before the broker is asked whether it has them.
const BATCH: u32 = 200;

/// Carries events while it holds the term.
pub(super) struct EventCarrier {
    store: Store,
    link: Link,
    owner: String,
    now: fn() -> i64,
}

impl EventCarrier {
    pub fn new(store: Store, link: Link, now: fn() -> i64) -> Self {
        Self { store, link, owner: new_id("rly"), now }
    }

    /// Carries a batch. True: there may be more.
    pub async fn carry(&self, channel: &Channel) -> Result<bool, BrokerError> {
        let now = (self.now)();
        let term = i64::try_from(self.link.settings.term.as_millis()).unwrap_or(i64::MAX);
        let Some(position) = self.store.hold_relay(RELAY, &self.owner, now, now + term).await? else {
            return Ok(false);
        };
        let events = self.store.events_after(position, None, BATCH).await?;
        let Some(last) = events.last().map(|event| event.seq) else { return Ok(false) };
        let messages: Vec<Message> = events
            .iter()
            .map(|event| Message {
                key: event.kind.as_str().into(),
                body: serde_json::to_vec(&EventMessage::new(event)).unwrap_or_default(),
                properties: properties(&event.seq.to_string(), EventMessage::SCHEMA),
            })
            .collect();
        let count = messages.len();
        publish(channel, &self.link.topology.events(), false, messages, self.link.settings.patience).await?;
        self.store.advance_relay(RELAY, &self.owner, last).await?;
        self.link.meters.published("event", count);
        Ok(true)
    }
}
