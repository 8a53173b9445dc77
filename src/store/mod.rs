//! What the service remembers: rows in SQLite or PostgreSQL, and encrypted blobs.
//!
//! A row is the truth (DESIGN.md, decision 7). Everything that belongs together is written in one
//! transaction: an upload with its job and its event, a report with the end of its job and its event.
//! All statements are in the subset of SQL that both databases share and go through `sqlx`'s `Any`
//! driver (docs/adr/0004); one behaviour suite (`tests/it/store.rs`) runs over both. No function here
//! reads a clock: `now` is always an argument, in milliseconds since 1970 (UTC).

mod account_changes;
mod accounts;
mod applications;
mod audit;
mod blobs;
mod corrections;
mod decisions;
mod declarations;
mod documents;
mod erasure;
mod error;
mod events;
mod jobs;
mod layers;
mod links;
mod numbers;
mod outbox;
mod pictures;
mod pool;
mod prints;
mod reports;
mod review;
mod rotation;
mod rows;
mod search;
mod tokens;
pub mod vault;
mod webhooks;

pub use account_changes::account_name;
pub use accounts::{AccountRow, AccountState, Role};
pub use applications::{ApplicationQuery, ApplicationRow, ApplicationStatus, NewApplication};
pub use audit::{AuditEntry, AuditFault};
pub use blobs::Blob;
pub use corrections::{CorrectionRow, NewCorrection};
pub use decisions::{DecisionRow, NewDecision};
pub use declarations::{DeclaredCorrection, EarlierDeclaration};
pub use documents::{AddedDocument, DocumentRow, DocumentState, NewDocument};
pub use erasure::Erasure;
pub use error::{Conflict, StoreError};
pub use events::{Event, EventKind};
pub use jobs::{Backlog, Job, JobKind, JobState, Lease, Priority};
pub use numbers::{DecisionNumbers, FindingNumbers, Span};
pub use outbox::{Handover, Lane, RelayBacklog};
pub use pictures::{KeptPictures, PictureRow};
pub use pool::{Backend, Store};
pub use prints::{HashRow, PrintRow, SameFile};
pub use reports::{FinishedAssessment, FinishedReading};
pub use review::{NewStep, ReviewState, ReviewStep, StepRow};
pub use search::SearchTerm;
pub use tokens::{NewToken, Scope, TokenRow};
pub use webhooks::{Delivery, DeliveryChoice, DeliveryState, WebhookRow, webhook_relay};

use uuid::Uuid;

/// A new identifier: a prefix that says of what, and a UUID of version 7, which sorts by time.
pub fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::now_v7().simple())
}
