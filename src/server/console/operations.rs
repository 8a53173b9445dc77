//! What operators see to: jobs and readers; accounts have a page of their own. Nothing of an application is shown but identifiers.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    page::{Frame, answer},
    session::Operator,
};
use crate::{
    server::{
        app::App,
        extract::{Id, Path},
        problem::Problem,
    },
    store::{Backlog, Job, JobState},
    worker::now,
};

/// Failed jobs that are shown; whoever has more has one cause for all.
const SHOWN: u32 = 100;
const HOUR_MS: i64 = 3_600_000;

struct JobRow {
    id: String,
    kind: &'static str,
    cause: String,
    attempts: i64,
}

impl From<Job> for JobRow {
    fn from(job: Job) -> Self {
        let cause = job.last_error.unwrap_or_default();
        Self { id: job.id, kind: job.kind.as_str(), cause, attempts: job.attempts }
    }
}

#[derive(Template)]
#[template(path = "operations.html")]
struct Page {
    frame: Frame,
    backlog: Backlog,
    /// Hours.
    oldest: Option<i64>,
    are_readers_ready: bool,
    dead: Vec<JobRow>,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
) -> Result<Response, Problem> {
    let backlog = app.store.backlog(now()).await?;
    let readers = app.readers.status();
    let dead = app.store.jobs(JobState::Dead, SHOWN).await?;
    let page = Page {
        oldest: backlog.oldest_at.map(|at| (now() - at).max(0) / HOUR_MS),
        backlog,
        are_readers_ready: readers.ready.is_some() && readers.failed_starts == 0,
        dead: dead.into_iter().map(JobRow::from).collect(),
        frame: Frame::of(&person),
    };
    answer(StatusCode::OK, &page)
}

/// What becomes of a failed job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    Retry,
    Drop,
}

#[derive(Deserialize)]
pub(super) struct Sent {
    csrf: String,
}

pub(super) async fn act(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path((Id(job), act)): Path<(Id, Act)>,
    Form(form): Form<Sent>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    match act {
        Act::Retry => app.store.retry_job(&job, &person.account.id, now()).await?,
        Act::Drop => app.store.drop_job(&job, &person.account.id, now()).await?,
    }
    app.queue.ring();
    Ok(Redirect::to("/console/operations").into_response())
}
