//! Uploads to the slots of an application.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    upload::{self, Pieces, Upload, UploadForm},
    views::{DocumentView, Slot},
};
use crate::{
    domain::DocumentKind,
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Path, Query, idempotency_key},
        patience::in_time,
        problem::{Problem, ProblemDetails},
    },
    store::{AddedDocument, ApplicationStatus, Conflict, NewDocument, Priority, Scope, StoreError},
    worker::now,
};

/// Who waits for an upload to be read.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadPriority {
    /// An applicant at the screen.
    #[default]
    Applicant,
    /// Nobody: a bulk import, read after everything else.
    Bulk,
}

/// How an upload is to be taken.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UploadQuery {
    #[serde(default)]
    #[param(value_type = Option<UploadPriority>)]
    priority: UploadPriority,
}

/// Upload a document to a slot: the raw bytes, or a multipart form with one file. An upload to a slot that
/// has one is its next version; nothing is overwritten.
#[utoipa::path(
    post, path = "/v1/applications/{application}/documents/{slot}", tag = "documents",
    params(
        ("application" = String, Path, description = "The application's identifier"),
        ("slot" = Slot, Path, description = "What it is to be"),
        UploadQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "Adds it once, however often it is sent"),
        ("File-Name" = Option<String>, Header, description = "Name of a raw upload, percent-encoded UTF-8")
    ),
    request_body(content(
        (String = "application/octet-stream"), (UploadForm = "multipart/form-data")
    )),
    responses(
        (status = 202, description = "Kept, and waiting to be read", body = DocumentView),
        (status = 200, description = "The same request added it before", body = DocumentView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((Id(application), slot)): Path<(Id, Slot)>,
    Query(query): Query<UploadQuery>,
    request: Upload,
) -> Result<(StatusCode, axum::Json<DocumentView>), Problem> {
    caller.may(&[Scope::Portal])?;
    app.admit()?;
    // Before the bytes are taken in, not after.
    if in_time(app.store.application_row(&application)).await?.status == ApplicationStatus::Approved {
        return Err(StoreError::Conflict(Conflict::Decided).into());
    }
    let key = idempotency_key(request.headers())?.map(ToOwned::to_owned);
    let (name, pieces) = upload::open(&app, request).await?;
    let priority = match query.priority {
        UploadPriority::Applicant => Priority::Applicant,
        UploadPriority::Bulk => Priority::Bulk,
    };
    let upload = NewUpload {
        application: &application,
        slot: slot.into(),
        name: &name,
        idempotency_key: key.as_deref(),
        priority,
        actor: caller.id(),
    };
    let added = keep(&app, &upload, pieces).await?;
    let status = if added.is_new { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, axum::Json(added.document.into())))
}

/// An upload to a slot.
pub(in crate::server) struct NewUpload<'a> {
    pub application: &'a str,
    pub slot: DocumentKind,
    pub name: &'a str,
    pub idempotency_key: Option<&'a str>,
    pub priority: Priority,
    pub actor: &'a str,
}

/// Keeps an upload; it is read as soon as a reader is free.
///
/// # Errors
/// When it is too large, broke off, or the application takes none.
pub(in crate::server) async fn keep(
    app: &App,
    upload: &NewUpload<'_>,
    pieces: Pieces,
) -> Result<AddedDocument, Problem> {
    let received = app.store.vault().receive(pieces, app.limits.max_upload_bytes).await;
    let received = received.map_err(|error| upload::refused(&error))?;
    let blob = in_time(app.store.keep(&received, now())).await?;
    let new = NewDocument {
        application: upload.application,
        slot: upload.slot,
        blob: &blob,
        name: upload.name,
        idempotency_key: upload.idempotency_key,
        priority: upload.priority,
        pipeline: &app.pipeline,
        actor: upload.actor,
        now: now(),
    };
    let added = in_time(app.store.add_document(&new)).await?;
    app.queue.ring();
    if let Some(orphan) = &added.orphan {
        // The sweep would find it, too.
        let _ = app.store.vault().delete(orphan).await;
    }
    Ok(added)
}

/// Where a document stands.
#[utoipa::path(
    get, path = "/v1/documents/{document}", tag = "documents",
    params(("document" = String, Path, description = "Its identifier")),
    responses(
        (status = 200, body = DocumentView),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
) -> Result<axum::Json<DocumentView>, Problem> {
    caller.may(&[Scope::Portal, Scope::Reviewer])?;
    Ok(axum::Json(app.store.document(&id).await?.into()))
}
