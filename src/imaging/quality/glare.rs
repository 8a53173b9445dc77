//! Reflections: places brighter than the paper around on which nothing is left of the print.

use super::{
    ground::{Cell, Ground, Paper},
    regions::{Regions, grown},
};

/// How much brighter (of 255) than the page's bright paper even the darkest pixels of a burnt-out cell are. The paper
/// around a reflection is no measure: it is bright, too.
/// Noise of a phone at night is 8 in single pixels and 4 in the darkest twentieth; lower calls the
/// bright side of a lamp's light a reflection.
const BRIGHTER: f32 = 9.0;
/// Brightness from which the darkest pixels of a cell are burnt out: under it the sensor still tells ink from
/// paper.
const BURNT: f32 = 232.0;

/// Whether nothing is left of what is printed in `cell`.
pub(super) fn is_burnt(cell: &Cell, paper: &Paper) -> bool {
    cell.ink >= BURNT && cell.ink >= paper.bright + BRIGHTER
}

/// Regions of burnt-out cells with their rims.
pub(super) fn find(ground: &Ground, paper: &Paper) -> Regions {
    let burnt: Vec<bool> = ground.cells.iter().map(|cell| is_burnt(cell, paper)).collect();
    Regions::of(ground.grid, &grown(&ground.grid, &burnt))
}
