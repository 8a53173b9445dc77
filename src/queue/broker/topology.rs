//! Queues and exchanges, under one prefix. Declared at every connection: a broker that lost its disk gets
//! them again.

use lapin::{
    Channel, Connection, ErrorKind, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{AMQPValue, FieldTable, ShortString},
};

use super::BrokerError;
use crate::store::Lane;

/// Most messages that the dead-letter queue keeps, the newest. The rows have them all; this is for people who
/// watch the broker.
const DEAD_KEPT: i64 = 10_000;

/// Names of everything at the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    prefix: String,
}

impl Topology {
    /// `prefix` begins every name, so that two installations can share a virtual host.
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// Queue of the jobs of a lane. Two queues rather than priorities within one: quorum queues know none
    /// before RabbitMQ 4.
    pub fn jobs(&self, lane: Lane) -> ShortString {
        format!("{}.jobs.{}", self.prefix, lane.as_str()).into()
    }

    /// Queue that portals publish uploads to.
    pub fn uploads(&self) -> ShortString {
        format!("{}.uploads", self.prefix).into()
    }

    /// Topic exchange of events; the routing key is the event's kind.
    pub fn events(&self) -> ShortString {
        format!("{}.events", self.prefix).into()
    }

    /// Exchange and queue of what was given up.
    pub fn dead(&self) -> ShortString {
        format!("{}.dead", self.prefix).into()
    }

    /// Declares everything. True: a queue of jobs was not there, so whatever it may have held is lost.
    ///
    /// # Errors
    /// When the broker fails or has something else under one of the names.
    pub async fn declare(&self, connection: &Connection) -> Result<bool, BrokerError> {
        let mut is_new = false;
        for lane in Lane::ALL {
            // A channel ends with the first refusal, so each question has its own.
            let asking = connection.create_channel().await?;
            is_new |= !self.is_there(&asking, self.jobs(*lane)).await?;
        }
        let channel = connection.create_channel().await?;
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let plain = FieldTable::default;
        channel.exchange_declare(self.events(), ExchangeKind::Topic, durable, plain()).await?;
        channel.exchange_declare(self.dead(), ExchangeKind::Fanout, durable, plain()).await?;
        let mut dead = quorum();
        dead.insert("x-max-length".into(), AMQPValue::LongLongInt(DEAD_KEPT));
        channel.queue_declare(self.dead(), durable_queue(), dead).await?;
        channel.queue_bind(self.dead(), self.dead(), "".into(), QueueBindOptions::default(), plain()).await?;
        for queue in [self.jobs(Lane::Urgent), self.jobs(Lane::Bulk), self.uploads()] {
            let mut arguments = quorum();
            let exchange = AMQPValue::LongString(self.dead().to_string().into());
            arguments.insert("x-dead-letter-exchange".into(), exchange);
            channel.queue_declare(queue, durable_queue(), arguments).await?;
        }
        channel.close(200, "declared".into()).await?;
        Ok(is_new)
    }

    async fn is_there(&self, channel: &Channel, queue: ShortString) -> Result<bool, BrokerError> {
        let passive = QueueDeclareOptions { passive: true, ..durable_queue() };
        match channel.queue_declare(queue, passive, FieldTable::default()).await {
            Ok(_) => {
                channel.close(200, "asked".into()).await?;
                Ok(true)
            }
            Err(error) => match error.kind() {
                ErrorKind::ProtocolError(refusal)
                    if *refusal.kind() == AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND) =>
                {
                    Ok(false)
                }
                _ => Err(error.into()),
            },
        }
    }
}

fn durable_queue() -> QueueDeclareOptions {
    QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() }
}

/// Replicated where the broker is a cluster, and on the disk before a message is confirmed.
fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments
}
