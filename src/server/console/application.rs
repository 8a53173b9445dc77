//! One application: its papers, what was found, and the decision.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{
    case::Case,
    live::is_by_itself,
    page::{Frame, answer},
    queue::{next_after, outcome_text, standing_text, status_text},
    rows::{FieldRow, FindingRow, Picture, SlotRow, draw_boxes, pictures},
    session::Reviewer,
    texts::{Language, Texts},
    unread::UnreadPaper,
};
use crate::{
    rules::label,
    server::{
        app::App,
        extract::{Id, Path, Query},
        problem::Problem,
    },
    store::{ReviewState, ReviewStep, StepRow, StoreError},
    worker::now,
};

#[derive(Template)]
#[template(path = "application.html")]
struct Page {
    frame: Frame,
    id: String,
    name: String,
    revision: i64,
    is_open: bool,
    can_be_returned: bool,
    /// What ends a hold or a proposed rejection.
    release: Option<&'static str>,
    /// Why it is on hold, or what is proposed; and by whom.
    waits: Option<String>,
    /// Nothing was found: one key passes it.
    is_clean: bool,
    status: &'static str,
    outcome: String,
    outcome_text: &'static str,
    slots: Vec<SlotRow>,
    findings: Vec<FindingRow>,
    fields: Vec<FieldRow>,
    /// What was not read, by paper.
    unread: Vec<UnreadPaper>,
    eligibility: Option<StandingRow>,
    reasons: String,
    pictures: Vec<Picture>,
    history: Vec<HistoryLine>,
    /// Of the next application: its page, and its first pictures apart by spaces.
    next: String,
    preload: String,
    /// What was decided on had changed.
    note: Option<&'static str>,
}

/// What the page says beside the application.
#[derive(Deserialize)]
pub(super) struct Note {
    note: Option<String>,
}

/// Something that happened to the application.
struct HistoryLine {
    /// In UTC, for machines and for people without scripts.
    at: String,
    utc: String,
    text: String,
}

impl HistoryLine {
    fn new((at, text): (i64, String)) -> Self {
        let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
        Self { at: at.to_string(), utc: at.strftime("%Y-%m-%d %H:%M").to_string(), text }
    }
}

/// Whether the stated condition is met, and how its months were counted.
struct StandingRow {
    title: String,
    verdict: &'static str,
    required_months: Option<u32>,
    papers: Vec<CountedPaper>,
}

/// Months that one paper gives, counted exclusively and inclusively.
struct CountedPaper {
    name: String,
    least: u32,
    most: u32,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    headers: HeaderMap,
    Path(Id(id)): Path<Id>,
    Query(Note { note }): Query<Note>,
) -> Result<Response, Problem> {
    let (language, t) = (person.language, person.language.texts());
    // Before anything is looked at: what happens from here on is told to the page.
    let seen = app.store.newest_event().await?;
    let case = Case::load(&app, &id).await?;
    // A page that draws itself anew is still the same look.
    if !is_by_itself(&headers) {
        app.store.note(&person.account.id, "application.viewed", &id, "{}", now()).await?;
    }
    let mut pictures = pictures(&app, &case, language).await?;
    let is_open = case.is_open();
    let outcome = case
        .report
        .as_ref()
        .filter(|_| case.is_assessed())
        .map(|report| report.outcome.clone())
        .unwrap_or_default();
    let reasons = case.report.iter().flat_map(|report| &report.reasons).filter(|reason| reason.proposed);
    let drafted =
        reasons.map(|reason| format!("{} {}", language.of(&reason.text), language.of(&reason.action)));
    let reasons: Vec<String> = case.proposal().map_or_else(|| drafted.collect(), |step| step.reasons.clone());
    let me = person.account.id.as_str();
    let release = match case.row.review {
        Some(ReviewState::OnHold) => Some(t.take_up),
        Some(ReviewState::SecondLook) if case.row.review_by.as_deref() == Some(me) => Some(t.withdraw),
        Some(ReviewState::SecondLook) => Some(t.decline),
        None => None,
    };
    let names = names(&app).await?;
    let waits =
        case.steps.last().filter(|_| case.row.review.is_some()).map(|step| step_text(t, &names, step));
    let eligibility = case.report.as_ref().and_then(|report| report.eligibility.as_ref()).map(|standing| {
        let verdict = match standing.verdict.as_str() {
            "met" => t.met,
            "not_met" => t.not_met,
            _ => t.unclear,
        };
        let papers = standing.work.iter().flat_map(|work| &work.papers);
        let papers = papers.map(|paper| CountedPaper {
            name: case.paper(Some(paper.document), language),
            least: paper.exclusive_months,
            most: paper.inclusive_months,
        });
        StandingRow {
            title: language.of(&standing.title),
            verdict,
            required_months: standing.work.as_ref().map(|work| work.required_months),
            papers: papers.collect(),
        }
    });
    let history = history(&app, &case, &names, language).await?;
    let next = next_after(&app, Some(&id), me).await?;
    let mut preload = Vec::new();
    if let Some(next) = &next {
        for document in app.store.current_documents(next).await?.iter().take(2) {
            preload.push(format!("/console/documents/{}/pages/0/picture", document.id));
        }
    }
    let mut fields = case.fields(&pictures, language);
    draw_boxes(&mut fields, &mut pictures);
    let page = Page {
        findings: case.findings(&pictures, language),
        fields,
        unread: case.unread(&pictures, language),
        slots: case.slots(&pictures, language),
        name: case.name.clone(),
        revision: case.row.revision,
        is_open,
        can_be_returned: case.can_be_returned_by(me),
        release,
        waits,
        is_clean: is_open && outcome == "pass",
        status: standing_text(t, &case.row),
        outcome_text: outcome_text(t, &outcome),
        outcome,
        eligibility,
        reasons: reasons.join("\n"),
        pictures: pictures.into_iter().map(|(_, picture)| picture).collect(),
        history,
        next: next.map_or("/console/queue".to_owned(), |next| format!("/console/applications/{next}")),
        preload: preload.join(" "),
        note: note.filter(|note| note == "changed").map(|_| t.changed),
        frame: Frame::live(&person, seen, Some(&id)),
        id,
    };
    answer(StatusCode::OK, &page)
}

/// What happened to an application, oldest first.
async fn history(
    app: &App,
    case: &Case,
    names: &BTreeMap<String, String>,
    language: Language,
) -> Result<Vec<HistoryLine>, Problem> {
    let t = language.texts();
    let mut history: Vec<(i64, String)> = Vec::new();
    for document in &case.documents {
        let text =
            format!("{} · {} {}", case.slot_label(document.slot, language), t.version, document.version);
        history.push((document.created_at, text));
    }
    for correction in &case.corrections {
        let Some(document) = case.documents.iter().find(|row| row.id == correction.document_id) else {
            continue;
        };
        let act = match &correction.before {
            None => t.filled_in,
            Some(_) if correction.is_acceptance() => t.accepted,
            Some(_) => t.corrected,
        };
        let (field, slot) =
            (language.of(&label(&correction.field)), case.slot_label(document.slot, language));
        let by = name_of(names, &correction.corrected_by);
        let text = format!("{act}: {field} · {slot} · {} {} · {by}", t.version, document.version);
        history.push((correction.created_at, text));
    }
    for decision in app.store.decisions_of(&case.row.id).await? {
        let (verdict, by) = (status_text(t, decision.verdict), name_of(names, &decision.decided_by));
        let text = format!("{verdict} · {by} · {}", decision.reasons.join(" / "));
        history.push((decision.created_at, text));
    }
    history.extend(case.steps.iter().map(|step| (step.created_at, step_text(t, names, step))));
    history.sort();
    Ok(history.into_iter().map(HistoryLine::new).collect())
}

/// Names of the people with accounts, by account.
async fn names(app: &App) -> Result<BTreeMap<String, String>, StoreError> {
    let accounts = app.store.accounts().await?;
    Ok(accounts.into_iter().map(|account| (account.id, account.name)).collect())
}

/// Who did something: a person by name, a program by the identifier of its token.
fn name_of<'a>(names: &'a BTreeMap<String, String>, actor: &'a str) -> &'a str {
    names.get(actor).map_or(actor, String::as_str)
}

fn step_text(t: &'static Texts, names: &BTreeMap<String, String>, step: &StepRow) -> String {
    let act = match step.step {
        ReviewStep::Held => t.on_hold,
        ReviewStep::Resumed => t.taken_up,
        ReviewStep::Proposed => t.proposed,
        ReviewStep::Declined => t.declined,
    };
    let reasons =
        if step.reasons.is_empty() { String::new() } else { format!(" · {}", step.reasons.join(" / ")) };
    format!("{act} · {}{reasons}", name_of(names, &step.actor))
}
