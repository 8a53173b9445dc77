//! The router, and serving it until told to stop.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::from_fn_with_state,
    response::IntoResponse,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

use super::{api, app::App, applicant, console, middleware::observe, problem::Problem};
use crate::worker::now;

/// Bytes of a JSON body: declared data of an application has some kilobytes.
const MAX_JSON_BYTES: usize = 256 << 10;
/// How often the backlog is counted for admission.
const BACKLOG_EVERY: Duration = Duration::from_secs(1);
/// How often objects without a row are looked for.
const SWEEP_EVERY: Duration = Duration::from_hours(1);
/// Age (milliseconds) from which such an object belongs to no upload that still goes on.
const SWEEP_AGE_MS: i64 = 3_600_000;

/// Headers of every answer: nothing is guessed, framed, cached or told on.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// All routes.
pub fn router(app: &Arc<App>) -> Router {
    let (routes, _) = api::routes().split_for_parts();
    let mut router = routes
        .merge(console::routes())
        .merge(applicant::routes())
        .fallback(|| async { Problem::not_found("resource") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method.not_allowed", "Not with this method")
        })
        .layer(DefaultBodyLimit::max(MAX_JSON_BYTES))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a request handler panicked");
            Problem::internal().into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(app), observe));
    for (name, value) in HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router.with_state(Arc::clone(app))
}

/// Serves until `stop` is cancelled and the requests that were begun are answered.
///
/// # Errors
/// When the listener fails.
pub async fn serve(app: Arc<App>, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
    let housekeeping = tokio::spawn(keep_house(Arc::clone(&app), stop.clone()));
    let served = axum::serve(listener, router(&app))
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await;
    housekeeping.abort();
    served
}

/// What has to be done again and again.
async fn keep_house(app: Arc<App>, stop: CancellationToken) {
    let mut backlog = tokio::time::interval(BACKLOG_EVERY);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = backlog.tick() => app.refresh_backlog().await,
            _ = sweep.tick() => {
                app.forget_idle_tokens();
                match app.store.sweep_objects(now() - SWEEP_AGE_MS).await {
                    Ok(0) => {}
                    Ok(objects) => tracing::info!(objects, "objects without a row were deleted"),
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "the sweep failed");
                    }
                }
            }
        }
    }
}
