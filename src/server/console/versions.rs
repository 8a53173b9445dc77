//! Two versions of a paper side by side: what changed from one to the other.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::json;

use super::{
    case::Case,
    mask,
    page::{Frame, answer},
    queue::outcome_text,
    rows::{Picture, document_pictures, severity_text},
    session::Reviewer,
    texts::Language,
};
use crate::{
    domain::{DocumentKind, DocumentReport, FieldName, Finding, Severity},
    rules::{field_of, label},
    server::{
        api::views::Slot,
        app::App,
        extract::{Id, Path, Query},
        problem::Problem,
    },
    store::{DocumentRow, StoreError},
    worker::now,
};

/// Which versions; the newest and the one before it where nothing is said.
#[derive(Deserialize)]
pub(super) struct Pair {
    from: Option<i64>,
    to: Option<i64>,
}

#[derive(Template)]
#[template(path = "versions.html")]
struct Page {
    frame: Frame,
    id: String,
    name: String,
    label: String,
    /// Every version: its number, whether it is the earlier one, whether it is the later one.
    versions: Vec<(i64, bool, bool)>,
    sides: [Side; 2],
    /// Whether both were read.
    are_read: bool,
    changes: Vec<Change>,
    /// Fields that say the same.
    unchanged: usize,
    gone: Vec<FindingLine>,
    came: Vec<FindingLine>,
}

/// One version.
struct Side {
    version: i64,
    outcome: String,
    outcome_text: &'static str,
    pictures: Vec<Picture>,
}

/// A field that says something else.
struct Change {
    label: String,
    old: Option<String>,
    new: Option<String>,
}

struct FindingLine {
    severity: &'static str,
    severity_text: &'static str,
    message: String,
    code: &'static str,
}

impl FindingLine {
    fn of(finding: &Finding, language: Language) -> Self {
        Self {
            severity: finding.severity.as_str(),
            severity_text: severity_text(language, finding.severity),
            message: language.of(&finding.message),
            code: finding.code.as_str(),
        }
    }
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Reviewer(person): Reviewer,
    Path((Id(id), slot)): Path<(Id, Slot)>,
    Query(pair): Query<Pair>,
) -> Result<Response, Problem> {
    let (language, slot) = (person.language, DocumentKind::from(slot));
    let case = Case::load(&app, &id).await?;
    let rows: Vec<&DocumentRow> = case.documents.iter().filter(|row| row.slot == slot).collect();
    let newest = rows.last().map_or(0, |row| row.version);
    let to = pair.to.unwrap_or(newest);
    let from = pair.from.unwrap_or(to - 1);
    let row = |version| rows.iter().find(|row| row.version == version).copied();
    let (Some(old_row), Some(new_row)) = (row(from), row(to)) else {
        return Err(Problem::not_found("version"));
    };
    let (old, new) = (seen(&app, &case, old_row).await?, seen(&app, &case, new_row).await?);
    let label = case.slot_label(slot, language);
    let sides = [
        side(&app, old_row, old.as_ref(), &label, language).await?,
        side(&app, new_row, new.as_ref(), &label, language).await?,
    ];
    let both = old.as_ref().zip(new.as_ref());
    let (changes, unchanged) = both.map(|(old, new)| changes(old, new, language)).unwrap_or_default();
    let lines = |of: Vec<&Finding>| of.into_iter().map(|found| FindingLine::of(found, language)).collect();
    let page = Page {
        versions: rows.iter().map(|row| (row.version, row.version == from, row.version == to)).collect(),
        are_read: both.is_some(),
        gone: lines(both.map(|(old, new)| beyond(old, new)).unwrap_or_default()),
        came: lines(both.map(|(old, new)| beyond(new, old)).unwrap_or_default()),
        name: case.name,
        sides,
        changes,
        unchanged,
        label,
        frame: Frame::of(&person),
        id,
    };
    let detail = json!({ "slot": slot, "from": from, "to": to }).to_string();
    app.store.note(&person.account.id, "versions.compared", &page.id, &detail, now()).await?;
    answer(StatusCode::OK, &page)
}

/// What a version says, with what people saw in the place of what was read; `None`: it was not read yet.
async fn seen(app: &App, case: &Case, row: &DocumentRow) -> Result<Option<DocumentReport>, StoreError> {
    match app.store.report_as_seen(&row.id, &case.corrections).await {
        Ok(report) => Ok(Some(report)),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn side(
    app: &App,
    row: &DocumentRow,
    report: Option<&DocumentReport>,
    label: &str,
    language: Language,
) -> Result<Side, Problem> {
    let t = language.texts();
    let name = format!("{label} · {} {}", t.version, row.version);
    let pictures = match report {
        Some(report) => document_pictures(app, row, report, &name).await?,
        None => Vec::new(),
    };
    let outcome = report.map(|report| report.outcome.as_str()).unwrap_or_default().to_owned();
    Ok(Side {
        version: row.version,
        outcome_text: outcome_text(t, &outcome),
        outcome,
        pictures: pictures.into_iter().map(|(_, picture)| picture).collect(),
    })
}

/// Fields that say something else, in the contract's order, and how many say the same.
fn changes(old: &DocumentReport, new: &DocumentReport, language: Language) -> (Vec<Change>, usize) {
    let value = |report: &DocumentReport, name: &str| -> Option<String> {
        field_of(report, name).map(|field| field.value.clone()).filter(|value| !value.is_empty())
    };
    let names: BTreeSet<&FieldName> = old.fields.keys().chain(new.fields.keys()).collect();
    let mut names: Vec<&str> = names.into_iter().map(FieldName::as_str).collect();
    let order = new.kind.fields();
    names.sort_by_key(|name| order.iter().position(|known| known == name).unwrap_or(order.len()));
    let mut unchanged = 0;
    let mut changes = Vec::new();
    for name in names {
        let (old, new) = (value(old, name), value(new, name));
        if old == new {
            unchanged += 1;
            continue;
        }
        let shown = |text: String| if mask::is_masked(name) { mask::number(&text) } else { text };
        changes.push(Change { label: language.of(&label(name)), old: old.map(shown), new: new.map(shown) });
    }
    (changes, unchanged)
}

/// The findings of one version that the other one has not, the same about the same field counted as often as it is told.
fn beyond<'a>(of: &'a DocumentReport, other: &'a DocumentReport) -> Vec<&'a Finding> {
    let told =
        |report: &'a DocumentReport| report.findings.iter().filter(|found| found.severity > Severity::Info);
    let mut known: Vec<&Finding> = told(other).collect();
    let mut is_known = |found: &Finding| {
        let at = known.iter().position(|known| known.code == found.code && known.field == found.field);
        at.map(|at| known.swap_remove(at)).is_some()
    };
    let mut beyond: Vec<&Finding> = told(of).collect();
    beyond.retain(|found| !is_known(found));
    beyond
}
