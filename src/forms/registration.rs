//! Registration: the page is brought onto its blank.
//!
//! 1. Printed texts that were read give a rough homography by consensus.
//! 2. Pieces of the blank are sought around their places, coarsely, and the homography is fitted anew.
//! 3. They are sought again, finely; what a homography cannot explain (curl, a fold) becomes a smooth
//!    bend; what the bend cannot explain is the residual.

use image::RgbImage;

use crate::{domain::Point, ocr::TextLine};

use super::{
    anchoring,
    homography::{self, Pair},
    matching::{Darkness, MatchParams, Shift, shifts},
    normalise,
    sheet::{Alignment, Bend, Sheet, luma},
    template::Template,
};

/// What decides whether a page fits a blank. Lengths in mm of the blank.
#[derive(Debug, Clone, Copy)]
pub struct RegistrationParams {
    /// How far a text that was read may be from its place: line boxes and CTC positions are good to
    /// half a character (2 mm), curl adds as much.
    pub anchor_tolerance_mm: f32,
    /// Texts that must agree. A homography takes four; eight more make chance agreement of another
    /// layout unlikely.
    pub min_anchors: usize,
    /// Correlation from which a piece of the blank counts as found.
    pub found_score: f32,
    /// How far a found piece may be from the smooth bend.
    pub max_deviation_mm: f32,
}

impl Default for RegistrationParams {
    fn default() -> Self {
        Self { anchor_tolerance_mm: 4.0, min_anchors: 10, found_score: 0.35, max_deviation_mm: 0.8 }
    }
}

/// A page on its blank, and how well it fits.
#[derive(Debug, Clone)]
pub struct Registration {
    pub alignment: Alignment,
    /// Root mean square distance in mm of the found pieces from where the alignment puts them.
    pub residual_mm: f32,
    /// Share of the blank's pieces that were found where they should be, 0 to 1.
    pub agreement: f32,
    /// Texts that agreed on the rough homography.
    pub anchors: usize,
}

/// Resolution of the coarse search.
const COARSE_PX_PER_MM: f32 = 2.5;
/// Resolution of the fine search.
const FINE_PX_PER_MM: f32 = 5.0;
const COARSE: MatchParams = MatchParams { piece_mm: 14.0, step_mm: 9.0, search_mm: 3.2 };
const FINE: MatchParams = MatchParams { piece_mm: 10.0, step_mm: 7.0, search_mm: 1.6 };
/// Over how many mm displacements are averaged into the bend (standard deviation).
const BEND_MM: f32 = 14.0;

/// Brings `page` onto `template`'s blank; `None` when too few texts agree on any way to do so.
/// `lines` are what was read, in the page's pixels.
pub fn register(
    page: &RgbImage,
    lines: &[TextLine],
    template: &Template,
    params: &RegistrationParams,
) -> Option<Registration> {
    let pairs = anchoring::correspondences(&template.definition, lines);
    let rough = homography::consensus(&pairs, params.anchor_tolerance_mm, params.min_anchors)?;
    let anchors = rough.inliers.len();
    let mut alignment = Alignment { map: rough.map, bend: Bend::default() };
    for _ in 0..2 {
        let (sheet, blank) = darknesses(page, template, &alignment, COARSE_PX_PER_MM);
        let coarse = consistent(shifts(&sheet, &blank, &COARSE), params.found_score, 1.6);
        if let Some(map) = refit(&alignment, &coarse) {
            alignment.map = map;
        }
    }
    let (sheet, blank) = darknesses(page, template, &alignment, FINE_PX_PER_MM);
    let all = shifts(&sheet, &blank, &FINE);
    let total = all.len().max(1);
    let fine = consistent(all, params.found_score, params.max_deviation_mm);
    let (width, height) = (template.definition.width_mm, template.definition.height_mm);
    alignment.bend = Bend::sample(width, height, |at| smooth(&fine, at, None));
    let squares: Vec<f32> = fine
        .iter()
        .enumerate()
        .map(|(i, shift)| {
            // Left out of its own average, so that the residual is honest.
            let smooth = smooth(&fine, shift.at, Some(i));
            smooth.distance(shift.by).powi(2)
        })
        .collect();
    let residual_mm = (squares.iter().sum::<f32>() / squares.len().max(1) as f32).sqrt();
    Some(Registration { alignment, residual_mm, agreement: fine.len() as f32 / total as f32, anchors })
}

/// Places where printed texts of a form were read, each counted once for every place it could be.
pub fn texts_found(lines: &[TextLine], template: &Template) -> usize {
    anchoring::correspondences(&template.definition, lines).len()
}

fn darknesses(
    page: &RgbImage,
    template: &Template,
    alignment: &Alignment,
    px_per_mm: f32,
) -> (Darkness, Darkness) {
    let definition = &template.definition;
    let sheet = Sheet::cut(page, definition.width_mm, definition.height_mm, alignment.clone(), px_per_mm);
    let grey = luma(&sheet.pixels);
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let of = |values| Darkness { values, width, height, px_per_mm };
    let sheet = of(normalise::darkness(&grey, px_per_mm));
    (sheet, of(template.darkness(grey.width(), grey.height())))
}

/// Pieces that were found and agree with their neighbours to `tolerance_mm`.
fn consistent(all: Vec<Shift>, found_score: f32, tolerance_mm: f32) -> Vec<Shift> {
    let found: Vec<Shift> = all.into_iter().filter(|shift| shift.score >= found_score).collect();
    found
        .iter()
        .filter(|shift| {
            // The median of the neighbourhood is what most of it says.
            let mut near: Vec<&Shift> =
                found.iter().filter(|other| other.at.distance(shift.at) < 3.0 * BEND_MM).collect();
            near.sort_unstable_by(|a, b| a.by.x.total_cmp(&b.by.x));
            let x = near[near.len() / 2].by.x;
            near.sort_unstable_by(|a, b| a.by.y.total_cmp(&b.by.y));
            let y = near[near.len() / 2].by.y;
            Point::new(x, y).distance(shift.by) <= tolerance_mm
        })
        .copied()
        .collect()
}

/// The homography through the places where pieces were found.
fn refit(alignment: &Alignment, found: &[Shift]) -> Option<crate::domain::Homography> {
    let pairs: Vec<(Pair, f64)> = found
        .iter()
        .map(|shift| {
            let seen = Point::new(shift.at.x + shift.by.x, shift.at.y + shift.by.y);
            let weight = f64::from(shift.score * shift.score);
            (Pair { mm: shift.at, px: alignment.to_page(seen) }, weight)
        })
        .collect();
    if pairs.len() < 12 {
        return None;
    }
    homography::least_squares(&pairs)
}

/// Displacement at a place: what the pieces around it say, nearer ones more; `but` is left out.
fn smooth(found: &[Shift], at: Point, but: Option<usize>) -> Point {
    let (mut x, mut y, mut total) = (0.0, 0.0, 1e-4_f32);
    for (i, shift) in found.iter().enumerate() {
        if but == Some(i) {
            continue;
        }
        let d = shift.at.distance(at) / BEND_MM;
        let weight = shift.score * (-0.5 * d * d).exp();
        x += weight * shift.by.x;
        y += weight * shift.by.y;
        total += weight;
    }
    Point::new(x / total, y / total)
}
