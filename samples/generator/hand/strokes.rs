//! Median strokes of Chinese characters, in the order they are written (npm `hanzi-writer-data`).

use std::{collections::HashMap, path::Path, sync::OnceLock};

/// Points in em, x to the right, y up, baseline at 0.
pub type Stroke = Vec<(f32, f32)>;

/// Units an em in the data.
const UNITS: f32 = 1024.0;

fn table() -> &'static HashMap<char, String> {
    static TABLE: OnceLock<HashMap<char, String>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/fonts/strokes.txt");
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("generate: no stroke data; run scripts/install-handwriting");
            return HashMap::new();
        };
        text.lines()
            .filter_map(|line| {
                let (ch, strokes) = line.split_once('\t')?;
                Some((ch.chars().next()?, strokes.to_owned()))
            })
            .collect()
    })
}

/// Whether the data was fetched.
pub fn installed() -> bool {
    !table().is_empty()
}

/// The strokes of `c`.
pub fn of(c: char) -> Option<Vec<Stroke>> {
    table().get(&c).map(|line| parse(line))
}

/// Reads `x,y x,y;x,y …`.
pub fn parse(line: &str) -> Vec<Stroke> {
    line.split(';')
        .map(|stroke| {
            stroke
                .split_whitespace()
                .filter_map(|point| {
                    let (x, y) = point.split_once(',')?;
                    Some((x.parse::<f32>().ok()? / UNITS, y.parse::<f32>().ok()? / UNITS))
                })
                .collect()
        })
        .collect()
}
