//! Search by keyed digests: a copy of the database tells nobody whom it is about, not even by trying
//! all numbers.

use std::sync::Arc;

use serde::Deserialize;
use sqlx::AnyPool;
use zeroize::Zeroizing;

use super::{
    StoreError,
    pool::Tx,
    vault::{Keyring, keyed_digest, new_secret},
};
use crate::domain::hex;

/// The place for which the search key is sealed, and its name among the secrets.
const PLACE: &str = "search key";

/// What an application can be found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchTerm {
    Name,
    IdNumber,
    Phone,
    CertificateNumber,
}

impl SearchTerm {
    const ALL: [Self; 4] = [Self::Name, Self::IdNumber, Self::Phone, Self::CertificateNumber];

    /// The field's name in declared data and in reports.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::IdNumber => "id_number",
            Self::Phone => "phone",
            Self::CertificateNumber => "certificate_number",
        }
    }

    /// The term that a field is, if it can be searched for.
    pub fn of_field(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|term| term.field() == name)
    }
}

/// The key of the digests. It outlives rotations of the master key, which only seals it anew.
#[derive(Clone)]
pub(super) struct SearchKey(Arc<Zeroizing<Vec<u8>>>);

impl SearchKey {
    /// The key of this database; the first process to open it makes one.
    pub(super) async fn open(pool: &AnyPool, keys: &Keyring) -> Result<Self, StoreError> {
        let sealed = keys.seal(PLACE, new_secret()?.as_bytes())?;
        sqlx::query("INSERT INTO secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(PLACE)
            .bind(sealed)
            .execute(pool)
            .await?;
        let statement = "SELECT sealed FROM secrets WHERE name = $1";
        let sealed: String = sqlx::query_scalar(statement).bind(PLACE).fetch_one(pool).await?;
        Ok(Self(Arc::new(keys.open(PLACE, &sealed)?)))
    }

    /// The key itself, for digests of other things.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The digest under which a value is found; spaces and the case of letters do not count.
    pub(super) fn digest(&self, term: SearchTerm, value: &str) -> String {
        let value: String = value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        hex(&keyed_digest(&self.0, format!("{}\0{value}", term.field()).as_bytes()))
    }
}

impl Tx {
    /// Makes an application findable by digests.
    pub(super) async fn index(&mut self, application: &str, digests: &[String]) -> Result<(), StoreError> {
        for digest in digests {
            let statement = "INSERT INTO search_keys (digest, application_id) VALUES ($1, $2) \
                 ON CONFLICT (digest, application_id) DO NOTHING";
            sqlx::query(statement).bind(digest).bind(application).execute(&mut *self.inner).await?;
        }
        Ok(())
    }
}
