//! What every request handler shares.

use std::{
    num::NonZeroU32,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use super::{meters::ServerMeters, problem::Problem};
use crate::{
    queue::{JobQueue, broker::BrokerMeters, webhooks::WebhookMeters},
    rules::PlanLibrary,
    store::Store,
    worker::{ReaderPool, WorkerMeters, now},
};

/// Limits that requests are held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// Bytes of one upload; as `imaging::Limits::max_bytes`.
    pub max_upload_bytes: u64,
    /// Jobs that may wait before uploads are told to come again later. At two documents a second, 20,000
    /// are three hours.
    pub max_backlog: i64,
    /// Requests of the fast lane that may wait for a reader before others are told to come again: each
    /// waits at a screen.
    pub max_waiting_checks: usize,
    /// Requests a second of one token, over time.
    pub requests_per_second: NonZeroU32,
    /// Requests that a token may make at once after a pause.
    pub burst: NonZeroU32,
    /// How long a sender may pause within an upload.
    pub upload_pause: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            max_upload_bytes: 40 << 20,
            max_backlog: 20_000,
            max_waiting_checks: 32,
            requests_per_second: NonZeroU32::MIN.saturating_add(199),
            burst: NonZeroU32::MIN.saturating_add(999),
            upload_pause: Duration::from_secs(30),
        }
    }
}

/// What the server tells about the broker.
#[derive(Clone)]
pub struct BrokerView {
    /// Whether it answers.
    pub up: Arc<AtomicBool>,
    pub meters: BrokerMeters,
}

/// The service's parts as handlers see them.
pub struct App {
    pub store: Store,
    pub queue: JobQueue,
    pub readers: ReaderPool,
    pub plans: Arc<PlanLibrary>,
    /// Version of the pipeline that uploads are read by.
    pub pipeline: String,
    /// As the readers' timeout; told in findings.
    pub document_timeout: Duration,
    pub limits: ServerLimits,
    /// Rejections take a second person.
    pub second_look: bool,
    /// The broker, where there is one.
    pub broker: Option<BrokerView>,
    pub webhook_meters: WebhookMeters,
    pub meters: ServerMeters,
    pub(super) registry: Mutex<Registry>,
    /// Ends streams that would go on for ever.
    pub stop: CancellationToken,
    rate: DefaultKeyedRateLimiter<String>,
    /// Open jobs, as of a moment ago.
    backlog: AtomicI64,
}

/// The parts of an [`App`].
pub struct Parts {
    pub store: Store,
    pub queue: JobQueue,
    pub readers: ReaderPool,
    pub plans: Arc<PlanLibrary>,
    pub pipeline: String,
    pub document_timeout: Duration,
    pub limits: ServerLimits,
    /// Rejections take a second person.
    pub second_look: bool,
    pub worker_meters: WorkerMeters,
    /// The broker, where there is one.
    pub broker: Option<BrokerView>,
    pub webhook_meters: WebhookMeters,
    pub stop: CancellationToken,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        let mut registry = Registry::default();
        let meters = ServerMeters::default();
        meters.register(&mut registry);
        parts.worker_meters.register(&mut registry);
        if let Some(broker) = &parts.broker {
            broker.meters.register(&mut registry);
        }
        parts.webhook_meters.register(&mut registry);
        let quota = Quota::per_second(parts.limits.requests_per_second).allow_burst(parts.limits.burst);
        Self {
            store: parts.store,
            queue: parts.queue,
            readers: parts.readers,
            plans: parts.plans,
            pipeline: parts.pipeline,
            document_timeout: parts.document_timeout,
            limits: parts.limits,
            second_look: parts.second_look,
            broker: parts.broker,
            webhook_meters: parts.webhook_meters,
            meters,
            registry: Mutex::new(registry),
            stop: parts.stop,
            rate: RateLimiter::keyed(quota),
            backlog: AtomicI64::new(0),
        }
    }

    /// Counts the open jobs anew.
    pub async fn refresh_backlog(&self) {
        match self.store.backlog(now()).await {
            Ok(backlog) => self.backlog.store(backlog.open, Ordering::Relaxed),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the backlog is not known");
            }
        }
    }

    /// Refuses an upload while too many wait.
    pub(super) fn admit(&self) -> Result<(), Problem> {
        if self.backlog.load(Ordering::Relaxed) < self.limits.max_backlog {
            return Ok(());
        }
        Err(Problem::busy("queue.full", "Too many documents are waiting; please come again later", 30))
    }

    /// Counts a request of a token and refuses what is too much.
    pub(super) fn throttle(&self, token: &str) -> Result<(), Problem> {
        self.rate.check_key(&token.to_owned()).map_err(|_| {
            Problem::busy("rate.limited", "Too many requests with this token; please slow down", 1)
        })
    }

    /// Forgets tokens that were not used for a while.
    pub fn forget_idle_tokens(&self) {
        self.rate.retain_recent();
        self.rate.shrink_to_fit();
    }
}
