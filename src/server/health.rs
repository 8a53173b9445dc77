//! How the process is watched: `/healthz`, `/readyz`, `/metrics`.

use std::{
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::{app::App, auth::Caller, problem::Problem};
use crate::{
    store::{Scope, Store},
    worker::{ReaderPool, now},
};

/// How long `/readyz` waits for the database or the blob store: an answer that comes later than a probe's
/// patience is none.
const PROBE_PATIENCE: Duration = Duration::from_secs(2);

/// Whether the service can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    ready: bool,
    database: bool,
    blobs: bool,
    /// The broker answers; `null` where none is configured. The service is ready without: uploads are kept and
    /// read, only what goes out through the broker waits.
    broker: Option<bool>,
    /// A reader was ready, and the last start of one did not fail.
    readers: bool,
    /// What readers are confined by; `null` before the first is ready.
    sandbox: Option<Sandbox>,
    pipeline: String,
}

/// Fences of the reader processes that this machine's kernel enforces.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sandbox {
    landlock: bool,
    seccomp: bool,
}

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "operations", security(()), responses((status = 200)))]
pub(super) async fn healthz() -> &'static str {
    "ok"
}

/// The process can do its work: its database, its blob store and its readers answer.
#[utoipa::path(
    get, path = "/readyz", tag = "operations", security(()),
    responses((status = 200, body = Readiness), (status = 503, body = Readiness))
)]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> (StatusCode, Json<Readiness>) {
    readiness(&Watched {
        store: &app.store,
        readers: &app.readers,
        broker: app.broker.as_ref().map(|broker| &*broker.up),
        pipeline: &app.pipeline,
        stop: &app.stop,
    })
    .await
}

/// What readiness is about.
pub(super) struct Watched<'a> {
    pub store: &'a Store,
    pub readers: &'a ReaderPool,
    /// Whether the broker answers, where there is one.
    pub broker: Option<&'a AtomicBool>,
    pub pipeline: &'a str,
    pub stop: &'a CancellationToken,
}

/// Looks at everything that a process of the service needs.
pub(super) async fn readiness(of: &Watched<'_>) -> (StatusCode, Json<Readiness>) {
    let (database, blobs) = tokio::join!(
        timeout(PROBE_PATIENCE, of.store.probe()),
        timeout(PROBE_PATIENCE, of.store.vault().probe())
    );
    if let Ok(Err(error)) = &blobs {
        // A wrong key or a bucket that is not there shows nowhere else before the first upload.
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the blob store does not answer as it should"
        );
    }
    let (database, blobs) = (matches!(database, Ok(Ok(()))), matches!(blobs, Ok(Ok(()))));
    let pool = of.readers.status();
    let readers = pool.ready.is_some() && pool.failed_starts == 0;
    let ready = database && blobs && readers && !of.stop.is_cancelled();
    let sandbox = pool
        .ready
        .map(|ready| Sandbox { landlock: ready.confinement.landlock, seccomp: ready.confinement.seccomp });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let readiness = Readiness {
        ready,
        database,
        blobs,
        broker: of.broker.map(|up| up.load(Ordering::Relaxed)),
        readers,
        sandbox,
        pipeline: of.pipeline.to_owned(),
    };
    (status, Json(readiness))
}

/// Prometheus metrics, without any value of a document.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses((status = 200, body = String, content_type = "application/openmetrics-text"), (status = "4XX", body = super::problem::ProblemDetails, content_type = "application/problem+json"))
)]
pub(super) async fn metrics(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    caller.may(&[Scope::Operator])?;
    app.meters.set_backlog(&app.store.backlog(now()).await?, now());
    if let Some(broker) = &app.broker {
        broker.meters.set_backlog(app.store.relay_backlog(now()).await?);
    }
    app.webhook_meters.set(&app.store.webhooks().await?);
    let mut text = String::new();
    let registry = app.registry.lock().unwrap_or_else(PoisonError::into_inner);
    prometheus_client::encoding::text::encode(&mut text, &registry).map_err(|_| Problem::internal())?;
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}
