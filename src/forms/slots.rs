//! Which ink belongs to which gap of the form, and the picture of it that is read.

use image::{DynamicImage, GrayImage, RgbImage};

use crate::domain::Rect;

use super::{
    definition::{FieldDefinition, FieldType, FormDefinition, Part, Shape},
    ink::{InkLayer, Piece},
};

/// A place to write in: a field, or one part of a date.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Index of the field in its definition.
    pub field: usize,
    pub part: Option<Part>,
    /// Whether a line is printed at its lower edge.
    on_line: bool,
    /// Pixels of the sheet.
    pub place: Rect,
    /// Where ink that belongs to it may lie.
    reach: Rect,
    pub pieces: Vec<Piece>,
}

/// How far writing leaves its place, in mm.
const REACH_SIDE_MM: f32 = 0.8;
/// Writing over a line stands above it; tall strokes reach the row above.
const REACH_ABOVE_LINE_MM: f32 = 2.6;
const REACH_BELOW_LINE_MM: f32 = 1.8;
const REACH_CELL_MM: f32 = 1.0;
/// Share of a piece within a slot from which it is the slot's without question.
const WITHIN: f32 = 0.6;
/// Least share of a piece that is cut off for a slot.
const TOUCHES: f32 = 0.15;
/// Least ink of an entry in mm²: two short strokes.
const MIN_ENTRY_MM2: f32 = 0.55;
/// Least extent of an entry in mm.
const MIN_ENTRY_MM: f32 = 1.2;

impl Slot {
    /// Whether something is written in it.
    pub fn is_filled(&self, px_per_mm: f32) -> bool {
        let ink = self.pieces.iter().map(|piece| piece.pixels.len()).sum::<usize>() as f32;
        let Some(bounds) = self.bounds() else { return false };
        ink >= MIN_ENTRY_MM2 * px_per_mm * px_per_mm
            && bounds.width().max(bounds.height()) >= MIN_ENTRY_MM * px_per_mm
    }

    /// Around its ink, in pixels of the sheet.
    pub fn bounds(&self) -> Option<Rect> {
        self.pieces.iter().map(|piece| piece.bounds).reduce(Rect::union)
    }
}

/// The slots of a form with the ink that belongs to each.
pub fn distribute(definition: &FormDefinition, ink: &InkLayer) -> Vec<Slot> {
    let scale = ink.px_per_mm;
    let mut slots: Vec<Slot> = definition
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.field_type != FieldType::Choice)
        .flat_map(|(index, field)| slots_of(index, field, scale))
        .collect();
    for piece in &ink.pieces {
        give(piece, &mut slots);
    }
    for slot in slots.iter_mut().filter(|slot| slot.on_line) {
        let place = slot.place;
        slot.pieces.retain(|piece| !is_rest_of_line(piece.bounds, place, scale));
    }
    slots
}

/// Highest rest of a line that was not quite where the blank has it, in mm; how far from the gap's
/// lower edge it lies; and its least length against its height.
const REST_HEIGHT_MM: f32 = 0.5;
const REST_DISTANCE_MM: f32 = 0.9;
const REST_ASPECT: f32 = 3.0;

/// Whether a piece is left over from the line that is printed at the lower edge of a gap.
fn is_rest_of_line(piece: Rect, place: Rect, scale: f32) -> bool {
    piece.height() <= REST_HEIGHT_MM * scale
        && piece.width() >= piece.height() * REST_ASPECT
        && (piece.center().y - place.bottom).abs() <= REST_DISTANCE_MM * scale
}

fn slots_of(index: usize, field: &FieldDefinition, scale: f32) -> Vec<Slot> {
    let places: Vec<(Option<Part>, Rect)> = if field.parts.is_empty() {
        vec![(None, field.place)]
    } else {
        field.parts.iter().map(|&(part, place)| (Some(part), place)).collect()
    };
    places
        .into_iter()
        .map(|(part, mm)| {
            let (above, below) = match field.shape {
                Shape::Line => (REACH_ABOVE_LINE_MM, REACH_BELOW_LINE_MM),
                _ => (REACH_CELL_MM, REACH_CELL_MM),
            };
            let reach = Rect::new(
                mm.left - REACH_SIDE_MM,
                mm.top - above,
                mm.right + REACH_SIDE_MM,
                mm.bottom + below,
            );
            Slot {
                field: index,
                part,
                on_line: field.shape == Shape::Line,
                place: scaled(mm, scale),
                reach: scaled(reach, scale),
                pieces: Vec::new(),
            }
        })
        .collect()
}

fn scaled(mm: Rect, scale: f32) -> Rect {
    Rect::new(mm.left * scale, mm.top * scale, mm.right * scale, mm.bottom * scale)
}

/// Gives a piece of ink to the slot that it lies in, or its parts to several.
fn give(piece: &Piece, slots: &mut [Slot]) {
    let near: Vec<usize> = (0..slots.len())
        .filter(|&i| slots[i].reach.intersection(piece.bounds).area() > 0.0)
        .filter(|&i| {
            let meet = slots[i].reach.intersection(piece.bounds);
            meet.width() > 0.0 && meet.height() > 0.0
        })
        .collect();
    let share = |rect: Rect| {
        let inside = piece.pixels.iter().filter(|&&(x, y)| holds(rect, x, y)).count();
        inside as f32 / piece.pixels.len().max(1) as f32
    };
    let strict: Vec<(usize, f32)> = near.iter().map(|&i| (i, share(slots[i].place))).collect();
    let by_share = |a: &&(usize, f32), b: &&(usize, f32)| a.1.total_cmp(&b.1);
    if let Some(&(best, _)) = strict.iter().filter(|(_, s)| *s >= WITHIN).max_by(by_share) {
        slots[best].pieces.push(piece.clone());
        return;
    }
    let several: Vec<usize> = strict.iter().filter(|(_, s)| *s >= TOUCHES).map(|(i, _)| *i).collect();
    if several.len() >= 2 {
        // A stroke through several gaps: each has its part of it.
        for i in several {
            let reach = slots[i].place;
            let pixels: Vec<(u32, u32)> =
                piece.pixels.iter().filter(|&&(x, y)| holds(reach, x, y)).copied().collect();
            let bounds = piece.bounds.intersection(reach);
            slots[i].pieces.push(Piece { pixels, bounds });
        }
        return;
    }
    let wide: Vec<(usize, f32)> = near.iter().map(|&i| (i, share(slots[i].reach))).collect();
    let nearest = wide
        .iter()
        .filter(|(_, s)| *s >= WITHIN)
        .min_by(|a, b| distance(slots[a.0].place, piece.bounds).total_cmp(&distance(slots[b.0].place, piece.bounds)));
    if let Some(&(best, _)) = nearest.or_else(|| strict.iter().filter(|(_, s)| *s >= TOUCHES).max_by(by_share)) {
        slots[best].pieces.push(piece.clone());
    }
}

fn holds(rect: Rect, x: u32, y: u32) -> bool {
    let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
    (rect.left..rect.right).contains(&x) && (rect.top..rect.bottom).contains(&y)
}

/// From the middle of `b` to the nearest place of `a`.
fn distance(a: Rect, b: Rect) -> f32 {
    let c = b.center();
    let dx = (a.left - c.x).max(c.x - a.right).max(0.0);
    let dy = (a.top - c.y).max(c.y - a.bottom).max(0.0);
    dx.hypot(dy)
}

/// Margins around the ink of a picture, in mm.
const MARGIN_X_MM: f32 = 0.8;
const MARGIN_Y_MM: f32 = 0.45;
/// Least height of a line's picture in mm: a dash must not become as tall as a character.
const MIN_LINE_MM: f32 = 3.4;
/// A line of an entry in several lines is at least this high, in mm.
const MIN_ROW_MM: f32 = 2.0;
/// How much ink the gap between two lines may have, against the fullest row.
const GAP_INK: f32 = 0.06;

/// The pictures of an entry's lines, top to bottom.
pub fn line_pictures(ink: &InkLayer, pieces: &[&Piece], multiline: bool) -> Vec<RgbImage> {
    let Some(bounds) = pieces.iter().map(|piece| piece.bounds).reduce(Rect::union) else {
        return Vec::new();
    };
    match split_row(ink, pieces, bounds, multiline) {
        None => vec![picture(ink, pieces, bounds)],
        Some(row) => {
            let (above, below): (Vec<&Piece>, Vec<&Piece>) =
                pieces.iter().partition(|piece| piece.bounds.center().y < row);
            [above, below]
                .iter()
                .filter_map(|part| {
                    let bounds = part.iter().map(|piece| piece.bounds).reduce(Rect::union)?;
                    Some(picture(ink, part, bounds))
                })
                .collect()
        }
    }
}

/// Where an entry parts into two lines, if it does.
fn split_row(ink: &InkLayer, pieces: &[&Piece], bounds: Rect, multiline: bool) -> Option<f32> {
    let scale = ink.px_per_mm;
    let least = MIN_ROW_MM * scale;
    // One line of writing is rarely taller than 7 mm; two lines are wider than they are high.
    if bounds.height() < 2.0 * least + scale * 0.2 || (!multiline && bounds.width() < bounds.height() * 2.5) {
        return None;
    }
    let height = bounds.height().ceil() as usize + 1;
    let mut rows = vec![0_u32; height];
    for piece in pieces {
        for &(_, y) in &piece.pixels {
            if let Some(row) = rows.get_mut((y as f32 - bounds.top).max(0.0) as usize) {
                *row += 1;
            }
        }
    }
    let fullest = rows.iter().copied().max().unwrap_or(0) as f32;
    let (from, to) = (least as usize, height.saturating_sub(least as usize));
    let (row, emptiest) =
        (from..to).map(|y| (y, rows[y])).min_by_key(|&(y, n)| (n, y.abs_diff(height / 2)))?;
    (emptiest as f32 <= fullest * GAP_INK).then_some(bounds.top + row as f32)
}

fn picture(ink: &InkLayer, pieces: &[&Piece], bounds: Rect) -> RgbImage {
    let scale = ink.px_per_mm;
    let missing = (MIN_LINE_MM * scale - bounds.height()).max(0.0) / 2.0;
    let place = bounds.inflate(MARGIN_X_MM * scale, MARGIN_Y_MM * scale + missing);
    let grey: GrayImage = ink.picture(pieces, place);
    DynamicImage::ImageLuma8(grey).into_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(left: f32, right: f32) -> Slot {
        let place = Rect::new(left, 100.0, right, 160.0);
        Slot { field: 0, part: None, on_line: false, place, reach: place.inflate(8.0, 20.0), pieces: Vec::new() }
    }

    fn stroke(from: u32, to: u32, y: u32) -> Piece {
        Piece {
            pixels: (from..to).flat_map(|x| [(x, y), (x, y + 1)]).collect(),
            bounds: Rect::new(from as f32, y as f32, to as f32, y as f32 + 2.0),
        }
    }

    #[test]
    fn ink_goes_to_the_slot_it_lies_in() {
        let mut slots = [slot(0.0, 100.0), slot(120.0, 220.0)];
        give(&stroke(10, 60, 130), &mut slots);
        give(&stroke(130, 180, 90), &mut slots);
        give(&stroke(300, 340, 130), &mut slots);
        assert_eq!(slots.map(|s| s.pieces.len()), [1, 1]);
    }

    #[test]
    fn a_stroke_through_two_slots_is_shared() {
        let mut slots = [slot(0.0, 100.0), slot(120.0, 220.0)];
        give(&stroke(40, 180, 130), &mut slots);
        assert_eq!(slots[0].pieces[0].pixels.len(), 120);
        assert_eq!(slots[1].pieces[0].pixels.len(), 120);
    }
}
