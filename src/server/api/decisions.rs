//! Decisions and resubmissions.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::ApplicationView;
use crate::{
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Json, Path},
        problem::{Problem, ProblemDetails},
    },
    store::{ApplicationRow, ApplicationStatus, NewDecision, Scope},
    worker::now,
};

/// Longest reason, in characters.
const MAX_REASON: usize = 2000;
/// Most reasons of one decision.
const MAX_REASONS: usize = 50;

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Approve,
    Reject,
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    pub(in crate::server) decision: Verdict,
    /// What the applicant is told; required to reject.
    #[serde(default)]
    pub(in crate::server) reasons: Vec<String>,
    /// The revision that was looked at: the decision is refused if the application changed since.
    #[serde(default)]
    pub(in crate::server) revision: Option<i64>,
}

/// Approve or reject an application. Where rejections take two people, the first one's is a proposal (`review` of
/// the answer is `second_look`) and another one's confirms it.
#[utoipa::path(
    post, path = "/v1/applications/{application}/decision", tag = "applications",
    params(("application" = String, Path, description = "Its identifier")), request_body = DecisionRequest,
    responses(
        (status = 200, body = ApplicationView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
    Json(request): Json<DecisionRequest>,
) -> Result<axum::Json<ApplicationView>, Problem> {
    caller.may(&[Scope::Reviewer])?;
    Ok(axum::Json(apply(&app, &id, &request, caller.id()).await?.into()))
}

/// Checks a decision and writes it: for the API and for the console.
///
/// # Errors
/// When it lacks reasons, or the application is decided or changed since.
pub(in crate::server) async fn apply(
    app: &App,
    application: &str,
    request: &DecisionRequest,
    actor: &str,
) -> Result<ApplicationRow, Problem> {
    let verdict = match request.decision {
        Verdict::Approve => ApplicationStatus::Approved,
        Verdict::Reject => ApplicationStatus::Rejected,
    };
    let blank = request.reasons.iter().any(|reason| reason.trim().is_empty());
    if blank || (verdict == ApplicationStatus::Rejected && request.reasons.is_empty()) {
        return Err(Problem::unprocessable(
            "reasons.missing",
            "A rejection needs reasons, none of them blank",
        ));
    }
    let long = request.reasons.iter().any(|reason| reason.chars().count() > MAX_REASON);
    if long || request.reasons.len() > MAX_REASONS {
        return Err(Problem::unprocessable(
            "reasons.too_long",
            "There are too many reasons, or one is too long",
        ));
    }
    let new = NewDecision {
        application,
        verdict,
        reasons: &request.reasons,
        revision: request.revision,
        second_look: app.second_look,
        actor,
        now: now(),
    };
    Ok(app.store.decide(&new).await?)
}

/// Open a rejected application again, after its documents were replaced.
#[utoipa::path(
    post, path = "/v1/applications/{application}/resubmission", tag = "applications",
    params(("application" = String, Path, description = "Its identifier")),
    responses(
        (status = 200, body = ApplicationView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn resubmit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
) -> Result<axum::Json<ApplicationView>, Problem> {
    caller.may(&[Scope::Portal])?;
    let row = app.store.resubmit(&id, caller.id(), now()).await?;
    app.queue.ring();
    Ok(axum::Json(row.into()))
}
