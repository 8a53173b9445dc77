//! Links for applicants.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Json, Path},
        problem::{Problem, ProblemDetails},
    },
    store::Scope,
    worker::now,
};

/// Minutes that a link holds when nothing else is asked for: long enough to look for papers and photograph them.
const MINUTES: u32 = 120;
/// Minutes that it may hold: a link may lie in a message, and whoever has it can upload.
const LONGEST_MINUTES: u32 = 24 * 60;

/// How long a link shall hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// 1 to 1440; without it, 120.
    #[serde(default)]
    minutes: Option<u32>,
}

/// A link for the applicant's browser.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkView {
    /// Path of the applicant's page below the service's public address. Whoever has it can upload to this application.
    pub url: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// Make a link to the applicant's page of this one application: choose the condition, upload, read reasons, resubmit.
#[utoipa::path(
    post, path = "/v1/applications/{application}/link", tag = "applications", request_body = LinkRequest,
    params(("application" = String, Path, description = "Its identifier")),
    responses(
        (status = 201, body = LinkView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
    Json(request): Json<LinkRequest>,
) -> Result<(StatusCode, axum::Json<LinkView>), Problem> {
    caller.may(&[Scope::Portal])?;
    let minutes = request.minutes.unwrap_or(MINUTES);
    if !(1..=LONGEST_MINUTES).contains(&minutes) {
        return Err(Problem::unprocessable("minutes.invalid", "A link holds for 1 to 1440 minutes"));
    }
    app.store.application_row(&id).await?;
    let now = now();
    let expires_at = now + i64::from(minutes) * 60_000;
    let detail = json!({ "expires_at": expires_at }).to_string();
    app.store.note(caller.id(), "application.linked", &id, &detail, now).await?;
    let url = format!("/apply/{}", app.store.link(&id, expires_at));
    Ok((StatusCode::CREATED, axum::Json(LinkView { url, expires_at })))
}
