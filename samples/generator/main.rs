//! Makes synthetic sample uploads with truth (CONTRACT.md, "Samples with truth").
//!
//! ```sh
//! cargo run --release --example generate -- --out /tmp/set --count 500 --level mixed --defects 0.2
//! ```
//!
//! It shares nothing with the analysis rooms but `vouch::domain`, so that it judges them fairly.

mod application;
mod camera;
mod canvas;
mod documents;
mod draw;
mod edit;
mod fonts;
mod hand;
mod history;
mod pdf;
mod sample;
mod source;
mod spec;
mod truth;
mod words;

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context as _, Result};
use clap::Parser;
use jiff::civil::Date;
use rayon::prelude::*;
use vouch::domain::DocumentKind;

use crate::{
    sample::{Job, Made},
    spec::{Level, Limits, Split},
};

#[derive(Parser)]
#[command(about = "Makes synthetic sample uploads with truth")]
struct Arguments {
    /// Folder to write samples into; made when missing.
    #[arg(long, required_unless_present = "application")]
    out: Option<PathBuf>,
    /// Folder to write one whole application of one invented person into (samples/README.md).
    #[arg(long)]
    application: Option<PathBuf>,
    /// The condition of that application, 1 to 3.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=3))]
    condition: u8,
    /// A fault to plant in it, by its name in `application/fault.rs`.
    #[arg(long)]
    fault: Option<String>,
    /// Write so many whole applications into `--out`, each in its folder with an `expected.json`.
    #[arg(long, value_name = "N")]
    applications: Option<usize>,
    /// How many of them are without a fault; the others have one each, in turn.
    #[arg(long, default_value_t = 20)]
    clean: usize,
    /// How many files.
    #[arg(long, default_value_t = 100)]
    count: usize,
    /// The same seed gives the same files.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Kinds to make, by the contract's names, or `all`.
    #[arg(long, value_delimiter = ',', default_value = "all")]
    kinds: Vec<String>,
    #[arg(long, value_enum, default_value_t = Level::Mixed)]
    level: Level,
    /// Fonts, layouts, backgrounds, cameras and words for tuning, or those set aside for judging.
    #[arg(long, value_enum, default_value_t = Split::Dev)]
    split: Split,
    /// Share of files with a defect or a near-miss control, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    defects: f64,
    /// How many of the ID cards contradict themselves (checksum, birth, sex, region, validity).
    #[arg(long, default_value_t = 0)]
    tampered_ids: usize,
    /// Share of handwritten forms with an altered entry or a near-miss control, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    alterations: f64,
    /// How many entries of such a form are altered at most.
    #[arg(long, default_value_t = 1)]
    alterations_a_page: usize,
    /// Share of files that are black-and-white copies, photos of screens or screenshots, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    sources: f64,
    /// Share of files with a past: saved by an editor, patched, signed, sent by a messenger; half of them plain, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    histories: f64,
    /// Share of photos and scans of printed papers that went through an editor or a messenger; one field of half of them
    /// is changed, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    edited: f64,
    /// The day that validity is judged by.
    #[arg(long, default_value = "2026-11-24")]
    today: Date,
    /// Longest side of a photo, px; smaller sizes are drawn again until text stays readable.
    #[arg(long, default_value_t = 4032)]
    max_side: usize,
    /// Highest JPEG quality of a photo.
    #[arg(long, default_value_t = 95)]
    max_quality: u8,
    /// Write beside each photo with an effect where its print is lost, as `NAME.map.png`.
    #[arg(long)]
    maps: bool,
    /// Threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

impl Arguments {
    fn limits(&self) -> Limits {
        Limits { max_side: self.max_side, max_quality: self.max_quality }
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let kinds = kinds(&arguments.kinds)?;
    if let Some(folder) = &arguments.application {
        application::write(folder, &arguments)?;
    }
    let Some(out) = &arguments.out else { return Ok(()) };
    fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    if let Some(count) = arguments.applications {
        return application::write_set(out, count, arguments.clean, &arguments);
    }
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;

    let jobs = sample::plan(&sample::Order {
        count: arguments.count,
        seed: arguments.seed,
        kinds,
        level: arguments.level,
        split: arguments.split,
        defects: arguments.defects,
        tampered: arguments.tampered_ids,
        alterations: arguments.alterations,
        alterations_a_page: arguments.alterations_a_page,
        sources: arguments.sources,
        histories: arguments.histories,
        edited: arguments.edited,
        today: arguments.today,
        limits: arguments.limits(),
        maps: arguments.maps,
    });
    let done = AtomicUsize::new(0);
    let lines = jobs
        .par_iter()
        .map(|job| {
            let line = write(job, out)?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(25) || done == jobs.len() {
                eprintln!("{done}/{}", jobs.len());
            }
            Ok(line)
        })
        .collect::<Result<Vec<String>>>()?;

    let path = out.join("truth.jsonl");
    let mut truth =
        BufWriter::new(File::create(&path).with_context(|| format!("writing {}", path.display()))?);
    for line in lines {
        writeln!(truth, "{line}")?;
    }
    truth.flush()?;
    Ok(())
}

/// Makes one sample and returns its line of truth.
fn write(job: &Job, out: &std::path::Path) -> Result<String> {
    let Made { line, bytes, map } = sample::make(job);
    let path = out.join(&line.file);
    fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
    if let Some(map) = map {
        let path = path.with_extension("map.png");
        map.save(&path).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(serde_json::to_string(&line)?)
}

fn kinds(names: &[String]) -> Result<Vec<DocumentKind>> {
    let mut kinds = Vec::new();
    for name in names {
        if name == "all" {
            kinds.extend(DocumentKind::ALL);
        } else {
            kinds.push(name.parse()?);
        }
    }
    Ok(kinds)
}
