//! Connections to the broker, made again for as long as the process runs.

use std::{
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use lapin::{Connection, ConnectionProperties, uri::AMQPUri};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{BrokerError, BrokerMeters, Topology};
use crate::queue::Backoff;

/// How the broker is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerSettings {
    /// How long a connection, its topology or a confirmation may take.
    pub patience: Duration,
    /// Between heartbeats, where the URL says nothing: a cut network is known after two of them.
    pub heartbeat: Duration,
    /// Between attempts to connect. Two seconds at most: an attempt costs little, and what goes out waits.
    pub backoff: Backoff,
    /// How often the relay looks when nothing rings: delays that end, jobs and events of other processes.
    pub poll: Duration,
    /// A message that no worker took for so long is told again. Shorter: what a broker lost is found sooner.
    /// Longer: fewer messages say the same while a backlog is worked off; each costs a worker one look.
    pub lost_after: Duration,
    /// Messages of a lane on their way at once. More than workers take in one poll, and few enough that
    /// telling all of them again is nothing.
    pub window: u32,
    /// For how long one process carries the events before another may.
    pub term: Duration,
}

impl Default for BrokerSettings {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(10),
            heartbeat: Duration::from_secs(10),
            backoff: Backoff { first: Duration::from_millis(200), longest: Duration::from_secs(2) },
            poll: Duration::from_millis(500),
            lost_after: Duration::from_mins(1),
            window: 1000,
            term: Duration::from_secs(15),
        }
    }
}

/// Where the broker is. Clones are the same; nothing here is printed, for the URL has a password.
#[derive(Clone)]
pub struct Link {
    uri: AMQPUri,
    pub topology: Topology,
    pub settings: BrokerSettings,
    pub meters: BrokerMeters,
}

impl Link {
    /// Checks a URL; nothing is connected yet.
    ///
    /// # Errors
    /// [`BrokerError::Url`].
    pub fn new(url: &str, topology: Topology, settings: BrokerSettings) -> Result<Self, BrokerError> {
        let mut uri = AMQPUri::from_str(url).map_err(|_| BrokerError::Url)?;
        let heartbeat = u16::try_from(settings.heartbeat.as_secs()).unwrap_or(u16::MAX);
        uri.query.heartbeat.get_or_insert(heartbeat);
        Ok(Self { uri, topology, settings, meters: BrokerMeters::default() })
    }

    /// Scheme, host and port: what may be shown.
    pub fn shown(&self) -> String {
        format!("{}://{}:{}", self.uri.scheme, self.uri.authority.host, self.uri.authority.port)
    }

    /// Connections for one use.
    pub(super) fn sessions(&self, purpose: &'static str) -> Sessions {
        Sessions { link: self.clone(), purpose, failures: 0, up: Arc::default() }
    }

    async fn connect(&self) -> Result<Session, BrokerError> {
        let connecting = async {
            let name = concat!("vouch ", env!("CARGO_PKG_VERSION"));
            let properties = ConnectionProperties::default().with_connection_name(name.into());
            let connection = Connection::connect_uri(self.uri.clone(), properties).await?;
            let is_new = self.topology.declare(&connection).await?;
            Ok(Session { connection, is_new })
        };
        timeout(self.settings.patience, connecting).await.map_err(|_| BrokerError::TimedOut)?
    }
}

/// A connection with everything declared.
pub(super) struct Session {
    pub connection: Connection,
    /// A queue of jobs had to be made: the broker is new or lost what it held.
    pub is_new: bool,
}

/// How long a broker may take to say that a connection is closed, of the patience for anything else: a process that
/// ends has no more than that to lose, and one that was cut off gets no answer at all.
const CLOSING_SHARE: u32 = 10;

/// One connection after the other.
pub(super) struct Sessions {
    link: Link,
    purpose: &'static str,
    /// In a row.
    failures: i64,
    up: Arc<AtomicBool>,
}

impl Sessions {
    /// Whether there is one at the moment.
    pub fn up(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.up)
    }

    /// The next one, tried for as long as it takes. `None`: `stop` was cancelled.
    pub async fn next(&mut self, stop: &CancellationToken) -> Option<Session> {
        loop {
            if self.failures > 0 {
                let wait = self.link.settings.backoff.draw_ms(self.failures).unsigned_abs();
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(wait)) => {}
                    () = stop.cancelled() => return None,
                }
            }
            let connected = tokio::select! {
                connected = self.link.connect() => connected,
                () = stop.cancelled() => return None,
            };
            match connected {
                Ok(session) => {
                    tracing::info!(purpose = self.purpose, is_new = session.is_new, "the broker answers");
                    self.failures = 0;
                    self.up.store(true, Ordering::Relaxed);
                    return Some(session);
                }
                Err(error) => self.lost(&error),
            }
        }
    }

    /// Closes one after `worked`, and notes it where it was lost; what it held unacknowledged goes back.
    pub async fn end(&mut self, session: &Session, worked: Result<(), BrokerError>) {
        self.up.store(false, Ordering::Relaxed);
        let closing = session.connection.close(200, "stopping".into());
        // A broker that does not answer notices by itself.
        let _ = timeout(self.link.settings.patience / CLOSING_SHARE, closing).await;
        if let Err(error) = worked {
            self.lost(&error);
        }
    }

    /// Notes that there is none.
    fn lost(&mut self, error: &BrokerError) {
        self.failures += 1;
        self.link.meters.lost(self.purpose);
        tracing::warn!(
            purpose = self.purpose,
            failures = self.failures,
            error = error as &dyn std::error::Error,
            "no broker"
        );
    }
}
