//! An endpoint of the settings.

use std::time::Duration;

use reqwest::Url;

use super::Secrets;
use crate::{queue::Backoff, store::EventKind};

/// Where events go, and how. Nothing here is printed: URL and secrets are the operator's.
#[derive(Clone)]
pub struct Endpoint {
    /// Names it in rows, logs and metrics, and in the identifiers of what it is told.
    pub name: String,
    pub url: Url,
    pub secrets: Secrets,
    pub kinds: Vec<EventKind>,
    /// For one request, from the connection to the end of the answer.
    pub timeout: Duration,
    /// Times that an event is sent before it is given up.
    pub tries: i64,
    /// Between them. Ten minutes at most: as long as that, an endpoint that came back may be told nothing.
    pub backoff: Backoff,
    /// How often to look for events of other processes.
    pub poll: Duration,
}

impl Endpoint {
    /// Half of the answers of a healthy receiver take milliseconds; one that takes longer than this holds its
    /// events up.
    pub const TIMEOUT: Duration = Duration::from_secs(10);
    /// With the backoff below about four hours: an outage of an evening loses no order, and an event that the
    /// endpoint will never take holds the others up for no longer.
    pub const TRIES: i64 = 50;
    /// The first wait is short, for a receiver that is being restarted.
    pub const BACKOFF: Backoff = Backoff { first: Duration::from_secs(2), longest: Duration::from_mins(10) };
    /// As the embedded queue's.
    pub const POLL: Duration = Duration::from_millis(500);

    /// For how long one process carries its events before another may: longer than any request, so that two do
    /// not send the same.
    pub(super) fn term(&self) -> Duration {
        self.timeout * 2 + Duration::from_secs(5)
    }
}
