//! Who looks at a page: a session in a cookie that no script can read.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{live::is_by_itself, texts::Language};
use crate::{
    domain::hex,
    server::{app::App, problem::Problem},
    store::{AccountRow, Role},
    worker::now,
};

const SESSION: &str = "vouch_session";
const LANGUAGE: &str = "vouch_language";

/// A person with a session.
pub(super) struct Person {
    pub account: AccountRow,
    pub language: Language,
    /// What every form of this session carries. Made from the session's secret, which no other site knows.
    pub csrf: String,
}

impl Person {
    /// The path of what is this person's to do.
    pub(super) const fn start(&self) -> &'static str {
        if self.account.role.reviews() { "/console/queue" } else { "/console/operations" }
    }

    fn home(&self) -> Response {
        Redirect::to(self.start()).into_response()
    }

    /// Refuses a form that does not come from a page of this session.
    pub(super) fn check(&self, csrf: &str) -> Result<(), Problem> {
        if bool::from(self.csrf.as_bytes().ct_eq(csrf.as_bytes())) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "csrf.invalid",
            "This form is of another session; load it again",
        ))
    }
}

impl FromRequestParts<Arc<App>> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let outside = || Redirect::to("/console/login").into_response();
        let secret = session_secret(&parts.headers).ok_or_else(outside)?;
        let account = if is_by_itself(&parts.headers) {
            app.store.session_unprolonged(secret, now()).await
        } else {
            app.store.session(secret, now()).await
        };
        let account = account.map_err(|error| Problem::from(error).into_response())?.ok_or_else(outside)?;
        app.throttle(&account.id).map_err(IntoResponse::into_response)?;
        let csrf = hex(&Sha256::digest(format!("vouch csrf {secret}")));
        Ok(Self { account, language: language_of(&parts.headers), csrf })
    }
}

/// Somebody to whom applications are shown. Others are led to what is theirs.
pub(super) struct Reviewer(pub Person);

/// Somebody who sees the numbers.
pub(super) struct Lead(pub Person);

/// Somebody who sees to the service.
pub(super) struct Operator(pub Person);

impl FromRequestParts<Arc<App>> for Reviewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let person = Person::from_request_parts(parts, app).await?;
        if person.account.role.reviews() { Ok(Self(person)) } else { Err(person.home()) }
    }
}

impl FromRequestParts<Arc<App>> for Lead {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let person = Person::from_request_parts(parts, app).await?;
        if person.account.role == Role::Lead { Ok(Self(person)) } else { Err(person.home()) }
    }
}

impl FromRequestParts<Arc<App>> for Operator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let person = Person::from_request_parts(parts, app).await?;
        if person.account.role.reviews() { Err(person.home()) } else { Ok(Self(person)) }
    }
}

/// The language of a page, for people without a session, too.
impl FromRequestParts<Arc<App>> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        Ok(language_of(&parts.headers))
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(known, _)| *known == name))
        .map(|(_, value)| value)
}

pub(super) fn session_secret(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SESSION)
}

fn language_of(headers: &HeaderMap) -> Language {
    if cookie(headers, LANGUAGE) == Some("en") { Language::En } else { Language::Zh }
}

/// `Set-Cookie` of a session; an empty secret ends it. `Secure` where the TLS proxy says that there is one.
pub(super) fn session_cookie(headers: &HeaderMap, secret: &str) -> String {
    let behind_tls = headers.get("x-forwarded-proto").is_some_and(|value| value == "https");
    let secure = if behind_tls { "; Secure" } else { "" };
    let end = if secret.is_empty() { "; Max-Age=0" } else { "" };
    format!("{SESSION}={secret}; Path=/console; HttpOnly; SameSite=Strict{secure}{end}")
}

/// `Set-Cookie` of the language of all pages below a path.
pub(in crate::server) fn language_cookie(language: Language, path: &str) -> String {
    format!("{LANGUAGE}={}; Path={path}; HttpOnly; SameSite=Strict; Max-Age=31536000", language.tag())
}

/// Refuses a form that another site sent, where there is no session yet to carry a token.
pub(in crate::server) fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if site.is_none_or(|site| site == "same-origin" || site == "none") {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf.invalid", "This form was sent by another site"))
}
