//! Tables for people.

use comfy_table::{ContentArrangement, Table, presets};
use owo_colors::{OwoColorize, Style};

use crate::domain::{DocumentReport, Finding, Outcome, Severity};

/// A table with a header row.
pub fn plain(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// A report as a person reads it: verdict, fields, findings.
pub fn report(report: &DocumentReport, colour: bool) -> String {
    let mut out = format!(
        "{}  {}  {} {} ({:.1} %)  {} ms\n",
        verdict(report.outcome, colour),
        paint(&report.file, Style::new().bold(), colour),
        report.kind,
        report.kind.label_zh(),
        report.kind_confidence * 100.0,
        report.elapsed_ms.get("total").copied().unwrap_or(0),
    );
    if !report.fields.is_empty() {
        let rows = report.fields.iter().map(|(name, field)| {
            let confidence = format!("{:.1} %", field.confidence * 100.0);
            let compared: Vec<String> = field
                .compared
                .iter()
                .map(|other| format!("{} {:.1} %", other.with, other.same * 100.0))
                .collect();
            vec![name.to_string(), field.value.clone(), confidence, compared.join("\n")]
        });
        out.push_str(&plain(&["field", "value", "confidence", "says the same as"], rows));
        out.push('\n');
    }
    for finding in &report.findings {
        out.push_str(&line_of(finding, colour));
    }
    out
}

fn paint(text: &str, style: Style, colour: bool) -> String {
    if colour { text.style(style).to_string() } else { text.to_owned() }
}

/// An outcome in both languages.
pub fn verdict(outcome: Outcome, colour: bool) -> String {
    let (verdict, style) = match outcome {
        Outcome::Pass => ("PASS 通过", Style::new().green().bold()),
        Outcome::Review => ("REVIEW 需人工核对", Style::new().yellow().bold()),
        Outcome::Retake => ("RETAKE 请重拍", Style::new().magenta().bold()),
        Outcome::Reject => ("REJECT 不符合", Style::new().red().bold()),
        Outcome::Unreadable => ("UNREADABLE 无法打开", Style::new().red().bold()),
    };
    paint(verdict, style, colour)
}

/// A finding on one line.
pub fn line_of(finding: &Finding, colour: bool) -> String {
    let style = match finding.severity {
        Severity::Info => Style::new().cyan(),
        Severity::Review => Style::new().yellow(),
        Severity::Retake => Style::new().magenta(),
        Severity::Reject => Style::new().red(),
    };
    let field = finding.field.as_ref().map(|f| format!(" [{f}]")).unwrap_or_default();
    let code = paint(finding.code.as_str(), style, colour);
    format!("  {code}{field}  {}  {}\n", finding.message.zh, finding.message.en)
}
