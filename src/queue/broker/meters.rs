//! What is measured about the broker, as Prometheus metrics.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::store::RelayBacklog;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: String,
}

/// Counters of one process; clones share them.
#[derive(Debug, Clone, Default)]
pub struct BrokerMeters {
    lost: Family<Code, Counter>,
    published: Family<Code, Counter>,
    uploads: Family<Code, Counter>,
    jobs_waiting: Gauge,
    events_waiting: Gauge,
}

impl BrokerMeters {
    /// Adds them to what `/metrics` shows.
    pub fn register(&self, registry: &mut Registry) {
        let name = "vouch_broker_connections_lost";
        registry.register(name, "Connections lost or refused, by use", self.lost.clone());
        registry.register("vouch_relay_published", "Messages confirmed, by kind", self.published.clone());
        registry.register("vouch_broker_uploads", "Upload messages, by what became", self.uploads.clone());
        let name = "vouch_relay_jobs_waiting";
        registry.register(name, "Due jobs without a message on its way", self.jobs_waiting.clone());
        registry.register("vouch_relay_events_waiting", "Events not yet out", self.events_waiting.clone());
    }

    /// Sets what is still to be carried.
    pub fn set_backlog(&self, backlog: RelayBacklog) {
        self.jobs_waiting.set(backlog.jobs);
        self.events_waiting.set(backlog.events);
    }

    pub(super) fn lost(&self, purpose: &str) {
        self.lost.get_or_create(&Code { code: purpose.to_owned() }).inc();
    }

    pub(super) fn published(&self, kind: &str, messages: usize) {
        self.published.get_or_create(&Code { code: kind.to_owned() }).inc_by(messages as u64);
    }

    pub(super) fn upload(&self, fate: &str) {
        self.uploads.get_or_create(&Code { code: fate.to_owned() }).inc();
    }
}
