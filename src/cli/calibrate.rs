//! `vouch calibrate`.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::pipeline::{Calibration, CheckOptions, Evidence, Observation, Pipeline};

use super::{
    EXIT_OK, batch,
    check::check_file,
    score::{SAMPLE_DAY, truths},
};

#[derive(clap::Args)]
pub struct Args {
    /// Folders of reviewed samples with a truth.jsonl each
    #[arg(required_unless_present = "with")]
    folders: Vec<PathBuf>,
    /// Observations that an earlier run kept, to fit together with the folders; may be given several times
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// Keep all observations in this file: field, certainty and whether it was right, and nothing that was read
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// Where to write the curves
    #[arg(long, value_name = "FILE", default_value = "calibration.json")]
    out: PathBuf,
}

pub fn run(args: &Args, pipeline: Pipeline) -> anyhow::Result<u8> {
    // Without curves a field's confidence is the recogniser's own certainty, which is what is fitted.
    let pipeline = pipeline.with_calibration(Calibration::default());
    let mut observations: Vec<Observation> = Vec::new();
    for file in &args.with {
        observations.extend(kept(file).with_context(|| format!("reading {}", file.display()))?);
    }
    for folder in &args.folders {
        let samples = truths(folder)?;
        let work = |(path, truth): &(PathBuf, super::score::Truth)| {
            Ok(check_file(&pipeline, path, &CheckOptions { slot: truth.slot, today: SAMPLE_DAY })?.report)
        };
        batch::in_order(&samples, work, |(_, truth), report| {
            if truth.is_readable() {
                for (name, field) in &report.fields {
                    let Some(expected) = truth.value(name.as_str()) else { continue };
                    let name = if report.kind.is_handwritten_form() {
                        Calibration::handwritten(name.as_str())
                    } else {
                        name.to_string()
                    };
                    observations.push(Observation(name, Evidence::of(field), field.value == expected));
                }
            }
            Ok(())
        })?;
    }
    if let Some(file) = &args.keep {
        keep(file, &observations).with_context(|| format!("writing {}", file.display()))?;
    }
    let fitted = Calibration::fit(
        observations.iter().map(|Observation(name, evidence, right)| (name.as_str(), *evidence, *right)),
    );
    std::fs::write(&args.out, serde_json::to_string_pretty(&fitted)? + "\n")
        .with_context(|| format!("writing {}", args.out.display()))?;
    println!(
        "{} fields of {} folders and {} files of observations; curves in {}",
        observations.len(),
        args.folders.len(),
        args.with.len(),
        args.out.display()
    );
    Ok(EXIT_OK)
}

/// Observations of an earlier run, one JSON array a line.
fn kept(file: &Path) -> anyhow::Result<Vec<Observation>> {
    let lines = BufReader::new(File::open(file)?).lines().enumerate();
    lines
        .map(|(index, line)| {
            serde_json::from_str(&line?).with_context(|| format!("line {} is no observation", index + 1))
        })
        .collect()
}

fn keep(file: &Path, observations: &[Observation]) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for observation in observations {
        writeln!(out, "{}", serde_json::to_string(observation)?)?;
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back_and_a_broken_line_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("observations.jsonl");
        std::fs::write(
            &file,
            "[\"name\",[0.98,\"agrees\",false],true]\n[\"hand:name\",[0.2,\"not_asked\",true],false]\n",
        )
        .unwrap();
        let first = kept(&file).unwrap();
        assert_eq!(first.iter().map(|o| o.2).collect::<Vec<_>>(), [true, false]);
        keep(&file, &first).unwrap();
        assert_eq!(kept(&file).unwrap().len(), 2);
        std::fs::write(&file, "{}\n").unwrap();
        assert!(kept(&file).unwrap_err().to_string().contains("line 1"));
    }
}
