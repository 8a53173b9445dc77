//! Master keys, and small values sealed under them.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::VaultError;

/// Bytes of every key here.
pub(super) const KEY_BYTES: usize = 32;
/// Bytes of a key's identifier, which stands before everything sealed under it.
const ID_BYTES: usize = 8;
/// Bytes of an `XChaCha20` nonce: long enough to be drawn at random for any number of values.
const NONCE_BYTES: usize = 24;

/// The operator's master keys: the first seals, all open. A rotation puts a new one in front.
pub struct Keyring {
    masters: Vec<Master>,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Master {
    id: [u8; ID_BYTES],
    key: [u8; KEY_BYTES],
}

impl Keyring {
    /// Reads a key file: one key a line as 64 hexadecimal digits, the current one first; `#` starts a
    /// comment.
    ///
    /// # Errors
    /// [`VaultError::KeyFile`] when it has no key or something else; what stands in it is not repeated.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        let masters =
            lines.filter(|line| !line.is_empty()).map(Master::parse).collect::<Result<Vec<_>, _>>()?;
        if masters.is_empty() {
            return Err(VaultError::KeyFile("it holds no key"));
        }
        Ok(Self { masters })
    }

    /// A line for a key file with a new key.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn new_line() -> Result<Zeroizing<String>, VaultError> {
        Ok(Zeroizing::new(crate::domain::hex(&*random::<KEY_BYTES>()?)))
    }

    /// Seals a value for one place, as base64. What is sealed for one `place` does not open for another,
    /// so rows cannot be swapped unnoticed.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<String, VaultError> {
        let master = &self.masters[0];
        let nonce = random::<NONCE_BYTES>()?;
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed =
            master.cipher().encrypt(&XNonce::from(*nonce), payload).map_err(|_| VaultError::Damaged)?;
        Ok(STANDARD.encode([&master.id[..], &nonce[..], &sealed].concat()))
    }

    /// Opens what [`Self::seal`] made for the same place.
    ///
    /// # Errors
    /// When the key is not known or a bit is not as it was.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let bytes = STANDARD.decode(sealed).map_err(|_| VaultError::Damaged)?;
        let (id, rest) = bytes.split_first_chunk::<ID_BYTES>().ok_or(VaultError::Damaged)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Damaged)?;
        let master = self.masters.iter().find(|master| master.id == *id).ok_or(VaultError::UnknownKey)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let plain = master.cipher().decrypt(&XNonce::from(*nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| VaultError::Damaged)
    }

    /// What everything begins with that is sealed under the current key: as many characters of base64 as
    /// its identifier alone decides.
    pub fn current_mark(&self) -> String {
        let mut mark = STANDARD.encode(self.masters[0].id);
        mark.truncate(ID_BYTES * 8 / 6);
        mark
    }
}

impl Master {
    fn parse(line: &str) -> Result<Self, VaultError> {
        let digits = line.as_bytes();
        if digits.len() != 2 * KEY_BYTES || !line.is_ascii() {
            return Err(VaultError::KeyFile("a key is 64 hexadecimal digits"));
        }
        let mut key = [0; KEY_BYTES];
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |c: u8| char::from(c).to_digit(16).and_then(|value| u8::try_from(value).ok());
            let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
                return Err(VaultError::KeyFile("a key is 64 hexadecimal digits"));
            };
            *byte = high << 4 | low;
        }
        // The identifier tells nothing about the key that made it.
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&keyed_digest(&key, b"vouch master key id")[..ID_BYTES]);
        Ok(Self { id, key })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.key))
    }
}

/// HMAC-SHA-256 of `text`.
pub(crate) fn keyed_digest(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length; the arm is never taken.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; 32] };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// Random bytes of the operating system.
pub(super) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, VaultError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut *bytes).map_err(|_| VaultError::NoRandomness)?;
    Ok(bytes)
}

/// A secret of 256 random bits, as hexadecimal digits.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn new_secret() -> Result<Zeroizing<String>, VaultError> {
    Keyring::new_line()
}

/// What is kept of such a secret: its SHA-256 in hexadecimal digits. One of 256 random bits needs no slow hash.
pub fn digest_of(secret: &str) -> String {
    crate::domain::hex(&Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[u8]) -> Keyring {
        let lines: Vec<String> = keys.iter().map(|key| crate::domain::hex(&[*key; KEY_BYTES])).collect();
        Keyring::parse(&lines.join("\n")).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_in_its_own_place_only() {
        let keys = ring(&[1]);
        let sealed = keys.seal("report doc-1", "姓名".as_bytes()).unwrap();
        assert_eq!(&*keys.open("report doc-1", &sealed).unwrap(), "姓名".as_bytes());
        assert!(matches!(keys.open("report doc-2", &sealed), Err(VaultError::Damaged)));
        assert_ne!(sealed, keys.seal("report doc-1", "姓名".as_bytes()).unwrap());
    }

    #[test]
    fn a_changed_bit_is_seen() {
        let keys = ring(&[1]);
        let mut bytes = STANDARD.decode(keys.seal("x", b"value").unwrap()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        assert!(matches!(keys.open("x", &STANDARD.encode(bytes)), Err(VaultError::Damaged)));
        assert!(matches!(keys.open("x", "no base64!"), Err(VaultError::Damaged)));
    }

    #[test]
    fn an_old_key_still_opens_after_a_rotation() {
        let sealed = ring(&[1]).seal("x", b"value").unwrap();
        let rotated = ring(&[2, 1]);
        assert_eq!(&*rotated.open("x", &sealed).unwrap(), b"value");
        let mark = rotated.current_mark();
        assert!(!sealed.starts_with(&mark) && rotated.seal("x", b"v").unwrap().starts_with(&mark));
        assert!(matches!(ring(&[2]).open("x", &sealed), Err(VaultError::UnknownKey)));
    }

    #[test]
    fn a_key_file_is_checked_and_never_quoted() {
        for text in ["", "# nothing", "abc", &"g".repeat(64), &"é".repeat(32)] {
            let error = Keyring::parse(text).err().unwrap().to_string();
            assert!(!error.contains("abc") && !error.contains("ggg"), "{error}");
        }
        let line = Keyring::new_line().unwrap();
        assert!(Keyring::parse(&format!("{} # made today\n", *line)).is_ok());
    }
}
