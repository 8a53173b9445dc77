//! The behaviour of the store: one suite, run over SQLite and, where `VOUCH_TEST_POSTGRES` has the URL of
//! a server (`scripts/with-postgres` sets it), over PostgreSQL as well.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use futures_util::{future::join_all, stream};
use serde_json::json;
use vouch::{
    domain::DocumentKind,
    store::{
        AddedDocument, ApplicationQuery, ApplicationStatus, Conflict, DeclaredCorrection, DocumentState,
        Erasure, EventKind, FinishedAssessment, Handover, JobKind, JobState, Lane, Lease, NewApplication,
        NewDecision, NewDocument, Priority, Scope, SearchTerm, Store, StoreError,
        vault::{BlobVault, Keyring},
    },
};

mod corrections;
mod declarations;
mod fixture;
mod prints;
mod review;

pub use fixture::{Fixture, on_every_store};
use fixture::{LEASE_MS, NAME, NUMBER, PIPELINE, application, application_report, report};

#[tokio::test]
async fn an_upload_its_job_and_its_event_are_one() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let added = it.upload(&application, DocumentKind::IdCardFront, b"abc", None).await.unwrap();
        assert!(added.is_new && added.orphan.is_none());
        assert_eq!((added.document.version, added.document.state), (1, DocumentState::Queued));
        assert_eq!(it.store.name_of(&added.document).unwrap(), "张三身份证.jpg");
        assert_eq!(it.store.bytes_of(&added.document.sha256).await.unwrap(), b"abc");
        assert_eq!(it.events().await, [EventKind::ApplicationCreated, EventKind::DocumentReceived]);

        let lease = it.lease_one(10).await.unwrap();
        assert_eq!((lease.kind, lease.attempts), (JobKind::Read, 1));
        assert_eq!(lease.document_id.as_ref(), Some(&added.document.id));
        it.finish(&lease).await.unwrap();
        let document = it.store.document(&added.document.id).await.unwrap();
        assert_eq!((document.state, document.outcome.as_deref()), (DocumentState::Read, Some("retake")));
        assert_eq!(it.store.report(&document.id).await.unwrap(), report());
        assert_eq!(it.events().await.last(), Some(&EventKind::DocumentRead));
        let found = it.count("SELECT COUNT(*) FROM findings WHERE code = 'quality.blurred'").await;
        assert_eq!(found, 1);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_application_takes_nothing_in() {
    on_every_store(async |it: Fixture| {
        let refused = it.upload("app_none", DocumentKind::Diploma, b"abc", None).await;
        assert!(matches!(refused, Err(StoreError::NotFound { what: "application" })));
        assert_eq!(it.count("SELECT COUNT(*) FROM documents").await, 0);
        assert_eq!(it.count("SELECT COUNT(*) FROM jobs").await, 0);
        assert_eq!(it.count("SELECT COUNT(*) FROM blobs").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_key_adds_a_document_once_and_a_slot_counts_its_versions() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let slot = DocumentKind::Diploma;
        let first = it.upload(&application, slot, b"one", Some("k")).await.unwrap();
        let again = it.upload(&application, slot, b"one", Some("k")).await.unwrap();
        assert!(!again.is_new);
        assert_eq!(again.document, first.document);
        let other = it.upload(&application, slot, b"two", Some("k")).await;
        assert!(matches!(other, Err(StoreError::Conflict(Conflict::IdempotencyKey))));
        let second = it.upload(&application, slot, b"two", None).await.unwrap();
        assert_eq!(second.document.version, 2);
        let current = it.store.current_documents(&application).await.unwrap();
        assert_eq!(current, [second.document]);
        assert_eq!(it.store.documents_of(&application).await.unwrap().len(), 2);
        assert_eq!(it.count("SELECT COUNT(*) FROM jobs").await, 2);
    })
    .await;
}

#[tokio::test]
async fn an_application_is_filed_once_for_a_key() {
    on_every_store(async |it: Fixture| {
        let new = NewApplication { idempotency_key: Some("k"), ..application() };
        let (first, is_new) = it.store.create_application(&new).await.unwrap();
        assert!(is_new);
        assert_eq!(it.store.create_application(&new).await.unwrap(), (first, false));
        let other = NewApplication { request_digest: "other", ..new };
        let refused = it.store.create_application(&other).await;
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::IdempotencyKey))));
        assert_eq!(it.events().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn uploads_at_once_are_counted_one_by_one() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let uploads = (0..12).map(|_| it.upload(&application, DocumentKind::Diploma, b"same", None));
        let added: Vec<AddedDocument> = join_all(uploads).await.into_iter().map(Result::unwrap).collect();
        let mut versions: Vec<i64> = added.iter().map(|added| added.document.version).collect();
        versions.sort_unstable();
        assert_eq!(versions, (1..=12).collect::<Vec<_>>());
        assert_eq!(it.count("SELECT COUNT(*) FROM blobs").await, 1);
        assert_eq!(it.events().await.len(), 13);
        // What the losers of the race had put into the blob store is told to be deleted.
        for orphan in added.iter().filter_map(|added| added.orphan.as_ref()) {
            it.store.vault().delete(orphan).await.unwrap();
        }
        assert_eq!(it.store.bytes_of(&added[0].document.sha256).await.unwrap(), b"same");
        assert_eq!(it.store.vault().objects_before(i64::MAX).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_job_has_one_holder_and_comes_back_when_its_lease_ends() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        for slot in [DocumentKind::IdCardFront, DocumentKind::IdCardBack, DocumentKind::Diploma] {
            it.upload(&application, slot, b"abc", None).await.unwrap();
        }
        let takers = (0..8).map(|_| it.store.lease("worker", 1, 10, 10 + LEASE_MS));
        let taken: Vec<Lease> = join_all(takers).await.into_iter().flat_map(Result::unwrap).collect();
        let jobs: std::collections::BTreeSet<&str> = taken.iter().map(|lease| lease.job.as_str()).collect();
        assert_eq!((taken.len(), jobs.len()), (3, 3));

        // Held a term longer, it does not come back with the others.
        it.store.extend(&taken[0], 10 + 3 * LEASE_MS).await.unwrap();
        let later = it.store.lease("other", 10, 11 + LEASE_MS, 11 + 2 * LEASE_MS).await.unwrap();
        assert_eq!(later.len(), 2);
        assert!(later.iter().all(|lease| lease.attempts == 2 && lease.job != taken[0].job));
    })
    .await;
}

#[tokio::test]
async fn who_lost_the_lease_writes_nothing() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        it.upload(&application, DocumentKind::Diploma, b"abc", None).await.unwrap();
        let stale = it.lease_one(10).await.unwrap();
        let holder = it.lease_one(11 + LEASE_MS).await.unwrap();
        assert_eq!(holder.job, stale.job);
        let events = it.events().await;
        assert!(matches!(it.finish(&stale).await, Err(StoreError::Fenced)));
        assert!(matches!(it.store.extend(&stale, 9000).await, Err(StoreError::Fenced)));
        assert!(matches!(it.store.give_back(&stale, None, 0, true).await, Err(StoreError::Fenced)));
        assert!(matches!(it.store.bury(&stale, "x", 30).await, Err(StoreError::Fenced)));
        assert_eq!(it.events().await, events);
        assert_eq!(it.count("SELECT COUNT(*) FROM reports").await, 0);

        it.finish(&holder).await.unwrap();
        assert!(matches!(it.finish(&holder).await, Err(StoreError::Fenced)));
        let read = it.events().await.into_iter().filter(|kind| *kind == EventKind::DocumentRead).count();
        assert_eq!(read, 1);
        assert_eq!(it.count("SELECT COUNT(*) FROM reports").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_last_reading_brings_one_assessment() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        for slot in DocumentKind::ALL.into_iter().take(6) {
            it.upload(&application, slot, b"abc", None).await.unwrap();
        }
        let leases = it.store.lease("worker", 6, 10, 10 + LEASE_MS).await.unwrap();
        // At once: each of two last readings must not think that the other goes on.
        for finished in join_all(leases.iter().map(|lease| it.finish(lease))).await {
            finished.unwrap();
        }
        let assess = it.lease_one(20).await.unwrap();
        assert_eq!((assess.kind, assess.application_id.as_str()), (JobKind::Assess, application.as_str()));
        assert!(it.lease_one(20).await.is_none());
        let report = application_report(&application);
        let done = FinishedAssessment { lease: &assess, report: &report, now: 21 };
        assert!(it.store.finish_assessment(&done).await.unwrap());
        let row = it.store.application_row(&application).await.unwrap();
        assert_eq!(row.assessed_revision, Some(row.revision));
        assert_eq!(row.outcome.as_deref(), Some(report.outcome.as_str()));
        let (text, revision) = it.store.assessment_text(&application).await.unwrap();
        assert_eq!((text, revision), (serde_json::to_string(&report).unwrap(), row.revision));
        assert_eq!(it.events().await.last(), Some(&EventKind::ApplicationAssessed));
    })
    .await;
}

#[tokio::test]
async fn a_change_during_an_assessment_leaves_the_verdict_to_the_next() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        it.upload(&application, DocumentKind::Diploma, b"abc", None).await.unwrap();
        it.finish(&it.lease_one(10).await.unwrap()).await.unwrap();
        let assess = it.lease_one(20).await.unwrap();
        it.upload(&application, DocumentKind::Diploma, b"better", None).await.unwrap();
        let report = application_report(&application);
        let done = FinishedAssessment { lease: &assess, report: &report, now: 21 };
        assert!(!it.store.finish_assessment(&done).await.unwrap());
        assert!(!it.events().await.contains(&EventKind::ApplicationAssessed));
        assert!(matches!(
            it.store.assessment_text(&application).await,
            Err(StoreError::NotFound { what: "report" })
        ));
        it.finish(&it.lease_one(30).await.unwrap()).await.unwrap();
        assert_eq!(it.lease_one(40).await.unwrap().kind, JobKind::Assess);
    })
    .await;
}

#[tokio::test]
async fn who_waits_at_the_screen_is_read_before_a_bulk_import() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        for (slot, priority) in
            [(DocumentKind::Diploma, Priority::Bulk), (DocumentKind::IdCardFront, Priority::Applicant)]
        {
            let pieces = stream::iter([Ok::<_, ()>(Bytes::from_static(b"abc"))]);
            let received = it.store.vault().receive(pieces, 1 << 20).await.unwrap();
            let blob = it.store.keep(&received, 5).await.unwrap();
            let new = NewDocument {
                application: &application,
                slot,
                blob: &blob,
                name: "x",
                idempotency_key: None,
                priority,
                pipeline: PIPELINE,
                actor: "tok",
                now: 5,
            };
            it.store.add_document(&new).await.unwrap();
        }
        let first = it.lease_one(10).await.unwrap();
        let document = it.store.document(first.document_id.as_deref().unwrap()).await.unwrap();
        assert_eq!(document.slot, DocumentKind::IdCardFront);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_failed_waits_and_one_that_failed_for_good_is_an_operators() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let added = it.upload(&application, DocumentKind::Diploma, b"abc", None).await.unwrap();
        let lease = it.lease_one(10).await.unwrap();
        it.store.give_back(&lease, Some("reader.died"), 500, true).await.unwrap();
        assert!(it.lease_one(499).await.is_none());
        let lease = it.lease_one(500).await.unwrap();
        assert_eq!(lease.attempts, 2);
        // Its lease runs out, and nobody has taken it again yet.
        let stuck = async |now| it.store.backlog(now).await.unwrap().stuck;
        assert_eq!((stuck(500).await, stuck(i64::MAX / 2).await), (0, 1));
        it.store.give_back(&lease, None, 500, false).await.unwrap();
        let lease = it.lease_one(500).await.unwrap();
        assert_eq!(lease.attempts, 2);

        it.store.bury(&lease, "blob.damaged", 600).await.unwrap();
        assert_eq!(it.store.document(&added.document.id).await.unwrap().state, DocumentState::Stuck);
        assert_eq!(it.events().await.last(), Some(&EventKind::DocumentStuck));
        let backlog = it.store.backlog(600).await.unwrap();
        assert_eq!((backlog.dead, backlog.leased, backlog.stuck), (1, 0, 0));
        assert!(it.lease_one(i64::MAX / 2).await.is_none());
        let dead = it.store.jobs(JobState::Dead, 10).await.unwrap();
        assert_eq!(dead[0].last_error.as_deref(), Some("blob.damaged"));

        it.store.retry_job(&dead[0].id, "ops", 700).await.unwrap();
        assert_eq!(it.store.document(&added.document.id).await.unwrap().state, DocumentState::Queued);
        let lease = it.lease_one(700).await.unwrap();
        assert_eq!(lease.attempts, 1);
        it.store.bury(&lease, "blob.damaged", 800).await.unwrap();
        it.store.drop_job(&lease.job, "ops", 900).await.unwrap();
        assert_eq!(it.store.job(&lease.job).await.unwrap().state, JobState::Dropped);
        // Given up, its application is judged without it, and not before.
        assert_eq!(it.lease_one(900).await.unwrap().kind, JobKind::Assess);
        assert!(it.store.drop_job(&lease.job, "ops", 900).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn decisions_are_made_once_and_a_resubmission_opens_anew() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let reasons = vec!["身份证照片模糊".to_owned()];
        let reject = NewDecision {
            application: &application,
            verdict: ApplicationStatus::Rejected,
            reasons: &reasons,
            revision: Some(1),
            second_look: false,
            actor: "tok_r",
            now: 50,
        };
        let changed = it.store.decide(&NewDecision { revision: Some(9), ..reject }).await;
        assert!(matches!(changed, Err(StoreError::Conflict(Conflict::Changed))));
        assert!(matches!(
            it.store.resubmit(&application, "tok", 51).await,
            Err(StoreError::Conflict(Conflict::NotRejected))
        ));
        let outcomes = join_all([it.store.decide(&reject), it.store.decide(&reject)]).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let decisions = it.store.decisions_of(&application).await.unwrap();
        assert_eq!((decisions.len(), &decisions[0].reasons), (1, &reasons));

        let row = it.store.resubmit(&application, "tok", 60).await.unwrap();
        assert_eq!(row.status, ApplicationStatus::Reviewing);
        assert_eq!(it.lease_one(60).await.unwrap().kind, JobKind::Assess);
        let approve =
            NewDecision { verdict: ApplicationStatus::Approved, reasons: &[], revision: None, ..reject };
        it.store.decide(&approve).await.unwrap();
        let late = it.upload(&application, DocumentKind::Diploma, b"late", None).await;
        assert!(matches!(late, Err(StoreError::Conflict(Conflict::Decided))));
        let missing = it.store.decide(&NewDecision { application: "app_none", ..approve }).await;
        assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn tokens_are_known_by_their_secret_and_end() {
    on_every_store(async |it: Fixture| {
        let made = it.store.create_token("portal", &[Scope::Portal], Some(100), "first", 1).await.unwrap();
        let known = it.store.authenticate(&made.text, 50).await.unwrap().unwrap();
        assert_eq!(
            (known.id.as_str(), known.scopes.as_slice()),
            (made.row.id.as_str(), &[Scope::Portal][..])
        );
        assert!(it.store.authenticate(&made.text, 100).await.unwrap().is_none());
        let mut wrong = made.text.to_string();
        let last = if wrong.pop() == Some('0') { '1' } else { '0' };
        wrong.push(last);
        for text in [wrong.as_str(), "", "vch_", "vch_a_b", "vch_\0_\0"] {
            assert!(it.store.authenticate(text, 50).await.is_ok_and(|token| token.is_none()), "{text:?}");
        }
        it.store.revoke_token(&made.row.id, "ops", 60).await.unwrap();
        assert!(it.store.authenticate(&made.text, 61).await.unwrap().is_none());
        assert!(it.store.revoke_token(&made.row.id, "ops", 60).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn applications_are_found_by_what_nothing_in_the_tables_says() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let other = it.store.create_application(&application_of_nobody()).await.unwrap().0.id;
        it.upload(&application, DocumentKind::IdCardFront, b"abc", None).await.unwrap();
        it.finish(&it.lease_one(10).await.unwrap()).await.unwrap();
        let find = async |query: ApplicationQuery<'_>| -> Vec<String> {
            let found = it.store.find_applications(&ApplicationQuery { limit: 10, ..query }).await.unwrap();
            found.into_iter().map(|row| row.id).collect()
        };
        let by = |term, q| ApplicationQuery { term: Some((term, q)), ..ApplicationQuery::default() };
        assert_eq!(
            find(by(SearchTerm::IdNumber, "11010519491231002x")).await,
            std::slice::from_ref(&application)
        );
        assert_eq!(find(by(SearchTerm::Name, NAME)).await, std::slice::from_ref(&application));
        assert!(find(by(SearchTerm::Name, NUMBER)).await.is_empty());
        assert_eq!(find(ApplicationQuery::default()).await, [other.clone(), application.clone()]);
        let after = ApplicationQuery { after: Some(&other), ..ApplicationQuery::default() };
        assert_eq!(find(after).await, [application]);

        it.store.close().await;
        for file in std::fs::read_dir(it.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            for secret in [NAME, NUMBER, "张三"] {
                let needle = secret.as_bytes();
                assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{secret}");
            }
        }
    })
    .await;
}

fn application_of_nobody() -> NewApplication<'static> {
    NewApplication { now: 2, ..application() }
}

#[tokio::test]
async fn a_changed_audit_is_noticed() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        it.upload(&application, DocumentKind::Diploma, b"abc", None).await.unwrap();
        it.finish(&it.lease_one(10).await.unwrap()).await.unwrap();
        assert_eq!(it.store.verify_audit().await.unwrap(), Ok(3));
        let entry = it.store.audit_after(2, 1).await.unwrap().remove(0);
        assert_eq!((entry.actor.as_str(), entry.action.as_str()), ("worker", "document.read"));
        assert!(!entry.detail.contains(NAME));

        sqlx::query("UPDATE audit SET actor = 'nobody' WHERE seq = 2").execute(&it.tables).await.unwrap();
        assert_eq!(it.store.verify_audit().await.unwrap().unwrap_err().seq, 2);
        sqlx::query("UPDATE audit SET actor = 'tok' WHERE seq = 2").execute(&it.tables).await.unwrap();
        assert_eq!(it.store.verify_audit().await.unwrap(), Ok(3));
        sqlx::query("DELETE FROM audit WHERE seq = 3").execute(&it.tables).await.unwrap();
        assert_eq!(it.store.verify_audit().await.unwrap().unwrap_err().seq, 3);
    })
    .await;
}

#[tokio::test]
async fn an_erased_application_is_gone_and_a_held_one_is_not() {
    on_every_store(async |it: Fixture| {
        let (gone, stays) = (it.application().await, it.application().await);
        let own = it.upload(&gone, DocumentKind::Diploma, b"own", None).await.unwrap();
        let shared = it.upload(&gone, DocumentKind::IdCardFront, b"shared", None).await.unwrap();
        it.upload(&stays, DocumentKind::IdCardFront, b"shared", None).await.unwrap();
        for _ in 0..3 {
            it.finish(&it.lease_one(10).await.unwrap()).await.unwrap();
        }
        let known = it.store.blob(&own.document.sha256).await.unwrap().unwrap();

        it.store.hold(&gone, true, "ops", 50).await.unwrap();
        assert_eq!(it.store.erase(&gone, "ops", 51).await.unwrap(), Erasure::Held);
        assert_eq!(it.store.erasable(i64::MAX, 10).await.unwrap(), std::slice::from_ref(&stays));
        it.store.hold(&gone, false, "ops", 52).await.unwrap();
        assert_eq!(it.store.erase(&gone, "ops", 53).await.unwrap(), Erasure::Erased);

        assert!(it.store.application(&gone).await.is_err());
        assert!(it.store.report(&own.document.id).await.is_err());
        assert!(it.store.bytes_of(&own.document.sha256).await.is_err());
        assert_eq!(it.store.bytes_of(&shared.document.sha256).await.unwrap(), b"shared");
        assert_eq!(it.store.sweep_objects(i64::MAX).await.unwrap(), 1);
        assert!(matches!(it.store.erase(&gone, "ops", 54).await, Err(StoreError::NotFound { .. })));
        assert!(it.store.verify_audit().await.unwrap().is_ok());

        // An upload that had found the bytes just before must not end up without them.
        let new = NewDocument {
            application: &stays,
            slot: DocumentKind::Diploma,
            blob: &known,
            name: "x",
            idempotency_key: None,
            priority: Priority::Applicant,
            pipeline: PIPELINE,
            actor: "tok",
            now: 60,
        };
        let late = it.store.add_document(&new).await;
        assert!(matches!(late, Err(StoreError::Conflict(Conflict::Erased))));
    })
    .await;
}

#[tokio::test]
async fn after_a_rotation_the_old_key_is_needed_no_more() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let added = it.upload(&application, DocumentKind::Diploma, b"abc", None).await.unwrap();
        it.finish(&it.lease_one(10).await.unwrap()).await.unwrap();
        let print = prints::picture(1, 0);
        it.store.add_prints(&added.document, &[(0, print.clone())]).await.unwrap();
        let assess = it.lease_one(20).await.unwrap();
        let report = application_report(&application);
        it.store
            .finish_assessment(&FinishedAssessment { lease: &assess, report: &report, now: 21 })
            .await
            .unwrap();
        let reasons = vec!["模糊".to_owned()];
        let reject = NewDecision {
            application: &application,
            verdict: ApplicationStatus::Rejected,
            reasons: &reasons,
            revision: None,
            second_look: false,
            actor: "tok",
            now: 50,
        };
        it.store.decide(&reject).await.unwrap();
        let changes = BTreeMap::from([("phone".to_owned(), json!("13800138000"))]);
        let correction = DeclaredCorrection {
            application: &application,
            changes: &changes,
            revision: None,
            actor: "tok",
            now: 60,
        };
        it.store.correct_declared(&correction).await.unwrap();
        assert_eq!(it.store.reseal().await.unwrap(), 0);

        let open = async |keys: &str| {
            let keys = Arc::new(Keyring::parse(keys).unwrap());
            let vault = BlobVault::new(Arc::clone(&it.objects), Arc::clone(&keys));
            Store::open(&it.url, keys, vault).await
        };
        let (old, new) = ("5a".repeat(32), "6b".repeat(32));
        let rotated = open(&format!("{new}\n{old}")).await.unwrap();
        // The search key, a blob's key, declared data, those before, a name, two reports, the reasons, a fingerprint and
        // its hash.
        assert_eq!(rotated.reseal().await.unwrap(), 10);
        assert!(open(&old).await.is_err());
        let store = open(&new).await.unwrap();
        assert_eq!(store.bytes_of(&added.document.sha256).await.unwrap(), b"abc");
        assert_eq!(store.prints_of(&added.document.id).await.unwrap()[0].print, print);
        assert_eq!(store.hashes_after(0).await.unwrap()[0].hash, print.hash());
        assert_eq!(store.application(&application).await.unwrap().declared["name"], NAME);
        assert_eq!(store.earlier_declarations(&application).await.unwrap().len(), 1);
        assert!(store.report(&added.document.id).await.is_ok());
        assert!(store.assessment_text(&application).await.is_ok());
        assert_eq!(store.decisions_of(&application).await.unwrap()[0].reasons, reasons);
        assert!(store.name_of(&store.document(&added.document.id).await.unwrap()).is_ok());
        let query = ApplicationQuery { term: Some((SearchTerm::Name, NAME)), limit: 9, ..Default::default() };
        assert_eq!(store.find_applications(&query).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn objects_without_a_row_are_swept() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let kept = it.upload(&application, DocumentKind::Diploma, b"kept", None).await.unwrap();
        let pieces = stream::iter([Ok::<_, ()>(Bytes::from_static(b"left"))]);
        let received = it.store.vault().receive(pieces, 1 << 20).await.unwrap();
        it.store.keep(&received, 5).await.unwrap();
        assert_eq!(it.store.sweep_objects(0).await.unwrap(), 0);
        assert_eq!(it.store.sweep_objects(i64::MAX).await.unwrap(), 1);
        assert_eq!(it.store.bytes_of(&kept.document.sha256).await.unwrap(), b"kept");
    })
    .await;
}

#[tokio::test]
async fn a_due_job_is_handed_over_once_until_its_message_is_lost_or_taken() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        for bytes in [&b"one"[..], b"two", b"three"] {
            it.upload(&application, DocumentKind::Diploma, bytes, None).await.unwrap();
        }
        let bulk = DocumentKind::IdCardBack;
        it.upload_with(Priority::Bulk, &application, bulk, b"four", None).await.unwrap();
        let at = |now, window| Handover { window, lost_before: now - 100, now };
        let told = async |lane, now, window| it.store.hand_over(lane, &at(now, window)).await.unwrap();
        let first = told(Lane::Urgent, 10, 2).await;
        assert_eq!(first.len(), 2);
        // The window is full, and bulk has one of its own.
        assert!(told(Lane::Urgent, 11, 2).await.is_empty());
        assert_eq!(told(Lane::Bulk, 11, 2).await.len(), 1);
        assert_eq!(it.store.relay_backlog(11).await.unwrap().jobs, 1);
        let third = told(Lane::Urgent, 12, 3).await;
        assert!(third.len() == 1 && !first.contains(&third[0]));
        // A message that nobody took for long is told of again.
        assert_eq!(told(Lane::Urgent, 111, 3).await, first);
        it.store.take_back(&first[..1]).await.unwrap();
        assert_eq!(told(Lane::Urgent, 113, 3).await, [&first[..1], &third].concat());
        // Who takes the job takes the message with it; a worker that is killed leaves none behind.
        let names: Vec<&str> = first.iter().map(String::as_str).collect();
        assert_eq!(it.store.lease_these(&names, "worker", 120, 130).await.unwrap().len(), 2);
        assert!(it.store.lease_these(&names, "other", 120, 130).await.unwrap().is_empty());
        assert!(told(Lane::Urgent, 125, 3).await.is_empty());
        assert_eq!(told(Lane::Urgent, 131, 3).await.len(), 2);
        assert_eq!(it.store.forget_handovers().await.unwrap(), 4);
        assert_eq!(told(Lane::Urgent, 132, 3).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn events_are_carried_by_one_process_at_a_time() {
    on_every_store(async |it: Fixture| {
        it.application().await;
        let hold = async |owner, now| it.store.hold_relay("events", owner, now, now + 10).await.unwrap();
        assert_eq!(hold("a", 1).await, Some(0));
        assert_eq!(hold("b", 5).await, None);
        it.store.advance_relay("events", "a", 1).await.unwrap();
        assert_eq!(hold("a", 8).await, Some(1));
        assert_eq!(hold("b", 18).await, Some(1));
        let late = it.store.advance_relay("events", "a", 7).await;
        assert!(matches!(late, Err(StoreError::Fenced)));
        assert_eq!(it.store.relay_backlog(20).await.unwrap().events, 0);
    })
    .await;
}

#[tokio::test]
async fn a_link_leads_to_its_application_for_a_while_and_cannot_be_made_up() {
    on_every_store(async |it: Fixture| {
        let link = it.store.link("app_a", 1000);
        assert_eq!(it.store.linked(&link, 999).as_deref(), Some("app_a"));
        assert_eq!(it.store.linked(&link, 1000), None);
        for other in [link.replace("app_a", "app_b"), link.replace("1000", "2000"), "app_a.1000".to_owned()] {
            assert_eq!(it.store.linked(&other, 999), None, "{other}");
        }
        assert_eq!(it.store.linked(&format!("{link}0"), 999), None);
    })
    .await;
}
