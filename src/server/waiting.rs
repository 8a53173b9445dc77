//! What the service answers before it has its database: the process lives, and can do nothing yet.

use std::{io, net, time::Duration};

use axum::{Json, Router, http::StatusCode, routing::get};
use serde_json::json;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{health::healthz, problem::Problem};

/// How long an answer that was begun may go on. Idle connections end at once.
const END: Duration = Duration::from_secs(1);

/// Answers on `listener` while `opening` goes on; then the listener is the caller's again. `/healthz` is well,
/// `/readyz` says no, everything else is unavailable.
///
/// # Errors
/// When the listener fails.
pub async fn answer_while<T>(listener: &net::TcpListener, opening: impl Future<Output = T>) -> io::Result<T> {
    let own = TcpListener::from_std(listener.try_clone()?)?;
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(not_ready))
        .fallback(|| async { Problem::unavailable("The service is waiting for its database") });
    let opened = CancellationToken::new();
    let until = opened.clone();
    let serving = axum::serve(own, router).with_graceful_shutdown(async move { until.cancelled().await });
    let serving = tokio::spawn(serving.into_future());
    let done = opening.await;
    opened.cancel();
    // Until it takes no more: whoever connects from now on is answered by the service itself.
    let _ = timeout(END, serving).await;
    Ok(done)
}

async fn not_ready() -> (StatusCode, Json<serde_json::Value>) {
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "database": false })))
}
