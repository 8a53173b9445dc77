//! Lays a generated form on its blank as the product does it; the printed texts are not read but put where the truth has
//! them.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use rayon::prelude::*;
use serde_json::Value;
use vouch::{
    domain::{DocumentKind, Homography, Point, Quad, Reader, Rect},
    forms::{self, FormLibrary, Laid, Template},
    imaging::{DecodeScale, Limits, open},
    ocr::TextLine,
};

/// Cuts every form of the set that the first argument names into the folder of the second; what `cut(set, out, index, line,
/// library)` tells of each goes into `out/index_file`, a line each.
pub fn cut_set(
    index_file: &str,
    cut: impl Fn(&Path, &Path, usize, &Value, &FormLibrary) -> Result<Vec<Value>> + Sync,
) -> Result<()> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [set, out] = folders.as_slice() else { anyhow::bail!("two folders are asked for: SET OUT") };
    fs::create_dir_all(out)?;
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global()?;
    let truth = fs::read_to_string(set.join("truth.jsonl")).context("reading the truth")?;
    let lines: Vec<Value> = truth.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let library = FormLibrary::default();
    let found: Vec<Vec<Value>> = lines
        .par_iter()
        .enumerate()
        .map(|(index, line)| cut(set, out, index, line, &library))
        .collect::<Result<_>>()?;
    let mut file = fs::File::create(out.join(index_file))?;
    for line in found.iter().flatten() {
        writeln!(file, "{line}")?;
    }
    Ok(())
}

/// The form that a line of `truth.jsonl` tells of; `None` when it cannot be opened or does not fit.
pub fn lay_out<'a>(
    set: &Path,
    line: &Value,
    library: &'a FormLibrary,
) -> Result<Option<(Laid, &'a Template)>> {
    let name = line["file"].as_str().context("file")?;
    let kind: DocumentKind = line["kind"].as_str().context("kind")?.parse()?;
    let bytes = fs::read(set.join(name))?;
    let Ok(opened) = open(name, &bytes, &Limits::default(), DecodeScale::READING) else { return Ok(None) };
    let (Some(page), Some(template)) = (opened.pages.first(), library.of(kind).next()) else {
        return Ok(None);
    };
    let Ok(quad) = serde_json::from_value::<Quad>(line["quad"].clone()) else { return Ok(None) };
    // The truth is in the original's pixels, the page may be decoded smaller.
    let scale = page.pixels.width() as f32 / page.width as f32;
    let quad = quad.map(|p| Point::new(p.x * scale, p.y * scale));
    let definition = &template.definition;
    let whole = Quad::from_rect(Rect::new(0.0, 0.0, definition.width_mm, definition.height_mm));
    let Some(map) = Homography::between(&whole, &quad) else { return Ok(None) };
    let texts: Vec<TextLine> = definition
        .anchors
        .iter()
        .map(|anchor| {
            let quad = Quad::from_rect(anchor.place).map(|p| map.apply(p));
            TextLine::plain(&anchor.text, quad, 1.0, Reader::Ppocr)
        })
        .collect();
    Ok(forms::lay_out(&page.pixels, &texts, template).map(|laid| (laid, template)))
}
