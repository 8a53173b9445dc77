//! `vouch check`.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use jiff::{ZonedDateTime, civil::Date};

use crate::{
    domain::{DocumentKind, Outcome},
    pipeline::{CheckOptions, Checked, Pipeline},
};

use super::{EXIT_OK, EXIT_UNREADABLE, annotate, batch, table};

#[derive(clap::Args)]
pub struct Args {
    /// Pictures and PDFs to read, or folders of them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The slot they were uploaded to; without it the kind is recognised
    #[arg(long)]
    slot: Option<DocumentKind>,
    /// One JSON report a line
    #[arg(long)]
    json: bool,
    /// Write each page with boxes, fields and findings drawn on it
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
    /// The day that validity is judged by, YYYY-MM-DD [default: today]
    #[arg(long)]
    today: Option<Date>,
}

pub fn run(args: &Args, pipeline: &Pipeline) -> anyhow::Result<u8> {
    let options =
        CheckOptions { slot: args.slot, today: args.today.unwrap_or_else(|| ZonedDateTime::now().date()) };
    if let Some(folder) = &args.annotate {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    let colour = std::io::stdout().is_terminal();
    let mut unreadable = false;
    let work = |path: &PathBuf| -> anyhow::Result<_> {
        let checked = check_file(pipeline, path, &options)?;
        if let Some(folder) = &args.annotate {
            annotate::write(folder, path, &checked)?;
        }
        Ok(checked.report)
    };
    batch::in_order(&batch::files_of(&args.files), work, |_, report| {
        unreadable |= report.outcome == Outcome::Unreadable;
        let mut out = std::io::stdout().lock();
        if args.json {
            serde_json::to_writer(&mut out, &report)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", table::report(&report, colour))?;
        }
        Ok(())
    })?;
    Ok(if unreadable { EXIT_UNREADABLE } else { EXIT_OK })
}

/// Reads one file. One that is not there has the report of an empty upload, so that a batch goes on.
pub fn check_file(pipeline: &Pipeline, path: &Path, options: &CheckOptions) -> anyhow::Result<Checked> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("vouch: {}: {error}", path.display());
            Vec::new()
        }
    };
    pipeline.check(&name, &bytes, options).with_context(|| format!("reading {}", path.display()))
}
