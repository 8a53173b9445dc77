//! How jobs come to workers. The rows are the truth (`store`, jobs); a queue only says when to look and for
//! how long a worker may hold what it took. Events go out from here as well: through a broker or to webhooks.

mod backoff;
pub mod broker;
mod embedded;
mod jobs;
pub mod webhooks;

pub use backoff::Backoff;
pub use embedded::{EmbeddedQueue, QueueSettings};
pub use jobs::{JobQueue, Taken};
