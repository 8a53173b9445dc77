//! What workers measure, as Prometheus metrics. Labels are codes, never values of documents.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use crate::domain::DocumentReport;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: String,
}

/// Upper bounds of the reading times' buckets, seconds: a card takes a tenth, a large scan some seconds.
const READ_BUCKETS: [f64; 10] = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6];

/// Counters of one process; clones share them.
#[derive(Clone)]
pub struct WorkerMeters {
    outcomes: Family<Code, Counter>,
    findings: Family<Code, Counter>,
    failures: Family<Code, Counter>,
    restarts: Family<Code, Counter>,
    seconds: Histogram,
}

impl Default for WorkerMeters {
    fn default() -> Self {
        Self {
            outcomes: Family::default(),
            findings: Family::default(),
            failures: Family::default(),
            restarts: Family::default(),
            seconds: Histogram::new(READ_BUCKETS),
        }
    }
}

impl WorkerMeters {
    /// Adds them to what `/metrics` shows.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("vouch_documents", "Documents reported on, by outcome", self.outcomes.clone());
        registry.register("vouch_findings", "Findings, by code", self.findings.clone());
        registry.register("vouch_job_failures", "Attempts that failed, by cause", self.failures.clone());
        registry.register("vouch_reader_restarts", "Readers replaced, by cause", self.restarts.clone());
        registry.register("vouch_read_seconds", "Time a reader took for a document", self.seconds.clone());
    }

    pub(super) fn read(&self, took: Duration) {
        self.seconds.observe(took.as_secs_f64());
    }

    pub(super) fn restarted(&self, cause: &str) {
        self.restarts.get_or_create(&Code { code: cause.to_owned() }).inc();
    }

    pub(super) fn reported(&self, report: &DocumentReport) {
        self.outcomes.get_or_create(&Code { code: report.outcome.as_str().to_owned() }).inc();
        for finding in &report.findings {
            self.findings.get_or_create(&Code { code: finding.code.as_str().to_owned() }).inc();
        }
    }

    pub(super) fn failed(&self, cause: &str) {
        self.failures.get_or_create(&Code { code: cause.to_owned() }).inc();
    }
}
