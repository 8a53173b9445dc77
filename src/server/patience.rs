//! How long a request waits for the database and the blob store: a caller is told, not left hanging.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use super::problem::Problem;

/// Longest wait. A database that is merely slow answers within; a proxy before this service gives up after 60
/// seconds, commonly, and then nobody says why.
const PATIENCE: Duration = Duration::from_secs(30);

fn too_slow() -> Problem {
    tracing::error!("the database or the blob store does not answer in time");
    Problem::unavailable("The service cannot store or read anything in time at the moment")
}

/// What a request asks of the store, as far as it ends in time. What is given up may have been done: the same
/// idempotency key tells.
///
/// # Errors
/// The store's, or 503.
pub(super) async fn in_time<T, E: Into<Problem>>(
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Problem> {
    timeout(PATIENCE, work).await.map_err(|_| too_slow())?.map_err(Into::into)
}

/// The same around whole requests: all that neither take an upload in nor wait for a reader.
pub(super) async fn answer_in_time(request: Request, next: Next) -> Response {
    timeout(PATIENCE, next.run(request)).await.unwrap_or_else(|_| too_slow().into_response())
}
