//! `vouch eval --applications`: whole applications with one planted fault each, or none
//! (samples/README.md, `--applications`).

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    domain::{Application, ApplicationReport, FindingCode, Outcome, Severity},
    pipeline::Pipeline,
    rules::{Bench, PlanLibrary},
};

use super::{EXIT_OK, table};

/// `expected.json`.
#[derive(Debug, Deserialize)]
struct Expected {
    /// `None`: nothing is wrong.
    code: Option<FindingCode>,
}

/// How one application went.
#[derive(Debug, Serialize)]
struct Judged {
    application: String,
    expected: Option<FindingCode>,
    found: bool,
    outcome: Outcome,
    /// Codes that a person has to look at.
    codes: BTreeSet<FindingCode>,
}

/// Judges every application in folders below `folders` and prints how many faults were found and how many
/// clean applications were not left alone.
pub fn run(
    folders: &[PathBuf],
    as_json: bool,
    pipeline: &Pipeline,
    library: &PlanLibrary,
) -> anyhow::Result<u8> {
    let mut results = Vec::new();
    for folder in folders {
        let mut below: Vec<PathBuf> = std::fs::read_dir(folder)
            .with_context(|| format!("reading {}", folder.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.join("expected.json").is_file())
            .collect();
        below.sort();
        for path in below {
            let result = judge(&path, pipeline, library)?;
            eprintln!("{}", serde_json::to_string(&result)?);
            results.push(result);
        }
    }
    print(&results, as_json);
    Ok(EXIT_OK)
}

fn judge(folder: &Path, pipeline: &Pipeline, library: &PlanLibrary) -> anyhow::Result<Judged> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    };
    let expected: Expected = serde_json::from_str(&read("expected.json")?)?;
    let application: Application = serde_json::from_str(&read("application.json")?)?;
    let today = application
        .submitted_on
        .as_deref()
        .and_then(|day| day.parse().ok())
        .with_context(|| format!("{} has no day of submission", folder.display()))?;
    let bench = Bench { plan: Some(library.find(&application.plan, None, today)?), today, register: None };
    let load =
        |file: &crate::domain::UploadedFile| std::fs::read(folder.join(&file.file)).unwrap_or_default();
    let report = pipeline.assess(&application, load, &bench)?;
    let codes = looked_at(&report);
    Ok(Judged {
        application: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        found: expected.code.is_some_and(|code| codes.contains(&code)),
        expected: expected.code,
        outcome: report.outcome,
        codes,
    })
}

fn looked_at(report: &ApplicationReport) -> BTreeSet<FindingCode> {
    let seen = report.findings.iter().filter(|found| found.finding.severity > Severity::Info);
    seen.map(|found| found.finding.code).collect()
}

fn print(results: &[Judged], as_json: bool) {
    let clean: Vec<&Judged> = results.iter().filter(|result| result.expected.is_none()).collect();
    let planted: Vec<&Judged> = results.iter().filter(|result| result.expected.is_some()).collect();
    let rejected = clean.iter().filter(|result| result.outcome >= Outcome::Retake).count();
    let looked = clean.iter().filter(|result| result.outcome > Outcome::Pass).count();
    let found = planted.iter().filter(|result| result.found).count();
    let mut alarms: BTreeMap<&str, usize> = BTreeMap::new();
    for code in clean.iter().flat_map(|result| &result.codes) {
        *alarms.entry(code.as_str()).or_default() += 1;
    }
    if as_json {
        println!(
            "{}",
            json!({
                "clean": clean.len(), "clean_rejected": rejected, "clean_looked_at": looked,
                "planted": planted.len(), "planted_found": found, "clean_codes": alarms,
                "missed": planted.iter().filter(|result| !result.found).collect::<Vec<_>>(),
            })
        );
        return;
    }
    let rows = planted.iter().filter(|result| !result.found).map(|result| {
        let codes: Vec<&str> = result.codes.iter().map(|code| code.as_str()).collect();
        vec![
            result.application.clone(),
            result.expected.map_or("", |c| c.as_str()).to_owned(),
            codes.join("\n"),
        ]
    });
    println!("{}", table::plain(&["missed", "expected", "found instead"], rows));
    let rows = alarms.iter().map(|(code, count)| vec![(*code).to_owned(), count.to_string()]);
    println!("{}", table::plain(&["on clean applications", "of them"], rows));
    println!("clean {}: rejected {rejected}, to be looked at {looked}", clean.len());
    println!("planted {}: found {found}", planted.len());
}
