//! The traces of an earlier compression: a picture that was coded before has coefficients that keep to the earlier steps,
//! wherever nothing was put over them since.
//!
//! How the coefficients of such a picture are spread is seen in the picture itself, and how they would be without the
//! earlier coding is seen when its blocks are cut four pixels aside, where the earlier steps leave no trace (Lukáš and
//! Fridrich 2003; Bianchi and Piva 2012). A block is as doubtful as its coefficients are likelier of the second kind.

use crate::{domain::Rect, forensics::file_history::luminance_table_of};

use super::luma::{Luma, quantile};

/// Side of a block, px.
const SIDE: usize = 8;
/// How far aside the blocks without traces are cut.
const ASIDE: usize = 4;
/// Frequencies looked at: rows and columns up to this, without the mean. Higher ones are quantised to nothing.
const FREQUENCIES: usize = 5;
/// Multiples of the step that are told apart; what is larger is rare and counts as this.
const LEVELS: usize = 24;
/// Added to each count, so that what was seen once says little.
const PRIOR: f32 = 4.0;
/// Most that one coefficient may say, natural logarithm: one odd value proves nothing.
const MOST: f32 = 2.5;
/// Blocks below which nothing is known about their spread.
const FEWEST: usize = 400;
/// Blocks of a place that must not be clipped: one alone is chance.
const LEAST_KNOWN: usize = 2;
/// Blocks along the side of a tile: about as many as a character has.
const TILE: usize = 3;

/// Clarity from which a picture is judged. Below it the earlier steps were no coarser than the later ones, or there was no
/// earlier coding, and what differs from place to place is noise.
pub(super) const LEAST_CLARITY: f32 = 1.3;
/// Measure from which a window is doubtful. Of 14 controls that could be judged while this was set, a picture with an app's
/// watermark reached 1.53 and one that was filtered as a whole 1.36; ten of 13 edited lines measured 1.8 and more. Lower finds
/// small dabs of the clone stamp, too, which reach 1.0 to 1.5.
pub(super) const THRESHOLD: f32 = 1.6;
/// Measure from which a tile is uneven, and the share of tiles outside of what is doubtful that may be: beyond it something
/// else than an edit of a field took the traces away, such as a filter that clipped, light that the camera clipped, or an app's
/// watermark, which left 0.018 where it lay over two fields. Most of what is untouched has 0.004 and less.
pub(super) const UNEVEN: f32 = 0.8;
pub(super) const MOST_UNEVEN: f32 = 0.01;
/// Fields that may be doubtful: who changes more makes the document anew, and marks laid over the whole picture touch more.
pub(super) const MOST_FIELDS: usize = 3;

/// Offset and slope of the logistic curve of [`likelihood`]: fitted to 13 edited and 900 untouched lines of generated pictures,
/// both sorts weighing the same, so that it speaks of the traces alone and not of how common edits are.
const LIKELIHOOD: (f32, f32) = (-3.46, 3.30);

/// The grid of a file's blocks, and the steps of its coefficients.
pub struct Coding {
    /// Where the first whole block begins, px of the picture after its EXIF orientation.
    offset: (usize, usize),
    /// Steps by row and column of frequencies, in that orientation.
    steps: [f32; SIDE * SIDE],
}

impl Coding {
    /// That of a JPEG whose picture is `width` × `height` after `orientation` (EXIF) was applied; `None` of other files.
    pub fn of(bytes: &[u8], orientation: Option<u8>, (width, height): (u32, u32)) -> Option<Self> {
        let table = luminance_table_of(bytes)?;
        let orientation = orientation.unwrap_or(1);
        let from_right = matches!(orientation, 2 | 3 | 6 | 7);
        let from_bottom = matches!(orientation, 3 | 4 | 7 | 8);
        let rest = |flipped: bool, length: u32| if flipped { length as usize % SIDE } else { 0 };
        let steps = std::array::from_fn(|i| {
            let (row, column) = (i / SIDE, i % SIDE);
            let at = if orientation >= 5 { column * SIDE + row } else { i };
            f32::from(table[at]).max(1.0)
        });
        Some(Self { offset: (rest(from_right, width), rest(from_bottom, height)), steps })
    }
}

/// How likely it is that a field whose most doubtful window measures so much was edited, 0 to 1.
pub(super) fn likelihood(measure: f32) -> f32 {
    let (offset, slope) = LIKELIHOOD;
    1.0 / (1.0 + (-(offset + slope * measure)).exp())
}

/// How doubtful each block is.
pub(super) struct History {
    /// Upper left corner of the first block, px of the picture.
    origin: (usize, usize),
    columns: usize,
    rows: usize,
    /// By row and column: 0 for a block that is as the picture is, 1 for one that says nothing, 2 for one that is as
    /// clearly of the other kind; `None` where it is clipped.
    measures: Vec<Option<f32>>,
    /// What a block says at the median, natural logarithm: how clear the earlier traces are.
    pub clarity: f32,
}

impl History {
    /// `None` where there are too few blocks that are not clipped.
    pub fn of(luma: &Luma, coding: &Coding) -> Option<Self> {
        let basis = basis();
        let first = |start: usize, offset: usize| (offset + SIDE - start % SIDE) % SIDE;
        let corner = (first(luma.left, coding.offset.0), first(luma.top, coding.offset.1));
        let columns = luma.width.checked_sub(corner.0)? / SIDE;
        let rows = luma.height.checked_sub(corner.1)? / SIDE;
        if columns * rows < FEWEST {
            return None;
        }
        let block = |column: usize, row: usize, aside: usize| {
            let place = (corner.0 + column * SIDE + aside, corner.1 + row * SIDE + aside);
            levels(luma, place, coding, &basis)
        };
        let own: Vec<Option<Levels>> =
            (0..columns * rows).map(|i| block(i % columns, i / columns, 0)).collect();
        // The last row and column have no room aside.
        let moved = (0..(columns - 1) * (rows - 1))
            .filter_map(|i| block(i % (columns - 1), i / (columns - 1), ASIDE));
        let here = Spread::of(own.iter().flatten().copied());
        let there = Spread::of(moved);
        if here.blocks < FEWEST || there.blocks < FEWEST {
            return None;
        }
        let mut measures: Vec<Option<f32>> =
            own.iter().map(|block| block.as_ref().map(|levels| there.against(&here, levels))).collect();
        let mut known: Vec<f32> = measures.iter().flatten().copied().collect();
        let clarity = -quantile(&mut known, 0.5)?;
        for measure in measures.iter_mut().flatten() {
            *measure = 1.0 + *measure / clarity.max(f32::EPSILON);
        }
        Some(Self { origin: (luma.left + corner.0, luma.top + corner.1), columns, rows, measures, clarity })
    }

    /// Mean measure of the blocks whose middle is in `place`; `None` where most of them are clipped.
    pub fn measure(&self, place: Rect) -> Option<f32> {
        let index = |v: f32, origin: usize| {
            ((v - origin as f32 - SIDE as f32 / 2.0) / SIDE as f32).ceil().max(0.0) as usize
        };
        let (left, top) = (index(place.left, self.origin.0), index(place.top, self.origin.1));
        let right = index(place.right, self.origin.0).min(self.columns);
        let bottom = index(place.bottom, self.origin.1).min(self.rows);
        self.mean(left, top, right, bottom)
    }

    /// That of whole squares of blocks, with their places.
    pub fn tiles(&self) -> impl Iterator<Item = (Rect, f32)> {
        let at = |column: usize, row: usize| {
            ((self.origin.0 + column * SIDE) as f32, (self.origin.1 + row * SIDE) as f32)
        };
        (0..self.rows / TILE * TILE).step_by(TILE).flat_map(move |row| {
            (0..self.columns / TILE * TILE).step_by(TILE).filter_map(move |column| {
                let mean = self.mean(column, row, column + TILE, row + TILE)?;
                let (left, top) = at(column, row);
                let (right, bottom) = at(column + TILE, row + TILE);
                Some((Rect::new(left, top, right, bottom), mean))
            })
        })
    }

    fn mean(&self, left: usize, top: usize, right: usize, bottom: usize) -> Option<f32> {
        let inside = (top..bottom).flat_map(|row| (left..right).map(move |column| (column, row)));
        let known: Vec<f32> =
            inside.filter_map(|(column, row)| self.measures[row * self.columns + column]).collect();
        let all = right.saturating_sub(left) * bottom.saturating_sub(top);
        (known.len() >= LEAST_KNOWN && 2 * known.len() >= all)
            .then(|| known.iter().sum::<f32>() / known.len() as f32)
    }
}

/// Multiples of the steps of a block's coefficients, without signs.
type Levels = [u8; FREQUENCIES * FREQUENCIES];

/// How often each multiple occurs at each frequency.
struct Spread {
    counts: Vec<[f32; LEVELS + 1]>,
    blocks: usize,
}

impl Spread {
    fn of(blocks: impl Iterator<Item = Levels>) -> Self {
        let mut spread = Self { counts: vec![[0.0; LEVELS + 1]; FREQUENCIES * FREQUENCIES], blocks: 0 };
        for levels in blocks {
            spread.blocks += 1;
            for (counts, level) in spread.counts.iter_mut().zip(levels) {
                counts[usize::from(level)] += 1.0;
            }
        }
        spread
    }

    /// How much likelier the block is of this spread than of the other, natural logarithm.
    fn against(&self, other: &Self, block: &Levels) -> f32 {
        let (own_total, other_total) = (self.blocks as f32, other.blocks as f32);
        let pairs = self.counts.iter().zip(&other.counts).zip(block).skip(1);
        pairs
            .map(|((own, other), &level)| {
                let level = usize::from(level);
                let (a, b) = ((own[level] + PRIOR) / own_total, (other[level] + PRIOR) / other_total);
                (a / b).ln().clamp(-MOST, MOST)
            })
            .sum()
    }
}

/// `None` of a clipped block.
fn levels(
    luma: &Luma,
    (left, top): (usize, usize),
    coding: &Coding,
    basis: &[[f32; SIDE]; FREQUENCIES],
) -> Option<Levels> {
    let mut rows = [[0.0_f32; FREQUENCIES]; SIDE];
    for (y, row) in rows.iter_mut().enumerate() {
        let values: [f32; SIDE] = std::array::from_fn(|x| luma.at(left + x, top + y));
        if luma.is_clipped(left, top + y, SIDE) {
            return None;
        }
        for (sum, wave) in row.iter_mut().zip(basis) {
            *sum = values.iter().zip(wave).map(|(v, w)| v * w).sum();
        }
    }
    Some(std::array::from_fn(|i| {
        let (v, u) = (i / FREQUENCIES, i % FREQUENCIES);
        let coefficient: f32 = rows.iter().zip(basis[v]).map(|(row, w)| row[u] * w).sum();
        let level = (coefficient / coding.steps[v * SIDE + u]).abs().round();
        level.min(LEVELS as f32) as u8
    }))
}

/// The first cosines of the discrete cosine transform (ITU-T T.81, A.3.3), each of length one.
fn basis() -> [[f32; SIDE]; FREQUENCIES] {
    std::array::from_fn(|u| {
        let scale = if u == 0 { (1.0 / SIDE as f32).sqrt() } else { (2.0 / SIDE as f32).sqrt() };
        std::array::from_fn(|x| {
            scale * (std::f32::consts::PI * (2 * x + 1) as f32 * u as f32 / (2 * SIDE) as f32).cos()
        })
    })
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::imaging::jpeg_of;

    #[test]
    fn blocks_begin_where_the_stored_picture_begins() {
        let bytes = jpeg_of(&RgbImage::new(16, 16)).unwrap();
        let table = luminance_table_of(&bytes).unwrap();
        let of = |orientation| Coding::of(&bytes, orientation, (477, 316)).unwrap();
        let offsets =
            [(None, (0, 0)), (Some(1), (0, 0)), (Some(3), (5, 4)), (Some(6), (5, 0)), (Some(8), (0, 4))];
        for (orientation, offset) in offsets {
            assert_eq!(of(orientation).offset, offset, "{orientation:?}");
        }
        // The second step of the first row, which is that of the first column where the picture is turned.
        assert_eq!(of(None).steps[1], f32::from(table[1]));
        assert_eq!(of(Some(6)).steps[1], f32::from(table[SIDE]));
        assert_ne!(table[1], table[SIDE]);
        assert!(Coding::of(b"\x89PNG", None, (477, 316)).is_none());
    }
}
