//! RabbitMQ between the rows and the workers (DESIGN.md, decision 7): it only carries. A relay tells it which
//! rows are due, consumers learn from it where to look, and events go out through it. Whatever it loses is in
//! the rows and is told again.

mod error;
mod events;
mod inbox;
mod link;
mod messages;
mod meters;
mod relay;
mod topology;
mod uploads;

pub use error::BrokerError;
pub use inbox::{Inbox, Receipt};
pub use link::{BrokerSettings, Link};
pub use messages::{BlobReference, EventMessage, JobMessage, UploadMessage, UploadUrgency};
pub use meters::BrokerMeters;
pub use relay::Relay;
pub use topology::Topology;
pub use uploads::{UploadFate, UploadTaker, take_uploads};
