//! `vouch models`.

use serde_json::json;

use crate::inference::ModelCatalogue;

use super::{EXIT_FAILED, EXIT_OK, table};

#[derive(clap::Args)]
pub struct Args {
    /// One JSON array
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, catalogue: &ModelCatalogue) -> anyhow::Result<u8> {
    let states: Vec<(&crate::inference::ModelFile, &str)> = catalogue
        .files()
        .iter()
        .map(|file| {
            let state = match catalogue.verify(file) {
                Ok(true) => "ok",
                Ok(false) => "damaged",
                Err(_) => "missing",
            };
            (file, state)
        })
        .collect();
    if args.json {
        let list: Vec<_> = states.iter().map(|(file, state)| json!({ "file": file, "state": state })).collect();
        println!("{}", serde_json::to_string_pretty(&list)?);
    } else {
        let rows = states.iter().map(|(file, state)| {
            let package = format!("{} {}", file.package.name, file.package.version);
            vec![file.name.clone(), file.title.clone(), file.licence.clone(), package, (*state).to_owned()]
        });
        println!("{}", table::plain(&["file", "what", "licence", "package", "state"], rows));
    }
    let complete = states.iter().all(|(_, state)| *state == "ok");
    if !complete {
        eprintln!("vouch: model files are missing or damaged in {}; run scripts/fetch-models", catalogue.folder().display());
    }
    Ok(if complete { EXIT_OK } else { EXIT_FAILED })
}
