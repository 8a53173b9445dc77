//! People who use the console, and their sessions. Passwords are kept as Argon2id; of one-time and session secrets
//! (256 random bits) only digests are kept.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use super::{
    Store, StoreError,
    rows::{Columns, named},
    vault::{digest_of, new_secret},
};

named! {
    /// What a person may do in the console.
    Role {
        /// Look at applications and decide.
        Reviewer = "reviewer",
        /// The same, and the numbers.
        Lead = "lead",
        /// See to jobs and accounts; no application is shown to them.
        Operator = "operator",
    }
}

impl Role {
    /// Whether applications are shown to such a person.
    pub const fn reviews(self) -> bool {
        matches!(self, Self::Reviewer | Self::Lead)
    }
}

/// Failures in a row after which an account is locked: more than typing errors, far fewer than guesses need.
const MAX_FAILURES: i64 = 5;
/// For how long, milliseconds: 15 minutes leave a guesser 480 tries a day.
const LOCK_MS: i64 = 900_000;
/// A session ends after that long without a request, milliseconds: half an hour, a lunch break.
const IDLE_MS: i64 = 1_800_000;
/// And in any case after that long: a working day.
const SESSION_MS: i64 = 12 * 3_600_000;

/// An account, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub id: String,
    pub name: String,
    pub role: Role,
    /// The holder has set a password.
    pub is_set_up: bool,
    /// Until when wrong passwords keep it locked, milliseconds since 1970; it may be past.
    pub locked_until: i64,
    /// It was ended.
    pub is_ended: bool,
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Its holder has not set a password yet.
    Invited,
    InUse,
    /// After wrong passwords, for a while.
    Locked,
    Ended,
}

impl AccountRow {
    pub const fn state(&self, now: i64) -> AccountState {
        if self.is_ended {
            AccountState::Ended
        } else if self.locked_until > now {
            AccountState::Locked
        } else if self.is_set_up {
            AccountState::InUse
        } else {
            AccountState::Invited
        }
    }
}

pub(super) fn row_of(row: &AnyRow) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        id: row.text("id")?,
        name: row.text("name")?,
        role: row.parsed("role")?,
        is_set_up: row.maybe_text("password")?.is_some(),
        locked_until: row.number("locked_until")?,
        is_ended: row.maybe_number("ended_at")?.is_some(),
    })
}

/// Argon2id with the library's parameters (19 MiB, two passes), off the threads that answer.
async fn hashed(password: Zeroizing<String>) -> Result<String, StoreError> {
    let hash = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    hash.await.ok().and_then(Result::ok).ok_or(StoreError::Malformed { what: "password" })
}

impl Store {
    /// Sets the password of the account that `secret` is for, once; all its sessions end.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the secret is unknown, used or too old.
    pub async fn set_password(
        &self,
        secret: &str,
        password: Zeroizing<String>,
        now: i64,
    ) -> Result<(), StoreError> {
        let hash = hashed(password).await?;
        let mut tx = self.begin().await?;
        let statement = "UPDATE accounts SET password = $2, setup_digest = NULL, failures = 0, locked_until = 0 \
             WHERE setup_digest = $1 AND setup_until > $3 RETURNING id";
        let id: Option<String> = sqlx::query_scalar(statement)
            .bind(digest_of(secret))
            .bind(hash)
            .bind(now)
            .fetch_optional(&mut *tx.inner)
            .await?;
        let id = id.ok_or(StoreError::NotFound { what: "invitation" })?;
        sqlx::query("DELETE FROM sessions WHERE account_id = $1").bind(&id).execute(&mut *tx.inner).await?;
        tx.audit(&id, "account.password_set", &id, "{}", now).await?;
        tx.commit().await
    }

    /// Lets a person in: the secret of a new session. `None`: there is no such account, it has no password yet, the
    /// password is wrong, or too many were; neither the answer nor the time that it takes tells which. Failures are counted before the password is looked at, so
    /// that many tries at once are no way around the lock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_in(
        &self,
        name: &str,
        password: Zeroizing<String>,
        now: i64,
    ) -> Result<Option<Zeroizing<String>>, StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE accounts SET \
             locked_until = CASE WHEN failures + 1 >= $3 THEN $2 + $4 ELSE locked_until END, \
             failures = CASE WHEN failures + 1 >= $3 THEN 0 ELSE failures + 1 END \
             WHERE name = $1 AND locked_until <= $2 AND ended_at IS NULL RETURNING *";
        let row = sqlx::query(statement)
            .bind(name)
            .bind(now)
            .bind(MAX_FAILURES)
            .bind(LOCK_MS)
            .fetch_optional(&mut *tx.inner)
            .await?;
        tx.commit().await?;
        let Some(row) = row else {
            // As much work as for a password that is looked at.
            hashed(password).await?;
            return Ok(None);
        };
        let account = row_of(&row)?;
        let kept = row.maybe_text("password")?;
        let same = tokio::task::spawn_blocking(move || match kept {
            Some(kept) => Argon2::default().verify_password(password.as_bytes(), kept.as_str()).is_ok(),
            None => {
                let _ = Argon2::default().hash_password(password.as_bytes());
                false
            }
        });
        let same = same.await.unwrap_or(false);
        let secret = new_secret()?;
        let mut tx = self.begin().await?;
        if same {
            sqlx::query("UPDATE accounts SET failures = 0, locked_until = 0 WHERE id = $1")
                .bind(&account.id)
                .execute(&mut *tx.inner)
                .await?;
            let statement =
                "INSERT INTO sessions (digest, account_id, created_at, seen_at) VALUES ($1, $2, $3, $3)";
            sqlx::query(statement)
                .bind(digest_of(&secret))
                .bind(&account.id)
                .bind(now)
                .execute(&mut *tx.inner)
                .await?;
            // What ran out meanwhile goes.
            sqlx::query("DELETE FROM sessions WHERE seen_at < $1 OR created_at < $2")
                .bind(now - IDLE_MS)
                .bind(now - SESSION_MS)
                .execute(&mut *tx.inner)
                .await?;
        }
        let action = if same { "account.logged_in" } else { "account.refused" };
        tx.audit(&account.id, action, &account.id, "{}", now).await?;
        tx.commit().await?;
        Ok(same.then_some(secret))
    }

    /// The account whose session `secret` is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, secret: &str, now: i64) -> Result<Option<AccountRow>, StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE sessions SET seen_at = $2 WHERE digest = $1 AND seen_at >= $3 \
             AND created_at >= $4 RETURNING account_id";
        let id: Option<String> = sqlx::query_scalar(statement)
            .bind(digest_of(secret))
            .bind(now)
            .bind(now - IDLE_MS)
            .bind(now - SESSION_MS)
            .fetch_optional(&mut *tx.inner)
            .await?;
        let Some(id) = id else { return Ok(None) };
        // A log-in that was on its way when the account was ended opens nothing.
        let statement = "SELECT * FROM accounts WHERE id = $1 AND ended_at IS NULL";
        let row = sqlx::query(statement).bind(id).fetch_optional(&mut *tx.inner).await?;
        tx.commit().await?;
        row.as_ref().map(row_of).transpose()
    }

    /// The account whose session `secret` is, for a request that is no sign of its holder: the session is not
    /// prolonged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_unprolonged(
        &self,
        secret: &str,
        now: i64,
    ) -> Result<Option<AccountRow>, StoreError> {
        let statement = "SELECT accounts.* FROM sessions JOIN accounts ON accounts.id = sessions.account_id \
             WHERE sessions.digest = $1 AND sessions.seen_at >= $2 AND sessions.created_at >= $3 \
             AND accounts.ended_at IS NULL";
        let row = sqlx::query(statement)
            .bind(digest_of(secret))
            .bind(now - IDLE_MS)
            .bind(now - SESSION_MS)
            .fetch_optional(self.reader())
            .await?;
        row.as_ref().map(row_of).transpose()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self, secret: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let statement = "DELETE FROM sessions WHERE digest = $1";
        sqlx::query(statement).bind(digest_of(secret)).execute(&mut *tx.inner).await?;
        tx.commit().await
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        let rows = sqlx::query("SELECT * FROM accounts ORDER BY name").fetch_all(self.reader()).await?;
        rows.iter().map(row_of).collect()
    }
}
