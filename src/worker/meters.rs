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

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stage {
    stage: &'static str,
}

/// Stages of a reading that are measured, as the pipeline names them. Others that a reader tells of are passed over: it is
/// not trusted with labels.
const STAGES: [&str; 12] = [
    "decode",
    "read",
    "codes",
    "portrait",
    "form",
    "fields",
    "second_look",
    "second_reader",
    "source",
    "digital",
    "quality",
    "history",
];

/// Upper bounds of the reading times' buckets, seconds: a card takes a tenth, a large scan some seconds.
const READ_BUCKETS: [f64; 10] = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6];

/// The same of single stages.
const STAGE_BUCKETS: [f64; 9] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0];

/// Counters of one process; clones share them.
#[derive(Clone)]
pub struct WorkerMeters {
    outcomes: Family<Code, Counter>,
    findings: Family<Code, Counter>,
    failures: Family<Code, Counter>,
    restarts: Family<Code, Counter>,
    seconds: Histogram,
    stages: Family<Stage, Histogram, fn() -> Histogram>,
}

impl Default for WorkerMeters {
    fn default() -> Self {
        Self {
            outcomes: Family::default(),
            findings: Family::default(),
            failures: Family::default(),
            restarts: Family::default(),
            seconds: Histogram::new(READ_BUCKETS),
            stages: Family::new_with_constructor(|| Histogram::new(STAGE_BUCKETS)),
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
        registry.register("vouch_stage_seconds", "Time of a reading's stages", self.stages.clone());
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
        for stage in STAGES {
            if let Some(ms) = report.elapsed_ms.get(stage) {
                self.stages.get_or_create(&Stage { stage }).observe(*ms as f64 / 1000.0);
            }
        }
    }

    pub(super) fn failed(&self, cause: &str) {
        self.failures.get_or_create(&Code { code: cause.to_owned() }).inc();
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::worker::{ReadError, poison::unreadable};

    #[test]
    fn stages_are_measured_and_what_a_reader_makes_up_is_no_label() {
        let mut report = unreadable("a", "b", b"c", None, &ReadError::Died, 1, "vouch");
        report.elapsed_ms = [("decode", 7), ("张三", 8)].map(|(name, ms)| (Cow::Borrowed(name), ms)).into();
        let (meters, mut registry) = (WorkerMeters::default(), Registry::default());
        meters.register(&mut registry);
        meters.reported(&report);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        assert!(text.contains("vouch_stage_seconds_count{stage=\"decode\"} 1"), "{text}");
        assert!(!text.contains("张三"), "{text}");
    }
}
