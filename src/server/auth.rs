//! Who asks, and what they may do.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};

use super::{app::App, patience::in_time, problem::Problem};
use crate::{
    store::{Scope, TokenRow},
    worker::now,
};

/// A caller with a valid token, within its rate.
pub struct Caller(TokenRow);

impl Caller {
    /// The token's identifier: how this caller stands in the audit.
    pub(super) fn id(&self) -> &str {
        &self.0.id
    }

    /// Lets callers pass that have one of `scopes`.
    pub(super) fn may(&self, scopes: &[Scope]) -> Result<(), Problem> {
        if scopes.iter().any(|scope| self.0.scopes.contains(scope)) {
            return Ok(());
        }
        let wanted = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" or ");
        let detail = format!("This token lacks the scope {wanted}");
        Err(Problem::new(StatusCode::FORBIDDEN, "scope.missing", detail))
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let unknown = || {
            let detail = "Send a valid token as Authorization: Bearer TOKEN";
            Problem::new(StatusCode::UNAUTHORIZED, "token.invalid", detail)
        };
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let text = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(unknown)?;
        let token = in_time(app.store.authenticate(text.trim(), now())).await?.ok_or_else(unknown)?;
        app.throttle(&token.id)?;
        Ok(Self(token))
    }
}
