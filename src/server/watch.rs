//! How a worker alone is watched: `/healthz` and `/readyz`, and nothing else.

use std::{
    io,
    sync::{Arc, atomic::AtomicBool},
};

use axum::{Router, extract::State, routing::get};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    health::{Watched, healthz, readiness},
    problem::Problem,
};
use crate::worker::Worker;

#[derive(Clone)]
struct Watch {
    worker: Arc<Worker>,
    broker: Option<Arc<AtomicBool>>,
    stop: CancellationToken,
}

/// Answers until `stop` is cancelled. `broker`: whether it answers, where there is one.
///
/// # Errors
/// When the listener fails.
pub async fn watch(
    listener: TcpListener,
    worker: Worker,
    broker: Option<Arc<AtomicBool>>,
    stop: CancellationToken,
) -> io::Result<()> {
    let state = Watch { worker: Arc::new(worker), broker, stop: stop.clone() };
    let readyz = async |State(watch): State<Watch>| {
        readiness(&Watched {
            store: &watch.worker.store,
            readers: &watch.worker.readers,
            broker: watch.broker.as_deref(),
            pipeline: &watch.worker.pipeline,
            stop: &watch.stop,
        })
        .await
    };
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .fallback(|| async { Problem::not_found("resource") })
        .with_state(state);
    axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
}
