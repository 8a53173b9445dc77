//! Workers: take jobs, have documents read by confined processes, judge applications, write results.

mod assess;
mod clock;
mod meters;
mod poison;
mod read;
mod reader_process;
mod readers;
mod reuse;
mod run;
mod turnstile;

pub use clock::now;
pub use meters::WorkerMeters;
pub use poison::unreadable;
pub use reader_process::ReaderCommand;
pub use readers::{PoolStatus, ReadError, ReaderPool, ReaderPoolSettings};
pub use reuse::{REUSE_RULE, ReuseIndex};
pub use run::{Worker, WorkerSettings};
pub use turnstile::Urgency;
