//! Pictures without a camera: flatbed scans and screenshots.
//!
//! Their ground is one even colour up to the frame, which no desk under a lamp is. That settles what a
//! network trained on desks cannot: a region whose own blank paper has the ground's colour is a table or
//! a column of print on a page that fills the frame, not a page; a region whose paper differs from
//! the ground all over is one, however pale the difference.

use image::RgbImage;

use crate::domain::{Point, Quad};

use super::{
    DocumentQuad, EdgeState, MAP_SIDE, PageFinderParams, PageMaps, edges,
    outline::{self, contains},
    regions,
};

/// How far (of 255) a channel may be from the ground's colour and still be ground. A scanner's lamp falls
/// off by 2 % or 5 levels; white paper on a white lid differs by 4 to 10. Higher loses pale pages
/// on pale beds (they are then read as a whole frame, which loses no text).
const GROUND_TOLERANCE: f32 = 6.0;
/// Share of the rim's cells that must have the ground's colour. A browser's bar along one side takes a
/// quarter of them and more; a desk's gradient or grain leaves less than half.
const EVEN_RIM: f32 = 0.6;
/// Difference between a cell's brightest and darkest pixel up to which it holds no print. Noise of a scanner
/// is 10, the faintest print 40.
const BLANK_SPREAD: f32 = 22.0;
/// Share of blank cells inside a quad that may have the ground's colour before the quad is held to be
/// print on the ground. White parts of a certificate on a white bed reach 0.3, tables have over 0.8.
const MOST_GROUND_INSIDE: f32 = 0.5;
/// Agreement of a region of foreign colour with its quad from which it is a sheet of paper.
const SHEET_AGREEMENT: f32 = 0.86;
/// With this overlap the one of the two with more of its edges seen in the picture is kept.
const NEARLY_SAME_SHEET: f32 = 0.6;
/// Share of the picture's print that may lie outside of the pages found. A browser's bar or a phone's status
/// line has up to 0.2; a portrait or a code taken for the page leaves nearly all of it outside.
const MOST_PRINT_OUTSIDE: f32 = 0.3;
/// Cells by which a quad is grown before print is looked for outside of it: its own edge is no print.
const EDGE_CELLS: f32 = 1.5;
/// A quad of the network that overlaps a sheet this much is the same sheet, and is kept: it was fitted finer.
const SAME_SHEET: f32 = 0.9;
/// A corner may differ this much from a right angle, as a cosine (30°): a tilted phone over an even table
/// stays below it, a quad that ends somewhere in the print does not.
const MOST_SKEW: f32 = 0.5;
/// Spread of a rim cell up to which it is even: scanners and screens stay below 8, cameras mostly do not.
const EVEN_SPREAD: f32 = 10.0;

/// Difference between the channels of the ground's colour up to which it is a scanner's lid or a screen: white, black
/// or grey, with a lamp's cast. A plain red cloth is as even, and has 100; pages of websites are tinted by up to 30.
const MOST_CHROMA: f32 = 45.0;

/// The even ground of a flat picture, with what differs from it.
#[derive(Debug)]
pub(super) struct FlatGround {
    /// Cells of the map whose colour is not the ground's.
    foreign: Vec<bool>,
    /// Cells that hold no print.
    blank: Vec<bool>,
}

impl FlatGround {
    /// `None` when the rim of `work` is not even: a photograph.
    pub fn of(work: &RgbImage) -> Option<Self> {
        let cells = cells(work)?;
        let rim: Vec<&Cell> = (0..cells.len()).filter(|&i| on_rim(i)).filter_map(|i| cells.get(i)).collect();
        let colour = [0, 1, 2].map(|channel| median(rim.iter().map(|cell| cell.mean[channel])));
        let differs =
            |mean: &[f32; 3]| mean.iter().zip(colour).any(|(a, b)| (a - b).abs() > GROUND_TOLERANCE);
        let (low, high) = colour.iter().fold((f32::MAX, f32::MIN), |(l, h), &v| (l.min(v), h.max(v)));
        if high - low > MOST_CHROMA {
            return None;
        }
        let even = rim.iter().filter(|cell| cell.spread <= EVEN_SPREAD && !differs(&cell.mean)).count();
        ((even as f32) >= EVEN_RIM * rim.len() as f32).then(|| Self {
            foreign: cells.iter().map(|cell| differs(&cell.mean)).collect(),
            blank: cells.iter().map(|cell| cell.spread <= BLANK_SPREAD).collect(),
        })
    }

    /// The documents of a flat picture: what the network found where the colours bear it out, else the
    /// sheets that the colours show, else the whole frame.
    pub fn settle(
        &self,
        work: &RgbImage,
        found: Vec<DocumentQuad>,
        params: &PageFinderParams,
    ) -> Vec<DocumentQuad> {
        let sheets: Vec<DocumentQuad> = self
            .sheets(work, params)
            .into_iter()
            .map(|sheet| {
                let same = |page: &&DocumentQuad| {
                    let iou = page.quad.iou(&sheet.quad);
                    iou > SAME_SHEET || (iou > NEARLY_SAME_SHEET && seen(page) >= seen(&sheet))
                };
                found.iter().find(same).copied().unwrap_or(sheet)
            })
            .collect();
        if self.hold_the_print(work, &sheets) {
            return sheets;
        }
        let mut pages = found;
        pages.retain(|page| self.is_page(work, &page.quad));
        // Four edges seen in the picture outweigh what else lies on the table.
        let outlined = pages.iter().all(|page| page.edges.iter().all(|&edge| edge == EdgeState::Seen));
        if !pages.is_empty() && (outlined || self.hold_the_print(work, &pages)) {
            return pages;
        }
        vec![DocumentQuad::whole(work.width(), work.height())]
    }

    /// Whether next to nothing is printed outside of `pages`.
    fn hold_the_print(&self, work: &RgbImage, pages: &[DocumentQuad]) -> bool {
        let grown: Vec<Quad> = pages.iter().map(|page| grown(work, &page.quad)).collect();
        let (mut print, mut outside) = (0_u32, 0_u32);
        for i in (0..self.blank.len()).filter(|&i| self.blank.get(i) == Some(&false)) {
            let centre = centre_of(work, i);
            print += 1;
            outside += u32::from(!grown.iter().any(|quad| contains(quad, centre)));
        }
        !pages.is_empty() && outside as f32 <= MOST_PRINT_OUTSIDE * print as f32
    }

    /// Sheets of a colour of their own, largest first.
    fn sheets(&self, work: &RgbImage, params: &PageFinderParams) -> Vec<DocumentQuad> {
        let mask = self.foreign.iter().map(|&foreign| f32::from(u8::from(foreign))).collect();
        let maps = PageMaps { mask, edge: vec![0.0; self.foreign.len()] };
        let (w, h) = (work.width() as f32, work.height() as f32);
        regions::regions(&maps, params)
            .iter()
            .filter_map(|region| {
                let outline = outline::fit(&maps, region, w, h)?;
                let fitted = edges::fit(work, &outline, params);
                let quad = if fitted.quad.is_convex() { fitted.quad } else { outline.quad };
                let score = outline::agreement(&maps, region, &quad, w, h);
                (score >= SHEET_AGREEMENT && self.is_page(work, &quad)).then_some(DocumentQuad {
                    quad,
                    score,
                    edges: fitted.states,
                    aspect: 1.0,
                })
            })
            .collect()
    }

    /// Whether the blank parts of `quad` are paper of its own and its corners those of a flat page.
    fn is_page(&self, work: &RgbImage, quad: &Quad) -> bool {
        let (mut blank, mut ground) = (0_u32, 0_u32);
        for (i, (&is_blank, &foreign)) in self.blank.iter().zip(&self.foreign).enumerate() {
            if is_blank && contains(quad, centre_of(work, i)) {
                blank += 1;
                ground += u32::from(!foreign);
            }
        }
        blank > 0 && (ground as f32) <= MOST_GROUND_INSIDE * blank as f32 && is_rectangular(quad)
    }
}

fn seen(page: &DocumentQuad) -> usize {
    page.edges.iter().filter(|&&edge| edge == EdgeState::Seen).count()
}

/// The middle of cell `i` in pixels of the working copy.
fn centre_of(work: &RgbImage, i: usize) -> Point {
    let (sx, sy) = (work.width() as f32 / MAP_SIDE as f32, work.height() as f32 / MAP_SIDE as f32);
    Point::new(((i % MAP_SIDE) as f32 + 0.5) * sx, ((i / MAP_SIDE) as f32 + 0.5) * sy)
}

/// `quad` with each corner moved outwards by [`EDGE_CELLS`] in both directions.
fn grown(work: &RgbImage, quad: &Quad) -> Quad {
    let (dx, dy) = (
        EDGE_CELLS * work.width() as f32 / MAP_SIDE as f32,
        EDGE_CELLS * work.height() as f32 / MAP_SIDE as f32,
    );
    let centre = quad.center();
    quad.map(|p| Point::new(p.x + dx * (p.x - centre.x).signum(), p.y + dy * (p.y - centre.y).signum()))
}

fn is_rectangular(quad: &Quad) -> bool {
    (0..4).all(|i| {
        let (before, at, after) = (quad.0[(i + 3) % 4], quad.0[i], quad.0[(i + 1) % 4]);
        let dot = (before.x - at.x) * (after.x - at.x) + (before.y - at.y) * (after.y - at.y);
        dot.abs() <= MOST_SKEW * at.distance(before) * at.distance(after)
    })
}

struct Cell {
    mean: [f32; 3],
    /// Brightest less darkest pixel.
    spread: f32,
}

/// The picture by the map's cells; `None` when it has fewer pixels than cells along a side.
fn cells(work: &RgbImage) -> Option<Vec<Cell>> {
    let side = MAP_SIDE as u32;
    let (w, h) = work.dimensions();
    if w < side || h < side {
        return None;
    }
    let bounds = |i: u32, length: u32| (i * length / side, (i + 1) * length / side);
    let cell = |i: usize| {
        let ((x0, x1), (y0, y1)) = (bounds(i as u32 % side, w), bounds(i as u32 / side, h));
        let (mut sum, mut low, mut high) = ([0_u32; 3], f32::MAX, 0.0_f32);
        for (x, y) in (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y))) {
            let rgb = work.get_pixel(x, y).0;
            let luma = rgb.iter().map(|&v| f32::from(v)).sum::<f32>() / 3.0;
            low = low.min(luma);
            high = high.max(luma);
            for (s, v) in sum.iter_mut().zip(rgb) {
                *s += u32::from(v);
            }
        }
        let count = ((x1 - x0) * (y1 - y0)).max(1) as f32;
        Cell { mean: sum.map(|s| s as f32 / count), spread: high - low }
    };
    Some((0..MAP_SIDE * MAP_SIDE).map(cell).collect())
}

fn on_rim(i: usize) -> bool {
    let (x, y) = (i % MAP_SIDE, i / MAP_SIDE);
    x == 0 || y == 0 || x + 1 == MAP_SIDE || y + 1 == MAP_SIDE
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rect;
    use image::Rgb;

    /// Paper of `paper` on a bed of `bed`, with a table printed on it.
    fn scan(bed: u8, paper: u8) -> RgbImage {
        RgbImage::from_fn(700, 990, |x, y| {
            let on_paper = (60..640).contains(&x) && (90..900).contains(&y);
            let in_table = (100..600).contains(&x) && (200..700).contains(&y);
            let line = in_table && (x % 100 < 2 || y % 50 < 2);
            Rgb([if line {
                40
            } else if on_paper {
                paper
            } else {
                bed
            }; 3])
        })
    }

    fn table() -> DocumentQuad {
        DocumentQuad {
            quad: Quad::from_rect(Rect::new(100.0, 200.0, 600.0, 700.0)),
            ..DocumentQuad::whole(700, 990)
        }
    }

    fn settled(picture: &RgbImage, found: Vec<DocumentQuad>) -> Quad {
        let pages = FlatGround::of(picture).unwrap().settle(picture, found, &PageFinderParams::default());
        assert_eq!(pages.len(), 1);
        pages[0].quad
    }

    #[test]
    fn a_table_on_paper_that_fills_the_frame_is_not_the_page() {
        let frame = Quad::from_rect(Rect::new(0.0, 0.0, 700.0, 990.0));
        assert!(settled(&scan(250, 250), vec![table()]).iou(&frame) > 0.99);
        assert!(settled(&scan(250, 250), Vec::new()).iou(&frame) > 0.99);
    }

    #[test]
    fn pale_paper_on_a_pale_bed_is_found_around_its_table() {
        let paper = Quad::from_rect(Rect::new(60.0, 90.0, 640.0, 900.0));
        for bed in [240, 190, 20] {
            let quad = settled(&scan(bed, 252), vec![table()]);
            assert!(quad.iou(&paper) > 0.97, "bed {bed}: {quad:?}");
        }
    }

    #[test]
    fn a_plain_coloured_cloth_is_not_flat() {
        assert!(FlatGround::of(&RgbImage::from_pixel(700, 700, Rgb([142, 42, 44]))).is_none());
        assert!(FlatGround::of(&RgbImage::from_pixel(700, 700, Rgb([142, 140, 131]))).is_some());
    }

    #[test]
    fn a_desk_under_a_lamp_is_not_flat() {
        let desk = RgbImage::from_fn(700, 700, |x, y| Rgb([(120 + x / 10 + y / 14) as u8; 3]));
        assert!(FlatGround::of(&desk).is_none());
    }
}
