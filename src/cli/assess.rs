//! `vouch assess`.

use std::{io::IsTerminal, path::PathBuf};

use anyhow::Context;
use jiff::{ZonedDateTime, civil::Date};

use crate::{
    domain::{Application, Outcome, UploadedFile},
    pipeline::Pipeline,
};

use super::{EXIT_OK, EXIT_UNREADABLE, table};

#[derive(clap::Args)]
pub struct Args {
    /// Folder with an application.json and the files that it names
    folder: PathBuf,
    /// The application report as one JSON object
    #[arg(long)]
    json: bool,
    /// The day that validity is judged by, YYYY-MM-DD [default: that of submission, or today]
    #[arg(long)]
    today: Option<Date>,
}

pub fn run(args: &Args, pipeline: &Pipeline) -> anyhow::Result<u8> {
    let path = args.folder.join("application.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let application: Application =
        serde_json::from_str(&text).with_context(|| format!("{} is no application", path.display()))?;
    let submitted = application.submitted_on.as_deref().and_then(|day| day.parse().ok());
    let today = args.today.or(submitted).unwrap_or_else(|| ZonedDateTime::now().date());
    let load = |file: &UploadedFile| {
        let path = args.folder.join(&file.file);
        std::fs::read(&path).unwrap_or_else(|error| {
            eprintln!("vouch: {}: {error}", path.display());
            Vec::new()
        })
    };
    let report = pipeline.assess(&application, load, today).context("reading the application")?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{}", table::application(&report, std::io::stdout().is_terminal()));
    }
    let unreadable = report.documents.iter().any(|document| document.outcome == Outcome::Unreadable);
    Ok(if unreadable { EXIT_UNREADABLE } else { EXIT_OK })
}
