//! Events as streams that clients follow (Server-Sent Events), for the API and the console.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{http::HeaderMap, response::sse};
use futures_util::Stream;

use super::app::App;
use crate::store::StoreError;

/// How often the table is looked at while nothing happens.
const POLL: Duration = Duration::from_millis(500);
/// Events that are read at once.
const BATCH: u32 = 200;

/// The number after which a client wants events: that of the last one it saw (`Last-Event-ID`), else what it asks
/// for, else from now on.
///
/// # Errors
/// When the database fails.
pub(super) async fn position(app: &App, headers: &HeaderMap, asked: Option<u64>) -> Result<i64, StoreError> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match last.or(asked) {
        Some(after) => Ok(i64::try_from(after).unwrap_or(i64::MAX)),
        None => app.store.newest_event().await,
    }
}

/// Events after a number, of one application or of all, until the service stops or the database fails: the client
/// comes back and goes on where it was.
pub(super) fn events(
    app: Arc<App>,
    mut after: i64,
    application: Option<String>,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    async_stream::stream! {
        while !app.stop.is_cancelled() {
            let Ok(batch) = app.store.events_after(after, application.as_deref(), BATCH).await else { return };
            if batch.is_empty() {
                tokio::select! { () = tokio::time::sleep(POLL) => {}, () = app.stop.cancelled() => {} }
            }
            for event in batch {
                after = event.seq;
                let data = serde_json::to_string(&event).unwrap_or_default();
                yield Ok(sse::Event::default().id(event.seq.to_string()).event(event.kind.as_str()).data(data));
            }
        }
    }
}
