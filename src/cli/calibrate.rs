//! `vouch calibrate`.

use std::path::PathBuf;

use anyhow::Context;

use crate::pipeline::{Calibration, CheckOptions, Evidence, Pipeline};

use super::{
    EXIT_OK, batch,
    check::check_file,
    score::{SAMPLE_DAY, truths},
};

#[derive(clap::Args)]
pub struct Args {
    /// Folders of reviewed samples with a truth.jsonl each
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Where to write the curves
    #[arg(long, value_name = "FILE", default_value = "calibration.json")]
    out: PathBuf,
}

pub fn run(args: &Args, pipeline: Pipeline) -> anyhow::Result<u8> {
    // Without curves a field's confidence is the recogniser's own certainty, which is what is fitted.
    let pipeline = pipeline.with_calibration(Calibration::default());
    let mut observations: Vec<(String, Evidence, bool)> = Vec::new();
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
                    observations.push((name, Evidence::of(field), field.value == expected));
                }
            }
            Ok(())
        })?;
    }
    let fitted = Calibration::fit(
        observations.iter().map(|(name, evidence, right)| (name.as_str(), *evidence, *right)),
    );
    std::fs::write(&args.out, serde_json::to_string_pretty(&fitted)? + "\n")
        .with_context(|| format!("writing {}", args.out.display()))?;
    println!(
        "{} fields of {} folders; curves in {}",
        observations.len(),
        args.folders.len(),
        args.out.display()
    );
    Ok(EXIT_OK)
}
