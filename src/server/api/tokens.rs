//! API tokens.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Json, Path},
        problem::{Problem, ProblemDetails},
    },
    store::{Scope, TokenRow},
    worker::now,
};

/// Longest name of a token, in characters.
const MAX_NAME: usize = 100;
const DAY_MS: i64 = 86_400_000;

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it is for.
    name: String,
    scopes: Vec<Scope>,
    /// Days until it ends; without it, it does not.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenView {
    id: String,
    name: String,
    scopes: Vec<Scope>,
    /// Milliseconds since 1970, as all times.
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

/// A token with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewTokenView {
    token: String,
    #[serde(flatten)]
    view: TokenView,
}

impl From<TokenRow> for TokenView {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scopes: row.scopes,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// Make a token.
#[utoipa::path(
    post, path = "/v1/tokens", tag = "operations", request_body = TokenRequest,
    responses(
        (status = 201, body = NewTokenView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(request): Json<TokenRequest>,
) -> Result<(StatusCode, axum::Json<NewTokenView>), Problem> {
    caller.may(&[Scope::Operator])?;
    let name = request.name.trim();
    // NUL is no character of PostgreSQL's texts.
    let named = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.contains(char::is_control);
    if !named || request.scopes.is_empty() || request.days.is_some_and(|days| !(1..=3650).contains(&days)) {
        let detail = "A token has a name, at least one scope, and 1 to 3650 days or none";
        return Err(Problem::unprocessable("token.unfit", detail));
    }
    let mut scopes = request.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    let expires_at = request.days.map(|days| now() + i64::from(days) * DAY_MS);
    let made = app.store.create_token(name, &scopes, expires_at, caller.id(), now()).await?;
    let view = NewTokenView { token: made.text.to_string(), view: made.row.into() };
    Ok((StatusCode::CREATED, axum::Json(view)))
}

/// All tokens, without their secrets.
#[utoipa::path(
    get, path = "/v1/tokens", tag = "operations",
    responses(
        (status = 200, body = Vec<TokenView>),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<axum::Json<Vec<TokenView>>, Problem> {
    caller.may(&[Scope::Operator])?;
    Ok(axum::Json(app.store.tokens().await?.into_iter().map(Into::into).collect()))
}

/// End a token.
#[utoipa::path(
    delete, path = "/v1/tokens/{token}", tag = "operations",
    params(("token" = String, Path, description = "Its identifier")),
    responses(
        (status = 204, description = "It is ended"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
) -> Result<StatusCode, Problem> {
    caller.may(&[Scope::Operator])?;
    app.store.revoke_token(&id, caller.id(), now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
