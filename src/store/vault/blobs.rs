//! Uploaded bytes in a blob store (a folder, memory, S3), encrypted while they stream in.
//!
//! Each blob has a random key of its own, sealed under the master key and kept in the database: erasing
//! that row makes the bytes unreadable wherever copies of them lie. An object is
//! `STREAM`-encrypted (ChaCha20-Poly1305, 64 KiB blocks, 32-bit counter, last block marked): blocks
//! cannot be changed, dropped, swapped or cut off unnoticed.

use std::{path::PathBuf, sync::Arc};

use aead_stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32};
use bytes::Bytes;
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit};
use futures_util::{Stream, StreamExt};
use object_store::{ObjectStore, ObjectStoreExt, buffered::BufWriter, path::Path};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{BlobPlace, Keyring, VaultError, keyring, place::sweep_half_written};
use crate::{domain::hex, store::blobs::Blob};

/// Bytes of plain text in one encrypted block.
const BLOCK_BYTES: usize = 64 * 1024;
/// Bytes of the authentication tag behind each block.
const TAG_BYTES: usize = 16;
/// What is smaller is handed to the store in one request, what is larger in parts of this size: S3's smallest.
const PART_BYTES: usize = 5 << 20;
/// Parts of one upload that may be on their way at once.
const PARTS_AT_ONCE: usize = 2;
/// Where uploads lie until all their bytes are there.
const INCOMING: &str = "incoming";

/// Why an upload was not received.
#[derive(Debug, Error)]
pub enum ReceiveError {
    #[error("more than {max_bytes} bytes")]
    TooLarge { max_bytes: u64 },
    /// The sender went away or broke the protocol.
    #[error("the upload broke off")]
    BrokenOff,
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// An upload whose bytes are all there, not yet kept.
pub struct Received {
    pub sha256: String,
    pub bytes: u64,
    incoming: Path,
    key: Zeroizing<[u8; 32]>,
}

/// A blob store with the keys to it.
#[derive(Clone)]
pub struct BlobVault {
    objects: Arc<dyn ObjectStore>,
    keys: Arc<Keyring>,
    /// Where half-written files lie, in a folder.
    half_written: Option<PathBuf>,
}

impl BlobVault {
    pub fn new(objects: Arc<dyn ObjectStore>, keys: Arc<Keyring>) -> Self {
        Self { objects, keys, half_written: None }
    }

    /// The blob store of that place.
    ///
    /// # Errors
    /// As [`BlobPlace::open`].
    pub fn open(place: &BlobPlace, keys: Arc<Keyring>) -> Result<Self, VaultError> {
        let half_written = match place {
            BlobPlace::Folder(folder) => Some(folder.join(INCOMING)),
            BlobPlace::Bucket(_) => None,
        };
        Ok(Self { objects: place.open()?, keys, half_written })
    }

    /// Receives an upload: hashes and encrypts it block by block while it comes in, so that neither all of
    /// it is in memory nor any of it on the disk in the clear.
    ///
    /// # Errors
    /// When it is larger than `max_bytes`, breaks off, or cannot be written; nothing is left then.
    pub async fn receive<S, E>(&self, stream: S, max_bytes: u64) -> Result<Received, ReceiveError>
    where
        S: Stream<Item = Result<Bytes, E>>,
    {
        let incoming = Path::from(format!("{INCOMING}/{}", Uuid::now_v7().simple()));
        let writer = BufWriter::with_capacity(Arc::clone(&self.objects), incoming.clone(), PART_BYTES);
        let mut writer = writer.with_max_concurrency(PARTS_AT_ONCE);
        let key = keyring::random::<{ keyring::KEY_BYTES }>()?;
        match encrypt(stream, max_bytes, &key, &mut writer).await {
            Ok((sha256, bytes)) => {
                writer.shutdown().await.map_err(write_error)?;
                Ok(Received { sha256, bytes, incoming, key })
            }
            Err(error) => {
                // Whatever became of it, the sweep of `incoming` will find it.
                let _ = writer.abort().await;
                Err(error)
            }
        }
    }

    /// Moves a received upload to its place. The place is named by the digest and by chance: two uploads
    /// of the same bytes have different keys, and which one stays the database decides.
    ///
    /// # Errors
    /// When the blob store fails.
    pub async fn keep(&self, received: &Received, now: i64) -> Result<Blob, VaultError> {
        let sha256 = &received.sha256;
        let object = format!("blobs/{}/{sha256}-{}", &sha256[..2], Uuid::now_v7().simple());
        self.objects.rename(&received.incoming, &Path::from(object.as_str())).await?;
        let key_sealed = self.keys.seal(&key_place(sha256), &*received.key)?;
        let (sha256, bytes) = (sha256.clone(), received.bytes);
        Ok(Blob { sha256, bytes, object, key_sealed, created_at: now, is_known: false })
    }

    /// Drops a received upload that is not needed.
    pub async fn discard(&self, received: &Received) {
        // What cannot be deleted now the sweep will find.
        let _ = self.objects.delete(&received.incoming).await;
    }

    /// Drops the object of a blob.
    ///
    /// # Errors
    /// When the blob store fails; an object that is not there is no failure.
    pub async fn delete(&self, object: &str) -> Result<(), VaultError> {
        match self.objects.delete(&Path::from(object)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The bytes of a blob, checked against its digest.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when they are not the uploaded ones any more.
    pub async fn fetch(&self, blob: &Blob) -> Result<Vec<u8>, VaultError> {
        let key = self.keys.open(&key_place(&blob.sha256), &blob.key_sealed)?;
        let key: &[u8; 32] = key.as_slice().try_into().map_err(|_| VaultError::Damaged)?;
        let sealed = self.objects.get(&Path::from(blob.object.as_str())).await?.bytes().await?;
        let plain = decrypt(&sealed, key)?;
        if hex(&Sha256::digest(&plain)) == blob.sha256 { Ok(plain) } else { Err(VaultError::Damaged) }
    }

    /// Objects that no row speaks of may be left when a process is killed between the two. Lists every
    /// object that is older than `before` (milliseconds since 1970).
    ///
    /// # Errors
    /// When the blob store fails.
    pub async fn objects_before(&self, before: i64) -> Result<Vec<String>, VaultError> {
        let mut found = Vec::new();
        let mut list = self.objects.list(None);
        while let Some(object) = list.next().await {
            let object = object?;
            if object.last_modified.timestamp_millis() < before {
                found.push(object.location.to_string());
            }
        }
        Ok(found)
    }

    /// Deletes what was half-written before `before` (milliseconds since 1970) and never became an object; in a
    /// bucket the store's own rule for incomplete uploads does that. How many there were.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn sweep_half_written(&self, before: i64) -> Result<u64, VaultError> {
        let Some(folder) = self.half_written.clone() else { return Ok(0) };
        let swept = tokio::task::spawn_blocking(move || sweep_half_written(&folder, before)).await;
        swept.map_err(std::io::Error::from).flatten().map_err(VaultError::Sweep)
    }

    /// Whether the blob store answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn probe(&self) -> Result<(), VaultError> {
        // Listed, not looked up: a store answers the same about an object that is not there and about a bucket
        // that is not.
        let first = self.objects.list(Some(&Path::from("probe"))).next().await;
        first.transpose()?;
        Ok(())
    }
}

/// The store's own error, which a writer hands out inside another.
fn write_error(error: std::io::Error) -> VaultError {
    let other =
        |error: std::io::Error| object_store::Error::Generic { store: "writer", source: error.into() };
    error.downcast::<object_store::Error>().unwrap_or_else(other).into()
}

/// What a blob's key is sealed for.
pub(in crate::store) fn key_place(sha256: &str) -> String {
    format!("blob key {sha256}")
}

/// A key is used for one stream only, so the nonce may be the same for all.
fn nonce() -> Nonce<ChaCha20Poly1305, StreamBE32<ChaCha20Poly1305>> {
    Nonce::<ChaCha20Poly1305, StreamBE32<ChaCha20Poly1305>>::default()
}

/// Encrypts a stream into `writer`; its digest and length.
async fn encrypt<S, E>(
    stream: S,
    max_bytes: u64,
    key: &[u8; 32],
    writer: &mut BufWriter,
) -> Result<(String, u64), ReceiveError>
where
    S: Stream<Item = Result<Bytes, E>>,
{
    let mut cipher = EncryptorBE32::from_aead(ChaCha20Poly1305::new(&Key::from(*key)), &nonce());
    let mut digest = Sha256::new();
    let mut bytes: u64 = 0;
    let mut block: Vec<u8> = Vec::with_capacity(BLOCK_BYTES + TAG_BYTES);
    let mut stream = std::pin::pin!(stream);
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| ReceiveError::BrokenOff)?;
        bytes += piece.len() as u64;
        if bytes > max_bytes {
            return Err(ReceiveError::TooLarge { max_bytes });
        }
        digest.update(&piece);
        let mut rest = &piece[..];
        while !rest.is_empty() {
            // A full block waits for more to come: the last one is sealed differently.
            if block.len() == BLOCK_BYTES {
                cipher.encrypt_next_in_place(b"", &mut block).map_err(|_| VaultError::Damaged)?;
                let full = std::mem::replace(&mut block, Vec::with_capacity(BLOCK_BYTES + TAG_BYTES));
                writer.put(full.into()).await.map_err(VaultError::from)?;
            }
            let (now, later) = rest.split_at(rest.len().min(BLOCK_BYTES - block.len()));
            block.extend_from_slice(now);
            rest = later;
        }
    }
    cipher.encrypt_last_in_place(b"", &mut block).map_err(|_| VaultError::Damaged)?;
    writer.put(block.into()).await.map_err(VaultError::from)?;
    Ok((hex(&digest.finalize()), bytes))
}

fn decrypt(sealed: &[u8], key: &[u8; 32]) -> Result<Vec<u8>, VaultError> {
    let mut cipher = DecryptorBE32::from_aead(ChaCha20Poly1305::new(&Key::from(*key)), &nonce());
    let blocks = sealed.len().div_ceil(BLOCK_BYTES + TAG_BYTES);
    let mut plain = Vec::with_capacity(sealed.len());
    let mut rest = sealed.chunks(BLOCK_BYTES + TAG_BYTES);
    for block in rest.by_ref().take(blocks.saturating_sub(1)) {
        plain.extend(cipher.decrypt_next(block).map_err(|_| VaultError::Damaged)?);
    }
    let last = rest.next().ok_or(VaultError::Damaged)?;
    plain.extend(cipher.decrypt_last(last).map_err(|_| VaultError::Damaged)?);
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use object_store::memory::InMemory;

    use super::*;

    fn vault() -> (BlobVault, Arc<InMemory>) {
        let objects = Arc::new(InMemory::new());
        let keys = Arc::new(Keyring::parse(&"ab".repeat(32)).unwrap());
        (BlobVault::new(Arc::clone(&objects) as Arc<dyn ObjectStore>, keys), objects)
    }

    fn pieces(bytes: &[u8], size: usize) -> impl Stream<Item = Result<Bytes, ()>> + use<> {
        stream::iter(bytes.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect::<Vec<_>>())
    }

    async fn kept(vault: &BlobVault, bytes: &[u8], size: usize) -> Blob {
        let received = vault.receive(pieces(bytes, size), 1 << 20).await.unwrap();
        vault.keep(&received, 7).await.unwrap()
    }

    #[tokio::test]
    async fn what_comes_in_comes_out_whatever_the_pieces() {
        let (vault, objects) = vault();
        for length in [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES] {
            let bytes: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
            for size in [1000, BLOCK_BYTES, 200_000] {
                let blob = kept(&vault, &bytes, size).await;
                assert_eq!(blob.bytes, length as u64);
                assert_eq!(blob.sha256, hex(&Sha256::digest(&bytes)));
                assert_eq!(vault.fetch(&blob).await.unwrap(), bytes);
                let stored = objects.get(&Path::from(blob.object.as_str())).await.unwrap();
                let stored = stored.bytes().await.unwrap();
                assert!(length < 16 || !stored.windows(16).any(|window| window == &bytes[..16]));
            }
        }
    }

    #[tokio::test]
    async fn a_changed_or_cut_object_is_refused() {
        let (vault, objects) = vault();
        let blob = kept(&vault, &vec![5; 3 * BLOCK_BYTES], 1000).await;
        let path = Path::from(blob.object.as_str());
        let whole = objects.get(&path).await.unwrap().bytes().await.unwrap();
        let block = BLOCK_BYTES + TAG_BYTES;
        let mut changed = whole.to_vec();
        changed[block + 3] ^= 1;
        let swapped = [&whole[block..2 * block], &whole[..block], &whole[2 * block..]].concat();
        for bytes in [changed, whole[..2 * block].to_vec(), swapped, Vec::new()] {
            objects.put(&path, bytes.into()).await.unwrap();
            assert!(matches!(vault.fetch(&blob).await, Err(VaultError::Damaged)));
        }
    }

    #[tokio::test]
    async fn too_large_and_broken_uploads_leave_nothing() {
        let (vault, objects) = vault();
        let large = vault.receive(pieces(&[0; 5000], 1000), 4999).await;
        assert!(matches!(large, Err(ReceiveError::TooLarge { max_bytes: 4999 })));
        let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err(())]);
        assert!(matches!(vault.receive(broken, 4999).await, Err(ReceiveError::BrokenOff)));
        assert_eq!(objects.list(None).count().await, 0);
    }
}
