//! Cuts entries out of generated forms as the recogniser gets them: `hand_lines SET OUT` writes PNGs and
//! `lines.jsonl` with what each says. Only entries that were written in one line and as the truth spells them.

#[path = "../laid.rs"]
mod laid;

use std::path::Path;

use anyhow::{Context as _, Result};
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
    laid::cut_set("lines.jsonl", entries)
}

fn entries(set: &Path, out: &Path, index: usize, line: &Value, library: &FormLibrary) -> Result<Vec<Value>> {
    let Some((laid, template)) = laid::lay_out(set, line, library)? else { return Ok(Vec::new()) };
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
}
