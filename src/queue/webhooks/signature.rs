//! Signatures of the Standard Webhooks specification (version 1, symmetric): HMAC-SHA-256 of
//! `id.timestamp.body`.

use base64::{Engine, engine::general_purpose::STANDARD};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::store::vault::keyed_digest;

/// What a secret begins with; the specification's own.
const PREFIX: &str = "whsec_";
/// Bytes of a secret, by the specification.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Why there is no secret; what stands there is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SecretsError {
    #[error("there is no secret")]
    Empty,
    #[error("a secret is whsec_ and the base64 of 24 to 64 bytes")]
    Malformed,
}

/// The secrets that an endpoint is signed for with. More than one while the endpoint changes to a new one: each
/// signs, and it accepts either.
#[derive(Clone)]
pub struct Secrets(Vec<Zeroizing<Vec<u8>>>);

impl Secrets {
    /// Reads one secret a line, `whsec_…`, the current one first; `#` starts a comment.
    ///
    /// # Errors
    /// When there is none, or something else.
    pub fn parse(text: &str) -> Result<Self, SecretsError> {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        let secrets = lines.filter(|line| !line.is_empty()).map(secret).collect::<Result<Vec<_>, _>>()?;
        if secrets.is_empty() { Err(SecretsError::Empty) } else { Ok(Self(secrets)) }
    }

    /// The `webhook-signature` of a message; `timestamp` is in seconds since 1970.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
        let sign =
            |secret: &Zeroizing<Vec<u8>>| format!("v1,{}", STANDARD.encode(keyed_digest(secret, &signed)));
        self.0.iter().map(sign).collect::<Vec<_>>().join(" ")
    }
}

fn secret(line: &str) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
    let text = line.strip_prefix(PREFIX).ok_or(SecretsError::Malformed)?;
    let bytes = Zeroizing::new(STANDARD.decode(text).map_err(|_| SecretsError::Malformed)?);
    if BYTES.contains(&bytes.len()) { Ok(bytes) } else { Err(SecretsError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn each_of_several_secrets_signs() {
        let new = format!("whsec_{}", STANDARD.encode([7; 32]));
        let both = Secrets::parse(&format!("{new} # since today\n\n{SECRET}\n")).unwrap().sign("m", 1, b"{}");
        let each = [new.as_str(), SECRET].map(|text| Secrets::parse(text).unwrap().sign("m", 1, b"{}"));
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        assert_eq!(Secrets::parse(" \n# none\n").err(), Some(SecretsError::Empty));
        for text in ["password", "whsec_?", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert_eq!(Secrets::parse(text).err(), Some(SecretsError::Malformed), "{text}");
        }
    }
}
