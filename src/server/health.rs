//! How the process is watched: `/healthz`, `/readyz`, `/metrics`.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{app::App, auth::Caller, problem::Problem};
use crate::{store::Scope, worker::now};

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
    let (database, blobs) = tokio::join!(app.store.probe(), app.store.vault().probe());
    let pool = app.readers.status();
    let readers = pool.ready.is_some() && pool.failed_starts == 0;
    let ready = database.is_ok() && blobs.is_ok() && readers && !app.stop.is_cancelled();
    let sandbox = pool
        .ready
        .map(|ready| Sandbox { landlock: ready.confinement.landlock, seccomp: ready.confinement.seccomp });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let readiness = Readiness {
        ready,
        database: database.is_ok(),
        blobs: blobs.is_ok(),
        broker: app.broker.as_ref().map(|broker| broker.up.load(Ordering::Relaxed)),
        readers,
        sandbox,
        pipeline: app.pipeline.clone(),
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
    app.meters.set_backlog(&app.store.backlog().await?, now());
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
