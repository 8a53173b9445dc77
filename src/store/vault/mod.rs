//! Encryption at rest: the operator's master keys, sealed values in tables, and blobs.

mod blobs;
mod bucket;
mod keyring;
mod place;

use std::{error::Error, io};

pub(in crate::store) use blobs::key_place;
pub use blobs::{BlobVault, ReceiveError, Received};
pub use bucket::{Bucket, BucketKeys};
pub(crate) use keyring::keyed_digest;
pub use keyring::{Keyring, digest_of, new_secret};
pub use place::BlobPlace;

/// Why something sealed cannot be written or read.
#[derive(Debug, thiserror::Error)]
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
    #[error("half-written files cannot be swept")]
    Sweep(#[source] io::Error),
    #[error("the system has no randomness")]
    NoRandomness,
}

impl VaultError {
    /// Whether there is no room left where blobs are.
    pub fn is_full(&self) -> bool {
        let mut cause: Option<&dyn Error> = Some(self);
        while let Some(error) = cause {
            let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
                return true;
            }
            cause = error.source();
        }
        false
    }
}
