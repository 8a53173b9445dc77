//! Fingerprints: found by other applications, sealed, erased with theirs.

use vouch::{
    domain::{DocumentKind, FindingCode, Severity},
    imaging::Fingerprint,
    store::Erasure,
    worker::ReuseIndex,
};

use super::{Fixture, on_every_store};

/// A picture of bright and dark patches that no other seed has.
pub(super) fn picture(seed: u64, faded: u8) -> Fingerprint {
    let side = Fingerprint::SIDE;
    let patch = |x: usize, y: usize| {
        let mut hash = seed ^ ((x / 4) as u64) << 32 ^ (y / 4) as u64;
        for _ in 0..3 {
            hash = (hash ^ hash >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        (hash >> 56) as u8 / 2 + faded
    };
    let luma: Vec<u8> = (0..side * side).map(|at| patch(at % side, at / side)).collect();
    Fingerprint::from_bytes(&luma).unwrap()
}

/// An application with one document that has that fingerprint.
async fn filed(it: &Fixture, bytes: &[u8], print: &Fingerprint) -> String {
    let application = it.application().await;
    let added = it.upload(&application, DocumentKind::Diploma, bytes, None).await.unwrap();
    it.store.add_prints(&added.document, &[(0, print.clone())]).await.unwrap();
    application
}

async fn found(it: &Fixture, index: &ReuseIndex, application: &str) -> Vec<(FindingCode, Severity, String)> {
    let declared = it.store.application(application).await.unwrap();
    let documents = it.store.current_documents(application).await.unwrap();
    let findings = index.findings(&it.store, &declared, &documents).await.unwrap();
    findings
        .into_iter()
        .map(|found| {
            let other = found.finding.evidence["applications"][1].as_str().unwrap().to_owned();
            assert_eq!(found.finding.evidence["applications"][0], application);
            (found.finding.code, found.finding.severity, other)
        })
        .collect()
}

#[tokio::test]
async fn a_picture_is_found_in_another_application_until_that_is_erased() {
    on_every_store(async |it: Fixture| {
        let index = ReuseIndex::default();
        let first = filed(&it, b"first", &picture(1, 0)).await;
        filed(&it, b"second", &picture(2, 0)).await;
        assert_eq!(found(&it, &index, &first).await, []);
        // Saved anew: other bytes, another brightness. Both are declared to be of one person.
        let again = filed(&it, b"again", &picture(1, 40)).await;
        let expected = (FindingCode::ReuseSameImage, Severity::Info, first.clone());
        assert_eq!(found(&it, &index, &again).await, [expected]);
        assert_eq!(it.store.erase(&first, "ops", 50).await.unwrap(), Erasure::Erased);
        assert_eq!(it.count("SELECT COUNT(*) FROM page_prints").await, 2);
        assert_eq!(found(&it, &index, &again).await, []);
    })
    .await;
}

#[tokio::test]
async fn the_same_file_is_told_as_such_and_versions_of_one_application_are_no_reuse() {
    on_every_store(async |it: Fixture| {
        let index = ReuseIndex::default();
        let first = filed(&it, b"file", &picture(1, 0)).await;
        let version = it.upload(&first, DocumentKind::Diploma, b"file", None).await.unwrap();
        it.store.add_prints(&version.document, &[(0, picture(1, 0))]).await.unwrap();
        assert_eq!(found(&it, &index, &first).await, []);
        let second = it.application_of_nobody().await;
        it.upload(&second, DocumentKind::Diploma, b"file", None).await.unwrap();
        let expected = (FindingCode::ReuseSameFile, Severity::Review, first);
        assert_eq!(found(&it, &index, &second).await, [expected]);
    })
    .await;
}
