//! The fast lane: one picture, one report, within the request. Nothing is kept.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use jiff::ZonedDateTime;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{
    upload::{self, Upload, UploadForm},
    views::Slot,
};
use crate::{
    domain::{Application, DocumentKind, DocumentReport, hex},
    imaging::Pictures,
    reader::ReadRequest,
    server::{
        app::App,
        auth::Caller,
        extract::Query,
        problem::{Problem, ProblemDetails},
    },
    store::Scope,
    worker::{ReadError, Urgency, unreadable},
};

/// What the picture is to be.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CheckQuery {
    /// Without it the kind is recognised and nothing more.
    slot: Option<Slot>,
}

/// Read a picture now and keep nothing: for "your photo is blurred, take it again".
#[utoipa::path(
    post, path = "/v1/check", tag = "documents",
    params(CheckQuery, ("File-Name" = Option<String>, Header, description = "Name of a raw upload, percent-encoded UTF-8")),
    request_body(content(
        (String = "application/octet-stream"), (UploadForm = "multipart/form-data")
    )),
    responses(
        (status = 200, description = "The report (`vouch.document/1`)", body = Object),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<CheckQuery>,
    request: Upload,
) -> Result<Response, Problem> {
    caller.may(&[Scope::Portal, Scope::Reviewer])?;
    admit(&app)?;
    let (name, pieces) = upload::open(&app, request).await?;
    let bytes = upload::collect(&app, pieces).await?;
    let (report, _) = read_now(&app, name, query.slot.map(Into::into), &bytes, false).await?;
    let text = serde_json::to_string(&report).map_err(|_| Problem::internal())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// Refuses a picture while too many wait for a reader.
///
/// # Errors
/// `check.busy`.
pub(in crate::server) fn admit(app: &App) -> Result<(), Problem> {
    if app.readers.status().waiting < app.limits.max_waiting_checks {
        return Ok(());
    }
    Err(Problem::busy("check.busy", "Too many pictures are being read; please try again", 2))
}

/// Has a picture read before everything that is queued; nothing is kept.
///
/// # Errors
/// When no reader is there.
pub(in crate::server) async fn read_now(
    app: &App,
    name: String,
    slot: Option<DocumentKind>,
    bytes: &[u8],
    pictures: bool,
) -> Result<(DocumentReport, Pictures), Problem> {
    let request = ReadRequest {
        name,
        slot,
        today: ZonedDateTime::now().date(),
        application: Application::default(),
        papers: Vec::new(),
        pictures,
        drill: None,
    };
    match app.readers.read_pictured(Urgency::Now, &request, bytes).await {
        Ok(read) => Ok(read),
        Err(error @ (ReadError::Died | ReadError::TimedOut)) => {
            let sha256 = hex(&Sha256::digest(bytes));
            let timeout = u64::try_from(app.document_timeout.as_millis()).unwrap_or(u64::MAX);
            let report = unreadable(&request.name, &sha256, bytes, slot, &error, timeout, &app.pipeline);
            Ok((report, Pictures::default()))
        }
        Err(ReadError::Failed(_) | ReadError::Unavailable) => {
            Err(Problem::unavailable("No reader is there at the moment"))
        }
    }
}
