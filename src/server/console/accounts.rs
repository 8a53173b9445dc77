//! Accounts, for operators: make them, let people set a new password, change roles, end a lock-out or an account.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    page::{Frame, answer},
    session::{Operator, Person},
    texts::Texts,
};
use crate::{
    server::{
        app::App,
        extract::{Id, Path},
        problem::Problem,
    },
    store::{AccountRow, AccountState, Conflict, Role, StoreError, account_name},
    worker::now,
};

/// The path where everything here is.
const PATH: &str = "/console/accounts";

struct Line {
    id: String,
    name: String,
    state: &'static str,
    /// For its colour.
    class: &'static str,
    is_own: bool,
    is_locked: bool,
    is_ended: bool,
    /// Value, text, whether it has it.
    roles: Vec<(&'static str, &'static str, bool)>,
}

/// What was just done that the page has to show.
#[derive(Default)]
struct Told {
    /// Who can set a password, and the path for it, which is shown this once.
    invitation: Option<(String, String)>,
    fault: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct Page {
    frame: Frame,
    accounts: Vec<Line>,
    roles: Vec<(&'static str, &'static str, bool)>,
    told: Told,
}

const fn role_text(t: &'static Texts, role: Role) -> &'static str {
    match role {
        Role::Reviewer => t.role_reviewer,
        Role::Lead => t.role_lead,
        Role::Operator => t.role_operator,
    }
}

const fn state_text(t: &'static Texts, state: AccountState) -> (&'static str, &'static str) {
    match state {
        AccountState::Invited => (t.invited, "review"),
        AccountState::InUse => (t.in_use, "pass"),
        AccountState::Locked => (t.locked, "reject"),
        AccountState::Ended => (t.ended, ""),
    }
}

fn roles(t: &'static Texts, of: Role) -> Vec<(&'static str, &'static str, bool)> {
    Role::ALL.iter().map(|role| (role.as_str(), role_text(t, *role), *role == of)).collect()
}

async fn page(app: &App, person: &Person, status: StatusCode, told: Told) -> Result<Response, Problem> {
    let t = person.language.texts();
    let line = |account: AccountRow| {
        let (state, class) = state_text(t, account.state(now()));
        Line {
            state,
            class,
            is_own: account.id == person.account.id,
            is_locked: account.state(now()) == AccountState::Locked,
            is_ended: account.is_ended,
            roles: roles(t, account.role),
            name: account.name,
            id: account.id,
        }
    };
    let accounts = app.store.accounts().await?.into_iter().map(line).collect();
    let page = Page { frame: Frame::of(person), accounts, roles: roles(t, Role::Reviewer), told };
    let mut response = answer(status, &page)?;
    // A path that lets somebody in is in no cache.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
) -> Result<Response, Problem> {
    page(&app, &person, StatusCode::OK, Told::default()).await
}

#[derive(Deserialize)]
pub(super) struct NewAccount {
    csrf: String,
    name: String,
    role: Role,
}

/// Makes an account.
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Form(form): Form<NewAccount>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let t = person.language.texts();
    let Some(name) = account_name(&form.name) else {
        let told = Told { fault: Some(t.name_invalid), ..Told::default() };
        return page(&app, &person, StatusCode::UNPROCESSABLE_ENTITY, told).await;
    };
    // Whoever mistypes a name does not change somebody else's account.
    if app.store.accounts().await?.iter().any(|account| account.name == name && !account.is_ended) {
        let told = Told { fault: Some(t.name_taken), ..Told::default() };
        return page(&app, &person, StatusCode::CONFLICT, told).await;
    }
    invited(&app, &person, name, form.role).await
}

/// Invites somebody; the answer shows the way in.
async fn invited(app: &App, person: &Person, name: &str, role: Role) -> Result<Response, Problem> {
    let secret = app.store.invite(name, role, &person.account.id, now()).await;
    match refused(person, secret)? {
        Ok(secret) => {
            let path = format!("/console/setup/{}", *secret);
            let told = Told { invitation: Some((name.to_owned(), path)), fault: None };
            page(app, person, StatusCode::OK, told).await
        }
        Err(told) => page(app, person, StatusCode::CONFLICT, told).await,
    }
}

/// What the store refuses, in words for the page.
fn refused<T>(person: &Person, done: Result<T, StoreError>) -> Result<Result<T, Told>, Problem> {
    let t = person.language.texts();
    let fault = match done {
        Ok(done) => return Ok(Ok(done)),
        Err(StoreError::Conflict(Conflict::OwnAccount)) => t.own_account,
        Err(StoreError::Conflict(Conflict::LastOperator)) => t.last_operator,
        Err(error) => return Err(error.into()),
    };
    Ok(Err(Told { fault: Some(fault), ..Told::default() }))
}

/// What becomes of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    /// Its holder may set a new password; one that was ended is in use again.
    Invite,
    Role,
    Unlock,
    End,
}

#[derive(Deserialize)]
pub(super) struct Sent {
    csrf: String,
    /// With [`Act::Role`].
    role: Option<Role>,
}

pub(super) async fn act(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path((Id(id), act)): Path<(Id, Act)>,
    Form(form): Form<Sent>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let me = person.account.id.as_str();
    let done = match (act, form.role) {
        (Act::Invite, _) => {
            let known = app.store.accounts().await?.into_iter().find(|account| account.id == id);
            let known = known.ok_or_else(|| Problem::not_found("account"))?;
            return invited(&app, &person, &known.name, known.role).await;
        }
        (Act::Role, Some(role)) => app.store.set_role(&id, role, me, now()).await,
        (Act::Role, None) => return Err(Problem::bad_request("role.missing", "Name a role")),
        (Act::Unlock, _) => app.store.unlock_account(&id, me, now()).await,
        (Act::End, _) => app.store.end_account(&id, me, now()).await,
    };
    match refused(&person, done)? {
        Ok(()) => Ok(Redirect::to(PATH).into_response()),
        Err(told) => page(&app, &person, StatusCode::CONFLICT, told).await,
    }
}
