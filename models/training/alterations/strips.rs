//! Cuts the strips that the traces network is trained on out of generated forms: `alteration_strips SET
//! OUT` writes PNGs (colour, and the blank's darkness) and `strips.jsonl` with the places of
//! alterations. The page is laid on its blank as the product does it; the printed texts are not read but
//! put where the truth has them.

#[path = "../laid.rs"]
mod laid;

use std::{collections::HashMap, fs, io::Write as _, path::PathBuf};

use anyhow::{Context as _, Result};
use image::{GrayImage, imageops};
use rayon::prelude::*;
use serde_json::{Value, json};
use vouch::{
    forensics::strip::Evened,
    forms::{FormLibrary, sheet::PX_PER_MM},
};

fn main() -> Result<()> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [set, out] = folders.as_slice() else { anyhow::bail!("usage: alteration_strips SET OUT") };
    fs::create_dir_all(out)?;
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global()?;
    let truth = fs::read_to_string(set.join("truth.jsonl")).context("reading the truth")?;
    let lines: Vec<Value> = truth.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let library = FormLibrary::default();
    let found: Vec<Vec<Value>> = lines
        .par_iter()
        .enumerate()
        .map(|(index, line)| page(set, out, index, line, &library).map(Option::unwrap_or_default))
        .collect::<Result<_>>()?;
    let mut file = fs::File::create(out.join("strips.jsonl"))?;
    for strip in found.iter().flatten() {
        writeln!(file, "{strip}")?;
    }
    Ok(())
}

fn page(
    set: &std::path::Path,
    out: &std::path::Path,
    index: usize,
    line: &Value,
    library: &FormLibrary,
) -> Result<Option<Vec<Value>>> {
    let name = line["file"].as_str().context("file")?;
    let Some((laid, template)) = laid::lay_out(set, line, library)? else { return Ok(None) };
    let (width, height) = laid.sheet.pixels.dimensions();
    let evened = Evened::new(&laid.sheet, &template.darkness(width, height));
    let blank = GrayImage::from_raw(width, height, evened.blank.clone()).context("blank")?;
    let mut strips = Vec::new();
    let mut seen: HashMap<(u32, u32), ()> = HashMap::new();
    for (k, field) in laid.written(template).into_iter().enumerate() {
        let Some(strip) = evened.strip(field.place) else { continue };
        if seen.insert((strip.x, strip.y), ()).is_some() {
            continue;
        }
        let stem = format!("{index:05}_{k:02}");
        let (x, y, w, h) = (strip.x, strip.y, strip.width, strip.height);
        imageops::crop_imm(&evened.pixels, x, y, w, h).to_image().save(out.join(format!("{stem}.png")))?;
        imageops::crop_imm(&blank, x, y, w, h).to_image().save(out.join(format!("{stem}_b.png")))?;
        let alterations: Vec<Value> = line["alterations"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|altered| {
                let at = |i: usize| altered["box"][i].as_f64().unwrap_or_default() as f32 * PX_PER_MM;
                json!({
                    "code": altered["code"], "variant": altered["variant"], "field": altered["field"],
                    "box": [at(0) - x as f32, at(1) - y as f32, at(2), at(3)],
                })
            })
            .collect();
        strips.push(json!({
            "strip": stem, "file": name, "field": field.name, "level": line["level"],
            "control": line["effect"], "alterations": alterations,
        }));
    }
    Ok(Some(strips))
}
