//! The list of applications, and which comes next.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    live::is_by_itself,
    mask,
    page::{Frame, answer},
    session::Reviewer,
    texts::Texts,
};
use crate::{
    domain::Outcome,
    server::{
        app::App,
        extract::{Id, Query},
        problem::Problem,
    },
    store::{ApplicationQuery, ApplicationRow, ApplicationStatus, ReviewState, StoreError},
    worker::now,
};

/// Applications of one page.
const PAGE: u32 = 50;
const HOUR_MS: i64 = 3_600_000;
/// Age from which an application is late, hours; two days are half of what applicants are promised for a first look.
const LATE_HOURS: i64 = 48;
/// The most hours that a filter asks for: ten years.
const MAX_AGE_HOURS: i64 = 87_600;

/// Which applications. Empty texts come from forms and mean "all".
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    status: String,
    outcome: String,
    /// Hours since it was filed, at least.
    age: String,
    after: Option<Id>,
}

impl Filter {
    /// The link to the page of the same filter that begins after an application.
    fn next_page(&self, after: &str) -> String {
        let set = [("status", self.status.as_str()), ("outcome", &self.outcome), ("age", &self.age)];
        let set = set.iter().filter(|(_, value)| !value.is_empty());
        // Values are those of choices; whatever else somebody typed is no part of a link.
        let set = set.filter(|(_, value)| value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        let pairs: String = set.map(|(name, value)| format!("{name}={value}&")).collect();
        format!("?{pairs}after={after}")
    }
}

struct Row {
    id: String,
    name: String,
    number: String,
    filed: String,
    waiting: String,
    is_late: bool,
    status: &'static str,
    outcome: String,
    outcome_text: &'static str,
}

/// A choice of a filter: its value, its text, whether it is chosen.
type Choice = (&'static str, &'static str, bool);

#[derive(Template)]
#[template(path = "queue.html")]
struct Page {
    frame: Frame,
    statuses: Vec<Choice>,
    outcomes: Vec<Choice>,
    ages: Vec<Choice>,
    rows: Vec<Row>,
    more: Option<String>,
}

pub(super) fn outcome_text(t: &'static Texts, outcome: &str) -> &'static str {
    match outcome {
        "pass" => t.pass,
        "review" => t.review,
        "retake" => t.retake,
        "reject" => t.reject,
        "unreadable" => t.unreadable,
        _ => t.not_judged,
    }
}

pub(super) const fn status_text(t: &'static Texts, status: ApplicationStatus) -> &'static str {
    match status {
        ApplicationStatus::Reviewing => t.reviewing,
        ApplicationStatus::Rejected => t.rejected,
        ApplicationStatus::Approved => t.approved,
    }
}

/// Where an application stands, also among reviewers.
pub(super) fn standing_text(t: &'static Texts, row: &ApplicationRow) -> &'static str {
    match row.review {
        Some(ReviewState::OnHold) => t.on_hold,
        Some(ReviewState::SecondLook) => t.second_look,
        None => status_text(t, row.status),
    }
}

pub(super) fn outcome_of(text: &str) -> Option<Outcome> {
    serde_json::from_value(text.into()).ok()
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    headers: HeaderMap,
    Query(filter): Query<Filter>,
) -> Result<Response, Problem> {
    let t = person.language.texts();
    // Before anything is looked at: what happens from here on is told to the page.
    let seen = app.store.newest_event().await?;
    let review: Option<ReviewState> = filter.status.parse().ok();
    let status = match filter.status.as_str() {
        "" => Some(ApplicationStatus::Reviewing),
        _ if review.is_some() => Some(ApplicationStatus::Reviewing),
        text => text.parse().ok(),
    };
    let hours: Option<i64> = filter.age.parse().ok().filter(|hours| (0..=MAX_AGE_HOURS).contains(hours));
    let outcome = outcome_of(&filter.outcome);
    let after = filter.after.as_ref().map(|id| id.0.as_str());
    let query = ApplicationQuery {
        status,
        outcome,
        review,
        without_holds: review.is_none() && status == Some(ApplicationStatus::Reviewing),
        before: hours.map(|hours| now() - hours * HOUR_MS),
        after,
        oldest_first: true,
        limit: PAGE,
        ..Default::default()
    };
    let found = app.store.find_applications(&query).await?;
    let next = found.last().filter(|_| found.len() == PAGE as usize).map(|row| row.id.clone());
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let declared = app.store.application(&row.id).await?.declared;
        let text = |name: &str| declared.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let hours = (now() - row.created_at).max(0) / HOUR_MS;
        let waiting =
            if hours < 48 { format!("{hours} {}", t.hours) } else { format!("{} {}", hours / 24, t.days) };
        let is_assessed = row.assessed_revision == Some(row.revision);
        let outcome = row.outcome.clone().filter(|_| is_assessed).unwrap_or_default();
        rows.push(Row {
            status: standing_text(t, &row),
            name: mask::name(text("name")),
            number: mask::number(text("id_number")),
            filed: row.submitted_on,
            waiting,
            is_late: hours >= LATE_HOURS && row.status == ApplicationStatus::Reviewing,
            outcome_text: outcome_text(t, &outcome),
            outcome,
            id: row.id,
        });
    }
    let chosen = filter.status.as_str();
    let statuses = [
        ("reviewing", t.reviewing),
        ("on_hold", t.on_hold),
        ("second_look", t.second_look),
        ("rejected", t.rejected),
        ("approved", t.approved),
        ("all", t.all),
    ];
    let ages = [("", t.all), ("24", t.older_day), ("48", t.older_two_days), ("168", t.older_week)];
    let outcomes = ["", "pass", "review", "retake", "reject", "unreadable"];
    let page = Page {
        statuses: statuses
            .map(|(value, text)| {
                (value, text, value == chosen || (chosen.is_empty() && value == "reviewing"))
            })
            .to_vec(),
        outcomes: outcomes
            .map(|value| {
                let text = if value.is_empty() { t.all } else { outcome_text(t, value) };
                (value, text, value == filter.outcome)
            })
            .to_vec(),
        ages: ages.map(|(value, text)| (value, text, value == filter.age)).to_vec(),
        rows,
        more: next.map(|id| filter.next_page(&id)),
        frame: Frame::live(&person, seen, None),
    };
    // A page that draws itself anew is still the same look.
    if !is_by_itself(&headers) {
        app.store.note(&person.account.id, "queue.viewed", "applications", "{}", now()).await?;
    }
    answer(StatusCode::OK, &page)
}

/// The application that a person is to look at after another one: the next in the order of filing that was judged, is
/// not on hold and does not wait for somebody else.
pub(super) async fn next_after(
    app: &App,
    after: Option<&str>,
    account: &str,
) -> Result<Option<String>, StoreError> {
    let status = Some(ApplicationStatus::Reviewing);
    let query = ApplicationQuery {
        status,
        after,
        without_holds: true,
        oldest_first: true,
        limit: PAGE,
        ..Default::default()
    };
    let rows = app.store.find_applications(&query).await?;
    let waits_for_others = |row: &ApplicationRow| row.review_by.as_deref() == Some(account);
    let mut ready = rows.into_iter().filter(|row| row.assessed_revision == Some(row.revision));
    Ok(ready.find(|row| !waits_for_others(row)).map(|row| row.id))
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<Id>,
}

pub(super) async fn next(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Query(After { after }): Query<After>,
) -> Result<Response, Problem> {
    let next = next_after(&app, after.as_ref().map(|id| id.0.as_str()), &person.account.id).await?;
    let path = next.map_or("/console/queue".to_owned(), |id| format!("/console/applications/{id}"));
    Ok(Redirect::to(&path).into_response())
}
