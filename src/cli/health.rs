//! `vouch health`: asks a running process how it is, for containers without another HTTP client.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{Client, Url};

use super::{EXIT_OK, service};

/// Longer than `/readyz` takes while the database is away.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub struct Args {
    /// /healthz or /readyz of a service or of a worker
    #[arg(default_value = "http://127.0.0.1:8080/readyz")]
    url: Url,
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    let client = Client::builder().no_proxy().timeout(PATIENCE).build().context("making a client")?;
    // Within the runtime: a request with a time limit needs its clock from the start.
    let answer = service::runtime()?.block_on(async { client.get(args.url.clone()).send().await });
    let status = answer.context("asking")?.status();
    if !status.is_success() {
        bail!("the answer is {status}");
    }
    Ok(EXIT_OK)
}
