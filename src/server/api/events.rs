//! Events as they happen (Server-Sent Events).

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{self, KeepAlive, Sse},
};
use futures_util::Stream;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Query},
        problem::{Problem, ProblemDetails},
    },
    store::{Event, Scope},
};

/// How often the table is looked at while nothing happens.
const POLL: Duration = Duration::from_millis(500);
/// Events that are read at once.
const BATCH: u32 = 200;

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventQuery {
    /// Of this application only.
    #[param(value_type = Option<String>)]
    application: Option<Id>,
    /// Those after this number; without it and without `Last-Event-ID`, those from now on.
    #[param(minimum = 0)]
    after: Option<u64>,
}

/// Follow events. Each has its number as `id`, its kind as `event` and itself as `data`; a client that comes
/// back with `Last-Event-ID` misses none.
#[utoipa::path(
    get, path = "/v1/events", tag = "events",
    params(EventQuery, ("Last-Event-ID" = Option<u64>, Header, description = "Number of the last event seen")),
    responses(
        (status = 200, description = "A stream of events", body = Event, content_type = "text/event-stream"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<EventQuery>,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    caller.may(&[Scope::Portal, Scope::Reviewer])?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let mut after = match last.or(query.after) {
        Some(after) => i64::try_from(after).unwrap_or(i64::MAX),
        None => app.store.newest_event().await?,
    };
    let application = query.application.map(|id| id.0);
    let events = async_stream::stream! {
        while !app.stop.is_cancelled() {
            let Ok(batch) = app.store.events_after(after, application.as_deref(), BATCH).await else {
                // The client comes back and goes on where it was.
                return;
            };
            if batch.is_empty() {
                tokio::select! { () = tokio::time::sleep(POLL) => {}, () = app.stop.cancelled() => {} }
            }
            for event in batch {
                after = event.seq;
                let data = serde_json::to_string(&event).unwrap_or_default();
                yield Ok(sse::Event::default().id(event.seq.to_string()).event(event.kind.as_str()).data(data));
            }
        }
    };
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
