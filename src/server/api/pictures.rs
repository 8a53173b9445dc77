//! Pictures of pages.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{
    server::{
        app::App,
        auth::Caller,
        extract::{Id, Path, Query},
        pictures::{self, Part},
        problem::{Problem, ProblemDetails},
    },
    store::Scope,
};

/// The picture of a page: a JPEG of the whole page, at most 2000 pixels a side, in the report's orientation; the report's
/// pixels are its pixels times `pages[n].width` over its own width.
#[utoipa::path(
    get, path = "/v1/documents/{document}/pages/{page}/picture", tag = "documents",
    params(
        ("document" = String, Path, description = "The document's identifier"),
        ("page" = usize, Path, description = "The page, from 0")
    ),
    responses(
        (status = 200, description = "The picture", body = String, content_type = "image/jpeg"),
        (status = 304, description = "The caller has it (`If-None-Match`); a look all the same"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn page(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Path((Id(id), page)): Path<(Id, usize)>,
) -> Result<Response, Problem> {
    caller.may(&[Scope::Reviewer])?;
    pictures::page(&app, &id, page, caller.id(), &headers).await
}

/// A part of a page, cut out upright: a field by its name, or a place by its corners.
#[utoipa::path(
    get, path = "/v1/documents/{document}/crop", tag = "documents",
    params(("document" = String, Path, description = "The document's identifier"), Part),
    responses(
        (status = 200, description = "The cut", body = String, content_type = "image/jpeg"),
        (status = "4XX", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub(super) async fn crop(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(Id(id)): Path<Id>,
    Query(part): Query<Part>,
) -> Result<Response, Problem> {
    caller.may(&[Scope::Reviewer])?;
    pictures::part(&app, &id, &part, caller.id()).await
}
