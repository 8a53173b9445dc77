//! Corrections of what was declared: what stood there before is kept.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};
use vouch::store::{Conflict, DeclaredCorrection, Erasure, EventKind, JobKind, StoreError};

use super::fixture::{Fixture, LEASE_MS, NAME, NUMBER, on_every_store};

#[tokio::test]
async fn corrections_keep_what_was_declared_before_and_build_on_each_other() {
    on_every_store(async |it: Fixture| {
        let application = it.application().await;
        let change = |name: &str, value: Value| BTreeMap::from([(name.to_owned(), value)]);
        let all = [change("name", json!("王五")), change("phone", json!("13800138000"))];
        let correction = |changes| DeclaredCorrection {
            application: &application,
            changes,
            revision: None,
            actor: "tok_p",
            now: 30,
        };
        // At once: neither overwrites the other.
        let both = all.each_ref().map(correction);
        for corrected in join_all(both.iter().map(|correction| it.store.correct_declared(correction))).await {
            corrected.unwrap();
        }
        let declared = it.store.application(&application).await.unwrap().declared;
        assert_eq!((&declared["name"], &declared["phone"]), (&json!("王五"), &json!("13800138000")));
        assert_eq!(declared["id_number"], json!(NUMBER));
        let earlier = it.store.earlier_declarations(&application).await.unwrap();
        let revisions: Vec<i64> = earlier.iter().map(|earlier| earlier.until_revision).collect();
        assert_eq!(revisions, [2, 3]);
        assert_eq!(earlier[0].declared["name"], json!(NAME));
        // The second began with what the first had made of it.
        assert_ne!(earlier[1].declared, earlier[0].declared);
        assert_eq!(it.events().await[1..], [EventKind::ApplicationCorrected; 2]);
        // The newest revision is judged; the job of the one before finds itself void.
        let jobs = it.store.lease("worker", 9, 40, 40 + LEASE_MS).await.unwrap();
        assert!(jobs.iter().all(|lease| lease.kind == JobKind::Assess));
        assert_eq!(jobs.iter().map(|lease| lease.revision).max(), Some(3));
        let stale = DeclaredCorrection { revision: Some(1), ..correction(&all[0]) };
        assert!(matches!(
            it.store.correct_declared(&stale).await,
            Err(StoreError::Conflict(Conflict::Changed))
        ));
        // Sealed, like the newest, and gone with the application.
        let plain = it.count("SELECT COUNT(*) FROM earlier_declarations WHERE sealed LIKE '%欧阳%'").await;
        assert_eq!(plain, 0);
        assert_eq!(it.store.erase(&application, "ops", 50).await.unwrap(), Erasure::Erased);
        assert_eq!(it.count("SELECT COUNT(*) FROM earlier_declarations").await, 0);
    })
    .await;
}
