//! The page itself, and what it says when a link has ended.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use jiff::{ZonedDateTime, civil::Date};

use super::{
    Applicant,
    texts::{self, Texts},
};
use crate::{
    domain::{Application, DocumentKind, Severity},
    rules::plan::{Plan, Slot},
    server::{app::App, console::texts::Language, problem::Problem},
    store::{ApplicationStatus, DocumentRow, DocumentState},
};

/// No inline script or style, nothing from elsewhere, no frame. Pictures with a marked place are in the page itself, because
/// nothing is kept of them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page has.
pub(super) struct Frame {
    pub t: &'static Texts,
    pub tag: &'static str,
    /// The path of the page; empty: there is none.
    pub home: String,
}

impl Frame {
    pub(super) fn of(applicant: &Applicant) -> Self {
        let Applicant { home, language, .. } = applicant;
        Self { t: texts::of(*language), tag: language.tag(), home: home.clone() }
    }
}

/// Renders a page.
pub(super) fn answer(status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let html = page.render().map_err(|_| Problem::internal())?;
    let mut response = (status, Html(html)).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

#[derive(Template)]
#[template(path = "applicant_ended.html")]
struct Ended {
    frame: Frame,
}

/// The answer to a link that is too old or none of ours.
pub(super) fn ended(language: Language) -> Result<Response, Problem> {
    let frame = Frame { t: texts::of(language), tag: language.tag(), home: String::new() };
    answer(StatusCode::GONE, &Ended { frame })
}

#[derive(Template)]
#[template(path = "applicant.html")]
struct Page {
    frame: Frame,
    plan: String,
    /// Number, title, the guide's sentence, whether it is chosen.
    conditions: Vec<(u8, String, String, bool)>,
    chosen: Option<String>,
    /// Whether anything can be changed.
    is_open: bool,
    is_returned: bool,
    is_approved: bool,
    reasons: Vec<String>,
    slots: Vec<SlotRow>,
    /// Of the papers that are required: how many are there, how many there are.
    done: usize,
    required: usize,
}

struct SlotRow {
    /// The contract's name.
    name: &'static str,
    label: String,
    guide: String,
    is_required: bool,
    state: SlotState,
    /// What is wrong with what is there.
    faults: Vec<String>,
}

#[derive(PartialEq, Eq)]
enum SlotState {
    Missing,
    Kept,
    Wrong,
}

/// The plan that an application is filed under.
pub(super) fn plan_of<'a>(app: &'a App, application: &Application) -> Result<&'a Plan, Problem> {
    let submitted = application.submitted_on.as_deref().and_then(|day| day.parse::<Date>().ok());
    let day = submitted.unwrap_or_else(|| ZonedDateTime::now().date());
    let plan = app.plans.find(&application.plan, application.plan_version.as_deref(), day);
    plan.map_err(|_| Problem::not_found("plan"))
}

pub(super) async fn show(State(app): State<Arc<App>>, applicant: Applicant) -> Result<Response, Problem> {
    let id = applicant.application.as_str();
    let row = app.store.application_row(id).await?;
    let application = app.store.application(id).await?;
    let plan = plan_of(&app, &application)?;
    let condition = application.declared("condition").and_then(|number| number.parse().ok());
    let condition = condition.and_then(|number| plan.condition(number));
    let language = applicant.language;
    let documents = app.store.current_documents(id).await?;
    let mut slots = Vec::new();
    for slot in plan.slots.iter().filter(|slot| slot.is_of(condition.map(|condition| condition.number))) {
        slots.push(slot_row(&app, slot, &documents, language).await?);
    }
    let is_returned = row.status == ApplicationStatus::Rejected;
    let reasons = match app.store.decisions_of(id).await?.pop() {
        Some(decision) if is_returned => decision.reasons,
        _ => Vec::new(),
    };
    let required = || slots.iter().filter(|slot| slot.is_required);
    let page = Page {
        plan: language.of(&plan.title),
        conditions: plan
            .conditions
            .iter()
            .map(|known| {
                let is_chosen = condition.is_some_and(|chosen| chosen.number == known.number);
                (known.number, language.of(&known.title), known.guide.clone(), is_chosen)
            })
            .collect(),
        chosen: condition.map(|condition| language.of(&condition.title)),
        is_open: row.status != ApplicationStatus::Approved,
        is_returned,
        is_approved: row.status == ApplicationStatus::Approved,
        reasons,
        done: required().filter(|slot| slot.state == SlotState::Kept).count(),
        required: required().count(),
        slots,
        frame: Frame::of(&applicant),
    };
    answer(StatusCode::OK, &page)
}

async fn slot_row(
    app: &App,
    slot: &Slot,
    documents: &[DocumentRow],
    language: Language,
) -> Result<SlotRow, Problem> {
    // What serves as the paper that is asked for may have been uploaded to a slot of its own.
    let serves =
        |document: &&DocumentRow| document.slot == slot.kind || slot.accepts.contains(&document.slot);
    let document = documents.iter().find(serves);
    let mut faults = Vec::new();
    if let Some(document) = document.filter(|document| document.state == DocumentState::Read) {
        let report = app.store.report(&document.id).await?;
        faults = report
            .findings
            .iter()
            .filter(|finding| finding.severity >= Severity::Retake)
            .map(|finding| language.of(&finding.message))
            .collect();
    }
    let state = match document {
        None => SlotState::Missing,
        Some(_) if faults.is_empty() => SlotState::Kept,
        Some(_) => SlotState::Wrong,
    };
    Ok(SlotRow {
        name: slot.kind.as_str(),
        label: language.of(&slot.label),
        guide: slot.guide.clone(),
        is_required: slot.required,
        state,
        faults,
    })
}

/// What a slot is called in an application's plan.
pub(super) fn label_of(plan: &Plan, slot: DocumentKind, language: Language) -> String {
    language.of(&plan.label(slot))
}
