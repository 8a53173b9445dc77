//! Cuts entries out of generated forms as the recogniser gets them: `hand_lines SET OUT` writes PNGs and
//! `lines.jsonl` with what each says. Only entries that were written in one line and as the truth spells them.

#[path = "../laid.rs"]
mod laid;

use std::{fs, io::Write as _, path::PathBuf};

use anyhow::{Context as _, Result};
use rayon::prelude::*;
use serde_json::{Value, json};
use vouch::forms::{FormLibrary, Look};

/// Fields whose normal form is what is written.
const SPELLED: &[&str] = &[
    "name",
    "id_number",
    "phone",
    "employer",
    "school",
    "major",
    "occupation",
    "address",
    "number",
    "code",
    "witness",
];

fn main() -> Result<()> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [set, out] = folders.as_slice() else { anyhow::bail!("usage: hand_lines SET OUT") };
    fs::create_dir_all(out)?;
    rayon::ThreadPoolBuilder::new().num_threads(2).build_global()?;
    let truth = fs::read_to_string(set.join("truth.jsonl")).context("reading the truth")?;
    let lines: Vec<Value> = truth.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let library = FormLibrary::default();
    let found: Vec<Vec<Value>> = lines
        .par_iter()
        .enumerate()
        .map(|(index, line)| {
            let Some((laid, template)) = laid::lay_out(set, line, &library)? else { return Ok(Vec::new()) };
            let mut found = Vec::new();
            let fields = line["fields"].as_object().context("fields")?;
            for (k, (field, value)) in fields.iter().enumerate() {
                let part = field.rsplit(['.', '_']).next().unwrap_or_default();
                let (Some(text), true) =
                    (value.as_str(), SPELLED.contains(&field.as_str()) || SPELLED.contains(&part))
                else {
                    continue;
                };
                for look in [Look::Ink, Look::Place] {
                    let pictures = laid.pictures(template, field, look);
                    let [picture] = pictures.as_slice() else { continue };
                    let name = format!("{index:05}_{k:02}_{look:?}.png");
                    picture.save(out.join(&name))?;
                    found.push(json!({
                        "picture": name, "file": line["file"], "field": field, "text": text, "level": line["level"],
                        "look": format!("{look:?}"),
                    }));
                }
            }
            Ok(found)
        })
        .collect::<Result<_>>()?;
    let mut file = fs::File::create(out.join("lines.jsonl"))?;
    for line in found.iter().flatten() {
        writeln!(file, "{line}")?;
    }
    Ok(())
}
