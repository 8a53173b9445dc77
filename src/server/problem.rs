//! Errors as callers see them: RFC 9457 problem details. The cause goes to the log, never out.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{Conflict, StoreError, vault::VaultError};

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    retry_after_s: Option<u32>,
}

/// Its body, `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// `urn:vouch:problem:CODE`.
    r#type: String,
    title: String,
    status: u16,
    /// For people; its wording may change.
    detail: String,
    /// For programs; stable.
    code: &'static str,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), retry_after_s: None }
    }

    pub(super) fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// Well-formed, but not to be done.
    pub(super) fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}"))
    }

    /// 429: come again in that many seconds.
    pub(super) fn busy(code: &'static str, detail: &str, retry_after_s: u32) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail) }
    }

    /// 503: something that this service needs does not answer.
    pub(super) fn unavailable(detail: &str) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self { retry_after_s: Some(5), ..Self::new(status, "unavailable", detail) }
    }

    /// 507: there is no room left. What is asked for is whole or not there.
    pub(super) fn full() -> Self {
        let detail = "There is no room left to store anything; an operator has to make some";
        Self {
            retry_after_s: Some(60),
            ..Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage.full", detail)
        }
    }

    /// Whether what was asked for contradicts what is stored.
    pub(super) fn is_conflict(&self) -> bool {
        self.status == StatusCode::CONFLICT
    }

    /// 500, with nothing about why.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong here")
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound { what } => Self::not_found(what),
            StoreError::Conflict(conflict) => {
                let code = match conflict {
                    Conflict::IdempotencyKey => "idempotency.reused",
                    Conflict::Decided => "application.decided",
                    Conflict::NotRejected => "application.not_rejected",
                    Conflict::Changed => "application.changed",
                    Conflict::OnHold => "application.on_hold",
                    Conflict::SecondLook => "rejection.proposed",
                    Conflict::SamePerson => "rejection.same_person",
                    Conflict::OwnAccount => "account.own",
                    Conflict::LastOperator => "account.last_operator",
                    Conflict::Erased => "upload.again",
                };
                Self::new(StatusCode::CONFLICT, code, conflict.to_string())
            }
            StoreError::Database(_) | StoreError::Vault(VaultError::Objects(_)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
                if error.is_full() {
                    return Self::full();
                }
                Self::unavailable("The service cannot store or read anything at the moment")
            }
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemDetails {
            r#type: format!("urn:vouch:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            code: self.code,
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
