//! Holds, and what ends them or a proposed rejection.

use std::sync::Arc;

use axum::{Form, extract::State, response::Response};
use serde::Deserialize;

use super::{decide::unless_changed, session::Reviewer};
use crate::{
    server::{
        app::App,
        extract::{Id, Path},
        problem::Problem,
    },
    store::{NewStep, ReviewState, ReviewStep},
    worker::now,
};

/// Longest reason of a hold, in characters: a note to colleagues.
const MAX_REASON: usize = 500;

#[derive(Deserialize)]
pub(super) struct Hold {
    csrf: String,
    revision: i64,
    reason: String,
}

#[derive(Deserialize)]
pub(super) struct Release {
    csrf: String,
    revision: i64,
}

/// Puts an application on hold, and goes on to the next one.
pub(super) async fn hold(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Path(Id(id)): Path<Id>,
    Form(form): Form<Hold>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let reason = form.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(Problem::unprocessable(
            "reasons.missing",
            "A hold needs a reason of 1 to 500 characters",
        ));
    }
    let reasons = [reason.to_owned()];
    let new = NewStep {
        application: &id,
        step: ReviewStep::Held,
        reasons: &reasons,
        revision: Some(form.revision),
        actor: &person.account.id,
        now: now(),
    };
    let done = app.store.take_step(&new).await.map_err(Problem::from);
    unless_changed(done, &id, &format!("/console/next?after={id}"))
}

/// Takes an application up again: ends a hold, or a proposed rejection that is not to be.
pub(super) async fn release(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Path(Id(id)): Path<Id>,
    Form(form): Form<Release>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let step = match app.store.application_row(&id).await?.review {
        Some(ReviewState::SecondLook) => ReviewStep::Declined,
        Some(ReviewState::OnHold) | None => ReviewStep::Resumed,
    };
    let new = NewStep {
        application: &id,
        step,
        reasons: &[],
        revision: Some(form.revision),
        actor: &person.account.id,
        now: now(),
    };
    let done = app.store.take_step(&new).await.map_err(Problem::from);
    unless_changed(done, &id, &format!("/console/applications/{id}"))
}
