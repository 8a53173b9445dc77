//! `vouch bench reuse`: how long it takes to find a picture of another application again, how many are found, and whether
//! different ones are taken for the same.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use bytes::Bytes;
use image::{RgbImage, imageops};
use rayon::prelude::*;
use serde_json::json;

use super::{
    super::{EXIT_OK, service, settings::RawSettings},
    filing,
    queue::Folder,
};
use crate::{
    domain::DocumentKind,
    imaging::{self, DecodeScale, Fingerprint, Limits, PageImage, PageOrigin, SAME_PICTURE, jpeg_of},
    store::{DocumentRow, Store, new_id},
    worker::ReuseIndex,
};

/// The slot of everything here: a search looks at one.
const SLOT: DocumentKind = DocumentKind::Other;
/// Fingerprints that are written in one transaction.
const BATCH: usize = 500;
/// Blocks along a side that the fingerprints of nobody are pieced together from.
const PIECES: usize = 8;
/// Files that such a fingerprint is pieced together from.
const PIECED_FROM: usize = 3;

#[derive(clap::Args)]
pub struct Args {
    /// Pictures of different documents, of one kind for a hard test. Every other one is stored and searched for after it
    /// was saved anew, turned and cropped; from the rest the documents of nobody are made
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Documents of other applications in the slot
    #[arg(long, default_value_t = 50_000, value_name = "N")]
    applications: usize,
    /// Where a folder is made, and deleted at the end [default: the system's temporary files]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// What is done to a picture. All are made smaller and saved anew as well.
const CHANGES: [&str; 4] =
    ["saved anew", "turned by 90°", "cropped by 10 % on all sides", "cropped on two sides"];

/// What was measured.
#[derive(Default)]
struct Measured {
    files: usize,
    /// From nothing to the first answer: all hashes are fetched and opened.
    first: Duration,
    /// Of single searches, sorted.
    searches: Vec<Duration>,
    /// By change.
    found: [usize; CHANGES.len()],
    searched: usize,
    /// Pictures that were not stored and were taken for one that was, and how many pairs that is of.
    mistaken: (usize, usize),
    /// Pairs of different files that count as the same, by their places in `prints`.
    pairs: Vec<(usize, usize)>,
    compared: usize,
}

pub fn run(args: &Args) -> anyhow::Result<u8> {
    let parent = args.folder.clone().unwrap_or_else(std::env::temp_dir);
    let folder = Folder(parent.join(new_id("vouch-bench")));
    let opened: Vec<Option<PageImage>> =
        args.files.par_iter().map(|file| page_of(file)).collect::<anyhow::Result<_>>()?;
    let (files, pages): (Vec<&PathBuf>, Vec<PageImage>) =
        args.files.iter().zip(opened).filter_map(|(file, page)| Some((file, page?))).unzip();
    let prints: Vec<Fingerprint> = pages.par_iter().filter_map(|page| Fingerprint::of(page, 0)).collect();
    if prints.len() != pages.len() || prints.len() < 2 * PIECED_FROM {
        bail!("too few of the files are pictures");
    }
    let changed: Vec<[Option<Fingerprint>; CHANGES.len()]> = pages
        .par_iter()
        .step_by(2)
        .map(|page| std::array::from_fn(|change| Fingerprint::of(&changed(&page.pixels, change)?, 0)))
        .collect();
    drop(pages);
    let stored: Vec<&Fingerprint> = prints.iter().step_by(2).collect();
    let material: Vec<&Fingerprint> = prints.iter().skip(1).step_by(2).collect();
    let mut measured = service::runtime()?.block_on(bench(args, &folder.0, &stored, &material, &changed))?;
    measured.files = prints.len();
    measured.pairs = mistaken_pairs(&prints);
    measured.compared = prints.len() * (prints.len() - 1) / 2;
    print(args, &measured, &files);
    Ok(EXIT_OK)
}

/// `None`: not a picture of one page.
fn page_of(file: &Path) -> anyhow::Result<Option<PageImage>> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let opened = imaging::open("", &bytes, &Limits::default(), DecodeScale::READING).ok();
    Ok(opened.map(|opened| opened.pages).filter(|pages| pages.len() == 1).and_then(|mut pages| pages.pop()))
}

/// A picture as somebody sends it who got it from somebody else.
fn changed(pixels: &RgbImage, change: usize) -> Option<PageImage> {
    let (w, h) = pixels.dimensions();
    let part = |left: u32, top: u32, right: u32, bottom: u32| {
        imageops::crop_imm(pixels, left, top, w - left - right, h - top - bottom).to_image()
    };
    let pixels = match change {
        1 => imageops::rotate90(pixels),
        2 => part(w / 10, h / 10, w / 10, h / 10),
        3 => part(w / 12, 0, 0, h / 15),
        _ => pixels.clone(),
    };
    let (w, h) = pixels.dimensions();
    let small = imageops::resize(&pixels, w * 3 / 4, h * 3 / 4, imageops::FilterType::Triangle);
    let saved = image::load_from_memory_with_format(&jpeg_of(&small)?, image::ImageFormat::Jpeg).ok()?;
    Some(PageImage::from_pixels(0, saved.to_rgb8(), PageOrigin::Picture))
}

/// Pairs of different pictures that count as the same.
fn mistaken_pairs(prints: &[Fingerprint]) -> Vec<(usize, usize)> {
    let pairs: Vec<(usize, usize)> = (0..prints.len()).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    pairs.into_par_iter().filter(|&(a, b)| prints[a].likeness(&prints[b]) >= SAME_PICTURE).collect()
}

async fn bench(
    args: &Args,
    folder: &Path,
    stored: &[&Fingerprint],
    material: &[&Fingerprint],
    changed: &[[Option<Fingerprint>; CHANGES.len()]],
) -> anyhow::Result<Measured> {
    let settings = RawSettings::of(folder.to_owned(), None, 1).resolve()?;
    let store = service::open_store(&settings).await?;
    let nobody = document(&store).await?;
    let mut pieced = (0..args.applications).map(|number| pieced(material, number));
    for first in (0..args.applications).step_by(BATCH) {
        let numbered = (first..).zip(pieced.by_ref().take(BATCH)).collect::<Vec<_>>();
        store.add_prints(&nobody, &numbered).await?;
    }
    let mut measured = Measured { searched: stored.len(), ..Measured::default() };
    let (index, searcher) = (ReuseIndex::default(), document(&store).await?.application_id);
    let start = Instant::now();
    for (number, print) in stored.iter().enumerate() {
        let found = index.same_picture(&store, &searcher, SLOT, print).await?;
        if number == 0 {
            measured.first = start.elapsed();
        }
        measured.mistaken.0 += usize::from(found.is_some());
    }
    measured.mistaken.1 = stored.len() * args.applications;
    let known = document(&store).await?;
    let numbered: Vec<(usize, Fingerprint)> =
        stored.iter().map(|print| (*print).clone()).enumerate().collect();
    store.add_prints(&known, &numbered).await?;
    for (number, changed) in changed.iter().enumerate() {
        for (count, print) in measured.found.iter_mut().zip(changed.iter().flatten()) {
            let start = Instant::now();
            let found = index.same_picture(&store, &searcher, SLOT, print).await?;
            measured.searches.push(start.elapsed());
            let is_it = found
                .is_some_and(|(row, _)| row.document == known.id && usize::try_from(row.page) == Ok(number));
            *count += usize::from(is_it);
        }
    }
    measured.searches.sort_unstable();
    store.close().await;
    Ok(measured)
}

/// A document of an application of its own.
async fn document(store: &Store) -> anyhow::Result<DocumentRow> {
    let application = filing::application(store, &BTreeMap::new()).await?;
    let bytes = Bytes::from(application.clone());
    filing::document(store, &application, SLOT, bytes, "bench").await
}

/// A fingerprint whose blocks come from pictures of several documents: as like them as they are like each other.
fn pieced(material: &[&Fingerprint], number: usize) -> Fingerprint {
    let mut state = number as u64 + 1;
    let mut draw = |below: usize| {
        // splitmix64
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) as usize % below
    };
    let from: [usize; PIECED_FROM] = std::array::from_fn(|_| draw(material.len()));
    let chosen: [usize; PIECES * PIECES] = std::array::from_fn(|_| from[draw(PIECED_FROM)]);
    let (side, piece) = (Fingerprint::SIDE, Fingerprint::SIDE / PIECES);
    let luma: Vec<u8> = (0..side * side)
        .map(|at| material[chosen[at / side / piece * PIECES + at % side / piece]].as_bytes()[at])
        .collect();
    // As long as one is.
    Fingerprint::from_bytes(&luma).unwrap_or_else(|| material[0].clone())
}

fn print(args: &Args, measured: &Measured, names: &[&PathBuf]) {
    let Measured { files, first, searches, found, searched, mistaken, pairs, compared } = measured;
    let pairs: Vec<[std::path::Display<'_>; 2]> =
        pairs.iter().map(|&(a, b)| [a, b].map(|at| names[at].display())).collect();
    let ms = |time: &Duration| time.as_secs_f64() * 1e3;
    let at = |share: f64| {
        let place = ((searches.len() as f64 - 1.0) * share).round() as usize;
        searches.get(place).map_or(0.0, ms)
    };
    if args.json {
        let found: serde_json::Map<String, serde_json::Value> =
            CHANGES.iter().zip(found).map(|(change, count)| ((*change).to_owned(), json!(count))).collect();
        println!(
            "{}",
            json!({
                "files": files, "applications": args.applications, "first_search_ms": ms(first),
                "search_p50_ms": at(0.5), "search_p95_ms": at(0.95), "searched": searched, "found": found,
                "mistaken_searches": mistaken.0, "pairs_searched": mistaken.1,
                "mistaken_pairs": pairs.iter().map(|pair| pair.each_ref().map(ToString::to_string)).collect::<Vec<_>>(),
                "pairs_compared": compared,
            })
        );
        return;
    }
    println!("{files} files, {} documents of other applications", args.applications);
    println!("{:32} {:.0} ms", "first search (hashes fetched)", ms(first));
    println!("{:32} median {:.1} ms, 95 % {:.1} ms", "search", at(0.5), at(0.95));
    for (change, count) in CHANGES.iter().zip(found) {
        println!("{change:32} {count} of {searched} found");
    }
    println!("{:32} {} in {} pairs", "unknown pictures taken for known", mistaken.0, mistaken.1);
    println!("{:32} {} of {compared} pairs", "different files taken for one", pairs.len());
    for [one, other] in &pairs {
        println!("    {one}  {other}");
    }
}
