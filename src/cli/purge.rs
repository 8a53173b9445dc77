//! `vouch purge`: erasure by request and by age, and legal holds against it.

use crate::{
    store::{Erasure, Store},
    worker::now,
};

use super::{EXIT_FAILED, EXIT_OK, service, settings::RawSettings};

const DAY_MS: i64 = 86_400_000;
/// Applications that are looked up at once.
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
    /// Erase one application: declared data, documents, reports, decisions
    Application { application: String },
    /// Erase applications that nothing happened to for so many days
    OlderThan {
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        days: u32,
        /// Say how many there are and erase none
        #[arg(long)]
        dry_run: bool,
    },
    /// Put an application under a legal hold: nothing erases it
    Hold { application: String },
    /// Lift a legal hold
    Release { application: String },
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    service::with_store(&args.settings, async |store| act(&args.command, store).await)
}

async fn act(command: &Command, store: &Store) -> anyhow::Result<u8> {
    match command {
        Command::Hold { application } => store.hold(application, true, service::ACTOR, now()).await?,
        Command::Release { application } => store.hold(application, false, service::ACTOR, now()).await?,
        Command::Application { application } => {
            if store.erase(application, service::ACTOR, now()).await? == Erasure::Held {
                eprintln!("vouch: {application} is under a legal hold");
                return Ok(EXIT_FAILED);
            }
        }
        Command::OlderThan { days, dry_run } => {
            let before = now() - i64::from(*days) * DAY_MS;
            let mut erased = 0;
            loop {
                let batch = store.erasable(before, BATCH).await?;
                if batch.is_empty() {
                    break;
                }
                if *dry_run {
                    let more = if batch.len() < BATCH as usize { "" } else { " or more" };
                    println!("{}{more} applications would be erased", batch.len());
                    return Ok(EXIT_OK);
                }
                for application in &batch {
                    store.erase(application, service::ACTOR, now()).await?;
                    erased += 1;
                }
            }
            println!("{erased} applications erased");
        }
    }
    Ok(EXIT_OK)
}
