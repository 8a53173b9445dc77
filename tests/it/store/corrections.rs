//! Corrections of fields: rows that are only added, and an application that is judged anew.

use std::sync::Arc;

use vouch::{
    domain::DocumentKind,
    store::{
        ApplicationQuery, ApplicationStatus, Conflict, EventKind, JobKind, NewCorrection, NewDecision,
        SearchTerm, Store, StoreError,
        vault::{BlobVault, Keyring},
    },
};

use super::fixture::{Fixture, NAME, on_every_store};

const RIGHT: &str = "欧阳娜";

/// An application with one document that was read; both identifiers, and the revision.
async fn read_one(it: &Fixture) -> (String, String, i64) {
    let application = it.application().await;
    let added = it.upload(&application, DocumentKind::IdCardFront, b"abc", None).await.unwrap();
    it.finish(&it.lease_one(10).await.unwrap()).await.unwrap();
    let revision = it.store.application_row(&application).await.unwrap().revision;
    (application, added.document.id, revision)
}

fn name_of<'a>(application: &'a str, document: &'a str, revision: i64) -> NewCorrection<'a> {
    NewCorrection {
        application,
        document,
        field: "name",
        value: Some(RIGHT),
        revision,
        actor: "acc_1",
        now: 50,
    }
}

#[tokio::test]
async fn a_correction_is_kept_told_and_judged_anew_and_the_newest_holds() {
    on_every_store(async |it: Fixture| {
        let (application, document, revision) = read_one(&it).await;
        it.lease_one(20).await.unwrap();
        let new = name_of(&application, &document, revision);
        let accepted = it.store.correct(&NewCorrection { value: None, ..new }).await.unwrap();
        assert!(accepted.is_acceptance() && accepted.value == NAME);
        let corrected =
            it.store.correct(&NewCorrection { revision: revision + 1, actor: "acc_2", ..new }).await.unwrap();
        assert_eq!((corrected.before.as_deref(), corrected.value.as_str()), (Some(NAME), RIGHT));
        assert_eq!((corrected.corrected_by.as_str(), corrected.created_at), ("acc_2", 50));
        let again =
            it.store.correct(&NewCorrection { revision: revision + 2, value: None, ..new }).await.unwrap();
        assert_eq!((again.before.as_deref(), again.value.as_str()), (Some(RIGHT), NAME));
        assert_eq!(
            it.store.corrections_of(&application).await.unwrap(),
            [accepted, corrected.clone(), again]
        );
        let first = it.store.corrections_after(None, 1).await.unwrap().remove(0);
        let next = it.store.corrections_after(Some(&first.id), 1).await.unwrap();
        assert_eq!(next, [corrected]);

        let jobs = it.store.lease("worker", 9, 60, 1060).await.unwrap();
        assert_eq!(jobs.iter().filter(|job| job.kind == JobKind::Assess).count(), 3);
        let events = it.events().await;
        assert_eq!(events.iter().filter(|kind| **kind == EventKind::FieldCorrected).count(), 3);
        assert!(it.store.verify_audit().await.unwrap().is_ok());
        let audit = it.store.audit_after(0, 100).await.unwrap();
        let told = audit.iter().filter(|entry| entry.action == "field.corrected");
        assert!(told.clone().all(|entry| !entry.detail.contains(NAME) && !entry.detail.contains(RIGHT)));
        assert_eq!(told.count(), 3);
        // It is found by what a person says that the paper says.
        let query =
            ApplicationQuery { term: Some((SearchTerm::Name, RIGHT)), limit: 9, ..Default::default() };
        assert_eq!(it.store.find_applications(&query).await.unwrap().len(), 1);
        // Reports stay as they were read.
        let report = it.store.report(&document).await.unwrap();
        assert!(report.fields.values().all(|field| field.value == NAME));
    })
    .await;
}

#[tokio::test]
async fn a_field_that_was_not_read_is_filled_in_and_borne_out_as_it_was_filled_in() {
    on_every_store(async |it: Fixture| {
        let (application, document, revision) = read_one(&it).await;
        let new = NewCorrection { field: "nation", ..name_of(&application, &document, revision) };
        let nothing = it.store.correct(&NewCorrection { value: None, ..new }).await;
        assert!(matches!(nothing, Err(StoreError::NotFound { what: "field" })));
        let filled = it.store.correct(&NewCorrection { value: Some("汉"), ..new }).await.unwrap();
        assert!(filled.before.is_none() && !filled.is_acceptance());
        let again =
            it.store.correct(&NewCorrection { value: None, revision: revision + 1, ..new }).await.unwrap();
        assert!(again.is_acceptance() && again.value == "汉");
        assert_eq!(it.store.corrections_of(&application).await.unwrap(), [filled, again]);
    })
    .await;
}

#[tokio::test]
async fn what_was_not_looked_at_is_not_corrected() {
    on_every_store(async |it: Fixture| {
        let (application, document, revision) = read_one(&it).await;
        let (other, ..) = read_one(&it).await;
        let new = name_of(&application, &document, revision);
        let changed = |result| matches!(result, Err(StoreError::Conflict(Conflict::Changed)));
        assert!(changed(it.store.correct(&NewCorrection { revision: revision - 1, ..new }).await));
        assert!(changed(it.store.correct(&NewCorrection { application: &other, ..new }).await));
        let unknown = it.store.correct(&NewCorrection { field: "phone", ..new }).await;
        assert!(matches!(unknown, Err(StoreError::NotFound { what: "field" })));
        let unread = it.store.correct(&NewCorrection { document: "doc_none", ..new }).await;
        assert!(matches!(unread, Err(StoreError::NotFound { .. })));
        // The document was replaced.
        it.upload(&application, DocumentKind::IdCardFront, b"better", None).await.unwrap();
        let now = it.store.application_row(&application).await.unwrap().revision;
        assert!(changed(it.store.correct(&NewCorrection { revision: now, ..new }).await));
        let approve = NewDecision {
            application: &application,
            verdict: ApplicationStatus::Approved,
            reasons: &[],
            revision: None,
            second_look: false,
            actor: "acc_1",
            now: 60,
        };
        it.store.decide(&approve).await.unwrap();
        let late = it.store.correct(&NewCorrection { revision: now, ..new }).await;
        assert!(matches!(late, Err(StoreError::Conflict(Conflict::Decided))));
        assert!(it.store.corrections_of(&application).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_correction_is_sealed_follows_a_rotation_and_is_erased() {
    on_every_store(async |it: Fixture| {
        let (application, document, revision) = read_one(&it).await;
        it.store.correct(&name_of(&application, &document, revision)).await.unwrap();
        let sealed: String =
            sqlx::query_scalar("SELECT values_sealed FROM corrections").fetch_one(&it.tables).await.unwrap();
        assert!(!sealed.contains(RIGHT) && !sealed.contains(NAME));
        let (old, new) = ("5a".repeat(32), "6b".repeat(32));
        let open = async |keys: &str| {
            let keys = Arc::new(Keyring::parse(keys).unwrap());
            let vault = BlobVault::new(Arc::clone(&it.objects), Arc::clone(&keys));
            Store::open(&it.url, keys, vault).await.unwrap()
        };
        open(&format!("{new}\n{old}")).await.reseal().await.unwrap();
        let store = open(&new).await;
        assert_eq!(store.corrections_of(&application).await.unwrap()[0].value, RIGHT);
        store.erase(&application, "ops", 70).await.unwrap();
        assert_eq!(it.count("SELECT COUNT(*) FROM corrections").await, 0);
    })
    .await;
}
