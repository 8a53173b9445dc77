//! The worker's main loop: take, work under a heartbeat, write or give back; drain when told to stop.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, Span, field::Empty};

use super::{ReaderPool, ReuseIndex, meters::WorkerMeters, now};
use crate::{
    queue::{JobQueue, Taken},
    rules::PlanLibrary,
    store::{JobKind, Lease, Store, StoreError},
};

/// How a worker works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerSettings {
    /// Jobs in hand at once. More than there are readers, so that a reader never waits for the database or
    /// the blob store.
    pub in_hand: usize,
    /// Readers that a document may kill before it is reported as unreadable. Two: one may have died of
    /// something else.
    pub deaths: i64,
    /// Times that a document is taken before it is not tried again, whatever ended the others. A killed
    /// worker counts; ten kills in a row at the same document are no chance.
    pub attempts: i64,
    /// As the readers' ([`super::ReaderPoolSettings::document_timeout`]); told in the finding.
    pub document_timeout: Duration,
    /// How long jobs in hand may take after the worker was told to stop.
    pub drain: Duration,
}

impl WorkerSettings {
    /// For that many readers.
    pub fn for_readers(readers: usize) -> Self {
        Self {
            in_hand: readers * 2,
            deaths: 2,
            attempts: 10,
            document_timeout: Duration::from_mins(1),
            drain: Duration::from_secs(25),
        }
    }
}

/// Works off the jobs of a store. Clones are the same worker.
#[derive(Clone)]
pub struct Worker {
    pub store: Store,
    pub queue: JobQueue,
    pub readers: ReaderPool,
    pub plans: Arc<PlanLibrary>,
    /// What other applications hold.
    pub reuse: ReuseIndex,
    /// Version that reports are signed with.
    pub pipeline: String,
    pub settings: WorkerSettings,
    pub meters: WorkerMeters,
}

/// What became of a job in hand.
pub(super) enum Step {
    Done,
}

/// What a broker is told about a job.
enum End {
    /// The row says what is next, if anything.
    Settled,
    /// It waits for an operator.
    Dead,
}

/// Why a job is not done. The strings are codes for logs, rows and metrics.
#[derive(Debug)]
pub(super) enum JobError {
    /// Trying again may help.
    Again(&'static str),
    /// Nothing was tried; it does not count.
    NotNow(&'static str),
    /// Nobody but an operator can help.
    Permanent(&'static str),
    Store(StoreError),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Of one attempt at a job. Identifiers lead to its document; nothing of the document itself is told.
fn span(lease: &Lease) -> Span {
    tracing::info_span!(
        "job",
        otel.name = format!("job {}", lease.kind.as_str()),
        otel.kind = "consumer",
        vouch.job = lease.job,
        vouch.application = lease.application_id,
        vouch.document = lease.document_id,
        vouch.attempt = lease.attempts,
        error.type = Empty,
    )
}

/// Wait after a failure that has nothing to do with a job: no reader, no database.
const PAUSE: Duration = Duration::from_secs(2);

impl Worker {
    /// Works until `stop` is cancelled, then finishes what is in hand.
    pub async fn run(self, stop: CancellationToken) {
        let hands = Arc::new(Semaphore::new(self.settings.in_hand.max(1)));
        let tasks = TaskTracker::new();
        while !stop.is_cancelled() {
            // Waits for a free hand first, then takes as many jobs as there are.
            let Ok(first) = Arc::clone(&hands).acquire_owned().await else { break };
            let free = 1 + hands.available_permits();
            let taken = self.queue.take(u32::try_from(free).unwrap_or(1), now()).await;
            let jobs = match taken {
                Ok(jobs) => jobs,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "jobs cannot be taken");
                    drop(first);
                    tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.cancelled() => {} }
                    continue;
                }
            };
            if jobs.is_empty() {
                drop(first);
                tokio::select! { () = self.queue.rows.wait() => {}, () = stop.cancelled() => {} }
                continue;
            }
            let mut first = Some(first);
            for job in jobs {
                let Some(hand) = first.take().or_else(|| Arc::clone(&hands).try_acquire_owned().ok()) else {
                    // Only this loop takes hands; the lease would run out by itself.
                    break;
                };
                let worker = self.clone();
                let span = span(&job.lease);
                let work = async move {
                    worker.work(job).await;
                    drop(hand);
                };
                tasks.spawn(work.instrument(span));
            }
        }
        tasks.close();
        if tokio::time::timeout(self.settings.drain, tasks.wait()).await.is_err() {
            tracing::warn!("jobs in hand are left; their leases run out");
        }
    }

    /// One job, held by a heartbeat while it lasts.
    async fn work(&self, Taken { lease, receipt }: Taken) {
        let outcome = tokio::select! {
            outcome = self.attempt(&lease) => outcome,
            error = self.heartbeat(&lease) => Err(JobError::Store(error)),
        };
        let settled = match outcome {
            Ok(Step::Done) => {
                // Its end may have written another job.
                self.queue.ring();
                Ok(End::Settled)
            }
            Err(JobError::Store(StoreError::Fenced)) => {
                self.meters.failed("lease.lost");
                tracing::warn!(job = lease.job, "the lease was lost; another worker has the job");
                Ok(End::Settled)
            }
            Err(error) => self.settle(&lease, error).await,
        };
        let end = settled.unwrap_or_else(|error| {
            // The lease runs out, and the job is taken again.
            tracing::error!(job = lease.job, error = &error as &dyn std::error::Error, "not settled");
            End::Settled
        });
        match (receipt, end) {
            (Some(receipt), End::Settled) => receipt.done().await,
            (Some(receipt), End::Dead) => receipt.dead().await,
            (None, _) => {}
        }
    }

    async fn attempt(&self, lease: &Lease) -> Result<Step, JobError> {
        match lease.kind {
            JobKind::Read => self.read(lease).await,
            JobKind::Assess => self.assess(lease).await,
        }
    }

    /// Decides what becomes of a job that is not done.
    async fn settle(&self, lease: &Lease, error: JobError) -> Result<End, StoreError> {
        self.tell(lease, &error);
        let cause = match error {
            JobError::NotNow(code) => return self.hand_back(lease, code).await,
            // Not this document's fault: counted, a long outage would make every document one that readers die of.
            JobError::Store(error) if error.is_away() => return self.hand_back(lease, "store").await,
            // A reader that fails this often, for a reason of its own, is broken here and not there.
            JobError::Again("reader.failed") if lease.attempts >= self.settings.attempts => "reader.failed",
            JobError::Again(code) => {
                self.queue.rows.retry(lease, code, now()).await?;
                return Ok(End::Settled);
            }
            JobError::Permanent(code) => code,
            JobError::Store(StoreError::NotFound { .. } | StoreError::Malformed { .. }) => "store.malformed",
            JobError::Store(_) => {
                self.queue.rows.retry(lease, "store", now()).await?;
                return Ok(End::Settled);
            }
        };
        self.store.bury(lease, cause, now()).await?;
        Ok(End::Dead)
    }

    /// Gives a job back that is tried again soon, and does not count.
    async fn hand_back(&self, lease: &Lease, code: &str) -> Result<End, StoreError> {
        let due_at = now() + i64::try_from(PAUSE.as_millis()).unwrap_or_default();
        self.queue.rows.hand_back(lease, code, due_at).await?;
        Ok(End::Settled)
    }

    /// Logs and counts a failure.
    fn tell(&self, lease: &Lease, error: &JobError) {
        let (code, cause) = match error {
            JobError::Again(code) | JobError::NotNow(code) | JobError::Permanent(code) => (*code, None),
            JobError::Store(cause) => ("store", Some(cause as &dyn std::error::Error)),
        };
        self.meters.failed(code);
        Span::current().record("error.type", code);
        tracing::warn!(job = lease.job, attempts = lease.attempts, code, error = cause, "a job is not done");
    }

    /// Extends the lease three times a term; ends when it is lost.
    async fn heartbeat(&self, lease: &Lease) -> StoreError {
        loop {
            tokio::time::sleep(self.queue.rows.settings.lease / 3).await;
            match self.queue.rows.extend(lease, now()).await {
                Err(StoreError::Fenced) => return StoreError::Fenced,
                // Two more chances before the term ends; the fence protects what is written.
                Err(error) => {
                    tracing::warn!(job = lease.job, error = &error as &dyn std::error::Error, "no heartbeat");
                }
                Ok(()) => {}
            }
        }
    }
}
