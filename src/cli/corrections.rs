//! `vouch corrections`: what reviewers bore out or corrected, for calibration.

use std::{
    collections::BTreeMap,
    io::{BufWriter, Write},
};

use crate::{
    pipeline::{Calibration, Evidence, Observation},
    rules::field_of,
    store::{CorrectionRow, Store, StoreError},
};

use super::{EXIT_OK, service, settings::RawSettings};

/// Rows that are read at once.
const BATCH: u32 = 500;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: RawSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Observations for `vouch calibrate --with`, one a line: field, certainty and whether it was right, and nothing
    /// that was read
    Export,
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    let Command::Export = args.command;
    service::with_store(&args.settings, async |store| {
        let newest = newest(store).await?;
        let mut out = BufWriter::new(std::io::stdout().lock());
        let mut told = 0;
        for correction in newest.values() {
            if let Some(observation) = observation(store, correction).await? {
                writeln!(out, "{}", serde_json::to_string(&observation)?)?;
                told += 1;
            }
        }
        out.flush()?;
        eprintln!("vouch: {told} observations of {} fields that people saw", newest.len());
        Ok(EXIT_OK)
    })
}

/// The newest correction of each field of each document.
async fn newest(store: &Store) -> Result<BTreeMap<(String, String), CorrectionRow>, StoreError> {
    let mut newest = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let batch = store.corrections_after(after.as_deref(), BATCH).await?;
        let Some(last) = batch.last() else { return Ok(newest) };
        after = Some(last.id.clone());
        newest.extend(batch.into_iter().map(|row| ((row.document_id.clone(), row.field.clone()), row)));
    }
}

/// What the reading of a field was worth; `None` where nothing was read, its report did not keep it, or another paper had
/// a part in it.
async fn observation(store: &Store, correction: &CorrectionRow) -> Result<Option<Observation>, StoreError> {
    let report = store.report(&correction.document_id).await?;
    let name = &correction.field;
    let Some(field) = field_of(&report, name).filter(|field| !field.value.is_empty()) else {
        return Ok(None);
    };
    let Some(evidence) = Evidence::kept(field) else { return Ok(None) };
    let name = if report.kind.is_handwritten_form() { Calibration::handwritten(name) } else { name.clone() };
    Ok(Some(Observation(name, evidence, field.value == correction.value)))
}
