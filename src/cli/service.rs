//! What the subcommands of the service share: the store, readers, workers, signals.

use std::{
    ffi::OsString,
    net::{self, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{
    inference::ModelCatalogue,
    pipeline,
    queue::{
        Backoff, EmbeddedQueue, JobQueue, QueueSettings,
        broker::Relay,
        webhooks::{Carrier, WebhookMeters},
    },
    rules::PlanLibrary,
    server::BrokerView,
    store::{Store, StoreError, vault::BlobVault},
    worker::{ReaderCommand, ReaderPool, ReuseIndex, Worker, WorkerMeters, now},
};

use super::{
    settings::{BrokerSetup, RawSettings, Settings},
    stub::StubArgs,
};

/// Who acts, in the audit, when an operator does so on the machine itself.
pub(super) const ACTOR: &str = "command line";

/// Environment that readers are given: what the dynamic linker, Tesseract and OpenMP look at.
const READER_ENVIRONMENT: [&str; 3] = ["LD_LIBRARY_PATH", "TESSDATA_PREFIX", "LANG"];
/// Between attempts to reach a database that is down, at the start: quick at first, for one that starts with
/// this process.
const START_BACKOFF: Backoff = Backoff { first: Duration::from_millis(250), longest: Duration::from_secs(5) };
/// Between starts of the first reader.
const WARM_AGAIN: Duration = Duration::from_secs(5);

/// The threads that the service runs on.
pub fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting threads")
}

/// The database and the blob store of the settings.
pub async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    settings.make_folders()?;
    let keys = Arc::new(settings.keyring()?);
    let vault = BlobVault::open(&settings.blobs, Arc::clone(&keys))
        .with_context(|| format!("opening {}", settings.blobs.shown()))?;
    Store::open(&settings.database, keys, vault).await.context("opening the database")
}

/// Does one thing with the store that `settings` name, and closes it.
pub fn with_store<T>(
    settings: &RawSettings,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let settings = settings.clone().resolve()?;
    runtime()?.block_on(async {
        let store = open_store(&settings).await?;
        let done = work(&store).await;
        store.close().await;
        done
    })
}

/// The same as [`open_store`], for a process of the service: a database that is down is waited for, also by what
/// `prepare` does with it.
///
/// # Errors
/// When it stays down for longer than the settings' patience, or something else is wrong.
pub async fn wait_for_store(
    settings: &Settings,
    prepare: impl AsyncFn(&Store) -> anyhow::Result<()>,
) -> anyhow::Result<Store> {
    let start = Instant::now();
    let mut failures = 0;
    loop {
        let error = match open_store(settings).await {
            Ok(store) => match prepare(&store).await {
                Ok(()) => return Ok(store),
                Err(error) => {
                    store.close().await;
                    error
                }
            },
            Err(error) => error,
        };
        let is_down = error.downcast_ref::<StoreError>().is_some_and(StoreError::is_down);
        failures += 1;
        let wait = START_BACKOFF.ceiling(failures);
        if !is_down || start.elapsed() + wait > settings.start_patience {
            return Err(error);
        }
        tracing::warn!(failures, error = &*error as &dyn std::error::Error, "the database is waited for");
        tokio::time::sleep(wait).await;
    }
}

/// Listens; to be done before there is a database, so that whoever watches the process gets answers.
pub fn listen(address: SocketAddr) -> anyhow::Result<net::TcpListener> {
    let listener = net::TcpListener::bind(address).with_context(|| format!("listening on {address}"))?;
    listener.set_nonblocking(true).with_context(|| format!("listening on {address}"))?;
    Ok(listener)
}

/// What carries jobs of `queue` and events to and from the broker, until `stop` is cancelled. Whether it
/// answers; `None` where there is none.
pub fn start_broker(
    settings: &Settings,
    worker: &Worker,
    takes_jobs: bool,
    stop: &CancellationToken,
) -> Option<BrokerView> {
    let BrokerSetup { link, .. } = settings.broker.as_ref()?;
    let relay = Relay::new(worker.store.clone(), link.clone(), worker.queue.relay_bell(), now);
    let view = BrokerView { up: relay.up(), meters: link.meters.clone() };
    tokio::spawn(relay.run(stop.clone()));
    if let Some(inbox) = worker.queue.inbox().filter(|_| takes_jobs) {
        let prefetch = u16::try_from(settings.worker.in_hand).unwrap_or(u16::MAX);
        tokio::spawn(inbox.clone().run(link.clone(), prefetch, stop.clone()));
    }
    Some(view)
}

/// Makes the endpoints of the settings known, before this process takes anything in: what it takes in is told.
pub async fn know_webhooks(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    for webhook in &settings.webhooks {
        store.add_webhook(webhook.name()).await?;
    }
    Ok(())
}

/// What carries events to the endpoints of the settings, until `stop` is cancelled.
///
/// # Errors
/// When a secret cannot be read.
pub fn start_webhooks(
    settings: &Settings,
    store: &Store,
    stop: &CancellationToken,
) -> anyhow::Result<WebhookMeters> {
    let meters = WebhookMeters::default();
    for webhook in &settings.webhooks {
        let carrier = Carrier::new(store.clone(), webhook.endpoint()?, meters.clone(), now)?;
        tokio::spawn(carrier.run(stop.clone()));
    }
    Ok(meters)
}

/// A worker on a store, with readers of its own.
pub fn worker(
    settings: &Settings,
    catalogue: &ModelCatalogue,
    store: Store,
    stub: &StubArgs,
) -> anyhow::Result<Worker> {
    let meters = WorkerMeters::default();
    let command = reader_command(settings, catalogue, stub)?;
    let queue_settings = QueueSettings { lease: settings.lease, ..QueueSettings::default() };
    let rows = EmbeddedQueue::new(store.clone(), queue_settings);
    Ok(Worker {
        queue: if settings.broker.is_some() { JobQueue::brokered(rows) } else { JobQueue::embedded(rows) },
        store,
        readers: ReaderPool::new(command, settings.readers, meters.clone()),
        plans: Arc::new(PlanLibrary::with_folder(&catalogue.plans())?),
        reuse: ReuseIndex::default(),
        pipeline: pipeline::version(catalogue),
        settings: settings.worker,
        meters,
    })
}

fn reader_command(
    settings: &Settings,
    catalogue: &ModelCatalogue,
    stub: &StubArgs,
) -> anyhow::Result<ReaderCommand> {
    let mut arguments: Vec<OsString> = vec!["--threads".into(), "1".into(), "--models".into()];
    arguments.push(std::path::absolute(catalogue.folder()).context("finding the models")?.into());
    arguments.extend(["reader".into(), "--memory-bytes".into()]);
    arguments.push(settings.guard.memory_bytes.to_string().into());
    arguments.extend(stub.arguments()?);
    let kept = |name: &str| std::env::var_os(name).map(|value| (name.into(), value));
    Ok(ReaderCommand {
        program: std::env::current_exe().context("finding this program")?,
        arguments,
        environment: READER_ENVIRONMENT.into_iter().filter_map(kept).collect(),
    })
}

/// Starts the first reader before the first document comes. One that cannot be started is tried again: the
/// models may come later than the service.
pub async fn warm(readers: ReaderPool, stop: CancellationToken) {
    while readers.warm().await.is_err() && !stop.is_cancelled() {
        tokio::time::sleep(WARM_AGAIN).await;
    }
    if let Some(ready) = readers.status().ready {
        let confinement = ready.confinement;
        tracing::info!(landlock = confinement.landlock, seccomp = confinement.seccomp, "a reader is ready");
    }
}

/// Cancels `stop` when the process is told to end.
pub async fn stop_at_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    stop.cancel();
}
