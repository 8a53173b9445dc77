//! One application: its papers, what was found, and the decision.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    mask,
    page::{Frame, answer},
    queue::{next_after, outcome_text, status_text},
    report::{PaperValue, Report},
    session::Person,
    texts::Language,
};
use crate::{
    domain::{Quad, Severity},
    server::{
        api::decisions::{self, DecisionRequest, Verdict},
        app::App,
        extract::{Id, Path},
        problem::Problem,
    },
    store::{ApplicationRow, ApplicationStatus, DocumentRow, StoreError},
    worker::now,
};

/// A place that the viewer can show.
struct Place {
    /// Which picture, of [`Page::pictures`].
    picture: usize,
    /// Corners for an SVG.
    points: String,
    /// The magnified cut.
    crop: String,
}

struct Picture {
    /// The slot and the page.
    label: String,
    href: String,
    width: u32,
    height: u32,
    /// The part that is shown at first: the whole page, upright.
    view: String,
    /// Degrees by which it is turned to be upright.
    turn: i32,
}

struct FindingRow {
    severity: &'static str,
    severity_text: &'static str,
    message: String,
    paper: String,
    code: &'static str,
    /// What was read there.
    value: Option<String>,
    place: Option<Place>,
}

struct SlotRow {
    label: String,
    is_missing: bool,
    /// Outcome of the newest document, its text, its version.
    standing: Option<(String, &'static str, i64)>,
    /// Its first picture.
    picture: Option<usize>,
}

struct ValueRow {
    paper: String,
    value: String,
    is_masked: bool,
    percent: String,
    place: Option<Place>,
}

struct FieldRow {
    label: String,
    agreement: String,
    values: Vec<ValueRow>,
}

#[derive(Template)]
#[template(path = "application.html")]
struct Page {
    frame: Frame,
    id: String,
    name: String,
    revision: i64,
    is_open: bool,
    /// Nothing was found: one key passes it.
    is_clean: bool,
    status: &'static str,
    outcome: String,
    outcome_text: &'static str,
    slots: Vec<SlotRow>,
    findings: Vec<FindingRow>,
    fields: Vec<FieldRow>,
    eligibility: Option<StandingRow>,
    reasons: String,
    pictures: Vec<Picture>,
    history: Vec<String>,
    /// Of the next application: its page and its first pictures.
    next: String,
    preload: Vec<String>,
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

/// What there is of an application.
struct Case {
    row: ApplicationRow,
    name: String,
    documents: Vec<DocumentRow>,
    report: Option<Report>,
}

impl Case {
    async fn load(app: &App, id: &str) -> Result<Self, Problem> {
        let row = app.store.application_row(id).await?;
        let declared = app.store.application(id).await?.declared;
        let name = declared.get("name").and_then(|name| name.as_str()).unwrap_or_default().to_owned();
        let documents = app.store.documents_of(id).await?;
        let report = match app.store.assessment_text(id).await {
            Ok((text, _)) => Some(serde_json::from_str(&text).map_err(|_| Problem::internal())?),
            Err(StoreError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { row, name, documents, report })
    }

    /// The stored document that a document of the report is.
    fn stored(&self, index: usize) -> Option<&DocumentRow> {
        let reported = self.report.as_ref()?.documents.get(index)?;
        self.documents
            .iter()
            .rfind(|row| row.sha256 == reported.sha256 && reported.slot.is_none_or(|slot| slot == row.slot))
    }

    /// What a document is called.
    fn paper(&self, index: Option<usize>, language: Language) -> String {
        let Some(index) = index else { return language.texts().declared.to_owned() };
        let Some(report) = &self.report else { return String::new() };
        let slot = report.slots.iter().find(|slot| slot.documents.contains(&index));
        slot.map(|slot| language.of(&slot.label))
            .or_else(|| self.stored(index).map(|row| row.slot.as_str().to_owned()))
            .unwrap_or_default()
    }
}

/// Pictures of the newest documents, by document and page of the report.
async fn pictures(
    app: &App,
    case: &Case,
    language: Language,
) -> Result<Vec<((usize, usize), Picture)>, Problem> {
    let mut pictures = Vec::new();
    let documents = case.report.iter().flat_map(|report| report.documents.iter().enumerate());
    for (index, document) in documents {
        let Some(stored) = case.stored(index) else { continue };
        for kept in app.store.pictures_of(&stored.id).await? {
            let Some(page) = document.pages.iter().find(|page| i64::try_from(page.index) == Ok(kept.page))
            else {
                continue;
            };
            let turn = turned_back(page.rotation);
            let (w, h) = (f64::from(page.width), f64::from(page.height));
            let view = if turn % 180 == 0 {
                format!("0 0 {w} {h}")
            } else {
                format!("{} {} {h} {w}", (w - h) / 2.0, (h - w) / 2.0)
            };
            let label = format!("{} · {}", case.paper(Some(index), language), page.index + 1);
            let href = format!("/console/documents/{}/pages/{}/picture", stored.id, page.index);
            let picture = Picture { label, href, width: page.width, height: page.height, view, turn };
            pictures.push(((index, page.index), picture));
        }
    }
    Ok(pictures)
}

/// Clockwise degrees by which the viewer turns a page that lies turned by `rotation` of its report.
fn turned_back(rotation: u16) -> i32 {
    (360 - i32::from(rotation)).rem_euclid(360)
}

fn severity_text(language: Language, severity: Severity) -> &'static str {
    let code = if severity == Severity::Info { "pass" } else { severity.as_str() };
    outcome_text(language.texts(), code)
}

impl Case {
    fn place(
        &self,
        pictures: &[((usize, usize), Picture)],
        document: Option<usize>,
        page: Option<usize>,
        quad: Option<Quad>,
    ) -> Option<Place> {
        let (document, page, quad) = (document?, page?, quad?);
        let picture = pictures.iter().position(|(at, _)| *at == (document, page))?;
        let numbers: Vec<String> = quad.0.iter().map(|p| format!("{:.1},{:.1}", p.x, p.y)).collect();
        let id = &self.stored(document)?.id;
        let crop = format!("/console/documents/{id}/crop?page={page}&quad={}", numbers.join(","));
        Some(Place { picture, points: numbers.join(" "), crop })
    }

    fn findings(&self, pictures: &[((usize, usize), Picture)], language: Language) -> Vec<FindingRow> {
        let Some(report) = &self.report else { return Vec::new() };
        let told = report.findings.iter().filter(|found| found.finding.severity > Severity::Info);
        told.map(|found| {
            let finding = &found.finding;
            let read =
                found.document.and_then(|index| report.documents.get(index)).zip(finding.field.as_ref());
            let value = read.and_then(|(document, name)| {
                let value = &document.fields.get(name)?.value;
                Some(if mask::is_masked(name.as_str()) { mask::number(value) } else { value.clone() })
            });
            FindingRow {
                severity: finding.severity.as_str(),
                severity_text: severity_text(language, finding.severity),
                message: language.of(&finding.message),
                paper: found.document.map(|index| self.paper(Some(index), language)).unwrap_or_default(),
                code: finding.code.as_str(),
                value,
                place: self.place(pictures, found.document, finding.page, finding.quad),
            }
        })
        .collect()
    }

    fn fields(&self, pictures: &[((usize, usize), Picture)], language: Language) -> Vec<FieldRow> {
        let rows = self.report.iter().flat_map(|report| &report.fields);
        rows.map(|row| {
            let is_masked = mask::is_masked(&row.field);
            let value = |value: &PaperValue| ValueRow {
                paper: self.paper(value.document, language),
                value: if is_masked { mask::number(&value.value) } else { value.value.clone() },
                is_masked,
                percent: match value.document {
                    Some(_) => format!("{:.1}%", value.confidence * 100.0),
                    None => String::new(),
                },
                place: self.place(pictures, value.document, value.page, value.quad),
            };
            FieldRow {
                label: language.of(&row.label),
                agreement: row.agreement.clone(),
                values: row.values.iter().map(value).collect(),
            }
        })
        .collect()
    }

    fn slots(&self, pictures: &[((usize, usize), Picture)], language: Language) -> Vec<SlotRow> {
        let t = language.texts();
        let slots = self.report.iter().flat_map(|report| &report.slots);
        slots
            .filter(|slot| slot.required || !slot.documents.is_empty())
            .map(|slot| {
                let newest = self.documents.iter().rfind(|row| row.slot.as_str() == slot.slot);
                SlotRow {
                    label: language.of(&slot.label),
                    is_missing: slot.required && !slot.satisfied,
                    standing: newest.map(|row| {
                        let outcome = row.outcome.clone().unwrap_or_default();
                        let text = outcome_text(t, &outcome);
                        (outcome, text, row.version)
                    }),
                    picture: slot
                        .documents
                        .iter()
                        .find_map(|index| pictures.iter().position(|(at, _)| at.0 == *index)),
                }
            })
            .collect()
    }
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    let (language, t) = (person.language, person.language.texts());
    let case = Case::load(&app, &id).await?;
    app.store.note(&person.account.id, "application.viewed", &id, "{}", now()).await?;
    let pictures = pictures(&app, &case, language).await?;
    let is_assessed = case.row.assessed_revision == Some(case.row.revision);
    let is_open = case.row.status == ApplicationStatus::Reviewing && is_assessed;
    let outcome =
        case.report.as_ref().filter(|_| is_assessed).map(|report| report.outcome.clone()).unwrap_or_default();
    let reasons = case.report.iter().flat_map(|report| &report.reasons).filter(|reason| reason.proposed);
    let reasons: Vec<String> = reasons
        .map(|reason| format!("{} {}", language.of(&reason.text), language.of(&reason.action)))
        .collect();
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
    let mut history: Vec<(i64, String)> = Vec::new();
    for document in &case.documents {
        let text = format!("{} · {} {}", document.slot.as_str(), t.version, document.version);
        history.push((document.created_at, text));
    }
    for decision in app.store.decisions_of(&id).await? {
        let text = format!("{}: {}", status_text(t, decision.verdict), decision.reasons.join(" / "));
        history.push((decision.created_at, text));
    }
    history.sort();
    let history = history.into_iter().map(|(at, text)| {
        let at = jiff::Timestamp::from_millisecond(at).map(|at| at.strftime("%Y-%m-%d %H:%MZ").to_string());
        format!("{} {text}", at.unwrap_or_default())
    });
    let next = next_after(&app, Some(&id)).await?;
    let mut preload = Vec::new();
    if let Some(next) = &next {
        for document in app.store.current_documents(next).await?.iter().take(2) {
            preload.push(format!("/console/documents/{}/pages/0/picture", document.id));
        }
    }
    let page = Page {
        findings: case.findings(&pictures, language),
        fields: case.fields(&pictures, language),
        slots: case.slots(&pictures, language),
        name: case.name.clone(),
        revision: case.row.revision,
        is_open,
        is_clean: is_open && outcome == "pass",
        status: status_text(t, case.row.status),
        outcome_text: outcome_text(t, &outcome),
        outcome,
        eligibility,
        reasons: reasons.join("\n"),
        pictures: pictures.into_iter().map(|(_, picture)| picture).collect(),
        history: history.collect(),
        next: next.map_or("/console/queue".to_owned(), |next| format!("/console/applications/{next}")),
        preload,
        frame: Frame::of(&person),
        id,
    };
    answer(StatusCode::OK, &page)
}

/// A form with a decision.
#[derive(Deserialize)]
pub(super) struct DecisionForm {
    csrf: String,
    decision: Verdict,
    revision: i64,
    /// One reason a line.
    #[serde(default)]
    reasons: String,
}

pub(super) async fn decide(
    State(app): State<Arc<App>>,
    person: Person,
    Path(Id(id)): Path<Id>,
    Form(form): Form<DecisionForm>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let lines = form.reasons.lines().map(str::trim).filter(|line| !line.is_empty());
    let request = DecisionRequest {
        decision: form.decision,
        reasons: lines.map(ToOwned::to_owned).collect(),
        revision: Some(form.revision),
    };
    decisions::apply(&app, &id, &request, &person.account.id).await?;
    Ok(Redirect::to(&format!("/console/next?after={id}")).into_response())
}

#[derive(Deserialize)]
pub(super) struct Reveal {
    csrf: String,
}

/// The masked values of an application's fields in full, in the order in which the page has them.
pub(super) async fn reveal(
    State(app): State<Arc<App>>,
    person: Person,
    Path(Id(id)): Path<Id>,
    Form(form): Form<Reveal>,
) -> Result<Response, Problem> {
    person.check(&form.csrf)?;
    let case = Case::load(&app, &id).await?;
    let rows = case.report.iter().flat_map(|report| &report.fields).filter(|row| mask::is_masked(&row.field));
    let values: Vec<&str> =
        rows.flat_map(|row| row.values.iter().map(|value| value.value.as_str())).collect();
    let detail = json!({ "values": values.len() }).to_string();
    app.store.note(&person.account.id, "application.revealed", &id, &detail, now()).await?;
    Ok(Json(values).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_page_is_turned_back() {
        assert_eq!([0, 90, 180, 270].map(turned_back), [0, 270, 180, 90]);
    }
}
