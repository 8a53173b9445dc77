//! The application report as a person reads it.

use crate::domain::{
    Agreement, ApplicationReport, Eligibility, FieldRow, Listing, Verdict, WorkArithmetic, WorkPaper,
};

use super::table;

/// Verdict first, then why: reasons, documents, arithmetic, and every field by paper.
pub fn report(whole: &ApplicationReport, colour: bool) -> String {
    let mut out = format!("{}  {}", table::verdict(whole.outcome, colour), whole.id);
    if let Some(plan) = &whole.plan_applied {
        out += &format!("  {} {} {}", plan.title.zh, plan.id, plan.version);
    }
    let condition = whole.condition.map_or("?".to_owned(), |number| number.to_string());
    out += &format!("\njudged on {}, condition 申报条件 {condition}\n", whole.judged_on);
    if !whole.slots.is_empty() {
        out += &format!("\n{}\n", slots(whole));
    }
    out += &format!("\n{}\n", documents(whole, colour));
    if !whole.findings.is_empty() {
        out.push('\n');
        for found in &whole.findings {
            out += table::line_of(&found.finding, colour).trim_end();
            let at = found.document.map(|document| format!("  ({})", file(whole, Some(document))));
            out += &format!("{}\n", at.unwrap_or_default());
        }
    }
    if let Some(eligibility) = &whole.eligibility {
        out += &format!("\n{}", arithmetic(whole, eligibility));
    }
    if !whole.reasons.is_empty() {
        out += "\nDraft reasons 驳回原因（草稿）\n";
        for (index, reason) in whole.reasons.iter().enumerate() {
            let mark = if reason.proposed { "●" } else { "○" };
            out += &format!("{mark} {}. {}。{}\n", index + 1, reason.text.zh, reason.action.zh);
            out += &format!("     {}. {}\n", reason.text.en, reason.action.en);
        }
        out += "● ready to be sent 可直接发送  ○ to be confirmed 待人工确认\n";
    }
    out + &format!("\n{}\n", fields(whole))
}

fn file(whole: &ApplicationReport, document: Option<usize>) -> &str {
    document.and_then(|index| whole.documents.get(index)).map_or("", |report| report.file.as_str())
}

fn slots(whole: &ApplicationReport) -> String {
    let rows = whole.slots.iter().map(|slot| {
        let state = match (slot.satisfied, slot.required) {
            (true, _) => "✓",
            (false, true) => "✗ missing 缺少",
            (false, false) => "–",
        };
        let files: Vec<&str> = slot.documents.iter().map(|&index| file(whole, Some(index))).collect();
        vec![slot.label.zh.clone(), state.to_owned(), files.join("\n")]
    });
    table::plain(&["document 材料", "", "file"], rows)
}

fn documents(whole: &ApplicationReport, colour: bool) -> String {
    let rows = whole.documents.iter().enumerate().map(|(index, report)| {
        let kind = format!("{} {:.1} %", report.kind.label_zh(), report.kind_confidence * 100.0);
        vec![index.to_string(), report.file.clone(), kind, table::verdict(report.outcome, colour)]
    });
    table::plain(&["#", "file", "kind 类型", "outcome"], rows)
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met 符合",
        Verdict::Unclear => "unclear 需人工认定",
        Verdict::NotMet => "not met 不符合",
    }
}

fn listing(listing: Listing) -> &'static str {
    match listing {
        Listing::Listed => "listed 目录内",
        Listing::Likely => "likely 疑似目录内",
        Listing::Unlisted => "unlisted 目录外",
        Listing::Unknown => "?",
    }
}

fn arithmetic(whole: &ApplicationReport, eligibility: &Eligibility) -> String {
    let mut out = format!(
        "Eligibility 申报资格: {}\n  {}. {}  {}\n  {}\n",
        verdict(eligibility.verdict),
        eligibility.condition,
        eligibility.title.zh,
        eligibility.title.en,
        eligibility.guide
    );
    if let Some(education) = &eligibility.education {
        out += &format!(
            "  {}: {} {}, {}\n",
            education.school_kind.zh,
            education.majors.zh,
            listing(education.major),
            verdict(education.verdict)
        );
    }
    for paper in eligibility.work.iter().flat_map(|work| &work.papers) {
        out += &paper_of(whole, eligibility.work.as_ref(), paper);
    }
    out
}

fn paper_of(whole: &ApplicationReport, work: Option<&WorkArithmetic>, paper: &WorkPaper) -> String {
    let rows = paper.rows.iter().map(|row| {
        let counted = row
            .counted
            .as_ref()
            .map_or("–".to_owned(), |kept| format!("{} … {} = {}", kept.from, kept.to, kept.months));
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let to = text(&row.to) + if row.until_now { " 至今" } else { "" };
        vec![
            (row.row + 1).to_string(),
            text(&row.from),
            to,
            text(&row.employer),
            text(&row.occupation),
            listing(row.listed).to_owned(),
            row.months.map(|months| months.to_string()).unwrap_or_default(),
            counted,
        ]
    });
    let header = ["row", "from", "to", "employer", "occupation", "list", "months", "counted 计入"];
    let stretches: Vec<String> = paper
        .stretches
        .iter()
        .map(|stretch| format!("{} … {} = {}", stretch.from, stretch.to, stretch.months))
        .collect();
    let bounds = work.map_or(String::new(), |work| {
        let from = work.counted_from.as_deref().unwrap_or("…");
        format!("counted from {from} until {}, {} months wanted; ", work.counted_until, work.required_months)
    });
    format!(
        "  {}: {}\n{}\n  {bounds}{} = {} months (as a difference {}; with unlisted work {}), stated {} years\n",
        file(whole, Some(paper.document)),
        verdict(paper.verdict),
        table::plain(&header, rows),
        if stretches.is_empty() { "nothing".to_owned() } else { stretches.join(" + ") },
        paper.inclusive_months,
        paper.exclusive_months,
        paper.with_unlisted_months,
        paper.stated_years.map_or("?".to_owned(), |years| years.to_string()),
    )
}

fn fields(whole: &ApplicationReport) -> String {
    let rows = whole.fields.iter().map(|row: &FieldRow| {
        let values = row.values.iter().map(|value| match value.document {
            Some(index) => {
                format!("{} ({:.1} %)  {}", value.value, value.confidence * 100.0, file(whole, Some(index)))
            }
            None => format!("{}  declared", value.value),
        });
        let agreement = match row.agreement {
            Agreement::Single => "",
            Agreement::Same => "=",
            Agreement::Unsure => "?",
            Agreement::Differs => "≠",
        };
        vec![
            row.label.zh.clone(),
            row.field.clone(),
            agreement.to_owned(),
            values.collect::<Vec<_>>().join("\n"),
        ]
    });
    table::plain(&["字段", "field", "", "values by paper"], rows)
}
