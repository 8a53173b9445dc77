//! `vouch read`.

use std::{io::Write, path::PathBuf};

use serde_json::json;

use crate::pipeline::{Pipeline, PlainReading};

use super::{EXIT_OK, EXIT_UNREADABLE, batch};

#[derive(clap::Args)]
pub struct Args {
    /// Pictures and PDFs to read, or folders of them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Each picture is one line of text
    #[arg(long)]
    line: bool,
    /// One JSON object a file
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, pipeline: &Pipeline) -> anyhow::Result<u8> {
    let mut unreadable = false;
    let work = |path: &PathBuf| {
        let name = path.to_string_lossy();
        Ok(std::fs::read(path)
            .map_err(anyhow::Error::from)
            .and_then(|bytes| Ok(pipeline.read_plain(&name, &bytes, args.line)?)))
    };
    batch::in_order(&batch::files_of(&args.files), work, |path, result| {
        let reading = result.unwrap_or_else(|error| {
            eprintln!("vouch: {}: {error:#}", path.display());
            unreadable = true;
            PlainReading::default()
        });
        let mut out = std::io::stdout().lock();
        if args.json {
            let report =
                json!({ "file": path.to_string_lossy(), "lines": reading.lines, "codes": reading.codes });
            writeln!(out, "{report}")?;
        } else {
            for line in &reading.lines {
                writeln!(out, "{}", line.text)?;
            }
            for code in &reading.codes {
                writeln!(out, "[{}] {}", code.symbology, code.text)?;
            }
        }
        Ok(())
    })?;
    Ok(if unreadable { EXIT_UNREADABLE } else { EXIT_OK })
}
