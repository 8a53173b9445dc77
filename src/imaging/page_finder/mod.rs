//! Where the documents lie in a picture: quads with a score and the state of each edge.
//!
//! A coarse segmentation (the small network of `models/trained`, or colour statistics when it is
//! not at hand) says which part of the picture is paper; each region becomes a quad; each edge of
//! the quad is then moved on to the nearest straight step in brightness or colour.

mod aspect;
mod barrier;
mod edges;
mod flat;
mod maps;
mod outline;
mod regions;

use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image};
use image::RgbImage;

use crate::domain::{Point, Quad, Rect};

pub use aspect::metric_aspect;
pub use maps::{MAP_SIDE, PageMaps, PageNet};

/// How one edge of a document stands to the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeState {
    /// A straight step in the picture supports it.
    Seen,
    /// The document goes on beyond the picture's frame.
    OutsideFrame,
    /// Inside the picture, but nothing supports it: covered, or paper and ground look alike.
    Hidden,
}

/// A document in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DocumentQuad {
    /// Corners in pixels of the picture: top-left, top-right, bottom-right, bottom-left **as seen on
    /// the picture** (which way up the document is, is not known here). Where an edge is outside the
    /// frame the quad ends at the frame; a cut corner may lie a little beyond it.
    pub quad: Quad,
    /// How well region and quad agree, 0 to 1.
    pub score: f32,
    /// Top, right, bottom, left edge.
    pub edges: [EdgeState; 4],
    /// Width ÷ height of the paper itself, recovered from perspective; less sure than the quad.
    pub aspect: f32,
}

impl DocumentQuad {
    /// The whole picture as one document.
    pub fn whole(width: u32, height: u32) -> Self {
        let (w, h) = (width as f32, height as f32);
        Self {
            quad: Quad::from_rect(Rect::new(0.0, 0.0, w, h)),
            score: 1.0,
            edges: [EdgeState::OutsideFrame; 4],
            aspect: w / h.max(1.0),
        }
    }

    /// True when no edge of the paper is in the picture: a scan, a screenshot, a close-up.
    pub fn fills_frame(&self) -> bool {
        self.edges.iter().all(|&edge| edge == EdgeState::OutsideFrame)
    }
}

/// What the page finder may be tuned by. Lengths are shares of the picture's longer side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageFinderParams {
    /// Longer side in pixels of the copy on which edges are fitted. 1000 px put a card's edge within
    /// 0.1 % of its length; twice as many cost four times the resize and gained under 0.001 IoU.
    pub working_side_px: u32,
    /// A cell of the map is paper from this probability on. Lower joins neighbours, higher frays
    /// pale documents on pale desks.
    pub mask_threshold: f32,
    /// A cell with at least this probability of being an edge parts two documents.
    pub edge_threshold: f32,
    /// Smallest region that counts as a document, as a share of the picture. A card in a picture
    /// of a desk takes 2 %; lower lets keys and stickers in.
    pub min_area: f32,
    /// Further documents must have at least this share of the largest one's area.
    pub min_relative_area: f32,
    /// Least score of a document (see [`DocumentQuad::score`]).
    pub min_score: f32,
    /// How far from the coarse outline an edge is looked for. 0.014 is nearly two cells of the map;
    /// wider lets printed borders win, narrower misses what a coarse map puts wrong.
    pub search: f32,
    /// Share of an edge that a straight step must support for the edge to count as seen.
    pub min_support: f32,
    /// From this share of the picture on, with no edge inside, the document fills the frame.
    pub full_frame: f32,
}

impl Default for PageFinderParams {
    fn default() -> Self {
        Self {
            working_side_px: 1000,
            mask_threshold: 0.5,
            edge_threshold: 0.5,
            min_area: 0.012,
            min_relative_area: 0.12,
            min_score: 0.5,
            search: 0.014,
            min_support: 0.4,
            full_frame: 0.97,
        }
    }
}

/// Every document in `picture`, largest first; empty when there is none to be seen. With `net` the
/// regions come from the network, without it, or where it finds nothing, from colour statistics.
pub fn find_documents(
    picture: &RgbImage,
    params: &PageFinderParams,
    net: Option<&dyn PageNet>,
) -> Vec<DocumentQuad> {
    let (width, height) = picture.dimensions();
    if width < MIN_PICTURE_PX || height < MIN_PICTURE_PX {
        return Vec::new();
    }
    let Some(work) = shrink(picture, params.working_side_px) else { return Vec::new() };
    let by_colour = || maps::shrink_to_input(&work).map(|small| barrier::maps(&small));
    let located_on = |maps: &PageMaps| -> Vec<DocumentQuad> {
        let regions = regions::regions(maps, params);
        regions.iter().filter_map(|region| locate(&work, maps, region, params)).collect()
    };
    let by_net = net.and_then(|net| maps::from_net(&work, net));
    let mut located = by_net.as_ref().map(located_on).unwrap_or_default();
    if located.is_empty() {
        // What the network was not trained on may still be plain by its colour.
        located = by_colour().as_ref().map(located_on).unwrap_or_default();
    }
    if let Some(ground) = flat::FlatGround::of(&work) {
        located = ground.settle(&work, located, params);
    }
    let scale = Point::new(width as f32 / work.width() as f32, height as f32 / work.height() as f32);
    let mut found: Vec<DocumentQuad> = located
        .into_iter()
        .map(|document| DocumentQuad {
            quad: document.quad.map(|p| Point::new(p.x * scale.x, p.y * scale.y)),
            ..document
        })
        .collect();
    for document in &mut found {
        document.aspect = metric_aspect(&document.quad, width as f32, height as f32);
    }
    found.sort_by(|a, b| b.quad.area().total_cmp(&a.quad.area()));
    without_overlaps(found)
}

/// Pictures smaller than this on a side hold no readable document.
const MIN_PICTURE_PX: u32 = 32;

/// Two quads that share this part of the smaller one's area are one document seen twice.
const MAX_OVERLAP: f32 = 0.6;

fn without_overlaps(sorted: Vec<DocumentQuad>) -> Vec<DocumentQuad> {
    let mut kept: Vec<DocumentQuad> = Vec::new();
    for candidate in sorted {
        let area = candidate.quad.area();
        let double = kept.iter().any(|other| {
            let iou = candidate.quad.iou(&other.quad);
            iou * (area + other.quad.area()) / (1.0 + iou) > MAX_OVERLAP * area
        });
        if !double {
            kept.push(candidate);
        }
    }
    kept
}

/// One region of the map as a quad in pixels of the working copy.
fn locate(
    work: &RgbImage,
    maps: &PageMaps,
    region: &regions::Region,
    params: &PageFinderParams,
) -> Option<DocumentQuad> {
    let (w, h) = (work.width() as f32, work.height() as f32);
    let outline = outline::fit(maps, region, w, h)?;
    if region.share() > params.full_frame {
        return Some(DocumentQuad::whole(work.width(), work.height()));
    }
    let fitted = edges::fit(work, &outline, params);
    let quad = if fitted.quad.is_convex() { fitted.quad } else { outline.quad };
    if let Some(whole) = completed(&quad, w, h) {
        let refitted = fit_guess(work, &whole, params);
        let score = outline::agreement(maps, region, &refitted.quad, w, h);
        return (score >= params.min_score).then_some(DocumentQuad { score, ..refitted });
    }
    let score = outline::agreement(maps, region, &quad, w, h);
    (score >= params.min_score).then_some(DocumentQuad { quad, score, edges: fitted.states, aspect: 1.0 })
}

/// Tilt in degrees from which a quad is no page as people take it: the steepest that can be read is 40. Its
/// perspective then comes of a corner that is missing from the region. Lower would straighten steep pictures.
const MOST_TILT: f32 = 52.0;
/// Opposite sides differ by less than this ratio in any perspective: such a quad needs no other explanation.
const NEARLY_PARALLEL: f32 = 0.8;
/// How far, as a share of the picture's sides, a completed corner may lie outside of the frame.
const BEYOND_FRAME: f32 = 0.03;

/// A quad one of whose corners is missing, with that corner where the other three put it; `None` for a quad that a
/// camera can have seen. Of the four ways to complete it the largest within the frame is taken: light or
/// shadow takes a corner away from a page, and adds none.
fn completed(quad: &Quad, width: f32, height: f32) -> Option<Quad> {
    let side = |i: usize| quad.0[i].distance(quad.0[(i + 1) % 4]);
    let ratio = |a: f32, b: f32| a.min(b) / a.max(b).max(1e-3);
    let converges = ratio(side(0), side(2)).min(ratio(side(1), side(3)));
    if converges >= NEARLY_PARALLEL
        || aspect::tilt(quad, width, height).is_none_or(|degrees| degrees < MOST_TILT)
    {
        return None;
    }
    let inside = |p: &Point| {
        (-BEYOND_FRAME * width..=(1.0 + BEYOND_FRAME) * width).contains(&p.x)
            && (-BEYOND_FRAME * height..=(1.0 + BEYOND_FRAME) * height).contains(&p.y)
    };
    (0..4)
        .map(|i| {
            let (before, after, across) = (quad.0[(i + 3) % 4], quad.0[(i + 1) % 4], quad.0[(i + 2) % 4]);
            let mut corners = quad.0;
            corners[i] = Point::new(before.x + after.x - across.x, before.y + after.y - across.y);
            Quad(corners)
        })
        .filter(|whole| whole.0.iter().all(inside))
        .max_by(|a, b| a.area().total_cmp(&b.area()))
        .filter(|whole| whole.area() > quad.area())
}

/// How far from a guess told by the print an edge is looked for, as a share of the picture's longer side: the
/// print tells a card's edge to 2 mm, which is 2.4 % of a card that fills the picture.
const GUESS_SEARCH: f32 = 0.03;
/// A guessed side that ends this near to the frame, as a share of the picture's side, or beyond it, runs
/// along the frame.
const GUESS_ON_FRAME: f32 = 0.025;

/// The document whose corners are about at `guess` (in pixels of `picture`, in any order around it), its
/// edges moved on to the straight steps close by; `None` for a picture without pixels.
pub fn fit_document(picture: &RgbImage, guess: &Quad, params: &PageFinderParams) -> Option<DocumentQuad> {
    let work = shrink(picture, params.working_side_px)?;
    let (w, h) = (work.width() as f32, work.height() as f32);
    let scale = Point::new(picture.width() as f32 / w, picture.height() as f32 / h);
    let guess = guess.map(|p| Point::new(p.x / scale.x, p.y / scale.y));
    let fitted = fit_guess(&work, &guess, params);
    let quad = fitted.quad.map(|p| Point::new(p.x * scale.x, p.y * scale.y));
    let aspect = metric_aspect(&quad, picture.width() as f32, picture.height() as f32);
    Some(DocumentQuad { quad, aspect, ..fitted })
}

/// The same on the working copy, in its pixels.
fn fit_guess(work: &RgbImage, guess: &Quad, params: &PageFinderParams) -> DocumentQuad {
    let (w, h) = (work.width() as f32, work.height() as f32);
    let on_frame = [0, 1, 2, 3].map(|i| {
        let (a, b) = (guess.0[i], guess.0[(i + 1) % 4]);
        let both = |outside: &dyn Fn(Point) -> bool| outside(a) && outside(b);
        both(&|p| p.x < GUESS_ON_FRAME * w)
            || both(&|p| p.y < GUESS_ON_FRAME * h)
            || both(&|p| p.x > (1.0 - GUESS_ON_FRAME) * w)
            || both(&|p| p.y > (1.0 - GUESS_ON_FRAME) * h)
    });
    let outline = outline::Outline { quad: *guess, on_frame };
    let fitted = edges::fit(work, &outline, &PageFinderParams { search: GUESS_SEARCH, ..*params });
    let quad = if fitted.quad.is_convex() { fitted.quad } else { *guess };
    let quad = quad.map(|p| Point::new(p.x.clamp(0.0, w), p.y.clamp(0.0, h)));
    DocumentQuad { quad, score: 1.0, edges: fitted.states, aspect: quad.width() / quad.height().max(1.0) }
}

/// `picture` with its longer side at `side` pixels (never enlarged), area-averaged.
fn shrink(picture: &RgbImage, side: u32) -> Option<RgbImage> {
    let longer = picture.width().max(picture.height());
    if longer <= side {
        return Some(picture.clone());
    }
    let to = |v: u32| ((u64::from(v) * u64::from(side) / u64::from(longer)) as u32).max(1);
    resize(picture, to(picture.width()), to(picture.height()))
}

/// `picture` at exactly `width` × `height` pixels.
fn resize(picture: &RgbImage, width: u32, height: u32) -> Option<RgbImage> {
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    Resizer::new().resize(picture, &mut target, &options).ok()?;
    RgbImage::from_raw(width, height, target.into_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of 1260 × 1740 in a picture of 1427 × 1902, its bottom-right corner at `corner`.
    fn page(corner: Point) -> Quad {
        Quad([Point::new(136.0, 39.0), Point::new(1393.0, 68.0), corner, Point::new(146.0, 1881.0)])
    }

    #[test]
    fn a_corner_lost_in_a_shadow_comes_back() {
        let truth = Point::new(1359.0, 1791.0);
        let whole = completed(&page(Point::new(1368.0, 1264.0)), 1427.0, 1902.0).unwrap();
        assert!(whole.0[2].distance(truth) < 150.0, "{whole:?}");
        assert_eq!(completed(&page(truth), 1427.0, 1902.0), None);
    }

    #[test]
    fn a_tilted_page_is_left_as_it_is() {
        // 35° away from the camera: the far side is three quarters of the near one.
        let tilted = Quad([
            Point::new(560.0, 200.0),
            Point::new(1040.0, 200.0),
            Point::new(1130.0, 900.0),
            Point::new(470.0, 900.0),
        ]);
        assert_eq!(completed(&tilted, 1600.0, 1200.0), None);
    }
}
