//! `vouch bench`: files through the pipeline; `bench/queue.rs`: the service's queue; `bench/reuse.rs`: pictures found again.

use std::{path::PathBuf, time::Instant};

use jiff::ZonedDateTime;
use serde_json::json;

use crate::{
    inference::ModelCatalogue,
    pipeline::{CheckOptions, Pipeline},
};

use super::{EXIT_OK, batch, check::check_file};

mod filing;
mod queue;
mod reuse;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    /// Files to read
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    of: Option<Of>,
}

/// What is timed instead of the pipeline.
#[derive(clap::Subcommand)]
enum Of {
    /// The way through the service's queue, with readers that read nothing
    Queue(queue::Args),
    /// Finding pictures of other applications again
    Reuse(reuse::Args),
}

pub fn run(args: &Args, catalogue: &ModelCatalogue) -> anyhow::Result<u8> {
    match &args.of {
        Some(Of::Queue(args)) => queue::run(args, catalogue),
        Some(Of::Reuse(args)) => reuse::run(args),
        None => files(args, &super::open(catalogue)?),
    }
}

fn files(args: &Args, pipeline: &Pipeline) -> anyhow::Result<u8> {
    let options = CheckOptions { slot: None, today: ZonedDateTime::now().date() };
    // The first file opens the networks; it is read once before the clock starts.
    if let Some(first) = args.files.first() {
        check_file(pipeline, first, &options)?;
    }
    let cpu_before = cpu_seconds();
    let start = Instant::now();
    let mut millis: Vec<u64> = Vec::with_capacity(args.files.len());
    batch::in_order(
        &args.files,
        |path| Ok(check_file(pipeline, path, &options)?.report.elapsed_ms.get("total").copied().unwrap_or(0)),
        |_, ms| {
            millis.push(ms);
            Ok(())
        },
    )?;
    let wall = start.elapsed().as_secs_f64();
    let cpu = cpu_seconds().zip(cpu_before).map(|(after, before)| after - before);
    millis.sort_unstable();
    let at =
        |share: f64| millis.get(((millis.len() as f64 - 1.0) * share).round() as usize).copied().unwrap_or(0);
    let files = args.files.len();
    if args.json {
        println!(
            "{}",
            json!({
                "pipeline": pipeline.version(), "files": files, "wall_s": wall, "cpu_s": cpu,
                "p50_ms": at(0.5), "p95_ms": at(0.95), "peak_memory_bytes": peak_memory_bytes(),
            })
        );
    } else {
        println!(
            "{files} files in {wall:.2} s: {:.1} a second, {:.0} ms each (median {} ms, 95 % {} ms)",
            files as f64 / wall,
            wall * 1e3 / files as f64,
            at(0.5),
            at(0.95)
        );
        if let Some(cpu) = cpu {
            println!("CPU {:.0} ms a file", cpu * 1e3 / files as f64);
        }
        if let Some(bytes) = peak_memory_bytes() {
            println!("peak memory {} MB", bytes / 1_000_000);
        }
    }
    Ok(EXIT_OK)
}

/// User and system time of this process so far (Linux; `None` elsewhere).
fn cpu_seconds() -> Option<f64> {
    // proc(5): fields 14 and 15, counted after the parenthesised name, in ticks of 1/100 s.
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |i: usize| fields.get(i)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// Largest resident set so far (Linux; `None` elsewhere).
fn peak_memory_bytes() -> Option<u64> {
    memory_bytes("VmHWM:")
}

/// Resident set at the moment (Linux; `None` elsewhere).
fn resident_bytes() -> Option<u64> {
    memory_bytes("VmRSS:")
}

/// A line of proc(5)'s status that has kilobytes.
fn memory_bytes(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb * 1024)
}
