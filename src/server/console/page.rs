//! Pages as answers: rendered, under a policy that lets only our own files in.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{
    session::Person,
    texts::{Language, Texts},
};
use crate::server::problem::Problem;

/// No inline script or style, nothing from elsewhere, no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page has.
pub(super) struct Frame {
    pub t: &'static Texts,
    pub tag: &'static str,
    /// The person's name and the token of forms; `None`: nobody is logged in.
    pub person: Option<(String, String)>,
}

impl Frame {
    pub(super) fn of(person: &Person) -> Self {
        let named = (person.account.name.clone(), person.csrf.clone());
        Self { person: Some(named), ..Self::outside(person.language) }
    }

    pub(super) fn outside(language: Language) -> Self {
        Self { t: language.texts(), tag: language.tag(), person: None }
    }

    /// The token of forms.
    pub(super) fn csrf(&self) -> &str {
        self.person.as_ref().map_or("", |(_, csrf)| csrf)
    }
}

/// Renders a page.
pub(super) fn answer(status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let html = page.render().map_err(|_| Problem::internal())?;
    let mut response = (status, Html(html)).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}
