//! Which box of a choice is marked.

use crate::domain::Rect;

use super::{decode::Decoded, definition::FieldDefinition, ink::InkLayer};

/// Least share of a box's inside that a mark covers. A thin tick covers a tenth; below this it is dirt.
const MARKED: f32 = 0.035;
/// A second box with at least this share of the first one's ink is marked as well.
const ALSO_MARKED: f32 = 0.45;
/// How much of a box's side its printed frame and its surroundings take.
const FRAME: f32 = 0.12;
/// Certainty of a mark that is as faint as [`MARKED`]; it grows to 1 with the ink.
const FAINT: f32 = 0.6;

/// What was marked.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    One(Decoded),
    /// Several boxes: which one is meant cannot be told.
    Several(Decoded),
    None,
}

/// Measures the ink in each box. Places are in mm.
pub fn read(field: &FieldDefinition, ink: &InkLayer) -> Mark {
    let scale = ink.px_per_mm;
    let mut boxes: Vec<(&str, f32)> = field
        .options
        .iter()
        .map(|(value, mm)| {
            let inset = mm.width() * FRAME;
            let place = Rect::new(mm.left * scale, mm.top * scale, mm.right * scale, mm.bottom * scale)
                .inflate(-inset * scale, -inset * scale);
            (value.as_str(), coverage(ink, place))
        })
        .collect();
    boxes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some(&(value, most)) = boxes.first().filter(|(_, most)| *most >= MARKED) else { return Mark::None };
    let second = boxes.get(1).map_or(0.0, |(_, share)| *share);
    let probability = (FAINT + (1.0 - FAINT) * (most / MARKED - 1.0).min(1.0)) * (1.0 - 0.5 * second / most);
    let decoded = Decoded {
        value: value.to_owned(),
        text: "√".to_owned(),
        probability,
        alternatives: boxes
            .iter()
            .skip(1)
            .filter(|(_, share)| *share >= MARKED)
            .map(|(value, share)| ((*value).to_owned(), share / (most + share)))
            .collect(),
    };
    if second >= most * ALSO_MARKED && second >= MARKED { Mark::Several(decoded) } else { Mark::One(decoded) }
}

/// Share of a place's pixels that are ink.
fn coverage(ink: &InkLayer, place: Rect) -> f32 {
    let inside: usize = ink
        .pieces
        .iter()
        .filter(|piece| {
            let meet = piece.bounds.intersection(place);
            meet.width() > 0.0 && meet.height() > 0.0
        })
        .flat_map(|piece| &piece.pixels)
        .filter(|&&(x, y)| {
            let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
            (place.left..place.right).contains(&x) && (place.top..place.bottom).contains(&y)
        })
        .count();
    inside as f32 / place.area().max(1.0)
}
