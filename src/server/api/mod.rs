//! The API, one resource a file. Routes and their documentation stand together; `docs/openapi.json` is
//! made from them and compared by a test.

mod applications;
pub(super) mod check;
pub(super) mod decisions;
mod declared;
pub(super) mod documents;
mod events;
mod failures;
mod links;
mod pictures;
mod plans;
mod reports;
mod tokens;
pub(super) mod upload;
pub(super) mod views;

use std::sync::Arc;

use axum::{extract::DefaultBodyLimit, middleware::from_fn};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::{documents::UploadPriority, views::Slot};
use super::{app::App, health, patience::answer_in_time};
use crate::store::SearchTerm;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "vouch",
        description = "Document intake and OCR for vocational-certificate applications. Errors are RFC 9457 \
            problem details. Reports follow the report contract (`vouch.document/1`, `vouch.application/1`).",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "applications"), (name = "documents"), (name = "reports"), (name = "events"),
        (name = "plans"), (name = "operations")
    ),
    security(("token" = [])),
    // Those that only parameters speak of are not found by themselves.
    components(schemas(SearchTerm, Slot, UploadPriority)),
    modifiers(&TokenScheme)
)]
struct Description;

struct TokenScheme;

impl Modify for TokenScheme {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// Every route with its description.
pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    // Uploads have a limit of their own and are never held in memory by the router.
    let uploads = OpenApiRouter::new()
        .routes(routes!(documents::upload))
        .routes(routes!(check::check))
        .layer(DefaultBodyLimit::disable());
    let mut routes = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(applications::create, applications::find))
        .routes(routes!(applications::show))
        .routes(routes!(declared::show, declared::correct))
        .routes(routes!(documents::show))
        .routes(routes!(pictures::page))
        .routes(routes!(pictures::crop))
        .routes(routes!(reports::document))
        .routes(routes!(reports::application))
        .routes(routes!(decisions::decide))
        .routes(routes!(decisions::resubmit))
        .routes(routes!(links::create))
        .routes(routes!(events::stream))
        .routes(routes!(plans::list))
        .routes(routes!(plans::show))
        .routes(routes!(tokens::create, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .layer(from_fn(answer_in_time))
        .merge(uploads);
    failures::describe(routes.get_openapi_mut());
    routes
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}
