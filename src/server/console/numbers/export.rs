//! Decisions as CSV and XLSX.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::Period;
use crate::{
    server::{app::App, console::session::Lead, extract::Query, problem::Problem},
    store::DecisionNumbers,
    worker::now,
};

/// Names of the columns. Stable: spreadsheets are built on them.
const COLUMNS: [&str; 9] = [
    "application",
    "plan",
    "waiting_since",
    "decided_at",
    "waited_hours",
    "verdict",
    "machine",
    "decided_by",
    "reasons",
];
const WAITED_HOURS: usize = 4;
/// So that programs take the CSV for UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

fn cells((decision, reasons): &(DecisionNumbers, Vec<String>)) -> [String; COLUMNS.len()] {
    let hours = (decision.decided_at - decision.waiting_since).max(0) as f64 / super::HOUR_MS;
    [
        decision.application_id.clone(),
        decision.plan.clone(),
        time(decision.waiting_since),
        time(decision.decided_at),
        format!("{hours:.2}"),
        decision.verdict.as_str().to_owned(),
        decision.machine.clone().unwrap_or_default(),
        plain(&decision.decided_by),
        plain(&reasons.join("\n")),
    ]
}

/// A time by the calendar of this machine.
fn time(at: i64) -> String {
    let zoned = Timestamp::from_millisecond(at).map(|at| at.to_zoned_datetime(TimeZone::system()));
    zoned.map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

/// A text that no spreadsheet takes for a formula: somebody typed it.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

async fn exported(app: &App, lead: &Lead, period: &Period) -> Result<Vec<[String; COLUMNS.len()]>, Problem> {
    let (_, span) = period.span(now()).ok_or_else(Problem::internal)?;
    let decisions = app.store.export_decisions(&span, &lead.0.account.id, now()).await?;
    Ok(decisions.iter().map(cells).collect())
}

fn file(media_type: &'static str, name: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, name)];
    (headers, bytes).into_response()
}

pub(in crate::server::console) async fn csv(
    State(app): State<Arc<App>>,
    lead: Lead,
    Query(period): Query<Period>,
) -> Result<Response, Problem> {
    let rows = exported(&app, &lead, &period).await?;
    let bytes = csv_of(&rows).map_err(|_| Problem::internal())?;
    Ok(file("text/csv; charset=utf-8", "attachment; filename=\"decisions.csv\"", bytes))
}

fn csv_of(rows: &[[String; COLUMNS.len()]]) -> csv::Result<Vec<u8>> {
    let mut bytes = BYTE_ORDER_MARK.as_bytes().to_vec();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}

pub(in crate::server::console) async fn xlsx(
    State(app): State<Arc<App>>,
    lead: Lead,
    Query(period): Query<Period>,
) -> Result<Response, Problem> {
    const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let rows = exported(&app, &lead, &period).await?;
    let bytes = tokio::task::spawn_blocking(move || xlsx_of(&rows)).await.map_err(|_| Problem::internal())?;
    let bytes = bytes.map_err(|_| Problem::internal())?;
    Ok(file(MEDIA_TYPE, "attachment; filename=\"decisions.xlsx\"", bytes))
}

fn xlsx_of(rows: &[[String; COLUMNS.len()]]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (heading, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, name, &heading)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, (at, cell)) in (0..).zip(row.iter().enumerate()) {
            match cell.parse::<f64>() {
                Ok(hours) if at == WAITED_HOURS => sheet.write_number(line, column, hours)?,
                _ => sheet.write_string_with_format(line, column, cell, &wrapped)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(reasons: &str) -> [String; COLUMNS.len()] {
        let decision = DecisionNumbers {
            id: String::new(),
            application_id: "app_1".to_owned(),
            plan: "p".to_owned(),
            waiting_since: 0,
            decided_at: 5_400_000,
            verdict: crate::store::ApplicationStatus::Rejected,
            decided_by: "@lin".to_owned(),
            machine: None,
        };
        cells(&(decision, vec![reasons.to_owned(), "乙".to_owned()]))
    }

    #[test]
    fn what_somebody_typed_is_quoted_and_no_formula() {
        let csv = String::from_utf8(csv_of(&[row("=1+1, \"甲\"")]).unwrap()).unwrap();
        assert!(csv.starts_with("\u{feff}application,plan,"));
        assert!(csv.ends_with(",1.50,rejected,,'@lin,\"'=1+1, \"\"甲\"\"\n乙\"\n"), "{csv}");
    }

    #[test]
    fn a_workbook_is_a_zip_archive() {
        assert!(xlsx_of(&[row("甲")]).unwrap().starts_with(b"PK"));
    }
}
