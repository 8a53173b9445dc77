//! The reviewer's console: pages made on the server, one small script, no build step. People log in with accounts of
//! their own (`vouch accounts` makes the first operator's); what they look at and decide is audited under those.

mod accounts;
mod application;
mod assets;
mod case;
mod corrections;
mod decide;
mod entrance;
mod live;
mod mask;
mod numbers;
mod operations;
mod page;
mod queue;
mod report;
mod review;
mod rows;
pub(super) mod session;
pub(super) mod texts;
mod unread;
mod versions;

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    middleware::from_fn,
    response::{Redirect, Response},
    routing::{get, post},
};

use super::{
    app::App,
    extract::{Id, Path, Query},
    patience::answer_in_time,
    pictures::{self, Part},
    problem::Problem,
};
use crate::imaging::LayerKind;
use session::Reviewer;

/// Routes of the console. They are for browsers and no part of the API.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/console", get(|| async { Redirect::to("/console/queue") }))
        .route("/console/assets/{name}", get(assets::asset))
        .route("/console/login", get(entrance::login_page).post(entrance::log_in))
        .route("/console/logout", post(entrance::log_out))
        .route("/console/setup/{secret}", get(entrance::setup_page).post(entrance::set_up))
        .route("/console/language/{language}", get(entrance::language))
        .route("/console/queue", get(queue::show))
        .route("/console/next", get(queue::next))
        .route("/console/events", get(live::stream))
        .route("/console/applications/{application}", get(application::show))
        .route("/console/applications/{application}/decision", post(decide::decide))
        .route("/console/applications/{application}/reveal", post(decide::reveal))
        .route("/console/applications/{application}/hold", post(review::hold))
        .route("/console/applications/{application}/release", post(review::release))
        .route("/console/applications/{application}/corrections", post(corrections::correct))
        .route("/console/applications/{application}/versions/{slot}", get(versions::show))
        .route("/console/documents/{document}/pages/{page}/picture", get(picture))
        .route("/console/documents/{document}/pages/{page}/layers/{layer}", get(layer))
        .route("/console/numbers", get(numbers::show))
        .route("/console/numbers/decisions.csv", get(numbers::csv))
        .route("/console/numbers/decisions.xlsx", get(numbers::xlsx))
        .route("/console/accounts", get(accounts::show).post(accounts::add))
        .route("/console/accounts/{account}/{act}", post(accounts::act))
        .route("/console/operations", get(operations::show))
        .route("/console/operations/{job}/{act}", post(operations::act))
        .route("/console/documents/{document}/crop", get(crop))
        .layer(from_fn(answer_in_time))
}

async fn picture(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    headers: HeaderMap,
    Path((Id(id), page)): Path<(Id, usize)>,
) -> Result<Response, Problem> {
    pictures::page(&app, &id, page, &person.account.id, &headers).await
}

async fn layer(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Path((Id(id), page, kind)): Path<(Id, usize, LayerKind)>,
) -> Result<Response, Problem> {
    pictures::layer(&app, &id, (page, kind), &person.account.id).await
}

async fn crop(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Path(Id(id)): Path<Id>,
    Query(part): Query<Part>,
) -> Result<Response, Problem> {
    pictures::part(&app, &id, &part, &person.account.id).await
}
