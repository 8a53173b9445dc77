//! `vouch eval`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context;
use jiff::civil::Date;
use serde_json::json;

use crate::{
    pipeline::{CheckOptions, Pipeline},
    rules::PlanLibrary,
};

use super::{
    EXIT_OK, batch,
    check::check_file,
    eval_applications, pairs,
    score::{Miss, SAMPLE_DAY, Score, truths},
    table,
};

#[derive(clap::Args)]
pub struct Args {
    /// Folders of samples with a truth.jsonl each
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// The scores as one JSON object
    #[arg(long)]
    json: bool,
    /// The folders hold whole applications, each in a folder with an expected.json
    #[arg(long)]
    applications: bool,
    /// Write every wrong field to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    misses: Option<PathBuf>,
    /// Hold entries of forms against their truth and against the decoys of the truth file; every pair
    /// goes to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// The day that validity is judged by [default: the samples' 2026-11-24]
    #[arg(long)]
    today: Option<Date>,
}

pub fn run(args: &Args, pipeline: &Pipeline, plans: &Path) -> anyhow::Result<u8> {
    if args.applications {
        let library = PlanLibrary::with_folder(plans)?;
        return eval_applications::run(&args.folders, args.json, pipeline, &library);
    }
    let today = args.today.unwrap_or(SAMPLE_DAY);
    if let Some(out) = &args.pairs {
        let mut samples = Vec::new();
        for folder in &args.folders {
            samples.extend(truths(folder)?);
        }
        let rows = pairs::judge(&samples, pipeline, today, out)?;
        let header = ["field", "same", "proven", "different", "wrongly proven"];
        println!("{}", table::plain(&header, rows));
        return Ok(EXIT_OK);
    }
    let mut scores: BTreeMap<(String, String), Score> = BTreeMap::new();
    let mut misses = Vec::new();
    for folder in &args.folders {
        score_folder(folder, pipeline, today, &mut scores, &mut misses)?;
    }
    let mut total = Score::default();
    for score in scores.values() {
        total.merge(score);
    }
    if let Some(path) = &args.misses {
        let lines: Vec<String> = misses.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        std::fs::write(path, lines.join("\n") + "\n")
            .with_context(|| format!("writing {}", path.display()))?;
    }
    if args.json {
        let groups: Vec<_> = scores
            .iter()
            .map(|((kind, level), score)| json!({ "kind": kind, "level": level, "score": score }))
            .collect();
        println!("{}", json!({ "pipeline": pipeline.version(), "total": total, "groups": groups }));
    } else {
        print_tables(&scores, &total);
    }
    Ok(EXIT_OK)
}

fn score_folder(
    folder: &Path,
    pipeline: &Pipeline,
    today: Date,
    scores: &mut BTreeMap<(String, String), Score>,
    misses: &mut Vec<Miss>,
) -> anyhow::Result<()> {
    let samples = truths(folder)?;
    let work = |(path, truth): &(PathBuf, super::score::Truth)| {
        Ok(check_file(pipeline, path, &CheckOptions { slot: truth.slot, today })?.report)
    };
    batch::in_order(&samples, work, |(_, truth), report| {
        let level = truth.level.clone().unwrap_or_else(|| "-".to_owned());
        scores.entry((truth.kind.to_string(), level)).or_default().add(truth, &report, misses);
        Ok(())
    })
}

/// A share as a percentage, or a dash when there is nothing to share.
pub(super) fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.2} %", part as f64 * 100.0 / whole as f64) }
}

fn row(kind: &str, level: &str, score: &Score) -> Vec<String> {
    let iou = if score.quads == 0 {
        "–".to_owned()
    } else {
        format!("{:.3}", score.iou_sum / score.quads as f64)
    };
    vec![
        kind.to_owned(),
        level.to_owned(),
        score.files.to_string(),
        percent(score.kind_right, score.files),
        percent(score.fields_right, score.fields),
        iou,
        percent(score.certain_right, score.certain),
        percent(score.certain, score.fields),
        percent(score.must_retake_caught, score.must_retake),
        percent(score.readable_rejected, score.readable),
    ]
}

fn print_tables(scores: &BTreeMap<(String, String), Score>, total: &Score) {
    let header = [
        "kind",
        "level",
        "files",
        "kind right",
        "fields exact",
        "mean IoU",
        "≥0.99 right",
        "≥0.99 share",
        "retake caught",
        "readable rejected",
    ];
    let rows = scores.iter().map(|((kind, level), score)| row(kind, level, score));
    println!("{}", table::plain(&header, rows.chain([row("all", "", total)])));
    let fields = total.by_field.iter().map(|(field, counts)| {
        vec![
            field.clone(),
            counts.samples.to_string(),
            percent(counts.exact, counts.samples),
            percent(counts.certain_right, counts.certain),
            percent(counts.certain, counts.samples),
        ]
    });
    let header = ["field", "samples", "exact", "≥0.99 right", "≥0.99 share"];
    println!("{}", table::plain(&header, fields));
    let findings = total.findings.iter().map(|(code, (held, hit, false_alarms))| {
        vec![code.clone(), held.to_string(), percent(*hit, *held), false_alarms.to_string()]
    });
    println!("{}", table::plain(&["finding", "held", "recall", "false alarms"], findings));
}
