//! Fields that a person bears out or corrects.

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::session::Reviewer;
use crate::{
    server::{
        app::App,
        extract::{Id, Path},
        problem::Problem,
    },
    store::NewCorrection,
    worker::now,
};

/// Longest value, in characters: an address has some sixty.
const MAX_VALUE: usize = 200;

#[derive(Deserialize)]
pub(super) struct Correction {
    csrf: String,
    revision: i64,
    document: Id,
    field: String,
    /// What the paper says; left out by who bears out what was read.
    value: Option<String>,
}

/// Writes a correction; the application is judged anew at once.
pub(super) async fn correct(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Path(Id(id)): Path<Id>,
    Form(form): Form<Correction>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let value = form.value.as_deref().map(str::trim);
    if value.is_some_and(|value| {
        value.is_empty() || value.chars().count() > MAX_VALUE || value.chars().any(char::is_control)
    }) {
        return Err(Problem::unprocessable("value.invalid", "A value has 1 to 200 characters on one line"));
    }
    let new = NewCorrection {
        application: &id,
        document: &form.document.0,
        field: &form.field,
        value,
        revision: form.revision,
        actor: &person.account.id,
        now: now(),
    };
    app.store.correct(&new).await?;
    app.queue.ring();
    Ok(Redirect::to(&format!("/console/applications/{id}")).into_response())
}
