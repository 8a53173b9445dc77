//! The console's own files, in the program itself.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use crate::server::{extract::Path, problem::Problem};

pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let (media_type, text) = match name.as_str() {
        "console.css" => ("text/css; charset=utf-8", include_str!("assets/console.css")),
        "console.js" => ("text/javascript; charset=utf-8", include_str!("assets/console.js")),
        _ => return Err(Problem::not_found("file")),
    };
    // Asked for again after an update of the program, else not.
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, text).into_response())
}
