//! What every operation may answer beside what is its own, and words for statuses that say enough by their number.

use axum::http::StatusCode;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response};

/// What is refused, by every operation that takes a token.
const REFUSED: &str = "4XX";
/// What any operation answers that asks the store, which all that take a token do.
const FAILURES: [(&str, &str); 2] = [
    ("503", "Something that this service needs is away or does not answer in time; try again"),
    ("507", "There is no room left to store anything; nothing was changed"),
];

/// Completes the answers of every operation.
pub(super) fn describe(openapi: &mut OpenApi) {
    for item in openapi.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let responses = &mut operation.responses.responses;
            if responses.contains_key(REFUSED) {
                for (status, _) in FAILURES {
                    responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem()));
                }
            }
            for (status, response) in responses {
                if let RefOr::T(response) = response
                    && response.description.is_empty()
                {
                    response.description = words(status).to_owned();
                }
            }
        }
    }
}

fn problem() -> Response {
    let mut response = Response::new("");
    let schema = RefOr::Ref(Ref::from_schema_name("ProblemDetails"));
    let content = RefOr::T(Content::new(Some(schema)));
    response.content.insert("application/problem+json".to_owned(), content);
    response
}

fn words(status: &str) -> &'static str {
    if status == REFUSED {
        return "Refused; the problem says why";
    }
    let failure = FAILURES.into_iter().find(|(failure, _)| *failure == status);
    let reason = || StatusCode::from_bytes(status.as_bytes()).ok()?.canonical_reason();
    failure.map(|(_, words)| words).or_else(reason).unwrap_or("An answer")
}
