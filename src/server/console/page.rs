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
use crate::{
    server::problem::Problem,
    store::{EventKind, Role},
};

/// No inline script or style, nothing from elsewhere, no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page has.
pub(super) struct Frame {
    pub t: &'static Texts,
    pub tag: &'static str,
    /// The person's name and the token of forms; `None`: nobody is logged in.
    pub person: Option<(String, String)>,
    /// Where this person's work is, and what it is called.
    pub start: (&'static str, &'static str),
    /// Whether the numbers are shown to this person.
    pub is_lead: bool,
    /// Whether accounts are this person's to see to.
    pub is_operator: bool,
    /// What the page follows while it is open.
    pub live: Option<Live>,
}

/// Events that a page follows.
pub(super) struct Live {
    /// Where they come from.
    pub events: String,
    /// Their kinds, apart by spaces.
    pub kinds: String,
}

impl Live {
    /// Those after number `after`, of one application or of all.
    fn after(after: i64, application: Option<&str>) -> Self {
        let of = application.map(|id| format!("application={id}&")).unwrap_or_default();
        let kinds: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        Self { events: format!("/console/events?{of}after={after}"), kinds: kinds.join(" ") }
    }
}

impl Frame {
    pub(super) fn of(person: &Person) -> Self {
        let named = (person.account.name.clone(), person.csrf.clone());
        let t = person.language.texts();
        let start = (person.start(), if person.account.role.reviews() { t.queue } else { t.operations });
        let role = person.account.role;
        let (is_lead, is_operator) = (role == Role::Lead, role == Role::Operator);
        Self { person: Some(named), start, is_lead, is_operator, ..Self::outside(person.language) }
    }

    /// Of a page that shows what happens after event number `after`, with one application or with all.
    pub(super) fn live(person: &Person, after: i64, application: Option<&str>) -> Self {
        Self { live: Some(Live::after(after, application)), ..Self::of(person) }
    }

    pub(super) fn outside(language: Language) -> Self {
        let t = language.texts();
        Self {
            t,
            tag: language.tag(),
            person: None,
            start: ("/console", t.title),
            is_lead: false,
            is_operator: false,
            live: None,
        }
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
