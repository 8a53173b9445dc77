//! API tokens. A token is `vch_ID_SECRET`; of the secret (256 random bits) only the SHA-256 is kept, which
//! for a secret of that strength needs no slow hash.

use sqlx::any::AnyRow;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    Store, StoreError, new_id,
    rows::{Columns, named},
    vault::{digest_of, new_secret},
};

named! {
    /// What a token may do.
    Scope {
        /// File applications, upload, follow them.
        Portal = "portal",
        /// Read everything, decide.
        Reviewer = "reviewer",
        /// Tokens, metrics, jobs.
        Operator = "operator",
    }
}

/// A token as it is given out, once.
pub struct NewToken {
    pub row: TokenRow,
    /// The whole text; nowhere else to be had.
    pub text: Zeroizing<String>,
}

/// A token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub id: String,
    /// What the operator calls it.
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

/// What stands before every token, so that scanners for leaked secrets can know one.
const MARK: &str = "vch_";

fn row_of(row: &AnyRow) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.text("id")?,
        name: row.text("name")?,
        scopes: row.text("scopes")?.split(' ').filter_map(|scope| scope.parse().ok()).collect(),
        created_at: row.number("created_at")?,
        expires_at: row.maybe_number("expires_at")?,
        revoked_at: row.maybe_number("revoked_at")?,
    })
}

impl Store {
    /// Makes a token; `actor` is who asked for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_token(
        &self,
        name: &str,
        scopes: &[Scope],
        expires_at: Option<i64>,
        actor: &str,
        now: i64,
    ) -> Result<NewToken, StoreError> {
        let id = new_id("tok");
        let secret = new_secret()?;
        let scopes_text = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
        let mut tx = self.begin().await?;
        let statement = "INSERT INTO tokens (id, name, digest, scopes, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(statement)
            .bind(&id)
            .bind(name)
            .bind(digest_of(&secret))
            .bind(&scopes_text)
            .bind(now)
            .bind(expires_at)
            .execute(&mut *tx.inner)
            .await?;
        let detail = serde_json::json!({ "scopes": scopes }).to_string();
        tx.audit(actor, "token.created", &id, &detail, now).await?;
        tx.commit().await?;
        let text = Zeroizing::new(format!("{MARK}{}_{}", id.trim_start_matches("tok_"), *secret));
        let row = TokenRow {
            id,
            name: name.to_owned(),
            scopes: scopes.to_vec(),
            created_at: now,
            expires_at,
            revoked_at: None,
        };
        Ok(NewToken { row, text })
    }

    /// The token that `text` is, if it is one that may be used now. How long it takes does not depend on
    /// how much of a secret is right.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authenticate(&self, text: &str, now: i64) -> Result<Option<TokenRow>, StoreError> {
        let Some((id, secret)) = text.strip_prefix(MARK).and_then(|rest| rest.split_once('_')) else {
            return Ok(None);
        };
        if !id.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Ok(None);
        }
        let statement = "SELECT * FROM tokens WHERE id = $1";
        let row = sqlx::query(statement).bind(format!("tok_{id}")).fetch_optional(self.reader()).await?;
        let Some(row) = row else { return Ok(None) };
        let same = bool::from(digest_of(secret).as_bytes().ct_eq(row.text("digest")?.as_bytes()));
        let token = row_of(&row)?;
        let usable = token.revoked_at.is_none() && token.expires_at.is_none_or(|end| now < end);
        Ok((same && usable).then_some(token))
    }

    /// All tokens, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        let rows = sqlx::query("SELECT * FROM tokens ORDER BY id").fetch_all(self.reader()).await?;
        rows.iter().map(row_of).collect()
    }

    /// Ends a token.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none that is not ended yet.
    pub async fn revoke_token(&self, id: &str, actor: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let statement = "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        let done = sqlx::query(statement).bind(id).bind(now).execute(&mut *tx.inner).await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "token" });
        }
        tx.audit(actor, "token.revoked", id, "{}", now).await?;
        tx.commit().await
    }
}
