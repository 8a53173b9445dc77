//! Fuzzing of the decoders on stable Rust: mutates the fixtures of `tests/fixtures/intake` and opens the
//! result, for a given time.
//!
//! `cargo run --release --example fuzz_intake -- --minutes 10 [--seed 1] [--keep DIR]`
//!
//! Prints how many files were opened, what came out, and every file that made a decoder panic or hang
//! (written to `--keep`). A crash of the process itself is found by its exit status; the file being opened
//! is then the last one in `--keep`. The coverage-guided twin of this is `fuzz/`.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use vouch::imaging::{DecodeScale, IntakeError, Limits, open};

#[derive(Parser)]
struct Args {
    /// How long to go on.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Of the random numbers; the same seed makes the same files.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where offending files go.
    #[arg(long, default_value = "target/fuzz-intake")]
    keep: PathBuf,
}

/// Byte sequences that mean something to one of the formats, or are edges of integers.
const TOKENS: [&[u8]; 24] = [
    b"\xff\xd8",
    b"\xff\xda",
    b"\xff\xc2",
    b"\xff\xd9",
    b"\xff\xe1",
    b"IDAT",
    b"IHDR",
    b"fcTL",
    b"meta",
    b"iloc",
    b"hvcC",
    b"grid",
    b"ipma",
    b"obj",
    b"endobj",
    b"stream\n",
    b"<<",
    b">>",
    b"/Kids[2 0 R]",
    b"/Length 99999999",
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\x00",
];

/// The time after which a mutated fixture, which is tiny, counts as hung.
const HUNG_AFTER: Duration = Duration::from_secs(20);

fn main() -> Result<()> {
    let args = Args::parse();
    let seeds = read_seeds()?;
    fs::create_dir_all(&args.keep)?;
    let limits = Limits {
        max_pixels: 4_000_000,
        max_decoded_pixels: 4_000_000 * 4,
        max_unpacked_bytes: 16 << 20,
        max_time_ms: HUNG_AFTER.as_millis() as u64,
        ..Limits::default()
    };
    let mut random = StdRng::seed_from_u64(args.seed);
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    let (mut opened_count, mut offenders) = (0_u64, 0_u64);
    let until = Instant::now() + Duration::from_secs(args.minutes * 60);
    let current = args.keep.join("current");
    while Instant::now() < until {
        let bytes = mutate(&seeds, &mut random);
        fs::write(&current, &bytes)?;
        let outcome = match open("fuzz", &bytes, &limits, DecodeScale::READING) {
            Ok(opened) => {
                ensure!(!opened.pages.is_empty(), "opened without pages");
                if opened.findings.is_empty() { "pages".to_owned() } else { "pages and a finding".to_owned() }
            }
            Err(error) => {
                if is_offence(&error) {
                    offenders += 1;
                    fs::write(args.keep.join(format!("{offenders:03}")), &bytes)?;
                    eprintln!("offender {offenders}: {error}");
                }
                error.finding().code.to_string()
            }
        };
        *outcomes.entry(outcome).or_default() += 1;
        opened_count += 1;
    }
    fs::remove_file(&current)?;
    println!("{opened_count} files in {} minutes, {offenders} offenders", args.minutes);
    for (outcome, count) in outcomes {
        println!("{count:>10}  {outcome}");
    }
    Ok(())
}

fn is_offence(error: &IntakeError) -> bool {
    match error {
        IntakeError::Timeout { .. } | IntakeError::NoWorker => true,
        IntakeError::Corrupt { cause } => cause.contains("panicked"),
        _ => false,
    }
}

fn read_seeds() -> Result<Vec<Vec<u8>>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/intake");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("reading {folder}"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    ensure!(!paths.is_empty(), "no seeds in {folder}");
    let mut seeds = paths.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    let picture = image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([(x * 6) as u8, (y * 8) as u8, 90]));
    use image::ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
    for format in [Jpeg, Png, WebP, Gif, Bmp] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format)?;
        seeds.push(bytes.into_inner());
    }
    Ok(seeds)
}

/// One seed after one to eight mutations. The first bytes are mostly spared: a file that is no longer
/// recognised tests nothing.
fn mutate(seeds: &[Vec<u8>], random: &mut StdRng) -> Vec<u8> {
    const SPARED: usize = 12;
    let seed = |random: &mut StdRng| seeds.choose(random).cloned().unwrap_or_default();
    let mut bytes = seed(random);
    for _ in 0..random.random_range(1..=8) {
        let from = if bytes.len() > SPARED && random.random_bool(0.95) { SPARED } else { 0 };
        if from >= bytes.len() {
            break;
        }
        let at = random.random_range(from..bytes.len());
        let span = random.random_range(1..=64).min(bytes.len() - at);
        match random.random_range(0..8) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => bytes[at] = random.random(),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..at + span)),
            4 => {
                let copy = bytes[at..at + span].to_vec();
                bytes.splice(at..at, copy);
            }
            5 => {
                let token = TOKENS[random.random_range(0..TOKENS.len())];
                bytes.splice(at..(at + token.len()).min(bytes.len()), token.iter().copied());
            }
            6 => {
                // A piece of another file, which may be of another type.
                let other = seed(random);
                let start = random.random_range(0..other.len());
                let piece = other[start..(start + span).min(other.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => bytes[at] = bytes[at].wrapping_add(random.random_range(1..=8)),
        }
    }
    bytes
}
