//! What a picture is found again by, after it was saved anew, turned or cropped.
//!
//! The whole picture counts, not the document cut out of it: two cards share their layout, and two forms their print, but
//! where they lie, on what and in which light differs from photo to photo, and stays when a photo is saved anew, turned or
//! cropped. A short hash ranks ([`Probe`]); block held against block decides ([`Fingerprint::likeness`]).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use base64::{Engine, engine::general_purpose::STANDARD};
use image::{GrayImage, ImageBuffer, Luma, imageops};
use imageproc::integral_image::integral_image;

use super::{PageImage, rotate_clockwise, shrink};

/// Side of the small picture, cells: 16 KB, at which a row of handwriting on a sheet is two cells high.
const SIDE: usize = 128;
/// Cells along a side of the coarse hash. A cell is a tenth of the picture: a crop of 5 % moves it by half of its width.
const COARSE_CELLS: usize = 8;
/// Cells along a side of the fine hash, which ranks what the coarse one left over.
const FINE_CELLS: usize = 16;
const COARSE_WORDS: usize = words_of(COARSE_CELLS);
const FINE_WORDS: usize = words_of(FINE_CELLS);
/// Cells along a side while two pictures are laid over each other.
const LAYING_CELLS: usize = 32;
/// Cells along a side of what decides, and of its blocks.
const DECIDING_CELLS: usize = 80;
const BLOCK_CELLS: usize = 10;
/// Cells by which a block may lie elsewhere: lenses, and pictures turned by a degree.
const BLOCK_PLAY: usize = 1;
/// Cells around a cell that its brightness is held against: shading falls away.
const SURROUNDINGS: usize = 3;
/// Share of the blocks that count, those with the most to see in them. A bare wall is like any other.
const BLOCKS_THAT_COUNT: f32 = 0.6;
/// Relief of a block, root of the mean square in grey levels, below which there is nothing to see in it: noise of a saved
/// picture has less than 1.
const LEAST_RELIEF: f32 = 2.0;
/// Blocks that must count: of burnt-out pictures there are none.
const LEAST_BLOCKS: usize = 6;
/// Rank of the block that decides, from the least alike: what two pictures of one form share is its print, so that most
/// blocks are alike and those with entries are not.
const DECIDING_RANK: f32 = 0.1;
/// Share of each side that the stored part of a picture leaves out. A crop of as much cuts nothing of it off.
const MARGIN: f32 = 0.1;
/// Margins of the parts that are looked for in an upright picture: one that was cropped by a tenth has the stored part at
/// its rim, the uncropped one of a stored crop has it further inside.
const SEARCHED_MARGINS: [f32; 3] = [0.03, MARGIN, 0.17];
/// Where parts may begin on each side while pictures are laid over each other.
const REACH: std::ops::RangeInclusive<f32> = -0.02..=0.26;
/// First and last step of the laying, as a share of the side: half of what lies between searched margins, a fifth of a cell.
const FIRST_STEP: f32 = 0.03;
const LAST_STEP: f32 = 0.0015;
/// Likeness below which laying two pictures over each other is given up: at the nearest part, the same picture has more.
const WORTH_LAYING: f32 = 0.12;
/// The same once steps are small: the same picture has 0.6 and more by then, most others less than 0.3.
const WORTH_FINISHING: f32 = 0.35;
/// Steps below which they are small.
const SMALL_STEP: f32 = 0.01;

/// Parts from which laying starts: the nearest by its hash is not always where it ends best.
const STARTS: usize = 2;

/// Likeness from which two pictures are the same. Of some 9,000 pairs of different documents of one kind none had more;
/// pictures saved anew, turned or cropped mostly have 0.93 and more (docs/notes/issue-6.md).
pub const SAME_PICTURE: f32 = 0.88;

/// Words for the signs of the steps between neighbouring cells, to the right and down.
const fn words_of(cells: usize) -> usize {
    (2 * cells * (cells - 1)).div_ceil(64)
}

/// A page's picture, small and grey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(GrayImage);

impl Fingerprint {
    /// Cells along a side.
    pub const SIDE: usize = SIDE;

    /// Of a page that lies turned by `rotation` degrees clockwise, as its report says. `None` for a page without pixels.
    pub fn of(page: &PageImage, rotation: u16) -> Option<Self> {
        if page.pixels.is_empty() {
            return None;
        }
        let small = shrink(&page.pixels, SIDE as u32, SIDE as u32);
        Some(Self(rotate_clockwise(imageops::grayscale(&small), 4 - usize::from(rotation / 90 % 4))))
    }

    /// Reads [`Self::as_bytes`] back.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let is_whole = bytes.len() == SIDE * SIDE;
        GrayImage::from_raw(SIDE as u32, SIDE as u32, bytes.to_vec()).filter(|_| is_whole).map(Self)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What it is ranked by.
    pub fn hash(&self) -> PrintHash {
        PrintHash::of(&Sums::of(&self.0), &Part::STORED)
    }

    /// How alike two pictures are where they are best laid over each other, up to 1 for the same; 0 where nothing fits.
    pub fn likeness(&self, stored: &Self) -> f32 {
        self.likeness_by(&Probe::of(self), stored)
    }

    /// The same, with this picture's probe at hand.
    pub fn likeness_by(&self, probe: &Probe, stored: &Self) -> f32 {
        let wanted = Sums::of(&stored.0);
        let mut best: f32 = 0.0;
        for nearest in probe.nearest_parts(&stored.hash()) {
            let searched = Sums::of(&rotate_clockwise(self.0.clone(), nearest.turns));
            if let Some(part) = laid(&wanted, &searched, nearest.part) {
                best = best.max(likeness_of_blocks(&wanted, &searched, &part));
            }
            if best >= SAME_PICTURE {
                break;
            }
        }
        best
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = STANDARD.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)?;
        Self::from_bytes(&bytes).ok_or_else(|| serde::de::Error::custom("not a fingerprint"))
    }
}

/// Short descriptions of the stored part of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintHash {
    coarse: [u64; COARSE_WORDS],
    fine: [u64; FINE_WORDS],
}

impl PrintHash {
    fn of(sums: &Sums, part: &Part) -> Self {
        Self {
            coarse: steps(&sums.cells(part, COARSE_CELLS), COARSE_CELLS),
            fine: steps(&sums.cells(part, FINE_CELLS), FINE_CELLS),
        }
    }

    pub fn to_bytes(self) -> Vec<u8> {
        self.coarse.iter().chain(&self.fine).flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Reads [`Self::to_bytes`] back.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let words: [[u8; 8]; COARSE_WORDS + FINE_WORDS] =
            words.try_into().ok().filter(|_| rest.is_empty())?;
        let words = words.map(u64::from_le_bytes);
        let (coarse, fine) = words.split_at(COARSE_WORDS);
        Some(Self { coarse: coarse.try_into().ok()?, fine: fine.try_into().ok()? })
    }
}

/// Signs of the steps from each cell to that on its right and that below it.
fn steps<const WORDS: usize>(cells: &[f32], side: usize) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    let mut bit = 0;
    let mut put = |is_brighter: bool| {
        words[bit / 64] |= u64::from(is_brighter) << (bit % 64);
        bit += 1;
    };
    for (at, cell) in cells.iter().enumerate() {
        if !(at + 1).is_multiple_of(side) {
            put(cells[at + 1] > *cell);
        }
        if let Some(below) = cells.get(at + side) {
            put(below > cell);
        }
    }
    words
}

fn signs_apart<const WORDS: usize>(a: &[u64; WORDS], b: &[u64; WORDS]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// A picture that is searched for: its parts, one of which may be the stored part of the same picture.
pub struct Probe(Vec<Searched>);

struct Searched {
    turns: usize,
    part: Part,
    hash: PrintHash,
}

impl Probe {
    /// Every part of the upright picture, and the stored part of the picture turned.
    pub fn of(print: &Fingerprint) -> Self {
        let mut searched = Vec::new();
        for turns in 0..4 {
            let sums = Sums::of(&rotate_clockwise(print.0.clone(), turns));
            let parts = if turns == 0 { Part::searched() } else { vec![Part::STORED] };
            searched.extend(parts.into_iter().map(|part| {
                let hash = PrintHash::of(&sums, &part);
                Searched { turns, part, hash }
            }));
        }
        Self(searched)
    }

    /// How far the nearest part is from a stored hash: for the many.
    pub fn coarse_distance(&self, stored: &PrintHash) -> u32 {
        let distances = self.0.iter().map(|part| signs_apart(&part.hash.coarse, &stored.coarse));
        distances.min().unwrap_or(u32::MAX)
    }

    /// The same, more exactly: for the few.
    pub fn fine_distance(&self, stored: &PrintHash) -> u32 {
        let distances = self.0.iter().map(|part| signs_apart(&part.hash.fine, &stored.fine));
        distances.min().unwrap_or(u32::MAX)
    }

    /// The parts from which laying two pictures over each other starts.
    fn nearest_parts(&self, stored: &PrintHash) -> Vec<&Searched> {
        let mut nearest: Vec<&Searched> = self.0.iter().collect();
        nearest.sort_by_cached_key(|part| signs_apart(&part.hash.fine, &stored.fine));
        nearest.truncate(STARTS);
        nearest
    }
}

/// A part of a picture: what it leaves out on the left, at the top, on the right and at the bottom, as shares of the sides.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part([f32; 4]);

impl Part {
    const STORED: Self = Self([MARGIN; 4]);

    fn searched() -> Vec<Self> {
        let margins = || SEARCHED_MARGINS.into_iter();
        let sides = |left: f32| margins().flat_map(move |right| margins().map(move |top| (left, right, top)));
        margins()
            .flat_map(sides)
            .flat_map(|(left, right, top)| margins().map(move |bottom| Self([left, top, right, bottom])))
            .collect()
    }

    /// The parts a step away: each side moved, both sides of a direction moved together, or against each other.
    fn around(self, step: f32) -> impl Iterator<Item = Self> {
        const MOVES: [[f32; 4]; 8] = [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
            [0.0, 0.0, 0.0, 1.0],
            [1.0, 0.0, -1.0, 0.0],
            [0.0, 1.0, 0.0, -1.0],
            [1.0, 0.0, 1.0, 0.0],
            [0.0, 1.0, 0.0, 1.0],
        ];
        let moved = move |by: &[f32; 4], sign: f32| {
            Self(std::array::from_fn(|side| self.0[side] + sign * step * by[side]))
        };
        MOVES
            .iter()
            .flat_map(move |by| [moved(by, 1.0), moved(by, -1.0)])
            .filter(|part| part.0.iter().all(|margin| REACH.contains(margin)))
    }
}

/// Sums over all rectangles from the top left corner of a small picture.
struct Sums(ImageBuffer<Luma<u32>, Vec<u32>>);

impl Sums {
    fn of(picture: &GrayImage) -> Self {
        Self(integral_image(picture))
    }

    /// The sum from the corner to a place between cells.
    fn until(&self, x: (u32, f32), y: (u32, f32)) -> f32 {
        // Exact: 128² cells of 255 stay below 2^24.
        let at = |right: u32, below: u32| self.0.get_pixel(x.0 + right, y.0 + below).0[0] as f32;
        let top = at(0, 0) + (at(1, 0) - at(0, 0)) * x.1;
        let bottom = at(0, 1) + (at(1, 1) - at(0, 1)) * x.1;
        top + (bottom - top) * y.1
    }

    /// Brightness of `count` × `count` cells over a part; beyond the picture cells are empty.
    fn cells(&self, part: &Part, count: usize) -> Vec<f32> {
        let line = |from: f32, to: f32| -> Vec<(u32, f32)> {
            let place = |i: usize| {
                let at = (from + (1.0 - to - from) * i as f32 / count as f32) * SIDE as f32;
                let at = at.clamp(0.0, SIDE as f32);
                let whole = (at as u32).min(SIDE as u32 - 1);
                (whole, at - whole as f32)
            };
            (0..=count).map(place).collect()
        };
        let [left, top, right, bottom] = part.0;
        let (xs, ys) = (line(left, right), line(top, bottom));
        let mut above: Vec<f32> = xs.iter().map(|x| self.until(*x, ys[0])).collect();
        let mut cells = Vec::with_capacity(count * count);
        for y in &ys[1..] {
            let below: Vec<f32> = xs.iter().map(|x| self.until(*x, *y)).collect();
            cells.extend((0..count).map(|i| below[i + 1] - below[i] - above[i + 1] + above[i]));
            above = below;
        }
        let area = (SIDE as f32 / count as f32).powi(2) * (1.0 - left - right) * (1.0 - top - bottom);
        for cell in &mut cells {
            *cell /= area;
        }
        cells
    }
}

/// What stands out from its surroundings, cell by cell, over `count` × `count` cells of a part.
fn relief(sums: &Sums, part: &Part, count: usize) -> Vec<f32> {
    let cells = sums.cells(part, count);
    let around = transposed(&blurred(&transposed(&blurred(&cells, count), count), count), count);
    cells.iter().zip(around).map(|(cell, around)| cell - around).collect()
}

/// Means over the cells to both sides, row by row.
fn blurred(cells: &[f32], count: usize) -> Vec<f32> {
    let near = |row: &[f32], x: usize| {
        let near = &row[x.saturating_sub(SURROUNDINGS)..(x + SURROUNDINGS + 1).min(count)];
        near.iter().sum::<f32>() / near.len() as f32
    };
    cells.chunks_exact(count).flat_map(|row| (0..count).map(move |x| near(row, x))).collect()
}

fn transposed(cells: &[f32], count: usize) -> Vec<f32> {
    (0..count * count).map(|at| cells[(at % count) * count + at / count]).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The part of a picture that fits the stored part of `wanted` best, found step by step from `start`; `None`: none fits.
fn laid(wanted: &Sums, sums: &Sums, start: Part) -> Option<Part> {
    // Roots: a dark bar must not count for more than everything else.
    let seen = |sums: &Sums, part: &Part| -> Vec<f32> {
        let relief = relief(sums, part, LAYING_CELLS);
        let roots: Vec<f32> = relief.into_iter().map(|out| out.signum() * out.abs().sqrt()).collect();
        let length = dot(&roots, &roots).sqrt().max(f32::MIN_POSITIVE);
        roots.into_iter().map(|root| root / length).collect()
    };
    let wanted = seen(wanted, &Part::STORED);
    let fit = |part: &Part| dot(&wanted, &seen(sums, part));
    let (mut best, mut part) = (fit(&start), start);
    let mut step = FIRST_STEP;
    while step >= LAST_STEP {
        let around = part.around(step).map(|part| (fit(&part), part));
        match around.max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((better, moved)) if better > best => (best, part) = (better, moved),
            _ if best < WORTH_LAYING || (step < SMALL_STEP && best < WORTH_FINISHING) => return None,
            _ => step /= 2.0,
        }
    }
    Some(part)
}

/// How alike the blocks of two pictures are that lie over each other: of those with something to see in them, one of the
/// least alike.
fn likeness_of_blocks(wanted: &Sums, sums: &Sums, part: &Part) -> f32 {
    let (stored, searched) =
        (relief(wanted, &Part::STORED, DECIDING_CELLS), relief(sums, part, DECIDING_CELLS));
    let blocks = DECIDING_CELLS / BLOCK_CELLS;
    let mut seen: Vec<(f32, f32)> = (0..blocks * blocks)
        .map(|at| {
            let corner = ((at % blocks) * BLOCK_CELLS, (at / blocks) * BLOCK_CELLS);
            let block = block(&stored, corner);
            (dot(&block, &block), likeness_nearby(&block, &searched, corner))
        })
        .collect();
    seen.sort_by(|a, b| b.0.total_cmp(&a.0));
    seen.truncate((seen.len() as f32 * BLOCKS_THAT_COUNT) as usize);
    let least = LEAST_RELIEF.powi(2) * (BLOCK_CELLS * BLOCK_CELLS) as f32;
    seen.retain(|(energy, _)| *energy >= least);
    if seen.len() < LEAST_BLOCKS {
        return 0.0;
    }
    seen.sort_by(|a, b| a.1.total_cmp(&b.1));
    seen.get((seen.len() as f32 * DECIDING_RANK) as usize).map_or(0.0, |(_, likeness)| *likeness)
}

/// The block of cells whose first one is at `corner`.
fn block(cells: &[f32], (left, top): (usize, usize)) -> Vec<f32> {
    let row = |y: usize| &cells[y * DECIDING_CELLS + left..][..BLOCK_CELLS];
    (top..top + BLOCK_CELLS).flat_map(row).copied().collect()
}

/// Correlation of a block with what lies at its place or next to it, at its best.
fn likeness_nearby(stored: &[f32], searched: &[f32], corner: (usize, usize)) -> f32 {
    let last = DECIDING_CELLS - BLOCK_CELLS;
    let near = |at: usize| at.saturating_sub(BLOCK_PLAY)..=(at + BLOCK_PLAY).min(last);
    let places = near(corner.1).flat_map(|top| near(corner.0).map(move |left| (left, top)));
    let likeness = |place: (usize, usize)| {
        let other = block(searched, place);
        let lengths = (dot(stored, stored) * dot(&other, &other)).sqrt();
        if lengths > 0.0 { dot(stored, &other) / lengths } else { 0.0 }
    };
    places.map(likeness).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A desk with a sheet on it: the same print and entries, desk and light of their own.
    fn photo(seed: u32) -> Vec<u8> {
        let noise = |x: usize, y: usize, seed: u32| {
            let mut hash = seed ^ (x as u32).wrapping_mul(0x9E37_79B9) ^ (y as u32).wrapping_mul(0x85EB_CA6B);
            for _ in 0..3 {
                hash = (hash ^ hash >> 15).wrapping_mul(0x2C1B_3C6D);
            }
            (hash >> 24) as f32 / 255.0
        };
        let cell = |x: usize, y: usize| {
            let is_sheet = (20..108).contains(&x) && (16..112).contains(&y);
            let is_print = is_sheet && y % 12 < 3 && noise(x / 2, y, 7) > 0.4;
            let is_entry = is_sheet && y % 12 > 6 && noise(x / 2, y / 2, seed) > 0.6;
            let light = 20.0 * noise(x / 40, y / 40, seed + 1);
            let ground = if is_sheet { 200.0 } else { 90.0 + 50.0 * noise(x / 3, y / 3, seed + 2) };
            let ink = if is_print || is_entry { 110.0 } else { 0.0 };
            (ground + light - ink) as u8
        };
        (0..SIDE * SIDE).map(|at| cell(at % SIDE, at / SIDE)).collect()
    }

    fn picture(seed: u32) -> image::RgbImage {
        let side = SIDE as u32;
        let small = image::GrayImage::from_raw(side, side, photo(seed)).unwrap();
        let fine = imageops::resize(&small, 600, 800, imageops::FilterType::CatmullRom);
        image::DynamicImage::ImageLuma8(fine).to_rgb8()
    }

    fn print(pixels: image::RgbImage, rotation: u16) -> Fingerprint {
        let page = PageImage::from_pixels(0, pixels, crate::imaging::PageOrigin::Picture);
        Fingerprint::of(&page, rotation).unwrap()
    }

    #[test]
    fn a_picture_is_the_same_after_it_was_saved_turned_or_cropped() {
        let stored = print(picture(1), 0);
        let darker = imageops::brighten(&picture(1), -30);
        let turned = imageops::rotate90(&picture(1));
        let cropped = imageops::crop_imm(&picture(1), 40, 20, 530, 750).to_image();
        for (name, other) in [
            ("darker", print(darker, 0)),
            ("turned unnoticed", print(turned.clone(), 0)),
            ("turned back", print(turned, 90)),
            ("cropped", print(cropped, 0)),
        ] {
            for likeness in [other.likeness(&stored), stored.likeness(&other)] {
                assert!(likeness >= SAME_PICTURE, "{name}: {likeness}");
            }
        }
    }

    #[test]
    fn two_pictures_of_one_form_are_two() {
        let stored = print(picture(1), 0);
        for seed in 2..12 {
            let likeness = print(picture(seed), 0).likeness(&stored);
            assert!(likeness < SAME_PICTURE, "{seed}: {likeness}");
        }
    }

    #[test]
    fn an_empty_picture_is_like_none() {
        let blank = Fingerprint::from_bytes(&[255; SIDE * SIDE]).unwrap();
        assert!(blank.likeness(&blank) < SAME_PICTURE);
        assert!(print(picture(1), 0).likeness(&blank) < SAME_PICTURE);
        assert_eq!(Fingerprint::from_bytes(&[0; 3]), None);
    }

    #[test]
    fn bytes_come_back() {
        let print = print(picture(3), 0);
        assert_eq!(PrintHash::from_bytes(&print.hash().to_bytes()), Some(print.hash()));
        assert_eq!(PrintHash::from_bytes(&[1; 8]), None);
        let text = serde_json::to_string(&print).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&text).unwrap(), print);
    }
}
