//! Why the store refuses or fails.

use sqlx::migrate::MigrateError;
use thiserror::Error;

use super::vault::VaultError;

/// What goes wrong in the store. Messages carry identifiers and codes only; the cause is for logs.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nothing of that identifier.
    #[error("there is no such {what}")]
    NotFound {
        /// `application`, `document`, `report`, …
        what: &'static str,
    },
    /// The request contradicts what is stored.
    #[error("{0}")]
    Conflict(Conflict),
    /// Another worker holds the job now; nothing was written.
    #[error("the lease is no longer held")]
    Fenced,
    /// The database or the blob store cannot be reached or is full; trying again later may help.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    #[error("the tables could not be brought up to date")]
    Migration(#[from] MigrateError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A stored value is not what this version writes.
    #[error("a stored {what} cannot be understood")]
    Malformed { what: &'static str },
}

/// What PostgreSQL answers while it starts, stops or recovers (class 57P), and when it has no connection left.
const DOWN: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];

/// What databases say when there is no room left: PostgreSQL's `disk_full`, SQLite's `SQLITE_FULL`.
const FULL: [&str; 2] = ["53100", "13"];

impl StoreError {
    /// Whether the database or the blob store is away, whatever is asked of it.
    pub fn is_away(&self) -> bool {
        let is_missing = |error: &_| matches!(error, object_store::Error::NotFound { .. });
        self.is_down()
            || self.is_full()
            || matches!(self, Self::Vault(VaultError::Objects(error)) if !is_missing(error))
    }

    /// Whether there is no room left for what is to be written.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| FULL.contains(&&*code))
            }
            Self::Vault(error) => error.is_full(),
            _ => false,
        }
    }

    /// Whether the database cannot be reached now and may be later: nobody has to change anything for it.
    pub fn is_down(&self) -> bool {
        let (Self::Database(error)
        | Self::Migration(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _))) = self
        else {
            return false;
        };
        match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
            sqlx::Error::Database(error) => error.code().is_some_and(|code| DOWN.contains(&&*code)),
            _ => false,
        }
    }
}

/// What a request contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Conflict {
    #[error("the idempotency key was used for another request")]
    IdempotencyKey,
    #[error("the application is decided; a resubmission opens it again")]
    Decided,
    #[error("only a rejected application can be resubmitted")]
    NotRejected,
    #[error("the application changed since it was looked at")]
    Changed,
    #[error("the application is on hold; take it up first")]
    OnHold,
    #[error("a rejection of this application waits for a second person")]
    SecondLook,
    #[error("a rejection is confirmed by another person than the one who proposed it")]
    SamePerson,
    #[error("nobody ends their own account or changes its role")]
    OwnAccount,
    #[error("the last operator who can log in stays")]
    LastOperator,
    #[error("the same bytes were erased at this very moment; please send them again")]
    Erased,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Conflict> for StoreError {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_database_that_goes_away_is_down_whatever_is_being_done() {
        let gone = || sqlx::Error::Io(io::ErrorKind::UnexpectedEof.into());
        let errors = [
            StoreError::Database(gone()),
            StoreError::Database(sqlx::Error::PoolTimedOut),
            StoreError::Migration(MigrateError::Execute(gone())),
            StoreError::Migration(MigrateError::ExecuteMigration(gone(), 1)),
        ];
        assert!(errors.iter().all(StoreError::is_down));
        let errors = [
            StoreError::Database(sqlx::Error::RowNotFound),
            StoreError::Migration(MigrateError::VersionMismatch(1)),
            StoreError::Fenced,
        ];
        assert!(!errors.iter().any(StoreError::is_down));
    }

    #[test]
    fn a_blob_store_is_away_unless_it_is_one_object_that_is_not_there() {
        let source = || Box::new(io::Error::from(io::ErrorKind::StorageFull));
        let store = "x";
        let of = |error| StoreError::Vault(VaultError::Objects(error));
        let full = of(object_store::Error::Generic { store, source: source() });
        assert!(full.is_full() && full.is_away() && !full.is_down());
        let away = of(object_store::Error::Generic { store, source: "refused".into() });
        assert!(away.is_away() && !away.is_full());
        let missing = of(object_store::Error::NotFound { path: String::new(), source: "none".into() });
        assert!(!missing.is_away() && !missing.is_full());
        assert!(StoreError::Database(sqlx::Error::PoolTimedOut).is_away());
        assert!(!StoreError::Fenced.is_away());
    }
}
