//! Reflections: places brighter than the paper around on which nothing is left of the print.

use super::{
    ground::{Ground, Paper},
    regions::{Regions, grown},
};

/// How much brighter (of 255) than the paper around even the darkest pixels of a burnt-out cell are.
/// Noise of a phone at night is 8 in single pixels and 4 in the darkest twentieth; lower calls the
/// bright side of a lamp's light a reflection.
const BRIGHTER: f32 = 9.0;
/// Brightness from which the darkest pixels of a cell are burnt out: under it the sensor still tells ink from
/// paper.
const BURNT: f32 = 232.0;

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
