//! Cuts the strips that the traces network is trained on out of generated forms: `alteration_strips SET
//! OUT` writes PNGs (colour, and the blank's darkness) and `strips.jsonl` with the places of
//! alterations. The page is laid on its blank as the product does it; the printed texts are not read but
//! put where the truth has them.

#[path = "../laid.rs"]
mod laid;

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use image::{GrayImage, imageops};
use serde_json::{Value, json};
use vouch::{
    forensics::strip::Evened,
    forms::{FormLibrary, sheet::PX_PER_MM},
};

fn main() -> Result<()> {
    laid::cut_set("strips.jsonl", |set, out, index, line, library| {
        page(set, out, index, line, library).map(Option::unwrap_or_default)
    })
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
