//! `vouch bench queue`: what the way through the queue costs, with readers that read nothing.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    super::{EXIT_OK, service, settings::RawSettings, stub::StubArgs},
    cpu_seconds, filing, resident_bytes,
};
use crate::{
    domain::DocumentKind,
    inference::ModelCatalogue,
    store::{ApplicationQuery, Store, new_id},
    worker::{ReaderPool, now},
};

/// Papers of one application here.
const SLOTS: [DocumentKind; 5] = [
    DocumentKind::IdCardFront,
    DocumentKind::IdCardBack,
    DocumentKind::Diploma,
    DocumentKind::PortraitPhoto,
    DocumentKind::PriorCertificate,
];
/// Applications that are filed at once: what several portals would do.
const FILED_AT_ONCE: usize = 8;
/// Bytes of a document. Real ones have megabytes; reading and opening those is not the queue's.
const DOCUMENT_BYTES: usize = 20_000;
/// How often memory and what is left are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(clap::Args)]
pub struct Args {
    /// Documents that wait
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    documents: usize,
    /// Readers; they sleep instead of reading, so that more of them than cores take no CPU
    #[arg(long, default_value_t = 8, value_name = "N")]
    readers: usize,
    /// Milliseconds that a reader takes for a document
    #[arg(long, default_value_t = 5, value_name = "MS")]
    stub_ms: u64,
    /// postgres://… of an empty database [default: SQLite in a folder of its own]
    #[arg(long, env = "VOUCH_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// Where the folder is made, and deleted at the end [default: the system's temporary files]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// A folder that goes when it is dropped.
pub(super) struct Folder(pub(super) PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be deleted is left; it is where temporary files are.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What was measured.
struct Measured {
    filled: Duration,
    worked: Duration,
    cpu_s: Option<f64>,
    /// Resident memory of the worker's process at each look.
    resident: Vec<u64>,
}

pub fn run(args: &Args, catalogue: &ModelCatalogue) -> anyhow::Result<u8> {
    let parent = args.folder.clone().unwrap_or_else(std::env::temp_dir);
    let folder = Folder(parent.join(new_id("vouch-bench")));
    let runtime = service::runtime()?;
    let measured = runtime.block_on(bench(args, &folder.0, catalogue))?;
    print(args, &measured);
    Ok(EXIT_OK)
}

async fn bench(args: &Args, folder: &Path, catalogue: &ModelCatalogue) -> anyhow::Result<Measured> {
    let raw = RawSettings::of(folder.to_owned(), args.database.clone(), args.readers);
    let settings = raw.resolve()?;
    let store = service::open_store(&settings).await?;
    let any = ApplicationQuery { limit: 1, ..ApplicationQuery::default() };
    if !store.find_applications(&any).await?.is_empty() {
        bail!("the database is in use; it would be filled with documents of nobody");
    }
    let worker =
        service::worker(&settings, catalogue, store.clone(), &StubArgs::answering_after(args.stub_ms))?;
    let start = Instant::now();
    fill(&store, args.documents, &worker.pipeline).await?;
    let filled = start.elapsed();
    warm(&worker.readers, args.readers).await?;

    let stop = CancellationToken::new();
    let (cpu_before, start) = (cpu_seconds(), Instant::now());
    let working = tokio::spawn(worker.run(stop.clone()));
    let mut resident = Vec::new();
    while store.backlog(now()).await?.open > 0 {
        resident.extend(resident_bytes());
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let worked = start.elapsed();
    let cpu_s = cpu_seconds().zip(cpu_before).map(|(after, before)| after - before);
    stop.cancel();
    working.await.context("the worker panicked")?;
    let dead = store.backlog(now()).await?.dead;
    store.close().await;
    if dead > 0 {
        bail!("{dead} jobs failed for good");
    }
    Ok(Measured { filled, worked, cpu_s, resident })
}

/// Files applications with documents until there are enough.
async fn fill(store: &Store, documents: usize, pipeline: &str) -> anyhow::Result<()> {
    let declared: BTreeMap<String, Value> = BTreeMap::from([("condition".to_owned(), json!(3))]);
    let declared = Arc::new(declared);
    let starts = (0..documents).step_by(SLOTS.len());
    let filing = stream::iter(starts).map(|first| {
        let declared = Arc::clone(&declared);
        async move {
            let application = filing::application(store, &declared).await?;
            for (index, slot) in (first..documents).zip(SLOTS) {
                let mut bytes = vec![0; DOCUMENT_BYTES];
                bytes[..8].copy_from_slice(&index.to_le_bytes());
                filing::document(store, &application, slot, Bytes::from(bytes), pipeline).await?;
            }
            anyhow::Ok(())
        }
    });
    filing.buffer_unordered(FILED_AT_ONCE).try_collect::<Vec<()>>().await?;
    Ok(())
}

/// Starts all readers before the clock does.
async fn warm(readers: &ReaderPool, count: usize) -> anyhow::Result<()> {
    let starts = futures_util::future::join_all((0..count).map(|_| readers.warm())).await;
    starts.into_iter().collect::<Result<Vec<_>, _>>().context("starting readers")?;
    Ok(())
}

fn print(args: &Args, measured: &Measured) {
    let Measured { filled, worked, cpu_s, resident } = measured;
    let rate = |time: &Duration| args.documents as f64 / time.as_secs_f64();
    let peak = resident.iter().copied().max();
    let (early, late) = (median(quarter(resident, 1)), median(quarter(resident, 3)));
    let cpu_ms = cpu_s.map(|cpu| cpu * 1e3 / args.documents as f64);
    let database = if args.database.is_some() { "postgres" } else { "sqlite" };
    if args.json {
        println!(
            "{}",
            json!({
                "documents": args.documents, "readers": args.readers, "stub_ms": args.stub_ms,
                "database": database, "uploads_per_s": rate(filled), "documents_per_s": rate(worked),
                "wall_s": worked.as_secs_f64(), "cpu_ms_per_document": cpu_ms, "peak_memory_bytes": peak,
                "early_memory_bytes": early, "late_memory_bytes": late,
            })
        );
        return;
    }
    let bytes =
        |bytes: Option<u64>| bytes.map_or_else(|| "—".to_owned(), |n| format!("{} MB", n / 1_000_000));
    let rows = [
        ("database", database.to_owned()),
        ("uploads kept", format!("{:.0}/s", rate(filled))),
        ("documents worked off", format!("{:.0}/s", rate(worked))),
        ("CPU of the worker", cpu_ms.map_or_else(|| "—".to_owned(), |ms| format!("{ms:.2} ms a document"))),
        ("memory at most", bytes(peak)),
        ("memory in the second quarter", bytes(early)),
        ("memory in the last quarter", bytes(late)),
    ];
    println!("{} documents, {} readers of {} ms", args.documents, args.readers, args.stub_ms);
    for (name, value) in rows {
        println!("{name:30} {value}");
    }
}

/// A quarter of the looks, by number from 0.
fn quarter(looks: &[u64], number: usize) -> &[u64] {
    let at = |number: usize| looks.len() * number / 4;
    &looks[at(number)..at(number + 1)]
}

fn median(looks: &[u64]) -> Option<u64> {
    let mut sorted = looks.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}
