//! `/v1/applications/{application}/declared`: what the applicant declared, and corrections of it.

use std::{collections::BTreeMap, sync::Arc};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::views::ApplicationView;
use crate::{
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Json, Path},
        problem::{Problem, ProblemDetails},
    },
    store::{DeclaredCorrection, EarlierDeclaration, Scope},
    worker::now,
};

/// A correction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRequest {
    /// New values by the contract's field names; `null` takes a field away, others stay as they are.
    #[schema(value_type = Object)]
    changes: BTreeMap<String, Value>,
    /// The revision that was looked at: the correction is refused if the application changed since.
    #[serde(default)]
    revision: Option<i64>,
}

/// What is declared, and what was before.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclarationView {
    #[schema(value_type = Object)]
    declared: BTreeMap<String, Value>,
    /// Before each correction, oldest first.
    earlier: Vec<EarlierView>,
}

/// What was declared before a correction.
#[derive(Debug, Serialize, ToSchema)]
pub struct EarlierView {
    /// The revision that the correction made.
    until_revision: i64,
    #[schema(value_type = Object)]
    declared: BTreeMap<String, Value>,
    /// Identifier of the token that corrected it.
    corrected_by: String,
    /// Milliseconds since 1970.
    corrected_at: i64,
}

impl From<EarlierDeclaration> for EarlierView {
    fn from(earlier: EarlierDeclaration) -> Self {
        Self {
            until_revision: earlier.until_revision,
            declared: earlier.declared,
            corrected_by: earlier.corrected_by,
            corrected_at: earlier.corrected_at,
        }
    }
}

/// What an application declares, with what was declared before its corrections.
#[utoipa::path(
    get, path = "/v1/applications/{application}/declared", tag = "applications",
    params(("application" = String, Path, description = "Its identifier")),
    responses(
        (status = 200, body = DeclarationView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
) -> Result<axum::Json<DeclarationView>, Problem> {
    caller.may(&[Scope::Portal, Scope::Reviewer])?;
    let declared = app.store.application(&id).await?.declared;
    let earlier = app.store.earlier_declarations(&id).await?.into_iter().map(Into::into).collect();
    Ok(axum::Json(DeclarationView { declared, earlier }))
}

/// Correct what was declared, until the application is approved; it is assessed anew.
#[utoipa::path(
    patch, path = "/v1/applications/{application}/declared", tag = "applications",
    params(("application" = String, Path, description = "Its identifier")), request_body = CorrectionRequest,
    responses(
        (status = 200, body = ApplicationView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn correct(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
    Json(request): Json<CorrectionRequest>,
) -> Result<axum::Json<ApplicationView>, Problem> {
    caller.may(&[Scope::Portal])?;
    let correction = DeclaredCorrection {
        application: &id,
        changes: &request.changes,
        revision: request.revision,
        actor: caller.id(),
        now: now(),
    };
    let row = app.store.correct_declared(&correction).await?;
    app.queue.ring();
    Ok(axum::Json(row.into()))
}
