//! Reflections: places brighter than the paper around on which nothing is left of the print.

use super::{
    ground::{Ground, Paper},
    regions::{Region, Regions, grown},
};
use crate::domain::Rect;

/// How much brighter (of 255) than the paper around even the darkest pixels of a burnt-out cell are.
/// Noise of a phone at night is 8 in single pixels and 4 in the darkest twentieth; lower calls the
/// bright side of a lamp's light a reflection.
const BRIGHTER: f32 = 9.0;
/// Brightness from which the darkest pixels of a cell are burnt out: under it the sensor still tells ink from
/// paper.
const BURNT: f32 = 232.0;

/// Length, in line heights, of a stretch without ink inside a line that was read across a reflection, and what of
/// the line must stand at each side of it. Letters of one value are a quarter apart; less takes the gap between
/// two words under a lamp for a loss, more misses a single lost character.
pub(super) const GAP_LINES: f32 = 1.3;

/// Whether all of `place` lies in `region` and holds no ink.
pub(super) fn is_blank(ground: &Ground, regions: &Regions, region: &Region, place: &Rect) -> bool {
    regions.share_of(region, place) >= 1.0 && ground.grid.inside(place).all(|i| ground.cell(i).ink >= BURNT)
}

/// Regions of burnt-out cells with their rims.
pub(super) fn find(ground: &Ground, paper: &Paper) -> Regions {
    let burnt: Vec<bool> = ground
        .cells
        .iter()
        .enumerate()
        .map(|(i, cell)| {
            cell.ink >= BURNT && cell.ink >= paper.luma_at(ground.grid.place(i).center()) + BRIGHTER
        })
        .collect();
    Regions::of(ground.grid, &grown(&ground.grid, &burnt))
}
