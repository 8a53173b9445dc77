//! In and out: log-in, the set-up of an account, log-out, the language.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    page::{Frame, answer},
    session::{Person, check_origin, language_cookie, session_cookie, session_secret},
    texts::Language,
};
use crate::{
    server::{
        app::App,
        extract::{Id, Path},
        problem::Problem,
    },
    store::StoreError,
    worker::now,
};

/// Characters of a password: 12 for people, 200 so that hashing stays cheap.
const PASSWORD: std::ops::RangeInclusive<usize> = 12..=200;

#[derive(Template)]
#[template(path = "entrance.html")]
struct Page {
    frame: Frame,
    /// The page sets a password instead of asking for one.
    is_setup: bool,
    fault: Option<&'static str>,
}

#[derive(Deserialize)]
pub(super) struct LogIn {
    name: String,
    password: Zeroizing<String>,
}

#[derive(Deserialize)]
pub(super) struct SetUp {
    password: Zeroizing<String>,
}

#[derive(Deserialize)]
pub(super) struct LogOut {
    csrf: String,
}

fn page(
    status: StatusCode,
    language: Language,
    is_setup: bool,
    fault: Option<&'static str>,
) -> Result<Response, Problem> {
    answer(status, &Page { frame: Frame::outside(language), is_setup, fault })
}

pub(super) async fn login_page(language: Language) -> Result<Response, Problem> {
    page(StatusCode::OK, language, false, None)
}

pub(super) async fn log_in(
    State(app): State<Arc<App>>,
    language: Language,
    headers: HeaderMap,
    Form(form): Form<LogIn>,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let texts = language.texts();
    if form.password.chars().count() > *PASSWORD.end() {
        return page(StatusCode::UNAUTHORIZED, language, false, Some(texts.wrong));
    }
    match app.store.log_in(form.name.trim(), form.password, now()).await? {
        Some(secret) => {
            let cookie = [(header::SET_COOKIE, session_cookie(&headers, &secret))];
            Ok((cookie, Redirect::to("/console/queue")).into_response())
        }
        None => page(StatusCode::UNAUTHORIZED, language, false, Some(texts.wrong)),
    }
}

pub(super) async fn log_out(
    State(app): State<Arc<App>>,
    person: Person,
    headers: HeaderMap,
    Form(form): Form<LogOut>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    app.store.log_out(session_secret(&headers).unwrap_or_default()).await?;
    let mut response = Redirect::to("/console/login").into_response();
    let cookie = session_cookie(&headers, "").parse().map_err(|_| Problem::internal())?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    // Pictures that the browser kept go, too.
    response.headers_mut().insert("clear-site-data", header::HeaderValue::from_static("\"cache\""));
    Ok(response)
}

pub(super) async fn setup_page(language: Language, Path(Id(_)): Path<Id>) -> Result<Response, Problem> {
    page(StatusCode::OK, language, true, None)
}

pub(super) async fn set_up(
    State(app): State<Arc<App>>,
    language: Language,
    headers: HeaderMap,
    Path(Id(secret)): Path<Id>,
    Form(form): Form<SetUp>,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let texts = language.texts();
    if !PASSWORD.contains(&form.password.chars().count()) {
        return page(StatusCode::UNPROCESSABLE_ENTITY, language, true, Some(texts.short));
    }
    match app.store.set_password(&secret, form.password, now()).await {
        Ok(()) => Ok(Redirect::to("/console/login").into_response()),
        Err(StoreError::NotFound { .. }) => {
            page(StatusCode::NOT_FOUND, language, true, Some(texts.void_link))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn language(Path(tag): Path<String>, headers: HeaderMap) -> Response {
    let language = if tag == "en" { Language::En } else { Language::Zh };
    // Back to where it was asked for, by the path alone.
    let path = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let path = path.and_then(|url| url.find("/console/").map(|at| &url[at..])).unwrap_or("/console/queue");
    ([(header::SET_COOKIE, language_cookie(language, "/console"))], Redirect::to(path)).into_response()
}
