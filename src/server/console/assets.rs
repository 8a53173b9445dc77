//! The console's own files, in the program itself.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use crate::server::{extract::Path, problem::Problem};

/// Every file, by its name.
const ASSETS: [(&str, &str); 12] = [
    ("accounts.js", include_str!("assets/accounts.js")),
    ("case.js", include_str!("assets/case.js")),
    ("console.css", include_str!("assets/console.css")),
    ("console.js", include_str!("assets/console.js")),
    ("correct.js", include_str!("assets/correct.js")),
    ("icon.svg", include_str!("assets/icon.svg")),
    ("keys.js", include_str!("assets/keys.js")),
    ("live.js", include_str!("assets/live.js")),
    ("queue.js", include_str!("assets/queue.js")),
    ("times.js", include_str!("assets/times.js")),
    ("versions.js", include_str!("assets/versions.js")),
    ("viewer.js", include_str!("assets/viewer.js")),
];

pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let (_, text) =
        ASSETS.iter().find(|(known, _)| *known == name).ok_or_else(|| Problem::not_found("file"))?;
    let media_type = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    };
    // Asked for again after an update of the program, else not.
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, *text).into_response())
}
