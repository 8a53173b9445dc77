//! Links by which an applicant reaches one application for a while. Nothing is kept of them: what they say is signed.

use subtle::ConstantTimeEq;

use super::{Store, vault::keyed_digest};
use crate::domain::hex;

/// Characters of a signature: 128 bits, which nobody guesses within the life of a link.
const SIGNATURE: usize = 32;

impl Store {
    /// A link to an application that holds until `until` (milliseconds since 1970).
    pub fn link(&self, application: &str, until: i64) -> String {
        format!("{application}.{until}.{}", self.signature(application, until))
    }

    /// The application that a link leads to; `None`: it was not made here or is too old.
    pub fn linked(&self, link: &str, now: i64) -> Option<String> {
        let mut parts = link.splitn(3, '.');
        let (application, until, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let until: i64 = until.parse().ok()?;
        let is_ours = self.signature(application, until).as_bytes().ct_eq(signature.as_bytes());
        (bool::from(is_ours) && now < until).then(|| application.to_owned())
    }

    fn signature(&self, application: &str, until: i64) -> String {
        // Search terms are digested under the same key with names of fields before them; this is no such name.
        let text = format!("applicant's link\0{application}\0{until}");
        let mut digest = hex(&keyed_digest(self.search.bytes(), text.as_bytes()));
        digest.truncate(SIGNATURE);
        digest
    }
}
