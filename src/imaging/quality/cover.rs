//! Things and stains on the document: regions whose colour is not that of the paper around.

use crate::domain::{Point, Rect};

use super::{
    ground::{Cell, Ground, Paper},
    regions::{Region, Regions},
};

/// Difference of tint (share of a channel) from which a cell is foreign. Skin on white paper differs by 0.07,
/// a yellow note by 0.12; guilloche, lamps and JPEG leave up to 0.02 on readable documents. Lower takes
/// coloured underprint for covers, higher misses pale skin on yellowed paper.
const FOREIGN_TINT: f32 = 0.032;
/// How many times the spread of the paper's own tint (under the text) a foreign cell must be off.
const TINT_SPREADS: f32 = 2.2;
/// Share of the paper's brightness under which a cell is foreign even without a tint: a black pen, ink.
/// The deepest shadow that pictures stay readable in leaves 0.4.
const DARK: f32 = 0.38;
/// The same bars for what only counts where it interrupts text: grey things, silver pens.
const WEAK_TINT: f32 = 0.018;
const WEAK_DARK: f32 = 0.86;
const WEAK_SPREADS: f32 = 1.5;

/// What a region looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A finger, a card, a pen: comes in over the edge, or has straight sides or a colour of its own.
    Thing,
    /// A blot or a spill: dark or brown, round, all on the paper.
    Stain,
    /// A portrait, as documents carry it: upright and rectangular.
    Portrait,
    /// Red and no larger than a seal's star.
    SealPart,
}

/// Whether what lies at `place` in the gap of a value may be no paper: there even a little says that something does,
/// for the paper at both sides is known.
pub(super) fn is_foreign(cell: &Cell, place: Point, paper: &Paper) -> bool {
    paper.tint_difference(cell) > weak_tint(paper) || cell.luma < WEAK_DARK * paper.luma_at(place)
}

/// Whether `cell` at `place` is surely no paper.
pub(super) fn is_surely_foreign(cell: &Cell, place: Point, paper: &Paper) -> bool {
    paper.tint_difference(cell) > sure_tint(paper) || cell.luma < DARK * paper.luma_at(place)
}

fn sure_tint(paper: &Paper) -> f32 {
    FOREIGN_TINT.max(TINT_SPREADS * paper.spread)
}

fn weak_tint(paper: &Paper) -> f32 {
    WEAK_TINT.max(WEAK_SPREADS * paper.spread)
}

/// Regions that are surely not paper.
pub(super) fn find(ground: &Ground, paper: &Paper) -> Regions {
    regions(ground, paper, sure_tint(paper), DARK)
}

/// Regions that may not be paper: shadows and tinted print among them.
pub(super) fn find_weak(ground: &Ground, paper: &Paper) -> Regions {
    regions(ground, paper, weak_tint(paper), WEAK_DARK)
}

fn regions(ground: &Ground, paper: &Paper, tint: f32, dark: f32) -> Regions {
    let mask: Vec<bool> = ground
        .cells
        .iter()
        .enumerate()
        .map(|(i, cell)| {
            paper.tint_difference(cell) > tint
                || cell.luma < dark * paper.luma_at(ground.grid.place(i).center())
        })
        .collect();
    Regions::of(ground.grid, &mask)
}

/// Width ÷ height of portraits on documents (one and two inch: 0.71 to 0.80) with what blur adds.
const PORTRAIT_ASPECT: std::ops::RangeInclusive<f32> = 0.6..=0.85;
/// Share of its box that a portrait fills: all on a coloured ground, hair and clothes alone 0.55.
const PORTRAIT_FILL: f32 = 0.55;
/// Share of the document that a portrait takes: 1.5 % of A4 to a fifth of a card.
const PORTRAIT_SHARE: std::ops::RangeInclusive<f32> = 0.006..=0.22;
/// Share of an A4 page that a seal's star or a piece of its ring takes; on a card 2 mm.
const SEAL_PART_SHARE: f32 = 0.004;
/// Share of the document that a stain takes at most, of a sheet (30 × 30 mm of A4) and of a card (25 × 22 mm):
/// what is larger may as well be a cup or a cloth.
const STAIN_SHARE: f32 = 0.015;
const STAIN_SHARE_OF_CARD: f32 = 0.12;
/// A stain is dark (share of the paper's brightness) …
const STAIN_LUMA: f32 = 0.55;
/// … and no longer than this many times its width.
const STAIN_ASPECT: f32 = 4.5;
/// Share of its box that a blot fills: an ellipse 0.79, a turned box 0.5, an upright box 1.
const STAIN_FILL: std::ops::RangeInclusive<f32> = 0.45..=0.9;

/// What `region` of a card or a sheet looks like.
pub(super) fn look(ground: &Ground, paper: &Paper, regions: &Regions, region: &Region, card: bool) -> Look {
    let cells: Vec<Cell> = regions.cells_of(region).map(|i| ground.cell(i)).collect();
    let count = cells.len().max(1) as f32;
    let red = cells.iter().filter(|cell| paper.is_redder(cell)).count() as f32 / count;
    let mean = cells.iter().map(|cell| cell.luma).sum::<f32>() / count;
    let paper_luma = paper.luma_at(region.bounds.center()).max(1.0);
    let (w, h) = (region.bounds.width(), region.bounds.height());
    let fill = region.fill(&regions.grid);
    if fill >= PORTRAIT_FILL
        && PORTRAIT_ASPECT.contains(&(w / h.max(1.0)))
        && PORTRAIT_SHARE.contains(&region.share)
        && !region.at_edge
    {
        return Look::Portrait;
    }
    let dark = mean < STAIN_LUMA * paper_luma;
    if red > 0.7 && !dark && region.share < SEAL_PART_SHARE {
        return Look::SealPart;
    }
    let compact = w.max(h) <= STAIN_ASPECT * w.min(h);
    let most = if card { STAIN_SHARE_OF_CARD } else { STAIN_SHARE };
    if dark && compact && !region.at_edge && region.share < most && STAIN_FILL.contains(&fill) {
        return Look::Stain;
    }
    Look::Thing
}

/// Whether a region is too small to hide a character: `line_height` px high text.
pub(super) fn is_trifle(region: &Region, line_height: f32) -> bool {
    let Rect { left, top, right, bottom } = region.bounds;
    (right - left).min(bottom - top) < 0.7 * line_height
}
