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
    /// Whether an entry may run on beyond its right edge: text does, digits are squeezed.
    runs_on: bool,
    /// Whether it is a cell with a frame around it; a gap has but the line under it.
    is_framed: bool,
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
    let loose: Vec<&Piece> = ink.pieces.iter().filter(|piece| !give(piece, &mut slots)).collect();
    run_on(loose, &mut slots, scale);
    for slot in &mut slots {
        let (place, is_framed) = (slot.place, slot.is_framed);
        slot.pieces.retain(|piece| !is_rest_of_rule(piece, place, is_framed, scale));
    }
    slots
}

/// Thickest rest of a rule that was not quite where the blank has it, in mm (its mean, so that a slope
/// does not count); how far from the edge of its slot it lies; its least length against its thickness;
/// and how far a slope or a curl may spread it, in mm.
const REST_THICKNESS_MM: f32 = 0.5;
const REST_DISTANCE_MM: f32 = 0.9;
const REST_ASPECT: f32 = 3.0;
const REST_SPREAD_MM: f32 = 1.2;
/// A rule that goes on for so long, in mm, may be so far from where the blank has it: the sheet curls there. Dashes that
/// are written so long stand in the middle of their cells, which are 8 mm high and more.
const LONG_REST_MM: f32 = 6.0;
const LONG_REST_DISTANCE_MM: f32 = 1.8;

/// Whether a piece is left over from the line under a gap or the frame around a cell. An upright stroke at the end of a gap
/// is a 1, unless it is as long as the frame of the table that the gap stands in.
fn is_rest_of_rule(piece: &Piece, place: Rect, is_framed: bool, scale: f32) -> bool {
    let (thickest, spread) = (REST_THICKNESS_MM * scale, REST_SPREAD_MM * scale);
    let (w, h) = (piece.bounds.width(), piece.bounds.height());
    let (length, across) = (w.max(h), w.min(h));
    let is_long = length >= LONG_REST_MM * scale;
    let nearest = scale * if is_long { LONG_REST_DISTANCE_MM } else { REST_DISTANCE_MM };
    let near = |v: f32, edges: [f32; 2]| edges.iter().any(|edge| (v - edge).abs() <= nearest);
    let thickness = piece.pixels.len() as f32 / length.max(1.0);
    if thickness > thickest || across > spread || length < across.max(thickness) * REST_ASPECT {
        return false;
    }
    let middle = piece.bounds.center();
    if w >= h {
        near(middle.y, [place.top, place.bottom])
    } else {
        (is_framed || is_long) && near(middle.x, [place.left, place.right])
    }
}

/// How far beyond its place an entry may run on to the right, in mm, and the widest gap within it.
const RUN_ON_MM: f32 = 7.0;
const RUN_ON_GAP_MM: f32 = 1.3;

/// Gives ink that belongs to no slot to the text that runs into it from the left.
fn run_on(loose: Vec<&Piece>, slots: &mut [Slot], scale: f32) {
    let mut loose = loose;
    loose.sort_by(|a, b| a.bounds.left.total_cmp(&b.bounds.left));
    for piece in loose {
        let taker = slots.iter_mut().find(|slot| {
            let Some(bounds) = slot.bounds() else { return false };
            let middle = piece.bounds.center();
            slot.runs_on
                && bounds.right >= slot.place.right - RUN_ON_GAP_MM * scale
                && middle.x > slot.place.right
                && piece.bounds.right <= slot.place.right + RUN_ON_MM * scale
                && piece.bounds.left - bounds.right <= RUN_ON_GAP_MM * scale
                && (slot.place.top..slot.place.bottom).contains(&middle.y)
        });
        if let Some(slot) = taker {
            slot.pieces.push(piece.clone());
        }
    }
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
                runs_on: field.field_type == FieldType::Text,
                is_framed: field.shape != Shape::Line,
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

/// Gives a piece of ink to the slot that it lies in, or its parts to several; false when it lies in
/// none.
fn give(piece: &Piece, slots: &mut [Slot]) -> bool {
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
        return true;
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
        return true;
    }
    let wide: Vec<(usize, f32)> = near.iter().map(|&i| (i, share(slots[i].reach))).collect();
    let nearest = wide.iter().filter(|(_, s)| *s >= WITHIN).min_by(|a, b| {
        distance(slots[a.0].place, piece.bounds).total_cmp(&distance(slots[b.0].place, piece.bounds))
    });
    let taker = nearest.or_else(|| strict.iter().filter(|(_, s)| *s >= TOUCHES).max_by(by_share));
    if let Some(&(best, _)) = taker {
        slots[best].pieces.push(piece.clone());
    }
    taker.is_some()
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

/// How an entry is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Its ink alone on white paper.
    Ink,
    /// Its place on the sheet as it is, print and neighbours included: what was lost with the print is
    /// still there.
    Place,
}

/// The pictures of an entry's lines, top to bottom.
pub fn line_pictures(ink: &InkLayer, pieces: &[&Piece], multiline: bool, look: Look) -> Vec<RgbImage> {
    let Some(bounds) = pieces.iter().map(|piece| piece.bounds).reduce(Rect::union) else {
        return Vec::new();
    };
    match split_row(ink, pieces, bounds, multiline) {
        None => vec![picture(ink, pieces, bounds, look)],
        Some(row) => {
            let (above, below): (Vec<&Piece>, Vec<&Piece>) =
                pieces.iter().partition(|piece| piece.bounds.center().y < row);
            [above, below]
                .iter()
                .filter_map(|part| {
                    let bounds = part.iter().map(|piece| piece.bounds).reduce(Rect::union)?;
                    Some(picture(ink, part, bounds, look))
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

fn picture(ink: &InkLayer, pieces: &[&Piece], bounds: Rect, look: Look) -> RgbImage {
    let scale = ink.px_per_mm;
    let missing = (MIN_LINE_MM * scale - bounds.height()).max(0.0) / 2.0;
    let place = bounds.inflate(MARGIN_X_MM * scale, MARGIN_Y_MM * scale + missing);
    let grey: GrayImage = match look {
        Look::Ink => ink.picture(pieces, place),
        Look::Place => ink.place(place),
    };
    DynamicImage::ImageLuma8(grey).into_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(left: f32, right: f32) -> Slot {
        let place = Rect::new(left, 100.0, right, 160.0);
        Slot {
            field: 0,
            part: None,
            runs_on: false,
            is_framed: true,
            place,
            reach: place.inflate(8.0, 20.0),
            pieces: Vec::new(),
        }
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
    fn the_rest_of_a_frame_is_no_entry() {
        let place = Rect::new(0.0, 100.0, 200.0, 160.0);
        assert!(is_rest_of_rule(&stroke(20, 60, 157), place, true, 8.0));
        assert!(!is_rest_of_rule(&stroke(20, 60, 125), place, true, 8.0));
        // A rule may be farther off where it is long enough to be none that was written.
        assert!(!is_rest_of_rule(&stroke(20, 60, 150), place, true, 8.0));
        assert!(is_rest_of_rule(&stroke(20, 80, 148), place, true, 8.0));
        // A stroke that stands on the line is no rest of it.
        let tall = Piece { bounds: Rect::new(20.0, 120.0, 60.0, 160.0), ..stroke(20, 60, 158) };
        assert!(!is_rest_of_rule(&tall, place, true, 8.0));
    }

    #[test]
    fn a_one_at_the_end_of_a_gap_is_an_entry() {
        let place = Rect::new(0.0, 100.0, 200.0, 160.0);
        let one = Piece {
            pixels: (115..140).flat_map(|y| [(4, y), (5, y)]).collect(),
            bounds: Rect::new(4.0, 115.0, 6.0, 140.0),
        };
        assert!(!is_rest_of_rule(&one, place, false, 8.0));
        assert!(is_rest_of_rule(&one, place, true, 8.0));
    }

    #[test]
    fn a_name_that_runs_over_its_edge_stays_whole() {
        let mut slots = [Slot { runs_on: true, ..slot(0.0, 100.0) }];
        give(&stroke(60, 98, 130), &mut slots);
        let over = stroke(104, 130, 130);
        run_on(vec![&over], &mut slots, 8.0);
        assert_eq!(slots[0].pieces.len(), 2);
    }

    #[test]
    fn a_stroke_through_two_slots_is_shared() {
        let mut slots = [slot(0.0, 100.0), slot(120.0, 220.0)];
        give(&stroke(40, 180, 130), &mut slots);
        assert_eq!(slots[0].pieces[0].pixels.len(), 120);
        assert_eq!(slots[1].pieces[0].pixels.len(), 120);
    }
}
