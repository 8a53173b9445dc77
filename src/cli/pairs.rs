//! Entries of forms held against what is written in them and against decoys: how often "the same" and
//! "different" are right.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use jiff::civil::Date;
use serde_json::json;

use crate::{
    forms::Claim,
    pipeline::{CheckOptions, PROVEN, Pipeline, Statement},
};

use super::{batch, score::Truth};

/// Counts of one field: of true claims and of decoys, how many there are and how many passed.
#[derive(Default)]
struct Counts {
    same: usize,
    same_passed: usize,
    decoys: usize,
    decoys_passed: usize,
}

/// Holds the forms among `samples` against their truths and decoys; rows of a table by field. Every pair
/// goes to `out` as a line of JSON, for fitting.
///
/// # Errors
/// When a network or the file fails.
pub fn judge(
    samples: &[(PathBuf, Truth)],
    pipeline: &Pipeline,
    today: Date,
    out: &Path,
) -> anyhow::Result<Vec<Vec<String>>> {
    let mut file = std::fs::File::create(out).with_context(|| format!("writing {}", out.display()))?;
    let with_decoys: Vec<&(PathBuf, Truth)> =
        samples.iter().filter(|(_, truth)| !truth.decoys.is_empty()).collect();
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    let work = |sample: &&(PathBuf, Truth)| {
        let (path, truth) = sample;
        let bytes = std::fs::read(path)?;
        let statements = statements(truth);
        let options = CheckOptions { slot: truth.slot, today };
        let checked = pipeline.check_against(&truth.file, &bytes, &options, &statements)?;
        Ok((statements, checked.report))
    };
    batch::in_order(&with_decoys, work, |(_, truth), (_, report)| {
        for (name, field) in &report.fields {
            let Some(expected) = truth.value(name.as_str()) else { continue };
            for compared in &field.compared {
                let entry = counts.entry(name.to_string()).or_default();
                let (is_same, passed) = (compared.value == expected, compared.same >= PROVEN);
                let (all, through) = if is_same {
                    (&mut entry.same, &mut entry.same_passed)
                } else {
                    (&mut entry.decoys, &mut entry.decoys_passed)
                };
                *all += 1;
                *through += usize::from(passed);
                let line = json!({
                    "file": truth.file, "field": name, "claim": compared.value, "truth": expected,
                    "same": is_same, "p": compared.same, "ink": compared.evidence,
                });
                writeln!(file, "{line}")?;
            }
        }
        Ok(())
    })?;
    let percent = |part: usize, whole: usize| super::eval::percent(part, whole);
    Ok(counts
        .into_iter()
        .map(|(field, n)| {
            vec![
                field,
                n.same.to_string(),
                percent(n.same_passed, n.same),
                n.decoys.to_string(),
                percent(n.decoys_passed, n.decoys),
            ]
        })
        .collect())
}

fn statements(truth: &Truth) -> Vec<Statement> {
    let mut found = Vec::new();
    for (field, decoys) in &truth.decoys {
        for value in truth.value(field).iter().chain(decoys) {
            let claim = Claim { field: field.clone(), value: value.clone() };
            found.push(Statement { claim, with: "pair".to_owned(), trust: 0.99 });
        }
    }
    found
}
