//! Upload messages of portals. What one means is the taker's business; here it comes and is answered for.

use std::{future::Future, time::Duration};

use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicNackOptions, BasicRejectOptions};
use tokio_util::sync::CancellationToken;

use super::{BrokerError, Link, UploadMessage, inbox::consumer, link::Session};

/// Upload messages fetched ahead; they are taken one after the other. Fewer would wait for the broker in between, and
/// what is fetched here no other process can take.
const PREFETCH: u16 = 4;
/// Before a message that could not be taken now comes again.
const PAUSE: Duration = Duration::from_secs(1);

/// What became of an upload message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadFate {
    /// Its document is kept.
    Taken,
    /// It can never be taken, for the reason of this code: it goes to the dead-letter queue.
    Refused(&'static str),
    /// It cannot be taken at the moment.
    NotNow(&'static str),
}

/// Takes uploads in.
pub trait UploadTaker: Send + Sync {
    /// Keeps the upload that a message tells of.
    fn take(&self, message: UploadMessage) -> impl Future<Output = UploadFate> + Send;
}

/// Consumes upload messages until `stop` is cancelled.
pub async fn take_uploads(link: Link, taker: impl UploadTaker, stop: CancellationToken) {
    let mut sessions = link.sessions("uploads");
    while let Some(session) = sessions.next(&stop).await {
        let taken = tokio::select! {
            taken = consume(&link, &session, &taker) => taken,
            () = stop.cancelled() => Ok(()),
        };
        sessions.end(&session, taken).await;
    }
}

async fn consume(link: &Link, session: &Session, taker: &impl UploadTaker) -> Result<(), BrokerError> {
    let mut consumer = consumer(session, link.topology.uploads(), PREFETCH).await?;
    while let Some(delivery) = consumer.next().await {
        let delivery = delivery?;
        let fate = match UploadMessage::parse(&delivery.data) {
            Some(message) => taker.take(message).await,
            None => UploadFate::Refused("message.malformed"),
        };
        match fate {
            UploadFate::Taken => {
                link.meters.upload("taken");
                delivery.ack(BasicAckOptions::default()).await?;
            }
            UploadFate::Refused(code) => {
                link.meters.upload(code);
                tracing::warn!(code, "an upload message was refused");
                delivery.reject(BasicRejectOptions { requeue: false }).await?;
            }
            UploadFate::NotNow(code) => {
                link.meters.upload(code);
                tokio::time::sleep(PAUSE).await;
                delivery.nack(BasicNackOptions { requeue: true, multiple: false }).await?;
            }
        }
    }
    Err(BrokerError::Lost)
}
