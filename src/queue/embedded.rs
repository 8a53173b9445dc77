//! The queue of a process that needs no broker: it looks at the rows, and is told in the same process when
//! there are new ones.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::Backoff;
use crate::store::{Lease, Store, StoreError, new_id};

/// How a queue is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    /// For how long a job is taken at once; it is extended while work goes on. Shorter: the jobs of a killed
    /// worker are taken up sooner. Longer: a stalled machine loses fewer leases.
    pub lease: Duration,
    /// How often to look when nothing rings: jobs of other processes, and delays that end.
    pub poll: Duration,
    /// Before a failed job is tried again.
    pub backoff: Backoff,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            poll: Duration::from_millis(500),
            backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_mins(5) },
        }
    }
}

/// Jobs of one store for one worker.
#[derive(Clone)]
pub struct EmbeddedQueue {
    store: Store,
    /// Names this worker in the rows, for people who look.
    owner: String,
    pub settings: QueueSettings,
    bell: Arc<Notify>,
}

impl EmbeddedQueue {
    pub fn new(store: Store, settings: QueueSettings) -> Self {
        Self { store, owner: new_id("wrk"), settings, bell: Arc::new(Notify::new()) }
    }

    /// Tells the worker that there is something new.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Rung when there is something new.
    pub(super) fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// Takes at most `limit` jobs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, limit: u32, now: i64) -> Result<Vec<Lease>, StoreError> {
        self.store.lease(&self.owner, limit, now, now + self.lease_ms()).await
    }

    /// Takes those of the named jobs that are due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_these(&self, jobs: &[&str], now: i64) -> Result<Vec<Lease>, StoreError> {
        self.store.lease_these(jobs, &self.owner, now, now + self.lease_ms()).await
    }

    /// Waits until it is worth looking again.
    pub async fn wait(&self) {
        // Running out is the other reason to look.
        let _ = tokio::time::timeout(self.settings.poll, self.bell.notified()).await;
    }

    /// Holds a job for another term.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another worker has it.
    pub async fn extend(&self, lease: &Lease, now: i64) -> Result<(), StoreError> {
        self.store.extend(lease, now + self.lease_ms()).await
    }

    /// Gives a job back after a failure, to be tried again after a wait that grows.
    ///
    /// # Errors
    /// [`StoreError::Fenced`].
    pub async fn retry(&self, lease: &Lease, error: &str, now: i64) -> Result<(), StoreError> {
        let due_at = now + self.settings.backoff.draw_ms(lease.attempts);
        self.store.give_back(lease, Some(error), due_at, true).await
    }

    /// Gives a job back that nothing was done about, for a reason that is not its own.
    ///
    /// # Errors
    /// [`StoreError::Fenced`].
    pub async fn hand_back(&self, lease: &Lease, reason: &str, due_at: i64) -> Result<(), StoreError> {
        self.store.give_back(lease, Some(reason), due_at, false).await
    }

    fn lease_ms(&self) -> i64 {
        i64::try_from(self.settings.lease.as_millis()).unwrap_or(i64::MAX)
    }
}
