//! The applicant's page: choose the condition, photograph what it asks for, read what is wrong, send it again. The portal
//! links to it (`POST /v1/applications/{id}/link`); whoever has the link acts for the applicant until it ends. Pages are
//! made on the server and work without the script, which only adds progress and patience with lost connections.

mod assets;
mod page;
mod texts;
mod upload;
mod verdict;

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, FromRequestParts, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    app::App,
    console::{
        session::{check_origin, language_cookie},
        texts::Language,
    },
    extract::{Id, Path},
    problem::Problem,
};
use crate::{store::DeclaredCorrection, worker::now};

/// How an applicant stands in the audit.
const ACTOR: &str = "applicant";

/// Routes of the applicant's page. They are for browsers and no part of the API.
pub(super) fn routes() -> Router<Arc<App>> {
    let uploads = Router::new()
        .route("/apply/{link}/documents/{slot}", post(upload::upload))
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/apply/{link}", get(page::show))
        .route("/apply/{link}/condition", post(choose))
        .route("/apply/{link}/resubmission", post(resubmit))
        .route("/apply/{link}/language/{language}", get(language))
        .route("/applicant-files/{name}", get(assets::asset))
        .merge(uploads)
}

/// Somebody with a link that holds.
struct Applicant {
    /// The path of the page.
    home: String,
    application: String,
    language: Language,
}

#[derive(Deserialize)]
struct Linked {
    link: Id,
}

impl FromRequestParts<Arc<App>> for Applicant {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Ok(language) = Language::from_request_parts(parts, app).await;
        let Path(Linked { link: Id(link) }) =
            Path::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let Some(application) = app.store.linked(&link, now()) else {
            return Err(page::ended(language).into_response());
        };
        app.throttle(&format!("applicant {application}")).map_err(IntoResponse::into_response)?;
        Ok(Self { home: format!("/apply/{link}"), application, language })
    }
}

#[derive(Deserialize)]
struct Choice {
    condition: u8,
}

/// The condition that the applicant applies under.
async fn choose(
    State(app): State<Arc<App>>,
    applicant: Applicant,
    headers: HeaderMap,
    Form(Choice { condition }): Form<Choice>,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let declared = app.store.application(&applicant.application).await?;
    if page::plan_of(&app, &declared)?.condition(condition).is_none() {
        return Err(Problem::unprocessable("condition.unknown", "The plan has no such condition"));
    }
    let changes = [("condition".to_owned(), json!(condition))].into();
    let correction = DeclaredCorrection {
        application: &applicant.application,
        changes: &changes,
        revision: None,
        actor: ACTOR,
        now: now(),
    };
    app.store.correct_declared(&correction).await?;
    app.queue.ring();
    Ok(Redirect::to(&applicant.home).into_response())
}

async fn resubmit(
    State(app): State<Arc<App>>,
    applicant: Applicant,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    app.store.resubmit(&applicant.application, ACTOR, now()).await?;
    app.queue.ring();
    Ok(Redirect::to(&applicant.home).into_response())
}

async fn language(applicant: Applicant, Path((_, tag)): Path<(Id, String)>) -> Result<Response, Problem> {
    let language = if tag == "en" { Language::En } else { Language::Zh };
    let cookie = [(header::SET_COOKIE, language_cookie(language, "/apply"))];
    Ok((StatusCode::SEE_OTHER, cookie, [(header::LOCATION, applicant.home)]).into_response())
}
