//! What is measured about webhooks, as Prometheus metrics.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::store::WebhookRow;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sent {
    endpoint: String,
    result: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct To {
    endpoint: String,
}

/// Counters of one process; clones share them.
#[derive(Debug, Clone, Default)]
pub struct WebhookMeters {
    sent: Family<Sent, Counter>,
    waiting: Family<To, Gauge>,
    dead: Family<To, Gauge>,
}

impl WebhookMeters {
    /// Adds them to what `/metrics` shows.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("vouch_webhook_sent", "Requests to endpoints, by what became", self.sent.clone());
        let help = "Events that an endpoint was not told of yet, of all kinds";
        registry.register("vouch_webhook_waiting", help, self.waiting.clone());
        registry.register("vouch_webhook_dead", "Deliveries that were given up", self.dead.clone());
    }

    /// Sets where the endpoints stand.
    pub fn set(&self, endpoints: &[WebhookRow]) {
        for row in endpoints {
            let to = To { endpoint: row.name.clone() };
            self.waiting.get_or_create(&to).set(row.behind + row.queued);
            self.dead.get_or_create(&to).set(row.dead);
        }
    }

    /// `result`: `taken`, or the code of a failure.
    pub(super) fn sent(&self, endpoint: &str, result: &str) {
        let labels = Sent { endpoint: endpoint.to_owned(), result: result.to_owned() };
        self.sent.get_or_create(&labels).inc();
    }
}
