//! What happens while a page is open.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::sse::{self, KeepAlive, Sse},
};
use futures_util::{Stream, StreamExt};
use serde::Deserialize;

use super::session::Reviewer;
use crate::server::{
    app::App,
    extract::{Id, Query},
    follow,
    problem::Problem,
};

/// After so long a stream ends and the page asks for another one, which a session that ended meanwhile does not get.
const TERM: Duration = Duration::from_secs(30);

/// The header of requests that a page makes by itself, to show what changed.
const LIVE: &str = "vouch-live";

/// Whether a page asks by itself: that is no sign that somebody is there, and no new look.
pub(super) fn is_by_itself(headers: &HeaderMap) -> bool {
    let is_stream = headers.get(header::ACCEPT).is_some_and(|value| value == "text/event-stream");
    is_stream || headers.contains_key(LIVE)
}

#[derive(Deserialize)]
pub(super) struct Following {
    application: Option<Id>,
    after: Option<u64>,
}

/// The events that a page follows, of one application or of all.
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    _: Reviewer,
    headers: HeaderMap,
    Query(following): Query<Following>,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let after = follow::position(&app, &headers, following.after).await?;
    let events = follow::events(Arc::clone(&app), after, following.application.map(|id| id.0));
    let events = events.take_until(Box::pin(tokio::time::sleep(TERM)));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
