//! The queue as a worker sees it, with or without a broker.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::Notify;

use super::{
    EmbeddedQueue,
    broker::{Inbox, Receipt},
};
use crate::store::{Lease, StoreError};

/// A job that was taken, and the message that told of it.
pub struct Taken {
    pub lease: Lease,
    /// Of a broker, to be told what became of the job.
    pub receipt: Option<Receipt>,
}

/// Jobs for one worker. Clones are the same queue.
#[derive(Clone)]
pub struct JobQueue {
    /// Everything that concerns a job once it is taken: only the rows know.
    pub rows: EmbeddedQueue,
    inbox: Option<Inbox>,
    relay: Arc<Notify>,
}

impl JobQueue {
    /// Jobs are looked for in the rows.
    pub fn embedded(rows: EmbeddedQueue) -> Self {
        Self { rows, inbox: None, relay: Arc::default() }
    }

    /// A broker says where to look; [`Self::inbox`] has to be kept filled.
    pub fn brokered(rows: EmbeddedQueue) -> Self {
        let inbox = Inbox::new(rows.bell());
        Self { rows, inbox: Some(inbox), relay: Arc::default() }
    }

    /// What comes of the broker.
    pub fn inbox(&self) -> Option<&Inbox> {
        self.inbox.as_ref()
    }

    /// Rung when there is something to be relayed.
    pub fn relay_bell(&self) -> Arc<Notify> {
        Arc::clone(&self.relay)
    }

    /// Tells relay and worker that there is something new.
    pub fn ring(&self) {
        self.relay.notify_one();
        self.rows.ring();
    }

    /// Takes at most `limit` jobs. While the broker does not answer the rows are looked through as without
    /// one: its absence delays nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, limit: u32, now: i64) -> Result<Vec<Taken>, StoreError> {
        let Some(inbox) = self.inbox.as_ref().filter(|inbox| inbox.is_up()) else {
            let leases = self.rows.take(limit, now).await?;
            return Ok(leases.into_iter().map(|lease| Taken { lease, receipt: None }).collect());
        };
        // Told of twice, a job is taken once.
        let mut told: HashMap<String, Vec<Receipt>> = HashMap::new();
        for notice in inbox.take(usize::try_from(limit).unwrap_or(usize::MAX)) {
            told.entry(notice.job).or_default().push(notice.receipt);
        }
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let jobs: Vec<&str> = told.keys().map(String::as_str).collect();
        let leases = match self.rows.take_these(&jobs, now).await {
            Ok(leases) => leases,
            Err(error) => {
                for receipt in told.into_values().flatten() {
                    receipt.again().await;
                }
                return Err(error);
            }
        };
        let mut taken = Vec::with_capacity(leases.len());
        for lease in leases {
            let receipt = told.get_mut(&lease.job).and_then(Vec::pop);
            taken.push(Taken { lease, receipt });
        }
        // Done, in other hands, or not due: the relay tells of it again when it is.
        for receipt in told.into_values().flatten() {
            receipt.done().await;
        }
        Ok(taken)
    }
}
