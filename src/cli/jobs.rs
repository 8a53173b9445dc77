//! `vouch jobs`: what waits, what failed for good, and what becomes of it.

use crate::{
    store::{Job, JobState, Store},
    worker::now,
};

use super::{EXIT_OK, service, settings::RawSettings, table};

/// Most jobs of a list.
const LIST: u32 = 1000;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: RawSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Jobs in a state, oldest first
    List {
        #[arg(long, default_value = "dead", value_parser = state)]
        state: JobState,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// One job as JSON
    Show { job: String },
    /// Put a dead or dropped job back into the queue
    Retry { job: String },
    /// Give up a dead job
    Drop { job: String },
}

fn state(text: &str) -> Result<JobState, String> {
    let known = || JobState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
    text.parse().map_err(|()| format!("the states are {}", known()))
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    service::with_store(&args.settings, async |store| act(&args.command, store).await)?;
    Ok(EXIT_OK)
}

async fn act(command: &Command, store: &Store) -> anyhow::Result<()> {
    match command {
        Command::List { state, json } => print(&store.jobs(*state, LIST).await?, *json)?,
        Command::Show { job } => println!("{}", serde_json::to_string_pretty(&store.job(job).await?)?),
        Command::Retry { job } => store.retry_job(job, service::ACTOR, now()).await?,
        Command::Drop { job } => store.drop_job(job, service::ACTOR, now()).await?,
    }
    Ok(())
}

fn print(jobs: &[Job], json: bool) -> anyhow::Result<()> {
    if json {
        for job in jobs {
            println!("{}", serde_json::to_string(job)?);
        }
        return Ok(());
    }
    let rows = jobs.iter().map(|job| {
        vec![
            job.id.clone(),
            job.kind.as_str().to_owned(),
            job.document_id.clone().unwrap_or_else(|| job.application_id.clone()),
            job.attempts.to_string(),
            job.last_error.clone().unwrap_or_default(),
        ]
    });
    println!("{}", table::plain(&["job", "kind", "about", "attempts", "error"], rows));
    Ok(())
}
