//! `vouch serve`: API and workers in one process.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    inference::ModelCatalogue,
    queue::broker::take_uploads,
    server::{self, App, Parts, SharedFolder},
    store::{Scope, Store},
    worker::now,
};

use super::{
    EXIT_OK, service,
    settings::{BrokerSetup, RawSettings, Settings},
    stub::StubArgs,
    telemetry,
};

/// How much longer than its jobs the process may take to end.
const END: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub struct Args {
    /// Configuration file (TOML)
    #[arg(long, env = "VOUCH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: RawSettings,
    /// Take no jobs: `vouch worker` processes on the same database do. The readers then serve the fast lane
    #[arg(long)]
    no_worker: bool,
    #[command(flatten)]
    stub: StubArgs,
}

pub fn run(args: &Args, catalogue: &ModelCatalogue) -> anyhow::Result<u8> {
    let settings = args.settings.clone().over_file(args.config.as_deref())?.resolve()?;
    // Dropped last: it waits for the spans of what is ending.
    let _telemetry = telemetry::start()?;
    let runtime = service::runtime()?;
    runtime.block_on(serve(args, &settings, catalogue))?;
    // Work that did not end in time is left; leases and transactions see to the rest.
    runtime.shutdown_timeout(END);
    Ok(EXIT_OK)
}

async fn serve(args: &Args, settings: &Settings, catalogue: &ModelCatalogue) -> anyhow::Result<()> {
    let listener = service::listen(settings.listen)?;
    let opening = service::wait_for_store(settings, async |store: &Store| {
        service::know_webhooks(settings, store).await?;
        print_first_token(store).await
    });
    let store = server::answer_while(&listener, opening).await.context("serving")??;
    let worker = service::worker(settings, catalogue, store.clone(), &args.stub)?;
    let readers = worker.readers.clone();
    let stop = CancellationToken::new();
    let broker = service::start_broker(settings, &worker, !args.no_worker, &stop);
    let app = Arc::new(App::new(Parts {
        store: store.clone(),
        queue: worker.queue.clone(),
        readers: readers.clone(),
        plans: Arc::clone(&worker.plans),
        pipeline: worker.pipeline.clone(),
        document_timeout: settings.readers.document_timeout,
        limits: settings.limits,
        second_look: settings.second_look,
        worker_meters: worker.meters.clone(),
        broker,
        webhook_meters: service::start_webhooks(settings, &store, &stop)?,
        stop: stop.clone(),
    }));
    if let Some(BrokerSetup { link, uploads: Some(folder) }) = settings.broker.clone() {
        let folder = SharedFolder { app: Arc::clone(&app), folder };
        tokio::spawn(take_uploads(link, folder, stop.clone()));
    }
    let listener = TcpListener::from_std(listener).context("listening")?;
    println!("vouch: http://{}", listener.local_addr()?);
    let working = (!args.no_worker).then(|| tokio::spawn(worker.run(stop.clone())));
    tokio::spawn(service::warm(readers, stop.clone()));
    tokio::spawn(service::stop_at_signal(stop.clone()));
    let served = tokio::spawn(server::serve(app, listener, stop.clone()));
    stop.cancelled().await;
    tracing::info!("stopping: no new work is taken");
    if let Some(working) = working {
        working.await.context("the worker panicked")?;
    }
    // Connections that stay open are not waited for longer.
    if let Ok(served) = tokio::time::timeout(END, served).await {
        served.context("the server panicked")?.context("serving")?;
    }
    store.close().await;
    Ok(())
}

/// The first start prints a token that may do everything: once, on standard output, never in a log.
async fn print_first_token(store: &Store) -> anyhow::Result<()> {
    if store.tokens().await?.is_empty() {
        let token = store.create_token("first", Scope::ALL, None, "first start", now()).await?;
        println!("vouch: first token, shown this once: {}", *token.text);
    }
    Ok(())
}
