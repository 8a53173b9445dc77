//! `vouch serve`: API and workers in one process.

use std::{ffi::OsString, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use object_store::{ObjectStore, local::LocalFileSystem};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::{
    inference::ModelCatalogue,
    pipeline,
    queue::{EmbeddedQueue, QueueSettings},
    rules::PlanLibrary,
    server::{self, App, Parts},
    store::{
        Scope, Store,
        vault::BlobVault,
    },
    worker::{ReaderCommand, ReaderPool, Worker, WorkerMeters, now},
};

use super::{
    EXIT_OK,
    settings::{RawSettings, Settings},
};

/// Environment that readers are given: what the dynamic linker, Tesseract and OpenMP look at.
const READER_ENVIRONMENT: [&str; 3] = ["LD_LIBRARY_PATH", "TESSDATA_PREFIX", "LANG"];
/// How much longer than its jobs the process may take to end.
const END: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub struct Args {
    /// Configuration file (TOML)
    #[arg(long, env = "VOUCH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: RawSettings,
    /// Readers that read nothing and answer after so many milliseconds: to measure everything else
    #[arg(long, hide = true)]
    stub_ms: Option<u64>,
}

pub fn run(args: &Args, catalogue: &ModelCatalogue) -> anyhow::Result<u8> {
    let settings = args.settings.clone().over_file(args.config.as_deref())?.resolve()?;
    start_logging();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("threads")?;
    runtime.block_on(serve(&settings, catalogue, args.stub_ms))?;
    // Work that did not end in time is left; leases and transactions see to the rest.
    runtime.shutdown_timeout(END);
    Ok(EXIT_OK)
}

/// Structured logs on standard error; `VOUCH_LOG` filters them.
fn start_logging() {
    let filter = EnvFilter::try_from_env("VOUCH_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let logs = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter);
    // A second start in one process would be a test's.
    let _ = logs.with_writer(std::io::stderr).try_init();
}

async fn serve(settings: &Settings, catalogue: &ModelCatalogue, stub_ms: Option<u64>) -> anyhow::Result<()> {
    settings.make_folders()?;
    let store = open_store(settings).await?;
    print_first_token(&store).await?;
    let meters = WorkerMeters::default();
    let command = reader_command(settings, catalogue, stub_ms)?;
    let readers = ReaderPool::new(command, settings.readers, meters.clone());
    let queue_settings = QueueSettings { lease: settings.lease, ..QueueSettings::default() };
    let queue = EmbeddedQueue::new(store.clone(), queue_settings);
    let plans = Arc::new(PlanLibrary::with_folder(&catalogue.plans())?);
    let version = pipeline::version(catalogue);
    let stop = CancellationToken::new();
    let worker = Worker {
        store: store.clone(),
        queue: queue.clone(),
        readers: readers.clone(),
        plans: Arc::clone(&plans),
        pipeline: version.clone(),
        settings: settings.worker,
        meters: meters.clone(),
    };
    let app = Arc::new(App::new(Parts {
        store: store.clone(),
        queue,
        readers: readers.clone(),
        plans,
        pipeline: version,
        document_timeout: settings.readers.document_timeout,
        limits: settings.limits,
        worker_meters: meters,
        stop: stop.clone(),
    }));
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("listening on {}", settings.listen))?;
    println!("vouch: http://{}", listener.local_addr()?);
    let working = tokio::spawn(worker.run(stop.clone()));
    tokio::spawn(warm(readers, stop.clone()));
    tokio::spawn(stop_at_signal(stop.clone()));
    let served = tokio::spawn(server::serve(app, listener, stop.clone()));
    stop.cancelled().await;
    tracing::info!("stopping: no new work is taken");
    working.await.context("the worker panicked")?;
    // Connections that stay open are not waited for longer.
    if let Ok(served) = tokio::time::timeout(END, served).await {
        served.context("the server panicked")?.context("serving")?;
    }
    store.close().await;
    Ok(())
}

async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    let keys = Arc::new(settings.keyring()?);
    let folder = LocalFileSystem::new_with_prefix(&settings.blobs)
        .with_context(|| format!("opening {}", settings.blobs.display()))?
        // What was answered is on the disk, even when the power goes.
        .with_fsync(true);
    let objects: Arc<dyn ObjectStore> = Arc::new(folder);
    let vault = BlobVault::new(objects, Arc::clone(&keys));
    Store::open(&settings.database, keys, vault).await.context("opening the database")
}

/// The first start prints a token that may do everything: once, on standard output, never in a log.
async fn print_first_token(store: &Store) -> anyhow::Result<()> {
    if store.tokens().await?.is_empty() {
        let token = store.create_token("first", Scope::ALL, None, "first start", now()).await?;
        println!("vouch: first token, shown this once: {}", *token.text);
    }
    Ok(())
}

fn reader_command(
    settings: &Settings,
    catalogue: &ModelCatalogue,
    stub_ms: Option<u64>,
) -> anyhow::Result<ReaderCommand> {
    let mut arguments: Vec<OsString> = vec!["--threads".into(), "1".into(), "--models".into()];
    arguments.push(std::path::absolute(catalogue.folder()).context("models")?.into());
    arguments.extend(["reader".into(), "--memory-bytes".into()]);
    arguments.push(settings.guard.memory_bytes.to_string().into());
    if let Some(ms) = stub_ms {
        arguments.extend(["--stub-ms".into(), ms.to_string().into()]);
    }
    let kept = |name: &str| std::env::var_os(name).map(|value| (name.into(), value));
    Ok(ReaderCommand {
        program: std::env::current_exe().context("finding this program")?,
        arguments,
        environment: READER_ENVIRONMENT.into_iter().filter_map(kept).collect(),
    })
}

/// Starts the first reader before the first document comes. One that cannot be started is tried again: the
/// models may come later than the service.
async fn warm(readers: ReaderPool, stop: CancellationToken) {
    while readers.warm().await.is_err() && !stop.is_cancelled() {
        tokio::time::sleep(END).await;
    }
    if let Some(ready) = readers.status().ready {
        let confinement = ready.confinement;
        tracing::info!(landlock = confinement.landlock, seccomp = confinement.seccomp, "a reader is ready");
    }
}

async fn stop_at_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    stop.cancel();
}
