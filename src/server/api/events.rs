//! Events as they happen (Server-Sent Events).

use std::{convert::Infallible, sync::Arc};

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
        follow,
        problem::{Problem, ProblemDetails},
    },
    store::{Event, Scope},
};

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
    let after = follow::position(&app, &headers, query.after).await?;
    let events = follow::events(app, after, query.application.map(|id| id.0));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
