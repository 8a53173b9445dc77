//! The numbers, for leads: volumes, waiting times, what was found, how often reviewers decide as the machine advised.

mod export;
mod plot;

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::Deserialize;

use super::{
    page::{Frame, answer},
    queue::outcome_text,
    session::Lead,
    texts::Texts,
};
use crate::{
    domain::Outcome,
    server::{app::App, extract::Query, problem::Problem},
    store::{ApplicationStatus, DecisionNumbers, Span},
    worker::now,
};
pub(super) use export::{csv, xlsx};
use plot::{Plot, Series};

/// Days that can be asked for; the first is shown without a choice.
const PERIODS: [i64; 3] = [30, 7, 90];
const HOUR_MS: f64 = 3_600_000.0;
/// Upper ends of the classes of waiting times, hours: an hour, a working day, one to seven days.
const CLASSES: [f64; 6] = [1.0, 8.0, 24.0, 48.0, 72.0, 168.0];
/// Codes that are listed: the rest are single cases.
const LISTED: usize = 25;

#[derive(Deserialize)]
pub(super) struct Period {
    days: Option<i64>,
}

impl Period {
    fn days(&self) -> i64 {
        self.days.filter(|days| PERIODS.contains(days)).unwrap_or(PERIODS[0])
    }

    /// Its days, the last of them today, and their time, by the calendar of this machine.
    fn span(&self, now: i64) -> Option<(Vec<Date>, Span)> {
        let zone = TimeZone::system();
        let today = day_of(now, &zone)?;
        let first = today.checked_sub((self.days() - 1).days()).ok()?;
        let start = first.to_zoned_datetime(zone).ok()?.timestamp().as_millisecond();
        let days = first.series(1.day()).take_while(|day| *day <= today).collect();
        Some((days, start..now + 1))
    }
}

fn day_of(at: i64, zone: &TimeZone) -> Option<Date> {
    Some(Timestamp::from_millisecond(at).ok()?.to_zoned_datetime(zone.clone()).date())
}

#[derive(Template)]
#[template(path = "numbers.html")]
struct Page {
    frame: Frame,
    /// Days, text, whether it is shown.
    periods: Vec<(i64, &'static str, bool)>,
    days: i64,
    filed: usize,
    decided: usize,
    undecided: i64,
    median: String,
    ninety: String,
    volumes: Plot,
    waited: Plot,
    agreement: Agreement,
    findings: Vec<FindingRow>,
    read: i64,
}

/// Verdicts by what the machine said.
struct Agreement {
    /// The machine's outcome, how many were approved, how many rejected.
    rows: Vec<(String, &'static str, usize, usize)>,
    /// Of decisions where the machine said more than "look": share with the same verdict.
    agreed: Option<String>,
}

struct FindingRow {
    code: String,
    severity: String,
    severity_text: &'static str,
    documents: i64,
    share: String,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Lead(person): Lead,
    Query(period): Query<Period>,
) -> Result<Response, Problem> {
    let t = person.language.texts();
    let (days, span) = period.span(now()).ok_or_else(Problem::internal)?;
    let decisions = app.store.decision_numbers(&span).await?;
    let filed = app.store.filed_at(&span).await?;
    let (found, read) = app.store.finding_numbers(&span).await?;
    let waits = sorted_waits(&decisions);
    let findings = found.into_iter().take(LISTED).map(|found| FindingRow {
        severity_text: outcome_text(t, &found.severity),
        share: percent(found.documents as f64, read as f64).unwrap_or_default(),
        code: found.code,
        severity: found.severity,
        documents: found.documents,
    });
    let page = Page {
        periods: PERIODS
            .into_iter()
            .zip([t.last_month, t.last_week, t.last_quarter])
            .map(|(days, text)| (days, text, days == period.days()))
            .collect(),
        days: period.days(),
        filed: filed.len(),
        decided: decisions.len(),
        undecided: app.store.undecided().await?,
        median: quantile(&waits, 0.5).map_or_else(dash, |hours| hours_text(hours, t)),
        ninety: quantile(&waits, 0.9).map_or_else(dash, |hours| hours_text(hours, t)),
        volumes: volumes(&days, &filed, &decisions),
        waited: waited(&waits, t),
        agreement: agreement(&decisions, t),
        findings: findings.collect(),
        read,
        frame: Frame::of(&person),
    };
    app.store.note(&person.account.id, "numbers.viewed", "decisions", "{}", now()).await?;
    answer(StatusCode::OK, &page)
}

fn dash() -> String {
    "—".to_owned()
}

/// Hours that decided applications had waited, the shortest first.
fn sorted_waits(decisions: &[DecisionNumbers]) -> Vec<f64> {
    let hours =
        |decision: &DecisionNumbers| (decision.decided_at - decision.waiting_since).max(0) as f64 / HOUR_MS;
    let mut waits: Vec<f64> = decisions.iter().map(hours).collect();
    waits.sort_by(f64::total_cmp);
    waits
}

/// The value that a share of all does not exceed; `None` of nothing.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

fn hours_text(hours: f64, t: &'static Texts) -> String {
    if hours < 48.0 { format!("{hours:.1} {}", t.hours) } else { format!("{:.1} {}", hours / 24.0, t.days) }
}

fn percent(part: f64, of: f64) -> Option<String> {
    (of > 0.0).then(|| format!("{:.1}%", part / of * 100.0))
}

/// What was filed and decided, day by day.
fn volumes(days: &[Date], filed: &[i64], decisions: &[DecisionNumbers]) -> Plot {
    let zone = TimeZone::system();
    let count = |times: &mut dyn Iterator<Item = i64>| -> Vec<f64> {
        let mut by_day: BTreeMap<Date, f64> = BTreeMap::new();
        for day in times.filter_map(|at| day_of(at, &zone)) {
            *by_day.entry(day).or_default() += 1.0;
        }
        days.iter().map(|day| by_day.get(day).copied().unwrap_or_default()).collect()
    };
    let of = |verdict: ApplicationStatus| {
        let chosen = decisions.iter().filter(move |decision| decision.verdict == verdict);
        count(&mut chosen.map(|decision| decision.decided_at))
    };
    let labels: Vec<String> = days.iter().map(|day| format!("{:02}-{:02}", day.month(), day.day())).collect();
    Plot::of(
        &labels,
        &[
            Series { class: "filed", stack: 0, values: count(&mut filed.iter().copied()) },
            Series { class: "approved", stack: 1, values: of(ApplicationStatus::Approved) },
            Series { class: "rejected", stack: 1, values: of(ApplicationStatus::Rejected) },
        ],
    )
}

/// How many had waited how long.
fn waited(waits: &[f64], t: &'static Texts) -> Plot {
    let end = |class: usize| CLASSES.get(class).copied().unwrap_or(f64::INFINITY);
    let start = |class: usize| if class == 0 { 0.0 } else { CLASSES[class - 1] };
    let count = |class: usize| {
        waits.iter().filter(|hours| **hours >= start(class) && **hours < end(class)).count() as f64
    };
    let short = |hours: f64| {
        if hours < 24.0 { format!("{hours} {}", t.hours) } else { format!("{} {}", hours / 24.0, t.days) }
    };
    let label = |class: usize| match CLASSES.get(class) {
        Some(end) => format!("< {}", short(*end)),
        None => format!("≥ {}", short(CLASSES[CLASSES.len() - 1])),
    };
    let classes = 0..=CLASSES.len();
    let labels: Vec<String> = classes.clone().map(label).collect();
    Plot::of(&labels, &[Series { class: "waited", stack: 0, values: classes.map(count).collect() }])
}

/// Whether a verdict is what the machine advised; `None`: it left it to a person, or said nothing.
fn agrees(machine: Option<&str>, verdict: ApplicationStatus) -> Option<bool> {
    let machine = machine?;
    let advised = if machine == Outcome::Pass.as_str() {
        ApplicationStatus::Approved
    } else if machine == Outcome::Review.as_str() {
        return None;
    } else {
        ApplicationStatus::Rejected
    };
    Some(advised == verdict)
}

fn agreement(decisions: &[DecisionNumbers], t: &'static Texts) -> Agreement {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut same, mut all) = (0.0, 0.0);
    for decision in decisions {
        let counted = counts.entry(decision.machine.as_deref().unwrap_or_default()).or_default();
        match decision.verdict {
            ApplicationStatus::Approved => counted.0 += 1,
            _ => counted.1 += 1,
        }
        if let Some(is_same) = agrees(decision.machine.as_deref(), decision.verdict) {
            all += 1.0;
            same += f64::from(u8::from(is_same));
        }
    }
    let order = ["pass", "review", "retake", "reject", "unreadable", ""];
    let rows = order.into_iter().filter_map(|outcome| {
        let (approved, rejected) = counts.get(outcome)?;
        Some((outcome.to_owned(), outcome_text(t, outcome), *approved, *rejected))
    });
    Agreement { rows: rows.collect(), agreed: percent(same, all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(hours: i64, verdict: ApplicationStatus, machine: Option<&str>) -> DecisionNumbers {
        DecisionNumbers {
            id: String::new(),
            application_id: String::new(),
            plan: String::new(),
            waiting_since: 0,
            decided_at: hours * 3_600_000,
            verdict,
            decided_by: String::new(),
            machine: machine.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn quantiles_are_values_that_were_waited() {
        let waits = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];
        assert_eq!((quantile(&waits, 0.5), quantile(&waits, 0.9)), (Some(5.0), Some(9.0)));
        assert_eq!((quantile(&[4.0], 0.9), quantile(&[], 0.5)), (Some(4.0), None));
    }

    #[test]
    fn what_the_machine_left_to_a_person_is_neither_agreement_nor_not() {
        use ApplicationStatus::{Approved, Rejected};
        let decisions = [
            decision(1, Approved, Some("pass")),
            decision(1, Rejected, Some("pass")),
            decision(1, Rejected, Some("retake")),
            decision(1, Rejected, Some("reject")),
            decision(1, Approved, Some("review")),
            decision(1, Approved, None),
        ];
        let agreement = agreement(&decisions, super::super::texts::Language::En.texts());
        assert_eq!(agreement.agreed.as_deref(), Some("75.0%"));
        let counts: Vec<_> =
            agreement.rows.iter().map(|(outcome, _, a, r)| (outcome.as_str(), *a, *r)).collect();
        assert_eq!(
            counts,
            [("pass", 1, 1), ("review", 1, 0), ("retake", 0, 1), ("reject", 0, 1), ("", 1, 0)]
        );
    }

    #[test]
    fn every_wait_is_in_one_class() {
        let decisions: Vec<_> = [0, 1, 7, 8, 30, 100, 1000]
            .into_iter()
            .map(|hours| decision(hours, ApplicationStatus::Approved, None))
            .collect();
        let plot = waited(&sorted_waits(&decisions), super::super::texts::Language::Zh.texts());
        let counts = plot.bars.iter().filter_map(|bar| bar.title.rsplit(": ").next()?.parse::<u32>().ok());
        assert_eq!(counts.sum::<u32>(), 7);
    }

    #[test]
    fn a_period_ends_today_and_has_its_days() {
        let (days, span) = Period { days: Some(7) }.span(1_795_000_000_000).unwrap();
        assert_eq!((days.len(), span.end), (7, 1_795_000_000_001));
        assert_eq!(Period { days: Some(8) }.days(), PERIODS[0]);
    }
}
