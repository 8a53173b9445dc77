//! The behaviour of the blob store: one suite, run over a folder and, where `VOUCH_TEST_S3` has the URL of a server
//! (`scripts/with-s3` sets it), over a bucket.

use std::{convert::Infallible, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, stream};
use vouch::store::{
    Blob,
    vault::{BlobPlace, BlobVault, BucketKeys, Keyring, ReceiveError},
};

use crate::s3;

/// More than any upload here has.
const MAX_BYTES: u64 = 32 << 20;

fn open(place: &BlobPlace) -> BlobVault {
    BlobVault::open(place, Arc::new(Keyring::parse(&"5a".repeat(32)).unwrap())).unwrap()
}

async fn on_every_place(test: impl AsyncFn(BlobVault)) {
    let folder = tempfile::tempdir().unwrap();
    test(open(&BlobPlace::Folder(folder.path().to_owned()))).await;
    if let Some(endpoint) = s3::shared() {
        test(open(&s3::place(&endpoint))).await;
    }
}

/// Bytes that differ from block to block.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8 ^ (index >> 16) as u8).collect()
}

fn pieces(bytes: &[u8]) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let pieces: Vec<_> = bytes.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

async fn kept(vault: &BlobVault, bytes: &[u8]) -> Blob {
    let received = vault.receive(pieces(bytes), MAX_BYTES).await.unwrap();
    vault.keep(&received, 7).await.unwrap()
}

async fn objects(vault: &BlobVault) -> Vec<String> {
    vault.objects_before(i64::MAX).await.unwrap()
}

#[tokio::test]
async fn uploads_of_every_size_come_back() {
    on_every_place(async |vault: BlobVault| {
        vault.probe().await.unwrap();
        // Below, at and above a part, and more parts than may be on their way at once.
        for length in [0, 1, 70_000, (5 << 20) - 200, 5 << 20, (5 << 20) + 1, 16 << 20] {
            let bytes = bytes(length);
            let blob = kept(&vault, &bytes).await;
            assert!(vault.fetch(&blob).await.unwrap() == bytes, "{length}");
            assert_eq!(objects(&vault).await, [blob.object.as_str()]);
            vault.delete(&blob.object).await.unwrap();
            assert!(vault.fetch(&blob).await.is_err());
            // Deleted twice is deleted.
            vault.delete(&blob.object).await.unwrap();
        }
        assert!(objects(&vault).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn uploads_at_once_do_not_meet() {
    on_every_place(async |vault: BlobVault| {
        let uploads = (0..12).map(|index| {
            let vault = &vault;
            async move { kept(vault, &bytes(1000 + index)).await }
        });
        let blobs = futures_util::future::join_all(uploads).await;
        for (index, blob) in blobs.iter().enumerate() {
            assert_eq!(vault.fetch(blob).await.unwrap(), bytes(1000 + index));
        }
        assert_eq!(objects(&vault).await.len(), 12);
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_breaks_off_or_is_discarded_leaves_nothing() {
    on_every_place(async |vault: BlobVault| {
        // In one request, and in parts.
        for length in [1000, 12 << 20] {
            let bytes = bytes(length);
            let large = vault.receive(pieces(&bytes), length as u64 - 1).await;
            assert!(matches!(large, Err(ReceiveError::TooLarge { .. })));
            let mut half: Vec<Result<Bytes, ()>> = vec![Ok(bytes.clone().into())];
            half.push(Err(()));
            let broken = vault.receive(stream::iter(half), MAX_BYTES).await;
            assert!(matches!(broken, Err(ReceiveError::BrokenOff)));
            let received = vault.receive(pieces(&bytes), MAX_BYTES).await.unwrap();
            vault.discard(&received).await;
            assert!(objects(&vault).await.is_empty(), "{length}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_store_with_another_key_or_without_its_bucket_does_not_answer() {
    let Some(endpoint) = s3::shared() else { return };
    let bucket = s3::bucket(&endpoint);
    // The tests' server takes uploads to a bucket that there is not; that a probe fails is all that can be asked there.
    let none = vouch::store::vault::Bucket { name: "none".to_owned(), ..bucket.clone() };
    let keys = BucketKeys::parse("vouch\nwrong");
    let locked = vouch::store::vault::Bucket { keys, ..bucket.clone() };
    for bucket in [none, locked.clone()] {
        let error = open(&BlobPlace::Bucket(bucket)).probe().await.unwrap_err();
        assert!(!format!("{error:?}").contains(s3::SECRET));
    }
    let vault = open(&BlobPlace::Bucket(locked));
    assert!(vault.receive(pieces(b"abc"), MAX_BYTES).await.is_err());
    open(&BlobPlace::Bucket(bucket)).probe().await.unwrap();
}
