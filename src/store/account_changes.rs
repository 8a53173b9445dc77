//! What operators do to accounts. Nobody ends their own account or changes its role, and the last operator who can log in
//! stays: somebody has to be able to let people in.

use serde_json::json;
use zeroize::Zeroizing;

use super::{
    AccountRow, Conflict, Role, Store, StoreError, accounts::row_of, new_id, pool::Tx, vault::digest_of,
    vault::new_secret,
};

/// Until when a one-time secret opens the set-up page, milliseconds after it was made: 3 days bridge a weekend.
const SETUP_MS: i64 = 3 * 86_400_000;
/// Longest name to log in with, in characters.
const MAX_NAME: usize = 64;

/// What somebody may be called, without the spaces around it; `None` for what is empty, too long or not one line.
pub fn account_name(text: &str) -> Option<&str> {
    let name = text.trim();
    let is_fit = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    is_fit.then_some(name)
}

impl Store {
    /// Makes an account, or lets the holder of one set a new password; one that was ended is in use again. The answer is
    /// the one-time secret; the old password holds until it is used.
    ///
    /// # Errors
    /// As [`Self::set_role`] where the account has another role.
    pub async fn invite(
        &self,
        name: &str,
        role: Role,
        actor: &str,
        now: i64,
    ) -> Result<Zeroizing<String>, StoreError> {
        let secret = new_secret()?;
        let mut tx = self.begin().await?;
        let statement = "SELECT * FROM accounts WHERE name = $1";
        let known = sqlx::query(statement).bind(name).fetch_optional(&mut *tx.inner).await?;
        if let Some(known) = known.as_ref().map(row_of).transpose()?.filter(|known| known.role != role) {
            tx.check_change(&known, actor).await?;
        }
        let statement = "INSERT INTO accounts (id, name, role, setup_digest, setup_until, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET role = excluded.role, \
             setup_digest = excluded.setup_digest, setup_until = excluded.setup_until, ended_at = NULL \
             RETURNING id";
        let id: String = sqlx::query_scalar(statement)
            .bind(new_id("acc"))
            .bind(name)
            .bind(role.as_str())
            .bind(digest_of(&secret))
            .bind(now + SETUP_MS)
            .bind(now)
            .fetch_one(&mut *tx.inner)
            .await?;
        tx.audit(actor, "account.invited", &id, &json!({ "role": role }).to_string(), now).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// Gives an account another role; it counts from its holder's next request.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`Conflict::OwnAccount`]; [`Conflict::LastOperator`].
    pub async fn set_role(&self, account: &str, role: Role, actor: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let before = tx.account(account).await?;
        if before.role == role {
            return Ok(());
        }
        tx.check_change(&before, actor).await?;
        let statement = "UPDATE accounts SET role = $2 WHERE id = $1";
        sqlx::query(statement).bind(account).bind(role.as_str()).execute(&mut *tx.inner).await?;
        let detail = json!({ "before": before.role, "role": role }).to_string();
        tx.audit(actor, "account.role_changed", account, &detail, now).await?;
        tx.commit().await
    }

    /// Ends an account: its password, its invitation and its sessions are gone at once, its name stays in what it did.
    ///
    /// # Errors
    /// As [`Self::set_role`].
    pub async fn end_account(&self, account: &str, actor: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let before = tx.account(account).await?;
        if before.is_ended {
            return Ok(());
        }
        tx.check_change(&before, actor).await?;
        let statement = "UPDATE accounts SET ended_at = $2, password = NULL, setup_digest = NULL, failures = 0, \
             locked_until = 0 WHERE id = $1";
        sqlx::query(statement).bind(account).bind(now).execute(&mut *tx.inner).await?;
        sqlx::query("DELETE FROM sessions WHERE account_id = $1")
            .bind(account)
            .execute(&mut *tx.inner)
            .await?;
        tx.audit(actor, "account.ended", account, "{}", now).await?;
        tx.commit().await
    }

    /// Lets the holder of an account that wrong passwords locked try again at once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn unlock_account(&self, account: &str, actor: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.account(account).await?;
        let statement = "UPDATE accounts SET failures = 0, locked_until = 0 WHERE id = $1";
        sqlx::query(statement).bind(account).execute(&mut *tx.inner).await?;
        tx.audit(actor, "account.unlocked", account, "{}", now).await?;
        tx.commit().await
    }
}

impl Tx {
    async fn account(&mut self, id: &str) -> Result<AccountRow, StoreError> {
        let statement = "SELECT * FROM accounts WHERE id = $1";
        let row = sqlx::query(statement).bind(id).fetch_optional(&mut *self.inner).await?;
        row_of(&row.ok_or(StoreError::NotFound { what: "account" })?)
    }

    /// Refuses to end an account or to change its role where it is the actor's own or the last operator's.
    async fn check_change(&mut self, account: &AccountRow, actor: &str) -> Result<(), StoreError> {
        if account.id == actor {
            return Err(Conflict::OwnAccount.into());
        }
        if account.role != Role::Operator || !account.is_set_up {
            return Ok(());
        }
        // Writing locks the rows: of two operators who end each other, the second finds one left.
        let statement = "UPDATE accounts SET role = role WHERE role = 'operator' AND password IS NOT NULL";
        let operators = sqlx::query(statement).execute(&mut *self.inner).await?.rows_affected();
        if operators > 1 { Ok(()) } else { Err(Conflict::LastOperator.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line() {
        assert_eq!(account_name(" 林 一 "), Some("林 一"));
        for text in ["", "  ", "a\nb", &"a".repeat(65)] {
            assert_eq!(account_name(text), None, "{text:?}");
        }
    }
}
