//! The span of a request.

use axum::extract::Request;
use tracing::{Span, field::Empty};

/// A span named by method and route, never by the path. In builds with the feature `otel` it goes on with the trace
/// that the caller names (W3C `traceparent`).
pub(super) fn span(request: &Request, method: &str, route: &str) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    go_on(&span, request);
    span
}

#[cfg(feature = "otel")]
fn go_on(span: &Span, request: &Request) {
    use opentelemetry::global::get_text_map_propagator;
    use opentelemetry_http::HeaderExtractor;
    use tracing_opentelemetry::OpenTelemetrySpanExt;

    let caller = get_text_map_propagator(|read| read.extract(&HeaderExtractor(request.headers())));
    // It fails where nothing is traced.
    let _ = span.set_parent(caller);
}

#[cfg(not(feature = "otel"))]
fn go_on(_: &Span, _: &Request) {}
