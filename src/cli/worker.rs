//! `vouch worker`: works off the jobs of a database that it shares with `vouch serve`.

use std::path::PathBuf;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{inference::ModelCatalogue, server};

use super::{EXIT_OK, service, settings::RawSettings, stub::StubArgs, telemetry};

#[derive(clap::Args)]
pub struct Args {
    /// Configuration file (TOML)
    #[arg(long, env = "VOUCH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: RawSettings,
    #[command(flatten)]
    stub: StubArgs,
}

pub fn run(args: &Args, catalogue: &ModelCatalogue) -> anyhow::Result<u8> {
    let settings = args.settings.clone().over_file(args.config.as_deref())?.resolve()?;
    // Dropped last: it waits for the spans of what is ending.
    let _telemetry = telemetry::start()?;
    service::runtime()?.block_on(async {
        let opening = service::wait_for_store(&settings, async |_| Ok(()));
        let watched = settings.watch.map(service::listen).transpose()?;
        let store = match &watched {
            Some(listener) => server::answer_while(listener, opening).await.context("being watched")??,
            None => opening.await?,
        };
        let worker = service::worker(&settings, catalogue, store.clone(), &args.stub)?;
        let stop = CancellationToken::new();
        let broker = service::start_broker(&settings, &worker, true, &stop);
        if let Some(listener) = watched {
            let listener = TcpListener::from_std(listener).context("being watched")?;
            let broker = broker.map(|broker| broker.up);
            tokio::spawn(server::watch(listener, worker.clone(), broker, stop.clone()));
        }
        tokio::spawn(service::warm(worker.readers.clone(), stop.clone()));
        tokio::spawn(service::stop_at_signal(stop.clone()));
        worker.run(stop).await;
        store.close().await;
        Ok(EXIT_OK)
    })
}
