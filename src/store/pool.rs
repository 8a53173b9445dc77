//! Connections, migrations and transactions.

use std::{sync::Arc, time::Duration};

use sqlx::{
    Any, AnyPool, Connection, Executor, Transaction,
    any::{AnyPoolOptions, install_default_drivers},
};

use super::{
    StoreError,
    search::SearchKey,
    vault::{BlobVault, Keyring, VaultError},
};

/// How long a request waits for a connection before it fails. Longer hides an overload, shorter refuses
/// at peaks that would pass.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that read from SQLite at once. They do not block its one writer.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL of one process.
const POSTGRES_CONNECTIONS: u32 = 8;

/// What a SQLite connection is told first. WAL: readers and the writer do not wait for each other. FULL: what
/// was answered is on the disk, even when the power goes. `busy_timeout`: another process (`vouch jobs`) may
/// hold the file for a moment.
const SQLITE_SETUP: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000; PRAGMA wal_autocheckpoint = 1000;";

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The database with the keys to what is sealed in it, and the blob store. Clones share connections.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    read: AnyPool,
    /// SQLite has one writer at a time; a queue here is fair, its busy handler is not.
    write: AnyPool,
    pub(super) keys: Arc<Keyring>,
    pub(super) search: SearchKey,
    blobs: BlobVault,
}

impl Store {
    /// Opens `sqlite:///path/to/file` (made if it is not there) or `postgres://…` and brings its tables up
    /// to date.
    ///
    /// # Errors
    /// When it cannot be reached or was made by a newer version.
    pub async fn open(url: &str, keys: Arc<Keyring>, blobs: BlobVault) -> Result<Self, StoreError> {
        install_default_drivers();
        let backend = if url.starts_with("sqlite:") { Backend::Sqlite } else { Backend::Postgres };
        let options = || AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
        let (read, write) = match backend {
            Backend::Sqlite => {
                let options = || {
                    let set_up = options().after_connect(|connection, _| {
                        Box::pin(async move { connection.execute(SQLITE_SETUP).await.map(|_| ()) })
                    });
                    // On a full disk SQLite rolls back by itself, and sqlx still counts a transaction: nothing could be
                    // begun on that connection any more.
                    set_up.before_acquire(|connection, _| {
                        let is_idle = !connection.is_in_transaction();
                        Box::pin(async move { Ok(is_idle) })
                    })
                };
                let url = format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' });
                let write = options().max_connections(1).connect(&url).await?;
                (options().max_connections(SQLITE_READERS).connect(&url).await?, write)
            }
            Backend::Postgres => {
                let pool = options().max_connections(POSTGRES_CONNECTIONS).connect(url).await?;
                (pool.clone(), pool)
            }
        };
        sqlx::migrate!("src/store/migrations").run(&write).await?;
        let search = SearchKey::open(&write, &keys).await?;
        Ok(Self { backend, read, write, keys, search, blobs })
    }

    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Ends a selection of rows to be changed. PostgreSQL: rows that another transaction is changing are
    /// passed over, not waited for.
    pub(super) fn skip_locked(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite => "",
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// The blob store.
    pub fn vault(&self) -> &BlobVault {
        &self.blobs
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn probe(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.read).await?;
        Ok(())
    }

    /// Connections for statements that only read.
    pub(super) fn reader(&self) -> &AnyPool {
        &self.read
    }

    /// A transaction that writes.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        let inner = match self.backend {
            // A transaction that begins by reading and then writes could fail in its middle.
            Backend::Sqlite => self.write.begin_with("BEGIN IMMEDIATE").await?,
            Backend::Postgres => self.write.begin().await?,
        };
        Ok(Tx { inner })
    }

    /// Seals a text for a place in the tables.
    pub(super) fn seal(&self, place: &str, text: &str) -> Result<String, VaultError> {
        self.keys.seal(place, text.as_bytes())
    }

    /// Opens what [`Self::seal`] made.
    pub(super) fn unseal(&self, place: &str, sealed: &str) -> Result<String, StoreError> {
        let plain = self.keys.open(place, sealed)?;
        String::from_utf8(plain.to_vec()).map_err(|_| StoreError::Malformed { what: "sealed text" })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

/// An open transaction; dropped without [`Tx::commit`], it is rolled back.
pub(super) struct Tx {
    pub(super) inner: Transaction<'static, Any>,
}

impl Tx {
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }

    /// The next number of a counter, which stays locked until the transaction ends: take it last.
    pub(super) async fn next(&mut self, counter: &'static str) -> Result<i64, StoreError> {
        let statement = "UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value";
        Ok(sqlx::query_scalar(statement).bind(counter).fetch_one(&mut *self.inner).await?)
    }
}
