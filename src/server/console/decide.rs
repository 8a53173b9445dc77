//! Decisions, and numbers in full.

use std::sync::Arc;

use axum::{
    Form, Json,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{case::Case, mask, session::Reviewer};
use crate::{
    server::{
        api::decisions::{self, DecisionRequest, Verdict},
        app::App,
        extract::{Id, Path},
        problem::Problem,
    },
    worker::now,
};

/// A form with a decision.
#[derive(Deserialize)]
pub(super) struct DecisionForm {
    csrf: String,
    decision: Verdict,
    revision: i64,
    /// One reason a line.
    #[serde(default)]
    reasons: String,
}

pub(super) async fn decide(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Path(Id(id)): Path<Id>,
    Form(form): Form<DecisionForm>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let lines = form.reasons.lines().map(str::trim).filter(|line| !line.is_empty());
    let request = DecisionRequest {
        decision: form.decision,
        reasons: lines.map(ToOwned::to_owned).collect(),
        revision: Some(form.revision),
    };
    let done = decisions::apply(&app, &id, &request, &person.account.id).await;
    unless_changed(done, &id, &format!("/console/next?after={id}"))
}

/// Goes on to a page; where somebody or something was faster, back to the application, which says so and shows what
/// there is now.
pub(super) fn unless_changed<T>(
    done: Result<T, Problem>,
    application: &str,
    page: &str,
) -> Result<Response, Problem> {
    match done {
        Err(problem) if problem.is_conflict() => {
            Ok(Redirect::to(&format!("/console/applications/{application}?note=changed")).into_response())
        }
        other => other.map(|_| Redirect::to(page).into_response()),
    }
}

#[derive(Deserialize)]
pub(super) struct Reveal {
    csrf: String,
}

/// The masked values of an application's fields in full, in the order in which the page has them.
pub(super) async fn reveal(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Path(Id(id)): Path<Id>,
    Form(form): Form<Reveal>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let case = Case::load(&app, &id).await?;
    let rows = case.report.iter().flat_map(|report| &report.fields).filter(|row| mask::is_masked(&row.field));
    let values: Vec<&str> =
        rows.flat_map(|row| row.values.iter().map(|value| value.value.as_str())).collect();
    let detail = json!({ "values": values.len() }).to_string();
    app.store.note(&person.account.id, "application.revealed", &id, &detail, now()).await?;
    Ok(Json(values).into_response())
}
