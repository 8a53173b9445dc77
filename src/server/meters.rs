//! What the server measures.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::store::Backlog;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    /// As it stands in the router: never a path that was sent.
    route: String,
    status: u16,
}

/// Upper bounds of the answer times' buckets, seconds.
const ANSWER_BUCKETS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// Metrics of one process; clones share them.
#[derive(Clone)]
pub struct ServerMeters {
    answers: Family<Route, Histogram, fn() -> Histogram>,
    open: Gauge,
    leased: Gauge,
    dead: Gauge,
    stuck: Gauge,
    oldest_s: Gauge,
}

impl Default for ServerMeters {
    fn default() -> Self {
        Self {
            answers: Family::new_with_constructor(|| Histogram::new(ANSWER_BUCKETS)),
            open: Gauge::default(),
            leased: Gauge::default(),
            dead: Gauge::default(),
            stuck: Gauge::default(),
            oldest_s: Gauge::default(),
        }
    }
}

impl ServerMeters {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("vouch_http_seconds", "Time to answer, by route and status", self.answers.clone());
        registry.register("vouch_jobs_open", "Jobs that are not closed", self.open.clone());
        registry.register("vouch_jobs_leased", "Jobs that a worker has", self.leased.clone());
        registry.register("vouch_jobs_dead", "Jobs that wait for an operator", self.dead.clone());
        let help = "Jobs whose worker is gone and that no other has taken yet";
        registry.register("vouch_jobs_stuck", help, self.stuck.clone());
        registry.register("vouch_job_oldest_seconds", "Age of the oldest open job", self.oldest_s.clone());
    }

    pub(super) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = Route { method: method.to_owned(), route: route.to_owned(), status };
        self.answers.get_or_create(&labels).observe(took.as_secs_f64());
    }

    pub(super) fn set_backlog(&self, backlog: &Backlog, now: i64) {
        self.open.set(backlog.open);
        self.leased.set(backlog.leased);
        self.dead.set(backlog.dead);
        self.stuck.set(backlog.stuck);
        self.oldest_s.set(backlog.oldest_at.map_or(0, |at| (now - at).max(0) / 1000));
    }
}
