//! `vouch audit`: whether the audit is as it was written.

use super::{EXIT_FAILED, EXIT_OK, service, settings::RawSettings};

/// Entries that are read at once.
const BATCH: i64 = 1000;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: RawSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Follow the chain of digests from the first entry to the last
    Verify,
    /// All entries, one JSON object a line
    Export,
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    service::with_store(&args.settings, async |store| {
        match args.command {
            Command::Verify => match store.verify_audit().await? {
                Ok(entries) => println!("{entries} entries, all as they were written"),
                Err(fault) => {
                    eprintln!("vouch: entry {} is missing, changed or does not follow", fault.seq);
                    return Ok(EXIT_FAILED);
                }
            },
            Command::Export => {
                let mut after = 0;
                loop {
                    let batch = store.audit_after(after, BATCH).await?;
                    let Some(last) = batch.last() else { break };
                    after = last.seq;
                    for entry in &batch {
                        println!("{}", serde_json::to_string(entry)?);
                    }
                }
            }
        }
        Ok(EXIT_OK)
    })
}
