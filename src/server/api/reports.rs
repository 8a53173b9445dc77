//! Reports about documents and applications, as the contract has them.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Path},
        problem::{Problem, ProblemDetails},
    },
    store::Scope,
    worker::now,
};

/// The newest report about a document (`vouch.document/1`); 404 until it was read.
#[utoipa::path(
    get, path = "/v1/documents/{document}/report", tag = "reports",
    params(("document" = String, Path, description = "The document's identifier")),
    responses(
        (status = 200, description = "The report", body = Object),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn document(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    caller.may(&[Scope::Portal, Scope::Reviewer])?;
    let text = app.store.report_text(&id).await?;
    given(&app, &caller, &id, text).await
}

/// The newest report about an application (`vouch.application/1`); 404 until it was judged. It may be about
/// an earlier revision: see `assessed` of the application.
#[utoipa::path(
    get, path = "/v1/applications/{application}/report", tag = "reports",
    params(("application" = String, Path, description = "The application's identifier")),
    responses(
        (status = 200, description = "The report", body = Object),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn application(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    caller.may(&[Scope::Portal, Scope::Reviewer])?;
    let (text, _) = app.store.assessment_text(&id).await?;
    given(&app, &caller, &id, text).await
}

/// Gives a report out; that is a look at it.
async fn given(app: &App, caller: &Caller, subject: &str, text: String) -> Result<Response, Problem> {
    app.store.note(caller.id(), "report.viewed", subject, "{}", now()).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
