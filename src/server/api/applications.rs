//! `/v1/applications`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use jiff::{ZonedDateTime, civil::Date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::views::{ApplicationDetail, ApplicationView};
use crate::{
    domain::{Outcome, hex},
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Json, Path, Query, idempotency_key},
        problem::{Problem, ProblemDetails},
    },
    store::{ApplicationQuery, ApplicationStatus, NewApplication, Scope, SearchTerm},
    worker::now,
};

/// Most applications of one page of a list.
const MAX_PAGE: u32 = 200;
const DEFAULT_PAGE: u32 = 50;

/// An application to be filed.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationRequest {
    /// Name of a plan, as `/v1/plans` lists them.
    plan: String,
    /// The version that it is filed under; without one, that of the day of submission.
    #[serde(default)]
    plan_version: Option<String>,
    /// `YYYY-MM-DD`; without it, today.
    #[serde(default)]
    submitted_on: Option<String>,
    /// What the applicant typed into the portal, by the contract's field names.
    #[serde(default)]
    #[schema(value_type = Object)]
    declared: BTreeMap<String, serde_json::Value>,
}

/// File an application. With an `Idempotency-Key` the same request files it once.
#[utoipa::path(
    post, path = "/v1/applications", tag = "applications", request_body = ApplicationRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Files it once, however often it is sent")),
    responses(
        (status = 201, description = "Filed", body = ApplicationView),
        (status = 200, description = "The same request filed it before", body = ApplicationView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Json(request): Json<ApplicationRequest>,
) -> Result<(StatusCode, axum::Json<ApplicationView>), Problem> {
    caller.may(&[Scope::Portal])?;
    let key = idempotency_key(&headers)?;
    let today = ZonedDateTime::now().date();
    let submitted_on = match &request.submitted_on {
        None => today,
        Some(text) => text.parse::<Date>().map_err(|_| {
            Problem::unprocessable("submitted_on.invalid", "submitted_on is no date of the form YYYY-MM-DD")
        })?,
    };
    // Bound to a version now, so that a later version changes nothing for it.
    let version = request.plan_version.as_deref();
    let plan = app.plans.find(&request.plan, version, submitted_on).map_err(|_| {
        Problem::unprocessable("plan.unknown", "There is no such plan or version; see /v1/plans")
    })?;
    let digest = hex(&Sha256::digest(serde_json::to_vec(&request).unwrap_or_default()));
    // One portal's keys are nothing to another one.
    let key = key.map(|key| format!("{} {key}", caller.id()));
    let new = NewApplication {
        plan: &plan.id,
        plan_version: Some(&plan.version),
        submitted_on: &submitted_on.to_string(),
        declared: &request.declared,
        idempotency_key: key.as_deref(),
        request_digest: &digest,
        actor: caller.id(),
        now: now(),
    };
    let (row, is_new) = app.store.create_application(&new).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(row.into())))
}

/// Where an application stands, with its documents and decisions.
#[utoipa::path(
    get, path = "/v1/applications/{application}", tag = "applications",
    params(("application" = String, Path, description = "Its identifier")),
    responses(
        (status = 200, body = ApplicationDetail),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
) -> Result<axum::Json<ApplicationDetail>, Problem> {
    caller.may(&[Scope::Portal, Scope::Reviewer])?;
    let application = app.store.application_row(&id).await?.into();
    let documents = app.store.documents_of(&id).await?.into_iter().map(Into::into).collect();
    let decisions = app.store.decisions_of(&id).await?.into_iter().map(Into::into).collect();
    Ok(axum::Json(ApplicationDetail { application, documents, decisions }))
}

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Search {
    status: Option<ApplicationStatus>,
    /// `pass`, `review`, `retake`, `reject` or `unreadable`.
    #[param(value_type = Option<String>)]
    outcome: Option<Outcome>,
    #[param(value_type = Option<String>)]
    plan: Option<Id>,
    /// What `q` is.
    term: Option<SearchTerm>,
    /// The whole name, number or phone: declared, or read on a paper.
    q: Option<String>,
    /// The identifier of the last application of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Id>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationPage {
    applications: Vec<ApplicationView>,
    /// `after` of the next page; `null`: this is the last.
    next: Option<String>,
}

/// Find applications, newest first.
#[utoipa::path(
    get, path = "/v1/applications", tag = "applications", params(Search),
    responses(
        (status = 200, body = ApplicationPage),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(search): Query<Search>,
) -> Result<axum::Json<ApplicationPage>, Problem> {
    caller.may(&[Scope::Reviewer])?;
    let term = match (search.term, search.q.as_deref()) {
        (Some(term), Some(q)) => Some((term, q)),
        (None, None) => None,
        _ => return Err(Problem::bad_request("query.invalid", "term and q belong together")),
    };
    let limit = search.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let query = ApplicationQuery {
        status: search.status,
        outcome: search.outcome,
        plan: search.plan.as_ref().map(|id| id.0.as_str()),
        term,
        after: search.after.as_ref().map(|id| id.0.as_str()),
        limit,
        ..ApplicationQuery::default()
    };
    let rows = app.store.find_applications(&query).await?;
    let full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| full).map(|row| row.id.clone());
    let applications = rows.into_iter().map(Into::into).collect();
    Ok(axum::Json(ApplicationPage { applications, next }))
}
