//! Scores the page finder on folders of samples with truth: mean quad IoU, share below 0.9 and time
//! by level; draws the worst cases.
//!
//! `cargo run --release --example page_finder_eval -- DIR… [--net MODEL.onnx --runtime LIB.so] [--worst OUT]`

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use clap::Parser;
use image::{DynamicImage, ImageDecoder, ImageReader, Rgb, RgbImage};
use serde::Deserialize;
use vouch::{
    domain::{Point, Quad},
    imaging::{DocumentQuad, PageFinderParams, PageNet, find_documents},
    inference::{Model, OnnxModel, Tensor},
};

#[derive(Parser)]
struct Arguments {
    /// Folders with `truth.jsonl`.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// The page finder's network; without it colour statistics are used.
    #[arg(long, requires = "runtime")]
    net: Option<PathBuf>,
    /// `libonnxruntime.so`.
    #[arg(long)]
    runtime: Option<PathBuf>,
    /// Folder for pictures of the twelve worst cases: truth in green, result in red.
    #[arg(long)]
    worst: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Truth {
    file: String,
    quad: Option<Quad>,
}

struct Case {
    path: PathBuf,
    truth: Quad,
    found: Vec<DocumentQuad>,
    iou: f32,
    milliseconds: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let model = match (&arguments.net, &arguments.runtime) {
        (Some(net), Some(runtime)) => Some(OnnxModel::new(runtime, net)),
        _ => None,
    };
    let run = model.map(|model| {
        move |input: &[f32], shape: [usize; 4]| {
            model.run(&Tensor::new(shape.to_vec(), input.to_vec())).ok().map(|output| output.values)
        }
    });
    let net = run.as_ref().map(|run| run as &dyn PageNet);
    let mut groups: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for folder in &arguments.folders {
        let lines = std::fs::read_to_string(folder.join("truth.jsonl"))
            .with_context(|| format!("{} has no truth.jsonl", folder.display()))?;
        for line in lines.lines() {
            let truth: Truth = serde_json::from_str(line)?;
            let (Some(quad), Ok(picture)) = (truth.quad, read(&folder.join(&truth.file))) else { continue };
            let case = judge(&picture.to_rgb8(), folder.join(&truth.file), quad, net);
            let stem = Path::new(&truth.file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let level = stem.rsplit('_').next().unwrap_or("?").to_owned();
            groups.entry(level).or_default().push(case);
        }
    }
    println!("{:<12} {:>5} {:>9} {:>9} {:>8} {:>8}", "level", "files", "mean IoU", "median", "< 0.9", "ms");
    for (level, cases) in &groups {
        let mut ious: Vec<f32> = cases.iter().map(|case| case.iou).collect();
        ious.sort_by(f32::total_cmp);
        let n = cases.len() as f64;
        let mean = ious.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let poor = ious.iter().filter(|&&v| v < 0.9).count() as f64 / n;
        let ms = cases.iter().map(|case| case.milliseconds).sum::<f64>() / n;
        println!("{level:<12} {n:>5} {mean:>9.4} {:>9.4} {poor:>8.3} {ms:>8.1}", ious[ious.len() / 2]);
    }
    if let Some(out) = arguments.worst {
        std::fs::create_dir_all(&out)?;
        let mut all: Vec<Case> = groups.into_values().flatten().collect();
        all.sort_by(|a, b| a.iou.total_cmp(&b.iou));
        for case in all.iter().take(12) {
            draw(case, &out)?;
        }
    }
    Ok(())
}

/// The picture after its EXIF orientation: truth is in those pixels.
fn read(path: &Path) -> Result<DynamicImage> {
    let mut decoder = ImageReader::open(path)?.with_guessed_format()?.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn judge(picture: &RgbImage, path: PathBuf, truth: Quad, net: Option<&dyn PageNet>) -> Case {
    // The first run opens the session; only the second is timed.
    find_documents(picture, &PageFinderParams::default(), net);
    let start = Instant::now();
    let found = find_documents(picture, &PageFinderParams::default(), net);
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    let whole = DocumentQuad::whole(picture.width(), picture.height()).quad;
    let iou = if found.is_empty() {
        whole.iou(&truth)
    } else {
        found.iter().map(|document| document.quad.iou(&truth)).fold(0.0, f32::max)
    };
    Case { path, truth, found, iou, milliseconds }
}

fn draw(case: &Case, out: &Path) -> Result<()> {
    const LONGER_SIDE: u32 = 700;
    let picture = read(&case.path)?;
    let scale = LONGER_SIDE as f32 / picture.width().max(picture.height()) as f32;
    let mut small = picture.thumbnail(LONGER_SIDE, LONGER_SIDE).to_rgb8();
    outline(&mut small, &case.truth, scale, [0, 220, 0]);
    for document in &case.found {
        outline(&mut small, &document.quad, scale, [255, 0, 0]);
    }
    let stem = case.path.file_stem().unwrap_or_default().to_string_lossy();
    println!(
        "{:.3} {stem} {:?}",
        case.iou,
        case.found.iter().map(|d| (d.score, d.edges)).collect::<Vec<_>>()
    );
    small.save(out.join(format!("{:.3}_{stem}.png", case.iou)))?;
    Ok(())
}

fn outline(picture: &mut RgbImage, quad: &Quad, scale: f32, colour: [u8; 3]) {
    for i in 0..4 {
        let (a, b) = (quad.0[i], quad.0[(i + 1) % 4]);
        let steps = (a.distance(b) * scale) as u32 + 1;
        for k in 0..=steps {
            let Point { x, y } = a.lerp(b, k as f32 / steps as f32);
            let (x, y) = ((x * scale) as i64, (y * scale) as i64);
            for (dx, dy) in [(0, 0), (1, 0), (0, 1)] {
                if let (Ok(x), Ok(y)) = (u32::try_from(x + dx), u32::try_from(y + dy))
                    && x < picture.width()
                    && y < picture.height()
                {
                    picture.put_pixel(x, y, Rgb(colour));
                }
            }
        }
    }
}
