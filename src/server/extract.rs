//! Parts of requests, with refusals as problem details.

use axum::{
    extract::{
        FromRequest, FromRequestParts,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Deserializer, de};

use super::problem::Problem;

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Json<T>(pub T);

/// Parts of the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

/// The query.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            // The text says which field is wrong; it quotes names of ours and not values of theirs.
            JsonRejection::JsonDataError(_) => {
                Self::unprocessable("body.invalid", "The body is not as described")
            }
            JsonRejection::MissingJsonContentType(_) => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "body.media_type", "Send application/json")
            }
            JsonRejection::BytesRejection(_) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body.too_large", "The body is too large")
            }
            _ => Self::bad_request("body.malformed", "The body is no JSON"),
        }
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::not_found("resource")
    }
}

impl From<QueryRejection> for Problem {
    fn from(_: QueryRejection) -> Self {
        Self::bad_request("query.invalid", "The query is not as described")
    }
}

/// An identifier of ours, or what could be one: nothing else gets near the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id(pub String);

/// Longest identifier or name of a plan.
const MAX_ID: usize = 100;

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if text.is_empty() || text.len() > MAX_ID || !text.chars().all(plain) {
            return Err(de::Error::custom("no identifier"));
        }
        Ok(Self(text))
    }
}

/// Longest idempotency key.
const MAX_KEY: usize = 200;

/// The `Idempotency-Key` header, if there is one.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=MAX_KEY).contains(&text.len()));
    let problem = || {
        Problem::bad_request(
            "idempotency.invalid",
            "An idempotency key has 1 to 200 printable ASCII characters",
        )
    };
    text.map(Some).ok_or_else(problem)
}
