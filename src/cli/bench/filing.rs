//! Applications and uploads of nobody, for benches to work on.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;

use crate::{
    domain::DocumentKind,
    store::{DocumentRow, NewApplication, NewDocument, Priority, Store},
    worker::now,
};

/// Files an application; its identifier.
pub(super) async fn application(store: &Store, declared: &BTreeMap<String, Value>) -> anyhow::Result<String> {
    let new = NewApplication {
        plan: "dianzishangwushi-4",
        plan_version: None,
        submitted_on: "2026-11-27",
        declared,
        idempotency_key: None,
        request_digest: "bench",
        actor: "bench",
        now: now(),
    };
    Ok(store.create_application(&new).await?.0.id)
}

/// Adds an upload of `bytes` to it.
pub(super) async fn document(
    store: &Store,
    application: &str,
    slot: DocumentKind,
    bytes: Bytes,
    pipeline: &str,
) -> anyhow::Result<DocumentRow> {
    let pieces = stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    let received = store.vault().receive(pieces, u64::MAX).await?;
    let blob = store.keep(&received, now()).await?;
    let new = NewDocument {
        application,
        slot,
        blob: &blob,
        name: "bench.jpg",
        idempotency_key: None,
        priority: Priority::Bulk,
        pipeline,
        actor: "bench",
        now: now(),
    };
    Ok(store.add_document(&new).await?.document)
}
