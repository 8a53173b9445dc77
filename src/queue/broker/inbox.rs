//! Messages about jobs that came and wait for a free hand.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::StreamExt;
use lapin::{
    Acker, Consumer,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions, BasicRejectOptions},
    types::FieldTable,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{BrokerError, JobMessage, Link, link::Session};
use crate::store::Lane;

/// What is told to the broker about a message, once.
#[derive(Debug)]
pub struct Receipt(Acker);

impl Receipt {
    /// The row knows all that is to be known; the message is of no more use.
    pub async fn done(self) {
        // A broker that is gone forgets or redelivers it; the row says that it is done.
        let _ = self.0.ack(BasicAckOptions::default()).await;
    }

    /// The job is dead: the message goes to the dead-letter queue.
    pub async fn dead(self) {
        let _ = self.0.reject(BasicRejectOptions { requeue: false }).await;
    }

    /// Nothing could be looked up; it shall come again.
    pub async fn again(self) {
        let _ = self.0.nack(BasicNackOptions { requeue: true, multiple: false }).await;
    }
}

/// One message about a job.
pub(in crate::queue) struct Notice {
    pub job: String,
    pub receipt: Receipt,
}

/// What came, the urgent first. Clones share it.
#[derive(Clone)]
pub struct Inbox {
    lanes: Arc<Mutex<[VecDeque<Notice>; Lane::ALL.len()]>>,
    bell: Arc<Notify>,
    up: Arc<AtomicBool>,
}

impl Inbox {
    /// `bell` is rung for everything that comes.
    pub fn new(bell: Arc<Notify>) -> Self {
        Self { lanes: Arc::default(), bell, up: Arc::default() }
    }

    /// Whether messages come at the moment.
    pub fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// How many messages wait for a free hand.
    pub fn waiting(&self) -> usize {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.iter().map(VecDeque::len).sum()
    }

    /// At most `limit` of what came, the urgent first.
    pub(in crate::queue) fn take(&self, limit: usize) -> Vec<Notice> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::new();
        for lane in lanes.iter_mut() {
            while taken.len() < limit {
                let Some(notice) = lane.pop_front() else { break };
                taken.push(notice);
            }
        }
        taken
    }

    /// Consumes until `stop` is cancelled; at most `prefetch` messages of each lane are held at once.
    pub async fn run(self, link: Link, prefetch: u16, stop: CancellationToken) {
        let mut sessions = link.sessions("worker");
        while let Some(session) = sessions.next(&stop).await {
            let consumed = tokio::select! {
                consumed = self.consume(&link, &session, prefetch) => consumed,
                () = stop.cancelled() => Ok(()),
            };
            self.lost();
            sessions.end(&session, consumed).await;
        }
    }

    /// Works on one connection until it is lost.
    async fn consume(&self, link: &Link, session: &Session, prefetch: u16) -> Result<(), BrokerError> {
        let urgent = consumer(session, link.topology.jobs(Lane::Urgent), prefetch).await?;
        let bulk = consumer(session, link.topology.jobs(Lane::Bulk), prefetch).await?;
        self.up.store(true, Ordering::Relaxed);
        tokio::select! {
            error = self.fill(0, urgent) => Err(error),
            error = self.fill(1, bulk) => Err(error),
        }
    }

    async fn fill(&self, lane: usize, mut consumer: Consumer) -> BrokerError {
        while let Some(delivery) = consumer.next().await {
            let delivery: Delivery = match delivery {
                Ok(delivery) => delivery,
                Err(error) => return error.into(),
            };
            let receipt = Receipt(delivery.acker);
            match JobMessage::parse(&delivery.data) {
                Some(message) => {
                    let notice = Notice { job: message.job, receipt };
                    let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
                    lanes[lane].push_back(notice);
                    drop(lanes);
                    self.bell.notify_one();
                }
                None => {
                    tracing::warn!("a message that is no job of ours was put aside");
                    receipt.dead().await;
                }
            }
        }
        BrokerError::Lost
    }

    /// What came over a lost connection comes again; the rows say who may work on it.
    fn lost(&self) {
        self.up.store(false, Ordering::Relaxed);
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.iter_mut().for_each(VecDeque::clear);
        drop(lanes);
        self.bell.notify_one();
    }
}

/// Begins to consume a queue, on a channel of its own.
pub(super) async fn consumer(
    session: &Session,
    queue: lapin::types::ShortString,
    prefetch: u16,
) -> Result<Consumer, BrokerError> {
    let channel = session.connection.create_channel().await?;
    channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
    let options = BasicConsumeOptions::default();
    Ok(channel.basic_consume(queue, "".into(), options, FieldTable::default()).await?)
}
