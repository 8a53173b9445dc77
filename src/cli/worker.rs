//! `vouch worker`: works off the jobs of a database that it shares with `vouch serve`.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::inference::ModelCatalogue;

use super::{EXIT_OK, service, settings::RawSettings, stub::StubArgs};

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
    service::start_logging();
    service::runtime()?.block_on(async {
        let store = service::wait_for_store(&settings).await?;
        let worker = service::worker(&settings, catalogue, store.clone(), &args.stub)?;
        let stop = CancellationToken::new();
        service::start_broker(&settings, &worker, true, &stop);
        tokio::spawn(service::warm(worker.readers.clone(), stop.clone()));
        tokio::spawn(service::stop_at_signal(stop.clone()));
        worker.run(stop).await;
        store.close().await;
        Ok(EXIT_OK)
    })
}
