//! Encryption at rest: the operator's master keys, sealed values in tables, and blobs.

mod blobs;
mod keyring;

use thiserror::Error;

pub(in crate::store) use blobs::key_place;
pub use blobs::{BlobVault, ReceiveError, Received};
pub(crate) use keyring::keyed_digest;
pub use keyring::{Keyring, digest_of, new_secret};

/// Why something sealed cannot be written or read.
#[derive(Debug, Error)]
pub enum VaultError {
    #[error("the master key file is not readable: {0}")]
    KeyFile(&'static str),
    /// Sealed under a master key that the keyring does not have.
    #[error("sealed under a master key that is not in the keyring")]
    UnknownKey,
    /// Damaged, or not sealed for this place.
    #[error("sealed data is damaged")]
    Damaged,
    #[error("the blob store failed")]
    Objects(#[from] object_store::Error),
    #[error("the system has no randomness")]
    NoRandomness,
}
